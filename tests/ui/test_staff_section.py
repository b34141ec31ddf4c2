"""The staff in the settings: what is typed there stands in the file."""

import pytest

from kapmonitor.staff import fits, load_staff
from ui.services import services
from ui.settings.staff import StaffSection
from ui.widgets.jobs import Jobs


@pytest.fixture
def section(qtbot, tmp_path):
    world = services(tmp_path)
    made = StaffSection(world, Jobs())
    qtbot.addWidget(made)
    made.show_people(world.people())
    return made


def test_somebody_is_added_changed_and_retired(section, qtbot, tmp_path):
    qtbot.keyClicks(section.name, "A. Lindqvist")
    section.role.setCurrentIndex(section.role.findData("nurse"))
    qtbot.keyClicks(section.pin, "47x11")
    section.add.click()
    qtbot.waitUntil(lambda: section.list.count == 1)
    (person,) = load_staff(tmp_path)
    assert person.role.value == "nurse"
    assert fits(person, "4711")
    assert section.pin.text() == ""

    section.role.setCurrentIndex(section.role.findData("prescriber"))
    section.set_role.click()
    qtbot.waitUntil(lambda: load_staff(tmp_path)[0].role.value == "prescriber")
    section.retire.click()
    qtbot.waitUntil(lambda: section.retire.text() == "Bring back")
    assert load_staff(tmp_path)[0].retired


def test_a_short_pin_is_refused_in_words(section, qtbot, tmp_path):
    qtbot.keyClicks(section.name, "A. Lindqvist")
    qtbot.keyClicks(section.pin, "12")
    section.add.click()

    qtbot.waitUntil(lambda: "4 to 12 digits" in section._said.text())
    assert load_staff(tmp_path) == ()


def test_reflections_are_switched_on_here(section, qtbot, tmp_path):
    from kapmonitor.settings import load

    section.begin()
    assert not section.reflections.isChecked()
    section.reflections.click()

    qtbot.waitUntil(lambda: load(tmp_path)[0].reflections)

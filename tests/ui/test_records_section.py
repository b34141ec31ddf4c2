"""Records in the settings: what is typed there archives or deletes one, and its trace stays."""

import pytest

from kapmonitor.keys.keys import Keys
from kapmonitor.record.trace import LogState, read_log
from kapmonitor.settings import change
from kapmonitor.staff import add_person
from tests.kapmonitor.keys.rings import MemoryRing
from tests.kapmonitor.record.stories import write_visit
from ui.services import services
from ui.settings.records import RecordsSection
from ui.widgets.jobs import Jobs


@pytest.fixture
def keys(tmp_path):
    made = Keys(tmp_path, ring=MemoryRing())
    made.create()
    return made


@pytest.fixture
def section(qtbot, tmp_path, keys):
    """The section of a data folder with two patients' visits of March 2025."""
    (tmp_path / "records").mkdir()
    for name in ("old", "other"):
        write_visit(tmp_path / "records" / f"{name}.kap", key=keys.open())
    change(tmp_path, keep_years=0.5)
    jobs = Jobs()
    made = RecordsSection(services(tmp_path, keys), jobs)
    qtbot.addWidget(made)
    made.begin()
    qtbot.waitUntil(lambda: made.list.count() == 2)
    yield made
    jobs.close()


def choose(section, name):
    for place in range(section.list.count()):
        if section.list.item(place).text().startswith(name):
            section.list.setCurrentRow(place)


def test_an_old_record_is_deleted_by_name_and_by_its_id_typed_again(section, qtbot, tmp_path, keys):
    choose(section, "old")
    qtbot.keyClicks(section.name, "Ana")
    qtbot.keyClicks(section.confirm, "other")
    assert not section.delete.isEnabled()
    section.confirm.clear()
    qtbot.keyClicks(section.confirm, "old")

    section.delete.click()

    assert not section.delete.isEnabled()  # never done twice
    qtbot.waitUntil(lambda: section.list.count() == 1)
    assert not (tmp_path / "records" / "old.kap").exists()
    assert (tmp_path / "records" / "other.kap").exists()
    (trace,), state = read_log(tmp_path, keys)
    assert (trace.act, trace.session, trace.by, state) == ("deleted", "old", "Ana", LogState.WHOLE)
    assert "deleted" in section.left.item(0).text()
    assert section.said.text() == "Deleted: old"


def test_choosing_another_record_empties_what_was_typed_to_confirm(section, qtbot):
    choose(section, "old")
    qtbot.keyClicks(section.name, "Ana")
    qtbot.keyClicks(section.confirm, "old")
    assert section.delete.isEnabled()

    choose(section, "other")

    assert section.confirm.text() == ""
    assert not section.delete.isEnabled()


def test_without_a_name_nothing_can_be_asked(section, qtbot, tmp_path):
    choose(section, "old")
    qtbot.keyClicks(section.confirm, "old")
    qtbot.keyClicks(section.folder, str(tmp_path / "vault"))

    assert not section.delete.isEnabled()
    assert not section.archive.isEnabled()


def test_a_record_whose_time_is_not_over_stays_and_says_until_when(section, qtbot, tmp_path):
    change(tmp_path, keep_years=30.0)
    choose(section, "old")
    qtbot.keyClicks(section.name, "Ana")
    qtbot.keyClicks(section.confirm, "old")

    section.delete.click()

    qtbot.waitUntil(lambda: "is kept until 2055" in section.said.text())
    assert (tmp_path / "records" / "old.kap").exists()
    assert section.archive.isEnabled() is False


def test_an_archived_record_lies_in_the_folder_and_a_pin_is_needed(section, qtbot, tmp_path):
    add_person(tmp_path, "Ana", "nurse", "4711")
    choose(section, "old")
    qtbot.keyClicks(section.name, "Ana")
    qtbot.keyClicks(section.folder, str(tmp_path / "vault"))
    section.archive.click()
    qtbot.waitUntil(lambda: "PIN" in section.said.text())
    assert (tmp_path / "records" / "old.kap").exists()

    qtbot.keyClicks(section.pin, "4711")
    section.why.setCurrentIndex(section.why.findData("moved"))
    section.archive.click()

    qtbot.waitUntil(lambda: section.list.count() == 1)
    assert (tmp_path / "vault" / "old.kap").exists()
    assert "kept elsewhere" in section.left.item(0).text()
    assert section.pin.text() == ""


def test_a_cut_log_is_said(section, qtbot, tmp_path, keys):
    choose(section, "old")
    qtbot.keyClicks(section.name, "Ana")
    qtbot.keyClicks(section.confirm, "old")
    section.delete.click()
    qtbot.waitUntil(lambda: section.list.count() == 1)
    assert section.log.text() == ""

    (tmp_path / "retention.jsonl").unlink()
    section.begin()

    qtbot.waitUntil(lambda: "Lines are missing" in section.log.text())

"""The plans in the settings: read, changed at the field, kept with a name and a reason."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from kapmonitor.clinic_files import changes
from kapmonitor.plan import load_plan
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.services import services
from ui.settings.plans import PlansSection

MOOD = """name = "mood"
version = "1"
title = "Mood today"
group = [{ id = "mood", title = "Mood" }]
[[item]]
id = "q1"
group = "mood"
kind = "scale"
text = "Little joy"
"""


@pytest.fixture
def section(qtbot, tmp_path: Path):
    real = services(tmp_path)
    world = dataclasses.replace(
        sample_services(),
        plans=real.plans,
        plan=real.plan,
        save_plan=real.save_plan,
        clinic_of=real.clinic_of,
    )
    window = MainWindow(world)
    qtbot.addWidget(window)
    window.show()
    window.show_settings()
    window.settings.begin("plans")
    found = window.settings.section("plans")
    assert isinstance(found, PlansSection)
    qtbot.waitUntil(lambda: found.choice.count() == 5 and found.fields["cuffs"].text() != "")
    yield found
    window.jobs.close()


def test_a_clinic_changes_a_plan_and_keeps_it_under_a_name_of_its_own(section, qtbot, tmp_path):
    section.choice.setCurrentIndex(section.choice.findData("intranasal"))
    section.choice.activated.emit(section.choice.currentIndex())
    qtbot.waitUntil(lambda: section.fields["usual_dose"].text() == "56")

    section.fields["predose.systolic"].setText("150")
    section.foot.type("our-spray", "Dr. Okafor", "older patients")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: section.choice.count() == 6)
    assert (tmp_path / "clinic" / "our-spray.toml").is_file()
    (change,) = changes(tmp_path / "clinic")
    assert change.changed["predose.systolic"] == ("140", "150")


def test_a_wrong_number_is_told_at_its_field_and_nothing_is_kept(section, qtbot, tmp_path):
    section.fields["predose.systolic"].setText("900")
    section.foot.type("our-spray", "", "")

    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    assert section._wrong["predose.systolic"].text() == "90 to 220"
    assert section.fields["predose.systolic"].hasFocus()
    assert not (tmp_path / "clinic").exists()


def test_without_a_name_for_the_copy_or_a_reason_it_is_said_what_lacks(section, qtbot, tmp_path):
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    assert "is no name for a plan" in section.foot.said

    section.foot.type("our-spray", "", "")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.foot.said == "Say who changes it.")
    assert not (tmp_path / "clinic").exists()


def test_files_that_exist_are_chosen_and_a_scale_is_planned_without_a_text_editor(
    section, qtbot, tmp_path
):
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "mood.toml").write_text(MOOD)
    section.begin()
    scales, limits = section.fields["scales"], section.fields["limits"]
    qtbot.waitUntil(lambda: "mood" in scales._rows and limits.findData("default") == 0)
    section.choice.setCurrentIndex(section.choice.findData("intranasal"))
    section.choice.activated.emit(section.choice.currentIndex())
    qtbot.waitUntil(lambda: section.fields["usual_dose"].text() == "56")
    assert section.fields["checklist"].findData("mood") == -1, "a scale is no form of a round"
    assert section.unprompted.text() == ""

    mood = scales.row_of("mood")
    mood.before.setChecked(True)
    mood.minutes.setText("40, noon")
    section.foot.type("our-spray", "", "")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    assert section._wrong["scales"].text().startswith("0 to ")

    mood.minutes.setText("40; 120")
    section.fields["reference_round"].show_value("no")
    section.foot.type("our-spray", "Dr. Okafor", "mood is followed")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.choice.findData("our-spray") >= 0)

    kept, _ = load_plan("our-spray", tmp_path / "clinic")
    assert [(x.name, x.before_dose, x.at_min) for x in kept.instrument] == [
        ("mood", True, (40, 120))
    ]
    section.choice.setCurrentIndex(section.choice.findData("our-spray"))
    section.choice.activated.emit(section.choice.currentIndex())
    qtbot.waitUntil(lambda: "no round before the dose" in section.unprompted.text())
    assert scales.row_of("mood").minutes.text() == "40, 120"

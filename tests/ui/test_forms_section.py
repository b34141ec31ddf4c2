"""The forms of a round in the settings: items chosen and worded, kept with a name and a reason."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from kapmonitor.checklist import load_checklist
from kapmonitor.clinic_files import changes
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.services import services
from ui.settings.forms import FormsSection

PATIENCE_MS = 30_000


@pytest.fixture
def section(qtbot, tmp_path: Path):
    world = dataclasses.replace(sample_services(), clinic_of=services(tmp_path).clinic_of)
    window = MainWindow(world)
    qtbot.addWidget(window)
    window.show()
    window.show_settings()
    window.settings.begin("forms")
    found = window.settings.section("forms")
    assert isinstance(found, FormsSection)
    qtbot.waitUntil(lambda: "moaas" in found.texts, timeout=PATIENCE_MS)
    yield found
    window.jobs.close()


def test_a_clinic_words_its_round_and_keeps_it(section, qtbot, tmp_path):
    assert "intranasal" in section._plans.text()
    section.kept["headache"].setChecked(False)
    section.texts["nausea"].setText("Feels sick")
    section.choices["gait"].setText("walks well; walks with help; cannot walk")
    section.new_text.setText("Itching")
    qtbot.keyClick(section.new_text, Qt.Key.Key_Return)
    section.foot.type("our-round", "Ana", "our words")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    file = tmp_path / "clinic" / "our-round.toml"
    qtbot.waitUntil(lambda: file.is_file() and section.choice.count() == 2, timeout=PATIENCE_MS)
    kept = {item.id: item for item in load_checklist("our-round", tmp_path / "clinic").item}
    assert "headache" not in kept
    assert kept["nausea"].text == "Feels sick"
    assert kept["gait"].choices[0].text == "walks well"
    assert kept["itching"].kind.value == "severity"
    assert changes(tmp_path / "clinic")[0].changed["nausea"] == ("Nausea", "Feels sick")
    qtbot.waitUntil(lambda: not section._jobs.busy)
    assert section.foot.done.startswith("Kept"), "also when the copy has been read again"


def test_what_alarms_are_judged_by_cannot_be_switched_off(section):
    assert not section.kept["moaas"].isEnabled()
    assert not section.kept["d_time"].isEnabled()
    assert section.kept["headache"].isEnabled()


def test_too_few_choices_are_refused_by_the_name_of_the_item(section, qtbot, tmp_path):
    section.choices["gait"].setText("walks")
    section.foot.type("our-round", "Ana", "why")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    assert "choices: write so many" in section.foot.said
    assert not (tmp_path / "clinic").exists()

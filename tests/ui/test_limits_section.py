"""The alarm limits in the settings: read, checked at the cell, kept with a name and a reason."""

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from alarms import presets
from kapmonitor.clinic_files import changes
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.services import services
from ui.settings.limits import LimitsSection

PATIENCE_MS = 30_000


@pytest.fixture
def section(qtbot, tmp_path: Path):
    world = dataclasses.replace(sample_services(), clinic_of=services(tmp_path).clinic_of)
    window = MainWindow(world)
    qtbot.addWidget(window)
    window.show()
    window.show_settings()
    window.settings.begin("limits")
    found = window.settings.section("limits")
    assert isinstance(found, LimitsSection)
    qtbot.waitUntil(lambda: "SPO2_LOW.value" in found.editors, timeout=PATIENCE_MS)
    yield found
    window.jobs.close()


def type_into(section: LimitsSection, cell: str, text: str) -> None:
    editor = section.editors[cell]
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(text))
    elif isinstance(editor, QCheckBox):
        editor.setChecked(text == "on")
    else:
        editor.setText(text)


def test_a_clinic_changes_limits_and_its_copy_wins(section, qtbot, tmp_path):
    type_into(section, "SBP_VHIGH.value", "170")
    type_into(section, "PR_RISE.priority", "medium")
    type_into(section, "RPP_HIGH.on", "on")
    section.foot.type("default", "Dr. Okafor", "older patients")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    file = tmp_path / "clinic" / "default.toml"
    qtbot.waitUntil(lambda: file.is_file() and "own" in section.choice.currentText(),
                    timeout=PATIENCE_MS)  # fmt: skip
    kept = presets.load("default", tmp_path / "clinic")
    assert kept.find("SBP_VHIGH").value == 170
    assert kept.find("PR_RISE").priority.value == "medium"
    assert kept.find("RPP_HIGH").on
    (change,) = changes(tmp_path / "clinic")
    assert (change.by, change.reason) == ("Dr. Okafor", "older patients")
    assert change.changed["SBP_VHIGH.value"] == ("180", "170")
    qtbot.waitUntil(lambda: not section._jobs.busy)
    assert section.foot.done.startswith("Kept"), "also when the copy has been read again"


def test_a_number_out_of_range_is_told_at_its_cell_and_nothing_is_kept(section, qtbot, tmp_path):
    type_into(section, "SPO2_DESAT.value", "60")
    section.foot.type("ours", "Ana", "why")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)

    assert section.wrong("SPO2_DESAT.value") == "Default 85, 80 to 90 %"
    assert not (tmp_path / "clinic").exists()

    type_into(section, "SPO2_DESAT.value", "85")
    type_into(section, "SPO2_DESAT.delay", "60")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    assert section.wrong("SPO2_DESAT.delay") == "delay: Default 5, 0 to 15 s"


def test_a_high_alarm_has_no_switch_and_no_lower_priority(section):
    assert "SPO2_DESAT.on" not in section.editors
    priority = section.editors["SPO2_DESAT.priority"]
    assert isinstance(priority, QComboBox)
    assert [priority.itemData(place) for place in range(priority.count())] == ["high"]
    assert isinstance(section.editors["SPO2_LOW.on"], QCheckBox)
    assert isinstance(section.editors["BP_RISE.other"], QLineEdit)


def test_without_a_name_or_a_reason_it_is_said_what_lacks(section, qtbot, tmp_path):
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    assert "is no name" in section.foot.said

    section.foot.type("ours", "Ana", "")
    qtbot.mouseClick(section.foot.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.foot.said == "Give a reason.", timeout=PATIENCE_MS)
    assert not (tmp_path / "clinic").exists()


def test_a_broken_file_is_named_with_its_line_and_key(section, qtbot, tmp_path):
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "half.toml").write_text(
        'name = "half"\n[[limit]]\nid = "SPO2_LOW"\nvalue = 20\n'
    )
    section.begin()
    qtbot.waitUntil(lambda: section.choice.count() == 2, timeout=PATIENCE_MS)

    assert "line 4, limit[0].value" in section.choice.itemText(1)
    section.choice.setCurrentIndex(1)
    section.choice.activated.emit(1)
    qtbot.waitUntil(lambda: "line 4, limit[0].value" in section.foot.said, timeout=PATIENCE_MS)

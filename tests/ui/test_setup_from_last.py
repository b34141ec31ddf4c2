"""A returning patient: what stood in the last visit is offered, marked, and confirmed by a key."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from kapmonitor.course import LastTime
from ui.setup.choice import SetupChoice
from ui.setup.page import SetupPage
from ui.setup.start import setup_start

CONTROL = Qt.KeyboardModifier.ControlModifier
# 3 November 2026, 10:00 in Berlin.
LAST = LastTime(1_793_696_400.0, 60, "18-39", 70.5, "Marisol Quintanar")


@pytest.fixture
def page(qtbot):
    made = SetupPage()
    qtbot.addWidget(made)
    start = setup_start(Path("no-data-here"), ())
    made.show_start(msgspec.structs.replace(start, names=True))
    made.show()
    made.begin()
    made.visit.show_lots({"esketamine": "L77", "ketamine": "K3"})
    return made


def name(page, qtbot, code: str) -> None:
    page.visit.patient.setText(code)
    page.visit.patient.editingFinished.emit()


def start(page, qtbot) -> SetupChoice | None:
    """Ask for the visit by key; what was chosen, None where it was refused."""
    started: list[SetupChoice] = []
    page.start_requested.connect(started.append)
    qtbot.keyClick(page, Qt.Key.Key_Return, CONTROL)
    page.start_requested.disconnect(started.append)
    return started[-1] if started else None


def test_the_last_visits_values_stand_marked_and_the_weight_waits_for_enter(page, qtbot):
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "Last time, ...", LAST)

    assert page.visit.weight.text() == "70.5"
    told = page.visit._remembered.text()
    assert "2026" in told
    assert "name, age band, weight" in told
    assert "Enter" in told
    assert page.visit.weight.edit.property("remembered") == "true"

    assert start(page, qtbot) is None
    assert "70.5 kg is from the last visit" in page._problem.text()
    assert page.focusWidget() is page.visit.weight.edit

    qtbot.keyClick(page.visit.weight.edit, Qt.Key.Key_Return)
    choice = start(page, qtbot)
    assert choice is not None
    assert (choice.weight_kg, choice.age_band, choice.lot, choice.patient_name) == (
        70.5, "18-39", "L77", "Marisol Quintanar",
    )  # fmt: skip
    assert page.visit.weight.edit.property("remembered") == "false"


def test_a_weight_typed_anew_needs_no_further_key(page, qtbot):
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "", LAST)
    page.visit.weight.edit.selectAll()
    qtbot.keyClicks(page.visit.weight.edit, "72")

    choice = start(page, qtbot)
    assert choice is not None
    assert choice.weight_kg == 72.0


def test_what_was_typed_is_never_written_over(page, qtbot):
    qtbot.keyClicks(page.visit.weight.edit, "66")
    qtbot.keyClicks(page.visit.name, "Another Person")
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "", LAST)

    choice = start(page, qtbot)
    assert choice is not None
    assert (choice.weight_kg, choice.patient_name) == (66.0, "Another Person")


def test_another_code_takes_back_what_was_offered_for_the_one_before(page, qtbot):
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "", LAST)
    name(page, qtbot, "P-10")
    page.show_last_time("P-9", "late", LAST)  # an answer that comes too late

    choice = start(page, qtbot)
    assert choice is not None
    assert (choice.weight_kg, choice.age_band, choice.patient_name) == (None, "", "")
    assert choice.lot == "L77", "the clinic's lot is no patient's"


def test_the_lot_is_that_of_the_drug(page, qtbot):
    page.visit.plan.setCurrentIndex(page.visit.plan.findData("iv"))
    assert page.visit.lot.text() == "K3"
    assert page.visit.lot.property("remembered") == "true"

    page.visit.lot.selectAll()
    qtbot.keyClicks(page.visit.lot, "K4")
    page.visit.plan.setCurrentIndex(page.visit.plan.findData("in"))
    assert page.visit.lot.text() == "K4", "what was typed stays"
    assert page.visit.lot.property("remembered") == "false"


def test_where_no_names_are_kept_none_is_asked_for_or_told(page, qtbot):
    page.visit.show_names(False)
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "", LAST)
    qtbot.keyClick(page.visit.weight.edit, Qt.Key.Key_Return)

    choice = start(page, qtbot)
    assert choice is not None
    assert choice.patient_name == ""
    assert page.visit.name.text() == ""


def test_nothing_offered_stays_for_the_next_patient(page, qtbot):
    name(page, qtbot, "P-9")
    page.show_last_time("P-9", "", LAST)
    page.begin()

    choice = page.choice()
    assert (choice.weight_kg, choice.age_band, choice.patient_name) == (None, "", "")

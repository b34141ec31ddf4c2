"""What is asked before the dose: by keyboard, filed at once, named when the dose is pressed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor.before_dose import load_readiness
from ui.live import sample

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def before(open_window):
    """A visit before the dose, with two readings; what of the readiness is answered is chosen."""

    def make(**otherwise: str):
        scribe = sample.Scribe()
        scribe.write(sample.opened(), 0.0)
        if otherwise:
            sample.ready(scribe, 20.0, **{k: v for k, v in otherwise.items() if k != "all"})
        for number in range(2):
            scribe.write(sample.cuff(122, 78), 100.0 + 120 * number)
        return open_window([*sample.links(), *scribe.entries, sample.beat(400.0)])

    return make


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def test_each_question_is_one_key_and_filed_at_once(before, qtbot):
    window = before()
    press(qtbot, window, Qt.Key.Key_V)
    items = load_readiness().item
    for item in items:
        press(qtbot, window, Qt.Key.Key_1 if item.wanted == "yes" else Qt.Key.Key_2)
    qtbot.keyClicks(QApplication.focusWidget(), "M. Sato")
    press(qtbot, window, Qt.Key.Key_Return)

    asked = [command for command in window.link.asked if isinstance(command, c.AnswerReadiness)]
    assert [command.item for command in asked] == [*(item.id for item in items), "ride"]
    assert [command.answer for command in asked[:-1]] == [item.wanted for item in items]
    assert (asked[-1].answer, asked[-1].note) == ("yes", "M. Sato")


def test_the_answers_stand_there_with_who_gave_them(before):
    window = before(psychosis="yes")
    window.actions_of_keys.do("readiness")
    rows = {row.item.id: row for row in window.panels.readiness.rows._rows}

    assert rows["consent"].by.text() == f"yes, {sample.STAFF[0]}"
    assert rows["psychosis"].by.property("tone") == "medium"
    assert rows["ride"].name.text() == "M. Sato"


def test_the_dose_names_what_is_open_and_wants_a_reason(before, qtbot):
    window = before(psychosis="yes", ride="not_asked")
    press(qtbot, window, Qt.Key.Key_D)
    panel = window.panels.dose
    press(qtbot, window, Qt.Key.Key_Return, CONTROL)
    assert window.link.asked == []
    assert "Schizophrenia or another psychotic disorder: yes" in panel._unready.text()
    assert "Somebody takes the patient home (name): not asked" in panel._unready.text()

    qtbot.keyClicks(QApplication.focusWidget(), "seen by Dr. Okafor")
    press(qtbot, window, Qt.Key.Key_Return, CONTROL)
    (dose,) = [command for command in window.link.asked if isinstance(command, c.RecordDose)]
    assert dose.gate_reason == "seen by Dr. Okafor"


def test_nothing_is_named_when_all_is_as_it_should_be(before):
    window = before(all="")
    window.actions_of_keys.do("dose")

    assert not window.panels.dose._unready.isVisible()
    assert not window.panels.dose._why.isVisible()

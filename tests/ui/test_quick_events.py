"""Events by one key, more about them later, another baseline, the pump, the next spray."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.acts_checks import NOTE_KINDS
from ui.keys import KEYS
from ui.live import sample

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def visit(open_window):
    return open_window(sample.typical()[0])


@pytest.fixture
def press(visit, qtbot):
    def key(key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(QApplication.focusWidget() or visit, key, modifier)

    return key


def test_no_key_stands_for_two_actions():
    presses = [key.press for key in KEYS]
    assert len(presses) == len(set(presses))


@pytest.mark.parametrize("key", [key for key in KEYS if key.action.startswith("event_")])
def test_an_event_is_one_key_and_filed_at_once(visit, press, key):
    press(getattr(Qt.Key, f"Key_{key.press}"))

    (note,) = visit.link.asked
    assert isinstance(note, c.AddNote)
    assert note.kind == key.action.removeprefix("event_")
    assert note.kind in NOTE_KINDS
    assert visit.panel is None


def test_a_digit_in_a_panel_files_no_event(visit, press, qtbot):
    visit.actions_of_keys.do("phase")
    press(Qt.Key.Key_2)

    assert visit.link.asked == []


def test_emergency_called_is_one_key_and_opens_the_list(visit, press):
    press(Qt.Key.Key_X, SHIFT)

    (called,) = visit.link.asked
    assert isinstance(called, c.MarkEmergency)
    assert called.action == "called"
    assert visit.panel is visit.panels.emergency


@pytest.mark.parametrize(("key", "field"), [(Qt.Key.Key_U, "drug"), (Qt.Key.Key_I, "rate")])
def test_each_act_is_one_key_from_its_field(visit, press, key, field):
    press(key)

    assert QApplication.focusWidget() is getattr(visit.panels.given, field)


def test_more_is_said_of_the_newest_event(visit, press, qtbot):
    visit.link.waiting.append(e.Entry(900, 3300.0, 0, 0, e.Note("", "nausea"), "Ana"))
    visit.tick()
    press(Qt.Key.Key_Y)
    press(Qt.Key.Key_Return, CONTROL)
    assert visit.link.asked == []

    qtbot.keyClicks(QApplication.focusWidget(), "after sitting up")
    press(Qt.Key.Key_Return, CONTROL)
    (detail,) = visit.link.asked
    assert isinstance(detail, c.AddDetail)
    assert (detail.of, detail.text) == (900, "after sitting up")


def test_another_baseline_needs_a_value_and_a_reason(visit, press, qtbot):
    press(Qt.Key.Key_D, SHIFT)
    panel = visit.panels.baseline
    press(Qt.Key.Key_Return, CONTROL)
    assert panel.problem == "Type at least one value."
    qtbot.keyClicks(QApplication.focusWidget(), "400")
    press(Qt.Key.Key_Return, CONTROL)
    assert panel.fields["systolic"].wrong == "50 to 270"

    panel.fields["systolic"].type("131")
    press(Qt.Key.Key_Return, CONTROL)
    assert visit.link.asked == []
    qtbot.keyClicks(QApplication.focusWidget(), "cuff was on the wrong arm")
    press(Qt.Key.Key_Return, CONTROL)
    (asked,) = visit.link.asked
    assert isinstance(asked, c.ChangeBaseline)
    assert (asked.systolic, asked.diastolic) == (131, None)
    assert asked.reason == "cuff was on the wrong arm"


def test_a_pump_is_not_started_over_open_questions_without_a_reason(open_window):
    scribe = sample.Scribe()
    scribe.write(sample.opened(), 0.0)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(400.0)])
    window.actions_of_keys.do("pump")
    given = window.panels.given
    given.rate.setText("0.9")
    given._pump("start")
    assert window.link.asked == []
    assert "Consent is signed: not asked" in given.problem

    given.reason.setText("asked by the prescriber")
    given._pump("start")
    (pump,) = window.link.asked
    assert (pump.rate, pump.gate_reason) == (0.9, "asked by the prescriber")


@pytest.mark.parametrize(
    ("amounts", "now", "said"),
    [
        ((), -60.0, "Spray 1 of 3"),
        ((28.0,), 120.0, "Spray 2 of 3: may follow at t+05:00, in 3 min"),
        ((28.0,), 400.0, "Spray 2 of 3: may follow since t+05:00"),
        ((28.0, 28.0), 400.0, "Spray 3 of 3: may follow at t+10:00, in 3 min"),
        ((84.0,), 400.0, ""),
        ((28.0, 28.0, 28.0), 700.0, ""),
    ],
)
def test_the_next_spray_is_five_minutes_after_the_last(open_window, amounts, now, said):
    scribe = sample.Scribe()
    scribe.write(msgspec.structs.replace(sample.opened(), planned_dose=84.0), 0.0)
    for number, amount in enumerate(amounts):
        scribe.write(e.Dose("in", amount, "mg", index=number + 1), sample.T0 + 300 * number)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(sample.T0 + now)])
    window.actions_of_keys.do("dose")

    assert window.panels.dose._device.text() == said
    window.panels.dose.submit()
    asked = [x for x in window.link.asked if isinstance(x, c.RecordDose)]
    if "may follow since" in said:
        assert asked[0].amount == 28.0
    elif amounts:
        # Too early, or above what was planned: a tick is asked for first.
        assert asked == []

"""What is due: in the clock, left out with a reason, done early, and what a letter means there."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.messages import CheckView
from kapmonitor.plan import load_plan
from kapmonitor.prompts import due_now
from kapmonitor.reading import Quality
from kapmonitor.session import fold
from ui.live import sample, views
from ui.live.due_words import when_words

CONTROL = Qt.KeyboardModifier.ControlModifier
T0 = sample.T0


def told(now: float, *more: tuple[e.Event, float]) -> list:
    """A visit, 28 of 84 mg given at T0, and what the engine would say is due now."""
    scribe = sample.Scribe()
    scribe.write(msgspec.structs.replace(sample.opened(), planned_dose=84.0), 0.0)
    for event, at in more:
        scribe.write(event, at)
    session = fold(x for x in scribe.entries if isinstance(x, e.Entry))
    checks = due_now(load_plan("in")[0], session, now)
    return [*sample.links(), *scribe.entries, sample.beat(now, *checks)]


DOSED = (e.Dose("in", 28.0, "mg"), T0)
CUFF = e.Cuff(140, 85, None, None, Quality.GOOD)


def due(window) -> dict[str, str]:
    return {view.text: view.when for view in views.due_list(window.model, 1000.0)}


@pytest.fixture
def press(qtbot):
    def key(window, key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)

    return key


def test_before_the_dose_the_reference_round_is_due(open_window):
    window = open_window(told(400.0))

    assert due(window) == {"Round before the dose": "now"}


def test_the_next_spray_is_a_calm_prompt_and_left_out_from_the_keyboard(open_window, press, qtbot):
    window = open_window(told(T0 + 120, DOSED))
    assert due(window)["Spray 2 of 3 t+05:00"] == "in 3:00"

    press(window, Qt.Key.Key_Z)
    panel = window.panels.due
    assert panel.chosen.words == "Spray 2 of 3 t+05:00"
    press(window, Qt.Key.Key_Return, CONTROL)
    assert panel.problem == "Write why it is left out."
    qtbot.keyClicks(QApplication.focusWidget(), "pressure")
    press(window, Qt.Key.Key_Return, CONTROL)

    (skip,) = window.link.asked
    assert isinstance(skip, c.SkipCheck)
    assert (skip.check, skip.reason) == ("device", "pressure")


def test_a_spray_that_waits_is_not_called_overdue(open_window):
    window = open_window(told(T0 + 900, DOSED))
    (spray,) = [v for v in views.due_list(window.model, 1000.0) if v.text.startswith("Spray")]

    assert (spray.when, spray.tone) == ("possible since 10:00", "now")


def test_overdue_tells_by_how_much(open_window):
    window = open_window(told(T0 + 27 * 60, DOSED))

    assert due(window)["Cuff t+20:00"] == "overdue 7:00"


def test_a_cuff_taken_early_is_offered_to_count(open_window, press):
    early = ((CUFF, T0 + 20 * 60), (CUFF, T0 + 33 * 60))
    window = open_window(told(T0 + 34 * 60, DOSED, *early))
    press(window, Qt.Key.Key_Z)
    panel = window.panels.due
    panel._which.show_values(["cuff"])
    panel._which.chosen.emit("cuff")
    assert panel._early_said.text() == "Done 7 min early: blood pressure, t+33:00"

    panel.count_early()
    (early,) = window.link.asked
    assert early == c.CountEarly(id=early.id, by=early.by, check="cuff")


def test_a_round_is_offered_to_count_for_the_next_one(open_window, press):
    first = (e.Round("standard", "2", {"moaas": 5}, due=T0 + 600), T0 + 600)
    window = open_window(told(T0 + 960, DOSED, first))
    press(window, Qt.Key.Key_R)
    panel = window.panels.round
    assert panel._early.isVisible()
    assert panel._early.text() == "Counts for the round t+20:00: 4 min early"
    panel._early.setChecked(True)
    press(window, Qt.Key.Key_5)
    press(window, Qt.Key.Key_Return, CONTROL)

    (filed,) = [x for x in window.link.asked if isinstance(x, c.FileRound)]
    assert filed.early


def test_a_round_that_is_due_is_named_in_its_panel(open_window, press):
    window = open_window(told(T0 + 12 * 60, DOSED))
    press(window, Qt.Key.Key_R)

    assert window.panels.round._wanted.text() == "Round t+10:00: now"
    assert not window.panels.round._early.isVisible()


def test_done_early_stands_in_the_timeline(open_window):
    filed = e.Round("standard", "2", {"moaas": 5}, due=T0 + 1200, early=True)
    window = open_window(told(T0 + 961, DOSED, (filed, T0 + 960)))

    texts = [row.text for row in views.timeline(window.model)]
    assert any("4 min early" in text for text in texts)


def test_a_letter_in_a_list_is_the_lists(open_window, press):
    window = open_window(told(T0 + 960, DOSED))
    window.actions_of_keys.do("entries")
    window.panels.entries.entries.setFocus()

    press(window, Qt.Key.Key_A)
    press(window, Qt.Key.Key_P)
    press(window, Qt.Key.Key_T)

    assert window.link.asked == []
    assert window.panel is window.panels.entries


def test_taking_back_asks_first_and_lies_far_from_recording(open_window):
    window = open_window(told(T0 + 120, DOSED))
    window.actions_of_keys.do("dose")
    panel = window.panels.dose
    assert not panel._back.isVisible()

    panel._mistake.click()
    assert panel._back.isVisible()
    assert panel._back.mapTo(panel, panel._back.rect().bottomLeft()).y() < panel.height() / 2
    record = panel._record.mapTo(panel, panel._record.rect().topLeft()).y()
    assert record > panel.height() / 2
    panel._reason.setText("wrong patient")
    panel._back.click()
    (asked,) = window.link.asked
    assert asked.reason == "wrong patient"


def test_what_has_no_time_says_now():
    view = CheckView("round", 0.0, 0.0, 0.0, False, part="reference")
    assert when_words(view, 500.0) == ("now", "now")

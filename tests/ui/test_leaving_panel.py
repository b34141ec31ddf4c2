"""Leaving: each criterion with its mark; early with a reason; the appointment after the seal."""

import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.afterwards import load_advice
from kapmonitor.errors import Refused
from kapmonitor.event_words import event_sentence
from kapmonitor.leaving import CRITERIA
from ui.live import sample
from ui.live.panels.afterwards import AfterwardsBox
from ui.live.panels.closing import PHASES


def test_each_criterion_stands_there_with_its_mark(open_window):
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("phase")
    words = [made.text() for made in window.panels.phase._marks]

    assert len(words) == len(CRITERIA)
    assert words[0] == "✗  minimum observation"
    assert "✓  without oxygen" in words
    assert "?  steady gait" in words


def test_leaving_early_wants_a_reason_and_carries_it(open_window):
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("phase")
    panel = window.panels.phase
    panel._left()
    assert window.link.asked == []
    panel._whom.setText("M. Sato")
    panel._early.setText("child ill")
    panel._left()

    (left,) = window.link.asked
    assert isinstance(left, c.MarkLeft)
    assert (left.with_whom, left.early_reason) == ("M. Sato", "child ill")
    assert left.by == sample.STAFF[0]


@pytest.fixture
def box(qtbot):
    made = AfterwardsBox()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("typed", ["", "25:00", "10:77", "ten", "-1"])
def test_a_time_that_is_none_is_refused_at_once(box, typed):
    kept: list[tuple[int, int, int]] = []

    def keep(days: int, hour: int, minute: int) -> str:
        kept.append((days, hour, minute))
        return ""

    box.offer(load_advice(), keep)
    box.days.show_values(["2"])
    box.time.setText(typed)
    box._on_keep()

    assert kept == []
    assert "10:30" in box._said.text()


def test_an_appointment_is_kept_and_a_refusal_is_said(box):
    def keep(days, hour, minute):
        if days == 3:
            raise Refused("appointment_too_late", hours=72)
        return f"{days} {hour}:{minute}"

    box.offer(load_advice(), keep)
    for day, said in (("2", "2 10:30"), ("3", "72 hours")):
        box.days.show_values([day])
        box.time.setText("10:30")
        box._on_keep()
        assert said in box._said.text()


def test_ready_with_something_not_met_wants_a_reason(open_window):
    """Forty-two of 120 minutes: one press of the button must not call that ready."""
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("phase")
    panel = window.panels.phase
    panel._ready()
    assert window.link.asked == []
    assert panel.problem.startswith("Not met: minimum observation")

    panel._early.setText("moves to the ward")
    panel._ready()
    (ready,) = window.link.asked
    assert (type(ready), ready.note) == (c.MarkReady, "moves to the ward")


def test_ready_says_what_was_not_confirmed():
    said = event_sentence(e.Ready("moves to the ward", ("sedation", "gait")), {})

    assert said == "Judged ready to leave. moves to the ward. Not confirmed: awake, steady gait"


def test_the_panel_of_the_phases_stands_on_the_next_one(open_window):
    """One press of the space bar must not lead from the experience back to the preparation."""
    window = open_window(sample.typical()[0])
    phase = window.model.session.phase
    window.actions_of_keys.do("phase")
    panel = window.panels.phase
    panel.focusWidget().click()

    (asked,) = window.link.asked
    assert isinstance(asked, c.SetPhase)
    assert PHASES.index(asked.phase) == PHASES.index(phase) + 1

"""The dose panel when a dose was given already: taking back is no dose, and a sum is a sum."""

import pytest
from msgspec.structs import replace

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.plan import plan_for_route
from kapmonitor.session import Session
from ui.live import sample
from ui.live.panels.summaries import _too_early


@pytest.fixture
def given(open_window):
    """Forty-two minutes after 56 mg, of which the plan's largest is 84 mg; the panel is open."""
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("dose")
    return window


def doses(window):
    return [command for command in window.link.asked if isinstance(command, c.RecordDose)]


def taken_back(window):
    return [command for command in window.link.asked if isinstance(command, c.WithdrawDose)]


def test_ctrl_enter_in_the_reason_for_taking_back_records_no_further_dose(given, qtbot):
    """Who writes why the last dose is taken back, and files it, has taken it back."""
    panel = given.panels.dose
    panel._mistake.click()
    qtbot.keyClicks(panel._reason, "pressed twice")
    panel.submit()

    assert doses(given) == []
    assert [command.reason for command in taken_back(given)] == ["pressed twice"]
    assert "Ctrl+Enter" in panel._back.text()
    assert "Ctrl+Enter" not in panel._record.text()


def test_ctrl_enter_in_the_empty_reason_asks_for_it(given):
    panel = given.panels.dose
    panel._mistake.click()
    panel.submit()

    assert given.link.asked == []
    assert panel.problem == "Write why the dose is taken back."


def test_the_button_that_records_waits_while_a_reason_for_taking_back_stands_there(given, qtbot):
    panel = given.panels.dose
    panel._mistake.click()
    qtbot.keyClicks(panel._reason, "pressed twice")
    panel._record.click()

    assert given.link.asked == []
    assert panel.problem == "A reason for taking back is written: take back, or empty it."


def test_a_second_dose_that_goes_above_the_plan_needs_a_tick(given):
    """56 mg once more are 112 mg: each alone is the plan's, the two together are not."""
    panel = given.panels.dose
    panel._amounts._pressed("56")
    panel.submit()

    assert given.link.asked == []
    assert panel.problem == "With this 112 mg: above the plan's 84 mg. Tick to confirm"
    panel._sure.setChecked(True)
    panel.submit()
    assert [command.amount for command in doses(given)] == [56.0]


def test_a_second_spray_within_the_plan_needs_no_tick(given):
    panel = given.panels.dose
    panel._amounts._pressed("28")
    panel.submit()

    assert [command.amount for command in doses(given)] == [28.0]


def test_another_amount_takes_the_question_about_the_one_before_away(given, qtbot):
    panel = given.panels.dose
    qtbot.keyClicks(panel._other, "8400")
    panel.submit()
    assert not panel._sure.isHidden()

    panel._other.clear()
    qtbot.keyClicks(panel._other, "28")
    assert panel._sure.isHidden()
    assert panel.problem == ""


def test_a_dose_right_after_another_needs_a_tick(open_window):
    """D, Ctrl+Enter, D, Ctrl+Enter: the same spray entered twice, five minutes too early."""
    window = open_window(sample.typical()[0])
    panel = window.panels.dose
    window.actions_of_keys.do("dose")
    panel.show_facts(replace(panel._facts, early=297.0))
    panel._amounts._pressed("28")
    panel.submit()

    assert window.link.asked == []
    assert panel.problem == "4:57 too early after the last dose: tick to confirm"
    panel._sure.setChecked(True)
    panel.submit()
    assert [command.amount for command in doses(window)] == [28.0]


@pytest.mark.parametrize(
    ("route", "minutes", "seconds"), [("in", 2, 180), ("in", 5, 0), ("im", 0.5, 30)]
)
def test_how_long_it_is_until_the_next_dose_may_follow(route, minutes, seconds):
    """By the plan five minutes between two sprays, and never within a minute."""
    plan, _ = plan_for_route(route)
    session = Session()
    session.apply(e.Entry(1, 100.0, 0, 0, e.Dose(route, 28, "mg", "esketamine")))

    assert _too_early(session, plan, 100.0 + 60 * minutes) == seconds

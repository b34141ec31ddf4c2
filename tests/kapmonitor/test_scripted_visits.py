"""A calm visit on each of the five plans, minute by minute, against tables worked out by hand.

The tables are those of the default schedules: cuff readings with the minutes in which they count
and rounds, all from t0. A nurse does each check as soon as it is prompted for, or lets it pass.
"""

from dataclasses import dataclass

import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.events import Phase
from kapmonitor.leaving import missing_minutes
from kapmonitor.messages import CheckView
from kapmonitor.schedule import outcomes, upcoming
from tests.kapmonitor.bedside import Bedside, oximetry

MINUTE = 60.0
T0 = 400.0
ROUNDS = (10, 20, 40, 60, 90, 120)


@dataclass(frozen=True)
class Script:
    """``cuffs`` as due, or (opens, due, closes); when the experience begins; how long to stay."""

    cuffs: tuple[int | tuple[int, int, int], ...]
    experience: int
    stay: int

    @property
    def windows(self) -> list[tuple[int, int, int]]:
        """Each cuff reading with the minutes at which it opens, is due and is overdue."""
        return [one if isinstance(one, tuple) else (one - 2, one, one + 2) for one in self.cuffs]


SCRIPTS = {
    "in": Script((20, (35, 40, 50), 60, 90, (115, 120, 125)), experience=10, stay=120),
    "iv": Script((10, 20, 30, 40, 55, 70, 85, 100, 115, 130), experience=10, stay=100),
    "im": Script((5, 10, 15, 20, 30, 45, 60, 90, 120), experience=5, stay=120),
    "sl": Script((15, 30, 45, 60, 90, 120, 150), experience=15, stay=120),
    "sc": Script((15, 30, 45, 60, 75, 90, 105, 120), experience=10, stay=120),
}


def dosed(route: str) -> Bedside:
    bedside = Bedside(route).open()
    bedside.cuff(60.0, 118, 76)
    bedside.cuff(190.0, 122, 80)
    for second in range(200, 400, 2):
        bedside.at(float(second), *oximetry(float(second), 97.0, 70.0))
    assert not bedside.ask(T0, c.RecordDose(by="Ana")).refused
    return bedside


def due_now(bedside: Bedside, now: float) -> list[CheckView]:
    views = upcoming(bedside.engine.plan, bedside.engine.session, now)
    return [view for view in views if view.opens <= now]


@pytest.mark.parametrize("route", SCRIPTS)
def test_the_baseline_is_the_median_of_the_readings_before_the_dose(route: str):
    base = dosed(route).engine.session.baseline

    # Medians of 118 and 122, 76 and 80; all pulses were 70, all SpO2 97.
    assert base is not None
    assert (base.systolic, base.diastolic, base.pulse, base.spo2) == (120, 78, 70, 97)
    assert base.cuff_readings == 2


@pytest.mark.parametrize("route", SCRIPTS)
def test_each_check_is_prompted_for_when_it_opens_and_never_when_it_is_done(route: str):
    """Ana takes a pressure and files a round in the minute in which each is prompted for."""
    bedside, script = dosed(route), SCRIPTS[route]
    cuffs: list[float] = []
    rounds: list[float] = []
    for half in range(2 * 160 + 1):
        minute = half / 2
        now = T0 + minute * MINUTE
        bedside.at(now)
        for view in due_now(bedside, now):
            (cuffs if view.check == "cuff" else rounds).append(minute)
            if view.check == "cuff":
                bedside.cuff(now, 121, 79)
            else:
                bedside.ask(now, c.FileRound(answers={"moaas": 5}, by="Ana"))
        assert due_now(bedside, now) == []

    assert cuffs == [opens for opens, _, _ in script.windows]
    # A round opens two minutes before it is due.
    assert rounds == [minute - 2 for minute in ROUNDS]
    found = outcomes(bedside.engine.plan, bedside.engine.session)
    assert {one.state for one in found} <= {"in_time", "early"}
    assert [round((one.due - T0) / MINUTE) for one in found if one.check == "cuff"] == [
        due for _, due, _ in script.windows
    ]


@pytest.mark.parametrize("route", SCRIPTS)
def test_a_first_check_that_nobody_does_is_overdue_when_its_window_closes(route: str):
    bedside, script = dosed(route), SCRIPTS[route]
    closes = {"cuff": script.windows[0][2], "round": ROUNDS[0] + 5}
    overdue: dict[str, float] = {}
    for half in range(2 * 40):
        minute = half / 2
        bedside.at(T0 + minute * MINUTE)
        for view in due_now(bedside, T0 + minute * MINUTE):
            if view.overdue:
                overdue.setdefault(view.check, minute)

    # In time up to the end of the window; overdue at the next look, half a minute later.
    assert overdue == {check: minute + 0.5 for check, minute in closes.items()}


@pytest.mark.parametrize("route", SCRIPTS)
def test_phases_begin_by_themselves_and_with_the_experience_the_room_is_quiet(route: str):
    bedside, script = dosed(route), SCRIPTS[route]
    bedside.at(T0 + 20 * MINUTE)

    begun = {
        entry.event.phase: (entry.at - T0) / MINUTE
        for entry in bedside.events(e.PhaseChanged)
        if isinstance(entry.event, e.PhaseChanged)
    }
    assert begun[Phase.ADMINISTRATION] == 0
    assert begun[Phase.EXPERIENCE] == pytest.approx(script.experience, abs=0.02)
    (quiet,) = bedside.events(e.QuietMode)
    assert (quiet.at - T0) / MINUTE == pytest.approx(script.experience, abs=0.02)


@pytest.mark.parametrize("route", SCRIPTS)
def test_the_minimum_stay_is_counted_down_to_the_minute(route: str):
    bedside, script = dosed(route), SCRIPTS[route]
    plan, session = bedside.engine.plan, bedside.engine.session

    assert missing_minutes(plan, session, T0) == script.stay
    assert missing_minutes(plan, session, T0 + 30.5 * MINUTE) == script.stay - 30
    assert missing_minutes(plan, session, T0 + script.stay * MINUTE - 1) == 1
    assert missing_minutes(plan, session, T0 + script.stay * MINUTE) == 0

    early = bedside.ask(T0 + (script.stay - 10) * MINUTE, c.MarkLeft(by="Ana"))
    assert (early.refused, early.facts["minutes"]) == ("leaving_early", 10)


def test_an_infusion_that_ended_late_keeps_the_patient_for_an_hour_after_it():
    """40 min planned, stopped at 55: 100 min from t0 would be too soon, 115 is right."""
    bedside = Bedside("iv").open()
    bedside.cuff(60.0, 118, 76)
    bedside.cuff(190.0, 122, 80)
    started = c.Infuse(action="start", rate=0.9, by="Ana")
    assert not bedside.ask(T0, started).refused
    plan, session = bedside.engine.plan, bedside.engine.session
    bedside.ask(T0 + 55 * MINUTE, c.Infuse(action="stop", by="Ana"))

    assert missing_minutes(plan, session, T0 + 100 * MINUTE) == 15
    assert missing_minutes(plan, session, T0 + 115 * MINUTE) == 0


@pytest.mark.parametrize("route", SCRIPTS)
def test_a_laptop_asleep_for_ten_minutes_prompts_for_what_came_due_meanwhile(route: str):
    """The lid is closed from t+8 to t+18: the round of t+10 waits, overdue by then."""
    bedside, script = dosed(route), SCRIPTS[route]
    bedside.at(T0 + 7 * MINUTE)
    for view in due_now(bedside, T0 + 7 * MINUTE):
        assert view.check == "cuff"
        bedside.cuff(T0 + 7 * MINUTE, 121, 79)

    woke = T0 + 18.5 * MINUTE
    bedside.clock.at = woke
    bedside.engine.tick(woke)

    waiting = {view.check: view for view in due_now(bedside, woke)}
    assert (waiting["round"].due - T0) / MINUTE == 10
    assert waiting["round"].overdue
    slept_through = [due for opens, due, _ in script.windows if 7 < opens <= 18.5]
    assert ("cuff" in waiting) == bool(slept_through)
    if slept_through:
        assert (waiting["cuff"].due - T0) / MINUTE == slept_through[0]

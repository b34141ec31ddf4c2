"""What is due, held against the intranasal plan: cuff at 20, 40 (35-50), 60, 90, 120 min."""

from kapmonitor import events as e
from kapmonitor.plan import load_plan
from kapmonitor.ports import AlarmView, Schedule
from kapmonitor.reading import Origin, Quality
from kapmonitor.schedule import board_schedule, repeat_wanted, upcoming
from kapmonitor.session import Session

PLAN, _ = load_plan("in")
DOSE = 300.0


def session_with(*happened: tuple[float, e.Event]) -> Session:
    session = Session()
    for number, (at, event) in enumerate(happened, 1):
        session.apply(e.Entry(number, at, at, 0, event))
    return session


def cuff(minute: float, quality: Quality = Quality.GOOD, origin: Origin = Origin.LIVE):
    return DOSE + 60 * minute, e.Cuff(120, 80, None, None, quality, origin=origin)


def due_cuffs(session: Session, minute: float) -> list[tuple[float, bool]]:
    views = upcoming(PLAN, session, DOSE + 60 * minute)
    return [((v.due - DOSE) / 60, v.overdue) for v in views if v.check == "cuff"]


DOSED = (DOSE, e.Dose("in", 56, "mg"))


def test_before_the_dose_nothing_is_due():
    assert upcoming(PLAN, session_with(), 100.0) == ()


def test_the_next_check_is_known_from_the_dose_on():
    assert due_cuffs(session_with(DOSED), 1) == [(20, False)]


def test_a_window_that_is_open_waits_for_its_reading_and_then_is_overdue():
    session = session_with(DOSED, cuff(20))

    assert due_cuffs(session, 36) == [(40, False), (60, False)]
    assert due_cuffs(session, 51) == [(40, True), (60, False)]


def test_a_reading_inside_the_window_settles_it():
    assert due_cuffs(session_with(DOSED, cuff(20), cuff(37)), 41) == [(60, False)]


def test_a_reading_before_the_window_does_not():
    assert due_cuffs(session_with(DOSED, cuff(20), cuff(33)), 41) == [(40, False), (60, False)]


def test_what_was_missed_stays_due_until_something_comes():
    """The next window does not make the first one good."""
    session = session_with(DOSED)

    assert due_cuffs(session, 59) == [(20, True), (90, False)]
    assert due_cuffs(session_with(DOSED, cuff(59)), 60) == [(90, False)]


def test_a_failed_cycle_is_wanted_again_at_once():
    again = repeat_wanted(session_with(DOSED, cuff(20, Quality.INVALID)), [], DOSE + 1230)

    assert again is not None
    assert (again.check, again.due, again.repeat) == ("cuff", DOSE + 1200, True)


def test_a_first_very_high_reading_is_wanted_again_in_two_minutes():
    session = session_with(DOSED, cuff(20))
    high = e.AlarmChange(
        "SBP_VHIGH", e.Priority.MEDIUM, e.AlarmKind.PHYSIOLOGICAL, e.AlarmState.RAISED, DOSE + 1200
    )

    again = repeat_wanted(session, [AlarmView(high)], DOSE + 1210)
    assert again is not None
    assert again.due == DOSE + 1200 + 120
    assert repeat_wanted(session, [], DOSE + 1210) is None
    assert board_schedule([again]) == Schedule()


def test_a_late_reading_still_counts_until_the_next_window_opens():
    assert due_cuffs(session_with(DOSED, cuff(20), cuff(54)), 55) == [(60, False)]
    assert due_cuffs(session_with(DOSED, cuff(20), cuff(59)), 59.5) == [(90, False)]


def test_neither_a_failed_nor_a_stored_reading_settles_a_check():
    session = session_with(
        DOSED, cuff(20), cuff(39, Quality.QUESTIONABLE), cuff(40, origin=Origin.STORED)
    )

    assert due_cuffs(session, 45) == [(40, False), (60, False)]


def test_a_skipped_check_is_not_asked_for_again():
    skipped = (DOSE + 2400, e.CheckSkipped("cuff", DOSE + 2400, "asleep"))

    assert due_cuffs(session_with(DOSED, cuff(20), skipped), 45) == [(60, False)]


def test_the_board_raises_its_alarm_when_the_window_closes():
    """The table counts 2 min for a cuff, 5 for a round; the 40-min window closes at 50."""
    session = session_with(DOSED, cuff(20))

    schedule = board_schedule(upcoming(PLAN, session, DOSE + 36 * 60))

    assert schedule == Schedule(cuff_due=DOSE + 48 * 60, round_due=DOSE + 10 * 60)


def test_after_the_end_nothing_is_due():
    ended = (DOSE + 100, e.Ended())
    assert upcoming(PLAN, session_with(DOSED, ended), DOSE + 3000) == ()

"""What is due beside the plan's checks at fixed minutes.

The reference round before the dose, the round at the discharge check, a clinic's own scales, and
the next spray or lozenge. None of them raises an alarm: they are prompts, and stay until they are
done or left out with a reason.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from kapmonitor.events import CheckSkipped, Dose, Entry, Instrument, Phase
from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind, Plan, PlannedInstrument
from kapmonitor.schedule import Outcome, near, outcomes, timed, upcoming
from kapmonitor.session import Session

INSTRUMENT, DEVICE = "instrument", "device"
REFERENCE, DISCHARGE = "reference", "discharge"

# A round so shortly before the discharge check was opened is the one at the discharge check [s].
JUST_BEFORE = 300.0
# Windows, in seconds: how late each may be before it counts as overdue, how early a scale may be.
ROUND_WITHIN = 300.0
INSTRUMENT_WITHIN = 600.0
INSTRUMENT_OPENS = 120.0
DEVICE_WITHIN = 120.0


def due_now(plan: Plan, session: Session, now: float) -> tuple[CheckView, ...]:
    """Everything that is due and what comes next, in order of time; what is wanted before first.

    Empty before the visit is opened, once the patient has left, and after the end.
    """
    over = session.left_at is not None or session.ended_at is not None
    if session.opened is None or over:
        return ()
    views = [*_discharge(plan, session, now, upcoming(plan, session, now))]
    views += [*_reference(plan, session), *_instruments(plan, session, now)]
    views += [*_next_device(plan, session, now)]
    return tuple(sorted(views, key=lambda view: (view.part != REFERENCE, view.due)))


# The reference round and the round at the discharge check ------------------------------------


def _reference(plan: Plan, session: Session) -> Iterator[CheckView]:
    """Before the dose, once: the round that all later ones are compared with."""
    wanted = plan.reference_round and session.t0 is None and not session.rounds
    if wanted and not _left_out(session, CheckKind.ROUND, part=REFERENCE):
        yield _before_dose(session, CheckKind.ROUND)


def _before_dose(session: Session, check: str, instrument: str = "") -> CheckView:
    begun = session.entries[0].at
    return CheckView(check, begun, begun, begun, False, part=REFERENCE, instrument=instrument)


def round_part(plan: Plan, session: Session, at: float, due: float | None) -> str:
    """What a round is: the reference, the one at the discharge check, or neither (empty)."""
    if session.t0 is None or at < session.t0:
        return REFERENCE
    if not plan.discharge_round:
        return ""
    at_discharge = session.phase is Phase.DISCHARGE or _is_last(plan, session, due)
    return DISCHARGE if at_discharge else ""


def _is_last(plan: Plan, session: Session, due: float | None) -> bool:
    """Whether a planned round is one at the plan's discharge check."""
    opens = [phase.at_min for phase in plan.phase if phase.phase is Phase.DISCHARGE]
    t0 = session.t0
    return bool(opens) and t0 is not None and due is not None and due >= t0 + 60 * opens[0] - 1.0


def _discharge(
    plan: Plan, session: Session, now: float, planned: Sequence[CheckView]
) -> Iterator[CheckView]:
    """The planned checks, the last rounds named; and one more where none falls together with it.

    Opening the discharge check asks for a round, at most one: a planned one that is due anyway, or
    within minutes, is that round.
    """
    if not plan.discharge_round:
        yield from planned
        return
    opened = _discharge_opened(session)
    wanted = opened is not None and session.left_at is None and not _discharge_done(session, opened)
    for view in planned:
        is_round = view.check == CheckKind.ROUND
        if is_round and wanted and view.opens <= now + JUST_BEFORE:
            wanted = False
            yield replace(view, part=DISCHARGE)
        elif is_round and _is_last(plan, session, view.due):
            yield replace(view, part=DISCHARGE)
        else:
            yield view
    if wanted and opened is not None:
        closes = opened + ROUND_WITHIN
        yield CheckView(CheckKind.ROUND, opened, opened, closes, now > closes, part=DISCHARGE)


def _discharge_opened(session: Session) -> float | None:
    """When the discharge check was last opened, while it is the phase."""
    if session.t0 is None or session.phase is not Phase.DISCHARGE:
        return None
    return session.phases[-1][0]


def _discharge_done(session: Session, opened: float) -> bool:
    """Filed, or left out: since just before it was opened."""
    since = opened - JUST_BEFORE
    return any(entry.at >= since for entry in session.rounds) or _round_left_out(session, since)


def _round_left_out(session: Session, since: float) -> bool:
    return any(
        entry.at >= since
        for entry in session.entries
        if isinstance(entry.event, CheckSkipped) and entry.event.check == CheckKind.ROUND
    )


# A clinic's own scales -----------------------------------------------------------------------


def _instruments(plan: Plan, session: Session, now: float) -> Iterator[CheckView]:
    for planned in plan.instrument:
        if session.t0 is None:
            done = _filed(session, planned.name)
            skipped = _left_out(session, INSTRUMENT, planned.name, REFERENCE)
            if planned.before_dose and not done and not skipped:
                yield _before_dose(session, INSTRUMENT, planned.name)
        else:
            yield from _timed_instrument(planned, session, session.t0, now)


def _timed_instrument(
    planned: PlannedInstrument, session: Session, t0: float, now: float
) -> Iterator[CheckView]:
    """The first open one that is due, and the next one that comes."""
    waiting: list[CheckView] = []
    coming: list[CheckView] = []
    for minute in sorted(planned.at_min):
        due = t0 + 60 * minute
        opens, closes = max(t0, due - INSTRUMENT_OPENS), due + INSTRUMENT_WITHIN
        if _instrument_done(session, planned.name, opens) is not None:
            continue
        if _left_out(session, INSTRUMENT, planned.name, due=due):
            continue
        view = CheckView(INSTRUMENT, due, opens, closes, now > closes, instrument=planned.name)
        (waiting if opens <= now else coming).append(view)
    yield from (*waiting[:1], *coming[:1])


def _filed(session: Session, name: str) -> list[Entry]:
    return [
        entry
        for entry in session.instruments
        if isinstance(entry.event, Instrument) and entry.event.instrument == name
    ]


def _instrument_done(session: Session, name: str, opens: float) -> Entry | None:
    return next((entry for entry in _filed(session, name) if entry.at >= opens), None)


def answered_instrument(plan: Plan, session: Session, name: str, at: float) -> float | None:
    """The planned session time that a scale filed at ``at`` answers, if any."""
    t0 = session.t0
    if t0 is None:
        return None
    dues = [t0 + 60 * m for one in plan.instrument if one.name == name for m in one.at_min]
    return max((due for due in dues if due - INSTRUMENT_OPENS <= at), default=None)


# The next spray or lozenge -------------------------------------------------------------------


def _next_device(plan: Plan, session: Session, now: float) -> Iterator[CheckView]:
    """The next spray or lozenge of the planned dose, as long after the last as the plan says."""
    each, t0 = plan.one_device, session.t0
    if each is None or t0 is None or session.left_at is not None or not session.doses:
        return
    number, of = devices(plan, session)
    due = session.doses[-1].at + 60 * plan.devices_apart_min
    if number <= of and not _left_out(session, DEVICE, due=due):
        closes = due + DEVICE_WITHIN
        yield CheckView(DEVICE, due, due, closes, now > closes, number=number, of=of)


def devices(plan: Plan, session: Session) -> tuple[int, int]:
    """Which spray or lozenge is the next, and how many make the planned dose.

    The first number is larger than the second when all is given; (0, 0) where the plan gives one.
    """
    each = plan.one_device
    if each is None:
        return 0, 0
    planned = session.opened.planned_dose if session.opened is not None else None
    given = sum(x.event.amount for x in session.doses if isinstance(x.event, Dose))
    wanted = planned or plan.usual_dose
    # The last one may hold less than the others; a hundredth of one is no device.
    of = max(1, math.ceil(wanted / each - 0.01))
    if given >= wanted - 0.01 * each:
        return of + 1, of
    return int(given / each + 0.01) + 1, of


# What became of them -------------------------------------------------------------------------


def _left_out(
    session: Session,
    check: str,
    instrument: str = "",
    part: str = "",
    due: float | None = None,
) -> bool:
    return any(
        skip.check == check
        and skip.instrument == instrument
        and skip.part == part
        and (due is None or near(skip.due, due))
        for skip in session.skipped
    )


def every_outcome(plan: Plan, session: Session) -> tuple[Outcome, ...]:
    """What became of everything that the plan asks for; empty before the dose.

    What is wanted before the dose comes first, then the rest in order of time.
    """
    t0 = session.t0
    if t0 is None:
        return ()
    before = list(_outcomes_before(plan, session, t0))
    after = [*outcomes(plan, session), *_instrument_outcomes(plan, session, t0)]
    after += _discharge_outcome(plan, session, {one.number for one in after})
    named = [
        replace(one, part=DISCHARGE)
        if plan.discharge_round
        and one.check == CheckKind.ROUND
        and _is_last(plan, session, one.due)
        else one
        for one in after
    ]
    skips = [x for x in session.entries if isinstance(x.event, CheckSkipped)]
    told = (*before, *sorted(named, key=lambda one: one.due))
    return tuple(_with_skip(one, skips) for one in told)


def _with_skip(one: Outcome, skips: Iterable[Entry]) -> Outcome:
    """The outcome with the number of the entry that left it out."""
    if one.state != "skipped":
        return one
    for entry in skips:
        skip = entry.event
        assert isinstance(skip, CheckSkipped)
        same = (skip.check, skip.instrument) == (one.check, one.instrument)
        before = one.part == REFERENCE
        when = skip.part == REFERENCE if before else near(skip.due, one.due)
        if same and when:
            return replace(one, number=entry.number)
    return one


def _outcomes_before(plan: Plan, session: Session, t0: float) -> Iterator[Outcome]:
    if plan.reference_round:
        rounds = [entry for entry in session.rounds if entry.at < t0]
        yield _outcome_before(session, t0, CheckKind.ROUND, "", rounds)
    for planned in plan.instrument:
        if planned.before_dose:
            filed = [entry for entry in _filed(session, planned.name) if entry.at < t0]
            yield _outcome_before(session, t0, INSTRUMENT, planned.name, filed)


def _outcome_before(
    session: Session, t0: float, check: str, name: str, done: Sequence[Entry]
) -> Outcome:
    if done:
        last = done[-1]
        return Outcome(check, t0, "in_time", last.at, last.number, name, REFERENCE)
    skipped = _left_out(session, check, name, REFERENCE)
    return Outcome(check, t0, "skipped" if skipped else "open", None, 0, name, REFERENCE)


def _instrument_outcomes(plan: Plan, session: Session, t0: float) -> Iterator[Outcome]:
    for planned in plan.instrument:
        for minute in sorted(planned.at_min):
            due = t0 + 60 * minute
            done = _instrument_done(session, planned.name, max(t0, due - INSTRUMENT_OPENS))
            if done is None:
                skipped = _left_out(session, INSTRUMENT, planned.name, due=due)
                state = "skipped" if skipped else "open"
                yield Outcome(INSTRUMENT, due, state, None, 0, planned.name)
            else:
                state = timed(done.at, due, due + INSTRUMENT_WITHIN)
                yield Outcome(INSTRUMENT, due, state, done.at, done.number, planned.name)


def _discharge_outcome(plan: Plan, session: Session, planned: set[int]) -> list[Outcome]:
    """The round at the discharge check, where no planned one stands for it."""
    opened = [at for at, phase in session.phases if phase is Phase.DISCHARGE]
    if not plan.discharge_round or not opened:
        return []
    last, since = opened[-1], opened[-1] - JUST_BEFORE
    done = next((entry for entry in session.rounds if entry.at >= since), None)
    if done is None:
        state = "skipped" if _round_left_out(session, since) else "open"
        return [Outcome(CheckKind.ROUND, last, state, None, part=DISCHARGE)]
    if done.number in planned:
        return []
    state = timed(done.at, last, last + ROUND_WITHIN)
    return [Outcome(CheckKind.ROUND, last, state, done.at, done.number, part=DISCHARGE)]

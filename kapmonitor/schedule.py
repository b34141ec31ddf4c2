"""What is due: the plan's checks held against what the session has.

A reading or round answers every check whose window had opened by then. The first one that is not
answered stays due, and overdue, until something comes or it is skipped.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kapmonitor.events import Baseline, Cuff, Entry, Priority, Round
from kapmonitor.messages import CheckView
from kapmonitor.plan import AdaptRule, CheckKind, Plan, PlannedCheck
from kapmonitor.ports import AlarmView, Schedule
from kapmonitor.reading import Origin, Quality
from kapmonitor.session import Session

# A rule's reading this close before a planned one is the planned one, in seconds.
SAME_READING = 120.0

# Table of alarms: medium on the first reading, high when the next one confirms it.
CONFIRMED_BY_REPEAT = frozenset({"SBP_VHIGH", "DBP_VHIGH"})
REPEAT_SECONDS = 120.0

# The alarm table counts 2 min (cuff) and 5 min (round) from the time that the board is given.
_BOARD_GRACE = {CheckKind.CUFF: 120.0, CheckKind.ROUND: 300.0}


class Outcome(Struct, frozen=True):
    """A planned check: ``state`` is early, in_time, late, skipped or open; ``at`` when done.

    ``number`` is the entry that did it or left it out, ``instrument`` and ``part`` as in
    `CheckView`. What is wanted before the dose is due with it.
    """

    check: str
    due: float
    state: str
    at: float | None
    number: int = 0
    instrument: str = ""
    part: str = ""


def upcoming(plan: Plan, session: Session, now: float) -> tuple[CheckView, ...]:
    """For each kind the check that is due now (if it is still open) and the next one.

    In order of time. Empty before the dose and after the end.
    """
    t0 = session.t0
    if t0 is None or session.ended_at is not None:
        return ()
    views: list[CheckView] = []
    for kind in CheckKind:
        checks = plan.checks(kind)
        open_ones = [c for c in checks if c.opens <= now - t0 and not _settled(c, session, t0)]
        later = [c for c in checks if c.opens > now - t0 and not _settled(c, session, t0)]
        waiting = [_view(check, t0, now) for check in open_ones[:1]]
        coming = [_view(check, t0, now) for check in later[:1]]
        if kind is CheckKind.CUFF:
            waiting = _with_extra(waiting, coming, _extra(plan, session, t0, now))
        views += [*waiting, *coming]
    return tuple(sorted(views, key=lambda view: view.due))


def rules_in_force(plan: Plan, session: Session, now: float) -> tuple[AdaptRule, ...]:
    """The plan's rules that shorten the interval of cuff readings now, the shortest first."""
    t0 = session.t0
    if t0 is None or session.left_at is not None or session.ended_at is not None:
        return ()
    cuffs = [x.event for x in session.good_cuffs() if x.at >= t0 and isinstance(x.event, Cuff)]
    base = session.baseline
    found = [
        rule
        for rule in plan.adapt
        if now >= t0 + 60 * rule.from_min
        and len(cuffs) >= rule.readings
        and all(is_high(rule, cuff, base) for cuff in cuffs[-rule.readings :])
    ]
    # Once in force, one high reading keeps a rule in force; only a lower one ends it.
    kept = [
        rule
        for rule in plan.adapt
        if rule.name in session.adapted and cuffs and is_high(rule, cuffs[-1], base)
    ]
    both = {rule.name: rule for rule in (*found, *kept)}
    return tuple(sorted(both.values(), key=lambda rule: rule.every_min))


def is_high(rule: AdaptRule, cuff: Cuff, base: Baseline | None) -> bool:
    """Whether a reading lies at or above a pressure, or a rise over the baseline, of the rule."""
    for name in ("systolic", "diastolic"):
        value: float | None = getattr(cuff, name)
        limit: float | None = getattr(rule, name)
        rise: float | None = getattr(rule, f"rise_{name}")
        before: float | None = None if base is None else getattr(base, name)
        if value is None:
            continue
        if limit is not None and value >= limit:
            return True
        if rise is not None and before is not None and value >= before + rise:
            return True
    return False


def _extra(plan: Plan, session: Session, t0: float, now: float) -> CheckView | None:
    """The reading that a rule in force asks for, counted from the last good one."""
    rules = rules_in_force(plan, session, now)
    cuffs = [entry.at for entry in session.good_cuffs() if entry.at >= t0]
    if not rules or not cuffs:
        return None
    last, step = cuffs[-1], 60 * rules[0].every_min
    due = last + step
    for skip in session.skipped:
        if skip.check == CheckKind.CUFF and abs(skip.due - due) < 1.0:
            due = skip.due + step
    closes = due + REPEAT_SECONDS
    return CheckView(CheckKind.CUFF, due, last, closes, now > closes, adapted=rules[0].name)


def _with_extra(
    waiting: list[CheckView], coming: list[CheckView], extra: CheckView | None
) -> list[CheckView]:
    """At most one prompt for one reading: the earlier of the plan's and the rule's."""
    if extra is None:
        return waiting
    if waiting:
        return [extra] if extra.due < waiting[0].due else waiting
    soon = coming and extra.due >= coming[0].due - SAME_READING
    return [] if soon else [extra]


def repeat_wanted(session: Session, alarms: Iterable[AlarmView], now: float) -> CheckView | None:
    """The cuff reading that is wanted again, None when the last one needs no other.

    At once after a failed one, in two minutes after a first very high one.
    """
    last = session.cuffs[-1] if session.cuffs else None
    if last is None or not isinstance(last.event, Cuff) or session.ended_at is not None:
        return None
    if last.event.origin is Origin.STORED:
        return None
    unconfirmed = any(
        view.change.alarm in CONFIRMED_BY_REPEAT
        and view.change.priority is Priority.MEDIUM
        and not view.over
        for view in alarms
    )
    if last.event.quality is not Quality.GOOD:
        due = last.at
    elif unconfirmed:
        due = last.at + REPEAT_SECONDS
    else:
        return None
    closes = due + REPEAT_SECONDS
    return CheckView(CheckKind.CUFF, due, last.at, closes, now > closes, repeat=True)


def board_schedule(views: Sequence[CheckView]) -> Schedule:
    """The next due times for the alarm board, set so that its grace ends with the window."""
    planned = [view for view in views if not view.repeat and not view.part]
    first = {kind: next((v for v in planned if v.check == kind), None) for kind in CheckKind}
    due = {
        kind: None if view is None else view.closes - _BOARD_GRACE[kind]
        for kind, view in first.items()
    }
    return Schedule(cuff_due=due[CheckKind.CUFF], round_due=due[CheckKind.ROUND])


def answered_check(plan: Plan, session: Session, kind: CheckKind, at: float) -> float | None:
    """The planned session time that a reading or round at ``at`` answers, if any."""
    t0 = session.t0
    if t0 is None:
        return None
    opened = [check for check in plan.checks(kind) if check.opens <= at - t0]
    return t0 + opened[-1].due if opened else None


def _settled(check: PlannedCheck, session: Session, t0: float) -> bool:
    return _done(check, session, t0) is not None or _skipped(check, session, t0)


def _done(check: PlannedCheck, session: Session, t0: float) -> Entry | None:
    """The reading or round that answered a check: one that was said to, else the first in time."""
    due = t0 + check.due
    done = session.good_cuffs() if check.kind is CheckKind.CUFF else session.rounds
    said = [one.done for one in session.early if one.check == check.kind and near(one.due, due)]
    for entry in done:
        filed = entry.event
        early = isinstance(filed, Round) and filed.early and near(filed.due, due)
        if entry.at >= t0 and (early or entry.at in said or entry.at >= t0 + check.opens):
            return entry
    return None


def near(one: float | None, other: float) -> bool:
    """Whether two session times are that of one check."""
    return one is not None and abs(one - other) < 1.0


def _skipped(check: PlannedCheck, session: Session, t0: float) -> bool:
    return any(
        skip.check == check.kind and not skip.part and near(skip.due, t0 + check.due)
        for skip in session.skipped
    )


def next_unopened(plan: Plan, session: Session, kind: CheckKind, at: float) -> float | None:
    """The planned session time of the next check whose window has not opened at ``at`` yet."""
    t0 = session.t0
    if t0 is None:
        return None
    later = [c for c in plan.checks(kind) if c.opens > at - t0 and not _settled(c, session, t0)]
    return t0 + later[0].due if later else None


def outcomes(plan: Plan, session: Session) -> tuple[Outcome, ...]:
    """What became of each planned check, in order of time; empty before the dose."""
    t0 = session.t0
    if t0 is None:
        return ()
    found = []
    for check in sorted(plan.check, key=lambda check: check.due):
        done = _done(check, session, t0)
        at = None if done is None else done.at
        skipped = _skipped(check, session, t0) and (at is None or at > t0 + check.closes)
        state = "skipped" if skipped else "open"
        if at is not None and not skipped:
            state = timed(at, t0 + check.due, t0 + check.closes)
        number = done.number if done is not None and not skipped else 0
        found.append(Outcome(check.kind, t0 + check.due, state, None if skipped else at, number))
    return tuple(found)


def timed(at: float, due: float, closes: float) -> str:
    """How what was done at a time stands to a check: early, in_time or late."""
    return "late" if at > closes else "early" if at < due else "in_time"


def _view(check: PlannedCheck, t0: float, now: float) -> CheckView:
    closes = t0 + check.closes
    return CheckView(check.kind, t0 + check.due, t0 + check.opens, closes, now > closes)

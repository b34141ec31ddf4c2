"""What is due: the plan's checks held against what the session has.

A reading or round answers every check whose window had opened by then. The first one that is not
answered stays due, and overdue, until something comes or it is skipped.
"""

from collections.abc import Iterable, Sequence

from kapmonitor.events import Cuff, Priority
from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind, Plan, PlannedCheck
from kapmonitor.ports import AlarmView, Schedule
from kapmonitor.reading import Origin, Quality
from kapmonitor.session import Session

# Table of alarms: medium on the first reading, high when the next one confirms it.
CONFIRMED_BY_REPEAT = frozenset({"SBP_VHIGH", "DBP_VHIGH"})
REPEAT_SECONDS = 120.0

# The alarm table counts 2 min (cuff) and 5 min (round) from the time that the board is given.
_BOARD_GRACE = {CheckKind.CUFF: 120.0, CheckKind.ROUND: 300.0}


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
        later = [c for c in checks if c.opens > now - t0]
        views += [_view(check, t0, now) for check in (*open_ones[:1], *later[:1])]
    return tuple(sorted(views, key=lambda view: view.due))


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
    planned = [view for view in views if not view.repeat]
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
    done = session.good_cuffs() if check.kind is CheckKind.CUFF else session.rounds
    if any(entry.at >= t0 + check.opens for entry in reversed(done)):
        return True
    return any(
        skip.check == check.kind and abs(skip.due - (t0 + check.due)) < 1.0
        for skip in session.skipped
    )


def _view(check: PlannedCheck, t0: float, now: float) -> CheckView:
    closes = t0 + check.closes
    return CheckView(check.kind, t0 + check.due, t0 + check.opens, closes, now > closes)

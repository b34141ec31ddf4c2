"""What is due: the plan's checks held against what the session has.

A reading or round counts for the latest check whose window has opened; what an earlier one missed
stays missed.
"""

from collections.abc import Sequence

from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind, Plan, PlannedCheck
from kapmonitor.ports import Schedule
from kapmonitor.session import Session

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
        current = _current(checks, now - t0)
        if current is not None and not _settled(checks[current], kind, session, t0):
            views.append(_view(checks[current], t0, now))
        following = 0 if current is None else current + 1
        if following < len(checks):
            views.append(_view(checks[following], t0, now))
    return tuple(sorted(views, key=lambda view: view.due))


def board_schedule(views: Sequence[CheckView]) -> Schedule:
    """The next due times for the alarm board, set so that its grace ends with the window."""
    first = {kind: next((v for v in views if v.check == kind), None) for kind in CheckKind}
    due = {
        kind: None if view is None else view.closes - _BOARD_GRACE[kind]
        for kind, view in first.items()
    }
    return Schedule(cuff_due=due[CheckKind.CUFF], round_due=due[CheckKind.ROUND])


def answered_check(plan: Plan, session: Session, kind: CheckKind, at: float) -> float | None:
    """The planned session time that a reading or round at ``at`` answers, if any."""
    if session.t0 is None:
        return None
    checks = plan.checks(kind)
    current = _current(checks, at - session.t0)
    return None if current is None else session.t0 + checks[current].due


def _current(checks: Sequence[PlannedCheck], since_dose: float) -> int | None:
    opened = [i for i, check in enumerate(checks) if check.opens <= since_dose]
    return opened[-1] if opened else None


def _settled(check: PlannedCheck, kind: CheckKind, session: Session, t0: float) -> bool:
    done = session.good_cuffs() if kind is CheckKind.CUFF else session.rounds
    if any(entry.at >= t0 + check.opens for entry in reversed(done)):
        return True
    return any(
        skip.check == kind and abs(skip.due - (t0 + check.due)) < 1.0 for skip in session.skipped
    )


def _view(check: PlannedCheck, t0: float, now: float) -> CheckView:
    closes = t0 + check.closes
    return CheckView(check.kind, t0 + check.due, t0 + check.opens, closes, now > closes)

"""Readiness to leave: the plan's criteria held against what is known now. Pure.

The list follows what clinics ask before a patient leaves (label of esketamine 2.4, APA 2017,
Aldrete for the tolerance of the pressure); the numbers are the plan's.
"""

from collections.abc import Mapping

from msgspec import Struct

from kapmonitor.events import Answer, Cuff, ReadinessAnswer, Round
from kapmonitor.plan import Plan
from kapmonitor.session import Session

CRITERIA = (
    *("minimum_time", "pressure", "pulse", "spo2", "oxygen", "sedation", "orientation"),
    *("gait", "dissociation", "nausea", "red_flags", "ride"),
)
# An observation older than this says little about now, in seconds.
RECENT = 45 * 60.0


class Criterion(Struct, frozen=True):
    """One criterion: ``met``, or None while nothing is known about it. ``minutes`` are missing."""

    id: str
    met: bool | None
    minutes: int = 0


def missing_minutes(plan: Plan, session: Session, now: float) -> int:
    """Whole minutes of observation that are missing; 0 without a dose or when it is over."""
    t0 = session.t0
    if t0 is None:
        return 0
    until = t0 + 60 * plan.minimum_observation_min
    end = session.infusion_end
    if session.infusing is not None:
        end = now
    if end is not None:
        until = max(until, end + 60 * plan.leaving.after_infusion_min)
    return max(0, -int(-(until - now) // 60))


def unobserved_minutes(plan: Plan, session: Session, now: float) -> int:
    """The missing minutes of a visit that ends now; 0 once the patient left: that has a reason."""
    return missing_minutes(plan, session, now) if session.left_at is None else 0


def criteria(
    plan: Plan, session: Session, vitals: Mapping[str, float], now: float, with_whom: str = ""
) -> tuple[Criterion, ...]:
    """All criteria in order. ``vitals``: fresh ``pulse`` [/min] and ``spo2`` [%], where known."""
    minutes = missing_minutes(plan, session, now)
    last = _last_round(session, now)
    found: dict[str, bool | None] = {
        "minimum_time": session.t0 is not None and minutes == 0,
        "pressure": _pressure(plan, session, now),
        "pulse": _pulse(plan, session, vitals.get("pulse")),
        "spo2": None if "spo2" not in vitals else vitals["spo2"] >= plan.leaving.spo2_least,
        "oxygen": session.oxygen is None,
        "sedation": _is(last, "moaas", (5,)),
        "orientation": _is(last, "orientation", ("yes",)),
        "gait": _is(last, "gait", ("steady",)),
        "dissociation": _dissociation(plan, session, last),
        "nausea": _is(last, "nausea", ("none", "mild")),
        "red_flags": _is(last, "red_flags", ("none",)),
        "ride": True if with_whom.strip() else _ride(session),
    }
    return tuple(
        Criterion(name, found[name], minutes if name == "minimum_time" else 0) for name in CRITERIA
    )


def not_met(
    plan: Plan, session: Session, vitals: Mapping[str, float], now: float, with_whom: str = ""
) -> tuple[str, ...]:
    """The criteria that are not met or not known."""
    return tuple(one.id for one in criteria(plan, session, vitals, now, with_whom) if not one.met)


def _last_round(session: Session, now: float) -> Round | None:
    for entry in reversed(session.rounds):
        since_dose = session.t0 is not None and entry.at >= session.t0
        if since_dose and 0 <= now - entry.at <= RECENT and isinstance(entry.event, Round):
            return entry.event
    return None


def _is(filed: Round | None, item: str, wanted: tuple[Answer, ...]) -> bool | None:
    answer = None if filed is None else filed.answers.get(item)
    return None if answer is None else answer in wanted


def _pressure(plan: Plan, session: Session, now: float) -> bool | None:
    """The last pressure within the tolerance of the baseline and below the gate."""
    cuffs, base = session.good_cuffs(), session.baseline
    if not cuffs or now - cuffs[-1].at > RECENT or session.t0 is None:
        return None
    cuff = cuffs[-1].event
    if cuffs[-1].at < session.t0 or not isinstance(cuff, Cuff):
        return None
    share = plan.leaving.pressure_percent / 100
    for value, before in (
        (cuff.systolic, base.systolic if base else None),
        (cuff.diastolic, base.diastolic if base else None),
    ):
        if value is None or before is None:
            return None
        if abs(value - before) > share * before:
            return False
    return True


def _pulse(plan: Plan, session: Session, pulse: float | None) -> bool | None:
    before = session.baseline.pulse if session.baseline else None
    if pulse is None or before is None:
        return None
    return abs(pulse - before) <= plan.leaving.pulse_percent / 100 * before


def _dissociation(plan: Plan, session: Session, last: Round | None) -> bool | None:
    """The last score against the one before the dose, 0 where there was none."""
    score = None if last is None else last.scores.get("dissociation")
    if score is None:
        return None
    before = 0.0
    for entry in session.rounds:
        if session.t0 is not None and entry.at < session.t0 and isinstance(entry.event, Round):
            before = entry.event.scores.get("dissociation", before)
    return score <= before + plan.leaving.dissociation_above


def _ride(session: Session) -> bool | None:
    entry = session.readiness.get("ride")
    if entry is None or not isinstance(entry.event, ReadinessAnswer):
        return None
    answer = entry.event
    return answer.answer == "yes" and bool(answer.note.strip())

"""What is given: doses, a pump, oxygen, other medicines; taking back; the baseline they freeze.

Each function carries out one command and returns the number of its event, or raises Refused.
"""

from collections.abc import Callable

import msgspec

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.before_dose import open_items
from kapmonitor.errors import Refused
from kapmonitor.plan import ROUTES, Plan
from kapmonitor.running import Running
from kapmonitor.session import Session

# No slip of the finger may put more than so many times the plan's largest dose on the record.
LARGEST_DOSE = 10.0
INFUSION_ACTIONS = ("start", "rate", "stop")
# Beyond what any flowmeter at a bedside gives, in litres a minute.
MOST_OXYGEN = 60.0
# The vitals of a baseline and what they may be (the ranges of plausibility).
_BASELINE = {"systolic": (50, 270), "diastolic": (10, 210), "pulse": (20, 300), "spo2": (50, 100)}


def dose(engine: Running, command: c.RecordDose, now: float) -> int:
    """A dose; the first drug of a visit freezes the baseline and must pass the gate."""
    plan = engine.plan
    amount = plan.usual_dose if command.amount is None else command.amount
    largest = LARGEST_DOSE * max(plan.usual_dose, *plan.doses, 0.0)
    unit = command.unit or plan.unit
    route = command.route or plan.route
    if not amount > 0:
        raise Refused("dose_not_positive", amount=amount)
    if unit != plan.unit:
        raise Refused("unknown_unit", unit=unit, known=plan.unit)
    if amount > largest:
        raise Refused("dose_too_large", amount=amount, unit=unit, largest=largest)
    if route not in ROUTES:
        raise Refused("unknown_route", name=route, known=", ".join(ROUTES))
    if route != plan.route:
        raise Refused("route_of_another_plan", route=route, known=plan.route)
    _gate(engine, command, now)
    given = e.Dose(
        route=route,
        amount=amount,
        unit=unit,
        drug=command.drug or plan.drug,
        index=len(engine.session.doses) + 1,
        detail=command.detail,
        lot=command.lot,
        gate_reason=command.gate_reason.strip(),
        unready=_unready(engine),
    )
    return _give(engine, given, command, now)


def infuse(engine: Running, command: c.Infuse, now: float) -> int:
    """A pump's start, another rate, its stop."""
    if command.action not in INFUSION_ACTIONS:
        known = ", ".join(INFUSION_ACTIONS)
        raise Refused("unknown_infusion_action", action=command.action, known=known)
    running = engine.session.infusing is not None
    if command.action == "start" and running:
        raise Refused("infusion_runs")
    if command.action != "start" and not running:
        raise Refused("no_infusion")
    if engine.plan.route != "iv":
        raise Refused("route_of_another_plan", route="iv", known=engine.plan.route)
    stops = command.action == "stop"
    # Nobody gives more than the plan's usual dose in a second, and few in a minute.
    if not stops and not 0 < (command.rate or 0.0) <= engine.plan.usual_dose:
        raise Refused("bad_rate", rate=command.rate, most=engine.plan.usual_dose)
    last = engine.session.infusions[-1].at if engine.session.infusions else None
    if last is not None and command.happened is not None and command.happened < last:
        raise Refused("before_the_last_change")
    event = e.Infusion(
        action=command.action,
        rate=None if stops else command.rate,
        drug=command.drug or engine.plan.drug,
        detail=command.detail,
        lot=command.lot,
        gate_reason=command.gate_reason.strip(),
        unready=_unready(engine) if command.action == "start" else (),
    )
    if command.action != "start":
        return engine.write(event, now, command.by, command.happened).number
    _gate(engine, command, now)
    return _give(engine, event, command, now)


def _unready(engine: Running) -> tuple[str, ...]:
    """What of the readiness is open when the first drug is given all the same."""
    if engine.session.given:
        return ()
    return open_items(engine.readiness, engine.session.readiness)


def _gate(engine: Running, command: c.RecordDose | c.Infuse, now: float) -> None:
    """Above the plan's pressure the first drug needs a reason: a decision, not a lock."""
    if engine.session.given or command.gate_reason.strip():
        return
    at = now if command.happened is None else command.happened
    last = above_gate(engine.session, engine.plan, at)
    if last is None:
        return
    gate, opened = engine.plan.predose, engine.session.opened
    raise Refused(
        "predose_gate",
        systolic=last.systolic,
        diastolic=last.diastolic,
        most_systolic=gate.systolic_for(opened.age_band if opened else ""),
        most_diastolic=gate.diastolic,
    )


def above_gate(session: Session, plan: Plan, at: float) -> e.Cuff | None:
    """The last good cuff reading up to the session second ``at``, if above the plan's gate."""
    before = [entry.event for entry in session.good_cuffs() if entry.at <= at]
    last = before[-1] if before else None
    if not isinstance(last, e.Cuff) or last.systolic is None or last.diastolic is None:
        return None
    systolic = plan.predose.systolic_for(session.opened.age_band if session.opened else "")
    above = last.systolic > systolic or last.diastolic > plan.predose.diastolic
    return last if above else None


def _give(
    engine: Running, event: e.Dose | e.Infusion, command: c.RecordDose | c.Infuse, now: float
) -> int:
    """Write it; the first drug freezes the baseline of before it and begins administration."""
    first = not engine.session.given
    at = now if command.happened is None else command.happened
    frozen = None
    if first:
        cuffs, rule = engine.session.good_cuffs(), engine.plan.baseline
        frozen = engine.baseline.freeze(cuffs, at, rule)
    number = engine.write(event, now, command.by, command.happened).number
    if frozen is not None:
        engine.write(frozen, now)
    if first:
        engine.write(e.PhaseChanged(e.Phase.ADMINISTRATION), now)
    if event.unready and not event.gate_reason:
        # Who scripts a visit is not stopped; but nobody decided, and the record says so.
        engine.write(e.Note("", "readiness_not_asked"), now)
    return number


def withdraw(engine: Running, command: c.WithdrawDose, now: float) -> int:
    """Take back the last dose or start of a pump; with the only one the baseline thaws."""
    if not engine.session.given:
        raise Refused("no_dose")
    last = engine.session.given[-1].number
    number = engine.write(e.DoseWithdrawn(last, command.reason), now, command.by).number
    if engine.session.t0 is None:
        engine.write(e.PhaseChanged(e.Phase.BASELINE), now)
    return number


def oxygen(engine: Running, command: c.GiveOxygen, now: float) -> int:
    """Oxygen from now on; 0 takes it off."""
    if not 0 <= command.litres <= MOST_OXYGEN:
        raise Refused("bad_oxygen", litres=command.litres, most=MOST_OXYGEN)
    if not command.litres and engine.session.oxygen is None:
        raise Refused("no_oxygen")
    event = e.Oxygen(command.litres, command.detail)
    return engine.write(event, now, command.by, command.happened).number


def medicine(engine: Running, command: c.GiveMedicine, now: float) -> int:
    """A rescue medicine, with drug, dose and route."""
    for name in ("drug", "dose", "route"):
        if not getattr(command, name).strip():
            raise Refused("medicine_incomplete", field=name)
    event = e.Medicine(command.drug, command.dose, command.route, command.reason)
    return engine.write(event, now, command.by, command.happened).number


def change_baseline(engine: Running, command: c.ChangeBaseline, now: float) -> int:
    """Another baseline than the frozen one, with a reason."""
    if engine.session.t0 is None:
        raise Refused("baseline_not_frozen")
    if not command.reason.strip():
        raise Refused("reason_missing")
    old = engine.session.baseline or e.Baseline(None, None, None, None, 0)
    given = {name: getattr(command, name) for name in _BASELINE}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        low, high = _BASELINE[name]
        if not low <= value <= high:
            raise Refused("bad_answer", item=name, value=str(value), allowed=f"{low}-{high}")
    new = msgspec.structs.replace(old, reason=command.reason.strip(), **changed)
    if new.systolic is not None and new.diastolic is not None and new.diastolic >= new.systolic:
        raise Refused("impossible_reading", vital="diastolic", reason="diastolic above systolic")
    return engine.write(new, now, command.by).number


ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.RecordDose: dose,
    c.Infuse: infuse,
    c.WithdrawDose: withdraw,
    c.GiveOxygen: oxygen,
    c.GiveMedicine: medicine,
    c.ChangeBaseline: change_baseline,
}

"""What each command of a person leads to.

One small function a command; each returns the number of the event it wrote, or raises Refused with
the reason. Nothing here asks back: the window asks beforehand, the record tells afterwards.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from kapmonitor import acts_people
from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.plan import ROUTES, CheckKind
from kapmonitor.reading import Origin, Reading
from kapmonitor.schedule import answered_check, upcoming
from kapmonitor.session import Session
from kapmonitor.vitals import Vital

if TYPE_CHECKING:
    from kapmonitor.engine import Engine

__all__ = ["Session", "carry_out"]

MANUAL = "manual"
# No slip of the finger may put more than so many times the plan's largest dose on the record.
LARGEST_DOSE = 10.0
# A sensor may be off on purpose for so long: a walk to the toilet, a new position.
OFF_SECONDS = 600.0


def carry_out(engine: "Engine", command: c.AnyCommand, now: float) -> int:
    """Do what a command asks; returns an event number, 0 when it leads to none."""
    if engine.finished or engine.session.ended_at is not None:
        raise Refused("session_ended")
    _when(engine, command.happened, now)
    if not command.by.strip():
        # An empty name in the record means that the program acted.
        command = msgspec.structs.replace(command, by=acts_people.UNNAMED)
    engine.desk.input(now)
    command = acts_people.allowed(engine, command)
    act = ACTS.get(type(command))
    if act is None:
        raise Refused("unknown_command", command=type(command).__name__)
    return act(engine, command, now)


def _when(engine: "Engine", happened: float | None, now: float) -> None:
    """Refuse a time that lies in the future or before the visit."""
    if happened is None:
        return
    if happened > now:
        raise Refused("in_the_future", seconds=round(happened - now))
    if not happened >= engine.session.entries[0].at:
        raise Refused("before_the_visit")


def _note(engine: "Engine", command: c.AddNote, now: float) -> int:
    if not command.text.strip() and command.kind == "note":
        raise Refused("note_empty")
    return _written(engine, e.Note(command.text, command.kind), command, now)


def _phase(engine: "Engine", command: c.SetPhase, now: float) -> int:
    if command.phase is e.Phase.ENDED:
        raise Refused("end_by_ending")
    return _written(engine, e.PhaseChanged(command.phase), command, now)


def _quiet(engine: "Engine", command: c.SetQuiet, now: float) -> int:
    return _written(engine, e.QuietMode(command.on), command, now)


def _ready(engine: "Engine", command: c.MarkReady, now: float) -> int:
    return _written(engine, e.Ready(command.note), command, now)


def _left(engine: "Engine", command: c.MarkLeft, now: float) -> int:
    _may_leave(engine, command.happened, command.early_reason)
    return _written(engine, e.Left(command.with_whom, command.early_reason), command, now)


def _end(engine: "Engine", command: c.EndSession, now: float) -> int:
    acts_people.may_end(engine, command)
    reason = command.reason.strip()
    if reason and engine.desk.guarded:
        engine.write(e.Note(reason, "signature_missing"), now, command.by)
    return _written(engine, e.Ended(), command, now)


def _written(engine: "Engine", event: e.Event, command: c.Command, now: float) -> int:
    return engine.write(event, now, command.by, command.happened).number


def _may_leave(engine: "Engine", happened: float | None, reason: str) -> None:
    t0 = engine.session.t0
    if t0 is None or reason.strip():
        return
    now = engine.clock.now() if happened is None else happened
    missing = t0 + 60 * engine.plan.minimum_observation_min - now
    if missing > 0:
        raise Refused("leaving_early", minutes=-int(-missing // 60))


def _dose(engine: "Engine", command: c.RecordDose, now: float) -> int:
    amount = engine.plan.usual_dose if command.amount is None else command.amount
    largest = LARGEST_DOSE * max(engine.plan.usual_dose, *engine.plan.doses, 0.0)
    unit = command.unit or engine.plan.unit
    route = command.route or engine.plan.route
    if not amount > 0:
        raise Refused("dose_not_positive", amount=amount)
    if unit != engine.plan.unit:
        raise Refused("unknown_unit", unit=unit, known=engine.plan.unit)
    if amount > largest:
        raise Refused("dose_too_large", amount=amount, unit=unit, largest=largest)
    if route not in ROUTES:
        raise Refused("unknown_route", name=route, known=", ".join(ROUTES))
    if route != engine.plan.route:
        raise Refused("route_of_another_plan", route=route, known=engine.plan.route)
    first = engine.session.t0 is None
    at = now if command.happened is None else command.happened
    frozen = engine.baseline.freeze(engine.session.good_cuffs(), at) if first else None
    dose = e.Dose(
        route=route,
        amount=amount,
        unit=unit,
        drug=command.drug or engine.plan.drug,
        index=len(engine.session.doses) + 1,
        detail=command.detail,
    )
    number = engine.write(dose, now, command.by, command.happened).number
    if frozen is not None:
        engine.write(frozen, now)
    if first:
        engine.write(e.PhaseChanged(e.Phase.ADMINISTRATION), now)
    return number


def _withdraw(engine: "Engine", command: c.WithdrawDose, now: float) -> int:
    if not engine.session.doses:
        raise Refused("no_dose")
    last = engine.session.doses[-1].number
    number = engine.write(e.DoseWithdrawn(last, command.reason), now, command.by).number
    if engine.session.t0 is None:
        engine.write(e.PhaseChanged(e.Phase.BASELINE), now)
    return number


def _pause(engine: "Engine", command: c.PauseAudio, now: float) -> int:
    until = engine.watcher.pause(now)
    if until is None:
        return engine.write(e.AudioResumed("ended"), now, command.by).number
    return engine.write(e.AudioPaused(round(until - now, 3)), now, command.by).number


def _acknowledge(engine: "Engine", command: c.Acknowledge, now: float) -> int:
    """The alarm's own reason (symptoms, causes) stays; a person's is a note right after it."""
    number = engine.acknowledge(command.alarm, command.by, now)
    if command.reason.strip():
        engine.write(e.Note(command.reason.strip(), "acknowledged"), now, command.by)
    return number


def _round(engine: "Engine", command: c.FileRound, now: float) -> int:
    answers = engine.checklist.checked(command.answers)
    at = now if command.happened is None else command.happened
    filed = e.Round(
        checklist=engine.checklist.name,
        checklist_version=engine.checklist.version,
        answers=answers,
        scores=engine.checklist.scores(answers),
        due=answered_check(engine.plan, engine.session, CheckKind.ROUND, at),
        note=command.note,
    )
    return engine.write(filed, now, command.by, command.happened).number


def _cuff(engine: "Engine", command: c.AskCuff, now: float) -> int:
    if command.action == "enter":
        return _entered_cuff(engine, command, now)
    if command.action not in ("start", "stop"):
        raise Refused("unknown_action", action=command.action, known="start, stop, enter")
    able = [info.id for info in engine.sources.values() if command.action in info.commands]
    source = command.source or (able[0] if able else "")
    if source not in able:
        raise Refused("no_cuff_to_command", source=source or "-")
    engine.ask_source(source, command)
    return engine.write(e.CuffCycle(source, f"asked_{command.action}"), now, command.by).number


def _entered_cuff(engine: "Engine", command: c.AskCuff, now: float) -> int:
    """A cuff reading typed in: judged like any other, marked as manual everywhere."""
    if command.systolic is None or command.diastolic is None:
        raise Refused("pressure_missing")
    at = now if command.happened is None else command.happened
    values = {
        Vital.SYSTOLIC: command.systolic,
        Vital.DIASTOLIC: command.diastolic,
        Vital.PULSE_RATE: command.pulse,
    }
    readings = [
        Reading(
            vital,
            value,
            at,
            packet=engine.session.entries[-1].number,
            origin=Origin.MANUAL,
            source=MANUAL,
        )
        for vital, value in values.items()
        if value is not None
    ]
    return engine.enter_cuff(readings, now, command.by, command.happened, command.site)


def _skip(engine: "Engine", command: c.SkipCheck, now: float) -> int:
    views = upcoming(engine.plan, engine.session, now)
    due = next((view for view in views if view.check == command.check), None)
    if due is None:
        raise Refused("nothing_due", check=command.check)
    if not command.reason.strip():
        raise Refused("reason_missing")
    skipped = e.CheckSkipped(command.check, due.due, command.reason)
    return engine.write(skipped, now, command.by).number


def _take_off(engine: "Engine", command: c.TakeOff, now: float) -> int:
    sensors = [info.id for info in engine.sources.values() if info.continuous]
    source = command.source or (sensors[0] if len(sensors) == 1 else "")
    if source not in sensors:
        raise Refused("no_such_sensor", source=source or "-", known=", ".join(sensors) or "-")
    if source in engine.session.taken_off:
        return engine.write(e.PutBack(source, "person"), now, command.by).number
    info = engine.sources[source]
    for alarm in engine.watcher.view(now).alarms:
        own = alarm.change.source == source or alarm.change.vital in info.measures
        if own and not alarm.over and alarm.change.priority is e.Priority.HIGH:
            raise Refused("sensor_alarm_is_high", alarm=alarm.change.alarm)
    off = e.TakenOff(source, OFF_SECONDS, command.reason)
    return engine.write(off, now, command.by).number


def _limit(engine: "Engine", command: c.SetLimit, now: float) -> int:
    watcher, alarm = engine.watcher, command.alarm
    on = command.on and command.limit is None
    old = watcher.check_limit(alarm, command.limit)
    other = None if on or command.limit is None else command.other
    other_old = None if other is None else watcher.check_other(alarm, other)
    changed = e.LimitChanged(alarm, old, command.limit, command.reason, other_old, other, on)
    return engine.write(changed, now, command.by).number


# Which function carries out which command. Further ones stand in files of their own by subject,
# each with a table like this one, and are added here.
ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.RecordDose: _dose,
    c.WithdrawDose: _withdraw,
    c.Acknowledge: _acknowledge,
    c.PauseAudio: _pause,
    c.FileRound: _round,
    c.AddNote: _note,
    c.AskCuff: _cuff,
    c.SetPhase: _phase,
    c.SkipCheck: _skip,
    c.SetQuiet: _quiet,
    c.SetLimit: _limit,
    c.TakeOff: _take_off,
    c.MarkReady: _ready,
    c.MarkLeft: _left,
    c.EndSession: _end,
    **acts_people.ACTS,
}

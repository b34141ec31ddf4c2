"""What each command of a person leads to.

One small function a command; each returns the number of the event it wrote, or raises Refused with
the reason. Nothing here asks back: the window asks beforehand, the record tells afterwards.
"""

from collections.abc import Callable

import msgspec

from kapmonitor import acts_checks, acts_cuff, acts_dose, acts_due, acts_people
from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.leaving import unobserved_minutes
from kapmonitor.limit_units import limit_unit
from kapmonitor.preference import CHOSEN_FOR, measuring
from kapmonitor.running import Running

# A sensor may be off on purpose for so long: a walk to the toilet, a new position.
OFF_SECONDS = 600.0


def carry_out(engine: Running, command: c.AnyCommand, now: float) -> int:
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


def _when(engine: Running, happened: float | None, now: float) -> None:
    """Refuse a time that lies in the future or before the visit."""
    if happened is None:
        return
    if happened > now:
        raise Refused("in_the_future", seconds=round(happened - now))
    if not happened >= engine.session.entries[0].at:
        raise Refused("before_the_visit")


def _phase(engine: Running, command: c.SetPhase, now: float) -> int:
    if command.phase is e.Phase.ENDED:
        raise Refused("end_by_ending")
    return _written(engine, e.PhaseChanged(command.phase), command, now)


def _quiet(engine: Running, command: c.SetQuiet, now: float) -> int:
    return _written(engine, e.QuietMode(command.on), command, now)


def _end(engine: Running, command: c.EndSession, now: float) -> int:
    acts_people.may_end(engine, command)
    reason = command.reason.strip()
    if reason and engine.desk.guarded:
        engine.write(e.Note(reason, "signature_missing"), now, command.by)
    missing = unobserved_minutes(engine.plan, engine.session, now)
    early = command.early_reason.strip() if missing else ""
    return _written(engine, e.Ended(missing_min=missing, early_reason=early), command, now)


def _emergency_copy(engine: Running, command: c.EmergencyCopy, now: float) -> int:
    if not command.folder.strip():
        raise Refused("folder_missing")
    return engine.copy_record(command.folder.strip(), now, command.by)


def _written(engine: Running, event: e.Event, command: c.Command, now: float) -> int:
    return engine.write(event, now, command.by, command.happened).number


def _pause(engine: Running, command: c.PauseAudio, now: float) -> int:
    until = engine.watcher.pause(now)
    if until is None:
        return engine.write(e.AudioResumed("ended"), now, command.by).number
    return engine.write(e.AudioPaused(round(until - now, 3)), now, command.by).number


def _acknowledge(engine: Running, command: c.Acknowledge, now: float) -> int:
    """The alarm's own reason (symptoms, causes) stays; a person's is a note right after it."""
    number = engine.acknowledge(command.alarm, command.by, now)
    if command.reason.strip():
        engine.write(e.Note(command.reason.strip(), "acknowledged"), now, command.by)
    return number


def _take_off(engine: Running, command: c.TakeOff, now: float) -> int:
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


def _prefer(engine: Running, command: c.PreferSource, now: float) -> int:
    if command.vital not in CHOSEN_FOR:
        raise Refused("not_chosen_for", vital=command.vital, known=", ".join(CHOSEN_FOR))
    known = [info.id for info in measuring(command.vital, engine.sources.values())]
    if command.source not in known:
        raise Refused("no_such_sensor", source=command.source or "-", known=", ".join(known) or "-")
    before = engine.session.preferred.get(command.vital, "")
    engine.prefer(command.vital, command.source)
    chosen = e.SourcePreferred(command.vital, command.source, before, command.reason.strip())
    return engine.write(chosen, now, command.by).number


def _limit(engine: Running, command: c.SetLimit, now: float) -> int:
    watcher, alarm = engine.watcher, command.alarm
    opened = engine.session.opened
    unit = limit_unit("" if opened is None else opened.limits_text, alarm)
    on = command.on and command.limit is None
    other = None if on or command.limit is None else command.other
    try:
        old = watcher.check_limit(alarm, command.limit)
        other_old = None if other is None else watcher.check_other(alarm, other)
    except Refused as refused:
        raise Refused(refused.code, **{**refused.facts, "unit": unit}) from None
    if not command.reason.strip():
        raise Refused("reason_missing")
    changed = e.LimitChanged(alarm, old, command.limit, command.reason, other_old, other, on, unit)
    return engine.write(changed, now, command.by).number


# Which function carries out which command. Further ones stand in files of their own by subject,
# each with a table like this one, and are added here.
ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.Acknowledge: _acknowledge,
    c.PauseAudio: _pause,
    c.SetPhase: _phase,
    c.SetQuiet: _quiet,
    c.SetLimit: _limit,
    c.TakeOff: _take_off,
    c.PreferSource: _prefer,
    c.EmergencyCopy: _emergency_copy,
    c.EndSession: _end,
    **acts_people.ACTS,
    **acts_cuff.ACTS,
    **acts_dose.ACTS,
    **acts_checks.ACTS,
    **acts_due.ACTS,
}

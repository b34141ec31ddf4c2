"""A cuff: started and stopped, put on the plan's schedule, or a reading typed in by hand."""

from collections.abc import Callable

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.reading import Origin, Reading
from kapmonitor.running import Running
from kapmonitor.vitals import Vital

MANUAL = "manual"


def _cuff(engine: Running, command: c.AskCuff, now: float) -> int:
    if command.action == "enter":
        return _entered_cuff(engine, command, now)
    if command.action not in ("start", "stop", "schedule"):
        raise Refused("unknown_action", action=command.action, known="start, stop, schedule, enter")
    needed = "stop" if command.action == "stop" else "start"
    able = [info.id for info in engine.sources.values() if needed in info.commands]
    source = command.source or (able[0] if able else "")
    if source not in able:
        raise Refused("no_cuff_to_command", source=source or "-")
    if command.action == "schedule":
        return schedule_cuff(engine, source if command.on else "", now, command.by)
    if command.action == "stop":
        schedule_cuff(engine, "", now, command.by, "stopped")
    engine.ask_source(source, command)
    return engine.write(e.CuffCycle(source, f"asked_{command.action}"), now, command.by).number


def _entered_cuff(engine: Running, command: c.AskCuff, now: float) -> int:
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


def schedule_cuff(engine: Running, source: str, now: float, by: str = "", reason: str = "") -> int:
    """Start this cuff at the plan's times from now on, or (empty) none; the event's number."""
    before = engine.session.cuff_schedule
    if source == before:
        return 0
    engine.cuff_schedule.switch(source, now)
    event = e.CuffScheduled(source or before, bool(source), reason)
    return engine.write(event, now, by).number


ACTS: dict[type[c.Command], Callable[..., int]] = {c.AskCuff: _cuff}

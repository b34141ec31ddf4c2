"""What the program does by itself while a session runs: one small function each, once a second.

Time is an argument, and each of these is on the record without a name.
"""

from collections.abc import Sequence

import msgspec

from kapmonitor import events as e
from kapmonitor import schedule
from kapmonitor.acts_cuff import schedule_cuff
from kapmonitor.commands import AskCuff
from kapmonitor.errors import KapmonitorError
from kapmonitor.messages import CheckView
from kapmonitor.running import Running


def say_clock_jumped(engine: Running, now: float) -> None:
    """The machine's clock was set: the session's own goes on, and the jump is kept."""
    jump = engine.clock.wall_jump()
    if jump:
        engine.write(e.Trouble("clock_jump", jump), now)


def end_taken_off(engine: Running, now: float) -> None:
    """A sensor that was taken off on purpose counts again when its time is over."""
    over = [s for s, until in engine.session.taken_off.items() if now >= until]
    for source in over:
        engine.write(e.PutBack(source, "time"), now)


def end_forgotten_alarms(engine: Running, now: float) -> None:
    """After an interruption: what was in force and is not known any more ends.

    It comes again if it is still true.
    """
    known = {alarm.change.alarm for alarm in engine.watcher.view(now).alarms}
    for history in list(engine.session.alarms):
        last = history.changes[-1].event
        if history.ended is None and history.alarm not in known:
            assert isinstance(last, e.AlarmChange)
            ended = msgspec.structs.replace(last, state=e.AlarmState.ENDED, reason="interrupted")
            engine.write(ended, now)


def lock_unless_known(engine: Running, reason: str, now: float) -> None:
    """Where people have PINs, nobody has said yet who it is that opened the program."""
    if engine.desk.guarded and engine.desk.has_pins and not engine.session.locked:
        engine.write(e.Locked(reason), now)


def lock_when_idle(engine: Running, now: float) -> None:
    """Nobody has touched anything for as long as the clinic allows."""
    if engine.desk.idle_too_long(now, engine.clock_rate) and not engine.session.locked:
        engine.write(e.Locked("idle"), now)


def enter_phases(engine: Running, now: float) -> None:
    """Enter the phases that begin by themselves at a time after the dose."""
    t0 = engine.session.t0
    if t0 is None:
        return
    order = list(e.Phase)
    for planned in engine.plan.phase:
        later = order.index(planned.phase) > order.index(engine.session.phase)
        if planned.automatic and later and now >= t0 + 60 * planned.at_min:
            engine.write(e.PhaseChanged(planned.phase), now)
            if planned.phase is e.Phase.EXPERIENCE:
                # The quiet ladder comes with the experience phase and can be left at any time.
                engine.write(e.QuietMode(True), now)


def adapt_schedule(engine: Running, now: float) -> None:
    """Say when a rule of the plan begins or ends to shorten the interval of cuff readings."""
    in_force = schedule.rules_in_force(engine.plan, engine.session, now)
    rules = {rule.name: rule for rule in in_force}
    for name in [*engine.session.adapted]:
        if name not in rules:
            engine.write(e.ScheduleAdapted(name, False), now)
    for name, rule in rules.items():
        if name not in engine.session.adapted:
            engine.write(e.ScheduleAdapted(name, True, rule.every_min), now)


def start_cuff(engine: Running, views: Sequence[CheckView], now: float) -> None:
    """Start the cuff that a person put on the schedule, when one of its readings is due."""
    cuff = engine.cuff_schedule
    due = cuff.due(views, now)
    over = "left" if engine.session.left_at is not None else cuff.over
    if cuff.source and over:
        schedule_cuff(engine, "", now, reason=over)
    elif due:
        asked = AskCuff(action="start", source=cuff.source)
        cuff.started(now)
        engine.write(e.CuffCycle(cuff.source, "asked_start", "schedule"), now)
        try:
            engine.ask_source(cuff.source, asked)
        except KapmonitorError as error:
            engine.cuff_refused(cuff.source, asked, error, now)

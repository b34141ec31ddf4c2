"""The alarm board: fits `kapmonitor.ports.Watcher` by shape; time is always an argument.

What the vitals do is found in `alarms.conditions`; here is what the alarms show, and when
something is due next, so that nothing is polled.
"""

import math
from collections.abc import Iterable

from msgspec.structs import replace

from alarms.alarm import Alarm, State
from alarms.audio import Audio, Reminder
from alarms.conditions import Conditions
from alarms.judged import Key
from alarms.limits import (
    AnySpec,
    LimitSpec,
    can_be_off,
    limit_refusal,
    other_refusal,
    with_limit,
    with_other,
)
from alarms.presets import Preset
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.events import AlarmChange, AlarmState
from kapmonitor.ports import AlarmView, BoardView, Schedule, SourceInfo
from kapmonitor.reading import Notice, PlethRun, Reading

# Who acknowledged before an interrupted session was resumed is in the record, not on the board.
BEFORE = "before"


class Board:
    """Judges readings and facts, and tells every change of every alarm.

    ``observation`` is the plan's minimum observation in seconds from the dose, during which the
    loss of all sensors is HIGH.
    """

    def __init__(self, preset: Preset, observation: float = 7200.0) -> None:
        self.preset = preset
        self._conditions = Conditions(preset, observation)
        self._audio = Audio()
        self._specs: dict[str, AnySpec] = {spec.id: spec for spec in preset.rows}
        self._off = {spec.id for spec in preset.rows if not spec.on}
        self._always_off = frozenset(self._off)
        self._reminder = Reminder(60 * preset.reminder_min)
        self._alarms: dict[Key, Alarm] = {}
        self._dues: dict[Key, float] = {}
        self._now = 0.0
        self._refresh(list(self._conditions.watches))

    # The port -----------------------------------------------------------------------------

    def observe(self, reading: Reading, in_use: bool = True) -> list[AlarmChange]:
        """Judge one reading; ``in_use`` is False for a second source of the same vital."""
        changes = self.tick(reading.at)
        return changes + self._refresh(self._conditions.observe(reading, in_use))

    def hear(
        self, message: e.Event | Notice | SourceInfo | Schedule | PlethRun, at: float
    ) -> list[AlarmChange]:
        """Take note of what else matters: dose, baseline, round, links, battery, what is due.

        ``at`` is when it happened; that may be before what was told last (an entry made late).
        """
        changes = self.tick(at)
        match message:
            case PlethRun():
                return changes + self._refresh(self._conditions.pleth(message))
            case e.QuietMode():
                self._audio.quiet = message.on
                return changes
            case e.LimitChanged():
                self._change_limit(message)
                # What a preset has switched off is the clinic's decision, not this visit's.
                self._reminder.follow(bool(self._off - self._always_off), self._now)
            case AlarmChange():
                self._restore(message)
            case _:
                self._conditions.hear(message, at)
        return changes + self._refresh(list(self._conditions.watches))

    def tick(self, now: float) -> list[AlarmChange]:
        """Let time pass; what was due is settled in order, each at its own time."""
        changes: list[AlarmChange] = []
        while (due := self.deadline()) is not None and due <= now:
            self._now = max(self._now, due)
            paused_until = self._audio.paused_until
            if paused_until is not None and paused_until <= self._now:
                self._audio.resume(self._alarms.values(), self._now)
                self._set_dues()
            self._reminder.ring(self._now, held_back=self._no_reminder())
            changes += self._refresh([key for key, at in self._dues.items() if at <= self._now])
        self._now = max(self._now, now)
        return changes

    def deadline(self) -> float | None:
        """The next session time at which ``tick`` could change something."""
        due = min(self._reminder.due, *self._dues.values())
        if self._audio.paused_until is not None:
            due = min(due, self._audio.paused_until)
        return None if due == math.inf else due

    def acknowledge(self, alarm: str, by: str, at: float) -> list[AlarmChange]:
        """Acknowledge an alarm: ``ID:source``, ``ID`` for every source, empty for the highest.

        Raises Refused when there is none.
        """
        now = max(self._now, at)
        changes: list[AlarmChange] = []
        for key in self._named(alarm) if alarm else self._highest():
            changes += self._alarms[key].acknowledge(by, now)
            self._set_due(key)
        if not changes:
            raise Refused("nothing_to_acknowledge", alarm=alarm or "-")
        return changes

    def pause(self, at: float) -> float | None:
        """Pause the sound; returns when it ends, or None when this ended a pause."""
        until = self._audio.press(self._alarms.values(), max(self._now, at))
        self._set_dues()
        return until

    def check_limit(self, alarm: str, limit: float | None) -> float | None:
        """The limit in force (a rise where it is one), None when the alarm is off.

        Raises Refused when there is no such alarm, it has no limit, or the new one may not be.
        """
        spec = self._specs.get(alarm)
        if spec is None:
            raise Refused("unknown_alarm", alarm=alarm, known=", ".join(self._specs))
        if isinstance(spec, LimitSpec):
            reason = limit_refusal(spec, limit)
            if reason:
                low, high = spec.allowed
                raise Refused(reason, alarm=alarm, low=low, high=high)
            return None if alarm in self._off else spec.value
        if limit is not None:
            raise Refused("alarm_has_no_limit", alarm=alarm)
        if not can_be_off(spec):
            raise Refused("high_cannot_be_off", alarm=alarm)
        return None

    def check_other(self, alarm: str, limit: float) -> float:
        """The second number in force; Refused when there is none or the new one may not be."""
        spec = self._specs.get(alarm)
        if not isinstance(spec, LimitSpec) or spec.other is None:
            raise Refused("alarm_has_one_limit", alarm=alarm)
        reason = other_refusal(spec, limit)
        if reason:
            low, high = spec.other.allowed or (spec.other.value, spec.other.value)
            raise Refused(reason, alarm=alarm, low=low, high=high)
        return spec.other.value

    def view(self, at: float) -> BoardView:
        """Everything in force, the highest first, then what is over and not yet seen."""
        now = max(self._now, at)
        shown = [alarm for alarm in self._alarms.values() if alarm.state is not State.QUIET]
        shown.sort(key=lambda a: (a.over, -a.priority.rank, a.state is State.ACKNOWLEDGED, a.id))
        return BoardView(
            at=at,
            alarms=tuple(_view(alarm) for alarm in shown),
            sound=self._audio.sound(shown, now),
            paused_until=self._audio.paused_until,
            quiet=self._audio.quiet,
            reminders=self._reminder.count,
            unavailable=tuple(
                name
                for name, watch in self._conditions.limits.items()
                if not watch.available and name not in self._off
            ),
        )

    @property
    def pause_broken_by(self) -> str:
        """The alarm that broke the last audio pause, empty when it ran out or was ended."""
        return self._audio.broken_by

    @property
    def limits(self) -> tuple[LimitSpec, ...]:
        """The limits of this session, as they are now; those switched off have ``on`` False."""
        return tuple(
            replace(spec, on=spec.id not in self._off)
            for spec in self._specs.values()
            if isinstance(spec, LimitSpec)
        )

    def _no_reminder(self) -> bool:
        """A reminder is less than a LOW: it waits in quiet mode, a pause, and beside an alarm."""
        sounds = self._audio.sound(self._alarms.values(), self._now) is not None
        return self._audio.quiet or self._audio.paused_until is not None or sounds

    # Following the conditions -------------------------------------------------------------

    def _refresh(self, keys: Iterable[Key]) -> list[AlarmChange]:
        """Settle these conditions, let their alarms follow, and note when they are due next."""
        changes: list[AlarmChange] = []
        for key in keys:
            alarm = self._alarms.get(key) or self._begin(key)
            if key[0] in self._off:
                alarm.watch.forget()
            alarm.watch.settle(self._now)
            followed = alarm.follow(self._now)
            if alarm.began_to_sound:
                self._audio.mind(alarm, self._alarms.values(), self._now)
            self._set_due(key)
            if not followed and self._dues[key] <= self._now:
                self._dues[key] = math.inf  # nothing came of it: never turn round on the spot
            changes += followed
        return changes

    def _begin(self, key: Key) -> Alarm:
        alarm = self._alarms[key] = Alarm(self._specs[key[0]], self._conditions.watches[key])
        return alarm

    def _set_due(self, key: Key) -> None:
        alarm = self._alarms[key]
        of_watch = None if key[0] in self._off else alarm.watch.due()
        of_alarm = alarm.due(self._now)
        self._dues[key] = min(
            math.inf if of_watch is None else of_watch, math.inf if of_alarm is None else of_alarm
        )

    def _set_dues(self) -> None:
        for key in self._alarms:
            self._set_due(key)

    # Acts ---------------------------------------------------------------------------------

    def _named(self, alarm: str) -> list[Key]:
        name, _, source = alarm.partition(":")
        if name not in self._specs:
            raise Refused("unknown_alarm", alarm=name, known=", ".join(self._specs))
        return self._of(name, source)

    def _of(self, name: str, source: str) -> list[Key]:
        """The alarms of this name; where each source has its own, of this source if one is told."""
        return [
            key for key in self._alarms if key[0] == name and (not source or key[1] in ("", source))
        ]

    def _highest(self) -> list[Key]:
        """The highest that sounds, else the highest that nobody has seen."""
        open_ = [
            (alarm.over, -alarm.priority.rank, key)
            for key, alarm in self._alarms.items()
            if alarm.state in (State.ACTIVE, State.UNSEEN, State.LATCHED)
        ]
        return [min(open_)[2]] if open_ else []

    def _change_limit(self, changed: e.LimitChanged) -> None:
        """Take over a change that was allowed; an older record's may be out of range."""
        alarm, limit = changed.alarm, changed.new
        try:
            self.check_limit(alarm, limit)
        except Refused:
            return
        if limit is None and not changed.on:
            self._off.add(alarm)
            return
        self._off.discard(alarm)
        self._conditions.switched_on(alarm, self._now)
        spec = self.preset.find(alarm) if limit is None else self._specs[alarm]
        if not isinstance(spec, LimitSpec):
            return
        if limit is not None:
            spec = with_limit(spec, limit)
        if changed.other_new is not None and not other_refusal(spec, changed.other_new):
            spec = with_other(spec, changed.other_new)
        self._specs[alarm] = spec
        self._conditions.set_limit(alarm, spec)

    def _restore(self, change: AlarmChange) -> None:
        """A resumed session: what had been acknowledged stays so."""
        if change.state is AlarmState.ACKNOWLEDGED:
            for key in self._of(change.alarm, change.source):
                self._alarms[key].acknowledge(BEFORE, self._now)


def _view(alarm: Alarm) -> AlarmView:
    if alarm.over:
        return AlarmView(alarm.change(AlarmState.ENDED), over=True)
    if alarm.state is State.ACKNOWLEDGED:
        return AlarmView(alarm.change(AlarmState.ACKNOWLEDGED), alarm.acknowledged_by)
    return AlarmView(alarm.change(AlarmState.RAISED))

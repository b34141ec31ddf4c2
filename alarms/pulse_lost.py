"""No valid pulse from any continuous source, where no other alarm has told the cause already."""

from collections.abc import Sequence

from alarms.condition import Spell
from alarms.limits import Step, TechnicalSpec
from alarms.sensor import Sensor
from alarms.technical import LIVE_FOR, Room, SpO2Lost, Timed
from kapmonitor.vitals import Vital


class PulseLost(Timed):
    """Every source of a pulse says that it has none; a strap without contact, a cold finger.

    One cause is one alarm: a source whose SpO₂, data or link are missing as well is told by that
    alarm, and while this is true of every source the seconds of this one do not count.
    """

    def __init__(self, spec: TechnicalSpec, room: Room, spo2_lost: SpO2Lost) -> None:
        super().__init__(spec)
        self.vital = Vital.PULSE_RATE
        self._room = room
        self._spo2_lost = spo2_lost
        self._sources: dict[str, _Source] = {}
        self._unexplained: Sequence[_Source] = ()

    def look(self, now: float) -> bool:
        """Look for a cause before something comes that may end it; False when all is as it was."""
        before = self._unexplained
        self.settle(now)
        return self._unexplained != before

    def valid(self, at: float, sensor: Sensor) -> bool:
        """A pulse came; False when it is only due later than was known."""
        news = self.holds or self.since is None or bool(self._room.squeezed(self.since))
        source = self._sources.get(sensor.name)
        if source is None:
            source = self._sources[sensor.name] = _Source(sensor, self.spec.clear_after)
        source.valid_at = at
        if self.holds:
            source.good.run(at, LIVE_FOR)
        else:
            self.since = at
        return news

    def lost(self, name: str) -> None:
        """A source says that it has no pulse; one that never had any does not matter."""
        if name in self._sources:
            self._sources[name].good.reset()

    def without(self, name: str) -> None:
        """This source is out of use; it can miss nothing."""
        self._sources.pop(name, None)
        if not self._sources:
            self.stop()

    def back(self, sensor: Sensor, at: float) -> None:
        """This source is watched again; what it lacks from now on is missing."""
        if not sensor.had_pulse:
            return
        source = self._sources[sensor.name] = _Source(sensor, self.spec.clear_after)
        source.valid_at = at
        if not self.holds:
            self.since = at

    def forget(self) -> None:
        """As if there had been no pulse."""
        super().forget()
        self._sources.clear()

    def settle(self, now: float) -> None:
        """Let time pass."""
        if self.holds and any(source.good.over(now) for source in self._sources.values()):
            self.stop()
            self.since = max(source.valid_at for source in self._sources.values())
            for source in self._sources.values():
                source.good.reset()
        held = self.holds
        if self.since is not None and not held and now > self.since:
            self._look_for_cause(now)
        super().settle(now)
        if self.holds and not held and self._unexplained:
            last = max(self._unexplained, key=lambda source: (source.valid_at, source.sensor.name))
            self.source = last.sensor.name

    def due(self) -> float | None:
        """The next step, or the end of the good seconds."""
        good = [source.good.due() for source in self._sources.values()] if self.holds else []
        return min((at for at in (*good, super().due()) if at is not None), default=None)

    def reached_at(self, step: Step, since: float) -> float | None:
        """The first step waits longer while a cuff has the arm of every source that counts."""
        squeezed = [self._room.arm_squeezed(one.sensor.site, since) for one in self._unexplained]
        waits = bool(squeezed) and all(squeezed)
        return since + (max(step.after, self.spec.cuff_after) if waits else step.after)

    def _look_for_cause(self, now: float) -> None:
        sources = self._sources.values()
        self._unexplained = [source for source in sources if not self._explained(source, now)]
        if not self._unexplained:
            self.since = now  # later than it was: only then it is looked for

    def _explained(self, source: "_Source", now: float) -> bool:
        """Whether another alarm of this source is in force, or has begun to count."""
        sensor = source.sensor
        silent = sensor.stale.since is not None and now - sensor.stale.since >= LIVE_FOR
        return (
            silent
            or sensor.stale.holds
            or sensor.link_lost.since is not None
            or self._spo2_lost.misses(sensor.name, now)
        )


class _Source:
    """When a source told its last valid pulse, and its good seconds since the alarm was raised."""

    def __init__(self, sensor: Sensor, clear_after: float) -> None:
        self.sensor = sensor
        self.good = Spell(clear_after)
        self.valid_at: float

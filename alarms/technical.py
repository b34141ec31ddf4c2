"""Conditions of the equipment: what has stopped, what is poor, what contradicts itself."""

import math

from alarms.condition import Held, Spell, Zone
from alarms.limits import Step, TechnicalSpec
from alarms.watch import Watch
from kapmonitor.events import Priority
from kapmonitor.vitals import Vital

# A continuous value is shown for so long without news; then its source is not live.
LIVE_FOR = 10.0
# A cuff that never said that it ended is taken as deflated after so long.
LONGEST_CYCLE = 180.0
# One that was told to inflate and has not said by then that it does never began.
STARTS_WITHIN = 15.0


class Timed(Watch):
    """Holds so many seconds after something started, until it stops; later steps are higher."""

    def __init__(self, spec: TechnicalSpec, source: str = "") -> None:
        self.spec = spec
        self.source = source
        self.since: float | None = None
        self.delay = spec.steps[0].after
        self.until_seen = spec.until_seen
        self._soonest = min(step.after for step in spec.steps)

    def start(self, at: float, reason: str = "") -> None:
        """It has begun, unless it had begun before."""
        if self.since is None:
            self.since = at
        self.reason = reason or self.reason

    def stop(self) -> None:
        """It is over."""
        self.since, self.reason, self.holds, self.value = None, "", False, None

    def forget(self) -> None:
        """As if nothing had happened."""
        self.stop()

    def reached_at(self, step: Step, since: float) -> float | None:
        """When this step is reached if nothing changes, None when it never is."""
        return since + step.after

    def settle(self, now: float) -> None:
        """Let time pass."""
        if self.since is None or now < self.since + self._soonest:
            return  # the usual case: no step is ever reached sooner
        reached = [self.priority] if self.holds else []  # what it has reached it keeps
        for step in self.spec.steps:
            at = self.reached_at(step, self.since)
            if at is not None and now >= at:
                reached.append(step.priority)
        if reached:
            self.holds = True
            self.priority = max(reached, key=lambda priority: priority.rank)

    def due(self) -> float | None:
        """The next step that is not reached."""
        since = self.since
        if since is None:
            return None
        times = [
            at
            for step in self.spec.steps
            if (not self.holds or step.priority.rank > self.priority.rank)
            and (at := self.reached_at(step, since)) is not None
        ]
        return min(times, default=None)


class Room:
    """What several conditions need to know: who is live, whether the drug is active, which cuff."""

    def __init__(self, observation: float) -> None:
        self.observation = observation
        self.dose_at: float | None = None
        self.last_valid: dict[str, float] = {}
        self.cuffs: dict[str, Inflation] = {}

    def none_live_from(self) -> float:
        """From when on no continuous source is live, if none sends a valid value before."""
        return max(self.last_valid.values(), default=-math.inf) + LIVE_FOR

    def squeezed(self, since: float) -> list[str]:
        """The sites of the cuffs that have inflated at any time since."""
        return [
            cuff.site
            for cuff in self.cuffs.values()
            if cuff.started is not None
            and cuff.started + LONGEST_CYCLE >= since
            and (cuff.ended is None or cuff.ended >= since)
        ]

    def arm_squeezed(self, site: str, since: float) -> bool:
        """Whether a cuff on the arm of this site has inflated at any time since."""
        return any(same_arm(site, cuff) for cuff in self.squeezed(since))


class Inflation:
    """When a cuff inflated last, and on which arm."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.started: float | None = None
        self.ended: float | None = None

    def asked(self, at: float) -> None:
        """It was told to inflate: the arm is busy from now on, before the cuff itself says so."""
        running_since = self.started if self.ended is None else None
        if running_since is None or running_since + LONGEST_CYCLE < at:
            self.started, self.ended = at, at + STARTS_WITHIN

    def start(self, at: float) -> None:
        """It began to inflate."""
        self.started, self.ended = at, None

    def end(self, at: float) -> None:
        """It is deflated."""
        self.ended = at if self.ended is None else min(at, self.ended)


def same_arm(one: str, other: str) -> bool:
    """``left_finger`` and ``left_arm`` are on the same arm; an unknown site is on none."""
    side = one.partition("_")[0]
    return side in ("left", "right") and side == other.partition("_")[0]


class DataStale(Timed):
    """No data at all from a continuous source; worse when none is live while the drug is active."""

    def __init__(self, spec: TechnicalSpec, source: str, room: Room) -> None:
        super().__init__(spec, source)
        self._room = room
        self._unreadable_at: float | None = None
        self._soonest = 0.0  # what cannot be read is told at once

    @property
    def unreadable(self) -> bool:
        """Whether bytes come that are not of the protocol."""
        return self._unreadable_at is not None

    def cannot_be_read(self, at: float, reason: str) -> None:
        """Bytes come that say nothing: nobody has to wait to know that data are missing."""
        self.start(at, reason)
        if self._unreadable_at is None:
            self._unreadable_at = at

    def data(self, at: float) -> None:
        """Something came."""
        self.stop()
        self.since = at

    def stop(self) -> None:
        """It is over."""
        super().stop()
        self._unreadable_at = None

    def reached_at(self, step: Step, since: float) -> float | None:
        """HIGH only while nothing else is live and the drug is active."""
        at = since + step.after
        if self._unreadable_at is not None and step is self.spec.steps[0]:
            at = self._unreadable_at
        if step.priority is not Priority.HIGH:
            return at
        # The drug is active from the dose to the end of the minimum observation.
        dose_at = self._room.dose_at
        if dose_at is None:
            return None
        at = max(at, self._room.none_live_from(), dose_at)
        return at if at < dose_at + self._room.observation else None


class SpO2Lost(Timed):
    """No valid SpO2 from any oximeter; longer while a cuff inflates on the oximeter's arm."""

    def __init__(self, spec: TechnicalSpec, room: Room) -> None:
        super().__init__(spec)
        self.vital = Vital.SPO2
        self._room = room
        # Known once there was a value.
        self._site: str
        self._last_valid: float
        self._says_none: bool
        self._good = Spell(spec.clear_after)

    def valid(self, at: float, source: str, site: str) -> bool:
        """A value came; False when it is only due later than was known."""
        news = self.holds or self.since is None or bool(self._room.squeezed(self.since))
        self.source, self._site, self._last_valid = source, site, at
        self._says_none = False
        if self.holds:
            self._good.run(at, LIVE_FOR)
        else:
            self.since = at
        return news

    def lost(self, source: str) -> None:
        """An oximeter says that it has no value; one that was never in use does not matter."""
        if source == self.source:
            self._good.reset()
            self._says_none = True

    def misses(self, source: str, now: float) -> bool:
        """Whether it is in force for this oximeter, or has begun to count."""
        if source != self.source or self.since is None:
            return False
        return self.holds or self._says_none or now - self.since >= LIVE_FOR

    def without(self, source: str) -> None:
        """This oximeter is out of use; it can miss nothing."""
        if source == self.source:
            self.stop()

    def back(self, source: str, at: float) -> None:
        """This oximeter is watched again; what it lacks from now on is missing."""
        if source == self.source:
            self.since = at

    def stop(self) -> None:
        """It is over."""
        super().stop()
        self._good.reset()

    def reached_at(self, step: Step, since: float) -> float | None:
        """The first step waits longer while a cuff has the arm."""
        squeezed = self._room.arm_squeezed(self._site, since)
        return since + (max(step.after, self.spec.cuff_after) if squeezed else step.after)

    def settle(self, now: float) -> None:
        """Let time pass."""
        if self.holds and self._good.over(now):
            self.stop()
            self.since = self._last_valid
        super().settle(now)

    def due(self) -> float | None:
        """The next step, or the end of the good seconds."""
        good = self._good.due() if self.holds else None
        step = super().due()
        return step if good is None else good if step is None else min(good, step)


class HeldTechnical(Watch):
    """A technical condition that comes and goes with every value."""

    def __init__(self, spec: TechnicalSpec, source: str = "") -> None:
        self.spec = spec
        self.source = source
        self.priority = spec.steps[0].priority
        self.delay = spec.steps[0].after
        self._held = Held(self.delay, spec.clear_after)

    @property
    def idle(self) -> bool:
        """Whether it neither holds nor has begun to."""
        return self._held.idle

    def see(self, zone: Zone, at: float, reason: str = "") -> None:
        """What the latest value says."""
        self._held.see(zone, at, LIVE_FOR)
        if zone is Zone.OUTSIDE:
            self.reason = reason or self.reason

    def missing(self, at: float) -> None:
        """There is no value now."""
        self._held.missing(at)

    def settle(self, now: float) -> None:
        """Let time pass."""
        self._held.settle(now)
        self.holds = self._held.holds

    def due(self) -> float | None:
        """When it holds, or is over, if nothing changes."""
        return self._held.due()

    def forget(self) -> None:
        """As if nothing had been seen."""
        super().forget()
        self._held.forget()


class SourcesDisagree(HeldTechnical):
    """Two live sources of pulse that differ by more than a limit."""

    vital = Vital.PULSE_RATE

    def __init__(self, spec: TechnicalSpec) -> None:
        super().__init__(spec)
        self.limit = spec.value
        self._latest: dict[str, tuple[float, float]] = {}
        self._at = 0.0

    def pulse(self, source: str, value: float | None, at: float) -> bool:
        """A pulse came from a continuous source, None when it says that it has none.

        False when there was and is nothing to tell. A moment is judged when the next one begins:
        only then is it known what every source said in it, in whatever order.
        """
        alone = len(self._latest) < 2 and self.idle
        if at > self._at:
            if not alone:
                self._judge(self._at)
            self._at = at
        if value is None:
            self._latest.pop(source, None)
        else:
            self._latest[source] = (value, at)
        return not alone

    def _judge(self, at: float) -> None:
        live = [value for value, seen in self._latest.values() if at - seen <= LIVE_FOR]
        if len(live) > 1:
            self._compare(max(live) - min(live), at)
        elif self.holds:
            # One alone contradicts nobody: that breaks no count, but in time ends the alarm.
            self.see(Zone.INSIDE, at)
        else:
            self.missing(at)
        if self.idle:
            self.value = None

    def _compare(self, apart: float, at: float) -> None:
        if apart > self.spec.value:
            self.value = max(apart, self.value or 0.0)
            self.see(Zone.OUTSIDE, at)
        else:
            self.see(Zone.INSIDE if apart < self.spec.clear_value else Zone.BETWEEN, at)

    def without(self, source: str) -> None:
        """This source is out of use, and with it what it contradicted."""
        if self._latest.pop(source, None) is not None:
            self.forget()


class BatteryLow(Watch):
    """The battery of a device or of the computer, in percent."""

    def __init__(self, spec: TechnicalSpec, source: str) -> None:
        self.spec = spec
        self.source = source

    def percent(self, value: float) -> None:
        """The device told its charge."""
        reached = [step for step in self.spec.steps if value <= step.value]
        self.holds = bool(reached)
        self.value = value if self.holds else None
        if reached:
            worst = min(reached, key=lambda step: step.value)
            self.priority, self.limit = worst.priority, worst.value

    def says_low(self) -> None:
        """The device tells no number, only that it is low."""
        if not self.holds:
            self.holds, self.priority = True, self.spec.steps[0].priority
            self.limit = self.spec.steps[0].value


class CuffFailed(Watch):
    """So many cuff cycles in a row gave nothing that can be judged."""

    vital = Vital.SYSTOLIC

    def __init__(self, spec: TechnicalSpec, source: str) -> None:
        self.source = source
        self.priority = spec.steps[0].priority
        self._needed = int(spec.steps[0].value)
        self._failures: dict[int, str] = {}

    def cycle(self, number: int, good: bool, what: str) -> None:
        """What is known of a cycle; ``what`` is its reason, with its numbers where it has any."""
        if good:
            self.forget()
            return
        self._failures[number] = what
        if len(self._failures) >= self._needed:
            self.holds = True
            self.reason = "; ".join(list(self._failures.values())[-self._needed :])

    def forget(self) -> None:
        """As if no cycle had failed."""
        super().forget()
        self._failures.clear()

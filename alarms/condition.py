"""How long a vital has been outside: delay, hysteresis, and time in which nothing is known.

What the vital does is told here in two words only: the condition *holds* or it does not. What the
alarm shows is another matter (`alarms.alarm`).
"""

import math
from enum import Enum


class Zone(Enum):
    """Where a value lies: beyond its limit, between limit and clearing value, or clear of both."""

    OUTSIDE = "outside"
    BETWEEN = "between"
    INSIDE = "inside"


class Spell:
    """How much of something has gathered; time in which nothing is known does not count.

    It gathers at ``rate`` per second (1 for plain seconds, the depth for depth times duration)
    until ``needed`` is reached.
    """

    def __init__(self, needed: float) -> None:
        self.needed = needed
        self._gathered = 0.0
        self._from: float | None = None
        # Known once it runs.
        self._until: float
        self._rate: float

    def run(self, at: float, hold: float = math.inf, rate: float = 1.0) -> None:
        """Gather from ``at`` on, but no longer than ``hold`` seconds without news."""
        self._bank(at)
        self._from, self._until, self._rate = at, at + hold, rate

    def pause(self, at: float) -> None:
        """Stand still; what has gathered is kept."""
        self._bank(at)
        self._from = None

    def reset(self) -> None:
        """Begin anew."""
        self._from = None
        self._gathered = 0.0

    def finish(self, at: float) -> None:
        """Count as complete: a reading that is judged on its own."""
        self.run(at)
        self._gathered = self.needed

    @property
    def empty(self) -> bool:
        """Whether nothing has gathered and nothing runs."""
        return self._from is None and not self._gathered

    def due(self) -> float | None:
        """When it will be complete if nothing changes; None when it stands still before that."""
        if self._from is None:
            return None
        left = self.needed - self._gathered
        if left <= 0:
            return self._from
        if self._rate <= 0:
            return None
        due = self._from + left / self._rate
        return due if due <= self._until else None

    def over(self, now: float) -> bool:
        """Whether it is complete."""
        due = self.due()
        return due is not None and now >= due

    def _bank(self, at: float) -> None:
        if self._from is not None:
            seconds = min(at, self._until) - self._from
            self._gathered += max(0.0, seconds) * self._rate


class Held:
    """A condition that holds once it was outside for long enough, until it was inside for so long.

    Between the two (the hysteresis) nothing changes, and both counts begin anew. News that is
    missing neither confirms nor breaks, and ends nothing.
    """

    def __init__(self, delay: float, clear_after: float) -> None:
        self.holds = False
        self._outside = Spell(delay)
        self._inside = Spell(clear_after)

    def see(
        self,
        zone: Zone,
        at: float,
        hold: float = math.inf,
        alone: bool = False,
        rate: float = 1.0,
    ) -> None:
        """A value lies in this zone, and for ``hold`` seconds unless there is other news.

        ``alone`` is a reading that is judged on its own (a cuff, a spot check): no delay. What was
        due before is settled already.
        """
        if zone is not Zone.OUTSIDE and not self.holds:
            self.forget()  # nothing holds that the seconds inside could end
            return
        spell = {Zone.OUTSIDE: self._outside, Zone.INSIDE: self._inside}.get(zone)
        for other in (self._outside, self._inside):
            if other is not spell:
                other.reset()
        if spell is not None:
            if alone:
                spell.finish(at)
            else:
                spell.run(at, hold, rate)
        self.settle(at)

    @property
    def idle(self) -> bool:
        """Whether it neither holds nor has begun to."""
        return not self.holds and self._outside.empty

    def missing(self, at: float) -> None:
        """There is no value now."""
        self._outside.pause(at)
        self._inside.pause(at)

    def forget(self) -> None:
        """As if nothing had been seen."""
        self.holds = False
        self._outside.reset()
        self._inside.reset()

    def settle(self, now: float) -> None:
        """Let time pass."""
        if self._outside.over(now):
            self.holds = True
        elif self._inside.over(now):
            self.holds = False

    def due(self) -> float | None:
        """When `settle` changes something, if nothing else is seen."""
        return self._inside.due() if self.holds else self._outside.due()

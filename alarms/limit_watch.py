"""Limits on vitals: absolute or over baseline, sustained, hysteresis, confirmed for the cuff."""

import math

from alarms.condition import Held, Zone
from alarms.limits import COMPARE, LONGEST_HIGH_DELAY, LimitSpec, Part, Quantity
from alarms.watch import Watch
from kapmonitor.events import Priority
from kapmonitor.vitals import Vital


class LimitWatch(Watch):
    """Watches one row of limits: a vital, or either of two (systolic or diastolic)."""

    def __init__(self, spec: LimitSpec) -> None:
        self.spec = spec
        self.delay = spec.delay
        self.priority = spec.priority
        self.entered = spec.vital is Quantity.RESPIRATORY_RATE  # counted by hand
        self._parts = [_PartWatch(part, spec) for part in spec.parts]
        self._only = self._parts[0] if len(self._parts) == 1 else None
        self._held = Held(spec.area or spec.delay, spec.clear_after)
        self._baseline: dict[Quantity, float | None] = {}
        self._outside: set[tuple[int | None, float]] = set()  # the readings, by cycle and time
        self._last_cycle: int | None = None

    @property
    def available(self) -> bool:
        """False for a rise over a baseline that was not measured."""
        return any(part.limit is not None for part in self._parts)

    @property
    def quantities(self) -> set[Quantity]:
        """What it wants to see."""
        return {part.part.vital for part in self._parts}

    def set_baseline(self, baseline: dict[Quantity, float | None]) -> None:
        """Take over the frozen baseline; without one a rise is not judged."""
        self._baseline = baseline
        for part in self._parts:
            part.set_baseline(baseline.get(part.part.vital))
        if not self.available:
            self.forget()

    def set_limit(self, spec: LimitSpec) -> None:
        """Take over a changed limit; what has gathered stays, unless it is beyond no more."""
        self.spec = spec
        for part, new in zip(self._parts, spec.parts, strict=True):
            part.set_part(new)
            part.zone = None  # where the old numbers put it
        self.set_baseline(self._baseline)
        holds = self._held.holds
        if not any(part.is_beyond(part.worst if holds else part.latest) for part in self._parts):
            self.forget()

    def observe(
        self,
        quantity: Quantity,
        value: float,
        at: float,
        vital: Vital | None,
        source: str,
        hold: float = math.inf,
        alone: bool = False,
        cycle: int | None = None,
    ) -> bool:
        """Judge a value; False when there was and is nothing to tell.

        ``cycle`` counts cuff cycles: the pressures of one belong together.
        """
        if self._only is not None and self._held.idle and not self._only.is_beyond(value):
            return False  # the usual case, and the reason why judging costs next to nothing
        if cycle != self._last_cycle:
            self._new_cycle(cycle)
        for part in self._parts:
            if part.part.vital is quantity:
                part.see(value, vital, source)
        zone = self._zone()
        if zone is None:
            return False
        outside = zone is Zone.OUTSIDE
        self._held.see(zone, at, hold, alone, self._depth() if outside and self.spec.area else 1.0)
        if outside:
            self._outside.add((cycle, at))
        return True

    def missing(self, at: float) -> None:
        """The vital has no value now."""
        self._held.missing(at)

    def settle(self, now: float) -> None:
        """Let time pass."""
        self._held.settle(now)
        self.holds = self._held.holds
        if self._held.idle:
            self._forget_worst()
        self._show()
        confirmed = self.spec.confirm if len(self._outside) >= 2 else None
        self.priority = confirmed or self.spec.priority

    def due(self) -> float | None:
        """When it would hold, or be over, if the vital stayed as it is."""
        return self._held.due()

    def forget(self) -> None:
        """As if nothing had been seen."""
        super().forget()
        self._held.forget()
        self._forget_worst()

    def _new_cycle(self, cycle: int | None) -> None:
        self._last_cycle = cycle
        if cycle is not None:
            for part in self._parts:
                part.zone = None

    def _zone(self) -> Zone | None:
        """One part outside is enough; clear only when every part that can be judged is."""
        zones = [part.zone for part in self._parts if part.limit is not None]
        if Zone.OUTSIDE in zones:
            return Zone.OUTSIDE
        if None in zones or not zones:
            return None
        return Zone.BETWEEN if Zone.BETWEEN in zones else Zone.INSIDE

    def _depth(self) -> float:
        """How far beyond; of a HIGH at least so far that it takes no longer than any HIGH may."""
        least = self.spec.area / LONGEST_HIGH_DELAY if self.spec.highest is Priority.HIGH else 0.0
        return max(least, *(part.depth for part in self._parts))

    def _forget_worst(self) -> None:
        self._outside.clear()
        for part in self._parts:
            part.worst = None

    def _show(self) -> None:
        """Tell the part that is further beyond its limit."""
        part = max(self._parts, key=lambda part: part.excess)
        self.value, self.limit = part.worst, part.limit
        self.vital, self.source = part.vital, part.source
        self.low, self.step = part.part.condition.low, part.part.step


class _PartWatch:
    """One comparison with its limit and clearing value, which move with the baseline."""

    def __init__(self, part: Part, spec: LimitSpec) -> None:
        self.zone: Zone | None = None
        self.worst: float | None = None
        self.latest: float | None = None
        self.depth = 0.0
        self.vital: Vital | None = None
        self.source = ""
        self._relative, self._percent = spec.over_baseline, spec.percent
        self.limit: float | None = None
        self._clear: float  # known with the limit
        self.set_part(part)
        self.set_baseline(None)

    def set_part(self, part: Part) -> None:
        self.part = part
        self._beyond = COMPARE[part.condition]
        self._deeper = COMPARE["<" if part.condition.low else ">"]
        clear, self._clear_value = part.clear_test
        self._cleared = COMPARE[clear]

    @property
    def excess(self) -> float:
        """How far the worst value lies beyond the limit, in steps of this vital."""
        if self.worst is None or self.limit is None:
            return -math.inf
        above = self.worst - self.limit
        return (-above if self.part.condition.low else above) / self.part.step

    def set_baseline(self, baseline: float | None) -> None:
        if not self._relative:
            self.limit, self._clear = self.part.value, self._clear_value
        elif baseline is None:
            self.limit, self.zone, self.worst = None, None, None
        elif self._percent:
            self.limit = baseline * (1 + self.part.value / 100)
            self._clear = baseline * (1 + self._clear_value / 100)
        else:
            self.limit = baseline + self.part.value
            self._clear = baseline + self._clear_value

    def is_beyond(self, value: float | None) -> bool:
        return value is not None and self.limit is not None and self._beyond(value, self.limit)

    def see(self, value: float, vital: Vital | None, source: str) -> None:
        if self.limit is None:
            return
        self.latest = value
        if self._beyond(value, self.limit):
            self.zone = Zone.OUTSIDE
            self.depth = abs(value - self.limit)
            if self.worst is None or self._deeper(value, self.worst):
                self.worst, self.vital, self.source = value, vital, source
        elif self._cleared(value, self._clear):
            self.zone = Zone.INSIDE
        else:
            self.zone = Zone.BETWEEN

"""The limits on vitals: which value of which source is held against which of them, and when."""

import math

from alarms.cuff_log import Cycle
from alarms.limit_watch import LimitWatch
from alarms.limits import LimitSpec, Quantity
from alarms.stream import Stream
from kapmonitor import events as e
from kapmonitor.averaging import JUDGED_AT_ONCE
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital

Key = tuple[str, str]  # an alarm's identifier, and its source where each source has its own


class Judged:
    """Every limit of a preset, by its identifier; each call tells which of them were concerned."""

    def __init__(self, specs: tuple[LimitSpec, ...]) -> None:
        self.limits = {spec.id: LimitWatch(spec) for spec in specs}
        self._by_quantity: dict[Quantity, list[tuple[Key, LimitWatch]]] = {
            quantity: [
                ((name, ""), watch)
                for name, watch in self.limits.items()
                if quantity in watch.quantities
            ]
            for quantity in Quantity
        }
        self._streams: dict[tuple[str, Vital], Stream] = {}
        self._current: dict[Quantity, str] = {}
        # When what was judged last happened: an entry that happened before is history only.
        self._judged_at: dict[Quantity, float] = {}
        self._last_cycle: tuple[Cycle, float] | None = None

    def sustained(self, quantity: Quantity, reading: Reading, continuous: bool) -> list[Key]:
        """Hold a value against its limits: sustained, or on its own where values come rarely."""
        if reading.at < self._judged_at.get(quantity, -math.inf):
            return []
        rarely = not continuous or reading.origin is Origin.MANUAL
        doubted = reading.quality is not Quality.GOOD and reading.reason not in JUDGED_AT_ONCE
        if rarely and doubted:
            return []
        key = (reading.source, reading.vital)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = Stream()
        value = stream.value(reading)
        if value is None and self._current.get(quantity) != reading.source:
            return []  # another source gives the value in use
        watches = self._by_quantity[quantity]
        self._judged_at[quantity] = reading.at
        if value is None:
            for _, watch in watches:
                watch.missing(reading.at)
            return [key for key, _ in watches]
        self._current[quantity] = reading.source
        hold, apart = stream.hold, stream.interval
        return [
            key
            for key, watch in watches
            if watch.observe(
                quantity,
                value,
                reading.at,
                reading.vital,
                reading.source,
                hold,
                alone=rarely or apart > watch.spec.delay > 0,
            )
        ]

    def newer(self, at: float) -> bool:
        """Whether a cuff cycle of this time is not older than the last that was judged."""
        return self._last_cycle is None or at >= self._last_cycle[1]

    def cycle(self, cycle: Cycle, at: float) -> list[Key]:
        """Hold a good cuff cycle against its limits; each of its values is judged on its own."""
        self._last_cycle = (cycle, at)
        keys: list[Key] = []
        for quantity, vital, value in cycle.judged():
            for key, watch in self._by_quantity[quantity]:
                watch.observe(
                    quantity, value, at, vital, cycle.source, alone=True, cycle=cycle.number
                )
                keys.append(key)
        return keys

    def breaths(self, value: float, at: float) -> list[Key]:
        """Breaths counted by hand."""
        quantity = Quantity.RESPIRATORY_RATE
        if at < self._judged_at.get(quantity, -math.inf):
            return []
        self._judged_at[quantity] = at
        watches = self._by_quantity[quantity]
        for _, watch in watches:
            watch.observe(quantity, value, at, Vital.RESPIRATORY_RATE, "", alone=True)
        return [key for key, _ in watches]

    def set_limit(self, alarm: str, spec: LimitSpec) -> None:
        """A limit was changed; the last cuff reading is judged anew."""
        watch = self.limits[alarm]
        watch.set_limit(spec)
        if self._last_cycle is None:
            return
        cycle, at = self._last_cycle
        for quantity, vital, value in cycle.judged():
            watch.observe(quantity, value, at, vital, cycle.source, alone=True, cycle=cycle.number)

    def set_baseline(self, baseline: e.Baseline | None) -> None:
        """Measure rises from this baseline; without one they are not judged."""
        values: dict[Quantity, float | None] = {}
        if baseline is not None:
            values = {
                Quantity.SYSTOLIC: baseline.systolic,
                Quantity.DIASTOLIC: baseline.diastolic,
                Quantity.PULSE: baseline.pulse,
                Quantity.SPO2: baseline.spo2,
            }
        for watch in self.limits.values():
            watch.set_baseline(values)

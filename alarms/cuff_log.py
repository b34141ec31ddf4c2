"""Cuff cycles: the readings of one packet and the record's event about them are one cycle."""

from itertools import count

from alarms.limits import Quantity
from kapmonitor.events import Cuff
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital

_QUANTITIES = {Vital.SYSTOLIC: Quantity.SYSTOLIC, Vital.DIASTOLIC: Quantity.DIASTOLIC}


class Cycle:
    """One inflation that ended, with the values that were good."""

    def __init__(self, number: int, source: str, key: tuple[int, float] | None) -> None:
        self.number = number
        self.source = source
        self.key = key
        self.values: dict[Vital, float | None] = {}
        self.good = True
        self.reason = ""

    def take(self, vital: Vital, value: float | None, quality: Quality, reason: str) -> None:
        """One value of the cycle."""
        self.values[vital] = value
        if quality is not Quality.GOOD and vital is not Vital.PULSE_RATE:
            self.good = False
            self.reason = self.reason or reason or quality.value

    @property
    def told(self) -> bool:
        """Whether all is known that a failure is told with; a good value is judged before."""
        return self.good or _QUANTITIES.keys() <= self.values.keys()

    @property
    def failure(self) -> str:
        """Why it cannot be judged, with its numbers: ``pulse_pressure 212/196``."""
        pair = [self.values.get(vital) for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC)]
        if pair == [None, None]:
            return self.reason
        return self.reason + " " + "/".join("-" if v is None else f"{v:g}" for v in pair)

    def judged(self) -> list[tuple[Quantity, Vital | None, float]]:
        """What limits may be held against; nothing when the cycle failed."""
        if not self.good:
            return []
        values: list[tuple[Quantity, Vital | None, float]] = [
            (quantity, vital, value)
            for vital, quantity in _QUANTITIES.items()
            if (value := self.values.get(vital)) is not None
        ]
        systolic, pulse = self.values.get(Vital.SYSTOLIC), self.values.get(Vital.PULSE_RATE)
        if systolic is not None and pulse is not None:
            values.append((Quantity.RATE_PRESSURE_PRODUCT, None, systolic * pulse))
        return values


class CuffLog:
    """Puts readings and events together, so that no cycle is judged twice."""

    def __init__(self) -> None:
        self._numbers = count()
        self._open: dict[str, Cycle] = {}

    def reading(self, reading: Reading) -> Cycle:
        """The cycle of a reading: of its packet."""
        key = (reading.packet, reading.at)
        cycle = self._open.get(reading.source)
        if cycle is None or cycle.key != key:
            cycle = self._next(reading.source, key)
        cycle.take(reading.vital, reading.value, reading.quality, reading.reason)
        return cycle

    def event(self, cuff: Cuff) -> Cycle | None:
        """The cycle of an event; None when its readings were seen already."""
        seen = self._open.pop(cuff.source, None)
        told = {Vital.SYSTOLIC: cuff.systolic, Vital.DIASTOLIC: cuff.diastolic}.items()
        same = seen is not None and all(seen.values.get(v, value) == value for v, value in told)
        if seen is not None and seen.told and same:
            return None
        cycle = self._next(cuff.source, None)
        del self._open[cuff.source]
        cycle.take(Vital.SYSTOLIC, cuff.systolic, cuff.quality, cuff.reason)
        cycle.take(Vital.DIASTOLIC, cuff.diastolic, cuff.quality, cuff.reason)
        if cuff.pulse is not None:
            cycle.take(Vital.PULSE_RATE, cuff.pulse, Quality.GOOD, "")
        return cycle

    def _next(self, source: str, key: tuple[int, float] | None) -> Cycle:
        cycle = self._open[source] = Cycle(next(self._numbers), source, key)
        return cycle

"""The baseline: medians of what was measured before the dose."""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from kapmonitor.events import Baseline, Cuff, Entry
from kapmonitor.plan import BaselineRule
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital

# Continuous vitals further back than this say little about the patient before the dose.
CONTINUOUS_SECONDS = 600.0

# The time between two readings is kept by a person: so much of it is the cuff's own cycle.
CYCLE_SECONDS = 15.0

# An SpO2 stands for the time until the next one, while it is fresh (values dim after 5 s).
FRESH_SECONDS = 5.0
# Values once a second for two minutes span a second less.
COUNT_SECONDS = 1.0

_CONTINUOUS = {Vital.HEART_RATE: "pulse", Vital.PULSE_RATE: "pulse", Vital.SPO2: "spo2"}


class BaselineCollector:
    """Keeps the good continuous readings of the last ten minutes until the dose freezes them."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, str, float]] = deque()

    def add(self, reading: Reading) -> None:
        """Take in a reading that is in use; anything but a good pulse or SpO2 is passed over."""
        name = _CONTINUOUS.get(reading.vital)
        if name is None or reading.quality is not Quality.GOOD or reading.value is None:
            return
        self._kept.append((reading.at, name, reading.value))
        while self._kept and self._kept[0][0] < reading.at - CONTINUOUS_SECONDS:
            self._kept.popleft()

    def oximetry_seconds(self, before: float) -> float:
        """How long good SpO2 was measured until then, in seconds; a gap counts for nothing."""
        times = [at for at, name, _ in self._kept if name == "spo2" and at < before]
        return sum(b - a for a, b in pairwise(times) if 0 < b - a <= FRESH_SECONDS)

    def freeze(
        self, good_cuffs: Sequence[Entry], dose_at: float, rule: BaselineRule
    ) -> Baseline | None:
        """The medians of everything before ``dose_at``; None when nothing was measured.

        What is less than ``rule`` asks for is named in the baseline.
        """
        before = [entry for entry in good_cuffs if entry.at < dose_at]
        cuffs = [entry.event for entry in before if isinstance(entry.event, Cuff)]
        systolic = _median([cuff.systolic for cuff in cuffs])
        diastolic = _median([cuff.diastolic for cuff in cuffs])
        pulse = _median([v for at, name, v in self._kept if name == "pulse" and at < dose_at])
        spo2 = _median([v for at, name, v in self._kept if name == "spo2" and at < dose_at])
        if pulse is None:
            pulse = _median([cuff.pulse for cuff in cuffs])
        if all(value is None for value in (systolic, diastolic, pulse, spo2)):
            return None
        oximetry = self.oximetry_seconds(dose_at)
        short = []
        if readings_apart(before, 60.0 * rule.apart_min) < rule.cuff_readings:
            short.append("cuff")
        if too_short(rule, oximetry):
            short.append("oximetry")
        return Baseline(
            systolic,
            diastolic,
            pulse,
            spo2,
            cuff_readings=len(cuffs),
            oximetry_seconds=round(oximetry, 1),
            short=tuple(short),
        )


def too_short(rule: BaselineRule, oximetry: float) -> bool:
    """Whether so many seconds of good SpO2 are less than the plan asks for."""
    return oximetry < 60.0 * rule.oximetry_min - COUNT_SECONDS


def readings_apart(good_cuffs: Sequence[Entry], apart: float) -> int:
    """How many of these readings lie so far apart [s] that each says something of its own.

    Two cycles one right after the other measure one arousal, not a baseline.
    """
    count, last = 0, None
    for entry in good_cuffs:
        if last is None or entry.at - last >= apart - CYCLE_SECONDS:
            count, last = count + 1, entry.at
    return count


def _median(values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return median(numbers) if numbers else None

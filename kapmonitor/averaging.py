"""The running average of pulse and SpO2, where a clinic's preset asks for one.

Source: clinical algorithm set, item 2 (oximeters average by themselves; a further average is a
preset field of at most 16 seconds).
"""

import math
from collections import deque

import msgspec

from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital

AVERAGED = frozenset({Vital.SPO2, Vital.HEART_RATE, Vital.PULSE_RATE})
# Without any value for longer than this a value is no longer fresh, and nothing is carried over.
GAP = 5.0
# Questionable values of a continuous vital are left out for so long, then taken like good ones.
DOUBT = 15.0
# The doubt about so low a saturation is no reason to wait: a true collapse looks the same.
JUDGED_AT_ONCE = frozenset({"spo2_below_50"})


class Averaging:
    """Averages each continuous vital of each source over the last ``seconds``; 0 changes nothing.

    What was averaged is for the tile and the limits; the record keeps what was measured.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._spot: set[str] = set()
        self._windows: dict[tuple[str, Vital], _Window] = {}

    def add(self, info: SourceInfo) -> None:
        """Know a source: cuffs and spot checks are never averaged."""
        if not info.continuous:
            self._spot.add(info.id)

    def average(self, reading: Reading) -> Reading:
        """The reading with the average in place of its value, in whole units as it is shown.

        Unchanged where there is nothing to average: an invalid value, a doubtful one in its first
        seconds, a stored or typed one, another vital.
        """
        averaged = reading.vital in AVERAGED and reading.source not in self._spot
        if not self._seconds or not averaged or reading.origin is not Origin.LIVE:
            return reading
        window = self._windows.setdefault((reading.source, reading.vital), _Window(self._seconds))
        value = window.average(reading)
        if value is None or value == reading.value:
            return reading
        return msgspec.structs.replace(reading, value=value)


class _Window:
    """The last values of one vital of one source, since the last gap or invalid value."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: deque[tuple[float, float]] = deque()
        self._last = -math.inf
        self._doubted_since: float | None = None

    def average(self, reading: Reading) -> float | None:
        """The average with this reading, None when it does not count."""
        if reading.value is None or reading.at - self._last > GAP:
            self._values.clear()
            self._doubted_since = None
        if reading.value is None:
            return None
        self._last = reading.at
        if not self._counts(reading):
            return None
        self._values.append((reading.at, reading.value))
        # A value stands for the time up to the next: 8 s of one value a second are eight values.
        while self._values[0][0] <= reading.at - self._seconds:
            self._values.popleft()
        mean = sum(value for _, value in self._values) / len(self._values)
        return math.floor(mean + 0.5)

    def _counts(self, reading: Reading) -> bool:
        if reading.quality is Quality.GOOD or reading.reason in JUDGED_AT_ONCE:
            self._doubted_since = None
            return True
        if self._doubted_since is None:
            self._doubted_since = reading.at
        return reading.at - self._doubted_since >= DOUBT

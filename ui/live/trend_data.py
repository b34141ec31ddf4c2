"""Curves of the whole visit: growing arrays, and their min-max envelope for drawing. No Qt."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kapmonitor.extremes import Value

Floats = NDArray[np.float64]

# A pause between two points that is longer than this is a gap: no line is drawn across it.
GAP_SECONDS = 15.0


class Series:
    """One curve, in order of time. Values that are missing are NaN."""

    def __init__(self) -> None:
        # Times, values, and 1 where the value was in doubt.
        self._data: Floats = np.empty((3, 1024))
        self.length = 0
        self.bounds = (math.inf, -math.inf)

    def add(self, at: float, value: float | None, doubted: bool = False) -> None:
        """Append a point; None, or a pause before it, breaks the line."""
        if self.length and at - self._data[0, self.length - 1] > GAP_SECONDS:
            self._append(float(self._data[0, self.length - 1]) + 0.001, math.nan)
        self._append(at, math.nan if value is None else value, doubted)
        if value is not None:
            self.bounds = (min(self.bounds[0], value), max(self.bounds[1], value))

    def _append(self, at: float, value: float, doubted: bool = False) -> None:
        if self.length == self._data.shape[1]:
            self._data = np.concatenate([self._data, np.empty_like(self._data)], axis=1)
        self._data[:, self.length] = at, value, doubted
        self.length += 1

    @property
    def points(self) -> tuple[Floats, Floats]:
        """Times in session seconds, and values."""
        return self._data[0, : self.length], self._data[1, : self.length]

    @property
    def good(self) -> tuple[Floats, Floats]:
        """Times and values without those in doubt: what a peak may be taken from."""
        kept = self._data[2, : self.length] == 0.0
        return self._data[0, : self.length][kept], self._data[1, : self.length][kept]

    def values(self) -> Iterator[Value]:
        """What was measured, for `kapmonitor.extremes`."""
        for at, value, doubted in self._data[:, : self.length].T:
            if not math.isnan(value):
                yield Value(float(at), float(value), bool(doubted))

    def value_at(self, at: float, within: float) -> float | None:
        """The last value measured at or before a time, at most ``within`` seconds before it."""
        times, values = self.points
        place = int(np.searchsorted(times, at, side="right")) - 1
        if place < 0 or at - times[place] > within or math.isnan(values[place]):
            return None
        return float(values[place])

    def envelope(self, start: float, end: float, columns: int) -> tuple[Floats, Floats]:
        """Lowest and highest value of each of so many columns of time, in the order of drawing.

        Returns at most two points a column, and a few more at each gap: a short dip is never lost
        to thinning, and a missing value breaks the line at every width.
        """
        times, values = self.points
        first, last = np.searchsorted(times, [start, end])
        times, values = times[max(0, first - 1) : last + 1], values[max(0, first - 1) : last + 1]
        if len(times) <= 2 * columns:
            return times, values
        edges = np.linspace(0, len(times), columns + 1).astype(int)[:-1]
        # A column also ends where values begin or cease to be missing, so that none holds both.
        missing = np.isnan(values)
        edges = np.union1d(edges, np.flatnonzero(missing[1:] != missing[:-1]) + 1)
        low, high = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
        thin_times = np.repeat(times[edges], 2)
        thin_values = np.column_stack([low, high]).ravel()
        return thin_times, thin_values


@dataclass
class Trends:
    """The curves by name: ``pulse`` and ``spo2``. Cuff readings come from the session's entries."""

    series: dict[str, Series] = field(default_factory=dict)

    def add(self, name: str, at: float, value: float | None, doubted: bool = False) -> None:
        """Append a point to a curve."""
        self.series.setdefault(name, Series()).add(at, value, doubted)

    def get(self, name: str) -> Series:
        """A curve, empty when nothing was measured."""
        return self.series.get(name) or Series()


def steady_range(
    low: float, high: float, base: tuple[float, float], step: float
) -> tuple[float, float]:
    """A range that holds ``low`` to ``high``: ``base``, widened in whole steps."""
    bottom, top = base
    while low < bottom:
        bottom -= step
    while high > top:
        top += step
    return bottom, top


def visit_span(
    start: float, now: float, t0: float | None, planned_minutes: float
) -> tuple[float, float]:
    """The stretch of session time that the trends show: from the start, widened in quarter hours.

    With a dose the planned observation is in view when at least a third of it has passed.
    """
    end = max(now + 60.0, start + 30 * 60.0)
    if t0 is not None:
        planned = t0 + 60 * planned_minutes
        if now - t0 > 60 * planned_minutes / 3 and now < planned:
            end = max(end, planned + 5 * 60.0)
    quarters = math.ceil((end - start) / 900.0)
    return start, start + quarters * 900.0

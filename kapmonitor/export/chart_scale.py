"""Where a time and a value lie on the chart, and where its ticks stand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kapmonitor.regional import MMHG, number, pressure_ticks, tick

_STEPS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440, 2880, 10080)
_MOST_TICKS = 14
# The usual steps of an axis of pressures, about as far apart on paper.
MMHG_STEP, KPA_STEP = 20, 2


@dataclass(frozen=True)
class TimeAxis:
    """Session seconds to points across the page; ``t0`` is where the minutes are counted from."""

    start: float
    end: float
    t0: float | None
    left: float
    right: float

    @property
    def _span(self) -> float:
        return max(60.0, self.end - self.start)

    def x(self, at: float) -> float:
        """The place of a session time, kept inside the chart."""
        share = (min(at, self.start + self._span) - self.start) / self._span
        return self.left + max(0.0, share) * (self.right - self.left)

    @cached_property
    def ticks(self) -> list[float]:
        """Session times of the ticks: whole steps of minutes from the dose."""
        zero = self.start if self.t0 is None else self.t0
        minutes = self._span / 60
        step = 60 * next((s for s in _STEPS_MIN if minutes / s <= _MOST_TICKS), _STEPS_MIN[-1])
        first = math.ceil((self.start - zero) / step - 1e-9)
        last = math.floor((self.start + self._span - zero) / step + 1e-9)
        return [zero + place * step for place in range(first, min(last, first + 200) + 1)]

    def label(self, at: float) -> str:
        """The minutes of a tick."""
        zero = self.start if self.t0 is None else self.t0
        return f"{round((at - zero) / 60)}".replace("-", "−")


@dataclass(frozen=True)
class Scale:
    """Values to points up the page. ``ticks`` are values, ``names`` what is written at them."""

    low: float
    high: float
    ticks: tuple[float, ...]
    bottom: float
    height: float
    names: tuple[str, ...] = ()

    def y(self, value: float) -> float:
        """The place of a value."""
        return self.bottom + (value - self.low) / (self.high - self.low) * self.height

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        return self.low <= value <= self.high


def value_scale(
    values: Sequence[float],
    low: float,
    high: float,
    step: float,
    bottom: float,
    height: float,
    full: float | None = None,
    unit: str = "",
) -> Scale:
    """A scale that shows ``low`` to ``high`` and all values, with ticks at whole steps.

    ``full`` is the highest value that there can be (100 %). Of pressures (``unit`` mmHg) the ticks
    stand at whole steps of the unit in which they are shown; their places are in mmHg.
    """
    lowest = min([low, *(value - step / 2 for value in values)])
    highest = max([high, *(value + step / 2 for value in values)])
    if full is not None:
        highest = full + step / 5
    while (highest - lowest) / step > 12:
        step *= 2
    if unit == MMHG:
        ticks = tuple(pressure_ticks(lowest, highest, step, KPA_STEP * step / MMHG_STEP))
        return Scale(lowest, highest, ticks, bottom, height, tuple(map(tick, ticks)))
    first, last = math.ceil(lowest / step), math.floor(highest / step)
    ticks = tuple(place * step for place in range(first, last + 1))
    return Scale(lowest, highest, ticks, bottom, height, tuple(map(number, ticks)))


def spread(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places in order, moved as little as needed to be ``apart``, and inside if there is room."""
    found: list[float] = []
    for place in places:
        found.append(max(place, low, found[-1] + apart if found else low))
    ceiling = high
    for index in reversed(range(len(found))):
        found[index] = min(found[index], ceiling)
        ceiling = found[index] - apart
    return found

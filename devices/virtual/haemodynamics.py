"""The published time course of a dose's effect by route, and the size of a session's peak."""

import csv
from functools import cache
from importlib import resources

from msgspec import Struct


class Spread(Struct, frozen=True):
    """Mean and standard deviation of something that differs between sessions."""

    mean: float
    deviation: float


class RouteEffect(Struct, frozen=True):
    """How large a session's peak rise is, when it comes, and how fast it goes.

    Rises in mmHg and /min over the baseline, ``peak_min`` in minutes after the dose.
    """

    systolic: Spread
    diastolic: Spread
    pulse: Spread
    peak_min: Spread


# Peak rises of single sessions. IN: Doherty 2020 (13.3/8.7 at 18-64 years, 16.0/9.5 from 65).
# IV: between the pooled mean rise (Vankawala 2021, 12.6/8.5) and the individual maxima of Wan 2015
# (19.6/13.4, SD 12.8/9.8). SC: Del Sant 2020, heavy tail. IM and SL are reconstructed from
# pharmacokinetics: low confidence.
EFFECTS = {
    "iv": RouteEffect(Spread(16.0, 11.0), Spread(11.0, 8.0), Spread(6, 8), Spread(38, 6)),
    "in": RouteEffect(Spread(13.3, 8.3), Spread(8.7, 5.6), Spread(5, 7), Spread(40, 8)),
    "in65": RouteEffect(Spread(16.0, 9.3), Spread(9.5, 5.8), Spread(4, 6), Spread(40, 8)),
    "im": RouteEffect(Spread(20.0, 12.0), Spread(13.0, 8.5), Spread(10, 9), Spread(17, 5)),
    "sl": RouteEffect(Spread(12.0, 8.5), Spread(8.0, 6.0), Spread(4, 6), Spread(50, 12)),
    "sc": RouteEffect(Spread(9.0, 10.0), Spread(8.0, 7.0), Spread(1, 6), Spread(38, 8)),
}
ROUTES = ("in", "iv", "im", "sl", "sc")


class Curve(Struct, frozen=True):
    """A mean time course, scaled so that its peak is 1 (SpO2: in % below the baseline)."""

    minutes: tuple[float, ...]
    systolic: tuple[float, ...]
    diastolic: tuple[float, ...]
    pulse: tuple[float, ...]
    spo2: tuple[float, ...]
    peak_min: float

    def at(self, values: tuple[float, ...], minute: float) -> float:
        """One of the courses at a minute after the dose, straight lines between the points."""
        if minute <= self.minutes[0]:
            return 0.0
        for right in range(1, len(self.minutes)):
            if minute < self.minutes[right]:
                left = right - 1
                width = self.minutes[right] - self.minutes[left]
                share = (minute - self.minutes[left]) / width
                return values[left] + (values[right] - values[left]) * share
        return 0.0


def effect_key(route: str, age: int) -> str:
    """The row of the table for a route and an age in years."""
    return "in65" if route == "in" and age >= 65 else route


@cache
def curve(key: str) -> Curve:
    """The mean time course of a row of the table, from ``haemodynamics.csv``."""
    text = resources.files(__package__).joinpath("haemodynamics.csv").read_text("utf-8")
    route = key.removesuffix("65").upper()
    elderly = key.endswith("65")
    rows = [
        row
        for row in csv.DictReader(text.splitlines())
        if row["route"] == route and row["population"].startswith("older") is elderly
    ]
    minutes = tuple(float(row["minute"]) for row in rows)
    systolic = tuple(float(row["dSBP_mmHg"]) for row in rows)
    pulse = tuple(float(row["dHR_bpm"]) for row in rows)
    return Curve(
        minutes=minutes,
        systolic=_normalised(systolic),
        diastolic=_normalised(tuple(float(row["dDBP_mmHg"]) for row in rows)),
        # SC: the mean pulse does not move (Del Sant 2020), single ones do, with the pressure.
        pulse=_normalised(pulse if max(pulse) > 0 else systolic),
        spo2=tuple(float(row["dSpO2_pct"]) for row in rows),
        peak_min=minutes[systolic.index(max(systolic))],
    )


def _normalised(values: tuple[float, ...]) -> tuple[float, ...]:
    largest = max(values)
    return tuple(value / largest for value in values)

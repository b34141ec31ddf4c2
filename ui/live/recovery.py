"""How far a vital has come back towards its baseline: what decides when a visit may end. Pure."""

import numpy as np
from msgspec import Struct

from kapmonitor import extremes, regional
from kapmonitor.session import Session
from kapmonitor.words import tr
from ui.live.trend_data import Floats, Series

MINUTE = 60.0


class Recovery(Struct, frozen=True):
    """``peak`` and ``now`` are differences from the baseline, ``since`` seconds since the peak."""

    peak: float
    since: float
    now: float


def recovery(
    times: Floats, values: Floats, baseline: float | None, t0: float | None, now: float
) -> Recovery | None:
    """The highest rise since the dose, how long ago it was, and what is left of it.

    ``times`` (session seconds, in order) and ``values`` are of equal length; missing values are
    NaN. None without a baseline, without a dose, or when nothing rose above the baseline.
    """
    if baseline is None or t0 is None:
        return None
    kept = (times >= t0) & (times <= now) & ~np.isnan(values)
    times, values = times[kept], values[kept]
    if not len(values):
        return None
    # The latest of equal peaks: the rise lasted until then.
    top = len(values) - 1 - int(np.argmax(values[::-1]))
    peak = float(values[top]) - baseline
    if round(peak) <= 0:
        return None
    return Recovery(peak, now - float(times[top]), float(values[-1]) - baseline)


def by_minute(series: Series, t0: float | None) -> tuple[Floats, Floats]:
    """The mean of each minute since the dose, at its last value: one beat is not a peak.

    Of good values alone: an artefact is no peak either (`kapmonitor.extremes`).
    """
    times, values = series.good
    first = int(np.searchsorted(times, 0.0 if t0 is None else t0))
    times, values = times[first:], values[first:]
    good = ~np.isnan(values)
    times, values = times[good], values[good]
    if not len(times):
        return times, values
    minutes = np.floor((times - (t0 or 0.0)) / MINUTE)
    starts = np.flatnonzero(np.diff(minutes, prepend=minutes[0] - 1))
    ends = np.append(starts[1:], len(times)) - 1
    return times[ends], np.add.reduceat(values, starts) / (ends - starts + 1)


def cuff_values(session: Session, key: str) -> tuple[Floats, Floats]:
    """Times and values of the good cuff readings; ``key`` is ``systolic`` or ``diastolic``."""
    found = [
        (one.at, one.value) for one in extremes.cuff_values(session.cuffs, key) if not one.doubted
    ]
    pairs = np.array(sorted(found), dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def signed(difference: float, unit: str = "") -> str:
    """A difference, kept in this unit, with its sign, a real minus and no -0."""
    return regional.change(difference, unit)


def minutes_ago(seconds: float) -> str:
    """How long ago, as a short phrase."""
    return tr("just now") if seconds < MINUTE else tr("{n} min ago", n=int(seconds // MINUTE))


def peak_words(found: Recovery | None, unit: str = "") -> str:
    """``peak +63, 22 min ago``; empty when there was none, or while it still rises."""
    if found is None:
        return ""
    return tr("peak {rise}, {when}", rise=signed(found.peak, unit), when=minutes_ago(found.since))


def return_words(name: str, found: Recovery, unit: str = "") -> str:
    """A line for who decides about leaving: ``Systolic: peak +63, 22 min ago; now +12``."""
    return tr(
        "{name}: {peak}; now {left}",
        name=name,
        peak=peak_words(found, unit),
        left=signed(found.now, unit),
    )

"""Where a vital is heading: an arrow from its last minutes, or from the last two cuff readings."""

import numpy as np

from kapmonitor import events as e
from kapmonitor.session import Session
from ui.live.trend_data import Series

# A vital that moved less than this is steady: /min, %, mmHg.
LEAST_CHANGE = {"pulse": 6.0, "spo2": 2.0, "systolic": 10.0, "diastolic": 8.0}
_NOW, _BEFORE = 60.0, 300.0
_FEWEST = 10
UP, DOWN, STEADY = "↗", "↘", "→"


def curve_trend(key: str, series: Series, now: float) -> str:
    """The arrow of a curve: the median of the last minute against that of five minutes before.

    Empty where there are too few values to say.
    """
    times, values = series.points
    edges = (now - _BEFORE - _NOW, now - _BEFORE, now - _NOW, now + 1.0)
    first, second, third, last = np.searchsorted(times, edges)
    before, recent = values[first:second], values[third:last]
    before, recent = before[~np.isnan(before)], recent[~np.isnan(recent)]
    if len(before) < _FEWEST or len(recent) < _FEWEST:
        return ""
    return _arrow(key, float(np.median(recent) - np.median(before)))


def cuff_trend(key: str, session: Session) -> str:
    """The arrow of a pressure: its last good reading against the one before."""
    values = []
    for entry in session.good_cuffs()[-2:]:
        value = getattr(entry.event, key) if isinstance(entry.event, e.Cuff) else None
        if value is not None:
            values.append(value)
    return _arrow(key, values[1] - values[0]) if len(values) == 2 else ""


def _arrow(key: str, change: float) -> str:
    least = LEAST_CHANGE[key]
    return UP if change >= least else DOWN if change <= -least else STEADY

"""The way back to the baseline: peak, time since, what is left. Time is an argument."""

import math

import numpy as np
import pytest

from kapmonitor import events as e
from kapmonitor.events import Entry
from kapmonitor.reading import Origin, Quality
from kapmonitor.session import fold
from ui.live import sample
from ui.live.recovery import (
    Recovery,
    by_minute,
    cuff_values,
    peak_words,
    recovery,
    return_words,
)
from ui.live.trend_data import Series

T0 = 600.0


def found(*pairs, baseline=120.0, t0=T0, now=T0 + 3000) -> Recovery | None:
    times, values = np.array(pairs, dtype=float).reshape(-1, 2).T
    return recovery(times, values, baseline, t0, now)


def test_the_peak_and_what_is_left_of_it():
    back = found((T0 + 900, 150), (T0 + 1680, 183), (T0 + 2400, 158), (T0 + 2940, 132))

    assert back == Recovery(peak=63, since=1320, now=12)
    assert return_words("Systolic", back) == "Systolic: peak +63, 22 min ago; now +12"


def test_what_was_before_the_dose_is_no_peak():
    assert found((T0 - 300, 190), (T0 + 900, 130)) == Recovery(10, 2100, 10)


def test_a_vital_below_its_baseline_has_no_peak():
    assert found((T0 + 900, 110), (T0 + 1200, 119)) is None
    assert found((T0 + 900, 110), (T0 + 1200, 120.4)) is None


def test_back_below_the_baseline_has_a_real_minus():
    back = found((T0 + 900, 130), (T0 + 2900, 112))

    assert back is not None
    assert return_words("Diastolic", back).endswith("now −8")


def test_of_two_equal_peaks_the_later_counts():
    back = found((T0 + 900, 150), (T0 + 1500, 150), (T0 + 2400, 130))

    assert back is not None and back.since == 1500


@pytest.mark.parametrize("missing", [{"baseline": None}, {"t0": None}])
def test_without_a_baseline_or_a_dose_nothing_is_claimed(missing):
    assert found((T0 + 900, 150), **missing) is None


def test_missing_values_are_no_peak_and_end_no_curve():
    back = found((T0 + 900, 150), (T0 + 1200, math.nan))

    assert back == Recovery(30, 2100, 30)
    assert found() is None
    assert peak_words(None) == ""


def test_a_peak_in_the_future_of_the_clock_does_not_count():
    assert found((T0 + 900, 130), (T0 + 9000, 200)) == Recovery(10, 2100, 10)


def test_one_fast_beat_is_not_the_peak_of_a_pulse():
    """Sixty values a minute at 80 and a single 140 make a mean of 81."""
    series = Series()
    series.add(T0 - 5, 200)
    for second in range(120):
        series.add(T0 + second, 140.0 if second == 30 else 80.0)
    times, values = by_minute(series, T0)

    assert list(values) == [81.0, 80.0]
    assert list(times) == [T0 + 59, T0 + 119]


def test_a_minute_in_doubt_is_no_peak():
    """A hand that moved gave 170 for a minute: the tile marked it, the way back leaves it out."""
    series = Series()
    for second in range(180):
        moved = 60 <= second < 120
        series.add(T0 + second, 170.0 if moved else 80.0, doubted=moved)
    _, values = by_minute(series, T0)

    assert list(values) == [80.0, 80.0]


def test_minutes_without_a_value_are_left_out():
    series = Series()
    for at, value in ((T0, 70.0), (T0 + 61, None), (T0 + 200, 90.0)):
        series.add(at, value)
    _, values = by_minute(series, T0)

    assert list(values) == [70.0, 90.0]
    assert list(by_minute(Series(), T0)[0]) == []


def test_only_good_cuff_readings_count():
    readings = [
        sample.cuff(183, 97),
        sample.cuff(260, 120, quality=Quality.QUESTIONABLE, reason="pulse_pressure"),
        sample.cuff(250, 120, origin=Origin.STORED),
        e.Cuff(None, None, None, None, Quality.INVALID, "body_movement"),
    ]
    entries = [Entry(n, 100.0 * n, 0, 0, cuff) for n, cuff in enumerate(readings, 1)]
    times, values = cuff_values(fold(entries), "systolic")

    assert (list(times), list(values)) == ([100.0], [183.0])


def test_the_panel_for_leaving_tells_how_far_each_vital_is_back(open_window):
    window = open_window(sample.altered()[0])
    window.actions_of_keys.do("phase")
    lines = window.panels.phase._back.text().split("\n")

    assert lines[0] == "Systolic: peak +63, 22 min ago; now +12"
    assert lines[1] == "Diastolic: peak +22, 22 min ago; now +5"
    assert lines[2].startswith("Pulse: peak +")
    assert window.parts.tiles.tiles["systolic"].view.peak == "peak +63, 22 min ago"
    assert window.parts.tiles.tiles["systolic"].view.difference == "+12"
    assert window.parts.tiles.tiles["spo2"].view.peak == ""


def test_without_a_baseline_the_panel_says_so(open_window):
    window = open_window([*sample.missing()[0], Entry(50, 700.0, 0, 0, e.Dose("in", 56, "mg"))])
    window.actions_of_keys.do("phase")

    assert "Without a baseline" in window.panels.phase._back.text()

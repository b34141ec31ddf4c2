"""A tick stands where its value is; a value that there is, is on the chart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.export.chart_scale import TimeAxis, spread, value_scale


def test_the_dose_is_at_minute_zero():
    axis = TimeAxis(start=0.0, end=8100.0, t0=600.0, left=50.0, right=450.0)

    assert (axis.x(0.0), axis.x(8100.0), axis.x(4050.0)) == (50, 450, 250)
    assert [axis.label(at) for at in axis.ticks][:3] == ["−10", "0", "10"]
    assert axis.ticks[1] == 600.0


def test_nothing_lies_outside_the_chart():
    axis = TimeAxis(0.0, 100.0, None, 50.0, 450.0)

    assert (axis.x(-5.0), axis.x(1e9)) == (50, 450)


@pytest.mark.parametrize("end", [0.0, 1.0, 61.0, 3600.0, 28_800.0, 1e7])
def test_any_visit_has_a_few_ticks(end):
    assert 1 <= len(TimeAxis(0.0, end, None, 0.0, 1.0).ticks) <= 201


@given(st.lists(st.floats(0, 300), max_size=20))
def test_every_value_is_inside(values):
    scale = value_scale(values, 55, 206, 20, bottom=10, height=100)

    assert all(10 <= scale.y(value) <= 110 for value in values)
    assert all(scale.holds(tick) for tick in scale.ticks)
    assert scale.y(scale.low) == 10


def test_saturation_ends_at_a_hundred():
    scale = value_scale([97.0, 62.0], 83, 100, 5, 0, 100, full=100.0)

    assert scale.ticks[-1] == 100
    assert scale.high == 101
    assert scale.holds(62.0)


def test_labels_keep_apart():
    assert spread([10, 11, 12, 40], 5, 0, 50) == [10, 15, 20, 40]
    assert spread([48, 49, 50], 5, 0, 50) == [40, 45, 50]

"""Zoom, pan, cursor and the way back to now: times as numbers first, then by wheel and key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from kapmonitor.vitals import Vital
from ui.live import sample
from ui.live.cursor_views import cursor_view
from ui.live.model import LiveModel
from ui.live.tile_trend import DOWN, STEADY, UP, cuff_trend, curve_trend
from ui.live.trend_data import Series
from ui.live.trend_window import NARROWEST, TimeWindow
from ui.live.trends import Trends

WHOLE = (0.0, 7200.0)


def test_at_first_the_whole_visit_is_in_view():
    assert TimeWindow().shown(WHOLE, now=3000.0) == WHOLE


def test_zooming_in_keeps_now_in_view_and_follows_it():
    window = TimeWindow().zoomed(4.0, WHOLE, now=3000.0)

    start, end = window.shown(WHOLE, 3000.0)
    assert end - start == pytest.approx(1800.0)
    assert start < 3000.0 <= end
    later = window.shown((0.0, 9000.0), 5000.0)
    assert later[0] < 5000.0 <= later[1]
    assert window.follows


def test_zooming_around_a_point_keeps_it_where_it_was():
    window = TimeWindow().zoomed(2.0, WHOLE, now=7000.0, around=1800.0)

    start, end = window.shown(WHOLE, 7000.0)
    assert (1800.0 - start) / (end - start) == pytest.approx(0.25)
    assert not window.follows


def test_panning_to_the_left_stops_following_and_to_the_right_end_follows_again():
    window = TimeWindow(1800.0)
    earlier = window.panned(-1.0, WHOLE, now=6000.0)

    assert not earlier.follows
    assert earlier.panned(5.0, WHOLE, now=6000.0).follows
    assert earlier.panned(-99.0, WHOLE, now=6000.0).shown(WHOLE, 6000.0)[0] == WHOLE[0]


def test_back_to_now_follows_and_once_more_shows_the_whole_visit():
    away = TimeWindow(900.0, end=2000.0, cursor=1500.0)

    assert away.back_to_now() == TimeWindow(900.0)
    assert away.back_to_now().back_to_now() == TimeWindow()


MOVES = st.one_of(
    st.tuples(st.just("zoom"), st.floats(0.2, 5.0)),
    st.tuples(st.just("pan"), st.floats(-3.0, 3.0)),
    st.tuples(st.just("step"), st.integers(-50, 50)),
    st.tuples(st.just("now"), st.none()),
)


@given(st.lists(MOVES, max_size=25), st.floats(60.0, 7100.0))
def test_whatever_is_pressed_the_view_stays_inside_the_visit(moves, now):
    window = TimeWindow()
    for move, amount in moves:
        if move == "zoom":
            window = window.zoomed(amount, WHOLE, now)
        elif move == "pan":
            window = window.panned(amount, WHOLE, now)
        elif move == "step":
            window = window.stepped(amount, WHOLE, now)
        else:
            window = window.back_to_now()
        start, end = window.shown(WHOLE, now)
        assert start >= WHOLE[0] - 1e-6
        assert end - start >= NARROWEST - 1e-6
        assert end - start <= WHOLE[1] - WHOLE[0] + 1e-6
        if window.follows:
            assert start <= now <= end + 1e-6


def test_the_cursor_tells_what_was_measured_and_nothing_in_a_gap():
    series = Series()
    for at, value in ((10.0, 70.0), (11.0, 72.0), (12.0, None), (60.0, 80.0)):
        series.add(at, value)

    assert series.value_at(11.4, 15.0) == 72.0
    assert series.value_at(12.5, 15.0) is None
    assert series.value_at(59.0, 15.0) is None
    assert series.value_at(9.0, 15.0) is None


def test_the_cursor_has_every_vital_and_what_happened_there():
    model = LiveModel()
    model.take(sample.typical()[0], 0.0)
    at = sample.T0 + 38 * 60 + 2.0

    cursor = cursor_view(model, at, width=3600.0)

    pulse = next(
        m.reading.value
        for m in sample.numerics(at + 1)
        if getattr(m, "reading", None) is not None
        and m.reading.vital is Vital.PULSE_RATE
        and m.reading.at == at
    )
    assert f"Pulse {pulse:.0f}" in cursor.values
    assert "161/92 (now)" in cursor.values
    assert "t+38:02" in cursor.values
    assert "161" in cursor.events


@pytest.fixture
def live(open_window):
    window = open_window(sample.typical()[0], curves=True)
    trends = window.parts.trends
    assert isinstance(trends._trends, Trends)
    return window, trends


def test_the_wheel_zooms_where_it_points_and_a_button_leads_back(live, qtbot):
    window, place = live
    viewport = place._trends._canvas.viewport()
    here = QPointF(viewport.width() * 0.3, 60.0)
    event = QWheelEvent(here, viewport.mapToGlobal(here), QPoint(), QPoint(0, 120),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(viewport, event)

    assert place.window_shown.width is not None
    assert not place.window_shown.follows
    assert place._trends.now.isVisible()
    qtbot.mouseClick(place._trends.now, Qt.MouseButton.LeftButton)
    assert place.window_shown.follows
    assert window.parts.trends.view.follows


def test_pointing_shows_values_and_leaving_takes_them_away(live, qtbot):
    _, place = live
    trends = place._trends
    viewport = trends._canvas.viewport()
    qtbot.mouseMove(viewport, QPoint(viewport.width() // 2, 80))
    qtbot.waitUntil(lambda: place.window_shown.cursor is not None)

    assert "Pulse" in trends.values.text()


def test_keys_zoom_move_and_come_back(live, qtbot):
    window, place = live
    for action in ("zoom_in", "earlier", "cursor_left"):
        window.actions_of_keys.do(action)
    assert place.window_shown.width is not None
    assert place.window_shown.cursor is not None
    window.actions_of_keys.do("now")
    window.actions_of_keys.do("now")
    assert place.window_shown == TimeWindow()


def test_a_curve_handed_over_never_exceeds_the_width():
    """A day of readings is drawn from its envelope."""
    series = Series()
    for second in range(60_000):
        series.add(float(second), 70.0 + second % 7)
    times, values = series.envelope(0.0, 60_000.0, 600)

    assert len(times) <= 1210
    assert np.nanmax(values) == 76.0


def test_an_arrow_tells_where_a_vital_is_heading():
    """A pulse that climbed by twelve in five minutes rises; one that wobbles is steady."""
    rising, steady = Series(), Series()
    for second in range(600):
        rising.add(float(second), 70.0 + 12 * second / 300)
        steady.add(float(second), 70.0 + 2 * (second % 2))

    assert curve_trend("pulse", rising, 600.0) == UP
    assert curve_trend("pulse", steady, 600.0) == STEADY
    assert curve_trend("pulse", rising, 120.0) == ""


def test_a_pressure_on_its_way_back_points_down():
    model = LiveModel()
    model.take(sample.altered()[0], 0.0)

    assert cuff_trend("systolic", model.session) == DOWN

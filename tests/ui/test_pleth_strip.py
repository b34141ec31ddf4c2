"""The pleth strip: a sweep that repaints only its new columns, and never invents a wave."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from kapmonitor.reading import PlethRun
from ui.live.pleth import BEHIND_SECONDS, SWEEP_SECONDS, PlethStrip
from ui.theme.theme import load_theme


@pytest.fixture
def strip(qtbot):
    made = PlethStrip()
    qtbot.addWidget(made)
    made.resize(800, 96)
    made.show()
    made.show_theme(load_theme("dark"))
    return made


def run(values, at=0.0, interval=0.05) -> PlethRun:
    return PlethRun(at, interval, tuple(values), 100)


def inked(strip, left=0, right=None) -> int:
    """Columns of the picture that carry some of the wave."""
    picture = strip._picture.toImage()
    ground = QColor(load_theme("dark")["panel"]).rgb()
    columns = range(left, picture.width() if right is None else right)
    return sum(any(picture.pixel(x, y) != ground for y in range(picture.height())) for x in columns)


def test_one_second_of_samples_draws_an_eighth_of_the_strip(strip):
    strip.show_samples([run([20, 80] * 10)], 1.0, 1.0)

    assert inked(strip) == pytest.approx(800 / SWEEP_SECONDS, abs=6)


def test_a_gap_in_the_signal_is_a_gap_in_the_wave(strip):
    strip.show_samples([run([20, 80] * 5 + [None] * 20 + [20, 80] * 5)], 2.0, 1.0)

    assert inked(strip) == pytest.approx(100, abs=12)
    assert inked(strip, 55, 145) == 0


def test_the_bar_erases_what_the_last_sweep_left(strip):
    for _ in range(9):
        strip.show_samples([run([20, 80] * 10)], 1.0, 1.0)

    x = int(strip._x)
    assert inked(strip, x + 6, x + 16) == 0
    assert inked(strip, x + 40, x + 140) > 90


def test_after_a_long_pause_only_the_end_is_drawn(strip, monkeypatch):
    """The window stood still for ten minutes; what would be swept over at once costs nothing."""
    drawn: list[float] = []
    height = strip._height_of

    def noted(share: float) -> float:
        drawn.append(share)
        return float(height(share))

    monkeypatch.setattr(strip, "_height_of", noted)
    strip.show_samples([run([10] * 10)], 0.5, 1.0)
    drawn.clear()
    strip.show_samples([run([20, 80] * 6000), run([50, 60])], 600.0, 1.0)

    assert len(drawn) <= BEHIND_SECONDS / 0.05 + 1
    assert drawn[-2:] == [0.5, 0.6]


def test_only_the_new_columns_are_painted(strip, qtbot, monkeypatch):
    asked: list[QRect] = []
    monkeypatch.setattr(strip, "update", lambda *place: asked.extend(place))
    strip.show_samples([run([20, 80], interval=1 / 60)], 0.033, 1.0)

    assert asked
    assert max(place.width() for place in asked) < 60


def test_a_jump_of_the_sweep_to_the_left_paints_no_line_across(strip):
    strip.show_samples([run([50] * 170)], 8.5, 1.0)

    assert inked(strip, 60, 70) == 0


def test_without_samples_it_says_so(strip):
    strip.show_samples([run([20, 80] * 10)], 1.0, 1.0)
    assert strip._message == ""
    for _ in range(70):
        strip.show_samples([], 0.033, 1.0)

    assert strip._message == "No pleth signal"


def test_twenty_times_life_shows_stretches_at_the_speed_of_life(strip):
    """A second of the window brings twenty of samples; one is drawn, the rest is left out."""
    for second in range(3):
        runs = [run([20, 80] * 10, at=20.0 * second + n) for n in range(20)]
        strip.show_samples(runs, 1.0, 20.0)

    assert strip._x == pytest.approx(3 * 800 / SWEEP_SECONDS, rel=0.05)
    assert strip._waiting_seconds < 6


def test_another_size_keeps_the_wave(strip):
    strip.show_samples([run([20, 80] * 40)], 4.0, 1.0)
    strip.resize(400, 96)

    assert inked(strip) == pytest.approx(200, abs=10)


def test_a_new_sweep_begins_on_clean_ground(strip):
    """The left edge is erased too when the sweep comes round."""
    for _ in range(8):
        strip.show_samples([run([20, 80] * 10)], 1.0, 1.0)
    strip.show_samples([run([None] * 20)], 1.0, 1.0)

    assert inked(strip, 0, 90) == 0


def test_before_the_first_sample_it_says_so(strip):
    """A new window on a sensor that is off was an empty box."""
    strip.show_samples([], 0.033, 1.0)

    assert strip._message == "No pleth signal"

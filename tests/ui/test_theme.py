"""The theme's own values keep the contrasts and the differences that a dim room needs."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from kapmonitor.events import Priority
from ui.live import sample
from ui.live.alarm_views import lit
from ui.theme.theme import THEMES, contrast, flashes, load_theme, scale_for
from ui.widgets.painted import AlarmSymbol, draw_shape

# How somebody without one kind of cone sees a colour, after Viénot, Brettel and Mollon 1999
# (protanopia, deuteranopia) and Brettel, Viénot and Mollon 1997 (tritanopia): the colour is moved
# along the missing cone's axis onto a plane through white and an anchor that both see alike.
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],  # linear sRGB to CIE 1931, IEC 61966-2-1
                 [0.2126729, 0.7151522, 0.0721750],
                 [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
_TO_CONES = np.array([[0.15514, 0.54312, -0.03286],  # CIE 1931 to L, M, S: Smith and Pokorny 1975
                      [-0.15514, 0.45684, 0.03286],
                      [0.0, 0.0, 0.00801]])  # fmt: skip
_CONES = _TO_CONES @ _XYZ
_WHITE, _BLUE = _CONES @ np.ones(3), _CONES @ np.array([0.0, 0.0, 1.0])
# CIE 1931 colour-matching functions at 485 and 660 nm.
_ANCHORS = [_TO_CONES @ np.array(c) for c in ((0.05795, 0.1693, 0.6162), (0.1649, 0.061, 0.0))]
EYES = {"every cone": None, "protanopia": 0, "deuteranopia": 1, "tritanopia": 2}


def _seen(colour: str, missing: int | None) -> np.ndarray:
    """A ``#RRGGBB`` colour in linear sRGB, as an eye sees it."""
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    rgb = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    if missing is None:
        return rgb
    cones, anchor = _CONES @ rgb, _BLUE
    if missing == 2:
        side = np.cross(_WHITE, np.eye(3)[missing])
        anchor = next(a for a in _ANCHORS if (side @ a >= 0) == (side @ cones >= 0))
    normal = np.cross(_WHITE, anchor)
    cones[missing] = 0.0
    cones[missing] = -(normal @ cones) / normal[missing]
    seen: np.ndarray = np.clip(np.linalg.inv(_CONES) @ cones, 0.0, 1.0)
    return seen


def _lab(rgb: np.ndarray) -> np.ndarray:
    """CIE 1976 L*a*b* under the white of sRGB."""
    ratio = (_XYZ @ rgb) / (_XYZ @ np.ones(3))
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _apart(one: str, other: str, missing: int | None) -> float:
    """Distance in L*a*b*; 2.3 is just noticeable side by side."""
    return float(np.linalg.norm(_lab(_seen(one, missing)) - _lab(_seen(other, missing))))


@pytest.mark.parametrize("name", THEMES)
def test_numerals_stand_out_seven_to_one(name):
    theme = load_theme(name)
    for colour in ("green", "cyan", "white", "yellow"):
        assert contrast(theme[colour], theme["panel"]) >= 7.0, colour


@pytest.mark.parametrize("name", THEMES)
def test_text_stands_out_four_and_a_half_to_one(name):
    theme = load_theme(name)
    texts = ("text", "dim", "accent", "stale", "good", "demo", "high", "medium", "low")
    for colour, ground in itertools.product(texts, ("panel", "ground")):
        assert contrast(theme[colour], theme[ground]) >= 4.5, (colour, ground)
    for priority in ("high", "medium", "low"):
        assert contrast(theme["text"], theme[f"{priority}_ground"]) >= 4.5
        assert contrast(theme[f"on_{priority}"], theme[f"{priority}_block"]) >= 4.5
        # The numeral of a tile in alarm stands on the tinted ground.
        for colour in ("green", "cyan", "white"):
            assert contrast(theme[colour], theme[f"{priority}_ground"]) >= 4.5


def test_the_simulated_eyes_confuse_what_such_eyes_confuse():
    """White stays white; red and green of equal lightness fall together without the M cone."""
    for missing in (0, 1, 2):
        assert _seen("#FFFFFF", missing) == pytest.approx([1, 1, 1], abs=1e-3)
    red, green, blue, teal = "#C05050", "#7A8040", "#5090A0", "#5A9070"
    assert _apart(red, green, None) > 2.5 * _apart(red, green, 1)
    assert _apart(blue, teal, None) > 2.5 * _apart(blue, teal, 2)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("eye", EYES)
def test_priorities_differ_for_every_eye(name, eye):
    """Symbols by ten times what is just noticeable, words by four times; and by their shape."""
    theme = load_theme(name)
    for one, other in itertools.combinations(("high", "medium", "low"), 2):
        assert _apart(theme[f"{one}_block"], theme[f"{other}_block"], EYES[eye]) > 23
        assert _apart(theme[one], theme[other], EYES[eye]) > 9.2


# Flash --------------------------------------------------------------------------------------------

# IEC 60601-1-8: times a second; lit for 20 to 60 % of each.
STANDARD = {"high": (1.4, 2.8), "medium": (0.4, 0.8)}


def test_the_theme_flashes_as_the_standard_asks_and_below_three_a_second():
    assert set(flashes()) == set(STANDARD)
    for priority, (slow, fast) in STANDARD.items():
        flash = flashes()[priority]
        assert slow <= flash.hertz <= fast < 3.0
        assert 0.2 <= flash.lit <= 0.6


@pytest.mark.parametrize("priority", STANDARD)
def test_a_symbol_is_lit_as_often_and_as_long_as_the_theme_says(priority):
    """Counted over a minute, thirty looks a second, as the window looks."""
    looks = [lit(Priority(priority), False, 1000.0 + n / 30) for n in range(60 * 30)]
    begun = sum(1 for before, now in itertools.pairwise(looks) if now and not before)

    assert begun / 60 == pytest.approx(flashes()[priority].hertz, abs=0.05)
    assert sum(looks) / len(looks) == pytest.approx(flashes()[priority].lit, abs=0.06)


def test_a_low_alarm_an_acknowledged_one_and_no_alarm_are_steady():
    moments = [1000.0 + n / 30 for n in range(90)]

    assert all(lit(Priority.LOW, False, at) for at in moments)
    assert all(lit(Priority.HIGH, True, at) for at in moments)
    assert all(lit(None, False, at) for at in moments)


def test_only_a_small_area_flashes(open_window):
    """Photosensitivity: the flashing symbols of the worst screen are under 2 % of it."""
    window = open_window(sample.worst()[0])
    symbols = [w for w in window.findChildren(AlarmSymbol) if w.isVisible()]
    area = sum(symbol.width() * symbol.height() for symbol in symbols)

    assert len(symbols) >= 4
    assert area < 0.02 * window.width() * window.height()


@pytest.mark.parametrize("pair", list(itertools.combinations(("high", "medium", "low"), 2)))
def test_priorities_differ_by_shape_alone(qtbot, pair):
    """Two symbols in one colour still differ in a fifth of their pixels."""
    pictures = []
    for priority in pair:
        image = QImage(40, 40, QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        painter.setBrush(QColor("white"))
        painter.setPen(Qt.PenStyle.NoPen)
        draw_shape(painter, priority, QPointF(20, 20), 36)
        painter.end()
        pictures.append(np.frombuffer(bytes(image.constBits()), np.uint8) > 127)
    one, other = pictures

    assert (one != other).sum() / (one | other).sum() > 0.2


def test_every_theme_has_every_colour():
    tokens = [set(load_theme(name).colours) for name in THEMES]

    assert tokens[0] == tokens[1] == tokens[2]


def test_a_stopped_monitor_has_no_colour_of_a_vital_left():
    theme = load_theme("dark")
    grey = theme.greyed()

    for colour in ("green", "cyan", "white"):
        assert grey[colour] == theme["stale"] != theme[colour]
    assert grey["high_block"] == theme["high_block"]


def test_a_larger_window_is_a_larger_picture():
    assert scale_for(1366, 768) == 1.0
    assert scale_for(1024, 640) == 1.0
    assert scale_for(1920, 1080) == pytest.approx(1.4)
    assert scale_for(3840, 2160) == pytest.approx(2.8)


def test_a_scaled_desktop_shows_the_same_picture():
    """At 200 % a window has half the points and each has twice the pixels."""
    assert scale_for(683, 384, ratio=2.0) == pytest.approx(0.5)
    assert scale_for(960, 540, ratio=2.0) == pytest.approx(0.7)
    assert scale_for(911, 512, ratio=1.5) == pytest.approx(1 / 1.5, abs=0.02)


@pytest.mark.parametrize("name", THEMES)
def test_a_box_that_is_on_has_a_tick_not_only_a_colour(qtbot, name):
    from PySide6.QtWidgets import QCheckBox

    from ui.theme.apply import apply_theme

    box = QCheckBox()
    qtbot.addWidget(box)
    apply_theme(box, load_theme(name))
    box.setChecked(True)
    box.resize(20, 20)
    box.show()
    image = box.grab().toImage()
    accent = QColor(load_theme(name)["accent"])
    told = [
        contrast(accent.name(), image.pixelColor(x, y).name())
        for x in range(4, 12)
        for y in range(5, 15)
    ]

    assert max(told) > 4.5
    assert sum(ratio < 1.1 for ratio in told) > len(told) / 3

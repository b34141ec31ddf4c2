"""The theme's own values keep the contrasts and the differences that a dim room needs."""

import itertools

import pytest

from ui.theme.theme import THEMES, contrast, load_theme, scale_for

# Brettel/Viénot-style simulation of dichromacy in linear RGB (Machado 2009, severity 1).
_SEEN_BY = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
                   (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
                     (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
                   (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


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


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("eye", _SEEN_BY)
def test_priorities_differ_for_every_eye(name, eye):
    """Their blocks stay apart by brightness or hue; shape and stars tell them apart besides."""
    theme = load_theme(name)
    seen = [_seen(theme[f"{p}_block"], _SEEN_BY[eye]) for p in ("high", "medium", "low")]
    for one, other in itertools.combinations(seen, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.15


def _seen(colour: str, matrix) -> list[float]:
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return [sum(k * c for k, c in zip(line, linear, strict=True)) for line in matrix]


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

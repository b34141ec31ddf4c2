"""The 16-bit decimal number of the Bluetooth health profiles."""

import pytest

from devices.decoders.sfloat import sfloat


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (0x0080, 128.0),
        (0xF3D4, 98.0),
        (0x1012, 180.0),
        (0xF2D0, 72.0),
        (0xF06B, 10.7),
        (0xE07D, 1.25),
        (0x0FFF, -1.0),
        (0x0801 ^ 0x0002, -2045.0),
        (0x8062, 98e-8),
        (0x0000, 0.0),
    ],
)
def test_worked_examples(word, value):
    assert sfloat(word & 0xFF, word >> 8) == value


@pytest.mark.parametrize("word", [0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801])
def test_five_words_mean_no_value(word):
    assert sfloat(word & 0xFF, word >> 8) is None


def test_special_words_are_special_as_a_whole_only():
    """The mantissa of NaN with another exponent is an ordinary number."""
    assert sfloat(0xFF, 0xF7) == 204.7

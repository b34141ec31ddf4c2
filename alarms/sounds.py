"""What an alarm sounds like, as samples that a test can measure; how it is played is ui's matter.

Bursts follow the patterns of IEC 60601-1-8: 10 pulses (three and two, twice) for HIGH, 3 for
MEDIUM, 1 for LOW, one constant pitch, with rounded edges and at least four harmonics.
"""

import numpy as np
from numpy.typing import NDArray

from kapmonitor.events import Priority

Samples = NDArray[np.float32]

# Inside the standard's 150..1000 Hz; the harmonics lie at 880, 1320, 1760 and 2200 Hz.
FUNDAMENTAL = 440.0
# Relative heights of the fundamental and its harmonics: -2, -4.4, -7, -9 dB, all within 15 dB.
HARMONICS = (1.0, 0.8, 0.6, 0.45, 0.35)

HIGH_PULSE, HIGH_GAP, HIGH_BETWEEN_FIVES = 0.12, 0.08, 0.5
MEDIUM_PULSE, MEDIUM_GAP = 0.2, 0.2
LOW_PULSE = 0.2

# Share of a pulse that it rises, and that it falls (10 to 40 % in the standard).
EDGE, SOFT_EDGE = 0.2, 0.4
# Peak of the samples; the quiet MEDIUM stays audible beside soft music.
PEAK = {Priority.HIGH: 0.9, Priority.MEDIUM: 0.6, Priority.LOW: 0.45}
QUIET_MEDIUM_PEAK = 0.25
REMINDER_PULSE, REMINDER_PEAK = 0.05, 0.15

# Seconds from the end of a burst to the beginning of the next.
_INTERVALS = {Priority.HIGH: 4.0, Priority.MEDIUM: 8.0, Priority.LOW: 20.0}


def interval(priority: Priority) -> float:
    """Seconds from the end of one burst to the beginning of the next."""
    return _INTERVALS[priority]


def burst(priority: Priority, quiet: bool = False, sample_rate: int = 48000) -> Samples:
    """One burst as mono samples between -1 and 1.

    In quiet mode a LOW is silent (no samples), a MEDIUM soft; a HIGH is never changed.
    """
    if priority is Priority.HIGH:
        five = _five(sample_rate)
        return np.concatenate([five, _silence(HIGH_BETWEEN_FIVES, sample_rate), five])
    if priority is Priority.LOW:
        if quiet:
            return np.zeros(0, dtype=np.float32)
        return _pulse(LOW_PULSE, PEAK[Priority.LOW], EDGE, sample_rate)
    peak = QUIET_MEDIUM_PEAK if quiet else PEAK[Priority.MEDIUM]
    pulse = _pulse(MEDIUM_PULSE, peak, SOFT_EDGE if quiet else EDGE, sample_rate)
    gap = _silence(MEDIUM_GAP, sample_rate)
    return np.concatenate([pulse, gap, pulse, gap, pulse])


def reminder(sample_rate: int = 48000) -> Samples:
    """One discreet tick: something is switched off. Shorter and softer than any alarm."""
    return _pulse(REMINDER_PULSE, REMINDER_PEAK, SOFT_EDGE, sample_rate)


def _five(sample_rate: int) -> Samples:
    """Three even pulses, a gap as long as a pulse was left out, two more."""
    pulse = _pulse(HIGH_PULSE, PEAK[Priority.HIGH], EDGE, sample_rate)
    gap = _silence(HIGH_GAP, sample_rate)
    long_gap = _silence(2 * HIGH_GAP + HIGH_PULSE, sample_rate)
    return np.concatenate([pulse, gap, pulse, gap, pulse, long_gap, pulse, gap, pulse])


def _pulse(seconds: float, peak: float, edge: float, sample_rate: int) -> Samples:
    """One tone that rises and falls in the given share of its length."""
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    tone = np.zeros_like(t)
    for number, height in enumerate(HARMONICS, 1):
        tone += height * np.sin(2 * np.pi * FUNDAMENTAL * number * t)
    tone *= peak / np.abs(tone).max()
    rise = np.clip(t / (edge * seconds), 0, 1)
    fall = np.clip((seconds - t) / (edge * seconds), 0, 1)
    envelope = np.sin(np.pi / 2 * np.minimum(rise, fall)) ** 2
    return np.asarray(tone * envelope, dtype=np.float32)


def _silence(seconds: float, sample_rate: int) -> Samples:
    return np.zeros(round(seconds * sample_rate), dtype=np.float32)

"""The sounds, measured as a listener would: pulses, pauses, pitch and harmonics of the samples."""

import itertools

import numpy as np
import pytest

from alarms.sounds import FUNDAMENTAL, burst, interval, reminder
from kapmonitor.events import Priority

RATE = 48000


def pulses(samples: np.ndarray) -> list[tuple[float, float]]:
    """Beginning and end in seconds of each stretch that is louder than a hundredth of the peak."""
    window = np.ones(240) / 240  # 5 ms, two periods of the tone
    envelope = np.convolve(np.abs(samples), window, mode="same")
    loud = envelope > 0.01 * envelope.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    return [(start / RATE, end / RATE) for start, end in edges.reshape(-1, 2)]


def gaps(samples: np.ndarray) -> list[float]:
    found = pulses(samples)
    return [round(after[0] - before[1], 2) for before, after in itertools.pairwise(found)]


def test_high_is_ten_pulses_three_and_two_twice():
    samples = burst(Priority.HIGH, sample_rate=RATE)
    found = pulses(samples)
    assert len(found) == 10
    for start, end in found:
        assert 0.075 <= end - start <= 0.200
    x = gaps(samples)
    short = [x[0], x[1], x[3], x[5], x[6], x[8]]
    assert all(0.05 <= gap <= 0.125 for gap in short)
    pulse = found[0][1] - found[0][0]
    for long in (x[2], x[7]):  # before the fourth pulse: as if one had been left out
        assert long == pytest.approx(2 * x[0] + pulse, abs=0.03)
    assert 0.35 <= x[4] <= 1.30


def test_medium_is_three_even_pulses():
    samples = burst(Priority.MEDIUM, sample_rate=RATE)
    assert len(pulses(samples)) == 3
    assert all(0.125 <= end - start <= 0.250 for start, end in pulses(samples))
    assert all(0.125 <= gap <= 0.250 for gap in gaps(samples))


def test_low_is_one_pulse():
    samples = burst(Priority.LOW, sample_rate=RATE)
    ((start, end),) = pulses(samples)
    assert 0.125 <= end - start <= 0.250


def test_repeats_after_the_standards_intervals():
    assert 2.5 <= interval(Priority.HIGH) <= 15
    assert interval(Priority.HIGH) <= interval(Priority.MEDIUM) <= 30
    assert interval(Priority.LOW) > 15


def test_harmonics_fall_by_2_to_9_decibels():
    """The measure that the module states: a listener hears one tone, not a chord."""
    samples = burst(Priority.LOW, sample_rate=RATE)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n=RATE))
    heights = [spectrum[round(FUNDAMENTAL * number)] for number in range(1, 6)]
    decibels = [20 * np.log10(height / heights[0]) for height in heights]
    assert decibels == pytest.approx([0, -2, -4.4, -7, -9], abs=0.3)


@pytest.mark.parametrize("priority", list(Priority))
@pytest.mark.parametrize("quiet", [False, True])
def test_tone_has_four_harmonics_within_15_db(priority: Priority, quiet: bool):
    samples = burst(priority, quiet, RATE)
    if priority is Priority.LOW and quiet:
        assert samples.size == 0
        return
    start, end = pulses(samples)[0]
    tone = samples[int(start * RATE) : int(end * RATE)]
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), n=RATE))  # 1 Hz a step
    peaks = [
        hertz
        for hertz in range(100, 4001)
        if spectrum[hertz] == spectrum[max(0, hertz - 60) : hertz + 61].max()
        and spectrum[hertz] > 0.05 * spectrum.max()
    ]
    assert 150 <= peaks[0] <= 1000
    assert peaks[0] == pytest.approx(FUNDAMENTAL, abs=5)
    decibels = [20 * np.log10(spectrum[hertz] / spectrum[peaks[0]]) for hertz in peaks[1:]]
    within = [
        hertz
        for hertz, level in zip(peaks[1:], decibels, strict=True)
        if 300 <= hertz <= 4000 and abs(level) <= 15
    ]
    assert len(within) >= 4
    assert all(round(hertz / peaks[0], 1).is_integer() for hertz in within)


@pytest.mark.parametrize("priority", list(Priority))
def test_pulse_rises_over_10_to_40_percent_of_its_length(priority: Priority):
    samples = burst(priority, False, RATE)
    start, end = pulses(samples)[0]
    tone = np.abs(samples[int(start * RATE) : int(end * RATE)])
    envelope = np.maximum.reduceat(tone, np.arange(0, len(tone), 110))  # one period a step
    peak = envelope.max()
    rise = np.argmax(envelope >= 0.9 * peak) - np.argmax(envelope >= 0.1 * peak)
    assert 0.08 <= rise * 110 / RATE / (end - start) <= 0.40


def test_pulses_of_a_burst_are_equally_loud_and_higher_priorities_louder():
    peaks = {}
    for priority in Priority:
        samples = burst(priority, False, RATE)
        levels = [np.abs(samples[int(a * RATE) : int(b * RATE)]).max() for a, b in pulses(samples)]
        assert max(levels) / min(levels) < 10 ** (10 / 20)
        peaks[priority] = max(levels)
    assert peaks[Priority.HIGH] >= peaks[Priority.MEDIUM] >= peaks[Priority.LOW]
    assert peaks[Priority.HIGH] <= 1


def test_quiet_mode_softens_a_medium_and_never_a_high():
    assert np.array_equal(burst(Priority.HIGH, quiet=True), burst(Priority.HIGH, quiet=False))
    soft, usual = burst(Priority.MEDIUM, quiet=True), burst(Priority.MEDIUM)
    assert len(pulses(soft)) == 3
    assert 0.1 < np.abs(soft).max() < 0.5 * np.abs(usual).max()


def test_other_sample_rates_keep_the_pattern():
    samples = burst(Priority.HIGH, sample_rate=22050)
    assert len(samples) / 22050 == pytest.approx(len(burst(Priority.HIGH)) / 48000, abs=0.01)
    assert samples.dtype == np.float32


def test_repeats_as_the_documents_say():
    assert [interval(p) for p in (Priority.HIGH, Priority.MEDIUM, Priority.LOW)] == [4, 8, 20]


@pytest.mark.parametrize(
    ("samples", "seconds", "peak"),
    [
        (burst(Priority.HIGH), 2 * (5 * 0.12 + 3 * 0.08 + 0.28) + 0.5, 0.9),
        (burst(Priority.MEDIUM), 3 * 0.2 + 2 * 0.2, 0.6),
        (burst(Priority.MEDIUM, quiet=True), 3 * 0.2 + 2 * 0.2, 0.25),
        (burst(Priority.LOW), 0.2, 0.45),
        (reminder(), 0.05, 0.15),
    ],
    ids=["high", "medium", "quiet medium", "low", "reminder"],
)
def test_length_and_loudness_of_each_sound(samples: np.ndarray, seconds: float, peak: float):
    assert len(samples) == round(seconds * RATE)
    assert np.abs(samples).max() == pytest.approx(peak, rel=0.02)


@pytest.mark.parametrize(
    ("samples", "seconds", "edge"),
    [
        (burst(Priority.HIGH), 0.12, 0.2),
        (burst(Priority.MEDIUM), 0.2, 0.2),
        (burst(Priority.MEDIUM, quiet=True), 0.2, 0.4),
        (burst(Priority.LOW), 0.2, 0.2),
        (reminder(), 0.05, 0.4),
    ],
    ids=["high", "medium", "quiet medium", "low", "reminder"],
)
def test_half_way_up_its_edge_a_pulse_is_half_as_loud_and_falls_as_it_rose(samples, seconds, edge):
    length = round(seconds * RATE)
    period = RATE // 440 + 1
    loud = np.abs(samples[:length])
    half, near_half = round(edge * length / 2), period // 2
    rising = loud[half - near_half : half + near_half].max()
    falling = loud[length - half - near_half : length - half + near_half].max()
    assert rising / loud.max() == pytest.approx(0.5, abs=0.12)
    assert falling / loud.max() == pytest.approx(0.5, abs=0.12)

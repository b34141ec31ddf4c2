"""Judges every reading before window, alarms and record see it: can this value be true?

Impossible values become invalid and lose their number; implausible ones become questionable and
keep it. Nothing is dropped, and a quality that the decoder gave is never improved. Numbers and
rules: the project's algorithm set (validity gating), after the ranges of bedside monitors.
"""

import math
from collections.abc import Iterator, Sequence

import msgspec

from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

# Lowest and highest possible value, in the vital's unit. Outside: impossible.
RANGES: dict[Vital, tuple[float, float]] = {
    Vital.SPO2: (1, 100),
    Vital.HEART_RATE: (20, 300),
    Vital.PULSE_RATE: (20, 300),
    Vital.SYSTOLIC: (50, 270),
    Vital.DIASTOLIC: (10, 210),
    Vital.MEAN_PRESSURE: (20, 230),
}

# What devices send instead of "no value".
SENTINELS: dict[Vital, frozenset[float]] = {
    Vital.SPO2: frozenset({0, 127, 255, 511, 2047}),
    Vital.HEART_RATE: frozenset({0, 255, 511, 2047}),
    Vital.PULSE_RATE: frozenset({0, 255, 511, 2047}),
    Vital.SYSTOLIC: frozenset({0, 2047}),
    Vital.DIASTOLIC: frozenset({0, 2047}),
    Vital.MEAN_PRESSURE: frozenset({0, 2047}),
}

SPO2_DOUBTED_BELOW = 50.0
SPO2_FALL_PER_SECOND = 4.0
PULSE_JUMP = 30.0
PULSE_JUMP_SECONDS = 2.0
PULSE_PRESSURE = (10.0, 140.0)
# Above this systolic pressure the pulse pressure must be at least a fifth of it.
NARROW_ABOVE, NARROW_SHARE = 160.0, 0.2
# Where the mean pressure lies on the way from diastolic to systolic.
MEAN_SHARE = (0.25, 0.5)
# Device pressures are rounded to a whole mmHg, so the mean may miss its share by that much.
MEAN_ROUNDING = 1.0

_PULSES = frozenset({Vital.HEART_RATE, Vital.PULSE_RATE})
_WORSE = {Quality.GOOD: 0, Quality.QUESTIONABLE: 1, Quality.INVALID: 2}

Judgement = tuple[Quality, str]
_FINE: Judgement = (Quality.GOOD, "")


class Plausibility:
    """Judges readings; its only memory is the last live value of each vital of each source."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, Vital], tuple[float, float]] = {}

    def judge(self, readings: Sequence[Reading]) -> list[Reading]:
        """The readings of one delivery with their final quality: as many, in the same order.

        The pressures of one cuff packet (same source, packet and time) are judged together.
        """
        alone = [_worsened(reading, _by_itself(reading)) for reading in readings]
        for group in _packets(alone):
            verdict = _pair(*(_value(alone, group, v) for v in (*_PAIR, Vital.MEAN_PRESSURE)))
            lost = any(
                alone[i].quality is Quality.INVALID for i in group if alone[i].vital in _PAIR
            )
            if lost:
                # Half a pair is a failed cycle: the other half is shown, marked, and not judged.
                verdict = max(verdict, (Quality.QUESTIONABLE, "pair_incomplete"), key=_rank)
            for i in group:
                alone[i] = _worsened(alone[i], verdict)
            if verdict != _FINE:
                self._doubt_pulse(alone, alone[group[0]])
        return [_worsened(reading, self._by_change(reading, alone)) for reading in alone]

    @staticmethod
    def _doubt_pulse(readings: list[Reading], pressure: Reading) -> None:
        """The pulse of a cuff cycle that failed is doubted with it."""
        for i, reading in enumerate(readings):
            same = (reading.source, reading.packet, reading.at) == (
                pressure.source,
                pressure.packet,
                pressure.at,
            )
            if same and reading.vital in _PULSES:
                readings[i] = _worsened(reading, (Quality.QUESTIONABLE, "cuff_failed"))

    def _by_change(self, reading: Reading, others: Sequence[Reading]) -> Judgement:
        """SpO2 that falls too fast to be true; pulse that jumps while the signal is poor."""
        if reading.value is None or reading.origin is not Origin.LIVE:
            return _FINE
        key = (reading.source, reading.vital)
        before = self._last.get(key)
        self._last[key] = (reading.value, reading.at)
        if before is None:
            return _FINE
        # Oximeters round to a whole percent, so less than a second says nothing about the speed.
        seconds = max(reading.at - before[1], 1.0)
        change = reading.value - before[0]
        if reading.vital is Vital.SPO2 and -change > SPO2_FALL_PER_SECOND * seconds:
            return Quality.QUESTIONABLE, "fast_fall"
        jumped = (
            reading.vital in _PULSES and abs(change) > PULSE_JUMP and seconds <= PULSE_JUMP_SECONDS
        )
        if jumped and any(
            other.quality is not Quality.GOOD and other.source == reading.source for other in others
        ):
            return Quality.QUESTIONABLE, "pulse_jump"
        return _FINE


_PAIR = (Vital.SYSTOLIC, Vital.DIASTOLIC)


def _by_itself(reading: Reading) -> Judgement:
    """Sentinel and range of one value."""
    value, vital = reading.value, reading.vital
    if value is None or not math.isfinite(value):
        return Quality.INVALID, "no_value"
    if value in SENTINELS.get(vital, ()):
        return Quality.INVALID, "sentinel"
    low, high = RANGES.get(vital, (-math.inf, math.inf))
    if not low <= value <= high:
        return Quality.INVALID, "out_of_range"
    if vital is Vital.SPO2 and value < SPO2_DOUBTED_BELOW:
        return Quality.QUESTIONABLE, "spo2_below_50"
    return _FINE


def _pair(systolic: float | None, diastolic: float | None, mean: float | None) -> Judgement:
    """Whether the pressures of one cuff cycle fit together."""
    if systolic is None or diastolic is None:
        return _FINE
    width = systolic - diastolic
    if width <= 0:
        return Quality.INVALID, "diastolic_not_below_systolic"
    if not PULSE_PRESSURE[0] <= width <= PULSE_PRESSURE[1]:
        return Quality.QUESTIONABLE, "pulse_pressure"
    if systolic > NARROW_ABOVE and width < NARROW_SHARE * systolic:
        return Quality.QUESTIONABLE, "pulse_pressure"
    if mean is not None:
        lowest = diastolic + MEAN_SHARE[0] * width - MEAN_ROUNDING
        highest = diastolic + MEAN_SHARE[1] * width + MEAN_ROUNDING
        if not lowest <= mean <= highest:
            return Quality.QUESTIONABLE, "mean_pressure"
    return _FINE


def _packets(readings: Sequence[Reading]) -> Iterator[list[int]]:
    """The places of the pressures of each packet."""
    packets: dict[tuple[str, int, float], list[int]] = {}
    for i, reading in enumerate(readings):
        if reading.vital in PRESSURES:
            packets.setdefault((reading.source, reading.packet, reading.at), []).append(i)
    yield from packets.values()


def _value(readings: Sequence[Reading], places: list[int], vital: Vital) -> float | None:
    return next((readings[i].value for i in places if readings[i].vital is vital), None)


def _rank(judgement: Judgement) -> int:
    return _WORSE[judgement[0]]


def _worsened(reading: Reading, judgement: Judgement) -> Reading:
    """The reading with this quality, unless it has the same or a worse one already."""
    quality, reason = judgement
    if reading.quality is Quality.INVALID:
        return reading if reading.value is None else msgspec.structs.replace(reading, value=None)
    if _WORSE[quality] <= _WORSE[reading.quality]:
        return reading
    value = None if quality is Quality.INVALID else reading.value
    return msgspec.structs.replace(reading, value=value, quality=quality, reason=reason)

"""The heartbeat and the shape of its pulse wave, as functions of time alone."""

import math
from collections.abc import Iterator

from devices.virtual.patient import VirtualPatient

_STEPS = 256


def _wave(phase: float) -> float:
    """The pulse wave over one beat: a steep systolic peak, a notch, a lower diastolic wave."""
    height = 0.0
    for centre, width, size in ((0.16, 0.075, 1.0), (0.31, 0.10, 0.45), (0.53, 0.10, 0.38)):
        for around in (-1, 0, 1):
            height += size * math.exp(-(((phase - centre - around) / width) ** 2) / 2)
    return height


def _table() -> tuple[float, ...]:
    heights = [_wave(step / _STEPS) for step in range(_STEPS)]
    low, high = min(heights), max(heights)
    return tuple((height - low) / (high - low) for height in heights)


WAVE = _table()
"""One beat in 256 steps, from 0 to 1."""


class Heart:
    """Counts the beats: ``phase`` grows by one with each and never jumps.

    The truth is asked once for each whole second, so the step size does not matter.
    """

    def __init__(self, patient: VirtualPatient) -> None:
        self._patient = patient
        self._phases = [0.0]

    def phase(self, second: int) -> float:
        """Beats since session time 0 at a whole second; 2.5 is the middle of the third beat."""
        while len(self._phases) <= second:
            now = len(self._phases) - 1
            self._phases.append(self._phases[-1] + self._patient.at(now).pulse / 60)
        return self._phases[second]

    def samples(self, second: int, first: int, count: int, rate: int) -> list[float]:
        """The phases of ``count`` samples from number ``first`` of a second of ``rate`` samples."""
        start, end = self.phase(second), self.phase(second + 1)
        step = (end - start) / rate
        return [start + number * step for number in range(first, first + count)]

    def beats(self, second: int) -> Iterator[float]:
        """The session times of the beats that fall into a whole second."""
        start, end = self.phase(second), self.phase(second + 1)
        for beat in range(math.floor(start) + 1, math.floor(end) + 1):
            yield second + (beat - start) / (end - start)

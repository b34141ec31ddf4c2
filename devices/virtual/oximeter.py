"""What a finger oximeter shows: the truth with its noise, and what the sensor goes through."""

import math
from collections.abc import Callable

from msgspec import Struct

from devices.virtual import chance
from devices.virtual.device import Faults, VirtualDevice, within
from devices.virtual.patient import VirtualPatient
from devices.virtual.pleth import WAVE, Heart

_KNOT = 6  # seconds over which an oximeter's own averaging holds its error
_SPO2_NOISE, _PULSE_NOISE = 0.5, 2.0
# Pulse is lost shortly after a cuff on the same arm begins and comes back a little after it ends.
_LOST_AFTER, _BACK_AFTER = 3.0, 6.0


class Shown(Struct, frozen=True):
    """What the display shows during one second; None is "no value".

    ``signal`` runs from 0 to 1 and is the height of the pulse wave as well.
    """

    spo2: int | None
    pulse: int | None
    perfusion: float | None
    signal: float
    on_finger: bool
    searching: bool
    moving: bool
    frozen: bool
    error: bool = False


Inflated = Callable[[float, float, float], bool]
"""Whether a cuff on this arm was inflating: now, seconds after its start, seconds after its end."""


class VirtualOximeter(VirtualDevice):
    """The part that all virtual oximeters share: what is shown in a second."""

    cuff_on_arm: Inflated | None = None

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "right_finger",
        faults: Faults | None = None,
        start_at: float = 0.0,
    ) -> None:
        super().__init__(patient, source=source, site=site, faults=faults, start_at=start_at)
        self.heart = Heart(patient)
        self._second = -1

    def down_windows(self) -> list[tuple[float, float]]:
        """The scenario's link losses concern the oximeter."""
        return self.patient.windows("link_loss")

    def shown(self, second: int) -> Shown:
        """What is shown in a whole second of session time."""
        if second != self._second:
            self._second, self._shown = second, self._show(second)
        return self._shown

    def _show(self, second: int) -> Shown:
        patient, seed = self.patient, self.patient.seed
        hang = patient.window("frozen", second)
        moment = second
        if hang and patient.dosed_at is not None:
            moment = math.floor(patient.dosed_at + hang.start)
        truth = patient.at(moment)
        off = patient.active("dropout", moment) is not None
        error = within(self.faults.errors, moment)
        lost = off or error or within(self.faults.sentinel, moment)
        if self.cuff_on_arm is not None:
            lost = lost or self.cuff_on_arm(moment, _LOST_AFTER, _BACK_AFTER)
        dip = artefact(patient, moment)
        spo2 = truth.spo2 - dip + _SPO2_NOISE * self._error(seed, "spo2", moment)
        pulse = truth.pulse + _PULSE_NOISE * self._error(seed, "pulse", moment) + dip
        return Shown(
            spo2=None if lost else max(1, min(100, round(spo2))),
            pulse=None if lost else max(20, min(250, round(pulse))),
            perfusion=None if lost or dip else truth.perfusion,
            signal=0.0 if lost else 0.3 if dip else 1.0,
            on_finger=not off,
            searching=lost and not off,
            moving=dip > 0,
            frozen=hang is not None,
            error=error,
        )

    def _error(self, seed: int, vital: str, second: int) -> float:
        """A slowly moving standard normal error of this device."""
        knot, share = divmod(second / _KNOT, 1)
        name = f"{self.protocol} {vital}"
        here = chance.gauss(seed, name, int(knot))
        return here + (chance.gauss(seed, name, int(knot) + 1) - here) * share

    def beats(self, second: int, first: int, count: int, rate: int) -> list[bool]:
        """Whether a beat begins with each of some samples of a second."""
        shown = self.shown(second)
        if shown.frozen or shown.pulse is None:
            return [False] * count
        phases = self.heart.samples(second, first - 1, count + 1, rate)
        return [int(phases[n + 1]) > int(phases[n]) for n in range(count)]

    def heights(self, second: int, first: int, count: int, rate: int) -> list[float]:
        """Heights of the pulse wave, 0 to 1, for some samples of a second."""
        shown = self.shown(second)
        if shown.frozen:
            return [0.45] * count
        size = shown.signal * min(1.0, 0.55 + 0.1 * (shown.perfusion or 1.0))
        phases = self.heart.samples(second, first, count, rate)
        rest = 0.08
        if not shown.moving:
            return [rest + 0.9 * size * WAVE[int(phase * 256) & 255] for phase in phases]
        seed, zero = self.patient.seed, second * rate + first
        return [
            rest + 0.5 * WAVE[int(phase * 256) & 255] * size
            + 0.4 * chance.uniform(seed, "shake", zero + place)
            for place, phase in enumerate(phases)
        ]  # fmt: skip


def artefact(patient: VirtualPatient, second: int) -> float:
    """By how much (%) motion makes SpO2 read too low in this second; 0 while the hand is still.

    Bursts of 2 to 8 s, as seen in real finger-oximeter recordings.
    """
    if not patient.active("motion", second):
        return 0.0
    slot, place = divmod(second, 20)
    length = 2 + 6 * chance.uniform(patient.seed, "burst", slot)
    depth = 5 + 7 * chance.uniform(patient.seed, "depth", slot)
    # SpO2 leaves and returns over a second or two, as an average does.
    return depth * min(1.0, (place + 1) / 2) if place < length else 0.0

"""A virtual Nonin on its serial data formats 2 and 7 (Nonin 9560 data-format description)."""

from devices.virtual.device import Faults
from devices.virtual.encode import nonin_frame
from devices.virtual.oximeter import Shown, VirtualOximeter
from devices.virtual.patient import VirtualPatient
from kapmonitor.vitals import Vital

FRAMES_PER_SECOND, FRAMES_PER_PACKET, FRAMES_PER_CHUNK = 75, 25, 5
HOLD = 10  # seconds for which the display values stay after the finger left

_NO_RATE, _NO_SPO2 = 511, 127
_STREAMING, _ARTEFACT, _OUT_OF_TRACK, _ALARM = 0x80, 0x20, 0x10, 0x08
_RED, _GREEN, _SYNC = 0x04, 0x02, 0x01


class VirtualNonin(VirtualOximeter):
    """Streams from the start, as a wired unit does; ``data_format`` is 2 or 7."""

    protocol = "nonin-serial"
    label = "Nonin Xpod"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PLETH)
    chunks_per_second = FRAMES_PER_SECOND // FRAMES_PER_CHUNK
    frame_size = 5

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "right_finger",
        faults: Faults | None = None,
        start_at: float = 0.0,
        data_format: int = 2,
    ) -> None:
        super().__init__(patient, source=source, site=site, faults=faults, start_at=start_at)
        if data_format not in (2, 7):
            raise ValueError(f"data format {data_format} is not one of 2, 7")
        self._wide = data_format == 7
        self._held_at = -1
        self.channel = f"df{data_format}"

    def chunk(self, number: int) -> bytes:
        """Five frames, a fifth of a packet."""
        second, place = divmod(number, self.chunks_per_second)
        first = place * FRAMES_PER_CHUNK
        shown = self.shown(second)
        slots = self._slots(second, first // FRAMES_PER_PACKET, shown)
        status = _status(shown)
        full = 65535 if self._wide else 254
        frames = []
        heights = self.heights(second, first, FRAMES_PER_CHUNK, FRAMES_PER_SECOND)
        for height, place in zip(heights, range(first, first + FRAMES_PER_CHUNK), strict=True):
            slot = place % FRAMES_PER_PACKET + 1
            sync = _SYNC if slot == 1 else 0
            frames.append(
                nonin_frame(status | sync, int(height * full), slots.get(slot, 0), self._wide)
            )
        return b"".join(frames)

    def _slots(self, second: int, packet: int, shown: Shown) -> dict[int, int]:
        """The values of a packet's 25 slots, counted from 1; the others are reserved."""
        held = self._held(second, shown)
        rate = _NO_RATE if shown.pulse is None else shown.pulse
        spo2 = _NO_SPO2 if shown.spo2 is None else shown.spo2
        held_rate = _NO_RATE if held.pulse is None else held.pulse
        held_spo2 = _NO_SPO2 if held.spo2 is None else held.spo2
        timer = (second * 3 + packet) & 0x3FFF
        slots = {3: spo2, 4: 0x30, 6: timer >> 7, 7: timer & 0x7F, 9: held_spo2}
        slots |= {10: spo2, 11: spo2, 16: spo2, 17: held_spo2}
        for high, value in ((1, rate), (14, rate), (20, held_rate), (22, held_rate)):
            slots |= {high: value >> 7, high + 1: value & 0x7F}
        return slots

    def _held(self, second: int, shown: Shown) -> Shown:
        """What the display still shows: the last numbers, for ten seconds."""
        if self._held_at != second:
            self._held_at, self._last = second, shown
            for back in range(1, min(HOLD, second) + 1):
                if self._last.spo2 is not None:
                    break
                self._last = self._show(second - back)
        return self._last


def _status(shown: Shown) -> int:
    status = _STREAMING
    if shown.spo2 is None:
        return status | _OUT_OF_TRACK | (0 if shown.on_finger else _ALARM)
    if shown.moving:
        return status | _ARTEFACT | _RED
    return status | _GREEN

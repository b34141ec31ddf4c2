"""A virtual Contec CMS50 on its serial protocol: 9-byte frames, 60 a second.

Source: Contec communication document V7.0 (public copies).
"""

from devices.virtual.device import Faults
from devices.virtual.encode import contec_frame
from devices.virtual.oximeter import Shown, VirtualOximeter
from devices.virtual.patient import VirtualPatient
from kapmonitor.vitals import Vital

FRAMES_PER_SECOND, FRAMES_PER_CHUNK = 60, 6
KEEP_ALIVE = 5.0  # seconds without a word from the host after which the unit stops

_HOST_HEAD = b"\x7d\x81"
_START, _STOP, _STAY = 0xA1, 0xA2, 0xAF
_BEEP = 0x40

# Bytes 3 and 4 of a frame by the height of the wave: without and with "no perfusion index".
_WAVE_AND_BAR = tuple(
    [bytes((0x80 | wave, 0x80 | no_index | wave * 15 // 127)) for wave in range(128)]
    for no_index in (0x00, 0x10)
)


class VirtualContec(VirtualOximeter):
    """Streams from the start; with ``strict_keepalive`` only when asked, as the real unit does."""

    protocol = "contec-cms50-serial"
    label = "Contec CMS50"
    channel = "v7"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.PLETH)
    chunks_per_second = FRAMES_PER_SECOND // FRAMES_PER_CHUNK
    frame_size = 9

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "right_finger",
        faults: Faults | None = None,
        start_at: float = 0.0,
        strict_keepalive: bool = False,
    ) -> None:
        super().__init__(patient, source=source, site=site, faults=faults, start_at=start_at)
        self._streams_until = start_at if strict_keepalive else float("inf")
        self._strict = strict_keepalive
        self._host = b""
        self._made: tuple[Shown, bytes] | None = None

    def write(self, data: bytes, now: float) -> None:
        """Take bytes from the host: start, stop, keep-alive; anything else is ignored."""
        self._host += data
        while (place := self._host.find(_HOST_HEAD)) >= 0 and len(self._host) >= place + 9:
            command = self._host[place + 2]
            self._host = self._host[place + 9 :]
            if command == _STOP:
                self._streams_until = now
            elif command == _START or (command == _STAY and now < self._streams_until):
                self._streams_until = now + KEEP_ALIVE if self._strict else float("inf")

    def chunk(self, number: int) -> bytes:
        """Six frames, a tenth of a second."""
        if number / self.chunks_per_second >= self._streams_until:
            return b""
        second, place = divmod(number, self.chunks_per_second)
        shown = self.shown(second)
        frame = self._frame(shown)
        head, tail = frame[:3], frame[5:]
        middle = _WAVE_AND_BAR[shown.perfusion is None]
        if not shown.on_finger:
            return (head + middle[40] + tail) * FRAMES_PER_CHUNK  # the wave is parked at 40
        first = place * FRAMES_PER_CHUNK
        heights = self.heights(second, first, FRAMES_PER_CHUNK, FRAMES_PER_SECOND)
        heads = [head] * FRAMES_PER_CHUNK
        if not shown.frozen and shown.pulse is not None:
            phases = self.heart.samples(second, first - 1, FRAMES_PER_CHUNK + 1, FRAMES_PER_SECOND)
            for index in range(FRAMES_PER_CHUNK):
                if int(phases[index + 1]) > int(phases[index]):
                    heads[index] = head[:2] + bytes((head[2] | _BEEP,))
        return b"".join(
            start + middle[int(height * 127)] + tail
            for start, height in zip(heads, heights, strict=True)
        )

    def _frame(self, shown: Shown) -> bytes:
        """The frame of this second; wave and bar are put in for each sample."""
        if self._made is None or self._made[0] is not shown:
            self._made = (shown, _frame(shown))
        return self._made[1]


def _frame(shown: Shown) -> bytes:
    """A frame as the V7.0 document lays it out, with an empty wave and bar."""
    index = 0xFFFF if shown.perfusion is None else round(shown.perfusion * 100)
    payload = (
        round(shown.signal * 8) | (not shown.on_finger) << 7,
        shown.searching << 7,
        (shown.perfusion is None) << 4,
        0xFF if shown.pulse is None else shown.pulse,
        0x7F if shown.spo2 is None else shown.spo2,
        index & 0xFF,
        index >> 8,
    )
    return contec_frame(bytes(payload))

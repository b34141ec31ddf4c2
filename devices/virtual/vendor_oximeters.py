"""Virtual oximeters of four makers over Bluetooth, in their real bytes.

Sources: those of the decoders, `devices.decoders.pc60fw_creative`, `.contec_eb`, `.viatom_o2ring`
and `.berry_bci`.
"""

from devices.decoders.checks import crc8_maxim
from devices.decoders.contec_eb import KEEP_ALIVE, PLETH_ON, STREAM_OFF, VALUES_ON
from devices.decoders.lepu import REPLY, lepu_frame
from devices.decoders.viatom_o2ring import GET_PARAMS
from devices.transports import Chunk
from devices.virtual.device import within
from devices.virtual.oximeter import Shown, VirtualOximeter
from kapmonitor.vitals import Vital


class VirtualPc60(VirtualOximeter):
    """A PC-60FW: values once a second, ten frames of five pleth samples, the battery now and then.

    Its memory are frames of other meaning: information and serial number.
    """

    protocol = "pc60fw-creative"
    label = "PC-60FW"
    channel = "stream"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.PLETH)
    chunks_per_second = 10
    checked = True

    def chunk(self, number: int) -> bytes:
        """A frame of pleth, and at the beginning of a second the values."""
        second, place = divmod(number, self.chunks_per_second)
        shown = self.shown(second)
        heights = self.heights(second, 5 * place, 5, 50)
        beats = self.beats(second, 5 * place, 5, 50)
        samples = bytes(
            int(height * 127) | (0x80 if beat else 0)
            for height, beat in zip(heights, beats, strict=True)
        )
        frames = _creative(0x0F, 0x02, samples)
        if place == 0:
            status = 0 if shown.on_finger else 0x01
            status |= 0x02 if shown.searching or shown.error else 0
            pulse = shown.pulse or 0
            index = min(255, round(10 * (shown.perfusion or 0.0)))
            values = (shown.spo2 or 0, pulse & 0xFF, pulse >> 8, index, status, 3 << 6)
            frames = _creative(0x0F, 0x01, bytes(values)) + frames
        return frames

    def frames_of(self, data: bytes) -> list[bytes]:
        """By the length that each frame says."""
        frames = []
        while data:
            size = data[3] + 4
            frames.append(data[:size])
            data = data[size:]
        return frames

    def memory(self, number: int, at: float) -> bytes:
        """An answer with text, such as the serial number."""
        return _creative(0xF0, 0x02, f"SN{number:08d}".encode())


def _creative(token: int, kind: int, data: bytes) -> bytes:
    frame = bytes((0xAA, 0x55, token, len(data) + 2, kind)) + data
    return frame + bytes((crc8_maxim(frame),))


class VirtualEb(VirtualOximeter):
    """A CMS50D-BT; with ``strict`` it streams only when asked and for 5 s after each word."""

    protocol = "contec-eb"
    label = "CMS50D-BT"
    channel = "message"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX, Vital.PLETH)
    chunks_per_second = 10
    checked = True
    strict = False
    STAYS = 5.0

    _streams_until = 0.0

    def write(self, data: bytes, now: float) -> None:
        """Start, stop and keep-alive; a greeting changes nothing."""
        if data in (PLETH_ON, VALUES_ON) or (data == KEEP_ALIVE and now < self._streams_until):
            self._streams_until = now + self.STAYS
        elif data == STREAM_OFF:
            self._streams_until = now

    def chunk(self, number: int) -> bytes:
        """Six messages of pleth, and at the beginning of a second the values."""
        if self.strict and number / self.chunks_per_second >= self._streams_until:
            return b""
        second, place = divmod(number, self.chunks_per_second)
        shown = self.shown(second)
        flags = 0 if shown.on_finger else 6
        made = b"".join(
            _eb(0x00, 0x03, int(height * 127), flags << 4 | int(height * 15))
            for height in self.heights(second, 6 * place, 6, 60)
        )
        return made + self._values(shown) if place == 0 else made

    def _values(self, shown: Shown) -> bytes:
        pulse, index = shown.pulse or 0, shown.perfusion
        hundredths = 0x7F if index is None else round(100 * index)
        high = 0 if index is None else hundredths >> 7
        status = 0x04 | (0x02 if pulse > 127 else 0)
        spo2 = 127 if shown.spo2 is None else shown.spo2
        return _eb(0x01, status, pulse & 0x7F, spo2, hundredths & 0x7F, high)

    def frames_of(self, data: bytes) -> list[bytes]:
        """By their kind."""
        frames = []
        while data:
            size = 6 if data[1] == 0x00 else 8
            frames.append(data[:size])
            data = data[size:]
        return frames


def _eb(*data: int) -> bytes:
    message = bytes((0xEB, *data))
    return message + bytes((sum(message) & 0x7F,))


class VirtualRing(VirtualOximeter):
    """An O2Ring of the older kind; with ``strict`` it answers, and says nothing unasked."""

    protocol = "viatom-o2ring"
    label = "O2Ring"
    channel = "frame"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)
    checked = True
    strict = False
    ANSWERS_IN = 0.05

    _heard = b""
    _answers: tuple[float, ...] = ()

    def write(self, data: bytes, now: float) -> None:
        """Each request for the values is answered a moment later."""
        self._heard = (self._heard + data)[-64:]
        while (place := self._heard.find(GET_PARAMS)) >= 0:
            self._heard = self._heard[place + len(GET_PARAMS) :]
            self._answers = (*self._answers, now + self.ANSWERS_IN)

    def bytes_until(self, now: float) -> list[Chunk]:
        """The answers that are due; without ``strict`` one a second, as if it were asked."""
        if not self.strict:
            return super().bytes_until(now)
        due = [at for at in self._answers if at <= now and not within(self.faults.silence, at)]
        self._answers = tuple(at for at in self._answers if at > now)
        return [Chunk(at, self.chunk(int(at)), self.channel) for at in due]

    def chunk(self, number: int) -> bytes:
        """The reply to a request for the values."""
        shown = self.shown(number)
        pulse = 65535 if shown.pulse is None else shown.pulse
        index = min(255, round(10 * (shown.perfusion or 0.0)))
        data = bytes((255 if shown.spo2 is None else shown.spo2, pulse & 0xFF, pulse >> 8))
        data += bytes(4) + bytes((80, 0, 3 if shown.moving else 0, index, shown.on_finger, 0))
        return lepu_frame(REPLY, 0x00, data)

    def memory(self, number: int, at: float) -> bytes:
        """A piece of a stored night."""
        return lepu_frame(REPLY, 0x00, bytes((97, 60, 0, 0, 0)) * 8)


class VirtualBerry(VirtualOximeter):
    """A BM1000: 100 packets of five bytes a second, without a check."""

    protocol = "berry-bci"
    label = "BerryMed BM1000"
    channel = "notification"
    measures = (Vital.SPO2, Vital.PULSE_RATE, Vital.PLETH)
    chunks_per_second = 10
    frame_size = 5

    def chunk(self, number: int) -> bytes:
        """Ten packets, a tenth of a second."""
        second, place = divmod(number, self.chunks_per_second)
        shown = self.shown(second)
        lost = shown.spo2 is None
        pulse = 255 if shown.pulse is None else shown.pulse
        flags = 0x80 | (0x10 if lost else 0x08)
        bar = 0x40 if pulse & 0x80 else 0
        bar |= 0x10 if not shown.on_finger else 0x20 if lost else 0
        spo2 = 127 if shown.spo2 is None else shown.spo2
        heights = self.heights(second, 10 * place, 10, 100)
        beats = self.beats(second, 10 * place, 10, 100)
        return b"".join(
            bytes((flags | (0x40 if beat else 0), 0 if lost else 1 + int(height * 99),
                   bar | int(height * 15), pulse & 0x7F, spo2))
            for height, beat in zip(heights, beats, strict=True)
        )  # fmt: skip

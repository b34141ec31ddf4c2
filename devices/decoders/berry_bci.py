"""BerryMed BM1000 oximeters: 5-byte "BCI" packets, and the 20-byte packets of newer units.

Sources: zh2x/BCI_Protocol (the maker's paper) and four public decoders; V1.5 from two public
decoders. No recording of real bytes was found. The 5-byte packet looks like that of an older
Contec, but bits 4 and 5 of its bytes mean other things, so the two share no table.
"""

from devices.decoders.base import Decoder, judged
from devices.decoders.counter import Counter
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Noise, TopBitFrames, WholeFrames
from devices.decoders.repeated import Repeated
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 100
_FULL_SCALE = 100

_NO_SIGNAL, _UNPLUGGED, _BEAT = 0x10, 0x20, 0x40
_NO_FINGER, _SEARCHING, _PULSE_TOP = 0x10, 0x20, 0x40
_NO_SPO2, _NO_PULSE = 127, 255


class BciDecoder(FramedDecoder):
    """The 5-byte packets, 100 a second. Only their first byte has bit 7 set; there is no check."""

    def __init__(self) -> None:
        super().__init__(TopBitFrames(5))
        self._repeated = Repeated(SAMPLE_INTERVAL, _FULL_SCALE, Vital.SPO2, Vital.PULSE_RATE)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        flags, pleth, bar, pulse, spo2 = frame
        key = (flags & ~_BEAT, bar & 0xF0, pulse, spo2)
        if key != self._repeated.key:
            self._learn(key, frame)
        # 0 is no sample, and none is above 100.
        self._repeated.tell(pleth if 0 < pleth <= _FULL_SCALE else None, at, self._packets, out)

    def _learn(self, key: object, frame: bytes) -> None:
        flags, _, bar, low, spo2 = frame
        pulse = low | (bar & _PULSE_TOP) << 1
        off = flags & _UNPLUGGED or bar & _NO_FINGER
        searching = flags & _NO_SIGNAL or bar & _SEARCHING
        status: dict[str, Detail] = {
            "strength": flags & 0x0F,
            "no_signal": bool(flags & _NO_SIGNAL),
            "probe_unplugged": bool(flags & _UNPLUGGED),
            "beat": bool(flags & _BEAT),
            "bar": bar & 0x0F,
            "no_finger": bool(bar & _NO_FINGER),
            "searching": bool(bar & _SEARCHING),
        }
        values = (None if spo2 == _NO_SPO2 else spo2, None if pulse == _NO_PULSE else pulse)
        fault = "sensor_off" if off else "searching" if searching else ""
        self._repeated.learn(key, values, fault, status)


_V15_HEAD, _V15_SIZE = b"\xff\xaa", 20
_SENSOR_OFF, _V15_NO_FINGER, _NO_PULSE_FOUND, _V15_BEAT = 0x01, 0x02, 0x04, 0x08
_VERSIONS = {0x53: "software", 0x48: "hardware"}


NO_SUM = "berry_no_sum"
"""The quirk of a unit whose V1.5 packets end in another number than the sum: one was reported."""


def _good_v15(buffer: bytes, start: int) -> bool:
    if not buffer.startswith(_V15_HEAD, start):
        return False
    return sum(buffer[start : start + 19]) & 0xFF == buffer[start + 19]


def _headed_v15(buffer: bytes, start: int) -> bool:
    """Without the sum only the two first bytes tell, and the SpO2, which is below 128."""
    return buffer.startswith(_V15_HEAD, start) and buffer[start + 4] <= _NO_SPO2


class V15Decoder(FramedDecoder):
    """The 20-byte packets of newer units ("protocol V1.5"), with a sum at their end.

    Sensor off, no finger and no pulse hide all numbers, also where some are sent. The averages are
    taken and not the instant values. A packet with a wrong sum is refused, unless the clinic's
    catalogue says (``quirk``) that this unit has none.
    """

    def __init__(self, quirk: str = "") -> None:
        good = _headed_v15 if quirk == NO_SUM else _good_v15
        super().__init__(WholeFrames(_V15_SIZE, good), _V15_SIZE)
        self._told: dict[str, Detail] = {}
        self._percent: int | None = None
        self._index = Counter()

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        text = frame[3:19].rstrip(b"\0")
        if frame[2] in _VERSIONS and len(text) > 1 and text.isascii() and _printable(text):
            detail: dict[str, Detail] = {"reply": _VERSIONS[frame[2]], "text": text.decode("ascii")}
            out.append(Notice("reply", at, detail, self._packets))
            return
        self._index.look(frame[2], at, self._packets, out)
        status, spo2, pulse, index, sample = frame[3], frame[4], frame[6], frame[10], frame[12]
        off = status & (_SENSOR_OFF | _V15_NO_FINGER)
        fault = "sensor_off" if off else "no_pulse" if status & _NO_PULSE_FOUND else ""
        values = (
            (Vital.SPO2, None if spo2 == _NO_SPO2 else spo2),
            (Vital.PULSE_RATE, None if pulse == _NO_PULSE else pulse),
            (Vital.PERFUSION_INDEX, index / 10),
        )
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]
        self._beat(frame, fault, at, out)
        rate = frame[18]
        seen = sample if not fault and 0 < sample <= _FULL_SCALE else None
        if rate:
            out.append(PlethRun(at, 1 / rate, (seen,), _FULL_SCALE, self._packets))
        self._status(frame, at, out)

    def _beat(self, frame: bytes, fault: str, at: float, out: list[Decoded]) -> None:
        """The time since the last beat, in steps of 5 ms, told where a beat is marked."""
        steps = frame[8] | frame[9] << 8
        if steps and not fault and frame[3] & _V15_BEAT:
            out.append(judged(Vital.RR_INTERVAL, steps * 0.005, at, self._packets))

    def _status(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        status = frame[3]
        detail: dict[str, Detail] = {
            "sensor_off": bool(status & _SENSOR_OFF),
            "no_finger": bool(status & _V15_NO_FINGER),
            "no_pulse": bool(status & _NO_PULSE_FOUND),
            "packet_rate": frame[18],
        }
        if detail != self._told:
            self._told = detail
            now: dict[str, Detail] = {"index": frame[2], "beat": bool(status & _V15_BEAT)}
            out.append(Notice("status", at, detail | now, self._packets))
        percent = frame[17] & 0x7F
        if percent <= 100 and percent != self._percent:
            self._percent = percent
            out.append(Notice("battery", at, {"percent": percent}, self._packets))


def _printable(text: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in text)


class BerryDecoder:
    """Finds out which of the two a unit sends, and decodes that from then on.

    Twenty bytes tell: either a packet of V1.5 with its right sum, or four 5-byte packets in a row.
    No stretch of one form can be the other, for FF AA cannot stand in four 5-byte packets. What
    came before the first such stretch is noise: a guess would invent values.
    """

    def __init__(self, quirk: str = "") -> None:
        self._quirk = quirk
        self._buffer = b""
        self._noise = Noise()
        self._chosen: Decoder | None = None

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        if self._chosen is not None:
            return self._chosen.feed(data, at)
        out: list[Decoded] = []
        buffer, start = self._buffer + data, 0
        while len(buffer) - start >= _V15_SIZE:
            self._chosen = _decoder_for(buffer, start, self._quirk)
            if self._chosen is not None:
                self._buffer = b""
                self._noise.end(at, out)
                return out + self._chosen.feed(buffer[start:], at)
            self._noise.add(buffer[start : start + 1], at, out)
            start += 1
        self._buffer = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        if self._chosen is not None:
            return self._chosen.finish(at)
        out: list[Decoded] = []
        self._noise.add(self._buffer, at, out)
        self._buffer = b""
        self._noise.end(at, out)
        return out


def _decoder_for(buffer: bytes, start: int, quirk: str) -> Decoder | None:
    if quirk == NO_SUM and buffer.startswith(_V15_HEAD, start):
        return V15Decoder(quirk)
    if _good_v15(buffer, start):
        return V15Decoder()
    stretch = buffer[start : start + _V15_SIZE]
    if all(byte >= 0x80 for byte in stretch[::5]) and all(
        stretch[place : place + 4].isascii() for place in range(1, _V15_SIZE, 5)
    ):
        return BciDecoder()
    return None

"""Viatom and Wellue O2Ring, Checkme O2, SleepU: the older protocol, in which the ring is polled.

Sources: MackeyStingray/o2r, ecostech/viatom-ble, home-health-hub/viatom-o2ring-ble,
viatom-dev/VTO2Lib. Of the newer one (O2Ring-S, "OxyII") only requests are read, from recordings;
it is from one source (nglessner/o2ring-s-protocol).
"""

from devices.decoders.base import judged
from devices.decoders.checks import crc8
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Size, SizedFrames
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 125
_FULL_SCALE = 255

_REQUEST, _REPLY, _OXYII = 0xAA, 0x55, 0xA5
_HEAD, _AROUND = 7, 8
_LONGEST = 12 + 255  # the reply with the most samples
_PARAMS_SIZE, _WAVE_HEAD = 13, 12
_WORN = 0x01
_GLITCHES = (156, 246)
_NO_SPO2, _NO_PULSE = 255, 65535

_REQUESTS = {
    0x03: "file_open",
    0x04: "file_read",
    0x05: "file_close",
    0x14: "get_info",
    0x16: "set_config",
    0x17: "get_params",
    0x1B: "get_wave",
}
_OXYII_REQUESTS = {0x04: "oxyii_get_live", 0xC0: "oxyii_set_time", 0xE1: "oxyii_get_info"}


def _sized(*leads: int) -> Size:
    """The size of frames with an operation, its complement, two bytes more, and a length."""

    def size(buffer: bytes, start: int) -> int | None:
        if buffer[start] not in leads:
            return 0
        head = buffer[start : start + _HEAD]
        if len(head) > 2 and head[1] ^ head[2] != 0xFF:
            return 0
        if len(head) < _HEAD:
            return None
        length = head[5] | head[6] << 8
        return _AROUND + length if length <= _LONGEST else 0

    return size


def _good(frame: bytes) -> bool:
    return crc8(frame[:-1]) == frame[-1]


class RingDecoder(FramedDecoder):
    """Replies of the ring, and the requests to it where a recording has both.

    A reply does not say what it answers: 13 bytes are the values, and what has as many samples as
    it says is the values with the wave. Without a finger there is no number, whatever is sent.
    """

    def __init__(self) -> None:
        super().__init__(SizedFrames(_sized(_REQUEST, _REPLY), _good), _AROUND)
        self._told: dict[str, dict[str, Detail]] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        data = frame[_HEAD:-1]
        if frame[0] == _REQUEST:
            name = _REQUESTS.get(frame[1], "other")
            out.append(Notice("command", at, {"command": name}, self._packets))
        elif frame[1] != 0:
            detail: dict[str, Detail] = {"reply": "refused", "code": frame[1]}
            out.append(Notice("reply", at, detail, self._packets))
        elif len(data) == _PARAMS_SIZE:
            self._params(data, at, out)
        elif len(data) > _WAVE_HEAD and len(data) == _WAVE_HEAD + data[10]:
            self._wave(data, at, out)
        else:
            out.append(Notice("reply", at, {"reply": "other"}, self._packets))

    def _params(self, data: bytes, at: float, out: list[Decoded]) -> None:
        """The reply to 17: the values of now."""
        self._values(data, data[10], data[11], at, out)
        detail: dict[str, Detail] = {
            "steps": int.from_bytes(data[3:7], "little"),
            "charging": data[8],
            "motion": data[9],
            "state": data[11],
        }
        self._tell("status", detail, at, out)
        self._battery(data[7], at, out)

    def _wave(self, data: bytes, at: float, out: list[Decoded]) -> None:
        """The reply to 1B: the values and the pleth since the last one."""
        self._values(data, data[5], data[6], at, out)
        seen = data[6] & _WORN
        samples = tuple(
            byte if seen and byte not in _GLITCHES else None for byte in data[_WAVE_HEAD:]
        )
        out.append(PlethRun(at, SAMPLE_INTERVAL, samples, _FULL_SCALE, self._packets))
        self._tell("status", {"charging": data[4], "state": data[6]}, at, out)
        self._battery(data[3], at, out)

    def _values(self, data: bytes, index: int, state: int, at: float, out: list[Decoded]) -> None:
        spo2, pulse = data[0], data[1] | data[2] << 8
        fault = "" if state & _WORN else "sensor_off"
        values = (
            (Vital.SPO2, None if spo2 == _NO_SPO2 else spo2),
            (Vital.PULSE_RATE, None if pulse == _NO_PULSE else pulse),
            (Vital.PERFUSION_INDEX, index / 10),
        )
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]

    def _battery(self, percent: int, at: float, out: list[Decoded]) -> None:
        if percent <= 100:
            self._tell("battery", {"percent": percent}, at, out)

    def _tell(self, kind: str, detail: dict[str, Detail], at: float, out: list[Decoded]) -> None:
        """A notice at first and when it changes; the ring repeats it in every reply."""
        if self._told.get(kind) != detail:
            self._told[kind] = detail
            out.append(Notice(kind, at, detail, self._packets))


class OxyIIDecoder(FramedDecoder):
    """Frames of the newer rings, for recordings: their requests by name, and no values."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_sized(_OXYII), _good), _AROUND)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        name = _OXYII_REQUESTS.get(frame[1], "other")
        detail: dict[str, Detail] = {"command": name, "seq": frame[4]}
        out.append(Notice("command", at, detail, self._packets))


def _request(operation: int) -> bytes:
    frame = bytes((_REQUEST, operation, operation ^ 0xFF, 0, 0, 0, 0))
    return frame + bytes((crc8(frame),))


GET_PARAMS = _request(0x17)


class RingSpeaker:
    """Asks for the values once a second, one request at a time.

    A reply that does not come is waited for two seconds. Nothing but this one request is ever
    allowed: others write the ring's settings or its files.
    """

    PERIOD, ANSWER = 1.0, 2.0

    def __init__(self) -> None:
        self._asked: float | None = None
        self._next: float | None = None
        self._decoder = RingDecoder()

    def opened(self, at: float) -> list[bytes]:
        """The first request."""
        self._asked, self._next = at, at + self.ANSWER
        return [GET_PARAMS]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """A whole answer has come: the next request is due a second after the last."""
        answered = any(item.packet for item in self._decoder.feed(data, at))
        if answered and self._asked is not None:
            self._next = max(at, self._asked + self.PERIOD)
        return []

    def due(self, now: float) -> list[bytes]:
        """The next request, when its time has come."""
        if self._next is None or now < self._next:
            return []
        return self.opened(now)

    def deadline(self) -> float | None:
        """When the next request is due; None before the link was opened."""
        return self._next

    def allows(self, data: bytes) -> bool:
        """The one request, byte for byte."""
        return data == GET_PARAMS

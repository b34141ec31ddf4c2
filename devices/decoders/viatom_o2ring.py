"""Viatom and Wellue O2Ring, Checkme O2, SleepU: the older protocol, in which the ring is polled.

Sources: MackeyStingray/o2r, ecostech/viatom-ble, home-health-hub/viatom-o2ring-ble,
viatom-dev/VTO2Lib. The newer one (O2Ring-S) is in `viatom_oxyii`.
"""

from devices.decoders.base import judged
from devices.decoders.framed import FramedDecoder
from devices.decoders.lepu import AROUND, HEAD, REPLY, REQUEST, lepu_frame, lepu_frames
from devices.decoders.speaking import Polled
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 125
_FULL_SCALE = 255

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


class RingDecoder(FramedDecoder):
    """Replies of the ring, and the requests to it where a recording has both.

    A reply does not say what it answers: 13 bytes are the values, and what has as many samples as
    it says is the values with the wave. Without a finger there is no number, whatever is sent.
    """

    def __init__(self) -> None:
        super().__init__(lepu_frames(REQUEST, REPLY, longest=_LONGEST), AROUND)
        self._told: dict[str, dict[str, Detail]] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        data = frame[HEAD:-1]
        if frame[0] == REQUEST:
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


GET_PARAMS = lepu_frame(REQUEST, 0x17)


class RingSpeaker(Polled):
    """Asks for the values once a second. Other requests write the ring's settings or its files."""

    def __init__(self) -> None:
        super().__init__(RingDecoder(), GET_PARAMS)

"""The newer rings of Viatom and Wellue (O2Ring-S, "OxyII"), which are polled. Experimental.

Source: nglessner/o2ring-s-protocol (one ring, one firmware). That a ring answers without its clock
being set, and with this greeting, nobody has tried; codes for "no finger" are taken over from the
older rings.
"""

from hashlib import md5

from devices.decoders.base import judged
from devices.decoders.framed import FramedDecoder
from devices.decoders.lepu import ANSWERED, AROUND, HEAD, SENT, V2, lepu_frame, lepu_frames
from devices.decoders.speaking import Polled
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 100
_FULL_SCALE = 255
_LONGEST = 1024

_LIVE = 0x04
_REQUESTS = {
    _LIVE: "oxyii_get_live",
    0x10: "oxyii_setup",
    0xC0: "oxyii_set_time",
    0xE1: "oxyii_get_info",
    0xE4: "oxyii_get_battery",
    0xFF: "oxyii_greeting",
}
_SPO2, _MOTION, _PULSE, _BATTERY, _COUNT, _SAMPLES = 6, 7, 8, 13, 24, 26
_GLITCHES = (156, 246)
_NONE = 255


class OxyIIDecoder(FramedDecoder):
    """Live data of an O2Ring-S, and the requests to it where a recording has both."""

    def __init__(self) -> None:
        super().__init__(lepu_frames(V2, longest=_LONGEST), AROUND)
        self._told: dict[str, dict[str, Detail]] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        operation, direction, data = frame[1], frame[3], frame[HEAD:-1]
        detail: dict[str, Detail]
        if direction == SENT:
            detail = {"command": _REQUESTS.get(operation, "other"), "seq": frame[4]}
            out.append(Notice("command", at, detail, self._packets))
        elif direction == ANSWERED and operation == _LIVE and len(data) >= _SAMPLES:
            self._live(data, at, out)
        else:
            name = "other" if direction == ANSWERED else "refused"
            detail = {"reply": name, "operation": operation, "code": direction}
            out.append(Notice("reply", at, detail, self._packets))

    def _live(self, data: bytes, at: float, out: list[Decoded]) -> None:
        values = ((Vital.SPO2, data[_SPO2]), (Vital.PULSE_RATE, data[_PULSE]))
        readings = [
            judged(vital, None if value == _NONE else value, at, self._packets)
            for vital, value in values
        ]
        out += readings
        seen = readings[0].value is not None
        count = data[_COUNT] | data[_COUNT + 1] << 8
        samples = data[_SAMPLES : _SAMPLES + count]
        if samples:
            shown = tuple(byte if seen and byte not in _GLITCHES else None for byte in samples)
            out.append(PlethRun(at, SAMPLE_INTERVAL, shown, _FULL_SCALE, self._packets))
        self._tell("status", {"motion": data[_MOTION]}, at, out)
        if data[_BATTERY] <= 100:
            self._tell("battery", {"percent": data[_BATTERY]}, at, out)

    def _tell(self, kind: str, detail: dict[str, Detail], at: float, out: list[Decoded]) -> None:
        """A notice at first and when it changes; the ring repeats it in every reply."""
        if self._told.get(kind) != detail:
            self._told[kind] = detail
            out.append(Notice(kind, at, detail, self._packets))


def _greeting() -> bytes:
    """What the maker's program sends first: a key of its own making, hidden by a fixed one.

    The last four bytes come of the time of day there; the ring has no use for them.
    """
    fixed = md5(b"lepucloud", usedforsecurity=False).digest()
    key = fixed[::2] + b"0000" + bytes(4)
    return bytes(a ^ b for a, b in zip(key, fixed, strict=True))


GREETING = lepu_frame(V2, 0xFF, _greeting())
SETUP = lepu_frame(V2, 0x10, b"\0")
GET_LIVE = lepu_frame(V2, _LIVE)


class OxyIISpeaker(Polled):
    """Greets the ring and asks for live data once a second. It is never reset, erased or set."""

    def __init__(self) -> None:
        super().__init__(OxyIIDecoder(), GET_LIVE, (GREETING, SETUP))

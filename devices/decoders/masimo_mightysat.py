"""Masimo MightySat's own Bluetooth stream. Experimental: one unit, one firmware, one project.

Source: LichtenbergM/masimo-live (its document and its tests).
"""

from devices.decoders.base import judged
from devices.decoders.checks import crc8
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, sized
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

_LEAD, _AROUND, _SHORTEST, _LONGEST = b"\x77", 2, 2, 64
_STATUS, _LIVE = 0x01, 0x05
_LIVE_SIZE, _STATUS_SIZE = 19, 22
_REPLIES = {_STATUS: "status", 0x04: "signal", 0x06: "archive", 0xFE: "acknowledge"}
_PULSE_FLAGS = (0x00, 0x10)
_HIGHEST_INDEX, _HIGHEST_PVI = 2000, 100

QUERY, ACTIVATE = bytes.fromhex("77020107"), bytes.fromhex("7705031f0003d6")
_RIGHT_UNIT = b"\x63\x10"
_COMMANDS = {QUERY: "status_query", ACTIVATE: "activate_stream"}


def _good(frame: bytes) -> bool:
    return crc8(frame[2:-1]) == frame[-1]


def _frames() -> SizedFrames:
    return SizedFrames(sized(_LEAD, 1, _AROUND, _SHORTEST, _LONGEST), _good)


class MightySatDecoder(FramedDecoder):
    """Live values, once a second. Unless every byte of its status is 0 there is no number.

    The rate of breathing and the pleth variability are told beside the values and are no vitals
    here: they are estimates of the unit that nobody has compared.
    """

    def __init__(self) -> None:
        super().__init__(_frames(), _AROUND + _SHORTEST)
        self._told: dict[str, Detail] = {}
        self._replied: dict[str, Detail] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if frame[2] == _LIVE and len(frame) == _LIVE_SIZE:
            self._live(frame, at, out)
            return
        detail: dict[str, Detail] = {"reply": _REPLIES.get(frame[2], "other")}
        if detail != self._replied:
            self._replied = detail
            out.append(Notice("reply", at, detail, self._packets))

    def _live(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        hidden = any(frame[3:8]) or frame[9] != 0
        fault = "sensor_off" if hidden else ""
        pulse = frame[10] if frame[11] in _PULSE_FLAGS and frame[10] != 0xFF else None
        variability, index = (frame[place] | frame[place + 1] << 8 for place in (12, 14))
        values = (
            (Vital.SPO2, frame[8]),
            (Vital.PULSE_RATE, pulse),
            (Vital.PERFUSION_INDEX, index / 100 if index <= _HIGHEST_INDEX else None),
        )
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]
        breaths = frame[17] if frame[16] == 0 and 1 <= frame[17] <= 100 else None
        shown = not hidden and variability <= _HIGHEST_PVI
        detail: dict[str, Detail] = {
            "hidden": hidden,
            "pvi": variability if shown else None,
            "respiration": None if hidden else breaths,
        }
        if detail != self._told:
            self._told = detail
            out.append(Notice("status", at, detail, self._packets))


class CommandDecoder(FramedDecoder):
    """What a host sends, for reading captures of another program."""

    def __init__(self) -> None:
        super().__init__(_frames(), _AROUND + _SHORTEST)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        detail: dict[str, Detail] = {"command": _COMMANDS.get(frame, "other")}
        out.append(Notice("command", at, detail, self._packets))


class _StatusWatch(FramedDecoder):
    """Looks for the status of a unit that is known to understand the activation."""

    def __init__(self) -> None:
        super().__init__(_frames(), _AROUND + _SHORTEST)
        self.right = False

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        status = frame[2] == _STATUS and len(frame) == _STATUS_SIZE
        self.right |= status and frame[3:5] == _RIGHT_UNIT


class MightySatSpeaker:
    """Asks for the status; once it is that of a known unit, switches the stream on, once.

    An acknowledgement, a status of another unit or one with a wrong check switches nothing on.
    """

    def __init__(self) -> None:
        self._watch = _StatusWatch()
        self._activated = False

    def opened(self, at: float) -> list[bytes]:
        """Ask for the status."""
        return [QUERY]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """The activation, after the first right status."""
        self._watch.feed(data, at)
        if self._activated or not self._watch.right:
            return []
        self._activated = True
        return [ACTIVATE]

    def due(self, now: float) -> list[bytes]:
        """Nothing is said by the clock."""
        return []

    def deadline(self) -> float | None:
        """None: nothing is said by the clock."""
        return None

    def allows(self, data: bytes) -> bool:
        """The two commands, byte for byte."""
        return data in _COMMANDS

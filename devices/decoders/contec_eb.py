"""Contec's "EB" messages: CMS50D-BT over Bluetooth, newer CMS50D+, E and F over USB (HID).

Sources: icefest/pulseoxdl (a recording with the maker's own numbers beside it), jokubasver/OxiVis
(real Bluetooth bytes), nringelstein/CMS50D-BT. What the upper bits of the pleth message mean is
from one source.
"""

from devices.decoders.base import judged
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames
from devices.decoders.speaking import KeptAlive
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 60
_FULL_SCALE = 127

_LEAD, _PLETH, _VALUES = 0xEB, 0x00, 0x01
_SIZES = {_PLETH: 6, _VALUES: 8}
_PULSE_ABOVE_127 = 0x02
_FINGER_OUT = 6
_NO_INDEX = (0x7F, 0x00)
_NO_SPO2 = 127


def _size(buffer: bytes, start: int) -> int | None:
    if buffer[start] != _LEAD:
        return 0
    return None if start + 1 == len(buffer) else _SIZES.get(buffer[start + 1], 0)


def _summed(message: bytes) -> bool:
    return sum(message[:-1]) & 0x7F == message[-1]


def _good(message: bytes) -> bool:
    return message[1:].isascii() and _summed(message)


class EbDecoder(FramedDecoder):
    """Pleth 60 times a second, the numbers once.

    With ``padded`` zeros between the messages are skipped: a USB report is always 64 bytes long.
    """

    def __init__(self, *, padded: bool = False) -> None:
        self._padding = b"\0" if padded else b""
        super().__init__(SizedFrames(_size, _good), min(_SIZES.values()))
        self._flags: int | None = None

    def _between(self, piece: bytes, at: float, out: list[Decoded]) -> None:
        if piece == self._padding:
            self._noise.end(at, out)
        else:
            self._noise.add(piece, at, out)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if frame[1] == _PLETH:
            self._pleth(frame, at, out)
        else:
            self._values(frame, at, out)

    def _pleth(self, message: bytes, at: float, out: list[Decoded]) -> None:
        sample, bar, flags = message[3], message[4] & 0x0F, message[4] >> 4
        seen = None if flags == _FINGER_OUT else sample
        out.append(PlethRun(at, SAMPLE_INTERVAL, (seen,), _FULL_SCALE, self._packets))
        if flags != self._flags:
            self._flags = flags
            detail: dict[str, Detail] = {
                "flags": flags,
                "finger_out": flags == _FINGER_OUT,
                "bar": bar,
            }
            out.append(Notice("status", at, detail, self._packets))

    def _values(self, message: bytes, at: float, out: list[Decoded]) -> None:
        status, pulse, spo2, index_low, index_high = message[2:7]
        if status & _PULSE_ABOVE_127:
            pulse += 128
        fault = "sensor_off" if self._flags == _FINGER_OUT else ""
        values = (
            (Vital.SPO2, None if spo2 == _NO_SPO2 else spo2),
            (Vital.PULSE_RATE, pulse),
        )
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]
        if (index_low, index_high) == _NO_INDEX:
            return
        # A unit that has no perfusion index may fill these bytes with something else.
        index = (index_low | index_high << 7) / 100
        doubt = "not_every_model"
        out.append(
            judged(Vital.PERFUSION_INDEX, index, at, self._packets, fault=fault, doubt=doubt)
        )


HELLO, HELLO_AGAIN = b"\x81\x01", b"\x82\x02"
PLETH_ON, VALUES_ON, STREAM_OFF = b"\x9b\x00\x1b", b"\x9b\x01\x1c", b"\x9b\x7f\x1a"
KEEP_ALIVE = b"\x9a\x1a"

# By their first byte and, where it decides, their second: name and size.
_COMMANDS = {
    HELLO[:1]: ("hello", 2),
    HELLO_AGAIN[:1]: ("hello 2", 2),
    KEEP_ALIVE[:1]: ("keep-alive", 2),
    PLETH_ON[:2]: ("start waveform", 3),
    VALUES_ON[:2]: ("start values", 3),
    STREAM_OFF[:2]: ("stop streaming", 3),
    b"\x8e": ("device info", 3),
    b"\x80": ("stop", 2),
}


def _command(buffer: bytes, start: int) -> tuple[str, int] | None:
    return _COMMANDS.get(buffer[start : start + 2]) or _COMMANDS.get(buffer[start : start + 1])


def _command_size(buffer: bytes, start: int) -> int | None:
    known = _command(buffer, start)
    if known is not None:
        return known[1]
    undecided = buffer[start] == PLETH_ON[0] and start + 1 == len(buffer)
    return None if undecided else 0


class CommandDecoder(FramedDecoder):
    """What a host sends, for reading captures of another program."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_command_size, _summed), 2)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        known = _command(frame, 0)
        name = known[0] if known else "other"
        out.append(Notice("command", at, {"command": name}, self._packets))


class EbSpeaker(KeptAlive):
    """Greets the unit, switches its stream on and keeps it alive.

    Over Bluetooth the stream ends when the unit hears nothing for 5 s. ``usb``: a unit on a cable
    wants an old transfer stopped first, with the two commands of its serial sisters. Nothing else
    is ever allowed: other codes change its clock and its memory.
    """

    def __init__(self, *, usb: bool = False) -> None:
        stop_old = tuple(b"\x7d\x81" + code + b"\x80" * 6 for code in (b"\xa7", b"\xa2"))
        start = (HELLO, HELLO_AGAIN, PLETH_ON, VALUES_ON)
        opening = stop_old + start if usb else start
        super().__init__(opening, KEEP_ALIVE, allowed=(STREAM_OFF,))

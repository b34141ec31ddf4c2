"""Oximeters of small vendors over Bluetooth: Jumper, FS20F and Yuwell, JKS50F. Experimental.

Sources: derdilla/blood-pressure-monitor-fl issue 615 and public clients (Jumper),
FletcherD/WelluePulseOximeter with a real frame (FS20F), datagen24/emay_pulseox and another project
(JKS50F). Where a vendor's pleth stands in its frames is not known, so no curve is read.
"""

from devices.decoders.base import judged, refused
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, WholeFrames, sized
from kapmonitor.reading import Decoded, Notice
from kapmonitor.vitals import Vital

_NO_PULSE, _NO_SPO2 = 255, 127

_JUMPER, _JUMPER_SIZE, _IDLE = 0x81, 4, b"-"


class JumperDecoder:
    """The numbers of a JPD-500F, once a second; one call is one notification, there is no check.

    The unit of its perfusion index is not known: the raw number is told and is no vital. Longer
    packets carry the pleth, rows of dashes that nothing is measured; both give nothing.
    """

    def __init__(self) -> None:
        self._packets = 0
        self._index: int | None = None

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode one notification."""
        self._packets += 1
        if not data:
            return [refused("empty", data, at, self._packets)]
        if data.strip(_IDLE) == b"" or (data[0] != _JUMPER and len(data) > _JUMPER_SIZE):
            return []
        if data[0] != _JUMPER or len(data) != _JUMPER_SIZE:
            return [refused("length", data, at, self._packets)]
        pulse, spo2, index = data[1:]
        out: list[Decoded] = [
            judged(Vital.SPO2, None if spo2 == _NO_SPO2 else spo2, at, self._packets),
            judged(Vital.PULSE_RATE, None if pulse == _NO_PULSE else pulse, at, self._packets),
        ]
        if index != self._index:
            self._index = index
            out.append(Notice("status", at, {"pi_raw": index}, self._packets))
        return out

    def finish(self, at: float) -> list[Decoded]:
        """Nothing is ever left over."""
        return []


_FS_VALUES, _FS_PLETH = (0x0A, 0x55), (0x08, 0x56)


def _fs_good(frame: bytes) -> bool:
    """The sum of all bytes but the first; Yuwell counts the first too."""
    if (len(frame), frame[2]) not in (_FS_VALUES, _FS_PLETH):
        return False
    total = sum(frame[1:-1]) & 0xFF
    return frame[-1] in (total, (total + frame[0]) & 0xFF)


class Fs20fDecoder(FramedDecoder):
    """The numbers of an FS20F or a Yuwell, once a second."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(sized(b"\xfe", 1, 0, 8, 10), _fs_good), 8)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if frame[2] != _FS_VALUES[1]:
            return
        pulse, spo2, index = frame[4], frame[5], frame[6] << 8 | frame[7]
        values = (
            (Vital.SPO2, None if spo2 == _NO_SPO2 else spo2),
            (Vital.PULSE_RATE, None if pulse == _NO_PULSE else pulse),
            (Vital.PERFUSION_INDEX, index / 1000),
        )
        out += [judged(vital, value, at, self._packets) for vital, value in values]


_JKS_HEAD, _JKS_SIZE = b"\xff\x44\x01", 69
_JKS_NONE, _JKS_NO_INDEX = 127, 8191
_HIGHEST_INDEX = 20.0


def _jks_good(buffer: bytes, start: int) -> bool:
    if not buffer.startswith(_JKS_HEAD, start):
        return False
    frame = buffer[start : start + _JKS_SIZE]
    return (sum(frame[:-1]) + 1) & 0xFF == frame[-1]


class Jks50fDecoder(FramedDecoder):
    """The numbers of a JKS50F. Without a finger there is none, whatever is sent."""

    def __init__(self) -> None:
        super().__init__(WholeFrames(_JKS_SIZE, _jks_good), _JKS_SIZE)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        off, spo2, pulse = frame[3:6]
        index = frame[6] & 0x7F | (frame[7] & 0x3F) << 7
        believed = index != _JKS_NO_INDEX and index / 100 <= _HIGHEST_INDEX
        values = (
            (Vital.SPO2, None if spo2 == _JKS_NONE else spo2),
            (Vital.PULSE_RATE, None if pulse == _JKS_NONE else pulse),
            (Vital.PERFUSION_INDEX, index / 100 if believed else None),
        )
        fault = "sensor_off" if off else ""
        out += [judged(vital, value, at, self._packets, fault=fault) for vital, value in values]

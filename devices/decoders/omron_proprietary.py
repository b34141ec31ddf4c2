"""Omron cuffs without the standard service: their stored readings, from recordings. Experimental.

Sources: userx14/omblepy, eigger/hass-omron (issues 7, 13 and 67: real bytes). Only the classic
record is read; some models (HEM-7322T, HEM-7600T, HEM-7188T1) have another layout. Nothing
is ever sent: reading needs a key that is agreed once in the pairing mode, and a wrong code changes
the cuff's memory.
"""

from devices.decoders.base import judged, naive_iso
from devices.decoders.checks import xor8
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital

RECORD_SIZE, SETTINGS_SIZE = 14, 16
_HEAD, _AROUND, _LONGEST = 6, 8, 64
_COMMANDS = {0x0000: "start", 0x0100: "read", 0x0F00: "end"}
_ANSWERS = {0x8000: "start", 0x8100: "read", 0x8F00: "end"}
_EMPTY = (b"\xff" * RECORD_SIZE, b"\x00" * RECORD_SIZE)
_LOWEST_SYSTOLIC = 25


def decode_record(data: bytes, at: float, number: int) -> list[Decoded]:
    """A classic record of 14 bytes: history. An empty place gives nothing."""
    if data in _EMPTY:
        return []
    date, clock = data[4] | data[5] << 8, data[6] | data[7] << 8
    time = naive_iso(
        2000 + (data[3] & 0x3F),
        date >> 10 & 0x0F,
        date >> 5 & 0x1F,
        date & 0x1F,
        clock >> 6 & 0x3F,
        min(clock & 0x3F, 59),
    )
    values = (
        (Vital.SYSTOLIC, data[0] + _LOWEST_SYSTOLIC),
        (Vital.DIASTOLIC, data[1]),
        (Vital.PULSE_RATE, data[2]),
    )
    moved = bool(date >> 15 & 1)
    out: list[Decoded] = [
        judged(
            vital,
            value,
            at,
            number,
            doubt="motion" if moved else "",
            origin=Origin.STORED,
            device_time=time,
        )
        for vital, value in values
    ]
    detail: dict[str, Detail] = {
        "irregular": bool(date >> 14 & 1),
        "moved": moved,
        "cuff": bool(clock >> 12 & 1),
    }
    return [*out, Notice("status", at, detail, number)]


def decode_settings(data: bytes, at: float, number: int) -> list[Decoded]:
    """The block of settings of a newer model: its clock, from byte 8."""
    year, *rest = data[8:14]
    time = naive_iso(2000 + year, *rest) or None
    return [Notice("device_time", at, {"timestamp": time}, number)]


def _size(buffer: bytes, start: int) -> int | None:
    """The first byte is the size; the two after it are a known type, so that noise is none."""
    size = buffer[start]
    if not _AROUND <= size <= _LONGEST:
        return 0
    kind = buffer[start + 1 : start + 3]
    if len(kind) == 2 and int.from_bytes(kind, "big") not in {*_COMMANDS, *_ANSWERS}:
        return 0
    return size


def _good(frame: bytes) -> bool:
    return xor8(frame) == 0


class OmronDecoder(FramedDecoder):
    """Packets of both directions, their 16-byte pieces joined in the order of the channels."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_size, _good), _AROUND)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        kind = int.from_bytes(frame[1:3], "big")
        address, payload = frame[3:5].hex(), frame[_HEAD:-2]
        detail: dict[str, Detail]
        if kind in _COMMANDS:
            detail = {"command": _COMMANDS[kind], "address": address, "bytes": frame[5]}
            out.append(Notice("command", at, detail, self._packets))
            return
        detail = {
            "reply": _ANSWERS[kind],
            "type": f"{kind:04x}",
            "address": address,
            "length": frame[0],
            "payload": payload.hex(),
            "payload_bytes": len(payload),
        }
        out.append(Notice("reply", at, detail, self._packets))
        if kind == 0x8100 and len(payload) == RECORD_SIZE:
            out += decode_record(payload, at, self._packets)

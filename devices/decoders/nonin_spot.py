"""Nonin's slower formats: 8 (four bytes a second), 13 (spot check), printer text; and commands.

Sources: Nonin 9560 and 3150 Bluetooth specification; the printer format of
the 8500 and 9847 as in mdpnp/mdpnp.
"""

import re

from devices.decoders.base import judged, naive_iso, refused
from devices.decoders.framing import CheckedFrames, Found, Lines, Noise, Pieces
from devices.decoders.nonin_serial import NO_PULSE, NO_SPO2, doubt_of, oximetry
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital


class Df8Decoder:
    """Data format 8: four bytes, once a second, without a checksum.

    Bit 7 is set in the first byte only. A frame that follows another by less than 0.6 s is refused:
    real ones come a second apart, so it is damage that looks like a frame. Frames that were read
    in one go have one arrival time and are all taken.
    """

    SHORTEST_SPACING = 0.6

    def __init__(self) -> None:
        self._tail = b""
        self._packets = 0
        self._noise = Noise()
        self._last_at: float | None = None
        self._status: dict[str, Detail] = {}

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start = 0
        while len(buffer) - start >= 4:
            frame = buffer[start : start + 4]
            if frame[0] & 0x80 and frame[1:].isascii():
                self._frame(frame, at, out)
                start += 4
            else:
                self._noise.add(frame[:1], at, out)
                start += 1
        self._tail = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._noise.add(self._tail, at, out)
        self._tail = b""
        self._noise.end(at, out)
        return out

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        self._noise.end(at, out)
        self._packets += 1
        number = self._packets
        if self._last_at is not None and 0 < at - self._last_at < self.SHORTEST_SPACING:
            out.append(refused("too_soon", frame, at, number))
            return
        self._last_at = at
        flags, low, spo2, device = frame
        alarm = bool(device & 0x08 or flags & 0x40)
        status: dict[str, Detail] = {
            "out_of_track": bool(flags & 0x20),
            "low_perfusion": bool(flags & 0x10),
            "marginal_perfusion": bool(flags & 0x08),
            "artifact": bool(flags & 0x04),
            "smartpoint": bool(device & 0x20),
            "sensor_alarm": alarm,
            "low_battery": bool(device & 0x01),
        }
        doubt = doubt_of(status["out_of_track"], status["artifact"], status["low_perfusion"])
        fault = "sensor_off" if alarm else ""
        out += oximetry(spo2, (flags & 0x03) << 7 | low, at, number, fault=fault, doubt=doubt)
        if status != self._status:
            out.append(Notice("status", at, status, number))
            if status["low_battery"] and not self._status.get("low_battery"):
                out.append(Notice("battery_low", at, {}, number))
            self._status = status


_DF13_HEAD, _DF13_SIZE, _DF13_END = b"\x00\x02\x00\x0d\x00\x0e", 22, 0x03


def _good_df13(buffer: bytes, start: int) -> bool:
    if not buffer.startswith(_DF13_HEAD, start):
        return False
    frame = buffer[start : start + _DF13_SIZE]
    return frame[-1] == _DF13_END and sum(frame[6:20]) & 0xFF == frame[20]


def _bcd_time(field: bytes) -> str:
    """Century, year, month, day, hour, minute, second as two decimal digits each; ISO or empty."""
    digits = field.hex()
    if not digits.isdecimal():
        return ""
    return naive_iso(int(digits[:4]), *(int(digits[i : i + 2]) for i in range(4, 14, 2)))


class Df13Decoder:
    """Data format 13: one spot check, with the device's own time and perhaps from its memory."""

    def __init__(self) -> None:
        self._frames = CheckedFrames(_DF13_SIZE, _good_df13)
        self._noise = Noise(_DF13_SIZE)
        self._packets = 0

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        for found, piece in self._frames.split(data):
            if found is Found.NOISE:
                self._noise.add(piece, at, out)
                continue
            self._noise.end(at, out)
            self._packets += 1
            if found is Found.FRAME:
                out += _spot_check(piece[6:20], at, self._packets)
            else:
                out.append(refused("checksum", piece, at, self._packets))
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._noise.add(self._frames.finish(), at, out)
        self._noise.end(at, out)
        return out


def _spot_check(data: bytes, at: float, number: int) -> list[Decoded]:
    time = _bcd_time(data[:7])
    pulse, spo2 = data[10] << 8 | data[11], data[13]
    from_memory = bool(data[9] & 0x10)
    origin = Origin.STORED if from_memory else Origin.LIVE
    values = (
        (Vital.SPO2, None if spo2 == NO_SPO2 else spo2),
        (Vital.PULSE_RATE, None if pulse == NO_PULSE else pulse),
    )
    out: list[Decoded] = [
        judged(vital, value, at, number, origin=origin, device_time=time) for vital, value in values
    ]
    detail: dict[str, Detail] = {
        "smartpoint": bool(data[8] & 0x02),
        "not_smartpoint": bool(data[8] & 0x01),
        "from_memory": from_memory,
        "low_battery": bool(data[9] & 0x01),
    }
    out.append(Notice("status", at, detail, number))
    if detail["low_battery"]:
        out.append(Notice("battery_low", at, {}, number))
    return out


_LINE = re.compile(rb"\d\d:\d\d:\d\d\s+SPO2=(\d{3}|---)\s+HR=(\d{3}|---)\s*")
_LONGEST_LINE = 64


class AsciiDecoder:
    """The text that old 8500 and 9847 units send to a printer. Their time is elapsed time."""

    def __init__(self) -> None:
        self._lines = Lines(_LONGEST_LINE)
        self._packets = 0

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        return self._decode(self._lines.split(data), at)

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended; a last line without its end still counts when it is complete."""
        return self._decode(self._lines.finish(), at)

    def _decode(self, pieces: Pieces, at: float) -> list[Decoded]:
        out: list[Decoded] = []
        for kind, line in pieces:
            found = _LINE.fullmatch(line) if kind is Found.FRAME else None
            if not found:
                out.append(refused("noise", line, at))
                continue
            self._packets += 1
            for vital, digits in ((Vital.SPO2, found[1]), (Vital.PULSE_RATE, found[2])):
                value = None if digits == b"---" else int(digits)
                out.append(judged(vital, value, at, self._packets))
        return out


_STX, _ETX, _ACK, _NAK = 0x02, 0x03, 0x06, 0x15
_LONGEST_PAYLOAD = 32
_OPERATIONS = {
    0x70: "set_format",
    0x72: "set_time",
    0x74: "get_serial",
    0x75: "bluetooth_timeout",
    0xF2: "time_reply",
    0xF4: "serial_reply",
    0xF5: "bluetooth_timeout_reply",
}


class CommandDecoder:
    """Commands to a Nonin SPP unit and its answers, for reading captures of another program."""

    def __init__(self) -> None:
        self._tail = b""
        self._packets = 0
        self._noise = Noise()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode a chunk of the stream."""
        out: list[Decoded] = []
        buffer = self._tail + data
        start = 0
        while start < len(buffer):
            size = _command_size(buffer, start)
            if size is None:
                break
            self._take(buffer[start : start + size], at, out)
            start += size
        self._tail = buffer[start:]
        return out

    def finish(self, at: float) -> list[Decoded]:
        """The stream has ended."""
        out: list[Decoded] = []
        self._noise.add(self._tail, at, out)
        self._tail = b""
        self._noise.end(at, out)
        return out

    def _take(self, piece: bytes, at: float, out: list[Decoded]) -> None:
        if len(piece) == 1 and piece[0] not in (_ACK, _NAK):
            self._noise.add(piece, at, out)
            return
        self._noise.end(at, out)
        self._packets += 1
        if len(piece) == 1:
            reply = "ok" if piece[0] == _ACK else "refused"
            out.append(Notice("reply", at, {"reply": reply}, self._packets))
        else:
            out.append(Notice("command", at, _command_detail(piece), self._packets))


def _command_size(buffer: bytes, start: int) -> int | None:
    """The size of the command that starts here, 1 for a byte of its own, None when undecided."""
    if buffer[start] != _STX:
        return 1
    head = buffer[start : start + 3]
    if len(head) > 1 and head[1] not in _OPERATIONS:
        return 1
    if len(head) < 3:
        return None
    size = 4 + head[2]
    if head[2] > _LONGEST_PAYLOAD:
        return 1
    if start + size > len(buffer):
        return None
    return size if buffer[start + size - 1] == _ETX else 1


def _command_detail(piece: bytes) -> dict[str, Detail]:
    name, payload = _OPERATIONS[piece[1]], piece[3:-1]
    detail: dict[str, Detail] = {"command": name}
    if name == "set_time" and not payload:
        detail["command"] = "get_time"
    elif name in ("set_time", "time_reply") and len(payload) == 6:
        detail["timestamp"] = _plain_time(payload)
    elif name == "set_format" and len(payload) == 2:
        detail["format"] = payload[1]
    return detail


def _plain_time(payload: bytes) -> str | None:
    return naive_iso(2000 + payload[0], *payload[1:]) or None

"""Nonin's slower formats: 1 and 8 (once a second), 13 (spot check), printer text; and commands.

Sources: Nonin 9560 and 3150 Bluetooth specification; Nonin OEM III data-format description (format
1); the printer format of the 8500 and 9847 as in mdpnp/mdpnp.
"""

import re

from devices.decoders.base import judged, naive_iso, refused
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import Lines, SizedFrames, TopBitFrames, WholeFrames
from devices.decoders.nonin_serial import NO_PULSE, NO_SPO2, doubt_of, oximetry
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital

_DISCONNECTED, _OUT_OF_TRACK, _LOW_PERFUSION, _MARGINAL, _ARTIFACT = 0x40, 0x20, 0x10, 0x08, 0x04
_SMARTPOINT, _SENSOR_ALARM, _LOW_BATTERY = 0x20, 0x08, 0x01


class SecondsDecoder(FramedDecoder):
    """Data format 1 (three bytes) or 8 (four), once a second, without a checksum.

    Bit 7 is set in the first byte only. A frame that follows another by less than 0.6 s is refused:
    real ones come a second apart, so it is damage that looks like a frame. Frames that were read
    in one go have one arrival time and are all taken. Format 8 has a byte of the unit's own state
    behind the numbers of format 1.
    """

    SHORTEST_SPACING = 0.6

    def __init__(self, data_format: int) -> None:
        super().__init__(TopBitFrames(4 if data_format == 8 else 3))
        self._last_at: float | None = None
        self._status: dict[str, Detail] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        number = self._packets
        if self._last_at is not None and 0 < at - self._last_at < self.SHORTEST_SPACING:
            out.append(refused("too_soon", frame, at, number))
            return
        self._last_at = at
        flags, low, spo2 = frame[:3]
        device = frame[3] if len(frame) > 3 else 0
        alarm = bool(device & _SENSOR_ALARM or flags & _DISCONNECTED)
        status: dict[str, Detail] = {
            "out_of_track": bool(flags & _OUT_OF_TRACK),
            "low_perfusion": bool(flags & _LOW_PERFUSION),
            "marginal_perfusion": bool(flags & _MARGINAL),
            "artifact": bool(flags & _ARTIFACT),
            "smartpoint": bool(device & _SMARTPOINT),
            "sensor_alarm": alarm,
            "low_battery": bool(device & _LOW_BATTERY),
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


class Df13Decoder(FramedDecoder):
    """Data format 13: one spot check, with the device's own time and perhaps from its memory."""

    def __init__(self) -> None:
        super().__init__(WholeFrames(_DF13_SIZE, _good_df13), _DF13_SIZE)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        out += _spot_check(frame[6:20], at, self._packets)


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


class AsciiDecoder(FramedDecoder):
    """The text that old 8500 and 9847 units send to a printer. Their time is elapsed time.

    A last line without its end still counts when it is complete.
    """

    def __init__(self) -> None:
        super().__init__(Lines(_LONGEST_LINE))

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        found = _LINE.fullmatch(frame)
        if not found:
            self._packets -= 1
            out.append(refused("noise", frame, at))
            return
        for vital, digits in ((Vital.SPO2, found[1]), (Vital.PULSE_RATE, found[2])):
            value = None if digits == b"---" else int(digits)
            out.append(judged(vital, value, at, self._packets))


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


def _command_size(buffer: bytes, start: int) -> int | None:
    """The size of the command that starts here; an answer is one byte."""
    if buffer[start] in (_ACK, _NAK):
        return 1
    if buffer[start] != _STX:
        return 0
    head = buffer[start : start + 3]
    if len(head) > 1 and head[1] not in _OPERATIONS:
        return 0
    if len(head) < 3:
        return None
    return 4 + head[2] if head[2] <= _LONGEST_PAYLOAD else 0


def _good_command(frame: bytes) -> bool:
    return len(frame) == 1 or frame[-1] == _ETX


class CommandDecoder(FramedDecoder):
    """Commands to a Nonin SPP unit and its answers, for reading captures of another program."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_command_size, _good_command))

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if len(frame) == 1:
            reply = "ok" if frame[0] == _ACK else "refused"
            out.append(Notice("reply", at, {"reply": reply}, self._packets))
        else:
            out.append(Notice("command", at, _command_detail(frame), self._packets))


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


SET_FORMAT_2 = bytes((_STX, 0x70, 0x02, 0x02, 0x02, _ETX))


class FormatSpeaker:
    """Tells a unit on Bluetooth SPP to stream (format 2), when it says nothing by itself.

    Such a unit listens only in the first five seconds after it was connected, and takes no other
    format afterwards; a wired one streams as soon as it has power and is never spoken to.
    """

    ASK_AFTER = (1.0, 2.5, 4.0)
    """Seconds of silence after the connection at which the format is asked for."""

    def __init__(self) -> None:
        self._waiting: list[float] = []

    def opened(self, at: float) -> list[bytes]:
        """Wait whether it streams by itself."""
        self._waiting = [at + after for after in self.ASK_AFTER]
        return []

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """It streams; a single byte is no more than its answer or its refusal."""
        if len(data) > 1 or (data and data[0] == _ACK):
            self._waiting = []
        return []

    def due(self, now: float) -> list[bytes]:
        """Ask for the format, when it has been silent for long enough."""
        passed = [time for time in self._waiting if time <= now]
        self._waiting = self._waiting[len(passed) :]
        return [SET_FORMAT_2] if passed else []

    def deadline(self) -> float | None:
        """When it will be asked next."""
        return self._waiting[0] if self._waiting else None

    def allows(self, data: bytes) -> bool:
        """The one command."""
        return data == SET_FORMAT_2

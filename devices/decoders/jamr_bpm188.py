"""The "02 40 DC" cuffs: JAMR F1102T, BPM-188, B02T and their rebrands. Big-endian throughout.

Sources: custom-components/ble_monitor issue 1432 (real frames); the README of a BPM-188 project
(real frames and failures); five public clients that agree on the commands. The scale of the live
pressure (0.01 mmHg on a BPM-188) and the size of its failure frame are from one source each.
"""

from devices.decoders.base import judged, naive_iso
from devices.decoders.checks import xor8
from devices.decoders.cuff import CuffSpeaker, CycleWatch
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, sized
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

_HOST, _DEVICE = b"\x02\x40\xdc", b"\x02\x40\xdd"
_AROUND = 5  # head, length and check, which the length byte does not count
_SHORTEST, _LONGEST = 1, 16
_PRESSURE, _BATTERY, _RESULT_LENGTHS = 0x02, 0x03, (0x0C, 0x0F)
_FAILURE_SIZE = 17
_RESULT, _FAILURE, _STORED = 0x1C, 0x3C, 0xB3

_HIGHEST_WHOLE = 400
_SURELY_WHOLE = 10
"""Live pressures: no cuff stays below 4 mmHg for so many of them, eight seconds."""

_FAILURES = {4: "cuff_loose", 5: "cuff_too_tight", 6: "motion", 1: "weak_signal", 7: "overpressure"}

_COMMANDS = {
    0xA1: "start_measurement",
    0xA2: "stop_measurement",
    0xA3: "voice_off",
    0xA4: "voice_on",
    0xA5: "switch_user",
    0xA6: "set_user",
    0xAB: "version",
    0xB0: "set_time",
    0xB1: "history",
    0xB2: "mode_status",
}


def _good(frame: bytes) -> bool:
    return xor8(frame[1:-1]) == frame[-1]


_plain_size = sized(_DEVICE, 3, _AROUND, _SHORTEST, _LONGEST)


def _size(buffer: bytes, start: int) -> int | None:
    """The size of a device's frame. The failure of a BPM-188 is one byte longer than it says."""
    size = _plain_size(buffer, start)
    if size != _FAILURE_SIZE:
        return size
    frame = buffer[start : start + size]
    if len(frame) > 4 and frame[4] != _FAILURE:
        return size
    if len(frame) < size:
        return None
    return size if _good(frame) else size + 1


def _number(frame: bytes, place: int) -> int:
    return frame[place] << 8 | frame[place + 1]


class JamrDecoder(FramedDecoder):
    """What the cuff sends: live pressure while it inflates, results, failures, its battery.

    A BPM-188 counts the live pressure in hundredths of a mmHg, its older sisters in whole ones. The
    first number above 400 tells which; until then a small one is not shown, for 350 could be either
    3.5 or 350 mmHg.
    """

    def __init__(self) -> None:
        super().__init__(SizedFrames(_size, _good), _AROUND + _SHORTEST)
        self._cycle = CycleWatch()
        self._scale = 0
        self._small = 0

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        return super().finish(at) + self._cycle.ended(at, 0, "link")

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        length, kind = frame[3], frame[4]
        if length == _PRESSURE:
            self._pressure(_number(frame, 4), at, out)
        elif length == _BATTERY:
            out.append(Notice("battery", at, {"level": frame[6]}, self._packets))
        elif length in _RESULT_LENGTHS and kind == _RESULT:
            self._result(frame, at, out)
        elif length == _RESULT_LENGTHS[0] and kind == _FAILURE:
            code = frame[13] if len(frame) > _FAILURE_SIZE else _number(frame, 11)
            self._failed(code, at, out)
        else:
            name = "stored_record" if kind == _STORED else "other"
            detail: dict[str, Detail] = {"reply": name, "hex": frame.hex()}
            out.append(Notice("reply", at, detail, self._packets))

    def _pressure(self, raw: int, at: float, out: list[Decoded]) -> None:
        if raw > _HIGHEST_WHOLE:
            self._scale = 100
        elif not self._scale and raw:
            self._small += 1
            self._scale = 1 if self._small > _SURELY_WHOLE else 0
        known = self._scale or (1 if raw == 0 else 0)
        pressure = raw / known if known else None
        fault = "" if known else "unit_unknown"
        out.append(judged(Vital.CUFF_PRESSURE, pressure, at, self._packets, fault=fault))
        out += self._cycle.pressure(pressure, at, self._packets)

    def _result(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if frame[5] == 0xFF:
            self._failed(0, at, out)
            return
        user, time = None, ""
        if frame[3] == _RESULT_LENGTHS[1]:
            user, year, *rest = frame[13:19]
            time = naive_iso(2000 + year, *rest)
        values = (
            (Vital.SYSTOLIC, _number(frame, 5)),
            (Vital.DIASTOLIC, _number(frame, 7)),
            (Vital.PULSE_RATE, _number(frame, 11)),
        )
        failed = not (values[0][1] and values[1][1])
        fault = "measurement_failed" if failed else ""
        out += [
            judged(vital, value, at, self._packets, fault=fault, device_time=time)
            for vital, value in values
        ]
        if user is not None:
            out.append(Notice("status", at, {"user_id": user}, self._packets))
        out += self._cycle.ended(at, self._packets)

    def _failed(self, code: int, at: float, out: list[Decoded]) -> None:
        fault = _FAILURES.get(code, "measurement_failed")
        for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC):
            out.append(judged(vital, None, at, self._packets, fault=fault))
        out.append(Notice("status", at, {"error": code}, self._packets))
        out += self._cycle.ended(at, self._packets)


class CommandDecoder(FramedDecoder):
    """What a host sends, for reading captures of another program."""

    def __init__(self) -> None:
        frames = SizedFrames(sized(_HOST, 3, _AROUND, _SHORTEST, _LONGEST), _good)
        super().__init__(frames, _AROUND + _SHORTEST)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        name = _COMMANDS.get(frame[4], "other")
        detail: dict[str, Detail] = {"command": name}
        if name == "set_time" and len(frame) == _AROUND + 7:
            detail["timestamp"] = naive_iso(2000 + frame[5], *frame[6:11]) or None
        out.append(Notice("command", at, detail, self._packets))


def _command(code: int) -> bytes:
    frame = _HOST + bytes((1, code))
    return frame + bytes((xor8(frame[1:]),))


START, STOP = _command(0xA1), _command(0xA2)


class JamrSpeaker(CuffSpeaker):
    """Stop, and start where that is switched on. Clock, memory and voice are never touched."""

    def __init__(self, *, may_start: bool = False) -> None:
        super().__init__(JamrDecoder(), START, STOP, may_start=may_start)

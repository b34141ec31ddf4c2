"""Viatom AirBP and Armfit, first generation: a cuff without a screen. Experimental, reading only.

Sources: viatom-dev/iOSAirBP, viatom-develop/LepuBle (its issue 1 has a real frame). The layout of a
result is from one source. AirBP Plus has another frame and is not read.
"""

from devices.decoders.base import judged, naive_iso
from devices.decoders.checks import crc8
from devices.decoders.cuff import CycleWatch
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

_LEAD, _HEAD, _AROUND, _LONGEST = 0xA5, 8, 9, 64
_PRESSURE, _RESULT = 0x04, 0x07
_PRESSURE_SIZE, _RESULT_SIZE = 4, 16
_FIRST_ERROR = 0xFC
_COMMANDS = {_PRESSURE: "start_measurement", 0x05: "stop_measurement", _RESULT: "get_result"}


def _size(buffer: bytes, start: int) -> int | None:
    if buffer[start] != _LEAD:
        return 0
    head = buffer[start : start + _HEAD]
    if len(head) < _HEAD:
        return None
    length = int.from_bytes(head[4:8], "little")
    return _AROUND + length if length <= _LONGEST else 0


def _good(frame: bytes) -> bool:
    return crc8(frame[:-1]) == frame[-1]


def _u16(data: bytes, place: int) -> int:
    return data[place] | data[place + 1] << 8


class AirBpDecoder(FramedDecoder):
    """Live pressure (hundredths of a mmHg), results, and what a host asked."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_size, _good), _AROUND)
        self._cycle = CycleWatch()

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        return super().finish(at) + self._cycle.ended(at, 0, "link")

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        kind, command, data = frame[2], frame[3], frame[_HEAD:-1]
        detail: dict[str, Detail]
        if kind >= _FIRST_ERROR:
            detail = {"reply": "refused", "code": kind, "cmd": command}
            out.append(Notice("reply", at, detail, self._packets))
        elif command == _PRESSURE and len(data) == _PRESSURE_SIZE:
            self._pressure(data, at, out)
        elif command == _RESULT and len(data) == _RESULT_SIZE:
            self._result(data, at, out)
        elif not data:
            detail = {"command": _COMMANDS.get(command, command)}
            out.append(Notice("command", at, detail, self._packets))
        else:
            detail = {"reply": "other", "cmd": command}
            if len(data) == 2:
                detail["value"] = _u16(data, 0)
            out.append(Notice("reply", at, detail, self._packets))

    def _pressure(self, data: bytes, at: float, out: list[Decoded]) -> None:
        """The static pressure; what the pulse adds to it is a signal, not the cuff's pressure."""
        static = int.from_bytes(data[:2], "little", signed=True) / 100
        reading = judged(Vital.CUFF_PRESSURE, static, at, self._packets)
        out.append(reading)
        out += self._cycle.pressure(reading.value, at, self._packets)

    def _result(self, data: bytes, at: float, out: list[Decoded]) -> None:
        time = naive_iso(_u16(data, 0), *data[2:7])
        systolic, diastolic, mean, pulse = (_u16(data, place) for place in range(8, 16, 2))
        fault = "" if systolic and diastolic else "measurement_failed"
        values = (
            (Vital.SYSTOLIC, systolic),
            (Vital.DIASTOLIC, diastolic),
            (Vital.MEAN_PRESSURE, mean),
            (Vital.PULSE_RATE, pulse),
        )
        out += [
            judged(vital, value, at, self._packets, fault=fault, device_time=time)
            for vital, value in values
        ]
        out.append(Notice("status", at, {"state": data[7]}, self._packets))
        out += self._cycle.ended(at, self._packets)

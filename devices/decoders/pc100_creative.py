"""The cuff of Creative's PC-100 and PC-300, in the "AA 55" frames of the oximeters. Experimental.

Source: viatom-develop/LepuBle alone, and no recording of a real unit. What the error codes mean is
not documented, so a failure shows its number and no cause.
"""

from devices.decoders.base import judged
from devices.decoders.cuff import CycleWatch
from devices.decoders.pc60fw_creative import Pc60Decoder
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

_CYCLE, _LIVE, _RESULT = 0x41, 0x42, 0x43
_RUNNING = 0x01
_CYCLE_STATES = {0x00: "done", _RUNNING: "running", 0xFF: "fault"}
_COMMANDS = {0x01: "nibp_start", 0x02: "nibp_stop", 0x04: "nibp_calibrate"}


class Pc100Decoder(Pc60Decoder):
    """The cuff's frames, in both directions; the oximeter's are those of a PC-60FW."""

    def __init__(self) -> None:
        super().__init__()
        self._cycle = CycleWatch()

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        return super().finish(at) + self._cycle.ended(at, 0, "link")

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        token, kind, size = frame[2], frame[4], len(frame)
        if token == 0x40 and size == 6:
            name = _COMMANDS.get(kind, "other")
            out.append(Notice("command", at, {"command": name}, self._packets))
        elif token == _CYCLE and size == 6:
            self._tell("status", {"cycle": _CYCLE_STATES.get(kind, "other")}, at, out)
            if kind != _RUNNING:
                out += self._cycle.ended(at, self._packets)
        elif token == _LIVE and size == 7:
            self._live(frame, at, out)
        elif token == _RESULT and kind == 0x01 and size == 11:
            self._result(frame, at, out)
        elif token == _RESULT and kind == 0x02 and size >= 7:
            self._failed(frame[5], at, out)
        else:
            super()._frame(frame, at, out)

    def _live(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        pressure = (frame[4] & 0x0F) << 8 | frame[5]
        reading = judged(Vital.CUFF_PRESSURE, pressure, at, self._packets)
        out.append(reading)
        self._tell("heartbeat", {"heartbeat": bool(frame[4] & 0x10)}, at, out)
        out += self._cycle.pressure(reading.value, at, self._packets)

    def _result(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        high, low, mean, diastolic, pulse = frame[5:10]
        values = (
            (Vital.SYSTOLIC, (high & 0x7F) << 8 | low),
            (Vital.DIASTOLIC, diastolic),
            (Vital.MEAN_PRESSURE, mean),
            (Vital.PULSE_RATE, pulse),
        )
        out += [judged(vital, value, at, self._packets) for vital, value in values]
        irregular: dict[str, Detail] = {"irregular": bool(high & 0x80)}
        out.append(Notice("status", at, irregular, self._packets))
        out += self._cycle.ended(at, self._packets)

    def _failed(self, code: int, at: float, out: list[Decoded]) -> None:
        for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC):
            out.append(judged(vital, None, at, self._packets, fault="measurement_failed"))
        detail: dict[str, Detail] = {"error": code & 0x0F, "table": code >> 7}
        out.append(Notice("status", at, detail, self._packets))
        out += self._cycle.ended(at, self._packets)

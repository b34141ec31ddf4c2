"""The "AA 55" family of Creative and Viatom: PC-60FW oximeters.

Frames straddle Bluetooth notifications, so this is a stream. Sources: sycophantic/pc60fw_pulseox
(a whole night of real notifications), sza2/viatom_pc60fw, pythag/pc-60fw, viatom-dev/iOSPC60F.
"""

from devices.decoders.base import judged, refused
from devices.decoders.checks import crc8_maxim
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, sized
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 50
_FULL_SCALE = 127

_VALUES, _PLETH, _WORK_STATUS = (0x0F, 0x01), (0x0F, 0x02), (0x0F, 0x21)
_BATTERY = (0xF0, 0x03)
_SIZES = {_VALUES: 12, _PLETH: 11, _WORK_STATUS: 10, _BATTERY: 7}
_PROBE_OFF, _SEARCHING, _BEAT = 0x01, 0x02, 0x80
_LONGEST_LENGTH = 64


def _good(frame: bytes) -> bool:
    return crc8_maxim(frame[:-1]) == frame[-1]


class Pc60Decoder(FramedDecoder):
    """The stream of a PC-60FW: values once a second, pleth at 50 a second, battery and mode.

    A value of 0 means that there is none, also where no bit of the status says so.
    """

    def __init__(self) -> None:
        frames = SizedFrames(sized(b"\xaa\x55", 3, 4, 2, _LONGEST_LENGTH), _good)
        super().__init__(frames, _SIZES[_BATTERY])
        self._told: dict[str, dict[str, Detail]] = {}

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        kind = (frame[2], frame[4])
        if len(frame) < _SIZES.get(kind, 0):
            out.append(refused("short", frame, at, self._packets))
        elif kind == _VALUES:
            self._values(frame, at, out)
        elif kind == _PLETH:
            samples = tuple(byte & 0x7F for byte in frame[5:-1])
            out.append(PlethRun(at, SAMPLE_INTERVAL, samples, _FULL_SCALE, self._packets))
            for place, byte in enumerate(frame[5:-1]):
                if byte & _BEAT:
                    out.append(Notice("beat", at, {"sample": place}, self._packets))
        elif kind == _WORK_STATUS:
            self._tell("work_status", {"mode": frame[5], "step": frame[6]}, at, out)
        elif kind == _BATTERY:
            self._battery(frame[5], at, out)
        else:
            self._other(frame, at, out)

    def _other(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        """A good frame that has no meaning here: information, serial number, another model's."""
        detail: dict[str, Detail] = {"reply": "other", "token": frame[2], "type": frame[4]}
        out.append(Notice("reply", at, detail, self._packets))

    def _values(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        spo2, low, high, index, status, battery = frame[5:11]
        off, searching = bool(status & _PROBE_OFF), bool(status & _SEARCHING)
        fault = "sensor_off" if off else "searching" if searching else ""
        values = (
            (Vital.SPO2, spo2),
            (Vital.PULSE_RATE, low | high << 8),
            (Vital.PERFUSION_INDEX, index / 10),
        )
        for vital, value in values:
            out.append(judged(vital, value, at, self._packets, fault=fault))
        self._tell("status", {"probe_off": off, "searching": searching}, at, out)
        self._battery(battery >> 6, at, out)

    def _battery(self, level: int, at: float, out: list[Decoded]) -> None:
        """The unit tells four steps and no percent, 0 being nearly empty."""
        if self._tell("battery", {"level": level}, at, out) and level == 0:
            out.append(Notice("battery_low", at, {}, self._packets))

    def _tell(self, kind: str, detail: dict[str, Detail], at: float, out: list[Decoded]) -> bool:
        """A notice at first and when it changes; the unit repeats it every second."""
        if self._told.get(kind) == detail:
            return False
        self._told[kind] = detail
        out.append(Notice("battery" if kind == "battery" else "status", at, detail, self._packets))
        return True

"""Cuffs of small vendors over Bluetooth: Yonker, Microlife, TaiDoc and Fora. Experimental.

Sources: derdilla/blood-pressure-monitor-fl issue 615 (Yonker), joergmlpts/blood-pressure-monitor
(Microlife), advmeds-service/advmeds-bluetooth-lib and andrew61/TransafeRx.iOS (TaiDoc). Nothing is
ever sent to any of them: one code of TaiDoc inflates the cuff.
"""

from devices.decoders.base import judged, naive_iso, refused
from devices.decoders.framed import FramedDecoder
from devices.decoders.framing import SizedFrames, WholeFrames
from kapmonitor.reading import Decoded, Notice, Origin
from kapmonitor.vitals import Vital


def _pressures(
    systolic: int, diastolic: int, pulse: int, at: float, number: int, time: str, origin: Origin
) -> list[Decoded]:
    fault = "" if systolic and diastolic else "measurement_failed"
    values = (
        (Vital.SYSTOLIC, systolic),
        (Vital.DIASTOLIC, diastolic),
        (Vital.PULSE_RATE, pulse),
    )
    return [
        judged(vital, value, at, number, fault=fault, device_time=time, origin=origin)
        for vital, value in values
    ]


_YONKER_SIZE = 15


def decode_yonker(packet: bytes, at: float, number: int) -> list[Decoded]:
    """A result of a Yonker YK-IBPA1 with the cuff's own time; there is no check."""
    if len(packet) != _YONKER_SIZE or packet[0] != 0x81:
        return [refused("length", packet, at, number)]
    day, month, year, hour, minute = packet[6:11]
    time = naive_iso(2000 + year, month, day, hour, minute)
    return _pressures(packet[1], packet[2], packet[3], at, number, time, Origin.LIVE)


_ML_HOST, _ML_DEVICE, _ML_HEAD, _ML_LONGEST = 0xFF, 0x3A, 4, 2048
_ML_FIRST, _ML_STRIDE = 38, 10
_ML_COMMANDS = {
    0x00: "microlife_get_measurements",
    0x04: "microlife_disconnect",
    0x05: "microlife_get_id",
    0x06: "microlife_set_id",
    0x0D: "microlife_set_time",
}


def _ml_size(buffer: bytes, start: int) -> int | None:
    if buffer[start] != 0x4D:
        return 0
    head = buffer[start : start + _ML_HEAD]
    if len(head) > 1 and head[1] not in (_ML_HOST, _ML_DEVICE):
        return 0
    if len(head) < _ML_HEAD:
        return None
    length = head[2] << 8 | head[3]
    return _ML_HEAD + length if 2 <= length <= _ML_LONGEST else 0


def _ml_good(frame: bytes) -> bool:
    return sum(frame[:-1]) & 0xFF == frame[-1]


class MicrolifeDecoder(FramedDecoder):
    """A Microlife's memory: history. What names the patient in its answers is never told."""

    def __init__(self) -> None:
        super().__init__(SizedFrames(_ml_size, _ml_good), _ML_HEAD + 2)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        data = frame[_ML_HEAD:-1]
        if frame[1] == _ML_HOST:
            name = _ML_COMMANDS.get(data[0], "other")
            out.append(Notice("command", at, {"command": name}, self._packets))
            return
        records = len(data) - _ML_FIRST
        if records <= 0 or records % _ML_STRIDE:
            out.append(Notice("reply", at, {"reply": "other"}, self._packets))
            return
        for place in range(_ML_FIRST, len(data), _ML_STRIDE):
            systolic, diastolic, pulse, year, *rest = data[place : place + 8]
            time = naive_iso(2000 + year, *rest)
            out += _pressures(systolic, diastolic, pulse, at, self._packets, time, Origin.STORED)


_TD_LEAD, _TD_SIZE, _TD_HOST, _TD_DEVICE, _TD_RESULT = 0x51, 8, 0xA3, 0xA5, 0x43
_TD_COMMANDS = {
    0x24: "taidoc_read_model",
    _TD_RESULT: "taidoc_start_bp",
    0x49: "taidoc_read_spo2",
    0x54: "taidoc_enter_communication",
}


def _td_good(buffer: bytes, start: int) -> bool:
    frame = buffer[start : start + _TD_SIZE]
    named = frame[0] == _TD_LEAD and frame[6] in (_TD_HOST, _TD_DEVICE)
    return named and sum(frame[:-1]) & 0xFF == frame[-1]


class TaiDocDecoder(FramedDecoder):
    """Results of a TaiDoc or Fora cuff, and what another program asked of it."""

    def __init__(self) -> None:
        super().__init__(WholeFrames(_TD_SIZE, _td_good), _TD_SIZE)

    def _frame(self, frame: bytes, at: float, out: list[Decoded]) -> None:
        if frame[6] == _TD_HOST:
            name = _TD_COMMANDS.get(frame[1], "other")
            out.append(Notice("command", at, {"command": name}, self._packets))
        elif frame[1] == _TD_RESULT:
            systolic = frame[2] | frame[3] << 8
            out += _pressures(systolic, frame[4], frame[5], at, self._packets, "", Origin.LIVE)
        else:
            out.append(Notice("reply", at, {"reply": "other"}, self._packets))

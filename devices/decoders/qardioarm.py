"""QardioArm: the standard blood-pressure service, with live pressure in a way of its own.

Sources: ptylr/LibreArm and its forks; the codes of the control characteristic, the mark of an abort
and the meaning of a quick result are from one of them. No recording of a real unit. Experimental.
"""

from devices.decoders.base import judged, refused
from devices.decoders.blood_pressure import decode_measurement
from devices.decoders.cuff import CuffSpeaker, CycleWatch
from devices.decoders.sfloat import sfloat
from kapmonitor.reading import Decoded, Notice
from kapmonitor.vitals import Vital

_ABORTED = b"\x04\xff"
_STATUS_WORD = 0x10
_SHORTEST = 7
_QUICKEST = 10.0
"""Seconds: a result that comes sooner after the first pressure comes of a weak battery."""

START, STOP = b"\xf1\x01", b"\xf1\x02"
_COMMANDS = {START: "start_measurement", STOP: "stop_measurement"}
_STATES = {1: "inflating", 2: "measuring", 3: "deflating", 4: "done", 5: "aborted", 6: "error"}


class QardioDecoder:
    """2A35 of a QardioArm: while the cuff works, its pressure stands in the systolic field.

    Only a packet with a diastolic pressure and a status word is a result.
    """

    def __init__(self) -> None:
        self._packets = 0
        self._cycle = CycleWatch()
        self._began: float | None = None

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode one notification."""
        self._packets += 1
        if data.startswith(_ABORTED):
            return self._failed(at)
        if len(data) < _SHORTEST:
            return [refused("short", data, at, self._packets)]
        diastolic, mean = sfloat(data[3], data[4]), sfloat(data[5], data[6])
        if diastolic == 0 and mean == 0:
            return self._partial(sfloat(data[1], data[2]), at)
        if not data[0] & _STATUS_WORD:
            return [refused("no_status", data, at, self._packets)]
        return self._result(data, at)

    def finish(self, at: float) -> list[Decoded]:
        """The link is lost; a cycle that is running is no longer seen."""
        self._began = None
        return self._cycle.ended(at, 0, "link")

    def _partial(self, pressure: float | None, at: float) -> list[Decoded]:
        if self._began is None:
            self._began = at
        reading = judged(Vital.CUFF_PRESSURE, pressure, at, self._packets)
        return [reading, *self._cycle.pressure(reading.value, at, self._packets)]

    def _result(self, data: bytes, at: float) -> list[Decoded]:
        began, self._began = self._began, None
        if began is not None and at - began < _QUICKEST:
            return [*self._failed(at), Notice("battery_low", at, {}, self._packets)]
        items = decode_measurement(data, at, self._packets)
        return [*items, *self._cycle.ended(at, self._packets)]

    def _failed(self, at: float) -> list[Decoded]:
        self._began = None
        out: list[Decoded] = [
            judged(vital, None, at, self._packets, fault="measurement_failed")
            for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC)
        ]
        return out + self._cycle.ended(at, self._packets, "stopped")


def decode_control(packet: bytes, at: float, number: int) -> list[Decoded]:
    """The control characteristic: what the cuff does (F2), and what a host asked of it (F1)."""
    if packet in _COMMANDS:
        return [Notice("command", at, {"command": _COMMANDS[packet]}, number)]
    if len(packet) == 2 and packet[0] == 0xF2:
        return [Notice("status", at, {"cycle": _STATES.get(packet[1], "other")}, number)]
    return [refused("unknown", packet, at, number)]


class QardioSpeaker(CuffSpeaker):
    """Stop, and start where that is switched on."""

    def __init__(self, *, may_start: bool = False) -> None:
        super().__init__(QardioDecoder(), START, STOP, may_start=may_start)

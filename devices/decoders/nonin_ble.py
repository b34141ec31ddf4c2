"""Nonin 3150 and 3230 on their own Bluetooth service. All numbers have their high byte first.

Sources: maurovm/swift-async_pulse_ox (after Nonin's document 113142-000-02),
andreasdri/nonin-3230-ble, calebmgshort/Nonin3230Oximeter. The pleth, the device status and the
commands are from the first alone. The pulse intervals are left out: where their bits stand is not
known well enough.
"""

from devices.decoders.base import judged, refused
from devices.decoders.counter import Counter
from devices.decoders.nonin_serial import NO_PULSE, NO_SPO2
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun
from kapmonitor.vitals import Vital

SAMPLE_INTERVAL = 1 / 75
_MEASUREMENT_SIZE, _PLETH_SIZE, _STATUS_SIZE = 10, 53, 7
_WEAK, _SMARTPOINT, _SEARCHING, _ATTACHED, _LOW_BATTERY, _ENCRYPTED = (1 << n for n in range(1, 7))
_ERRORS = {0: "", 1: "no_sensor", 5: "sensor_fault", 6: "system"}


class MeasurementDecoder:
    """The numbers, once a second (characteristic 0AAD7EA0). One call is one notification."""

    def __init__(self) -> None:
        self._packets = 0
        self._told: dict[str, Detail] = {}
        self._counter = Counter()

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode one notification. Its first byte is its length."""
        self._packets += 1
        if len(data) != _MEASUREMENT_SIZE or data[0] != _MEASUREMENT_SIZE:
            return [refused("length", data, at, self._packets)]
        status, battery, spo2 = data[1], data[2] / 10, data[7]
        index, counter, pulse = (int.from_bytes(data[i : i + 2], "big") for i in (3, 5, 8))
        attached, searching = bool(status & _ATTACHED), bool(status & _SEARCHING)
        fault = "sensor_off" if not attached else "searching" if searching else ""
        values = (
            (Vital.SPO2, None if spo2 == NO_SPO2 else spo2),
            (Vital.PULSE_RATE, None if pulse == NO_PULSE else pulse),
            (Vital.PERFUSION_INDEX, index / 100),
        )
        doubt = "weak_signal" if status & _WEAK else ""
        out: list[Decoded] = [
            judged(vital, value, at, self._packets, fault=fault, doubt=doubt)
            for vital, value in values
        ]
        detail: dict[str, Detail] = {
            "weak_signal": bool(status & _WEAK),
            "smartpoint": bool(status & _SMARTPOINT),
            "searching": searching,
            "sensor_attached": attached,
            "low_battery": bool(status & _LOW_BATTERY),
            "encrypted": bool(status & _ENCRYPTED),
            "battery_v": battery,
        }
        if detail != self._told:
            counted: dict[str, Detail] = {"length": data[0], "counter": counter}
            out.append(Notice("status", at, detail | counted, self._packets))
            if detail["low_battery"] and not self._told.get("low_battery"):
                out.append(Notice("battery_low", at, {}, self._packets))
            self._told = detail
        self._counter.look(counter, at, self._packets, out)
        return out

    def finish(self, at: float) -> list[Decoded]:
        """Nothing is ever left over."""
        return []


def decode_pleth(packet: bytes, at: float, number: int) -> list[Decoded]:
    """The pleth of the 3150 (EC0A883A): 25 samples of 16 bits, a third of a second."""
    if len(packet) != _PLETH_SIZE or packet[0] != _PLETH_SIZE:
        return [refused("length", packet, at, number)]
    samples = tuple(packet[i] << 8 | packet[i + 1] for i in range(1, 51, 2))
    return [PlethRun(at, SAMPLE_INTERVAL, samples, 65535, number)]


def decode_device_status(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Device status (EC0A9302): sensor, error, battery in tenths of a volt and in percent."""
    if len(packet) < _STATUS_SIZE or packet[0] != len(packet):
        return [refused("length", packet, at, number)]
    sensor, error, battery, percent = packet[1:5]
    detail: dict[str, Detail] = {
        "sensor": sensor,
        "error": _ERRORS.get(error, str(error)),
        "battery_v": battery / 10,
    }
    out: list[Decoded] = [Notice("status", at, detail, number)]
    if percent <= 100:
        out.append(Notice("battery", at, {"percent": percent}, number))
    return out


def decode_command(packet: bytes, at: float, number: int) -> list[Decoded]:
    """A command text or its answer in the "NMI" envelope (1447AF80), for reading captures.

    What exactly its length byte counts is not sure, so it is not relied on.
    """
    if not (packet.startswith(b"\x60NMI") and packet.endswith(b"\r\n") and len(packet) > 7):
        return [refused("noise", packet, at, number)]
    text = packet[5:-2].decode("ascii", "replace")
    return [Notice("command", at, {"command": text}, number)]

"""Pulse oximeters on the standard Bluetooth service 1822 (PLX): 2A5E, 2A5F, 2A60, 2A52.

Source: Bluetooth SIG Pulse Oximeter Service 1.0.1.
"""

from devices.decoders.base import bit_names, judged, refused
from devices.decoders.ble_common import Fields, TooShort, date_time
from kapmonitor.reading import Decoded, Detail, Notice, Origin
from kapmonitor.vitals import Vital

_MEASUREMENT_STATUS = {
    5: "measurement_ongoing",
    6: "early_estimate",
    7: "validated",
    8: "fully_qualified",
    9: "from_storage",
    10: "demo",
    11: "testing",
    12: "calibrating",
    13: "unavailable",
    14: "questionable",
    15: "invalid",
}
_SENSOR_STATUS = {
    0: "extended_display_update",
    1: "equipment_malfunction",
    2: "signal_processing_irregularity",
    3: "inadequate_signal",
    4: "poor_signal",
    5: "low_perfusion",
    6: "erratic_signal",
    7: "non_pulsatile",
    8: "questionable_pulse",
    9: "analysis_ongoing",
    10: "sensor_interference",
    11: "sensor_unconnected_to_user",
    12: "unknown_sensor",
    13: "sensor_displaced",
    14: "sensor_malfunction",
    15: "sensor_disconnected",
}
_FEATURES = {
    0: "measurement_status",
    1: "sensor_status",
    2: "storage",
    3: "timestamps",
    4: "fast",
    5: "slow",
    6: "pulse_amplitude_index",
    7: "multiple_bond",
}

# Which status makes a number unusable or questionable, and the reason given; the first one wins.
_FAULTS = {
    "demo": "demo_value",
    "testing": "demo_value",
    "sensor_unconnected_to_user": "sensor_off",
    "sensor_disconnected": "sensor_off",
    "equipment_malfunction": "device_fault",
    "sensor_malfunction": "device_fault",
    "inadequate_signal": "poor_signal",
    "non_pulsatile": "poor_signal",
    "unavailable": "no_value",
    "invalid": "no_value",
}
_DOUBTS = {
    "sensor_displaced": "position",
    "low_perfusion": "low_perfusion",
    "poor_signal": "poor_signal",
    "erratic_signal": "poor_signal",
    "questionable_pulse": "poor_signal",
    "questionable": "poor_signal",
}

_SPOT_TIME, _SPOT_STATUS, _SPOT_SENSOR, _SPOT_INDEX, _SPOT_CLOCK_NOT_SET = 1, 2, 4, 8, 16
_FAST, _SLOW, _STATUS, _SENSOR, _INDEX = 1, 2, 4, 8, 16


def _first(reasons: dict[str, str], said: list[str]) -> str:
    return next((reason for name, reason in reasons.items() if name in said), "")


def _readings(
    pair: tuple[float | None, float | None],
    index: float | None,
    has_index: bool,
    said: list[str],
    at: float,
    number: int,
    device_time: str = "",
) -> list[Decoded]:
    """SpO2, pulse and (when sent) pulse amplitude index, judged by what the device said.

    When one of SpO2 and pulse is missing the other is not shown either: without a pulse there is
    no saturation to trust.
    """
    fault = _first(_FAULTS, said) or ("no_value" if None in pair else "")
    doubt = _first(_DOUBTS, said)
    origin = Origin.STORED if "from_storage" in said else Origin.LIVE
    values = [(Vital.SPO2, pair[0]), (Vital.PULSE_RATE, pair[1])]
    if has_index:
        values.append((Vital.PERFUSION_INDEX, index))
    return [
        judged(v, x, at, number, fault=fault, doubt=doubt, origin=origin, device_time=device_time)
        for v, x in values
    ]


def decode_spot_check(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Spot-check measurement (2A5E). The time of a clock that was never set is not taken over."""
    fields = Fields(packet)
    try:
        flags = fields.number(1)
        pair = (fields.sfloat(), fields.sfloat())
        time = date_time(fields.take(7)) if flags & _SPOT_TIME else ""
        status = fields.number(2) if flags & _SPOT_STATUS else None
        sensor = fields.number(3) if flags & _SPOT_SENSOR else None
        index = fields.sfloat() if flags & _SPOT_INDEX else None
    except TooShort:
        return [refused("short", packet, at, number)]
    clock_set = not flags & _SPOT_CLOCK_NOT_SET
    said, detail = _status(status, sensor)
    detail |= {"clock_set": clock_set, "timestamp": time or None}
    has_index = bool(flags & _SPOT_INDEX)
    device_time = time if clock_set else ""
    out = _readings(pair, index, has_index, said, at, number, device_time)
    return [*out, Notice("status", at, detail, number)]


def decode_continuous(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Continuous measurement (2A5F): the normal pair; the fast and slow ones go to the notice."""
    fields = Fields(packet)
    try:
        flags = fields.number(1)
        pair = (fields.sfloat(), fields.sfloat())
        fast = (fields.sfloat(), fields.sfloat()) if flags & _FAST else None
        slow = (fields.sfloat(), fields.sfloat()) if flags & _SLOW else None
        status = fields.number(2) if flags & _STATUS else None
        sensor = fields.number(3) if flags & _SENSOR else None
        index = fields.sfloat() if flags & _INDEX else None
    except TooShort:
        return [refused("short", packet, at, number)]
    said, detail = _status(status, sensor)
    for name, extra in (("fast", fast), ("slow", slow)):
        if extra is not None:
            detail[f"{name}_spo2"], detail[f"{name}_pulse_rate"] = extra
    out = _readings(pair, index, bool(flags & _INDEX), said, at, number)
    return [*out, Notice("status", at, detail, number)] if detail else out


def _status(status: int | None, sensor: int | None) -> tuple[list[str], dict[str, Detail]]:
    """The names of all status bits that are set, and the same as detail of a notice."""
    said: list[str] = []
    detail: dict[str, Detail] = {}
    if status is not None:
        names = bit_names(status, _MEASUREMENT_STATUS)
        said, detail["measurement_status"] = said + names, names
    if sensor is not None:
        names = bit_names(sensor, _SENSOR_STATUS)
        said, detail["sensor_status"] = said + names, names
    return said, detail


def decode_features(packet: bytes, at: float, number: int) -> list[Decoded]:
    """PLX Features (2A60): what the oximeter can send, as a ``features`` notice."""
    if len(packet) < 2:
        return [refused("short", packet, at, number)]
    names = bit_names(int.from_bytes(packet[:2], "little"), _FEATURES)
    return [Notice("features", at, {"features": names}, number)]


_RECORD_REQUESTS = {
    b"\x01\x01": "report_all",
    b"\x01\x06": "report_last",
    b"\x04\x01": "count",
    b"\x03\x00": "abort",
}
_RECORD_ANSWERS = {1: "done", 6: "none_stored"}
_COUNT, _ANSWER = 0x05, 0x06


def decode_record_access(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Record access (2A52): how many readings are stored, what became of a request, or a request.

    kapmonitor never asks: an oximeter that does not mark what it sends from its memory would show
    history as if it were measured now.
    """
    if packet in _RECORD_REQUESTS:
        return [Notice("command", at, {"command": _RECORD_REQUESTS[packet]}, number)]
    if len(packet) != 4 or packet[1] != 0 or packet[0] not in (_COUNT, _ANSWER):
        return [refused("unknown", packet, at, number)]
    if packet[0] == _COUNT:
        stored = int.from_bytes(packet[2:], "little")
        return [Notice("reply", at, {"reply": "count", "stored": stored}, number)]
    answer = _RECORD_ANSWERS.get(packet[3], "refused")
    return [Notice("reply", at, {"reply": answer, "to": packet[2], "code": packet[3]}, number)]

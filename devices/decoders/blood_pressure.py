"""Blood pressure cuffs on the standard Bluetooth service 1810: 2A35, 2A36, 2A49.

Sources: Bluetooth SIG Blood Pressure Service 1.1.1; the vendors' deviations as recorded by
derdilla/blood-pressure-monitor-fl (real packets of boso and Beurer cuffs).
"""

from functools import partial

from msgspec import Struct

from devices.decoders.base import PHYSICAL_RANGE, Decode, bit_names, judged, refused
from devices.decoders.ble_common import Fields, TooShort, date_time
from devices.decoders.sfloat import sfloat
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

BEURER_BE_TAIL = "beurer_be_tail"
"""The quirk of the Beurer BM85: pulse and status have their high byte first, and the user's number
is always there, whatever the flags say."""

MMHG_PER_KPA = 7.50062

_KPA, _TIME, _PULSE, _USER, _STATUS = 0x01, 0x02, 0x04, 0x08, 0x10
_UNKNOWN_USER = 0xFF
_HIGHEST_PRESSURE = 400

_MOVED, _LOOSE, _IRREGULAR, _POSITION = 0x01, 0x02, 0x04, 0x20
_PULSE_RANGES = ("in_range", "above", "below", "reserved")
_FEATURES = {
    0: "body_movement",
    1: "cuff_fit",
    2: "irregular_pulse",
    3: "pulse_range",
    4: "improper_position",
    5: "multiple_bond",
    6: "crc",
    7: "user_data_service",
    8: "user_facing_time",
}


class _Measurement(Struct):
    """The fields of a 2A35 packet, pressures in mmHg; None where absent or marked as no value."""

    systolic: float | None
    diastolic: float | None
    mean: float | None
    time: str
    pulse: float | None
    user: int | None
    status: int | None
    quirk: str = ""


def _pressure(fields: Fields, flags: int) -> float | None:
    value = fields.sfloat()
    return value * MMHG_PER_KPA if value is not None and flags & _KPA else value


def _read(packet: bytes, quirk: str) -> _Measurement:
    """Take the packet apart; raises TooShort when it is shorter than its flags promise."""
    fields = Fields(packet)
    flags = fields.number(1)
    systolic, diastolic, mean = (_pressure(fields, flags) for _ in range(3))
    time = date_time(fields.take(7)) if flags & _TIME else ""
    rest = fields.rest()
    if not quirk and _looks_like_beurer(rest, flags):
        quirk = BEURER_BE_TAIL
    tail = _beurer_tail if quirk == BEURER_BE_TAIL else _tail
    return _Measurement(systolic, diastolic, mean, time, *tail(Fields(rest), flags), quirk)


def _looks_like_beurer(rest: bytes, flags: int) -> bool:
    """Whether the end of the packet can only be Beurer's, when no name told us (a file, a proxy).

    It is exactly one byte longer than its flags promise, the user's number, which no flag
    announced; and the pulse makes sense with its high byte first and in no other way.
    """
    promised = 2 * bool(flags & _PULSE) + 2 * bool(flags & _STATUS)
    if not flags & _PULSE or flags & _USER or len(rest) != promised + 1:
        return False
    lowest, highest = PHYSICAL_RANGE[Vital.PULSE_RATE]
    usual, turned = sfloat(rest[0], rest[1]), sfloat(rest[1], rest[0])
    possible = usual is not None and lowest <= usual <= highest
    return not possible and turned is not None and lowest <= turned <= highest


def _tail(fields: Fields, flags: int) -> tuple[float | None, int | None, int | None]:
    pulse = fields.sfloat() if flags & _PULSE else None
    user = fields.number(1) if flags & _USER else None
    status = fields.number(2) if flags & _STATUS else None
    return pulse, user, status


def _beurer_tail(fields: Fields, flags: int) -> tuple[float | None, int | None, int | None]:
    pulse = Fields(fields.take(2)[::-1]).sfloat() if flags & _PULSE else None
    user = fields.number(1)
    status = int.from_bytes(fields.take(2), "big") if flags & _STATUS else None
    return pulse, user, status


def _doubt(status: int) -> str:
    """Why a cuff's numbers are questionable, or empty.

    Our decision: movement, a loose cuff and a wrong arm position spoil a measurement and make it
    questionable; an irregular pulse alone is a finding about the patient, which the status notice
    tells, and the numbers stay good.
    """
    if status & _MOVED:
        return "motion"
    if status & _LOOSE:
        return "cuff_loose"
    if status & _POSITION:
        return "position"
    return ""


def _status_notice(m: _Measurement, at: float, number: int) -> list[Decoded]:
    detail: dict[str, Detail] = {}
    if m.status is not None:
        detail = {
            "raw": m.status,
            "body_movement": bool(m.status & _MOVED),
            "cuff_loose": bool(m.status & _LOOSE),
            "irregular_pulse": bool(m.status & _IRREGULAR),
            "pulse_range": _PULSE_RANGES[m.status >> 3 & 0b11],
            "improper_position": bool(m.status & _POSITION),
        }
    if m.quirk:
        detail["quirk"] = m.quirk
    if m.user is not None:
        detail["user_id"] = None if m.user == _UNKNOWN_USER else m.user
    return [Notice("status", at, detail, number)] if detail else []


def decode_measurement(packet: bytes, at: float, number: int, quirk: str = "") -> list[Decoded]:
    """Turn one 2A35 indication into systolic, diastolic, mean pressure and pulse, in mmHg and /min.

    A cuff tells an error as an ordinary packet with all numbers missing: without systolic or
    diastolic the whole measurement is invalid (``measurement_failed``). In a measurement that
    succeeded, a mean or pulse that the cuff marks as missing is simply left out. A pressure below 0
    or above 400 mmHg refuses the packet: one vendor sends a layout of its own under this number.
    Extra bytes at the end are ignored.
    """
    try:
        m = _read(packet, quirk)
    except TooShort:
        return [refused("short", packet, at, number)]
    pressures = [p for p in (m.systolic, m.diastolic, m.mean) if p is not None]
    if any(not 0 <= p <= _HIGHEST_PRESSURE for p in pressures):
        return [refused("out_of_range", packet, at, number)]

    failed = not m.systolic or not m.diastolic
    values = [
        (Vital.SYSTOLIC, m.systolic),
        (Vital.DIASTOLIC, m.diastolic),
        (Vital.MEAN_PRESSURE, m.mean),
        (Vital.PULSE_RATE, m.pulse),
    ]
    out: list[Decoded] = [
        judged(
            vital,
            value,
            at,
            number,
            fault="measurement_failed" if failed else "",
            doubt=_doubt(m.status or 0),
            device_time=m.time,
        )
        for vital, value in values
        if failed or value
    ]
    return out + _status_notice(m, at, number)


def measurement(quirk: str) -> Decode:
    """The 2A35 decoder for a cuff with this quirk (empty: none)."""
    return partial(decode_measurement, quirk=quirk)


def decode_cuff_pressure(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Intermediate Cuff Pressure (2A36): the pressure in the cuff now; the rest means nothing."""
    fields = Fields(packet)
    try:
        pressure = _pressure(fields, fields.number(1))
    except TooShort:
        return [refused("short", packet, at, number)]
    return [judged(Vital.CUFF_PRESSURE, pressure, at, number)]


def decode_features(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Blood Pressure Feature (2A49): what the cuff can detect, as a ``features`` notice."""
    if len(packet) < 2:
        return [refused("short", packet, at, number)]
    names = bit_names(int.from_bytes(packet[:2], "little"), _FEATURES)
    return [Notice("features", at, {"features": names}, number)]

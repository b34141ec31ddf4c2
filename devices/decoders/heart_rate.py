"""Heart rate straps: Bluetooth Heart Rate Measurement (2A37).

Source: Bluetooth SIG Heart Rate Service 1.0.
"""

from devices.decoders.base import judged, refused
from devices.decoders.ble_common import Fields, TooShort
from kapmonitor.reading import Decoded, Detail, Notice
from kapmonitor.vitals import Vital

_WIDE_RATE, _CONTACT, _CONTACT_KNOWN, _ENERGY, _INTERVALS = 0x01, 0x02, 0x04, 0x08, 0x10
_ENERGY_SATURATED = 0xFFFF


def decode_measurement(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Turn one notification into the heart rate, the beat intervals, and what else was said.

    Without skin contact there is no value, even when a rate is sent: straps go on sending the last
    one. An odd byte after the intervals is ignored. A packet shorter than its flags promise is
    refused whole.
    """
    fields = Fields(packet)
    try:
        flags = fields.number(1)
        rate = fields.number(2 if flags & _WIDE_RATE else 1)
        energy = fields.number(2) if flags & _ENERGY else None
    except TooShort:
        return [refused("short", packet, at, number)]

    contact = bool(flags & _CONTACT) if flags & _CONTACT_KNOWN else None
    fault = "no_contact" if contact is False else ""
    out: list[Decoded] = [judged(Vital.HEART_RATE, rate, at, number, fault=fault)]
    if flags & _INTERVALS and not fault:
        intervals = fields.rest()
        for low, high in zip(intervals[::2], intervals[1::2], strict=False):
            # The profile counts in 1/1024 s, which is easily taken for milliseconds.
            seconds = (low | high << 8) / 1024
            out.append(judged(Vital.RR_INTERVAL, seconds, at, number))
    if contact is not None or energy is not None:
        detail: dict[str, Detail] = {
            "contact": contact,
            "energy_kj": None if energy == _ENERGY_SATURATED else energy,
        }
        out.append(Notice("status", at, detail, number))
    return out

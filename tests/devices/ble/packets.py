"""What the virtual sensors send: packets of the three standard services, built by the written rule.

Bluetooth GATT Specification Supplement; SFLOAT is IEEE 11073-20601. The decoders are tested against
real packets elsewhere; these only have to be right.
"""

import struct
from datetime import datetime

NAN = 0x07FF


def sfloat(value: float | None) -> bytes:
    """An SFLOAT with the exponent 0 or -1; None is NaN."""
    if value is None:
        return struct.pack("<H", NAN)
    exponent = 0 if value == int(value) else -1
    mantissa = round(value / 10**exponent)
    return struct.pack("<H", (exponent & 0xF) << 12 | (mantissa & 0xFFF))


def date_time(when: datetime) -> bytes:
    return struct.pack(
        "<HBBBBB", when.year, when.month, when.day, when.hour, when.minute, when.second
    )


def heart_rate(bpm: int, contact: bool = True) -> bytes:
    """2A37 with the contact bits."""
    return bytes([0x06 if contact else 0x04, bpm])


def blood_pressure(
    systolic: float | None,
    diastolic: float | None,
    mean: float | None,
    pulse: float | None,
    when: datetime | None = None,
    status: int = 0,
) -> bytes:
    """2A35 in mmHg with pulse and status."""
    flags = 0x04 | 0x10 | (0x02 if when else 0)
    stamp = date_time(when) if when else b""
    pressures = sfloat(systolic) + sfloat(diastolic) + sfloat(mean)
    return bytes([flags]) + pressures + stamp + sfloat(pulse) + struct.pack("<H", status)


def oximetry(spo2: float | None, pulse: float | None) -> bytes:
    """2A5F with the normal pair only."""
    return b"\x00" + sfloat(spo2) + sfloat(pulse)

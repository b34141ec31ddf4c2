"""What the Bluetooth profiles share: a cursor over a packet, times, and the battery level.

Source: Bluetooth SIG GATT Specification Supplement.
"""

from datetime import datetime

from devices.decoders.base import naive_iso, refused
from devices.decoders.sfloat import sfloat
from kapmonitor.reading import Decoded, Detail, Notice


class TooShort(Exception):
    """The packet ends before the fields that its flags promise. Never leaves a decoder."""


class Fields:
    """Takes the fields of a packet from front to back; raises TooShort at its end."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._next = 0

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        start, self._next = self._next, self._next + size
        if self._next > len(self._packet):
            raise TooShort
        return self._packet[start : self._next]

    def number(self, size: int) -> int:
        """The next whole number, low byte first."""
        return int.from_bytes(self.take(size), "little")

    def sfloat(self) -> float | None:
        """The next SFLOAT, None when it means "no value"."""
        low, high = self.take(2)
        return sfloat(low, high)

    def rest(self) -> bytes:
        """What is left."""
        return self._packet[self._next :]


def date_time(field: bytes) -> str:
    """A Date Time (7 bytes) as ISO 8601 without zone; empty when unknown or not a date."""
    year, (month, day, hour, minute, second) = int.from_bytes(field[:2], "little"), field[2:7]
    return naive_iso(year, month, day, hour, minute, second)


def encode_date_time(local: datetime) -> bytes:
    """The 7 bytes of a Date Time (2A08), local time, as A&D cuffs want it written."""
    parts = (local.month, local.day, local.hour, local.minute, local.second)
    return local.year.to_bytes(2, "little") + bytes(parts)


def encode_current_time(local: datetime) -> bytes:
    """The 10 bytes of a Current Time (2A2B), adjusted by an external reference."""
    fraction = local.microsecond * 256 // 1_000_000
    return encode_date_time(local) + bytes((local.isoweekday(), fraction, 0x01))


def decode_date_time(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Date Time (2A08): the device's clock, as a ``device_time`` notice."""
    if len(packet) < 7:
        return [refused("short", packet, at, number)]
    return [Notice("device_time", at, {"timestamp": date_time(packet) or None}, number)]


def decode_current_time(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Current Time (2A2B): date and time, weekday (1 Monday, 0 unknown), 1/256 s, why adjusted."""
    if len(packet) < 10:
        return [refused("short", packet, at, number)]
    detail: dict[str, Detail] = {
        "timestamp": date_time(packet) or None,
        "day_of_week": packet[7],
        "fractions256": packet[8],
        "adjust_reason": packet[9],
    }
    return [Notice("device_time", at, detail, number)]


def decode_battery(packet: bytes, at: float, number: int) -> list[Decoded]:
    """Battery Level (2A19): one byte, percent. Above 100 is refused."""
    if not packet:
        return [refused("short", packet, at, number)]
    if packet[0] > 100:
        return [refused("out_of_range", packet, at, number)]
    return [Notice("battery", at, {"percent": packet[0]}, number)]

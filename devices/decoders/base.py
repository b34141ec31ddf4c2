"""What every decoder and every speaker is, and the few lines that all of them share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from kapmonitor.reading import Decoded, Notice, Origin, Quality, Reading
from kapmonitor.vitals import Vital

# What no device can measure. Wide on purpose: whether a value is likely is judged later, once.
PHYSICAL_RANGE: dict[Vital, tuple[float, float]] = {
    Vital.HEART_RATE: (1, 300),
    Vital.PULSE_RATE: (1, 300),
    Vital.SPO2: (1, 100),
    Vital.SYSTOLIC: (1, 400),
    Vital.DIASTOLIC: (1, 400),
    Vital.MEAN_PRESSURE: (1, 400),
    Vital.CUFF_PRESSURE: (0, 400),
    Vital.PERFUSION_INDEX: (0.001, 100),
    Vital.RR_INTERVAL: (0.1, 10),
}

_LONGEST_HEX = 64


class Decoder(Protocol):
    """Bytes in, readings out. Pure: no clock, no radio, no port, and nothing is ever raised.

    For a stream (serial) any chunking gives the same result. For packets (Bluetooth LE) one call
    is one notification, and its border means something.
    """

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode what arrived at ``at`` (session seconds), in the order of the bytes."""

    def finish(self, at: float) -> list[Decoded]:
        """The bytes have ended (link lost, end of file): what was left over, as refused."""


class Speaker(Protocol):
    """The second pure part of a device that must be spoken to: time and bytes in, bytes out."""

    def opened(self, at: float) -> list[bytes]:
        """What to write when the link is up."""

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """What to write in answer to these bytes."""

    def due(self, now: float) -> list[bytes]:
        """What to write now, because its time has come."""

    def deadline(self) -> float | None:
        """The next session time at which ``due`` will have something to write."""

    def allows(self, data: bytes) -> bool:
        """Whether the protocol allows this write; the transport refuses every other."""


def refused(reason: str, data: bytes, at: float, packet: int = 0) -> Notice:
    """A packet that gave no value, with an identifier of why and its first 64 bytes in hex."""
    detail = {"reason": reason, "hex": data[:_LONGEST_HEX].hex()}
    return Notice("refused", at, {**detail}, packet)


def judged(
    vital: Vital,
    value: float | None,
    at: float,
    packet: int,
    *,
    fault: str = "",
    doubt: str = "",
    origin: Origin = Origin.LIVE,
    device_time: str = "",
) -> Reading:
    """One reading from what the device sent.

    ``fault`` says why the number must not be used (``sensor_off``), ``doubt`` why it is
    questionable. None and a rate, saturation, pressure or index of 0 mean "no value". A number that
    no device can measure is invalid too (``out_of_range``): it is never clipped or repaired.
    """
    low, high = PHYSICAL_RANGE[vital]
    if not fault:
        if value is None or (value == 0 and low > 0):
            fault = "no_value"
        elif not low <= value <= high:
            fault = "out_of_range"
    if fault:
        return Reading(vital, None, at, Quality.INVALID, fault, packet, origin, device_time)
    quality = Quality.QUESTIONABLE if doubt else Quality.GOOD
    return Reading(vital, value, at, quality, doubt, packet, origin, device_time)


def naive_iso(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> str:
    """A device's time as ISO 8601 without zone; empty when there is no such date."""
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return ""
    return moment.replace(tzinfo=None).isoformat()


Decode = Callable[[bytes, float, int], list[Decoded]]


class PacketDecoder:
    """A decoder for packets with a border: each is decoded on its own and counted from 1."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        self._packets = 0

    def feed(self, data: bytes, at: float) -> list[Decoded]:
        """Decode one notification."""
        self._packets += 1
        return self._decode(data, at, self._packets)

    def finish(self, at: float) -> list[Decoded]:
        """Nothing is ever left over."""
        return []


def bit_names(word: int, names: dict[int, str]) -> list[str]:
    """The names of the bits that are set, lowest first."""
    return [name for bit, name in names.items() if word >> bit & 1]

"""Values into the bytes of a device: what the decoders do, backwards, for virtual devices only."""

from datetime import datetime

SFLOAT_NAN = b"\xff\x07"


def sfloat(value: float | None, decimals: int = 0) -> bytes:
    """An IEEE 11073-20601 SFLOAT with so many decimals; None is NaN.

    Raises ValueError when 12 bits cannot hold it.
    """
    if value is None:
        return SFLOAT_NAN
    mantissa: int = round(value * 10**decimals)
    if not -2045 <= mantissa <= 2045:
        raise ValueError(f"{value} with {decimals} decimals does not fit into an SFLOAT")
    return ((-decimals & 0xF) << 12 | (mantissa & 0xFFF)).to_bytes(2, "little")


def date_time(when: datetime) -> bytes:
    """The seven bytes of the Bluetooth Date Time (0x2A08)."""
    rest = bytes((when.month, when.day, when.hour, when.minute, when.second))
    return when.year.to_bytes(2, "little") + rest


def contec_frame(payload: bytes) -> bytes:
    """A 9-byte Contec frame from its seven payload bytes (Contec V7.0 communication document).

    Only the type byte may have bit 7 clear, so the top bits travel in byte 1.
    """
    top_bits = sum((byte >> 7) << place for place, byte in enumerate(payload))
    return bytes((0x01, 0x80 | top_bits, *(byte | 0x80 for byte in payload)))


def nonin_frame(status: int, pleth: int, slot_value: int, wide: bool) -> bytes:
    """A 5-byte Nonin frame of data format 2, or 7 when ``wide``.

    Source: Nonin 9560 data-format description.
    """
    if wide:
        head = bytes((status, pleth >> 8 & 0xFF, pleth & 0xFF, slot_value))
    else:
        head = bytes((0x01, status, pleth, slot_value))
    return head + bytes((sum(head) & 0xFF,))

"""The checks that frames carry at their end: CRC-8 in two forms, and exclusive or."""

from functools import reduce
from operator import xor


def _table(polynomial: int, *, reflected: bool) -> tuple[int, ...]:
    """The remainder of each byte, so that a frame costs one look-up a byte."""
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            if reflected:
                rest = rest >> 1 ^ (polynomial if rest & 0x01 else 0)
            else:
                rest = (rest << 1 ^ (polynomial if rest & 0x80 else 0)) & 0xFF
        table.append(rest)
    return tuple(table)


_MAXIM = _table(0x8C, reflected=True)
_PLAIN = _table(0x07, reflected=False)


def crc8_maxim(data: bytes) -> int:
    """CRC-8/MAXIM: polynomial 31 reflected, begun with 0."""
    rest = 0
    for byte in data:
        rest = _MAXIM[rest ^ byte]
    return rest


def crc8(data: bytes) -> int:
    """CRC-8 with the polynomial 07, begun with 0."""
    rest = 0
    for byte in data:
        rest = _PLAIN[rest ^ byte]
    return rest


def xor8(data: bytes) -> int:
    """All bytes combined by exclusive or."""
    return reduce(xor, data, 0)

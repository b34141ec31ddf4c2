"""SFLOAT, the 16-bit decimal number of the Bluetooth health profiles (IEEE 11073-20601)."""

# NaN, NRes, +INF, -INF and reserved: only when the whole word matches, and all mean "no value".
_NO_VALUE = frozenset({0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801})


def sfloat(low: int, high: int) -> float | None:
    """The number in two bytes, the low one first; None for the five words that mean "no value".

    Bits 0-11 are the mantissa, bits 12-15 the power of ten, both in two's complement. Some public
    decoders read the exponent with a bias, which is wrong.
    """
    word = low | high << 8
    if word in _NO_VALUE:
        return None
    mantissa, exponent = word & 0x0FFF, word >> 12
    if mantissa & 0x0800:
        mantissa -= 0x1000
    if exponent & 0x8:
        # Dividing by a whole power of ten gives 16.1, where multiplying by 0.1 would not.
        return float(mantissa / 10 ** (16 - exponent))
    return float(mantissa * 10**exponent)

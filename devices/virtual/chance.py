"""Seeded chance that depends on a name and an index only, never on how often it is asked.

The same seed therefore gives the same patient and the same noise whatever the step size is.
"""

import math
import random
from statistics import NormalDist
from zlib import crc32

_NORMAL = NormalDist()
_MASK = (1 << 64) - 1


def stream(seed: int, name: str) -> random.Random:
    """A random stream of its own for one purpose; the same on every platform and Python."""
    return random.Random(f"{seed}/{name}")


def uniform(seed: int, name: str, index: int) -> float:
    """A number between 0 and 1 (both excluded) for this seed, purpose and index."""
    # splitmix64 (Steele, Lea and Flood 2014): far cheaper than seeding a Random for one number.
    state = (seed * 0x9E3779B97F4A7C15 + crc32(name.encode()) * 0xD1B54A32D192ED03) & _MASK
    state = (state + (index + 1) * 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((state ^ (state >> 31)) >> 12) / (1 << 52) or 0.5**53


def gauss(seed: int, name: str, index: int, limit: float = 3.0) -> float:
    """A standard normal number for this seed, purpose and index, cut off at ``limit``."""
    return max(-limit, min(limit, _NORMAL.inv_cdf(uniform(seed, name, index))))


def normal_share(deviate: float) -> float:
    """The share of a normal distribution below so many standard deviations."""
    return _NORMAL.cdf(deviate)


def gamma_quantile(share: float, mean: float, deviation: float) -> float:
    """The value below which ``share`` of a Gamma distribution of that mean and SD lies."""
    shape, scale = (mean / deviation) ** 2, deviation**2 / mean
    low, high = 0.0, mean + 12 * deviation
    for _ in range(60):
        middle = (low + high) / 2
        if _gamma_share(shape, middle / scale) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _gamma_share(shape: float, x: float) -> float:
    """The regularised lower incomplete Gamma function, by its series."""
    if x <= 0:
        return 0.0
    term = total = 1.0 / shape
    step = shape
    while term > total * 1e-12:
        step += 1
        term *= x / step
        total += term
    return min(1.0, total * math.exp(shape * math.log(x) - x - math.lgamma(shape)))

"""The highest and the lowest of a vital: which readings may make one is decided here, once. Pure.

Only good readings of the visit itself make an extreme. A reading in doubt that lies beyond it is
told beside it, with its doubt: an artefact must not become the lowest SpO2 of a visit, and a true
collapse must not vanish as noise.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.reading import Origin, Quality, Reading


class Value(Struct, frozen=True):
    """A value and the session time at which it was measured; ``doubted`` as its reading was."""

    at: float
    value: float
    doubted: bool = False


class Extreme(Struct, frozen=True):
    """``sure`` is the extreme among good readings, None without any.

    ``doubted`` is the most that readings in doubt reached beyond it, None when none did.
    """

    sure: Value | None = None
    doubted: Value | None = None


def value_of(reading: Reading) -> Value | None:
    """What a reading adds to the extremes; None for no value and for a device's memory."""
    return _value(reading.at, reading.value, reading.quality, reading.origin)


def values_of(readings: Iterable[Reading]) -> list[Value]:
    """What these readings add to the extremes, in their order."""
    return [value for value in map(value_of, readings) if value is not None]


def cuff_values(cuffs: Iterable[e.Entry], key: str) -> list[Value]:
    """The same of cuff readings; ``key`` is a field of `Cuff`: ``systolic``, ``diastolic``."""
    found = (
        _value(entry.at, getattr(entry.event, key), entry.event.quality, entry.event.origin)
        for entry in cuffs
        if isinstance(entry.event, e.Cuff)
    )
    return [value for value in found if value is not None]


def highest(values: Sequence[Value], since: float) -> Extreme:
    """The highest value from ``since`` on; of equal ones the first."""
    return _extreme(values, since, max)


def lowest(values: Sequence[Value], since: float) -> Extreme:
    """The lowest value from ``since`` on; of equal ones the first."""
    return _extreme(values, since, min)


def _value(at: float, value: float | None, quality: Quality, origin: Origin) -> Value | None:
    if value is None or quality is Quality.INVALID or origin is Origin.STORED:
        return None
    return Value(at, value, quality is Quality.QUESTIONABLE)


def _extreme(values: Sequence[Value], since: float, most: Callable[..., Any]) -> Extreme:
    later = [one for one in values if one.at >= since]
    sure = most((x for x in later if not x.doubted), key=lambda x: x.value, default=None)
    doubted = most((x for x in later if x.doubted), key=lambda x: x.value, default=None)
    if sure is not None and doubted is not None:
        beyond = most(sure.value, doubted.value) != sure.value
        doubted = doubted if beyond else None
    return Extreme(sure, doubted)

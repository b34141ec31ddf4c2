"""How old a value may be: when it dims and when it becomes dashes. Pure; time is an argument.

Continuous vitals dim after 5 s and are gone after 10 s. A cuff reading or a spot check shows its
age, greys after 15 min and is gone after 60.
"""

from enum import StrEnum

from msgspec import Struct


class Freshness(StrEnum):
    """What a value may look like now."""

    LIVE = "live"
    STALE = "stale"
    GONE = "gone"


class Span(Struct, frozen=True):
    """Seconds after which a value is stale, and gone."""

    stale: float
    gone: float


CONTINUOUS = Span(5.0, 10.0)
SPOT = Span(15 * 60.0, 60 * 60.0)


def freshness(age: float, span: Span) -> Freshness:
    """What a value of that age (seconds) may look like."""
    if age >= span.gone:
        return Freshness.GONE
    return Freshness.STALE if age >= span.stale else Freshness.LIVE

"""What a trial of other limits shows, and how far work on another thread is. Light to import."""

from dataclasses import dataclass

from msgspec import Struct


@dataclass
class Progress:
    """How far the work is (0..1), written by the worker; ``cancelled`` is written by the window."""

    share: float = 0.0
    cancelled: bool = False


class Count(Struct, frozen=True):
    """Alarms of one priority: how many, how many an hour (None of no time), minutes in force."""

    alarms: int
    per_hour: float | None
    minutes: float


class TrialRow(Struct, frozen=True):
    """One priority: what the visit's own limits raise, and what the others would."""

    priority: str
    own: Count
    other: Count


class Trial(Struct, frozen=True):
    """The comparison. ``alarms`` are identifiers with how often each is raised, own and other.

    ``parts`` has the rows of what values raised (``values``) and of what missing ones did
    (``gaps``). ``unjudged`` are alarms of the other preset that lack a baseline.
    """

    own: str
    other: str
    minutes: float
    parts: dict[str, tuple[TrialRow, ...]]
    alarms: tuple[tuple[str, int, int], ...]
    unjudged: tuple[str, ...] = ()

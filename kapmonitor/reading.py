"""What comes out of a decoder: readings, runs of pleth, notices; and the state of a link."""

from enum import StrEnum

from msgspec import Struct

from kapmonitor.vitals import Vital


class Quality(StrEnum):
    """How far a value can be trusted. Settled once, before window, alarms and record see it."""

    GOOD = "good"
    QUESTIONABLE = "questionable"
    INVALID = "invalid"


class Origin(StrEnum):
    """How a reading reached us: measured now, from a device's memory, or typed in by a person."""

    LIVE = "live"
    STORED = "stored"
    MANUAL = "manual"


# Hundreds of thousands of these are held at once, and never in a cycle: nothing to look through.
class Reading(Struct, frozen=True, gc=False, tag="reading"):
    """One value of one vital from one source at one time.

    ``value`` is in the vital's UCUM unit and is None exactly when the quality is invalid. ``at`` is
    the arrival on the session clock, in seconds. ``reason`` is an identifier (``sensor_off``),
    empty when the quality is good. Readings of one packet (a cuff's systolic, diastolic, mean,
    pulse) share ``packet``, which counts a decoder's packets from 1. ``device_time`` is the
    device's own time, ISO 8601 without zone, never trusted. ``source`` is filled in by the source.
    """

    vital: Vital
    value: float | None
    at: float
    quality: Quality = Quality.GOOD
    reason: str = ""
    packet: int = 0
    origin: Origin = Origin.LIVE
    device_time: str = ""
    source: str = ""


class PlethRun(Struct, frozen=True, gc=False, tag="pleth"):
    """Consecutive pleth samples: the first at ``at``, the others ``interval`` seconds apart.

    ``values`` are the device's own steps, scaled to 0..1 by ``full_scale``; None is a sample that
    the device marked as no signal.
    """

    at: float
    interval: float
    values: tuple[int | None, ...]
    full_scale: int
    packet: int = 0
    source: str = ""


Detail = str | int | float | bool | None | list[str]


class Notice(Struct, frozen=True, tag="notice"):
    """What a device said that is not a reading: battery, status, a refused packet, a cuff's start.

    Kinds in use: ``refused`` (reason, hex), ``battery`` (percent), ``battery_low``, ``status``,
    ``features``, ``device_time``, ``cuff_started``, ``cuff_ended``, ``reply``, ``command``,
    ``counter_stands`` and ``counter_moves`` (counter): the device's own count of its packets,
    ``wrong_protocol`` (bytes, expected, likely).
    """

    kind: str
    at: float
    detail: dict[str, Detail] = {}
    packet: int = 0
    source: str = ""


# Notices that an alarm is judged by and no event tells: the record keeps them with the samples.
JUDGED_NOTICES = frozenset(
    {"battery", "battery_low", "counter_stands", "counter_moves", "wrong_protocol"}
)


class LinkState(StrEnum):
    """The state of the way to a device."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    CLOSED = "closed"


class Link(Struct, frozen=True, tag="link"):
    """A change of a source's link; ``expected`` for a cuff that leaves after sending."""

    source: str
    state: LinkState
    at: float
    reason: str = ""
    expected: bool = False


Decoded = Reading | PlethRun | Notice
Delivery = Reading | PlethRun | Notice | Link

"""What a cuff on the standard service needs beside its decoder: is this reading of now, or history?

Several cuffs send their whole memory when they connect (Silvercrest SBM69, Beurer BM59, Medisana
BU570), and an indication may come a second time after a reconnect.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from kapmonitor.reading import Decoded, Origin, Reading

NEAR_NOW = 180.0
"""Seconds that a cuff's own clock may differ from ours and still count as now."""

REPEAT = 10.0
"""Seconds within which equal values without a device time are one measurement sent twice.

No cuff measures twice in ten seconds.
"""

_REMEMBERED = 500


def local_time(utc: float, zone_minutes: int) -> datetime:
    """Local time without a zone, as a device's own clock tells it."""
    there = datetime.fromtimestamp(utc, tz=UTC) + timedelta(minutes=zone_minutes)
    return there.replace(tzinfo=None)


def is_near_now(device_time: str, local_now: datetime, tolerance: float = NEAR_NOW) -> bool:
    """Whether a device time (ISO 8601 without zone) is of now; no or a broken time is not."""
    try:
        then = datetime.fromisoformat(device_time)
    except ValueError:
        return False
    if then.tzinfo is not None:
        return False
    return abs((then - local_now).total_seconds()) <= tolerance


def cuff_origin(near_now: bool, alone: bool) -> Origin:
    """The rule: live is what carries the time of now, or what comes alone; the rest is history."""
    return Origin.LIVE if near_now or alone else Origin.STORED


class CuffInbox:
    """Lets a cuff's measurements through once, each with its origin.

    A measurement of now passes at once. The first that is not is held until it is clear whether
    others follow: `settle` says that nothing more came for a while, or that the cuff has left.
    """

    def __init__(self) -> None:
        self._burst = 0
        self._held: list[Decoded] = []
        self._sent: dict[tuple[object, ...], float] = {}

    @property
    def holding(self) -> bool:
        """Whether a measurement waits for `settle`."""
        return bool(self._held)

    def feed(self, packet: Sequence[Decoded], local_now: datetime) -> list[Decoded]:
        """Take the readings and notices of one packet; returns what may be delivered now."""
        readings = [item for item in packet if isinstance(item, Reading)]
        if not readings:
            return list(packet)
        if self._is_repeat(readings):
            return []
        self._burst += 1
        near = is_near_now(readings[0].device_time, local_now)
        if self._burst == 1 and not near:
            self._held = list(packet)
            return []
        before = _marked(self._held, cuff_origin(False, alone=False))
        self._held = []
        return before + _marked(packet, cuff_origin(near, alone=False))

    def settle(self) -> list[Decoded]:
        """The burst is over: what came alone was measured just now."""
        alone = _marked(self._held, cuff_origin(False, alone=True))
        self._held = []
        self._burst = 0
        return alone

    def _is_repeat(self, readings: list[Reading]) -> bool:
        first = readings[0]
        key = (
            first.device_time,
            *((reading.vital, reading.value, reading.quality) for reading in readings),
        )
        sent = self._sent.pop(key, None)
        self._sent[key] = first.at  # moved to the end: the oldest is forgotten first
        if len(self._sent) > _REMEMBERED:
            self._sent.pop(next(iter(self._sent)))
        return sent is not None and (bool(first.device_time) or first.at - sent <= REPEAT)


def _marked(packet: Sequence[Decoded], origin: Origin) -> list[Decoded]:
    """The packet with its readings' origin; what a decoder already called history stays that."""
    return [
        msgspec.structs.replace(item, origin=origin)
        if isinstance(item, Reading) and item.origin is Origin.LIVE
        else item
        for item in packet
    ]

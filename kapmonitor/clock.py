"""The session clock: the one place below ``ui`` that reads a clock.

The clock counts seconds since the session was opened, goes on while the machine sleeps, and never
runs backwards. UTC is kept beside it; a jump of the wall clock is noticed, not followed.
"""

import time
from datetime import UTC, datetime
from typing import Protocol

# Seconds by which the wall clock may be corrected without a word.
LARGEST_DRIFT = 2.0


class Clock(Protocol):
    """What the engine needs to know of time."""

    def now(self) -> float:
        """Seconds on the session clock."""

    def utc(self, at: float) -> float:
        """UTC of a session time, in seconds since 1970."""

    def zone_minutes(self, at: float) -> int:
        """Minutes that local time is ahead of UTC at a session time."""

    def wall_jump(self) -> float:
        """Seconds that the wall clock has moved since the last call; 0 when it has not."""

    def move_wall(self, seconds: float) -> None:
        """Behave as if somebody had set the computer's clock: for demonstrations and tests."""

    def real_seconds(self, session_seconds: float) -> float:
        """How long to wait in real seconds until so many session seconds have passed."""


def boot_seconds() -> float:
    """Seconds of a monotonic clock which goes on during sleep where the system has one."""
    # Linux: CLOCK_MONOTONIC stands still during suspend. On macOS and Windows time.monotonic()
    # is the best that Python offers; a sleep there is found by the wall clock (wall_jump).
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def awake_seconds() -> float:
    """Seconds of a monotonic clock that stands still while the machine sleeps, where it can."""
    return time.monotonic()


def local_offset_minutes(utc: float) -> int:
    """Minutes that this machine's local time is ahead of UTC at that moment."""
    offset = datetime.fromtimestamp(utc, tz=UTC).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


class SessionClock:
    """A running clock; ``rate`` above 1 runs a demonstration faster than life."""

    def __init__(self, start_at: float = 0.0, rate: float = 1.0) -> None:
        self.rate = rate
        self._start_at = start_at
        self._boot = boot_seconds()
        self._utc_at_zero = time.time() - start_at
        self._played = self._followed = 0.0  # by how much `move_wall` moved it, and told of that

    def now(self) -> float:
        """Seconds since the session was opened, in steps of a tenth of a millisecond."""
        # The same number stands in the window, in every line, in the record and in the CSV.
        return round(self._start_at + (boot_seconds() - self._boot) * self.rate, 4)

    def utc(self, at: float) -> float:
        """UTC of a session time, in seconds since 1970."""
        return self._utc_at_zero + at

    def zone_minutes(self, at: float) -> int:
        """Minutes that local time is ahead of UTC."""
        return local_offset_minutes(self.utc(at))

    def real_seconds(self, session_seconds: float) -> float:
        """Real seconds until so many session seconds have passed."""
        return max(0.0, session_seconds / self.rate)

    def wall_jump(self) -> float:
        """Seconds that the wall clock has moved against ours; from then on the new one counts.

        While a demonstration runs faster than life only what it plays itself.
        """
        if self.rate != 1.0:
            jump = self._played - self._followed
        else:
            jump = time.time() + self._played - self.utc(self.now())
        if abs(jump) <= LARGEST_DRIFT:
            return 0.0
        self._utc_at_zero += jump
        self._followed = self._played
        return jump

    def move_wall(self, seconds: float) -> None:
        """Behave as if somebody had set the computer's clock."""
        self._played += seconds


class SteppedClock:
    """A clock that stands where it was set: for simulation and tests."""

    def __init__(self, utc_at_zero: float, zone_minutes: int = 0, at: float = 0.0) -> None:
        self.at = at
        self._utc_at_zero = utc_at_zero
        self._zone_minutes = zone_minutes
        self._moved = 0.0

    def now(self) -> float:
        """The session time that was set."""
        return self.at

    def utc(self, at: float) -> float:
        """UTC of a session time, in seconds since 1970."""
        return self._utc_at_zero + at

    def zone_minutes(self, at: float) -> int:
        """The fixed offset of local time."""
        return self._zone_minutes

    def real_seconds(self, session_seconds: float) -> float:
        """A stepped clock never waits."""
        return 0.0

    def wall_jump(self) -> float:
        """Only what `move_wall` moved it by."""
        jump, self._moved = self._moved, 0.0
        return jump

    def move_wall(self, seconds: float) -> None:
        """Set the wall clock, and UTC with it, by so many seconds."""
        self._moved += seconds
        self._utc_at_zero += seconds

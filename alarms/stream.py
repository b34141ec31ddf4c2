"""The stream of one vital from one source: how far apart its values come, and how long in doubt."""

from kapmonitor.averaging import DOUBT, JUDGED_AT_ONCE
from kapmonitor.reading import Quality, Reading

# A value counts until news is overdue: two and a half of its usual intervals, at least three
# seconds, so that one value alone confirms no delay.
HELD_INTERVALS = 2.5
SHORTEST_HOLD = 3.0
REMEMBERED = 3


class Stream:
    """Memory of one vital from one source."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._intervals: list[float] = []
        # The usual seconds between values: the shortest of the last few, so no gap counts. 0 as
        # long as there was only one.
        self.interval = 0.0
        self._doubted_since: float | None = None

    def value(self, reading: Reading) -> float | None:
        """The value to be judged, None when there is none or it is too doubtful yet.

        Questionable values are not judged for a while, then like good ones.
        """
        if reading.value is None:
            return None
        self._note(reading.at)
        if reading.quality is not Quality.QUESTIONABLE or reading.reason in JUDGED_AT_ONCE:
            self._doubted_since = None
            return reading.value
        if self._doubted_since is None:
            self._doubted_since = reading.at
        return reading.value if reading.at - self._doubted_since >= DOUBT else None

    @property
    def hold(self) -> float:
        """For how long a value counts without news."""
        return max(SHORTEST_HOLD, HELD_INTERVALS * self.interval)

    def _note(self, at: float) -> None:
        # A burst brings several values at one time; that says nothing about their distance.
        if self._last is not None and at - self._last > 0.05:
            self._intervals = [*self._intervals[1 - REMEMBERED :], at - self._last]
            self.interval = min(self._intervals)
        self._last = at

"""Counting breaths by a key pressed at each: the rate over at least half a minute. Pure."""

# Half a minute is what is usually counted; less is too coarse to be written down.
COUNT_SECONDS = 30.0
# So long without a press: the count was left, the next press begins another.
LEFT_SECONDS = 60.0


class BreathCounter:
    """Times of breaths in real seconds. The rate is over whole breaths, first to last."""

    def __init__(self) -> None:
        self._breaths: list[float] = []

    def breathe(self, at: float) -> int | None:
        """One more breath; the rate per minute once half a minute was counted, then it is over."""
        if self._breaths and at - self._breaths[-1] > LEFT_SECONDS:
            self._breaths = []
        self._breaths.append(at)
        span = at - self._breaths[0]
        if span < COUNT_SECONDS:
            return None
        rate = round(60.0 * (len(self._breaths) - 1) / span)
        self._breaths = []
        return rate

    def clear(self) -> None:
        """Begin anew."""
        self._breaths = []

    def so_far(self, now: float) -> tuple[int, float] | None:
        """Breaths and seconds of a count that goes on; None when nothing is being counted."""
        if not self._breaths or now - self._breaths[-1] > LEFT_SECONDS:
            return None
        return len(self._breaths), now - self._breaths[0]

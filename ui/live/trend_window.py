"""Which stretch of the visit the trends show, and where their cursor is. Pure.

``width`` None shows the whole visit; ``end`` None follows what happens now.
"""

from msgspec import Struct
from msgspec.structs import replace

NARROWEST = 300.0
ZOOM_STEP = 1.5
PAN_STEP = 0.25
# The right edge of a stretch that follows moves in this many steps a width, not every second.
_STEPS = 24
Stretch = tuple[float, float]


class TimeWindow(Struct, frozen=True):
    """Times are session seconds. ``cursor`` is None where there is none."""

    width: float | None = None
    end: float | None = None
    cursor: float | None = None

    @property
    def follows(self) -> bool:
        """Whether what happens now is in view and stays there."""
        return self.end is None

    def shown(self, whole: Stretch, now: float) -> Stretch:
        """The stretch in view, of a whole visit, at a moment."""
        if self.width is None:
            return whole
        width = min(self.width, whole[1] - whole[0])
        if self.end is not None:
            end = min(max(self.end, whole[0] + width), whole[1])
            return end - width, end
        step = width / _STEPS
        end = max(whole[0] + width, (now // step + 2) * step)
        return end - width, end

    def zoomed(
        self, factor: float, whole: Stretch, now: float, around: float | None = None
    ) -> "TimeWindow":
        """``factor`` times as narrow (below 1: as wide), around a time, the cursor or now.

        While it follows, now stays in view; the whole visit is the widest.
        """
        start, end = self.shown(whole, now)
        width = max(NARROWEST, (end - start) / factor)
        if width >= whole[1] - whole[0] - 1.0:
            return replace(self, width=None, end=None)
        fixed = around if around is not None else self.cursor
        if fixed is None or not start <= fixed <= end:
            fixed = min(now, end) if self.follows else (start + end) / 2
        share = (fixed - start) / (end - start)
        right = fixed + (1.0 - share) * width
        if self.follows and around is None and self.cursor is None:
            return replace(self, width=width)
        follows = fixed - share * width <= now <= right and right - now < width * 0.2
        return replace(self, width=width, end=None if follows else right)

    def panned(self, share: float, whole: Stretch, now: float) -> "TimeWindow":
        """Moved by a share of its width, to the right where positive, never out of the visit."""
        if self.width is None:
            return self
        start, end = self.shown(whole, now)
        moved = end + share * (end - start)
        latest = TimeWindow(self.width).shown(whole, now)[1]
        if moved >= latest:
            return replace(self, end=None)
        return replace(self, end=max(moved, whole[0] + (end - start)))

    def back_to_now(self) -> "TimeWindow":
        """Following again; when it did, the whole visit. The cursor goes."""
        if self.follows and self.cursor is None:
            return TimeWindow()
        return TimeWindow(self.width)

    def pointed(self, at: float | None) -> "TimeWindow":
        """The cursor at a session time, or nowhere."""
        return replace(self, cursor=at)

    def stepped(self, steps: int, whole: Stretch, now: float) -> "TimeWindow":
        """The cursor moved by hundredths of what is in view; it appears at the last value."""
        start, end = self.shown(whole, now)
        before = self.cursor if self.cursor is not None else min(now, end)
        at = min(max(before + steps * (end - start) / 100, start), end, now)
        return replace(self, cursor=at)

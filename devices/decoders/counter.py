"""A device's own count of its packets: the same count again is an old packet, sent once more."""

from kapmonitor.reading import Decoded, Notice

# A packet may come a hundred times a second; that its count stands is news once a second.
_TOLD_AGAIN = 1.0


class Counter:
    """Tells ``counter_stands`` while the count stays, ``counter_moves`` when it goes on.

    A count that was never seen moving says nothing: there are units that leave the field at 0.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._counts = False
        self._told_at: float | None = None

    def look(self, count: int, at: float, packet: int, out: list[Decoded]) -> None:
        """Look at the count of the next packet."""
        last, self._last = self._last, count
        if last is None:
            return
        if count != last:
            self._counts = True
            if self._told_at is not None:
                self._told_at = None
                out.append(Notice("counter_moves", at, {"counter": count}, packet))
        elif self._counts and (self._told_at is None or at - self._told_at >= _TOLD_AGAIN):
            self._told_at = at
            out.append(Notice("counter_stands", at, {"counter": count}, packet))

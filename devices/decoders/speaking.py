"""What speakers share: a stream that is started and kept alive."""


class KeptAlive:
    """Starts a stream with ``opening`` and writes ``keep_alive`` every ``PERIOD`` seconds.

    A device that has been silent for that long was probably switched off and on, and is started
    again. Nothing but these bytes and those ``allowed`` beside them is ever allowed.
    """

    PERIOD = 4.0

    def __init__(
        self, opening: tuple[bytes, ...], keep_alive: bytes, *, allowed: tuple[bytes, ...] = ()
    ) -> None:
        self._opening = opening
        self._keep_alive = keep_alive
        self._allowed = frozenset((*opening, keep_alive, *allowed))
        self._next: float | None = None
        self._heard = 0.0

    def opened(self, at: float) -> list[bytes]:
        """Start the stream."""
        self._heard, self._next = at, at + self.PERIOD
        return [*self._opening]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """Nothing needs an answer; the unit is alive."""
        if data:
            self._heard = at
        return []

    def due(self, now: float) -> list[bytes]:
        """The keep-alive, or a new start after silence, when its time has come."""
        if self._next is None or now < self._next:
            return []
        self._next = now + self.PERIOD
        return [self._keep_alive] if now - self._heard < self.PERIOD else [*self._opening]

    def deadline(self) -> float | None:
        """When the next write is due; None before the link was opened."""
        return self._next

    def allows(self, data: bytes) -> bool:
        """Only the writes of this list, byte for byte."""
        return data in self._allowed

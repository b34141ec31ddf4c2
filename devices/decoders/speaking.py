"""What speakers share: a stream that is started and kept alive, and a device that is polled."""

from devices.decoders.base import Decoder


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


class Polled:
    """Writes ``opening`` and then asks with ``request`` once a ``PERIOD``, one request at a time.

    A reply that does not come is waited for ``ANSWER`` seconds. Nothing but these bytes is ever
    allowed. ``decoder`` is one of its own: any whole frame is an answer.
    """

    PERIOD, ANSWER = 1.0, 2.0

    def __init__(self, decoder: Decoder, request: bytes, opening: tuple[bytes, ...] = ()) -> None:
        self._decoder = decoder
        self._request = request
        self._opening = opening
        self._asked: float | None = None
        self._next: float | None = None

    def opened(self, at: float) -> list[bytes]:
        """The first request."""
        return [*self._opening, *self._ask(at)]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """A whole answer has come: the next request is due a second after the last."""
        answered = any(item.packet for item in self._decoder.feed(data, at))
        if answered and self._asked is not None:
            self._next = max(at, self._asked + self.PERIOD)
        return []

    def due(self, now: float) -> list[bytes]:
        """The next request, when its time has come."""
        return [] if self._next is None or now < self._next else self._ask(now)

    def deadline(self) -> float | None:
        """When the next request is due; None before the link was opened."""
        return self._next

    def allows(self, data: bytes) -> bool:
        """These bytes, and no others."""
        return data == self._request or data in self._opening

    def _ask(self, at: float) -> list[bytes]:
        self._asked, self._next = at, at + self.ANSWER
        return [self._request]

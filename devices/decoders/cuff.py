"""What the cuffs that take commands share: when a cycle runs, and when one may be started."""

from devices.decoders.base import Decoder, Speaker
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Decoded, Notice, Reading
from kapmonitor.vitals import Vital

INFLATED = 10.0
"""mmHg from which on there is air in a cuff; below it a pressure is a sensor at rest."""

EMPTY = 5.0
"""mmHg below which a cuff that was inflated is empty again."""

SILENT = 10.0
"""Seconds without a live pressure after which a cycle is over without having said so."""

LONGEST = 180.0
"""Seconds after which a cycle is stopped: no adult measurement takes three minutes."""

REST = 30.0
"""Seconds between a cycle and the next start, good for the arm and asked for by one maker."""

SETTLE = 2.0
"""Seconds after connecting in which a cycle that runs already would show itself."""


class CycleWatch:
    """Tells the start and the end of a cycle from the live pressures and the result.

    A cycle ends with its result or when the cuff is empty again. One whose end never came is ended
    when the next one begins.
    """

    def __init__(self) -> None:
        self._seen: float | None = None

    def pressure(self, pressure: float | None, at: float, number: int) -> list[Decoded]:
        """A live pressure came, in mmHg."""
        out: list[Decoded] = []
        if self._seen is not None and at - self._seen > SILENT:
            out += self.ended(at, number, "interrupted")
        if self._seen is None and (pressure is None or pressure < INFLATED):
            return out
        if self._seen is None:
            out.append(Notice("cuff_started", at, {}, number))
        self._seen = at
        if pressure is not None and pressure < EMPTY:
            out += self.ended(at, number)
        return out

    def ended(self, at: float, number: int, reason: str = "") -> list[Decoded]:
        """The cycle is over, if one was running."""
        if self._seen is None:
            return []
        self._seen = None
        return [Notice("cuff_ended", at, {"reason": reason}, number)]


class CuffSpeaker:
    """Says start and stop to a cuff. Stop is always allowed; start only with ``may_start``.

    It listens with a decoder of its own, so that no start is sent while a cycle runs, just after
    connecting, or within half a minute of the last cycle, however that ended.
    """

    def __init__(
        self, decoder: Decoder, start: bytes, stop: bytes, *, may_start: bool = False
    ) -> None:
        self._decoder = decoder
        self._start = start
        self._stop = stop
        self._may_start = may_start
        self._ready_at: float | None = None
        self._settled = False
        self._busy_since: float | None = None
        self._last_sign = 0.0

    def follow(self, earlier: Speaker) -> None:
        """The link was lost: the arm rests as long as if it had not been.

        A cycle that ran then is over for us; one that still runs shows itself by its pressures.
        """
        if isinstance(earlier, CuffSpeaker):
            if earlier._busy_since is not None:
                earlier._over(earlier._last_sign)
            self._ready_at, self._settled = earlier._ready_at, False

    def opened(self, at: float) -> list[bytes]:
        """Nothing is said before somebody asks."""
        if not self._settled:
            self._settled = True
            self._ready_at = max(at + SETTLE, self._ready_at or 0.0)
        return []

    def feed(self, data: bytes, at: float) -> list[bytes]:
        """Listen for the start and the end of cycles."""
        for item in self._decoder.feed(data, at):
            self._hear(item, at)
        if data and self._busy_since is not None:
            self._last_sign = at
        return []

    def due(self, now: float) -> list[bytes]:
        """The stop of a cycle that takes too long."""
        if self._busy_since is None:
            return []
        if now - self._busy_since >= LONGEST:
            self._over(now)
            return [self._stop]
        if now - self._last_sign >= SILENT:
            self._over(now)
        return []

    def deadline(self) -> float | None:
        """When a running cycle would have been silent, or have run, for too long."""
        if self._busy_since is None:
            return None
        return min(self._busy_since + LONGEST, self._last_sign + SILENT)

    def ask(self, command: str, at: float) -> list[bytes]:
        """What to write for ``start`` or ``stop``.

        Raises DeviceError: ``command_unknown``; ``write_refused`` (a start without ``may_start``);
        ``cuff_busy`` while a cycle runs; ``cuff_resting`` with ``seconds`` to wait.
        """
        if command == "stop":
            if self._busy_since is not None:
                self._over(at)
            return [self._stop]
        if command != "start":
            raise DeviceError("command_unknown", command=command)
        if not self._may_start:
            raise DeviceError("write_refused", hex=self._start.hex())
        self.due(at)
        if self._busy_since is not None:
            raise DeviceError("cuff_busy")
        if self._ready_at is None or at < self._ready_at:
            wait = SETTLE if self._ready_at is None else self._ready_at - at
            raise DeviceError("cuff_resting", seconds=round(wait + 0.5))
        self._busy_since = self._last_sign = at
        return [self._start]

    def allows(self, data: bytes) -> bool:
        """Stop, and start where that is switched on; nothing else, byte for byte."""
        return data == self._stop or (self._may_start and data == self._start)

    def _hear(self, item: Decoded, at: float) -> None:
        """A cycle shows itself by its pressures, and is over with its result or its failure."""
        kind = item.kind if isinstance(item, Notice) else ""
        result = isinstance(item, Reading) and item.vital is Vital.SYSTOLIC
        if result or kind == "cuff_ended":
            self._over(at)
        elif kind == "cuff_started" and self._busy_since is None:
            self._busy_since = at

    def _over(self, at: float) -> None:
        """A cycle is over: the arm rests."""
        self._busy_since = None
        self._ready_at = at + REST

"""The life of a device in use: connect, work until the link is lost, say so, and connect again.

Shared by every transport. What connecting and working mean is each source's own (`_open`, `_use`).
"""

import asyncio
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from devices import saying
from devices.capture import CaptureWriter
from devices.decoders.base import Speaker
from devices.saying import Following
from devices.transports import Connection
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.ports import Deliver, SourceInfo
from kapmonitor.reading import Decoded, Delivery, Link, LinkState

FIRST_WAIT = 0.25
"""Seconds before the first attempt to reconnect; doubled up to the transport's longest."""

Open = TypeVar("Open", bound=Connection)


class InUse(Generic[Open]):
    """One device, run for life on the acquisition loop."""

    def __init__(self, info: SourceInfo, clock: Clock, capture: CaptureWriter | None) -> None:
        self._info = info
        self._clock = clock
        self._capture = capture
        self._connection: Open | None = None
        self._speaker: Speaker | None = None
        self._last_speaker: Speaker | None = None
        self._deliver: Deliver = _nowhere
        self._said: tuple[LinkState, str] | None = None

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self._info

    async def probe(self, wait: bool = False) -> None:
        """Connect before ``run``, so that a device that is not there is known at once.

        With ``wait`` it is waited for instead. A cuff that comes only when it has measured is left
        to ``run``. Raises DeviceError as the transport does.
        """
        pause = self._first_wait
        while self._connection is None:
            try:
                self._connection = await self._open()
            except DeviceError as error:
                if self._comes_later(error):
                    return
                if not wait:
                    raise
                pause = await self._pause(pause)

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled, reconnecting by itself; what is wrong is told as a Link."""
        self._deliver, self._said = deliver, None
        pause, left = self._first_wait, False
        self._say(LinkState.CONNECTING)
        try:
            while True:
                try:
                    self._connection = self._connection or await self._open()
                except DeviceError as error:
                    pause = await self._failed(error, pause)
                    continue
                # A cuff that was expected to leave is expected to return: that is no gap.
                self._say(LinkState.UP, expected=left)
                reason = await self._use()
                left = not self._info.continuous and reason == "link_lost"
                self._say(LinkState.DOWN, "left" if left else reason, left)
                await self.aclose()
                pause = await self._pause(self._first_wait)
        finally:
            await self.aclose()

    async def ask(self, command: str) -> None:
        """Send a command.

        Raises DeviceError: ``command_unknown``, ``not_connected``, ``write_refused``, and what the
        device's speaker refuses (``cuff_busy``, ``cuff_resting``).
        """
        now = self._clock.now()
        await saying.ask(self._info, self._speaker, self._connection, command, now)

    async def aclose(self) -> None:
        """Hang up and free everything; may be called twice.

        Whoever is cancelled meanwhile has hung up all the same: a visit may end just when a link is
        being closed, and a device that is left connected cannot be found by the next one.
        """
        connection, self._connection, self._speaker = self._connection, None, None
        if connection is None:
            return
        closing = asyncio.ensure_future(connection.close())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await asyncio.gather(closing, return_exceptions=True)
            raise

    # --- what each source has of its own ------------------------------------------------------

    async def _open(self) -> Open:
        """Connect. Raises DeviceError naming what is wrong."""
        raise NotImplementedError

    async def _use(self) -> str:
        """Work with the open connection until it is lost; returns why."""
        raise NotImplementedError

    @property
    def _first_wait(self) -> float:
        return FIRST_WAIT

    @property
    def _longest_wait(self) -> float:
        return 1.0

    def _comes_later(self, error: DeviceError) -> bool:
        """Whether this is no trouble but a device that is not expected to be there yet."""
        return False

    async def _failed(self, error: DeviceError, pause: float) -> float:
        """Connecting did not work: told once while the link is down. Returns the next pause."""
        if self._said is None or self._said[0] is not LinkState.DOWN:
            self._say(LinkState.DOWN, error.code)
        return await self._pause(pause)

    # --- what they share ----------------------------------------------------------------------

    def _begin_speaking(self, speaker: Speaker | None) -> Speaker | None:
        """Speak on a new connection; what must outlast the old one is taken over."""
        if isinstance(speaker, Following) and self._last_speaker is not None:
            speaker.follow(self._last_speaker)
        self._speaker = self._last_speaker = speaker
        return speaker

    async def _pause(self, seconds: float) -> float:
        """Wait before the next attempt; returns how long to wait before the one after."""
        await asyncio.sleep(seconds)
        return min(2 * seconds, self._longest_wait)

    def _say(self, state: LinkState, reason: str = "", expected: bool = False) -> None:
        if self._said == (state, reason):
            return  # still the same trouble
        self._said = (state, reason)
        now = self._clock.now()
        if self._capture is not None and state in (LinkState.UP, LinkState.DOWN):
            self._capture.link(now, state)
        self._deliver([Link(self._info.id, state, now, reason, expected)])

    async def _send(self, writes: Sequence[bytes]) -> None:
        """Write what the speaker wants; what its protocol does not allow is refused and told."""
        now = self._clock.now()
        self._hand_on(await saying.say(self._info, self._speaker, self._connection, writes, now))

    def _hand_on(self, items: Sequence[Decoded]) -> None:
        if items:
            name = self._info.id
            self._deliver([msgspec.structs.replace(item, source=name) for item in items])


def _nowhere(items: Sequence[Delivery]) -> None:
    """Where deliveries go before ``run``."""

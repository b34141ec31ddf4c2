"""A device in use: a transport, its protocol's decoder and, where it must be spoken to, a speaker.

The source connects by itself, for as long as it runs: a link that drops is said at once and taken
up again as soon as the device is back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from devices.capture import CaptureWriter
from devices.decoders.base import Speaker
from devices.hearing import Hearing, MakeDecoder
from devices.in_use import InUse
from devices.transports import Chunk, Connection, LinkLost, Transport
from kapmonitor.clock import Clock
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Decoded, Notice

SILENCE = 10.0
"""Seconds without a byte after which a device that must be spoken to is greeted again."""

_SHORTEST_TURN = 0.01
_OLD = 1.0


class Equipment(Struct, frozen=True):
    """What a source works with, once it is known which protocol is spoken.

    ``make_speaker`` is None for a device that is only listened to. ``settings`` are a port's, and
    ``channel`` is the decoder's where the transport knows of none. ``doubtful``: should the bytes
    mean nothing, ``prepare`` may find out better.
    """

    info: SourceInfo
    transport: Transport
    make_decoder: MakeDecoder
    make_speaker: Callable[[], Speaker | None] | None = None
    settings: str = ""
    channel: str = ""
    doubtful: bool = False


Prepare = Callable[[], Awaitable[Equipment]]


class DeviceSource(InUse[Connection]):
    """One device on a port, a cable or in a file.

    ``prepare`` finds out what to work with; it is asked again until it succeeds, and may raise
    DeviceError. Until then ``info`` is what was known at first.
    """

    def __init__(
        self,
        info: SourceInfo,
        prepare: Prepare,
        clock: Clock,
        capture: CaptureWriter | None = None,
    ) -> None:
        super().__init__(info, clock, capture)
        self._prepare = prepare
        self._equipment: Equipment | None = None
        self._hearing: Hearing | None = None
        self._doubted = False

    # --- connecting -------------------------------------------------------------------------

    async def _open(self) -> Connection:
        if self._equipment is None:
            equipment = await self._prepare()
            self._info, self._equipment = equipment.info, equipment
            hearing = Hearing(self._info.protocol, equipment.make_decoder, self._info.continuous)
            if self._hearing is not None:
                hearing.number_on_from(self._hearing)
            self._hearing = hearing
        connection = await self._equipment.transport.open()
        if self._capture is not None:
            utc = self._clock.utc(self._clock.now())
            kind = self._info.address.partition(":")[0].rpartition("@")[2]
            self._capture.begin(self._info.protocol, kind, utc, self._equipment.settings)
        return connection

    @property
    def _longest_wait(self) -> float:
        return self._equipment.transport.longest_wait if self._equipment else 1.0

    # --- connected --------------------------------------------------------------------------

    async def _use(self) -> str:
        """Work with the open connection until it is lost; returns why."""
        equipment, hearing, connection = self._equipment, self._hearing, self._connection
        assert equipment is not None and hearing is not None and connection is not None
        speaker = self._begin_speaking(equipment.make_speaker() if equipment.make_speaker else None)
        heard = begun = self._clock.now()
        try:
            if speaker is not None:
                await self._send(speaker.opened(heard))
            while True:
                item = await self._receive(connection, heard)
                now = self._clock.now()
                if item is not None and item.at < begun - _OLD:
                    continue  # it came between probe and run, when nobody was listening
                if item is not None:
                    heard = now
                    self._tap(item)
                    items = hearing.hear(item)
                    self._hand_on(items)
                    self._doubt(items)
                if speaker is None:
                    continue
                if isinstance(item, Chunk):
                    await self._send(speaker.feed(item.data, item.at))
                await self._send(speaker.due(now))
                if now - heard >= SILENCE:
                    heard = now
                    await self._send(speaker.opened(now))
        except LinkLost as lost:
            return lost.reason
        finally:
            self._hand_on(hearing.finish(self._clock.now()))

    async def _receive(self, connection: Connection, heard: float) -> Chunk | Notice | None:
        """Wait for what comes next, or until the speaker has something to do (None)."""
        if self._speaker is None:
            return await connection.receive()
        due = self._speaker.deadline()
        until = heard + SILENCE if due is None else min(due, heard + SILENCE)
        seconds = self._clock.real_seconds(until - self._clock.now())
        try:
            async with asyncio.timeout(max(seconds, _SHORTEST_TURN)):
                return await connection.receive()
        except TimeoutError:
            return None

    def _tap(self, item: Chunk | Notice) -> None:
        """Keep the raw bytes, before anything is made of them."""
        if self._capture is not None and isinstance(item, Chunk):
            channel = item.channel or (self._equipment.channel if self._equipment else "")
            self._capture.chunk(item.at, item.data, channel)

    def _doubt(self, items: Sequence[Decoded]) -> None:
        """Find out anew what is spoken when nothing can be understood, once in a session.

        An older unit that was switched off at the start is met with the settings of a newer one.
        """
        equipment = self._equipment
        if equipment is None or not equipment.doubtful or self._doubted:
            return
        if any(isinstance(item, Notice) and item.kind == "wrong_protocol" for item in items):
            self._doubted = True
            self._equipment = None
            raise LinkLost("wrong_protocol")

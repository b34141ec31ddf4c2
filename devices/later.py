"""Sources that are more than a port: a Bluetooth device to be found first, a virtual one."""

import asyncio
from collections.abc import Awaitable, Callable

from devices.address import SourceAddress, short_id
from devices.capture import CaptureWriter
from devices.catalogue import any_device, commands_of
from devices.decoders import protocol
from devices.virtual import scenarios
from devices.virtual.bedside import VirtualBedside, VirtualSource
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.ports import Deliver, Source, SourceInfo
from kapmonitor.reading import Link, LinkState

PAUSE = 1.0
"""Seconds between two looks for a device that is not there yet; each look takes seconds itself."""

Find = Callable[[], Awaitable[Source]]


class LaterSource:
    """A source that can only be made once its device was found; until then ``info`` is a guess."""

    def __init__(self, info: SourceInfo, find: Find, clock: Clock) -> None:
        self._info = info
        self._find = find
        self._clock = clock
        self._found: Source | None = None

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self._found.info if self._found is not None else self._info

    async def probe(self, wait: bool = False) -> None:
        """Find the device and connect, or (``wait``) as soon as it is there. Raises DeviceError."""
        while self._found is None:
            try:
                self._found = await self._find()
            except DeviceError:
                if not wait:
                    raise
                await asyncio.sleep(PAUSE)
        await self._found.probe(wait)

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled."""
        if self._found is None:
            self._say(deliver, LinkState.CONNECTING)
        said = ""
        while self._found is None:
            try:
                self._found = await self._find()
            except DeviceError as error:
                if error.code != said:
                    said = error.code
                    self._say(deliver, LinkState.DOWN, said)
                await asyncio.sleep(PAUSE)
        await self._found.run(deliver)

    async def ask(self, command: str) -> None:
        """Send a command. Raises DeviceError ``not_connected`` and what the device's own raises."""
        if self._found is None:
            raise DeviceError("not_connected", source=self._info.id)
        await self._found.ask(command)

    def _say(self, deliver: Deliver, state: LinkState, reason: str = "") -> None:
        deliver([Link(self._info.id, state, self._clock.now(), reason)])


def ble_source(
    address: SourceAddress,
    clock: Clock,
    capture: CaptureWriter | None = None,
    name: str = "",
    site: str = "",
    experimental: bool = False,
    may_start: bool = False,
    avoid: Callable[[str], bool] | None = None,
    ask_passkey: Callable[[str], Awaitable[int | None]] | None = None,
) -> LaterSource:
    """The Bluetooth LE device at an address. Raises UsageError ``unknown_protocol``."""

    async def find() -> Source:
        from devices.transports.ble import open_ble

        return await open_ble(
            address,
            clock,
            id=name,
            site=site,
            capture=capture,
            experimental=experimental,
            may_start=may_start,
            avoid=avoid,
            ask_passkey=ask_passkey,
        )

    name = name or short_id(address)
    info = SourceInfo(name, address.protocol, str(address), "", (), continuous=True, site=site)
    if address.protocol:
        protocol(address.protocol)
        entry = any_device(address.protocol)
        info = SourceInfo(
            name,
            address.protocol,
            str(address),
            entry.label,
            entry.measures,
            continuous=entry.continuous is not False,
            commands=commands_of(entry, may_start=may_start),
            site=site,
            experimental=bool(entry.experimental),
        )
    return LaterSource(info, find, clock)


def virtual_source(
    address: SourceAddress, clock: Clock, capture: CaptureWriter | None = None
) -> Source:
    """A virtual device on an ordinary patient of its own, for a capture only its bytes.

    Raises UsageError ``unknown_virtual_device``.
    """
    bedside = VirtualBedside(1, "in", scenarios.load("ordinary"), [address.address])
    source = bedside.sources(clock)[0]
    return source if capture is None else VirtualTap(source, clock, capture)


class VirtualTap:
    """A virtual device of which only the bytes are wanted."""

    STEP = 0.1  # session seconds

    def __init__(self, source: VirtualSource, clock: Clock, capture: CaptureWriter) -> None:
        self._source = source
        self._clock = clock
        self._capture = capture

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self._source.info

    async def probe(self, wait: bool = False) -> None:
        """It is always there."""

    async def run(self, deliver: Deliver) -> None:
        """Write bytes until cancelled; nothing is delivered but the link."""
        now = self._clock.now()
        self._capture.begin(self.info.protocol, "virtual", self._clock.utc(now))
        self._capture.link(now, LinkState.UP)
        deliver([Link(self.info.id, LinkState.UP, now)])
        while True:
            for chunk in self._source.device.bytes_until(self._clock.now()):
                self._capture.chunk(chunk.at, chunk.data, chunk.channel)
            await asyncio.sleep(self._clock.real_seconds(self.STEP))

    async def ask(self, command: str) -> None:
        """Pass a command on."""
        await self._source.ask(command)

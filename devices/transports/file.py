"""A capture played back at its own pace, as a device that is not there."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from devices.address import SourceAddress, short_id
from devices.capture import Capture, LinkLine, read_capture
from devices.catalogue import any_device
from devices.decoders import ProtocolSpec, protocol
from devices.hearing import Hearing, MakeDecoder
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.ports import Deliver, SourceInfo
from kapmonitor.reading import Delivery, Link, LinkState


class CapturePlayer:
    """A capture as a source driven by time: ``step(now)`` gives all that had come by then.

    The first line comes ``start_at``; each other one as much later as it did when it was taken.
    """

    def __init__(
        self, info: SourceInfo, capture: Capture, make_decoder: MakeDecoder, start_at: float
    ) -> None:
        self._info = info
        self._lines = capture.lines
        self._shift = start_at - (capture.lines[0].at if capture.lines else 0.0)
        self._next = 0
        self._hearing = Hearing(info.protocol, make_decoder, info.continuous)
        self._up: bool | None = None
        self._closed = False

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self._info

    def next_at(self) -> float | None:
        """When the next line is due, on the session clock; None at the end."""
        if self._next >= len(self._lines):
            return None
        return self._lines[self._next].at + self._shift

    def step(self, now: float) -> Sequence[Delivery]:
        """Everything up to ``now`` since the last step, in order of time."""
        out: list[Delivery] = []
        while (at := self.next_at()) is not None and at <= now:
            line = self._lines[self._next]
            self._next += 1
            if isinstance(line, LinkLine):
                out += self._link(line.link is LinkState.UP, at, "recorded")
            else:
                out += self._link(True, at)
                heard = self._hearing.hear(msgspec.structs.replace(line, at=at))
                out += [msgspec.structs.replace(item, source=self._info.id) for item in heard]
        if self.next_at() is None and not self._closed:
            self._closed = True
            out.append(Link(self._info.id, LinkState.CLOSED, now, "capture_ended", expected=True))
        return out

    def command(self, command: str, now: float) -> None:
        """A recording takes no commands: raises DeviceError ``command_unknown``."""
        raise DeviceError("command_unknown", source=self._info.id, command=command)

    def _link(self, up: bool, at: float, reason: str = "") -> list[Delivery]:
        """The change of the link, if it is one."""
        if up == self._up:
            return []
        self._up = up
        if up:
            return [Link(self._info.id, LinkState.UP, at)]
        self._hearing.finish(at)
        return [Link(self._info.id, LinkState.DOWN, at, reason)]


class FileSource:
    """The same on a running clock, from the moment at which it is run."""

    def __init__(
        self, info: SourceInfo, capture: Capture, make_decoder: MakeDecoder, clock: Clock
    ) -> None:
        self._info = info
        self._capture = capture
        self._make_decoder = make_decoder
        self._clock = clock

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self._info

    async def probe(self, wait: bool = False) -> None:
        """A capture that could be read is there."""

    async def run(self, deliver: Deliver) -> None:
        """Deliver at the recorded pace; after the end nothing more comes, until cancelled."""
        player = CapturePlayer(
            self._info, self._capture, self._make_decoder, start_at=self._clock.now()
        )
        while (due := player.next_at()) is not None:
            await asyncio.sleep(self._clock.real_seconds(due - self._clock.now()))
            delivered = player.step(max(due, self._clock.now()))
            if delivered:
                deliver(delivered)
        await asyncio.Event().wait()

    async def ask(self, command: str) -> None:
        """A recording takes no commands: raises DeviceError ``command_unknown``."""
        raise DeviceError("command_unknown", source=self._info.id, command=command)

    async def aclose(self) -> None:
        """Nothing is held open."""


def file_source(address: SourceAddress, clock: Clock, name: str = "", site: str = "") -> FileSource:
    """The capture at an address as a source.

    Raises UsageError: what reading it can raise; ``protocol_needed`` when neither the address nor
    the capture names a protocol; ``unknown_protocol``.
    """
    info, capture, make_decoder = _opened(address, name, site)
    return FileSource(info, capture, make_decoder, clock)


def file_player(
    address: SourceAddress, start_at: float = 0.0, name: str = "", site: str = ""
) -> CapturePlayer:
    """The same for a simulation, driven by time as an argument. Raises as `file_source` does."""
    info, capture, make_decoder = _opened(address, name, site)
    return CapturePlayer(info, capture, make_decoder, start_at)


def _opened(
    address: SourceAddress, name: str, site: str
) -> tuple[SourceInfo, Capture, MakeDecoder]:
    path = Path(address.address).expanduser()
    capture = read_capture(path)
    protocol_name = address.protocol or capture.header.protocol
    if not protocol_name:
        raise UsageError("protocol_needed", file=path.name)
    spec = protocol(protocol_name)
    entry = any_device(protocol_name)
    info = SourceInfo(
        name or short_id(address),
        protocol_name,
        str(address),
        entry.label,
        entry.measures,
        continuous=bool(entry.continuous),
        site=site,
        # What was recorded is nobody's pulse now.
        simulated=True,
        experimental=bool(entry.experimental),
    )
    return info, capture, lambda channel: spec.make(channel) if _knows(spec, channel) else None


def _knows(spec: ProtocolSpec, channel: str) -> bool:
    """Whether a channel of a capture, perhaps made by a newer program, can be decoded."""
    return not channel or channel.lower() in (known.lower() for known in spec.channels)

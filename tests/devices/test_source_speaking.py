"""What a source writes, and when: tried on a connection and a speaker that tests can see into."""

import asyncio
import contextlib

import pytest

from devices.decoders.contec_serial import V7Decoder
from devices.device_source import DeviceSource, Equipment
from devices.transports import Chunk, LinkLost
from kapmonitor.clock import SessionClock
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Notice
from tests.devices.fake_port import Inbox
from tests.patience import until

CUFF = SourceInfo("cuff", "", "serial:COM3", "A cuff", (), continuous=False, commands=("start",))


class Wire:
    """A transport and its connection in one; ``sent`` is what reached the device."""

    longest_wait = 0.25

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = 0
        self.coming: asyncio.Queue[Chunk | LinkLost] = asyncio.Queue()

    async def open(self) -> "Wire":
        return self

    async def receive(self) -> Chunk | Notice:
        item = await self.coming.get()
        if isinstance(item, LinkLost):
            raise item
        return item

    async def send(self, data: bytes) -> None:
        self.sent.append(data)

    async def close(self) -> None:
        self.closed += 1


class Talker:
    """Greets, answers ``?`` with ``!`` and wants, now and then, what is not allowed."""

    def opened(self, at: float) -> list[bytes]:
        return [b"hello"]

    def feed(self, data: bytes, at: float) -> list[bytes]:
        return [b"!"] if data == b"?" else [b"erase"] if data == b"bad" else []

    def due(self, now: float) -> list[bytes]:
        return []

    def deadline(self) -> float | None:
        return None

    def allows(self, data: bytes) -> bool:
        return data in (b"hello", b"!", b"inflate")

    def ask(self, command: str, at: float) -> list[bytes]:
        return [b"inflate"]


def cuff_on(wire: Wire, clock: SessionClock) -> DeviceSource:
    async def prepare() -> Equipment:
        return Equipment(CUFF, wire, lambda channel: V7Decoder(), make_speaker=Talker)

    return DeviceSource(CUFF, prepare, clock)


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_a_device_is_greeted_answered_and_greeted_again_after_ten_silent_seconds(inbox: Inbox):
    async def story() -> None:
        wire, clock = Wire(), SessionClock(rate=50.0)
        task = asyncio.create_task(cuff_on(wire, clock).run(inbox))
        await until(lambda: wire.sent == [b"hello"])
        wire.coming.put_nowait(Chunk(clock.now(), b"?"))
        await until(lambda: wire.sent == [b"hello", b"!"])
        answered = clock.now()
        await until(lambda: wire.sent == [b"hello", b"!", b"hello"])
        assert clock.now() - answered >= 9.0
        await stop(task)
        assert wire.closed

    asyncio.run(story())


def test_a_write_that_the_protocol_does_not_allow_is_refused_and_told(inbox: Inbox):
    async def story() -> None:
        wire, clock = Wire(), SessionClock()
        task = asyncio.create_task(cuff_on(wire, clock).run(inbox))
        await until(lambda: wire.sent == [b"hello"])
        wire.coming.put_nowait(Chunk(clock.now(), b"bad"))
        wire.coming.put_nowait(Chunk(clock.now(), b"?"))
        await until(lambda: wire.sent == [b"hello", b"!"])
        told = next(i for i in inbox.items if isinstance(i, Notice) and i.kind == "write_refused")
        assert told.detail["hex"] == b"erase".hex()
        assert told.source == "cuff"
        await stop(task)

    asyncio.run(story())


def test_a_command_reaches_the_device_only_while_it_is_connected(inbox: Inbox):
    async def story() -> None:
        wire = Wire()
        source = cuff_on(wire, SessionClock())
        with pytest.raises(DeviceError) as early:
            await source.ask("start")
        assert early.value.code == "not_connected"
        task = asyncio.create_task(source.run(inbox))
        await until(lambda: wire.sent == [b"hello"])
        await source.ask("start")
        assert wire.sent == [b"hello", b"inflate"]
        with pytest.raises(DeviceError) as unknown:
            await source.ask("erase")
        assert unknown.value.code == "command_unknown"
        wire.coming.put_nowait(LinkLost("port_gone"))
        await inbox.until(lambda box: ("down", "port_gone") in box.links())
        with pytest.raises(DeviceError):
            await source.ask("start")
        await until(lambda: wire.sent[2:] == [b"hello"])
        await stop(task)

    asyncio.run(story())

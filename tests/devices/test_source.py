"""A serial device as a source: it delivers, drops, comes back, is spoken to, and is doubted."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from devices.address import parse_address
from devices.capture import CaptureWriter, read_capture
from devices.decoders.contec_serial import KEEP_ALIVE, START, STOP
from devices.device_source import DeviceSource
from devices.source import open_source
from devices.virtual import scenarios
from devices.virtual.bedside import VirtualBedside
from devices.virtual.contec import VirtualContec
from devices.virtual.encode import nonin_frame
from devices.virtual.pty_twin import serve_on_pty
from kapmonitor.clock import Clock, SessionClock
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.ports import Source
from kapmonitor.reading import Notice, PlethRun, Reading
from kapmonitor.vitals import Vital
from tests.devices.fake_port import FakePort, Inbox, counting
from tests.patience import PATIENCE, until

CONTEC = "contec-cms50-serial@serial:"
FAST = 20.0  # session seconds in a real one, so that nobody waits for a keep-alive


def source_at(port: FakePort, clock: Clock, protocol: str = CONTEC) -> Source:
    return open_source(parse_address(f"{protocol}{port.path}"), clock)


@asynccontextmanager
async def running(source: Source, inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(source.run(inbox))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)


@asynccontextmanager
async def sending(port: FakePort, data: bytes = counting(0, 6)) -> AsyncIterator[None]:
    """A device that streams for as long as it is plugged in, and drops what nobody fetches."""

    async def stream() -> None:
        while True:
            with contextlib.suppress(BlockingIOError, AssertionError, OSError):
                port.write(data)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(stream())
    try:
        yield
    finally:
        task.cancel()


def play(story: Callable[[], Awaitable[None]]) -> None:
    async def once() -> None:
        await story()

    asyncio.run(once())


def test_a_device_delivers_drops_and_comes_back_without_a_double_or_a_loss(
    fake_port: FakePort, inbox: Inbox
):
    """Half a frame is lost with the cable; every whole one arrives once and in order."""

    async def story() -> None:
        source = source_at(fake_port, SessionClock())
        async with sending(fake_port):
            await source.probe()
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            fake_port.write(counting(10, 100))
            await inbox.until(lambda box: bool(box.pleth()) and box.pleth()[-1] == 109)
            fake_port.write(counting(110, 1)[:4])
            fake_port.unplug()
            await inbox.until(lambda box: box.links()[-1] == ("down", "port_gone"))
            fake_port.plug()
            await inbox.until(lambda box: box.links()[-1] == ("up", ""))
            fake_port.write(counting(0, 100))
            await inbox.until(lambda box: box.pleth()[-1] == 99)
        assert [link[0] for link in inbox.links()] == ["connecting", "up", "down", "up"]
        samples = inbox.pleth()
        assert samples[-200:] == [*range(10, 110), *range(100)]

    play(story)


def test_every_item_names_its_source_and_packets_count_on_over_a_reconnect(
    fake_port: FakePort, inbox: Inbox
):
    async def story() -> None:
        address = parse_address(f"{CONTEC}{fake_port.path}")
        source = open_source(address, SessionClock(), name="finger", site="left_finger")
        assert source.info.id == "finger"
        assert source.info.site == "left_finger"
        async with sending(fake_port):
            await source.probe()
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            fake_port.write(counting(0, 10))
            await inbox.until(lambda box: 9 in box.pleth())
            last = max(getattr(item, "packet", 0) for item in inbox.items)
            fake_port.unplug()
            fake_port.plug()
            await inbox.until(lambda box: box.links().count(("up", "")) == 2)
            before = len(inbox.items)
            fake_port.write(counting(20, 10))
            await inbox.until(lambda box: 29 in box.pleth())
        assert {item.source for item in inbox.items} == {"finger"}
        after = [item.packet for item in inbox.items[before:] if isinstance(item, Reading)]
        assert min(after) > last

    play(story)


def test_a_device_that_is_not_there_is_an_error_or_waited_for(fake_port: FakePort, inbox: Inbox):
    async def story() -> None:
        fake_port.unplug()
        source = source_at(fake_port, SessionClock())
        with pytest.raises(DeviceError) as refusal:
            await source.probe()
        assert refusal.value.code == "port_unknown"
        waiting = asyncio.create_task(source.probe(wait=True))
        async with running(source_at(fake_port, SessionClock()), inbox):
            await inbox.until(lambda box: ("down", "port_unknown") in box.links())
        fake_port.plug()
        async with sending(fake_port):
            await asyncio.wait_for(waiting, PATIENCE)
        await close(source)

    play(story)


async def close(source: Source) -> None:
    assert isinstance(source, DeviceSource)
    await source.aclose()


def test_the_protocol_is_found_by_listening_and_then_nothing_is_written(
    fake_port: FakePort, inbox: Inbox
):
    async def story() -> None:
        source = open_source(parse_address(f"serial:{fake_port.path}"), SessionClock(rate=FAST))
        assert source.info.protocol == ""
        async with sending(fake_port):
            await source.probe()
            assert source.info.protocol == "contec-cms50-serial"
            assert source.info.commands == ()
            async with running(source, inbox):
                await inbox.until(lambda box: any(i.at > 30 for i in box.items))
                with pytest.raises(DeviceError):
                    await source.ask("start")
        assert fake_port.heard() == b""

    play(story)


def test_a_silent_or_foreign_device_is_told_apart_when_its_protocol_is_looked_for(
    fake_port: FakePort,
):
    async def story() -> None:
        source = open_source(parse_address(f"serial:{fake_port.path}"), SessionClock(rate=5.0))
        with pytest.raises(DeviceError) as silent:
            await source.probe()
        assert silent.value.code == "device_silent"

        async def mumble() -> None:
            while True:
                fake_port.write(b"mumble mumble\r\n")
                await asyncio.sleep(0.01)

        task = asyncio.create_task(mumble())
        with pytest.raises(DeviceError) as foreign:
            await source.probe()
        assert foreign.value.code == "protocol_not_found"
        assert int(str(foreign.value.facts["bytes"])) > 10
        task.cancel()

    play(story)


def test_a_named_device_is_started_and_kept_alive_but_not_too_often(
    fake_port: FakePort, inbox: Inbox
):
    """The unit stops after 5 s without a word; more than a word a second would be noise."""

    async def story() -> None:
        clock = SessionClock(rate=10.0)
        source = source_at(fake_port, clock)
        said = bytearray()
        async with sending(fake_port):
            await source.probe()
            async with running(source, inbox):
                await inbox.until(lambda box: ("up", "") in box.links())
                began = clock.now()

                def kept_alive() -> bool:
                    said.extend(fake_port.heard())
                    return said.count(KEEP_ALIVE) >= 4

                await until(kept_alive)
                took = clock.now() - began
        kept = said.count(KEEP_ALIVE)
        assert bytes(said) == STOP + START + KEEP_ALIVE * kept
        assert took >= kept * 4.0 - 1.0  # the first is counted from a moment before

    play(story)


def test_a_silent_device_that_must_be_spoken_to_is_greeted_again(fake_port: FakePort, inbox: Inbox):
    async def story() -> None:
        said = bytearray()
        source = source_at(fake_port, SessionClock(rate=FAST))
        async with running(source, inbox):

            def greeted_again() -> bool:
                said.extend(fake_port.heard())
                return said.count(START) >= 3

            await until(greeted_again)
        assert inbox.links() == [("connecting", ""), ("up", "")]

    play(story)


def test_the_bytes_of_another_protocol_give_no_reading_and_one_notice(
    fake_port: FakePort, inbox: Inbox
):
    """A Nonin at a port that the user called a Contec."""

    async def story() -> None:
        slots = (72 >> 7, 72 & 0x7F, 97) + 22 * (0,)
        packet = b"".join(
            nonin_frame(0x81 if number == 0 else 0x80, 60, slot, False)
            for number, slot in enumerate(slots)
        )
        source = source_at(fake_port, SessionClock(rate=FAST))
        async with sending(fake_port, packet), running(source, inbox):
            await inbox.until(lambda box: "wrong_protocol" in box.kinds())
            await inbox.until(lambda box: box.links().count(("up", "")) == 2)
        told = next(i for i in inbox.items if isinstance(i, Notice) and i.kind == "wrong_protocol")
        assert told.detail["expected"] == "contec-cms50-serial"
        assert told.detail["likely"] == "nonin-serial"
        assert int(str(told.detail["bytes"])) > 100
        assert not [item for item in inbox.items if isinstance(item, Reading)]

    play(story)


def test_unchanged_values_are_thinned_to_one_a_second(fake_port: FakePort, inbox: Inbox):
    async def story() -> None:
        source = source_at(fake_port, SessionClock())
        async with sending(fake_port):
            await source.probe()
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            fake_port.write(counting(0, 60))
            await inbox.until(lambda box: 59 in box.pleth())
        assert inbox.pleth()[-60:] == list(range(60))
        rates = [i for i in inbox.items if isinstance(i, Reading) and i.vital is Vital.PULSE_RATE]
        assert 1 <= len(rates) <= 2

    play(story)


def test_what_a_source_hears_is_captured_before_it_is_decoded(
    fake_port: FakePort, inbox: Inbox, tmp_path: Path
):
    async def story() -> None:
        file = tmp_path / "bedside.kapcap"
        writer = CaptureWriter(file)
        address = parse_address(f"{CONTEC}{fake_port.path}")
        source = open_source(address, SessionClock(), writer)
        async with sending(fake_port):
            await source.probe()
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            fake_port.write(b"\xff\xff" + counting(0, 20))
            await inbox.until(lambda box: 19 in box.pleth())
            fake_port.unplug()
            await inbox.until(lambda box: box.links()[-1][0] == "down")
        writer.close()
        capture = read_capture(file)
        heard = b"".join(chunk.data for chunk in capture.chunks())
        assert heard.endswith(b"\xff\xff" + counting(0, 20))
        assert capture.header.protocol == "contec-cms50-serial"
        assert capture.header.transport == "serial"
        assert {chunk.channel for chunk in capture.chunks()} == {"v7"}
        assert str(fake_port.path) not in file.read_text()

    play(story)


def test_twenty_lives_leave_no_thread_and_no_file_open(fake_port: FakePort):
    def count() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/dev/fd").iterdir()))

    async def live() -> None:
        inbox = Inbox()
        async with running(source_at(fake_port, SessionClock()), inbox):
            await inbox.until(lambda box: bool(box.pleth()))

    async def story() -> None:
        async with sending(fake_port):
            await live()
            before = count()
            for _ in range(20):
                await live()
            await until(lambda: count() == before)
            assert count() == before

    play(story)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no-such-protocol@serial:COM3", "unknown_protocol"),
        ("ble-heart-rate@serial:COM3", "not_serial"),
        ("file:no-such.kapcap", "capture_missing"),
    ],
)
def test_an_address_that_can_never_work_is_refused_at_once(text: str, code: str):
    with pytest.raises(UsageError) as refusal:
        open_source(parse_address(text), SessionClock())

    assert refusal.value.code == code


def test_a_unit_that_needs_its_keep_alive_goes_on_streaming(inbox: Inbox):
    """The virtual unit starts when asked and stops 5 s after the last word, like the real one."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals to stand for a serial port")

    async def story() -> None:
        clock = SessionClock(rate=10.0)
        bedside = VirtualBedside(1, "in", scenarios.load("ordinary"), [])
        device = VirtualContec(bedside.patient, strict_keepalive=True)
        with serve_on_pty(device, clock) as twin:
            source = open_source(parse_address(f"{CONTEC}{twin.port}"), clock)
            async with running(source, inbox):
                await inbox.until(lambda box: bool(box.pleth()))
                began = clock.now()
                await inbox.until(
                    lambda box: any(
                        isinstance(i, PlethRun) and i.at > began + 16.0 for i in box.items
                    )
                )
        assert inbox.links() == [("connecting", ""), ("up", "")]

    play(story)


def test_an_older_unit_that_is_switched_on_later_is_understood(fake_port: FakePort, inbox: Inbox):
    """At the start the port was silent, so the form of the newer units was taken for granted."""

    async def story() -> None:
        # Slower than FAST: it listens for one session second before it makes up its mind.
        source = source_at(fake_port, SessionClock(rate=5.0))
        frames = bytes.fromhex("8532044161") * 6
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            async with sending(fake_port, frames):
                await inbox.until(lambda box: any(isinstance(i, Reading) for i in box.items))
        rate = next(i for i in inbox.items if isinstance(i, Reading) and i.vital == "pulse_rate")
        assert rate.value == 65
        assert [link for link in inbox.links() if link[0] == "down"] == [("down", "wrong_protocol")]

    play(story)


def test_the_engine_never_sees_what_came_while_nobody_listened(fake_port: FakePort, inbox: Inbox):
    """Between looking for the device and the session a person may take her time."""

    async def story() -> None:
        clock = SessionClock(rate=FAST)
        source = source_at(fake_port, clock)
        async with sending(fake_port):
            await source.probe()
        fake_port.write(counting(100, 20))
        dallied = clock.now() + 2.0
        await until(lambda: clock.now() > dallied)
        async with running(source, inbox):
            await inbox.until(lambda box: ("up", "") in box.links())
            fake_port.write(counting(50, 10))
            await inbox.until(lambda box: 59 in box.pleth())
        assert inbox.pleth() == list(range(50, 60))

    play(story)

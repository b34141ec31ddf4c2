"""The real serial transport at one end of a pseudo-terminal, a troublesome device at the other."""

import asyncio
import errno
import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import serial

from devices.transports import Chunk, LinkLost
from devices.transports.serial_port import (
    PortSettings,
    SerialConnection,
    SerialTransport,
    _why_not,
)
from kapmonitor.clock import SessionClock
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Notice
from tests.devices.fake_port import FakePort, counting
from tests.patience import PATIENCE, until

FAST = PortSettings(115200)


class SleepyClock(SessionClock):
    """A clock that can hold the reader's thread, as a laptop's closed lid does, for 30 seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0
        self.asleep = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()

    def close_lid(self) -> None:
        self._may_go_on.clear()

    def open_lid(self) -> None:
        self.ahead += 30.0
        self._may_go_on.set()

    def now(self) -> float:
        if threading.current_thread() is not threading.main_thread():
            if not self._may_go_on.is_set():
                self.asleep.set()
            self._may_go_on.wait(PATIENCE)
        return super().now() + self.ahead


async def read_bytes(connection: SerialConnection, count: int) -> bytes:
    data = b""
    async with asyncio.timeout(PATIENCE):
        while len(data) < count:
            item = await connection.receive()
            assert isinstance(item, Chunk)
            data += item.data
    return data


async def why_not(path: Path | str) -> DeviceError:
    with pytest.raises(DeviceError) as refusal:
        await SerialTransport(str(path), FAST, SessionClock()).open()
    return refusal.value


def test_bytes_arrive_whole_in_order_and_stamped(fake_port: FakePort):
    async def story() -> None:
        clock = SessionClock()
        connection = await SerialTransport(str(fake_port.path), FAST, clock).open()
        try:
            before = clock.now()
            sent = counting(0, 300)
            for place in range(0, len(sent), 90):
                fake_port.write(sent[place : place + 90])
            first = await connection.receive()
            assert isinstance(first, Chunk)
            assert before <= first.at <= clock.now()
            rest = await read_bytes(connection, len(sent) - len(first.data))
            assert first.data + rest == sent
        finally:
            await connection.close()

    asyncio.run(story())


def test_pulling_the_plug_is_noticed_at_once_and_for_good(fake_port: FakePort):
    async def story() -> None:
        connection = await SerialTransport(str(fake_port.path), FAST, SessionClock()).open()
        fake_port.write(b"last words")
        assert await read_bytes(connection, 10) == b"last words"
        fake_port.unplug()
        for _ in range(2):
            with pytest.raises(LinkLost) as lost:
                await asyncio.wait_for(connection.receive(), PATIENCE)
            assert lost.value.reason == "port_gone"
        await connection.close()

    asyncio.run(story())


def test_a_port_is_ours_alone(fake_port: FakePort):
    async def story() -> None:
        transport = SerialTransport(str(fake_port.path), FAST, SessionClock())
        connection = await transport.open()
        assert (await why_not(fake_port.path)).code == "port_busy"
        await connection.close()
        again = await transport.open()
        await again.close()

    asyncio.run(story())


def test_a_port_that_is_not_there_is_unknown(tmp_path: Path):
    error = asyncio.run(why_not(tmp_path / "ttyUSB7"))

    assert error.code == "port_unknown"
    assert error.facts == {"port": str(tmp_path / "ttyUSB7")}


def test_a_file_that_is_no_port_fails_with_a_reason(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("Dear clinic")

    error = asyncio.run(why_not(tmp_path / "letter.txt"))

    assert error.code == "port_failed"
    assert error.facts["reason"]


def test_a_port_without_permission_names_the_group(
    fake_port: FakePort, monkeypatch: pytest.MonkeyPatch
):
    """Root may open everything, so the system's refusal is put in its mouth."""
    import grp

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    fake_os = SimpleNamespace(**{**vars(os), "open": refuse})
    monkeypatch.setattr("serial.serialposix.os", fake_os)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(grp, "getgrgid", lambda gid: SimpleNamespace(gr_name="uucp"))

    error = asyncio.run(why_not(fake_port.path))

    assert error.code == "port_no_permission"
    assert error.facts["group"] == "uucp"
    assert error.facts["command"] == "sudo usermod -a -G uucp $USER"


def test_a_port_that_does_not_know_the_settings_fails_with_a_reason(
    fake_port: FakePort, monkeypatch: pytest.MonkeyPatch
):
    """The system then raises termios.error, which is no OSError."""
    import termios

    def refuse(*_: object) -> None:
        raise termios.error(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(termios, "tcsetattr", refuse)

    error = asyncio.run(why_not(fake_port.path))

    assert error.code == "port_failed"
    assert "Invalid argument" in str(error.facts["reason"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("could not open port 'COM9': FileNotFoundError(2, 'not found', None, 2)", "port_unknown"),
        ("could not open port 'COM3': PermissionError(13, 'Access', None, 5)", "port_busy"),
        ("could not open port 'COM3': OSError(22, 'semaphore', None, 121)", "port_failed"),
    ],
)
def test_what_windows_says_is_understood(text: str, code: str):
    """There pyserial keeps the system's error in its text only."""
    assert _why_not("COM3", serial.SerialException(text)).code == code


def test_only_what_the_protocol_allows_is_written(fake_port: FakePort):
    async def story() -> None:
        transport = SerialTransport(
            str(fake_port.path), FAST, SessionClock(), allows=lambda data: data == b"go"
        )
        connection = await transport.open()
        with pytest.raises(DeviceError) as refusal:
            await connection.send(b"erase")
        assert refusal.value.code == "write_refused"
        await connection.send(b"go")
        fake_port.write(b"!")
        await read_bytes(connection, 1)
        await connection.close()
        assert fake_port.heard() == b"go"

    asyncio.run(story())


def test_without_a_list_nothing_is_ever_written(fake_port: FakePort):
    async def story() -> None:
        connection = await SerialTransport(str(fake_port.path), FAST, SessionClock()).open()
        with pytest.raises(DeviceError) as refusal:
            await connection.send(b"go")
        assert refusal.value.code == "write_refused"
        await connection.close()
        assert fake_port.heard() == b""

    asyncio.run(story())


def test_what_piled_up_while_we_stood_still_is_not_taken_for_live(fake_port: FakePort):
    """After half a minute of sleep the port holds bytes that nobody knows the age of.

    The keep-alive, long overdue, is written at the same moment and must not get in the way.
    """

    async def story() -> None:
        clock = SleepyClock()
        transport = SerialTransport(str(fake_port.path), FAST, clock, allows=lambda data: True)
        connection = await transport.open()
        fake_port.write(b"fresh")
        assert await read_bytes(connection, 5) == b"fresh"
        clock.close_lid()
        assert await asyncio.to_thread(clock.asleep.wait, PATIENCE)
        fake_port.write(b"of unknown age")
        await connection.send(b"keep alive")
        clock.open_lid()
        notice = await asyncio.wait_for(connection.receive(), PATIENCE)
        assert isinstance(notice, Notice)
        assert notice.kind == "backlog_dropped"
        assert notice.detail["bytes"] == len(b"of unknown age")
        assert 29 < float(str(notice.detail["seconds"])) < 36
        fake_port.write(b"fresh again")
        assert await read_bytes(connection, 11) == b"fresh again"
        await connection.close()

    asyncio.run(story())


def test_nothing_is_left_behind_by_twenty_ports(fake_port: FakePort):
    def count() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/dev/fd").iterdir()))

    async def story() -> None:
        transport = SerialTransport(str(fake_port.path), FAST, SessionClock())
        await (await transport.open()).close()
        before = count()
        for number in range(20):
            connection = await transport.open()
            if number % 2:
                fake_port.write(counting(number, 5))
                await connection.receive()
            async with asyncio.timeout(PATIENCE):
                await connection.close()
                await connection.close()
        await until(lambda: count() == before)
        assert count() == before

    asyncio.run(story())


def test_giving_up_while_opening_leaves_nothing_open(fake_port: FakePort):
    async def story() -> None:
        transport = SerialTransport(str(fake_port.path), FAST, SessionClock())
        opening = asyncio.create_task(transport.open())
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        connection = await transport.open()
        await connection.close()

    asyncio.run(story())


def test_a_loop_that_ends_without_closing_us_frees_the_port(fake_port: FakePort):
    """A visit that could not begin, because another device was missing, must not hold this one."""

    async def forget() -> SerialConnection:
        return await SerialTransport(str(fake_port.path), FAST, SessionClock()).open()

    connection = asyncio.run(forget())

    connection._thread.join(PATIENCE)
    assert not connection._thread.is_alive()

"""Serial ports: one blocking reader thread per open port, which is the only one to touch it.

The thread waits in ``read(1)`` and then takes what else is there (a longer read with a timeout
would add up to a tenth of a second to every value), stamps it and hands it to the loop. What is to
be written goes to the same thread, so that a port that does not take bytes never holds up the loop.
"""

import asyncio
import contextlib
import errno
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import serial
from msgspec import Struct

from devices.transports import Chunk, LinkLost
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Detail, Notice

STALL = 2.0
"""Real seconds of standing still after which the bytes that wait are no longer taken for live."""

_TURN = 0.25  # seconds of waiting for a byte before the thread looks whether it should end
_MORE_THAN_A_PORT_KEEPS = 1 << 20  # bytes
_WRITE_TIMEOUT = 1.0
_CLOSE_TIMEOUT = 1.0

Allows = Callable[[bytes], bool]


class PortSettings(Struct, frozen=True):
    """How a port is set: ``parity`` is ``N``, ``E`` or ``O``."""

    baud: int
    parity: str = "N"
    bits: int = 8
    stop: int = 1

    def __str__(self) -> str:
        return f"{self.baud} {self.bits}{self.parity}{self.stop}"


class SerialTransport:
    """Opens one port. Without ``allows`` nothing is ever written to it.

    ``allows`` is the protocol's own list: it tells for the bytes of one write whether they may go.
    """

    # A look whether the port is back costs next to nothing, so it is taken every second.
    longest_wait = 1.0

    def __init__(
        self, port: str, settings: PortSettings, clock: Clock, allows: Allows | None = None
    ) -> None:
        self.port = port
        self.settings = settings
        self._clock = clock
        self._allows = allows

    async def open(self) -> "SerialConnection":
        """Open the port for us alone.

        Raises DeviceError: ``port_unknown``, ``port_busy``, ``port_no_permission`` (with ``group``
        and ``command``), ``port_failed`` (with ``reason``); each with the ``port``.
        """
        connection = SerialConnection(
            self.port, lambda: _open_port(self.port, self.settings), self._clock, self._allows
        )
        try:
            await connection.opened()
        except BaseException:
            await connection.close()
            raise
        return connection


class Port(Protocol):
    """What the thread needs of an open port: of pyserial's, or of something that is like one."""

    @property
    def in_waiting(self) -> int:
        """How many bytes can be read without waiting."""

    def read(self, size: int) -> bytes:
        """So many bytes, or what came within a short time. Raises when the port is gone."""

    def write(self, data: bytes) -> object:
        """Write all of it. Raises when the port is gone."""

    def cancel_read(self) -> None:
        """End a read that waits."""

    def close(self) -> None:
        """Free it."""


class SerialConnection:
    """One open port and its thread. ``open_port`` raises DeviceError; it is called there."""

    def __init__(
        self, port: str, open_port: Callable[[], Port], clock: Clock, allows: Allows | None
    ) -> None:
        self._name = port
        self._open_port = open_port
        self._clock = clock
        self._allows = allows
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[DeviceError | None] = self._loop.create_future()
        self._ended = asyncio.Event()
        self._inbox: asyncio.Queue[Chunk | Notice | LinkLost] = asyncio.Queue()
        self._outbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._port: Port | None = None
        # A daemon, so that a driver that hangs in a call cannot keep the program from ending.
        self._thread = threading.Thread(target=self._work, name=f"serial {port}", daemon=True)
        self._thread.start()

    # --- on the loop ------------------------------------------------------------------------

    async def opened(self) -> None:
        """Wait until the port is open; raises DeviceError when it cannot be opened."""
        error = await self._opened
        if error is not None:
            raise error

    async def receive(self) -> Chunk | Notice:
        """Wait for what comes next. Raises LinkLost when the port is gone."""
        item = await self._inbox.get()
        if isinstance(item, LinkLost):
            self._inbox.put_nowait(item)  # whoever asks again gets the same answer
            raise item
        return item

    async def send(self, data: bytes) -> None:
        """Have bytes written. Raises DeviceError ``write_refused`` for what is not allowed.

        A write that fails later ends the connection, as an unplugged cable does.
        """
        if self._allows is None or not self._allows(data):
            raise DeviceError("write_refused", port=self._name, hex=data.hex())
        self._outbox.put(data)
        self._wake()

    async def close(self) -> None:
        """Close the port and wait for its thread, a second at most."""
        self._stop.set()
        self._wake()
        with contextlib.suppress(TimeoutError):
            # Not wait_for: in Python 3.11 that swallows a cancellation that comes with the end.
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self._ended.wait()
            self._thread.join(_CLOSE_TIMEOUT)

    def _wake(self) -> None:
        port = self._port
        if port is not None:
            # The thread may close the port at this very moment, and then needs no waking.
            with contextlib.suppress(Exception):
                port.cancel_read()

    # --- in the thread ----------------------------------------------------------------------

    def _work(self) -> None:
        lost = LinkLost("closed")
        try:
            self._port = port = self._open_port()
        except DeviceError as error:
            self._post(self._tell_opened, error)
        else:
            self._post(self._tell_opened, None)
            try:
                self._pump(port)
            except Exception:
                # Unplugging shows as SerialException, OSError, termios.error or TypeError, by
                # system and moment. A thread that dies unheard would be worse than any of them.
                lost = LinkLost("port_gone")
            finally:
                with contextlib.suppress(Exception):
                    port.close()
        self._post(self._inbox.put_nowait, lost)
        self._post(self._ended.set)

    def _pump(self, port: Port) -> None:
        """Carry bytes both ways until told to stop."""
        last = self._clock.now()
        # A loop that is closed will never close us: whoever ran it gave up.
        while not (self._stop.is_set() or self._loop.is_closed()):
            while not self._outbox.empty():
                port.write(self._outbox.get_nowait())
            data = port.read(1)
            at = self._clock.now()
            stalled = self._clock.real_seconds(at - last)
            last = at
            if stalled > STALL:
                self._drop_backlog(port, data, at, stalled)
                last = self._clock.now()
            elif data:
                data += port.read(port.in_waiting)
                self._post(self._inbox.put_nowait, Chunk(at, data))

    def _drop_backlog(self, port: Port, data: bytes, at: float, stalled: float) -> None:
        """Throw away what piled up while the program stood still: its age is unknown.

        That takes one turn, because the system hands over what it kept in more than one piece, and
        a write that was waiting cuts a read short.
        """
        count = len(data)
        while not self._stop.is_set() and self._clock.real_seconds(self._clock.now() - at) < _TURN:
            count += len(port.read(_MORE_THAN_A_PORT_KEEPS))
        if count:
            detail: dict[str, Detail] = {
                "bytes": count,
                "seconds": round(stalled, 1),
                "reason": "stalled",
            }
            self._post(self._inbox.put_nowait, Notice("backlog_dropped", at, detail))

    def _tell_opened(self, error: DeviceError | None) -> None:
        if not self._opened.done():
            self._opened.set_result(error)

    def _post(self, call: Callable[..., object], *args: object) -> None:
        # The loop may have been closed without closing us: the program is ending.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *args)


def _open_port(name: str, settings: PortSettings) -> serial.Serial:
    """Open a port; raises DeviceError saying why it cannot be."""
    # The pseudo-terminal of a virtual device has no parity, and says so every other time only.
    virtual = str(Path(name).resolve()).startswith("/dev/pts/")
    try:
        return serial.Serial(
            name,
            baudrate=settings.baud,
            bytesize=settings.bits,
            parity="N" if virtual else settings.parity,
            stopbits=settings.stop,
            timeout=_TURN,
            write_timeout=_WRITE_TIMEOUT,
            exclusive=True,
        )
    except Exception as error:
        # Also termios.error, which is no OSError: a port that does not know the settings.
        raise _why_not(name, error) from error


def _why_not(name: str, error: Exception) -> DeviceError:
    """Say why a port cannot be opened, from what pyserial raised.

    On Windows pyserial keeps the system's error only within its text, and a port that another
    program has open answers "access denied".
    """
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "FileNotFoundError" in text:
        return DeviceError("port_unknown", port=name)
    if number in (errno.EBUSY, errno.EAGAIN) or "PermissionError" in text:
        return DeviceError("port_busy", port=name)
    if number in (errno.EACCES, errno.EPERM):
        group = _owning_group(name)
        command = f"sudo usermod -a -G {group} $USER" if sys.platform == "linux" else ""
        return DeviceError("port_no_permission", port=name, group=group, command=command)
    return DeviceError("port_failed", port=name, reason=text)


def _owning_group(name: str) -> str:
    """The group that may use a port: its owner on Linux, or what distributions usually choose."""
    if sys.platform == "win32":
        return ""
    import grp

    try:
        group = grp.getgrgid(Path(name).stat().st_gid).gr_name
    except (OSError, KeyError):
        return "dialout"
    return "dialout" if group == "root" else group

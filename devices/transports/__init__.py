"""Where bytes come from: Bluetooth LE, serial ports and files.

A transport opens a way to one device and carries bytes; it knows nothing of what they mean. What it
gives is stamped on arrival, and what is to be written has been judged before (`devices.source`).
"""

from typing import Protocol

from msgspec import Struct

from kapmonitor.reading import Notice


class Chunk(Struct, frozen=True):
    """Bytes and when they came, on the session clock; ``channel`` where a device has several."""

    at: float
    data: bytes
    channel: str = ""


class LinkLost(Exception):
    """An open connection came to its end; ``reason`` is an identifier (``port_gone``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connection(Protocol):
    """One open way to a device."""

    async def receive(self) -> Chunk | Notice:
        """Wait for what comes next, in order of arrival; a cancelled wait loses nothing.

        Raises LinkLost when the link is gone.
        """

    async def send(self, data: bytes) -> None:
        """Write bytes that the protocol's own list allows. Raises LinkLost when that fails."""

    async def close(self) -> None:
        """Free everything; may be called twice."""


class Transport(Protocol):
    """What opens connections to one device.

    ``longest_wait`` is the longest pause between two attempts to reconnect, in seconds.
    """

    @property
    def longest_wait(self) -> float:
        """Seconds."""

    async def open(self) -> Connection:
        """Open a connection. Raises DeviceError naming what is wrong."""

"""USB devices without a serial port (HID): newer Contec oximeters. Needs the optional hidapi.

A report is read as a port would give bytes, so that the thread of a serial port serves here too.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from devices.transports.serial_port import Allows, SerialConnection
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError

REPORT = 64
"""Bytes of a report, both ways; what is shorter is filled up with zeros."""

_TURN_MS = 250


def load_hidapi() -> Any:
    """The hidapi library; raises DeviceError ``hid_missing`` where it is not installed."""
    try:
        return import_module("hid")
    except ImportError:
        raise DeviceError("hid_missing") from None


class HidPort:
    """One HID device with the few calls of a serial port that its reader thread makes."""

    in_waiting = 0

    def __init__(self, device: Any) -> None:
        self._device = device

    def read(self, size: int) -> bytes:
        """The next report, or nothing after a quarter of a second. Raises OSError when gone."""
        return bytes(self._device.read(REPORT, _TURN_MS)) if size else b""

    def write(self, data: bytes) -> None:
        """Send a report: its number, which is 0, and the bytes. Raises OSError when it is gone."""
        if self._device.write(b"\0" + data.ljust(REPORT, b"\0")) < 0:
            raise OSError("the report was not taken")

    def cancel_read(self) -> None:
        """A read ends by itself soon enough."""

    def close(self) -> None:
        """Let go of the device."""
        self._device.close()


def parse_ids(address: str) -> tuple[int, int]:
    """The two USB ids of an address such as ``28E9:028A``.

    Raises DeviceError ``hid_address`` for anything else.
    """
    try:
        vendor, product = (int(part, 16) for part in address.split(":"))
    except ValueError:
        raise DeviceError("hid_address", address=address) from None
    return vendor, product


def open_hid(address: str) -> HidPort:
    """Open the one device with these USB ids.

    Raises DeviceError: ``hid_missing``, ``hid_address``, ``hid_unknown`` when none is plugged in,
    ``hid_several`` when there are two, ``hid_refused`` when it cannot be opened.
    """
    hidapi, ids = load_hidapi(), parse_ids(address)
    paths = sorted({found["path"] for found in hidapi.enumerate(*ids)})
    if not paths:
        raise DeviceError("hid_unknown", address=address)
    if len(paths) > 1:
        raise DeviceError("hid_several", address=address, count=len(paths))
    device = hidapi.device()
    try:
        device.open_path(paths[0])
    except OSError as error:
        raise DeviceError("hid_refused", address=address, reason=str(error)) from None
    return HidPort(device)


class HidTransport:
    """Opens one HID device. Without ``allows`` nothing is ever written to it."""

    longest_wait = 1.0

    def __init__(
        self,
        address: str,
        clock: Clock,
        allows: Allows | None = None,
        open_port: Callable[[str], HidPort] = open_hid,
    ) -> None:
        self.address = address
        self._clock = clock
        self._allows = allows
        self._open_port = open_port

    async def open(self) -> SerialConnection:
        """Open the device. Raises DeviceError as `open_hid` does."""
        connection = SerialConnection(
            self.address, lambda: self._open_port(self.address), self._clock, self._allows
        )
        try:
            await connection.opened()
        except BaseException:
            await connection.close()
            raise
        return connection

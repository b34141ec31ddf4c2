"""A serial port that is found again under another name, by the serial number of its USB chip."""

import asyncio
from collections.abc import Callable, Sequence

from devices.detect import PortInfo, list_ports, port_of
from devices.transports.serial_port import SerialConnection, SerialTransport
from kapmonitor.errors import DeviceError


class FollowingTransport:
    """Opens a port, and after a loss the one at which the same chip is now.

    A cable that is pulled and put back often gets the next name (``ttyUSB1``, ``COM5``); so it does
    in another socket. ``make`` gives the transport for a port's name. Without a serial number, or
    when several chips have the same, the name alone decides, and another chip under that name is
    not taken for it.
    """

    longest_wait = SerialTransport.longest_wait

    def __init__(
        self,
        port: str,
        make: Callable[[str], SerialTransport],
        ports: Callable[[], Sequence[PortInfo]] = list_ports,
    ) -> None:
        self._port = port
        self._make = make
        self._ports = ports
        self._chip: PortInfo | None = None

    async def open(self) -> SerialConnection:
        """Open it where it is. Raises DeviceError as `SerialTransport.open`."""
        # Asking the system for its ports reads some files; the loop must not wait for them.
        there = await asyncio.to_thread(self._ports)
        connection = await self._make(self._where(there)).open()
        if self._chip is None:
            self._chip = next((port for port in there if port.port == self._port), None)
        return connection

    def _where(self, there: Sequence[PortInfo]) -> str:
        if self._chip is None or not self._chip.serial:
            return self._port
        at = next((port for port in there if port.port == self._port), None)
        if at is not None and (at.serial, at.usb) == (self._chip.serial, self._chip.usb):
            return self._port
        found = port_of(self._chip.serial, self._chip.usb, there)
        if not found and at is not None:
            raise DeviceError("port_unknown", port=self._port)  # another device has its name
        self._port = found or self._port
        return self._port

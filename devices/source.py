"""A source from its address: which of the transports it needs, and what it is not allowed."""

from collections.abc import Awaitable, Callable

from devices.address import SourceAddress
from devices.capture import CaptureWriter
from devices.catalogue import any_device, check_switch
from devices.decoders import protocol
from kapmonitor.clock import Clock
from kapmonitor.ports import Source


def open_source(
    address: SourceAddress,
    clock: Clock,
    capture: CaptureWriter | None = None,
    *,
    name: str = "",
    site: str = "",
    experimental: bool = False,
    may_start: bool = False,
    avoid: Callable[[str], bool] | None = None,
    ask_passkey: Callable[[str], Awaitable[int | None]] | None = None,
) -> Source:
    """The device at an address, not yet connected: ``probe`` and ``run`` do that.

    ``name`` is its short identifier in the session, ``site`` where it sits. ``experimental`` is the
    switch for devices that nobody has tried: without it they are refused. ``may_start`` is the only
    one with which a cuff may be started. ``avoid`` tells of a Bluetooth address whether that device
    must not be taken for one that was only named by the front of its name; ``ask_passkey`` asks a
    person for the digits on the display of the device with an address. Raises UsageError:
    ``unknown_protocol``, ``experimental_off``, ``not_serial``, ``protocol_needed`` (a file without
    one), what `devices.capture.read_capture` raises, ``unknown_virtual_device``.
    """
    if address.protocol and address.transport in ("serial", "ble", "hid"):
        protocol(address.protocol)
        check_switch(any_device(address.protocol), experimental=experimental)
    # Each transport brings libraries of its own, which wait until they are needed.
    if address.transport == "serial":
        from devices.serial_source import serial_source

        return serial_source(address, clock, capture, name, site, may_start)
    if address.transport == "hid":
        from devices.hid_source import hid_source

        return hid_source(address, clock, capture, name, site)
    if address.transport == "file":
        from devices.transports.file import file_source

        return file_source(address, clock, name, site)
    if address.transport == "ble":
        from devices.later import ble_source

        return ble_source(
            address, clock, capture, name, site, experimental, may_start, avoid, ask_passkey
        )
    from devices.later import virtual_source

    return virtual_source(address, clock, capture)

"""A device's address as a person types it: ``[PROTOCOL@]TRANSPORT:ADDRESS``."""

import re
from collections.abc import Sequence

from msgspec import Struct

from kapmonitor.errors import UsageError

TRANSPORTS = ("serial", "ble", "hid", "file", "virtual")

_BLUETOOTH_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9-]*")


class SourceAddress(Struct, frozen=True):
    """Where a device is and, where it was said, which protocol it speaks (else empty).

    ``address`` is a port (``/dev/ttyUSB0``, ``COM3``), a Bluetooth address or name, the USB ids of
    a HID device (``28E9:028A``), a file, or the protocol of a virtual device.
    """

    protocol: str
    transport: str
    address: str

    def __str__(self) -> str:
        prefix = f"{self.protocol}@" if self.protocol else ""
        return f"{prefix}{self.transport}:{self.address}"


def parse_address(text: str) -> SourceAddress:
    """Read one address; quotes around a Bluetooth name are taken off.

    Raises UsageError: ``source_no_transport`` (no colon), ``source_transport_unknown``,
    ``source_protocol_malformed``, ``source_address_missing``; each with the ``source`` as given.
    """
    head, colon, tail = text.strip().partition(":")
    protocol, at_sign, transport = head.rpartition("@")
    known = ", ".join(TRANSPORTS)
    if not colon:
        raise UsageError("source_no_transport", source=text, known=known)
    if transport not in TRANSPORTS:
        raise UsageError("source_transport_unknown", source=text, transport=transport, known=known)
    if at_sign and not _PROTOCOL.fullmatch(protocol):
        raise UsageError("source_protocol_malformed", source=text, protocol=protocol)
    address = _unquoted(tail.strip())
    if not address:
        raise UsageError("source_address_missing", source=text, transport=transport)
    if transport == "ble" and _BLUETOOTH_ADDRESS.fullmatch(address):
        address = address.upper()
    return SourceAddress(protocol, transport, address)


def short_id(address: SourceAddress) -> str:
    """A short name for a source that was given none: ``serial-ttyUSB0``, ``ble-0010``.

    It is the same at every reconnect. Two devices may share one; whoever puts a session together
    tells them apart.
    """
    if address.transport == "ble" and _BLUETOOTH_ADDRESS.fullmatch(address.address):
        tail = address.address.replace(":", "")[-4:]
    else:
        tail = re.split(r"[/\\]", address.address)[-1]
    tail = re.sub(r"[^A-Za-z0-9._-]+", "-", tail).strip("-")
    return f"{address.transport}-{tail}" if tail else address.transport


def names_of(addresses: Sequence[SourceAddress]) -> list[str]:
    """A short name for each source of a visit, no two alike; the same at every start of a visit.

    Two whose short names are the same are told apart by more of their addresses, and at last by
    the order in which they were named.
    """
    names: list[str] = []
    for address in addresses:
        name = short_id(address)
        if name in names:
            name = f"{address.transport}-{re.sub(r'[^A-Za-z0-9._-]+', '', address.address)}"
        plain, number = name, 1
        while name in names:
            number += 1
            name = f"{plain}-{number}"
        names.append(name)
    return names


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return text

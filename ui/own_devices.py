"""The remembered devices of this computer: whose they are, where they are now, what is kept. No Qt.

`kapmonitor.remembered` is the file; here it meets the ports that there are, the room of this
computer and the visit that is about to begin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from devices.address import SourceAddress, parse_address
from devices.catalogue import any_device, use_clinic
from devices.decoders import protocol
from devices.detect import PortInfo, list_ports, port_of
from kapmonitor.errors import DeviceError, KapmonitorError, UsageError
from kapmonitor.ports import SourceInfo
from kapmonitor.remembered import SITES, Remembered, load, place_of, remember
from kapmonitor.settings import load as load_settings

REAL = ("serial", "ble", "hid")
"""Ways to a device that can be remembered: a file and a virtual device are no devices."""


@dataclass(frozen=True)
class OwnDevices:
    """What is remembered, and in which room this computer stands."""

    data: Path
    room: str = ""
    kept: tuple[Remembered, ...] = ()
    problem: KapmonitorError | None = None

    def find(self, address: SourceAddress) -> Remembered | None:
        """What is remembered of a device, by its address or (a port) its serial number."""
        place = place_of(str(address)).casefold()
        return next((device for device in self.kept if device.place.casefold() == place), None)

    def foreign(self, bluetooth: str) -> bool:
        """Whether the Bluetooth device with this address belongs to another room."""
        known = self.find(SourceAddress("", "ble", bluetooth))
        return known is not None and known.elsewhere(self.room)

    def meant(self, text: str, from_rooms: Sequence[str] = ()) -> tuple[SourceAddress, str]:
        """The device that a person named and where it sits; what is remembered of it is filled in.

        Its protocol, and its port, should its cable be in another socket today. Raises UsageError
        for a wrong address and DeviceError ``device_other_room``, unless its room was named.
        """
        address, site = placed(text)
        known = self.find(address)
        if known is None:
            return address, site
        named = {room.casefold() for room in from_rooms}
        if known.elsewhere(self.room) and known.room.casefold() not in named:
            raise DeviceError(
                "device_other_room", device=known.place, label=known.label, room=known.room
            )
        if address.transport == "serial":
            if not known.serial:
                # Its chip has no number: whatever is plugged in today may be at this port.
                return address, site
            now = port_of(known.serial, known.port_id, list_ports())
            address = replace(address, address=now or address.address)
        remembered = parse_address(known.source)
        return replace(address, protocol=address.protocol or remembered.protocol), site

    def used(self, infos: Sequence[SourceInfo], utc: float) -> None:
        """Remember the devices of a visit; a borrowed one keeps the room that it belongs to.

        Raises KapmonitorError as `kapmonitor.remembered.remember`.
        """
        devices = [info for info in infos if parse_address(info.address).transport in REAL]
        if devices:
            ports = list_ports()
            moved = [old for info in devices if (old := self._moved(info, ports))]
            remember(self.data, [self._kept_of(info, ports, utc) for info in devices], moved)

    def _kept_of(self, info: SourceInfo, ports: Sequence[PortInfo], utc: float) -> Remembered:
        address = parse_address(info.address)
        known = self.find(address) or self._moved(info, ports)
        room = known.room if known else self.room
        whole = replace(address, protocol=info.protocol or address.protocol)
        made = Remembered(str(whole), info.label, room=room, site=info.site, last_used=utc)
        port = _port_at(address, ports)
        return made if port is None else replace(made, serial=port.serial, port_id=port.usb)

    def _moved(self, info: SourceInfo, ports: Sequence[PortInfo]) -> Remembered | None:
        """What is remembered of the same chip at a port that is gone now."""
        port = _port_at(parse_address(info.address), ports)
        if port is None or not port.serial:
            return None
        there = {f"serial:{port.port}" for port in ports}
        same = [
            device
            for device in self.kept
            if (device.serial, device.port_id) == (port.serial, port.usb)
            and device.place not in there
        ]
        return same[0] if len(same) == 1 else None


def own_devices(data: Path) -> OwnDevices:
    """What this installation remembers; never raises, ``problem`` tells of a damaged file."""
    kept, problem = load(data)
    return OwnDevices(data, load_settings(data)[0].room, kept, problem)


def _port_at(address: SourceAddress, ports: Sequence[PortInfo]) -> PortInfo | None:
    return next((port for port in ports if port.port == address.address), None)


def placed(text: str) -> tuple[SourceAddress, str]:
    """A device and where it sits, from ``SOURCE#left_arm``."""
    source, mark, site = text.rpartition("#")
    if mark and site in SITES:
        return parse_address(source), site
    return parse_address(text), ""


def place_device(data: Path, text: str, room: str, site: str, label: str = "") -> Remembered:
    """Say where a device belongs (an empty room: everywhere) and where it sits, and remember it.

    Other than `remember_by_hand` it also takes back what was said before. Raises the same.
    """
    address, _ = placed(text)
    known = own_devices(data).find(address)
    if known is None:
        return remember_by_hand(data, text, room, site, label)
    kept = replace(known, room=room, site=site)
    remember(data, [kept], instead_of=[known])
    return kept


def remember_by_hand(
    data: Path, text: str, room: str | None, site: str, label: str = ""
) -> Remembered:
    """Remember a device before its first visit; ``room`` None is this computer's own.

    ``label`` is what it calls itself; without one it is called after its kind.

    Raises UsageError for a wrong address, protocol or site, ``remember_needs_protocol`` where there
    is none, ``cannot_be_remembered`` for what is no device, and KapmonitorError as
    `kapmonitor.remembered.remember`.
    """
    use_clinic(data / "clinic")
    own = own_devices(data)
    address, told = placed(text)
    if address.transport not in REAL:
        raise UsageError("cannot_be_remembered", source=text)
    if site and site not in SITES:
        raise UsageError("site_unknown", site=site, known=", ".join(SITES))
    known = own.find(address)
    if not address.protocol and known is None:
        raise UsageError("remember_needs_protocol", source=text)
    if address.protocol:
        protocol(address.protocol)
    here = known.room if known is not None and known.room else own.room
    port = _port_at(address, list_ports())
    kept = Remembered(
        str(address),
        label=label or any_device(address.protocol).label if known is None else "",
        room=here if room is None else room,
        site=site or told,
        serial=port.serial if port else "",
        port_id=port.usb if port else "",
    )
    remember(data, [kept])
    found = own_devices(data).find(address)
    assert found is not None
    return found

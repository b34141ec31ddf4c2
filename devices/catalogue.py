"""The catalogue: which devices are supported, how they are recognised, and how they are spoken to.

The data are in ``catalogue.toml``, which a clinic can read and extend; this module checks them.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from devices.decoders import PROTOCOLS
from devices.decoders.berry_bci import NO_SUM
from devices.decoders.blood_pressure import BEURER_BE_TAIL
from devices.decoders.viatom_bp2 import BP2W
from kapmonitor.datafiles import parse, read
from kapmonitor.errors import PlanError, UsageError
from kapmonitor.vitals import Vital

QUIRKS = ("", BEURER_BE_TAIL, BP2W, NO_SUM)

_BASE_UUID = "-0000-1000-8000-00805F9B34FB"


class Characteristic(Struct, frozen=True, forbid_unknown_fields=True):
    """A Bluetooth characteristic to listen to or to read, and the decoder's channel for it."""

    channel: str
    uuid: str
    how: Literal["notify", "indicate", "read"]
    required: bool = False


class ClockWrite(Struct, frozen=True, forbid_unknown_fields=True):
    """How a cuff's clock is set: where, in which form, when, and after which pause.

    ``off_by_s``: only when the clock is wrong by more than so many seconds; 0 means always.
    """

    uuid: str
    form: Literal["date_time", "current_time"]
    when: Literal["connected", "first_indication"]
    wait_ms: int = 0
    off_by_s: int = 0


class SerialSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the port of a channel is set."""

    channel: str
    baud: int
    bytesize: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1


class ProtocolEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """What all devices of one protocol have in common.

    ``write`` is the characteristic to which a Bluetooth device's speaker writes. ``experimental``
    says what is unproven: such a device is hidden until a person switches it on. ``usb`` are ids of
    serial bridges, ``hid`` those of devices without a serial port.
    """

    name: str
    label: str
    transport: Literal["ble", "serial"]
    measures: tuple[Vital, ...]
    continuous: bool
    confidence: str
    services: tuple[str, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    ports: tuple[SerialSettings, ...] = ()
    usb: tuple[str, ...] = ()
    hid: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    write: str = ""
    experimental: str = ""


class DeviceEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A known device, or (with ``id`` as the protocol's name) any other one of its protocol.

    ``names`` are patterns of the advertised name. What the file leaves out is filled in from the
    protocol. ``quirk`` is handed to the decoder. ``passkey`` means that pairing asks for the digits
    on the device's display. ``limits`` are identifiers of what the user should know.
    """

    id: str
    label: str
    protocol: str
    names: tuple[str, ...] = ()
    measures: tuple[Vital, ...] = ()
    continuous: bool | None = None
    commands: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    quirk: str = ""
    bonding: bool = False
    passkey: bool = False
    confidence: str = ""
    clock: ClockWrite | None = None
    limits: tuple[str, ...] = ()
    write: str = ""
    experimental: str = ""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    protocol: tuple[ProtocolEntry, ...]
    device: tuple[DeviceEntry, ...] = ()

    def protocol_entry(self, name: str) -> ProtocolEntry:
        """The protocol of this name. Raises UsageError ``unknown_protocol``."""
        for entry in self.protocol:
            if entry.name == name:
                return entry
        raise UsageError("unknown_protocol", name=name, known=[p.name for p in self.protocol])


def read_catalogue(text: str, file: str = "catalogue.toml") -> Catalogue:
    """Read and check a catalogue.

    Raises PlanError with ``file``, ``place`` and ``reason``: ``data_file_syntax`` and
    ``data_file_value`` as for every data file; ``catalogue_value`` where a name is unknown.
    """
    catalogue = parse(text, Catalogue, file)
    for entry in catalogue.protocol:
        _check_protocol(entry, file)
    names = {entry.name for entry in catalogue.protocol}
    for device in catalogue.device:
        _check_device(device, names, text, file)
    devices = tuple(_filled(d, catalogue.protocol_entry(d.protocol)) for d in catalogue.device)
    return msgspec.structs.replace(catalogue, device=devices)


class ClinicDevices(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinic's own file: devices that speak a protocol of the program's."""

    device: tuple[DeviceEntry, ...]


def read_clinic_devices(text: str, file: str, ours: Catalogue) -> Catalogue:
    """Our catalogue with a clinic's devices before its own; one of the same ``id`` is replaced.

    Raises PlanError as `read_catalogue` does.
    """
    theirs = parse(text, ClinicDevices, file).device
    names = {entry.name for entry in ours.protocol}
    for device in theirs:
        _check_device(device, names, text, file)
    filled = tuple(
        _filled(_doubted(device, ours), ours.protocol_entry(device.protocol)) for device in theirs
    )
    replaced = {device.id for device in theirs}
    kept = tuple(device for device in ours.device if device.id not in replaced)
    return msgspec.structs.replace(ours, device=filled + kept)


def _doubted(device: DeviceEntry, ours: Catalogue) -> DeviceEntry:
    """A clinic's device that speaks as an experimental one of ours does is experimental too."""
    doubts = {
        (known.protocol, item.channel): known.experimental
        for known in ours.device
        for item in known.characteristics
        if known.experimental
    }
    spoken = [(device.protocol, item.channel) for item in device.characteristics]
    said = next((doubts[way] for way in spoken if way in doubts), "")
    return msgspec.structs.replace(device, experimental=device.experimental or said)


def _check_device(device: DeviceEntry, protocols: set[str], text: str, file: str) -> None:
    """The protocol, the channels and the quirk of a device must exist."""

    def wrong(reason: str) -> PlanError:
        line = _line_of(text, device.id)
        place = f"line {line}, device {device.id}" if line else f"device {device.id}"
        return PlanError("catalogue_value", file=file, place=place, reason=reason)

    if device.protocol not in protocols:
        raise wrong(f"unknown protocol {device.protocol}")
    channels = PROTOCOLS[device.protocol].channels
    for item in device.characteristics:
        if item.channel not in channels:
            raise wrong(f"unknown channel {item.channel}")
    if device.quirk not in QUIRKS:
        raise wrong(f"unknown quirk {device.quirk}")


def _line_of(text: str, name: str) -> int:
    """The line on which a device says its ``id``, 0 where it cannot be found."""
    for number, line in enumerate(text.splitlines(), start=1):
        key, _, value = line.partition("=")
        if key.strip() == "id" and value.split("#")[0].strip().strip("\"'") == name:
            return number
    return 0


def _check_protocol(entry: ProtocolEntry, file: str) -> None:
    """Every protocol and channel that the file names must have a decoder."""
    spec = PROTOCOLS.get(entry.name)
    if spec is None:
        reason = "no decoder of this name"
        raise PlanError("catalogue_value", file=file, place=f"protocol {entry.name}", reason=reason)
    channels = [item.channel for item in entry.characteristics]
    for channel in channels + [port.channel for port in entry.ports]:
        if channel not in spec.channels:
            place, reason = f"protocol {entry.name}", f"unknown channel {channel}"
            raise PlanError("catalogue_value", file=file, place=place, reason=reason)


def _filled(device: DeviceEntry, protocol: ProtocolEntry) -> DeviceEntry:
    """The device with what its protocol says wherever it is silent itself."""
    return msgspec.structs.replace(
        device,
        measures=device.measures or protocol.measures,
        continuous=protocol.continuous if device.continuous is None else device.continuous,
        commands=device.commands or protocol.commands,
        services=device.services or protocol.services,
        characteristics=device.characteristics or protocol.characteristics,
        limits=(*protocol.limits, *device.limits),
        write=device.write or protocol.write,
        confidence=device.confidence or protocol.confidence,
        experimental=device.experimental or protocol.experimental,
    )


@cache
def _own() -> Catalogue:
    text = resources.files("devices").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return read_catalogue(text)


_in_use: list[Catalogue] = []


def catalogue() -> Catalogue:
    """The catalogue that comes with the program, with the clinic's devices once they were read."""
    return _in_use[0] if _in_use else _own()


CLINIC_FILE = "devices.toml"


def use_clinic(folder: Path) -> None:
    """Take the ``devices.toml`` of a clinic's folder into the catalogue, if there is one.

    Raises PlanError ``data_file_unreadable``, ``data_file_not_text`` and as `read_catalogue` does;
    the catalogue stays as it was then.
    """
    path = folder / CLINIC_FILE
    if not path.is_file():
        _in_use.clear()
        return
    _, text = read(str(path), ClinicDevices, "devices")
    _in_use[:] = [read_clinic_devices(text, str(path), _own())]


def any_device(protocol: str) -> DeviceEntry:
    """The entry for a device of which only the protocol is known.

    Raises UsageError ``unknown_protocol``.
    """
    entry = catalogue().protocol_entry(protocol)
    return _filled(DeviceEntry(entry.name, entry.label, entry.name), entry)


def check_switch(device: DeviceEntry | ProtocolEntry, *, experimental: bool) -> None:
    """Raises UsageError ``experimental_off`` for an experimental device that is not switched on."""
    if device.experimental and not experimental:
        raise UsageError("experimental_off", label=device.label, unproven=device.experimental)


def commands_of(device: DeviceEntry, *, may_start: bool) -> tuple[str, ...]:
    """What may be asked of a device. A cuff is started only with the switch for starting cuffs.

    Nobody has started one of these cuffs from here yet; stopping is always possible.
    """
    started = may_start and bool(PROTOCOLS[device.protocol].starters)
    return ("start", *device.commands) if started else device.commands


def match_advertisement(
    name: str, service_uuids: Iterable[str] = (), *, experimental: bool = False
) -> DeviceEntry | None:
    """The device that advertises itself like this: by name first, then by its services.

    Services may be 16-bit (``1810``) or full UUIDs, in either case. None for an unknown device,
    and for an experimental one unless those are asked for.
    """
    advertised = {short_uuid(uuid) for uuid in service_uuids}
    allowed = [d for d in catalogue().device if experimental or not d.experimental]
    for device in allowed:
        if any(fnmatchcase(name, pattern) for pattern in device.names):
            return device
    own = {p.name: set(p.services) for p in catalogue().protocol}
    for device in allowed:
        if advertised.intersection(set(device.services) - own[device.protocol]):
            return device
    for entry in catalogue().protocol:
        if entry.experimental and not experimental:
            continue
        if advertised.intersection(entry.services):
            return any_device(entry.name)
    return None


def short_uuid(uuid: str) -> str:
    """A Bluetooth SIG number in its short form, ``1810``; any other UUID in capitals."""
    upper = uuid.upper()
    if len(upper) == 36 and upper.startswith("0000") and upper.endswith(_BASE_UUID):
        return upper[4:8]
    return upper


def full_uuid(uuid: str) -> str:
    """The 128-bit form, in small letters, as Bluetooth libraries want it."""
    return f"0000{uuid}{_BASE_UUID}".lower() if len(uuid) == 4 else uuid.lower()


def serial_settings(protocol: str, channel: str = "") -> SerialSettings:
    """How to open the port for a channel (empty: the protocol's default one).

    Raises UsageError ``unknown_protocol``, ``unknown_channel`` or ``not_serial``.
    """
    entry = catalogue().protocol_entry(protocol)
    if not entry.ports:
        raise UsageError("not_serial", name=protocol)
    # ``df2-packet`` and ``df2-frame`` are ways of looking at the same stream.
    stream = PROTOCOLS[protocol].channel(channel).split("-")[0]
    for port in entry.ports:
        if port.channel == stream:
            return port
    known = [port.channel for port in entry.ports]
    raise UsageError("unknown_channel", name=channel, protocol=protocol, known=known)

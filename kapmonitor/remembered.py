"""The devices that this installation has used: a small file in the data folder.

A device is remembered with where it sits and in which room it is used, so that the next visit in
that room begins with it and no other room takes it by mistake. No patient stands here.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from kapmonitor.errors import KapmonitorError, UsageError
from kapmonitor.whole_files import write_whole

FILE = "devices.json"
VERSION = 1

SITES = ("left_arm", "right_arm", "left_finger", "right_finger", "chest")


class Remembered(Struct, frozen=True):
    """A device and what is known of it.

    ``source`` is its SOURCE as on the command line, its protocol included. ``serial`` is its serial
    number, where the device or its USB chip tells one. ``room`` is where it is used, empty for a
    device of every room; ``site`` where it sits on the patient. ``last_used`` is in UTC seconds,
    0 for never. ``port_id`` names the USB chip of a port (``10C4:EA60``).
    """

    source: str
    label: str = ""
    serial: str = ""
    room: str = ""
    site: str = ""
    last_used: float = 0.0
    port_id: str = ""

    @property
    def place(self) -> str:
        """The device itself, whatever it speaks: ``ble:C0:…``, ``serial:/dev/ttyUSB0``."""
        return place_of(self.source)

    def elsewhere(self, room: str) -> bool:
        """Whether it belongs to another room than this one."""
        return bool(self.room) and self.room.casefold() != room.casefold()


class _File(Struct, frozen=True):
    version: int = VERSION
    devices: tuple[Remembered, ...] = ()


def place_of(source: str) -> str:
    """A SOURCE without its protocol and without where it sits."""
    head, colon, address = source.partition(":")
    before, _, site = address.rpartition("#")
    return f"{head.rpartition('@')[2]}{colon}{before if site in SITES else address}"


def load(data: Path) -> tuple[tuple[Remembered, ...], KapmonitorError | None]:
    """The remembered devices, the last used first; none, and what is wrong with the file."""
    path = data / FILE
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return (), None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return (), KapmonitorError("devices_damaged", file=str(path), reason=reason)
    if kept.version > VERSION:
        return (), KapmonitorError("devices_newer", file=str(path), version=kept.version)
    return tuple(sorted(kept.devices, key=lambda device: -device.last_used)), None


def remember(
    data: Path, devices: Iterable[Remembered], instead_of: Iterable[Remembered] = ()
) -> None:
    """Keep these devices; what is known of one already and not told anew stays.

    ``instead_of`` are taken out: the same devices at another port. A damaged file is put aside, not
    lost; the file of a newer program is left alone. Raises KapmonitorError
    ``folder_unwritable`` or ``devices_newer``.
    """
    kept, problem = load(data)
    if problem is not None and problem.code == "devices_newer":
        raise problem
    if problem is not None:
        (data / FILE).replace((data / FILE).with_suffix(".damaged"))
    gone = {device.place for device in instead_of}
    by_place = {device.place: device for device in kept if device.place not in gone}
    for device in devices:
        by_place[device.place] = _merged(by_place.get(device.place), device)
    _write(data, by_place.values())


def forget(data: Path, source: str) -> Remembered:
    """Take a device out, by its SOURCE or a part of it that no other has; returns it.

    Raises UsageError ``device_not_remembered`` or ``device_ambiguous``, and what `remember` raises.
    """
    kept, problem = load(data)
    if problem is not None:
        raise problem
    place = place_of(source)
    found = [device for device in kept if device.place.casefold() == place.casefold()]
    found = found or [device for device in kept if source.casefold() in device.source.casefold()]
    if not found:
        raise UsageError("device_not_remembered", device=source)
    if len(found) > 1:
        raise UsageError("device_ambiguous", device=source, count=len(found))
    _write(data, (device for device in kept if device != found[0]))
    return found[0]


def _merged(old: Remembered | None, new: Remembered) -> Remembered:
    """What is told anew wins; what is not told stays."""
    if old is None:
        return new
    told = {name: value for name, value in msgspec.structs.asdict(new).items() if value}
    if "@" not in new.source.partition(":")[0]:
        del told["source"]  # its protocol is known already
    return msgspec.structs.replace(old, **told)


def _write(data: Path, devices: Iterable[Remembered]) -> None:
    text = msgspec.json.encode(_File(devices=tuple(devices)))
    write_whole(data / FILE, msgspec.json.format(text, indent=2) + b"\n")

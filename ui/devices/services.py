"""What the page of the devices asks of the rest of the program, as plain functions. No Qt.

What a function needs it imports itself: the libraries of the devices wait until they are needed.
"""

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from kapmonitor.remembered import Remembered
from kapmonitor.vitals import Vital


class Supported(Struct, frozen=True):
    """A kind of device as `kapmonitor devices --supported` tells it."""

    protocol: str
    label: str
    transport: str
    measures: tuple[Vital, ...]
    commands: tuple[str, ...]
    confidence: str
    limits: tuple[str, ...]
    experimental: bool
    unproven: str
    devices: tuple[str, ...]
    experimental_devices: tuple[str, ...]


class Amiss(Struct, frozen=True):
    """What keeps devices from being reached, in the words of `kapmonitor doctor`."""

    check: str
    found: str
    remedy: str


class Watch:
    """A look at a device that lasts: ``text`` has its values now; set ``over`` to let go of it."""

    def __init__(self) -> None:
        self.text = ""
        self.over = threading.Event()


AskPasskey = Callable[[str], Awaitable[int | None]]


@dataclass(frozen=True)
class DeviceServices:
    """Each may take seconds and raise KapmonitorError; the window calls it off its own thread.

    ``place`` remembers a device: its SOURCE, room, site and name. ``forget`` returns what was
    known, and ``restore`` remembers that again. ``watch`` connects to a SOURCE and tells what it
    sends, until the watch is over.
    """

    supported: Callable[[], list[Supported]] = list
    amiss: Callable[[], list[Amiss]] = list
    place: Callable[[str, str, str, str], Remembered] = lambda source, *_said: Remembered(source)
    forget: Callable[[str], Remembered] = Remembered
    restore: Callable[[Remembered], None] = lambda _device: None
    watch: Callable[[str, Watch], str] = lambda _source, _watch: ""


def device_services(data: Path, ask_passkey: AskPasskey | None = None) -> DeviceServices:
    """The real ones, for a data folder."""
    return DeviceServices(
        supported=lambda: _supported(data),
        amiss=lambda: _amiss(data),
        place=partial(_place, data),
        forget=partial(_forget, data),
        restore=partial(_restore, data),
        watch=lambda source, watch: _watch(data, source, watch, ask_passkey),
    )


def _watch(data: Path, source: str, seen: Watch, ask_passkey: AskPasskey | None) -> str:
    from ui.offers import watch

    return watch(data, source, seen, ask_passkey)


def _supported(data: Path) -> list[Supported]:
    from devices.catalogue import use_clinic
    from devices.supported import supported

    use_clinic(data / "clinic")
    return [msgspec.convert(kind, Supported, strict=False) for kind in supported()]


def _amiss(data: Path) -> list[Amiss]:
    from ui.doctor import amiss_with_devices

    return [Amiss(each.check, each.found, each.remedy) for each in amiss_with_devices(data)]


def _place(data: Path, source: str, room: str, site: str, label: str) -> Remembered:
    from ui.own_devices import place_device

    return place_device(data, source, room, site, label)


def _forget(data: Path, source: str) -> Remembered:
    from kapmonitor.remembered import forget

    return forget(data, source)


def _restore(data: Path, device: Remembered) -> None:
    from kapmonitor.remembered import remember

    remember(data, [device])

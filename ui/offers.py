"""The devices that the set-up page offers: remembered ones, ports, and what advertises. No Qt."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from devices.address import parse_address
from devices.catalogue import any_device, use_clinic
from devices.decoders import PROTOCOLS
from devices.detect import list_hid, list_ports
from kapmonitor.clock import SessionClock
from kapmonitor.device_lock import in_use
from kapmonitor.device_words import label_words, measures_words, sites_for
from kapmonitor.errors import DeviceError
from kapmonitor.ports import Source
from kapmonitor.reading import Delivery, Link, LinkState, Origin, Quality, Reading
from kapmonitor.remembered import Remembered
from kapmonitor.settings import load as load_settings
from kapmonitor.vitals import Vital
from kapmonitor.words import sentence, tr
from ui.devices.services import Watch
from ui.own_devices import OwnDevices, own_devices, placed
from ui.setup.choice import Offer

if TYPE_CHECKING:
    from devices.transports.ble_scan import Found

AskPasskey = Callable[[str], Awaitable[int | None]]

SCAN_SECONDS = 4.0
PREVIEW_SECONDS = 3.0
FIND_SECONDS = 12.0
WATCH_EVERY = 0.25
# A value that is older is not shown as one of now.
FRESH_SECONDS = 5.0
# A device is not kept from a visit by a page that somebody left open.
LONGEST_WATCH = 120.0
# Weaker than this many dBm is one bar less: the ranges at which connections hold or fail.
_BARS = (-80, -70, -60)
# Shown in this order, with their units.
_PREVIEWED = {
    Vital.SPO2: "SpO₂ {value} %",
    Vital.HEART_RATE: "HR {value} /min",
    Vital.PULSE_RATE: "PR {value} /min",
    Vital.SYSTOLIC: "SYS {value} mmHg",
    Vital.DIASTOLIC: "DIA {value} mmHg",
}


def remembered_offers(data: Path) -> list[Offer]:
    """What is remembered, last time's devices of this room chosen.

    Raises KapmonitorError ``devices_damaged`` or ``devices_newer``.
    """
    use_clinic(data / "clinic")
    own = own_devices(data)
    if own.problem is not None:
        raise own.problem
    ports = {f"serial:{port.port}" for port in list_ports()}
    here = [device for device in own.kept if not device.elsewhere(own.room)]
    latest = max((device.last_used for device in here), default=0.0)
    return [_remembered(device, own, ports, latest) for device in own.kept]


def _remembered(device: Remembered, own: OwnDevices, ports: set[str], latest: float) -> Offer:
    foreign, taken = device.elsewhere(own.room), in_use(device.place)
    address = parse_address(device.source)
    known = any_device(address.protocol) if address.protocol in PROTOCOLS else None
    measures = () if known is None else known.measures
    return Offer(
        device.source,
        _labelled(device.label or address.protocol, device.serial or address.address),
        measures_words(measures),
        device.site,
        sites_for(measures),
        room=device.room if foreign else "",
        remembered=True,
        chosen=device.last_used == latest > 0 and not foreign and not taken,
        there=address.transport == "serial" and device.place in ports,
        may_wait=True,
        taken=taken,
        pairs=address.transport == "ble" and known is not None and not known.continuous,
        belongs=device.room,
        serial=device.serial,
        last_used=device.last_used,
        name=device.label,
    )


def port_offers() -> list[Offer]:
    """Serial ports and USB devices, with what is probably behind them."""
    offers = []
    for port in list_ports():
        label = _labelled(f"{port.port}  {port.label}", port.serial)
        words = _likely(port.likely)
        taken = in_use(f"serial:{port.port}")
        offers.append(
            Offer(f"serial:{port.port}", label, words, taken=taken, likely=port.likely,
                  serial=port.serial)
        )  # fmt: skip
    for unit in list_hid():
        (name,) = unit.likely
        measures = any_device(name).measures
        words, sites = measures_words(measures), sites_for(measures)
        offers.append(Offer(f"{name}@hid:{unit.port}", unit.label, words, sites=sites))
    return offers


def _likely(protocols: tuple[str, ...]) -> str:
    words = " / ".join(label_words(any_device(name).label) for name in protocols)
    return tr("probably {device}", device=words) if words else ""


def scan_offers(data: Path) -> list[Offer]:
    """What advertises over Bluetooth now. Raises DeviceError when there is no Bluetooth."""
    from devices.transports.ble_scan import scan

    use_clinic(data / "clinic")
    return [_found(device) for device in asyncio.run(scan(SCAN_SECONDS)) if _matters(device)]


def _matters(device: "Found") -> bool:
    """A room is full of radios that have nothing to do with a visit, and do not say their name."""
    return bool(device.protocol or device.name)


def _found(device: "Found") -> Offer:
    words = measures_words(device.measures) or tr("not known")
    protocol = f"{device.protocol}@" if device.protocol else ""
    return Offer(
        f"{protocol}ble:{device.address}",
        _labelled(device.name or device.kind, device.address),
        f"{words}, {tr('experimental')}" if device.experimental else words,
        sites=sites_for(device.measures),
        signal=1 + sum(device.rssi >= limit for limit in _BARS),
        may_wait=device.kind == "cuff",
        pairs=device.kind == "cuff",
        taken=in_use(f"ble:{device.address}"),
        name=device.name,
    )


def _labelled(label: str, end: str) -> str:
    """A device and the end of its address or serial number, which tells it from its twin."""
    tail = "".join(letter for letter in end if letter.isalnum())[-4:]
    return f"{label}  …{tail}" if tail and not label.endswith(tail) else label


def preview(data: Path, source: str, ask_passkey: AskPasskey | None = None) -> str:
    """What a device sends within some seconds, in words; a sentence when it cannot be reached.

    It is connected as for a visit, paired where it wants that, and let go of again; a cuff has
    nothing to show before it has measured. Raises UsageError for an experimental one that is not
    switched on.
    """
    return _connected(data, source, ask_passkey, None)


def watch(data: Path, source: str, seen: Watch, ask_passkey: AskPasskey | None = None) -> str:
    """The same, but its values are told to ``seen`` as they come, until that is over.

    Returns a sentence when it cannot be reached, and nothing when it was let go of.
    """
    return _connected(data, source, ask_passkey, seen)


def _connected(data: Path, source: str, ask_passkey: AskPasskey | None, seen: Watch | None) -> str:
    from devices.source import open_source

    use_clinic(data / "clinic")
    address, _ = placed(source)
    switched_on = load_settings(data)[0].experimental

    def open_it(ask: AskPasskey) -> Source:
        return open_source(address, SessionClock(), experimental=switched_on, ask_passkey=ask)

    try:
        return asyncio.run(_heard(open_it, ask_passkey or _nobody, seen))
    except DeviceError as error:
        return sentence(error.code, error.facts)


async def _nobody(_address: str) -> int | None:
    return None


async def _heard(
    open_it: Callable[[AskPasskey], Source], ask: AskPasskey, seen: Watch | None
) -> str:
    limit = asyncio.timeout(FIND_SECONDS)

    async def asked(address: str) -> int | None:
        """The time to find it stands still while a person types."""
        limit.reschedule(None)
        try:
            return await ask(address)
        finally:
            limit.reschedule(asyncio.get_running_loop().time() + FIND_SECONDS)

    source = open_it(asked)
    try:
        async with limit:
            await source.probe()
    except TimeoutError:
        if not source.info.continuous:
            return _not_heard()
        raise DeviceError("device_not_found", address=source.info.address) from None
    if seen is not None and source.info.continuous:
        await _watched(source, seen)
        return ""
    delivered = await _delivered(source)
    if source.info.continuous:
        words = _values({item.vital: item for item in delivered if isinstance(item, Reading)})
        return words or tr("Connected, and no value yet: is it on the patient?")
    if any(isinstance(item, Link) and item.state is LinkState.UP for item in delivered):
        return tr("Connected: the cuff can be used. It tells nothing before it has measured.")
    return _not_heard()


def _not_heard() -> str:
    """A cuff sleeps until it has measured, or is woken for pairing."""
    return tr("Not heard. Put the cuff into its pairing mode, then try once more.")


async def _delivered(source: Source) -> list[Delivery]:
    """What a device delivers within some seconds."""
    delivered: list[Delivery] = []
    running = asyncio.create_task(source.run(delivered.extend))
    await asyncio.sleep(PREVIEW_SECONDS)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return delivered


async def _watched(source: Source, seen: Watch) -> None:
    """Tell what a device delivers, for as long as somebody watches and it is fresh."""
    loop, latest = asyncio.get_running_loop(), dict[Vital, tuple[float, Reading]]()
    begun = loop.time()

    def deliver(items: Sequence[Delivery]) -> None:
        for item in items:
            if isinstance(item, Reading) and item.origin is Origin.LIVE:
                latest[item.vital] = (loop.time(), item)

    running = asyncio.create_task(source.run(deliver))
    while not (running.done() or seen.over.is_set()) and loop.time() - begun < LONGEST_WATCH:
        await asyncio.sleep(WATCH_EVERY)
        since = loop.time() - FRESH_SECONDS
        fresh = {vital: reading for vital, (at, reading) in latest.items() if at >= since}
        waiting = not latest and loop.time() - begun < PREVIEW_SECONDS
        seen.text = _values(fresh) or ("" if waiting else tr("Connected, and no value now."))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _values(latest: dict[Vital, Reading]) -> str:
    parts = []
    for vital, words in _PREVIEWED.items():
        reading = latest.get(vital)
        if reading is not None and reading.value is not None:
            mark = "" if reading.quality is Quality.GOOD else " ?"
            parts.append(words.format(value=f"{reading.value:g}") + mark)
    return "   ".join(parts)

"""`kapmonitor devices`: what can be reached now, and what is supported."""

import asyncio
from pathlib import Path

import click
import msgspec

from kapmonitor import settings, words
from kapmonitor.device_words import measures_words, remembered_words
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.remembered import Remembered
from kapmonitor.words import tr
from ui.finite import FiniteRange
from ui.output import Printer


@click.command("devices")
@click.option("--scan", type=FiniteRange(min=1, max=60), help="Look for Bluetooth devices.")
@click.option("--supported", is_flag=True, help="List the protocols that are understood.")
@click.option("--markdown", is_flag=True, help="The same as a table for the documents.")
@click.option("--remember", metavar="SOURCE", help="Remember a device.")
@click.option("--room", metavar="ROOM", help="With --remember: the room where it is used.")
@click.option("--site", default="", metavar="SITE", help="With --remember: where it sits.")
@click.option("--forget", metavar="SOURCE", help="Remember a device no longer.")
@click.option("--this-room", metavar="ROOM", help="Say in which room this computer stands.")
@click.option("--experimental", is_flag=True, help="Also name devices that nobody has tried yet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    scan: float | None,
    supported: bool,
    markdown: bool,
    remember: str | None,
    room: str | None,
    site: str,
    forget: str | None,
    this_room: str | None,
    experimental: bool,
    as_json: bool,
) -> None:
    """List remembered devices, serial ports and, with --scan SECONDS, Bluetooth LE devices."""
    from devices.catalogue import use_clinic

    use_clinic(data / "clinic")
    printer = Printer(as_json)
    if markdown:
        from devices.supported import markdown_table

        click.echo(markdown_table(), nl=False)
        return
    if supported:
        _print_supported(printer)
        return
    if remember is None and (room is not None or site):
        raise UsageError("option_needs", option="--room" if room else "--site", other="--remember")
    if this_room is not None:
        settings.change(data, room=this_room.strip())
    if remember is not None or forget is not None:
        _change_remembered(printer, data, remember, room, site, forget)
    if remember is not None or forget is not None or this_room is not None:
        return
    from devices.detect import list_hid, list_ports

    ports = list_ports()
    _print_remembered(printer, data, {f"serial:{port.port}" for port in ports})
    for port in ports:
        likely = ", ".join(port.likely)
        chip = f"{port.usb} {port.serial}".strip()
        text = "  ".join(x for x in (f"serial:{port.port}", port.label, chip, likely) if x)
        line = {"transport": "serial", "source": f"serial:{port.port}", "label": port.label}
        line |= {"usb": port.usb, "serial": port.serial}
        printer.line({**line, "likely": list(port.likely)}, text)
    for device in list_hid():
        (protocol,) = device.likely
        source = f"{protocol}@hid:{device.port}"
        line = {"transport": "hid", "source": source, "label": device.label}
        printer.line({**line, "likely": [protocol]}, f"{source}  {device.label}")
    if not ports and not as_json:
        click.echo(words.tr("No serial port with a device behind it."))
    if scan is not None:
        _print_scan(printer, scan, experimental or settings.load(data)[0].experimental)


def _change_remembered(
    printer: Printer,
    data: Path,
    source: str | None,
    room: str | None,
    site: str,
    forget: str | None,
) -> None:
    from kapmonitor import remembered
    from ui.own_devices import remember_by_hand

    if forget is not None:
        gone = remembered.forget(data, forget)
        printer.line({"forgotten": gone.source}, tr("Forgotten: {source}", source=gone.source))
    if source is not None:
        kept = remember_by_hand(data, source, room, site)
        room_here = settings.load(data)[0].room
        printer.line(_as_line(kept, room_here), remembered_words(kept, room_here))


def _print_remembered(printer: Printer, data: Path, ports: set[str]) -> None:
    """What this installation remembers, the last used first."""
    from kapmonitor.device_lock import in_use
    from ui.own_devices import own_devices

    own = own_devices(data)
    if own.problem is not None:
        raise own.problem
    for device in own.kept:
        line = {**_as_line(device, own.room), "in_use": in_use(device.place)}
        if device.place.startswith("serial:"):
            line["plugged_in"] = device.place in ports
        printer.line(line, remembered_words(device, own.room, bool(line["in_use"])))


def _as_line(device: Remembered, room: str) -> dict[str, object]:
    line = msgspec.to_builtins(device)
    return {
        "remembered": True,
        "transport": device.place.partition(":")[0],
        **{name: line[name] for name in ("source", "label", "serial", "room", "site")},
        "last_used": device.last_used or None,
        "other_room": device.elsewhere(room),
    }


def _print_supported(printer: Printer) -> None:
    from devices.supported import supported

    for entry in supported():
        line = msgspec.to_builtins(entry)
        measures = ", ".join(line["measures"])
        text = f"{line['protocol']:<26} {measures}  ({line['confidence']})"
        if line["experimental"]:
            text += "  " + tr("experimental")
        printer.line(line, text)


def _print_scan(printer: Printer, seconds: float, experimental: bool) -> None:
    from devices.transports.ble import scan

    try:
        found = asyncio.run(scan(seconds))
    except DeviceError as error:
        reason = words.sentence(error.code, error.facts)
        printer.line({"transport": "ble", "unavailable": reason}, reason)
        return
    for device in found:
        line = msgspec.to_builtins(device)
        if device.experimental and not experimental:
            line |= {"kind": "", "protocol": "", "measures": []}
        text = f"ble:{line['address']}  {line['name']}  {line['rssi']} dBm  {line['protocol']}"
        if line["measures"]:
            text += "  " + tr("measures {measures}", measures=measures_words(device.measures))
        if device.experimental:
            on = tr("experimental") if experimental else tr("experimental, switched off")
            text = f"{text.rstrip()}  ({on})"
        printer.line({"transport": "ble", "source": f"ble:{line['address']}", **line}, text)
    if not found and not printer.as_json:
        click.echo(words.tr("No Bluetooth device answered within {n:g} s.", n=seconds))

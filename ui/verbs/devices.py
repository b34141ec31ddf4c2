"""`kapmonitor devices`: what can be reached now, and what is supported."""

import asyncio
from pathlib import Path

import click
import msgspec

from kapmonitor import settings, words
from kapmonitor.errors import DeviceError
from kapmonitor.words import tr
from ui.output import Printer


@click.command("devices")
@click.option("--scan", type=click.FloatRange(min=1, max=60), help="Look for Bluetooth devices.")
@click.option("--supported", is_flag=True, help="List the protocols that are understood.")
@click.option("--markdown", is_flag=True, help="The same as a table for the documents.")
@click.option("--experimental", is_flag=True, help="Also name devices that nobody has tried yet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    scan: float | None,
    supported: bool,
    markdown: bool,
    experimental: bool,
    as_json: bool,
) -> None:
    """List serial ports and, with --scan SECONDS, what advertises over Bluetooth LE."""
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
    from devices.detect import list_hid, list_ports

    ports = list_ports()
    for port in ports:
        likely = ", ".join(port.likely)
        text = f"serial:{port.port}  {port.label}  {likely}".rstrip()
        line = {"transport": "serial", "source": f"serial:{port.port}", "label": port.label}
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
        if device.experimental:
            on = tr("experimental") if experimental else tr("experimental, switched off")
            text = f"{text.rstrip()}  ({on})"
        printer.line({"transport": "ble", "source": f"ble:{line['address']}", **line}, text)
    if not found and not printer.as_json:
        click.echo(words.tr("No Bluetooth device answered within {n:g} s.", n=seconds))

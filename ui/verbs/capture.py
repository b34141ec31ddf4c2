"""`kapmonitor capture`: a device's raw bytes with their arrival times, for support."""

import asyncio
from pathlib import Path

import click

from kapmonitor import words
from ui.finite import FiniteRange


@click.command("capture")
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--minutes", type=FiniteRange(min=0.01), help="Stop after so long.")
@click.option("--experimental", is_flag=True, help="Allow a device that nobody has tried yet.")
@click.pass_obj
def command(data: Path, source: str, file: Path, minutes: float | None, experimental: bool) -> None:
    """Keep the raw bytes of SOURCE in FILE until Ctrl-C. The file holds no names."""
    from devices.address import parse_address
    from devices.capture import CaptureWriter
    from devices.catalogue import use_clinic
    from devices.source import open_source
    from kapmonitor import settings
    from kapmonitor.clock import SessionClock
    from ui.passkey_prompt import at_terminal

    use_clinic(data / "clinic")
    address = parse_address(source)
    writer = CaptureWriter(file)
    allowed = experimental or settings.load(data)[0].experimental
    device = open_source(
        address,
        SessionClock(),
        capture=writer,
        experimental=allowed,
        ask_passkey=at_terminal(),
    )

    async def keep() -> None:
        await device.probe()
        click.echo(words.tr("Capturing {source}; Ctrl-C ends it.", source=source), err=True)
        await asyncio.wait_for(
            device.run(lambda _items: None), None if minutes is None else 60 * minutes
        )

    try:
        asyncio.run(keep())
    except (KeyboardInterrupt, TimeoutError):
        pass
    finally:
        writer.close()
    click.echo(words.tr("Captured: {file}, {size} bytes", file=file, size=file.stat().st_size))

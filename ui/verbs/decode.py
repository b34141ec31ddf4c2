"""`kapmonitor decode`: bytes that a device sent, as readings."""

import sys
from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.errors import KapmonitorError
from ui.output import Printer


@click.command("decode")
@click.argument("protocol")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--channel", help="A channel of the protocol: 2A35, v7, df2, ...")
@click.option("--chunk", type=click.IntRange(min=1), help="Feed it in pieces of N bytes.")
@click.option("--json", is_flag=True, expose_value=False, help="The lines are always JSON.")
def command(protocol: str, file: Path, channel: str | None, chunk: int | None) -> None:
    """Decode a binary stream, hex text (one packet a line) or a capture; - is stdin."""
    from devices.decoding import check_channel, decode_stream, is_printed, read_input
    from devices.supported import unproven

    # Before the input, which may be empty or a long time coming.
    check_channel(protocol, channel)
    doubts = unproven(protocol, channel or "")
    if doubts:
        said = words.tr("{name} is experimental: {doubts}", name=protocol, doubts=doubts)
        click.echo(f"kapmonitor: {said}", err=True)
    printer = Printer(as_json=True)
    pieces = read_input(_bytes(file), printed=is_printed(protocol, channel))
    refused, understood = 0, False
    for line in decode_stream(protocol, pieces, channel=channel, chunk=chunk):
        printer.line(line)
        if line.get("notice") == "refused":
            refused += 1
        else:
            understood = True
    if refused and not understood:
        doubt = words.tr(
            "Nothing of this was understood: is it really {name}, and this its channel?",
            name=protocol,
        )
        click.echo(f"kapmonitor: {doubt}", err=True)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise KapmonitorError(
            "file_unreadable", file=str(file), reason=error.strerror or ""
        ) from None

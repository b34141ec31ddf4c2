"""`kapmonitor export`: a PDF and CSV files from a record."""

from pathlib import Path

import click

from kapmonitor.record.folder import find_record
from ui.output import Printer


@click.command("export")
@click.argument("session")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["pdf", "csv"]),
    help="May repeat; PDF and CSV when not given.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_obj
def command(
    data: Path, session: str, folder: Path, formats: tuple[str, ...], as_json: bool
) -> None:
    """Write files from a record, from an interrupted one too."""
    from kapmonitor.export import export

    printer = Printer(as_json)
    for path in export(find_record(data, session), folder, formats or ("pdf", "csv")):
        printer.line({"file": str(path), "bytes": path.stat().st_size}, str(path))

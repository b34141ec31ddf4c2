"""`kapmonitor export`: files for people and for other programs from a record."""

from pathlib import Path

import click

from kapmonitor.export.choice import Format
from kapmonitor.record.folder import find_record
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("export")
@click.argument("session")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([str(one) for one in Format]),
    help="May repeat; PDF and CSV when not given.",
)
@click.option(
    "--page",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="The paper of what is printed.",
)
@click.option(
    "--pseudonymous",
    is_flag=True,
    help="Another name for the patient, numbers for staff and devices, no seal.",
)
@click.option("--shift", "days", type=click.IntRange(-36500, 36500), default=0, metavar="DAYS")
@click.option("--no-free-text", is_flag=True, help="Leave out what people wrote.")
@click.option(
    "--template",
    default="",
    metavar="FILE",
    help="A worksheet of the clinic's own, by name or file.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_obj
def command(
    data: Path,
    session: str,
    folder: Path,
    formats: tuple[str, ...],
    page: str,
    pseudonymous: bool,
    days: int,
    no_free_text: bool,
    template: str,
    as_json: bool,
) -> None:
    """Write files from a record, from an interrupted one too."""
    from kapmonitor.export import export
    from ui.exporting import ExportWish, choice_of

    printer = Printer(as_json)
    record = find_record(data, session)
    keys = current_keys()
    wanted = formats or ("pdf", "csv")
    wish = ExportWish(wanted, page, pseudonymous, days, not no_free_text, template)
    choice = choice_of(wish, data, record, keys)
    for path in export(record, folder, wanted, choice, keys.for_record(record)):
        printer.line({"file": str(path), "bytes": path.stat().st_size}, str(path))

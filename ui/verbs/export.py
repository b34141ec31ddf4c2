"""`kapmonitor export`: files for people and for other programs from a record."""

from pathlib import Path

import click

from kapmonitor.export.choice import ExportChoice, Format, pseudonym
from kapmonitor.export.clinic import with_clinic
from kapmonitor.export.worksheet_form import read_form
from kapmonitor.record.folder import find_record
from kapmonitor.record.reading import Record
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

    printer = Printer(as_json)
    record = find_record(data, session)
    keys = current_keys()
    key = keys.for_record(record)
    name = ""
    if pseudonymous:
        own = keys.for_pseudonyms(record)
        name = pseudonym(Record.open(record, key).opened.patient_code, own)
    form = read_form(template, data / "clinic")[1] if template else ""
    choice = with_clinic(data, ExportChoice(page, name, days, not no_free_text, form))
    for path in export(record, folder, formats or ("pdf", "csv"), choice, key):
        printer.line({"file": str(path), "bytes": path.stat().st_size}, str(path))

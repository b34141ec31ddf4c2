"""`kapmonitor course`: a patient's earlier visits."""

from pathlib import Path

import click
import msgspec

from kapmonitor import words
from kapmonitor.course import course, summaries
from kapmonitor.course_words import COLUMNS, cells
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("course")
@click.argument("code")
@click.option("--training", is_flag=True, help="Training and demonstrations instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a visit.")
@click.pass_obj
def command(data: Path, code: str, training: bool, as_json: bool) -> None:
    """List the visits of a patient code, the oldest first."""
    printer = Printer(as_json)
    found = summaries(course(data, code, current_keys().for_record, training))
    rows = [cells(visit) for visit in found]
    head = tuple(words.tr(column) for column in COLUMNS)
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(COLUMNS))]
    if rows and not as_json:
        click.echo(_line(head, widths))
    for visit, row in zip(found, rows, strict=True):
        printer.line(msgspec.to_builtins(visit), _line(row, widths))
    if not found and not as_json:
        click.echo(words.tr("No visit of this code."))


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()

"""`kapmonitor reflections`: a therapist's own notes on a visit, apart from its record."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.events import Entry, Note
from kapmonitor.record.folder import find_record
from kapmonitor.reflections import read_reflections, reflections_path
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("reflections")
@click.argument("session")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a note.")
@click.pass_obj
def command(data: Path, session: str, as_json: bool) -> None:
    """Print the reflections on a visit. They are in no other export."""
    record = find_record(data, session)
    path = reflections_path(record)
    found = read_reflections(record, current_keys().for_record(path)) if path.is_file() else []
    printer = Printer(as_json)
    for entry in found:
        assert isinstance(entry.event, Note)
        when = _local(entry)
        line = {"written": when.isoformat(), "by": entry.by, "text": entry.event.text}
        printer.line(line, f"{when:%Y-%m-%d %H:%M}  {entry.by}\n{entry.event.text}\n")
    if not found and not as_json:
        click.echo(words.tr("No reflections on this visit."))


def _local(entry: Entry) -> datetime:
    utc = datetime.fromtimestamp(round(entry.utc), UTC)
    return utc + timedelta(minutes=entry.zone_minutes)

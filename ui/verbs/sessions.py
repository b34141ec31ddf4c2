"""`kapmonitor sessions`: the records in the data folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.record.folder import SessionSummary, list_sessions
from kapmonitor.regional import day_and_time
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("sessions")
@click.option("--training", is_flag=True, help="Training and demonstrations instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(data: Path, training: bool, as_json: bool) -> None:
    """List the records: id, when, how long, sealed or interrupted.

    Training and demonstrations are never listed among patients' records.
    """
    printer = Printer(as_json)
    found = list_sessions(data, current_keys().for_record, training)
    for summary in found:
        printer.line(_line(summary), _text(summary))
    if not found and not as_json:
        click.echo(words.tr("No sessions in {folder}.", folder=data))


def _line(summary: SessionSummary) -> dict[str, object]:
    return {
        "id": summary.id,
        "path": str(summary.path),
        "state": summary.state,
        "opened": None if summary.opened is None else _local(summary).isoformat(),
        "minutes": None if summary.minutes is None else round(summary.minutes, 1),
        "events": summary.events,
        "simulated": summary.simulated,
        "training": summary.training,
    }


def _text(summary: SessionSummary) -> str:
    if summary.opened is None:
        return f"{summary.id}  {summary.state.replace('_', ' ')}"
    when = day_and_time(_local(summary))
    minutes = words.tr("{minutes:.0f} min", minutes=summary.minutes or 0)
    mark = words.tr("  simulated") if summary.simulated else ""
    if summary.training:
        mark = words.tr("  TRAINING")
    return f"{summary.id}  {when}  {minutes:>8}  {words.tr(summary.state)}{mark}"


def _local(summary: SessionSummary) -> datetime:
    utc = datetime.fromtimestamp(summary.opened or 0, UTC)
    return utc + timedelta(minutes=summary.zone_minutes)

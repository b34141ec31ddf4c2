"""`kapmonitor replay`: past readings through the alarms, as fast as it goes."""

from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.errors import RecordError
from kapmonitor.pastdata.model import PastData
from kapmonitor.record.folder import find_record
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("replay")
@click.argument("file")
@click.option("--limits", metavar="FILE", help="An alarm preset to try, by name or file.")
@click.option("--baseline", metavar="SYS/DIA/HR", help="The patient's baseline, as in 118/74/70.")
@click.option("--columns", default="", metavar="VITAL=NAME,...", help="As in heart_rate=HR.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path, file: str, limits: str | None, baseline: str | None, columns: str, as_json: bool
) -> None:
    """Tell what would have fired: for a record, a capture, a CSV of a monitor, an ICU chart.

    With --limits the alarms are those of that preset, and the summary has the present limits (of a
    record, those it was made with) beside them.
    """
    from alarms import presets
    from kapmonitor.pastdata import read_past
    from kapmonitor.pastdata.naming import parse_columns
    from ui import replay as replaying
    from ui.past_capture import is_capture, read_capture_as_past

    given = parse_columns(columns)
    own_baseline = None if baseline is None else replaying.parse_baseline(baseline)
    folder = data / "clinic"
    trial = None if limits is None else presets.load(limits, folder)
    path = _path(data, file)
    if is_capture(path):
        past = read_capture_as_past(path)
    else:
        past = read_past(path, given, current_keys().for_record)
    present = replaying.own_preset(past, presets.load(folder=folder))
    if past.columns:
        click.echo(_columns(past), err=True)

    now = replaying.replay(past, present, own_baseline)
    shown = now if trial is None else replaying.replay(past, trial, own_baseline, False)
    printer = Printer(as_json)
    for line in replaying.lines(past, shown):
        printer.line(line)
    summed = replaying.summary(shown)
    text = replaying.as_words(summed)
    whole = {"file": file, **replaying.file_facts(past, shown), **summed}
    if trial is not None:
        whole["present"] = beside = replaying.summary(now)
        text += [words.tr("Beside the present ones:"), *replaying.as_words(beside)]
    printer.line({"summary": whole}, "\n".join(text))


def _path(data: Path, file: str) -> Path:
    """A path, or the id of a session."""
    try:
        return find_record(data, file)
    except RecordError:
        return Path(file)


def _columns(past: PastData) -> str:
    pairs = ", ".join(f"{vital}={name}" for vital, name in past.columns.items())
    return words.tr("Columns ({layout}): {pairs}", layout=past.layout, pairs=pairs)

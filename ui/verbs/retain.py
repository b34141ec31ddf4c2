"""`kapmonitor retain`: archive a record, or delete one whose time is over; the trace of both."""

import sys
import time
from pathlib import Path

import click
import msgspec

from kapmonitor import words
from kapmonitor.errors import UsageError
from kapmonitor.record.folder import find_record
from kapmonitor.record.retention import YEAR, Why
from kapmonitor.record.trace import LogState, Trace
from ui import retaining
from ui.output import Printer
from ui.passphrase import current_keys
from ui.retaining import day


@click.command("retain")
@click.argument("session", required=False)
@click.option(
    "--archive",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Copy it there, check the copy, then remove it here.",
)
@click.option("--delete", "deleting", is_flag=True, help="Delete it for ever.")
@click.option("--by", default="", metavar="NAME", help="Who does it.")
@click.option("--why", type=click.Choice([one.value for one in Why]), default=Why.PERIOD_OVER.value,
              show_default=True, help="The reason that stays in the trace.")  # fmt: skip
@click.option("--confirm", default="", metavar="ID", help="The session's id again, for --delete.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    session: str | None,
    folder: Path | None,
    deleting: bool,
    by: str,
    why: str,
    confirm: str,
    as_json: bool,
) -> None:
    """List how old the records are and what has left; or archive or delete one.

    How long records are kept is keep_years in settings.json. Whoever has a PIN is asked for it. A
    list whose log of what has left was changed or cut exits with 1.
    """
    printer = Printer(as_json)
    if session is None:
        _list(data, printer)
        return
    if (folder is None) == (not deleting):
        raise UsageError("one_act")
    record, keys = find_record(data, session), current_keys()
    if folder is not None:
        copy = retaining.archive(data, record, folder, by, Why(why), keys, _pin)
        told = words.tr("Archived and checked: {path}", path=copy)
        printer.line({"archived": record.stem, "path": str(copy)}, told)
        return
    if sys.stdin.isatty() and not confirm:
        confirm = str(click.prompt(words.tr("Type {id} to delete it for ever", id=record.stem)))
    retaining.delete(data, record, confirm, by, Why(why), keys, _pin)
    printer.line({"deleted": record.stem}, words.tr("Deleted: {id}", id=record.stem))


def _pin() -> str:
    """Asked for, or the first line of stdin."""
    if sys.stdin.isatty():
        return str(click.prompt(words.tr("PIN"), hide_input=True))
    return sys.stdin.readline().strip()


def _list(data: Path, printer: Printer) -> None:
    found = retaining.look(data, current_keys())
    now = time.time()
    for one in found.kept:
        line = {
            "id": one.id,
            "state": one.state,
            "years": round((now - one.opened) / YEAR, 2),
            "until": day(one.until),
            "over": one.over,
        }
        told = f"{one.id}  {day(one.opened)}  {words.tr(one.state)}  {retaining.until_words(one)}"
        printer.line(line, told)
    for trace in found.left:
        printer.line(msgspec.to_builtins(trace), _text(trace))
    if found.log is not LogState.WHOLE:
        printer.line({"log": found.log.value}, words.tr(retaining.LOG_WORDS[found.log]))
    if found.log in (LogState.CHANGED, LogState.CUT):
        click.get_current_context().exit(1)


def _text(trace: Trace) -> str:
    act = words.tr(retaining.ACT_WORDS.get(trace.act, trace.act))
    why = trace.why.replace("_", " ")
    return f"{trace.session}  {day(trace.opened)}  {act} {day(trace.utc)}  {trace.by}  {why}"

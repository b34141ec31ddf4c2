"""`kapmonitor retain`: archive a record, or delete one whose time is over; the trace of both."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from kapmonitor import settings, words
from kapmonitor.errors import Refused, UsageError
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.record import retention
from kapmonitor.record.folder import find_record, list_sessions
from kapmonitor.record.retention import YEAR, Trace, Why
from kapmonitor.staff import find_person, fits
from ui.output import Printer
from ui.passphrase import current_keys


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

    How long records are kept is keep_years in settings.json. Whoever has a PIN is asked for it.
    """
    printer = Printer(as_json)
    if session is None:
        _list(data, printer)
        return
    if (folder is None) == (not deleting):
        raise UsageError("one_act")
    record = find_record(data, session)
    key = current_keys().for_record(record)
    _prove(data, by)
    if folder is not None:
        copy = retention.archive(data, record, folder, by, Why(why), time.time(), key)
        told = words.tr("Archived and checked: {path}", path=copy)
        printer.line({"archived": record.stem, "path": str(copy)}, told)
        return
    if sys.stdin.isatty() and not confirm:
        confirm = str(click.prompt(words.tr("Type {id} to delete it for ever", id=record.stem)))
    if confirm != record.stem:
        raise UsageError("not_confirmed", session=record.stem)
    chosen, _ = settings.load(data)
    training = key == PUBLISHED_KEY
    try:
        retention.delete(data, record, by, Why(why), time.time(), key, chosen.keep_years, training)
    except Refused as refused:
        if refused.code == "too_young":
            raise Refused("too_young", until=_day(float(str(refused.facts["until"])))) from None
        raise
    printer.line({"deleted": record.stem}, words.tr("Deleted: {id}", id=record.stem))


def _prove(data: Path, by: str) -> None:
    """Whoever is on the staff list with a PIN gives it: asked for, or the first line of stdin."""
    person = find_person(data, by) if by.strip() else None
    if person is None or not person.pin:
        return
    if sys.stdin.isatty():
        pin = str(click.prompt(words.tr("PIN"), hide_input=True))
    else:
        pin = sys.stdin.readline().strip()
    if not fits(person, pin):
        raise Refused("pin_wrong" if pin else "pin_missing", name=person.name)


def _list(data: Path, printer: Printer) -> None:
    chosen, _ = settings.load(data)
    now = time.time()
    for one in reversed(list_sessions(data, current_keys().for_record)):
        if one.opened is None:
            continue
        until = one.opened + chosen.keep_years * YEAR
        line = {
            "id": one.id,
            "state": one.state,
            "years": round((now - one.opened) / YEAR, 2),
            "until": _day(until),
            "over": now >= until,
        }
        kept = words.tr("kept until {day}", day=_day(until))
        over = words.tr("may be deleted") if now >= until else kept
        printer.line(line, f"{one.id}  {_day(one.opened)}  {words.tr(one.state)}  {over}")
    traces, unbroken = retention.read_log(data)
    for trace in traces:
        printer.line(msgspec.to_builtins(trace), _text(trace))
    if not unbroken:
        printer.line({"log": "broken"}, words.tr("The log of what has left was changed."))


def _text(trace: Trace) -> str:
    acts = {"archived": words.tr("archived"), "deleted": words.tr("deleted")}
    act = acts.get(trace.act, trace.act)
    why = trace.why.replace("_", " ")
    return f"{trace.session}  {_day(trace.opened)}  {act} {_day(trace.utc)}  {trace.by}  {why}"


def _day(utc: float) -> str:
    return f"{datetime.fromtimestamp(utc, UTC):%Y-%m-%d}"

"""`kapmonitor amend`: a correction or a note after the seal."""

import sys
from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.events import Amended, Note
from kapmonitor.record.amend import Later
from kapmonitor.record.folder import find_record
from kapmonitor.record.verify import verify
from ui import later
from ui.output import Printer
from ui.passphrase import current_keys


@click.command("amend")
@click.argument("session")
@click.option("--event", "of", type=int, metavar="N", help="The event that is corrected.")
@click.option("--text", required=True, help="What is right; without --event a note.")
@click.option(
    "--felt", metavar="WHEN", help="A note that the patient felt worse: when, 2026-03-09 18:30."
)
@click.option("--reason", default="", help="Why it is corrected.")
@click.option("--by", required=True, metavar="NAME", help="Who stands by it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(
    data: Path,
    session: str,
    of: int | None,
    text: str,
    felt: str | None,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    """Correct an event of a sealed visit, or add a note to it.

    The original stays; what is added follows the seal and is closed by a new one. Whoever has a PIN
    is asked for it at a terminal; without one it is the first line of stdin.
    """
    path = find_record(data, session)
    keys = current_keys()
    when = None if felt is None else later.moment(felt)
    if felt is not None and when is None:
        raise click.BadParameter(words.tr("write it as 2026-03-09 18:30"), param_hint="--felt")
    note = Note(text) if when is None else Note(text, "felt_worse")
    event: Later = note if of is None else Amended(of, text, reason)
    added = later.add(data, path, event, by, keys, _pin, when)
    verdict = verify(path, keys.for_record(path))
    told = words.tr(
        "Added as event {number}; sealed again, short code {code}.",
        number=added[0].number,
        code=verdict.code,
    )
    line = {"saved": added[0].number, "code": verdict.code, "seals": len(verdict.seals)}
    Printer(as_json).line(line, told)


def _pin() -> str:
    if sys.stdin.isatty():
        return str(click.prompt(words.tr("PIN"), hide_input=True))
    return sys.stdin.readline().strip()

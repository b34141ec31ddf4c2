"""`kapmonitor verify`: is a record whole, sealed and unchanged?"""

from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.record.folder import find_record
from kapmonitor.record.verify import Verdict, verify
from ui.output import Printer
from ui.passphrase import current_keys

_PROBLEMS = {
    "missing": "a row is missing or one too many",
    "hash": "a row is not what it was",
    "unreadable": "a row cannot be read",
    "event_number": "the numbers of the events do not follow each other",
    "not_opened": "no session begins here",
    "seal": "the seal states something else",
    "signature": "the signature does not fit",
    "other_signer": "it was signed by another key",
    "damaged": "the file is damaged",
    "layout": "there are tables that do not belong",
    "file": "there are bytes outside the rows",
}


@click.command("verify")
@click.argument("session")
@click.option("--signer", default="", metavar="PRINT", help="The fingerprint it must be signed by.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
@click.pass_context
def command(ctx: click.Context, data: Path, session: str, signer: str, as_json: bool) -> None:
    """Check a record: exit 0 only when it is whole and sealed."""
    path = find_record(data, session)
    keys = current_keys()
    key = keys.for_record(path)
    verdict = verify(
        path, key, own=keys.own_public(), training=keys.training_public(), signer=signer
    )
    Printer(as_json).line(verdict.as_json(), _text(verdict))
    ctx.exit(0 if verdict.whole else 1)


def _text(verdict: Verdict) -> str:
    if verdict.first_wrong is not None:
        wrong = verdict.first_wrong
        if wrong.problem == "other_signer":
            other = verdict.fingerprint
            return words.tr("Whole, but signed by another key ({other}).", other=other)
        problem = words.tr(_PROBLEMS.get(wrong.problem, wrong.problem))
        return words.tr(
            "Not whole: {problem} (row {row}, after event {event}).",
            problem=problem,
            row="?" if wrong.row is None else wrong.row,
            event="?" if wrong.event is None else wrong.event,
        )
    if not verdict.sealed:
        return words.tr("Not sealed: {events} events, unchanged so far.", events=verdict.events)
    signed = (
        words.tr("signed by this installation")
        if verdict.signer == "own"
        else words.tr("signed by a key that is not this installation's")
    )
    return words.tr(
        "Whole and sealed: {events} events, short code {code}, {signed} ({print}).",
        events=verdict.events,
        signed=signed,
        code=verdict.code,
        print=verdict.fingerprint or "-",
    )

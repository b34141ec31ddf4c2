"""`kapmonitor verify`: is a record whole, sealed and unchanged?"""

from datetime import UTC, datetime
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
    Printer(as_json).line(verdict.as_json(), "\n".join([_text(verdict), *_seals(verdict)]))
    if not verdict.whole:
        # Who reads only errors is told the same: exit 1 always says why on stderr.
        click.echo(f"kapmonitor: {path.name}: {_text(verdict)}", err=True)
    ctx.exit(0 if verdict.whole else 1)


def _seals(verdict: Verdict) -> list[str]:
    """Each seal that holds, where there are several or something after it is wrong."""
    if len(verdict.seals) < 2 and verdict.whole:
        return []
    return [
        words.tr(
            "The seal of {when} holds for events 1 to {events}: short code {code}, {signed}.",
            when=f"{datetime.fromtimestamp(seal.utc, UTC):%Y-%m-%d %H:%M} UTC",
            events=seal.events,
            code=seal.code,
            signed=_signed(seal.signer),
        )
        for seal in verdict.seals
    ]


def _signed(signer: str) -> str:
    if signer == "own":
        return words.tr("signed by this installation")
    return words.tr("signed by a key that is not this installation's")


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
    if not verdict.fingerprint and len(verdict.seals) > 1:
        return words.tr(
            "Whole and sealed: {events} events, short code {code}. Not all seals are by one key:",
            events=verdict.events,
            code=verdict.code,
        )
    return words.tr(
        "Whole and sealed: {events} events, short code {code}, {signed} ({print}).",
        events=verdict.events,
        signed=_signed(verdict.signer),
        code=verdict.code,
        print=verdict.fingerprint or "-",
    )

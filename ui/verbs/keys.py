"""`kapmonitor keys`: how the records are locked, and what to do when a key is lost."""

from pathlib import Path
from typing import IO

import click

from kapmonitor.errors import UsageError
from kapmonitor.keys.standing import Standing
from kapmonitor.words import sentence, tr
from ui.output import Printer
from ui.passphrase import current_keys, given_passphrase, has_terminal, recovery_page, secret

_recovery = click.option(
    "--recovery-file", type=click.File("r"), metavar="FILE", help="The recovery key; - is stdin."
)


@click.group("keys", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Tell how the records are locked, or change it.

    Records are encrypted with one key of this installation. The system's keyring or a passphrase
    keeps it, and a recovery key opens everything when those are lost.
    """
    if ctx.invoked_subcommand is None:
        standing = current_keys().standing()
        line = {
            "state": standing.state,
            "kept_by": standing.by or None,
            "id": standing.id or None,
            "recovery_kept": standing.recovery_kept,
            "others": list(standing.others),
            "earlier": list(standing.earlier),
        }
        Printer(as_json).line(line, _text(standing))


@command.command("setup")
def setup() -> None:
    """Make the key and show its recovery key.

    The keyring keeps it, unless a passphrase was given.
    """
    keys = current_keys(telling=False)
    keys.create()
    click.echo(recovery_page(keys.recovery_key()))
    keys.recovery_is_kept()
    click.echo(_text(keys.standing()))


@command.command("recovery")
def recovery() -> None:
    """Show the recovery key, once."""
    keys = current_keys()
    click.echo(recovery_page(keys.recovery_key()))
    keys.recovery_is_kept()


@command.command("renew")
def renew() -> None:
    """Make another key for the records to come, and show its recovery key.

    For when a recovery key was lost or somebody may have seen it. No record is rewritten: those of
    before open as before, with the earlier recovery key too; what is recorded from now on does not.
    """
    keys = current_keys(telling=False)
    keys.renew()
    click.echo(recovery_page(keys.recovery_key()))
    keys.recovery_is_kept()
    click.echo(_text(keys.standing()))


@command.command("passphrase")
@click.option(
    "--new-passphrase-file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The new passphrase; asked for at a terminal when not given.",
)
@click.option("--keyring", is_flag=True, help="Let the system's keyring keep the key instead.")
def passphrase(file: Path | None, keyring: bool) -> None:
    """Change the passphrase, or who keeps the key. No record is rewritten."""
    keys = current_keys()
    keys.open()
    keys.change_holder(None if file is None else given_passphrase(file), keyring)
    click.echo(_text(keys.standing()))


@command.command("check")
@_recovery
@click.pass_context
def check(ctx: click.Context, recovery_file: IO[str] | None) -> None:
    """Tell whether a recovery key is the right one (exit 0) or not (1)."""
    keys, letters = current_keys(), _typed(recovery_file)
    right = keys.is_recovery_key(letters)
    if right:
        words = tr("This is the recovery key of this installation.")
    elif keys.is_earlier_recovery_key(letters):
        words = tr("This is an earlier recovery key of this installation: it opens the records of "
                   "its time, none that came after.")  # fmt: skip
    else:
        words = tr("This is the recovery key of another installation.")
    click.echo(words)
    ctx.exit(0 if right else 1)


@command.command("recover")
@_recovery
def recover(recovery_file: IO[str] | None) -> None:
    """Use a recovery key.

    This installation's: after a lost passphrase or keyring. Another's: to read its records here.
    """
    keys = current_keys()
    done = keys.recover(_typed(recovery_file))
    click.echo(tr(_RECOVERED[done]))


_RECOVERED = {
    "own": "The records of this installation open again.",
    "restored": "This installation has the key of the recovery key now; its records open.",
    "added": "Records of that installation open here now.",
}


def _typed(file: IO[str] | None) -> str:
    if file is not None:
        return file.read()
    if not has_terminal():
        raise UsageError("recovery_needed")
    return secret(tr("Recovery key"))


def _text(standing: Standing) -> str:
    if standing.state == "none":
        return tr("No key yet: the first visit, or kapmonitor keys setup, makes one.")
    if not standing.by:
        return sentence(standing.state, {"path": "keys.json", "reason": ""})
    by = {"keyring": tr("the system's keyring"), "passphrase": tr("a passphrase")}[standing.by]
    lines = [tr("Records are encrypted with key {id}, kept by {by}.", id=standing.id, by=by)]
    if standing.state not in ("ready", "locked"):
        lines.append(sentence(standing.state, {"reason": "", "path": "keys.json"}))
    if not standing.recovery_kept:
        lines.append(tr("The recovery key was not kept yet: kapmonitor keys recovery shows it."))
    if standing.earlier:
        earlier = ", ".join(standing.earlier)
        lines.append(tr("Records of before it was renewed open too: {earlier}.", earlier=earlier))
    if standing.others:
        others = ", ".join(standing.others)
        lines.append(tr("Records of other installations open too: {others}.", others=others))
    return "\n".join(lines)

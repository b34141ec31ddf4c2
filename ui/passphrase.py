"""Where a passphrase comes from: a file, the environment, or a person at a terminal."""

import os
import sys
from pathlib import Path

import click

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keys import Keys
from kapmonitor.words import tr

VARIABLE = "KAPMONITOR_PASSPHRASE"
LEAST = 8
"""Characters of a new passphrase that a person types; what a script gives is its own affair."""

_FILE, _KEYS = "kapmonitor.passphrase_file", "kapmonitor.keys"


def remember_file(context: click.Context, path: Path | None) -> None:
    """Keep the global option ``--passphrase-file`` for `current_keys`."""
    context.meta[_FILE] = path


def current_keys(telling: bool = True) -> Keys:
    """The keys of the data folder of this call; nothing is opened or asked yet.

    ``telling`` says that a key made on the way tells of its recovery key.
    Raises KapmonitorError ``passphrase_file``.
    """
    context = click.get_current_context()
    if _KEYS not in context.meta:
        given = given_passphrase(context.meta.get(_FILE))
        context.meta[_KEYS] = Keys(
            context.obj, given, ask, on_made=tell_recovery_key if telling else _say_nothing
        )
    keys = context.meta[_KEYS]
    assert isinstance(keys, Keys)
    return keys


def _say_nothing(_keys: Keys) -> None:
    pass


def given_passphrase(file: Path | None = None) -> str | None:
    """What the file holds, without the end of its line; else the environment; else None.

    Raises KapmonitorError ``passphrase_file``, ``passphrase_empty``.
    """
    if file is None:
        return os.environ.get(VARIABLE) or None
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or tr("it is not UTF-8 text")
        raise KapmonitorError("passphrase_file", path=str(file), reason=reason) from None
    passphrase = text.rstrip("\r\n")
    if not passphrase:
        raise KapmonitorError("passphrase_empty")
    return passphrase


def ask(purpose: str) -> str | None:
    """Ask at the terminal without showing what is typed; None where there is no terminal.

    Raises KapmonitorError ``passphrase_short``, ``passphrases_differ`` for a new one.
    """
    if not has_terminal():
        return None
    if purpose != "new":
        return secret(tr("Passphrase of the records"))
    words = tr("The records of this machine are encrypted; choose the passphrase that opens them.")
    click.echo(words, err=True)
    chosen = secret(tr("New passphrase"))
    checked(chosen)
    if secret(tr("The same again")) != chosen:
        raise KapmonitorError("passphrases_differ")
    return chosen


def tell_recovery_key(keys: Keys) -> None:
    """Show the recovery key of a key just made; where nobody looks, say how to see it."""
    if not has_terminal():
        text = tr(
            "A key was made for the records; kapmonitor keys recovery shows its recovery key."
        )
        click.echo(f"kapmonitor: {text}", err=True)
        return
    click.echo(recovery_page(keys.recovery_key()), err=True)
    keys.recovery_is_kept()


def recovery_page(letters: str) -> str:
    """The recovery key as it is printed: what it is for, and the groups in four lines."""
    groups = letters.split("-")
    lines = ["   ".join(groups[start : start + 4]) for start in range(0, len(groups), 4)]
    words = tr(
        "Recovery key. It opens the records when the passphrase or this computer is lost. Write it "
        "down or print it, keep it locked away; it is shown only now."
    )
    return "\n".join([words, "", *(f"    {line}" for line in lines), ""])


def checked(passphrase: str) -> str:
    """The passphrase, when it is long enough; raises KapmonitorError ``passphrase_short``."""
    if len(passphrase) < LEAST:
        raise KapmonitorError("passphrase_short", letters=len(passphrase), least=LEAST)
    return passphrase


def has_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def secret(words: str) -> str:
    """One line that a person types unseen."""
    return str(click.prompt(words, hide_input=True, err=True, default="", show_default=False))

"""The command line: `kapmonitor VERB`. Without a verb the window opens.

Verbs are imported when they are called, so that `kapmonitor decode` does not pay for a window.
"""

import importlib
import logging
import os
import sys
import traceback
from pathlib import Path

import click

from kapmonitor import __version__, settings, words
from kapmonitor.errors import KapmonitorError, UsageError
from kapmonitor.record.folder import data_folder
from ui.display import require_display
from ui.passphrase import current_keys, remember_file

VERBS = {
    "demo": "The window, with a virtual patient and virtual devices.",
    "simulate": "A whole visit without a window, as fast as it goes.",
    "run": "Straight into a visit with these devices.",
    "devices": "What can be reached now, and what is supported.",
    "capture": "Keep a device's raw bytes with their arrival times, for support.",
    "decode": "Turn a stream, hex text or a capture into readings.",
    "replay": "Past readings through the alarms: what would have fired.",
    "plans": "The plans of the routes, and a clinic's own.",
    "sessions": "The records in the data folder.",
    "course": "A patient's earlier visits.",
    "reflections": "A therapist's own notes on a visit, apart from its record.",
    "staff": "Who works here, with roles and PINs.",
    "export": "Make a PDF and CSV files from a record.",
    "amend": "Correct a sealed visit, or add a note to it.",
    "verify": "Check that a record is whole, sealed and unchanged.",
    "retain": "Archive a record, or delete one whose time is over; the trace of both.",
    "keys": "How the records are locked: set up, change, recover.",
    "doctor": "Check this machine: Bluetooth, serial rights, sound, disk, clock.",
    "gallery": "Every screen as a picture.",
}


class _LazyGroup(click.Group):
    """A click group whose commands are modules of ``ui.verbs``, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"ui.verbs.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_LazyGroup, invoke_without_command=True)
@click.version_option(__version__, prog_name="kapmonitor")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="KAPMONITOR_DATA",
    help="Where records, settings and keys live.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The passphrase of the records, where no keyring keeps their key.",
)
@click.pass_context
def cli(ctx: click.Context, data: Path | None, passphrase_file: Path | None) -> None:
    """Vital signs, checklists and one sealed record for a dosing visit.

    Not a medical device: it must not be the only means of monitoring a patient.
    """
    ctx.obj = data_folder(data)
    chosen, _ = settings.load(ctx.obj)
    words.use_language(chosen.language or words.language_of_system(), chosen.pressure_unit)
    remember_file(ctx, passphrase_file)
    if ctx.invoked_subcommand is None:
        require_display()
        from ui.app import open_home

        ctx.exit(open_home(ctx.obj, current_keys()))


def main() -> None:
    """Run the command line: exit 0, 1 (failed) or 2 (usage), errors as one sentence on stderr."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KapmonitorError as error:
        click.echo(f"kapmonitor: {words.sentence(error.code, error.facts)}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        # Whoever read our lines has gone (`| head`); there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        # A fault of ours. Its place helps us; its text could hold a patient's data.
        if os.environ.get("KAPMONITOR_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        text = words.tr(
            "kapmonitor: a fault in the program ({kind} at {where}): please report it.",
            kind=type(error).__name__,
            where=where,
        )
        click.echo(text, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""`kapmonitor run`: straight into a visit with these devices, with or without a window."""

import sys
from pathlib import Path

import click

from kapmonitor import words
from kapmonitor.errors import UsageError
from kapmonitor.plan import ROUTES
from ui.display import require_display
from ui.finite import FiniteRange
from ui.passkey_prompt import type_passkey


@click.command("run")
@click.option("--device", "devices", multiple=True, metavar="SOURCE", help="A device; may repeat.")
@click.option("--route", type=click.Choice(list(ROUTES)), default="in", show_default=True)
@click.option("--plan", help="A plan by name or file, instead of a route.")
@click.option("--limits", metavar="FILE", default="", help="An alarm preset, by name or file.")
@click.option("--patient", default="", help="A patient code; a pseudonym is made when not given.")
@click.option("--headless", is_flag=True, help="No window: lines on stdout, commands on stdin.")
@click.option("--minutes", type=FiniteRange(min=0.01, max=1440), help="End after so long.")
@click.option(
    "--commands", type=click.Choice(["-"]), help="Read commands as JSON lines from stdin."
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Keep everything here."
)
@click.option("--lock", is_flag=True, help="Without a window: ask for PINs, and lock.")
@click.option("--resume", metavar="SESSION", help="Go on with an interrupted visit.")
@click.option("--from-room", multiple=True, metavar="ROOM", help="Take devices of this room too.")
@click.option("--wait", is_flag=True, help="Wait for a device that is not there yet.")
@click.option("--silent", is_flag=True, help="No alarm sound.")
@click.option("--experimental", is_flag=True, help="Allow devices that nobody has tried yet.")
@click.option("--allow-cuff-start", is_flag=True, help="Start cuffs nobody has started yet.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    devices: tuple[str, ...],
    route: str,
    plan: str | None,
    limits: str,
    patient: str,
    headless: bool,
    minutes: float | None,
    commands: str | None,
    out: Path | None,
    lock: bool,
    resume: str | None,
    from_room: tuple[str, ...],
    wait: bool,
    silent: bool,
    experimental: bool,
    allow_cuff_start: bool,
    as_json: bool,
) -> None:
    """Open a visit with these devices.

    SOURCE is [PROTOCOL@]TRANSPORT:ADDRESS, such as contec-cms50-serial@serial:/dev/ttyUSB0, and
    may end in where it sits, such as #left_finger: a cuff on that arm then excuses the oximeter.
    """
    from kapmonitor.emergency import load_emergency
    from ui.beginning import begun_of
    from ui.passphrase import current_keys
    from ui.visit import VisitChoice, begin, finish
    from ui.visit import resume as resume_visit

    if not headless and (minutes is not None or commands):
        raise UsageError("headless_only", option="--minutes" if minutes else "--commands")
    if not headless:
        require_display()
    choice = VisitChoice(
        plan=plan or route,
        limits=limits,
        devices=devices,
        patient_code=patient,
        out=out,
        wait=wait,
        silent=silent,
        experimental=experimental,
        cuff_start=allow_cuff_start,
        guarded=lock or not headless,
        from_rooms=from_room,
        ask_passkey=type_passkey if headless and not commands and sys.stdin.isatty() else None,
    )
    if wait and devices:
        click.echo(
            words.tr("Waiting for {devices}; Ctrl-C ends it.", devices=", ".join(devices)), err=True
        )
    keys = current_keys()
    emergency = load_emergency(data / "clinic")
    if resume is None:
        visit = begin(choice, data, keys)
    else:
        visit = resume_visit(choice, data, resume, keys)
    try:
        if headless:
            from ui.headless import run_headless

            run_headless(visit.runner, as_json, minutes, read_commands=commands is not None)
        else:
            from ui.app import run_begun

            run_begun(begun_of(visit, emergency, data), visit.export, data)
    finally:
        visit.close()
    finish(visit)

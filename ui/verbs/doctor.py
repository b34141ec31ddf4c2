"""`kapmonitor doctor`: what this machine can and cannot do, each with its remedy."""

from pathlib import Path

import click

from kapmonitor import words
from ui.doctor import CHECKS, Finding
from ui.output import Printer

_MARKS = {"ok": "ok  ", "warning": "warn", "missing": "MISS"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(data: Path, as_json: bool) -> None:
    """Check Bluetooth, serial rights, sound, sleep, disk, clock, keyring and display."""
    printer = Printer(as_json)
    for check in CHECKS:
        finding = check(data)
        line = {
            "check": finding.check,
            "state": finding.state,
            "found": finding.found,
            "remedy": finding.remedy or None,
        }
        printer.line(line, _text(finding))


def _text(finding: Finding) -> str:
    text = f"{_MARKS[finding.state]}  {words.tr(finding.check)}: {finding.found}"
    return f"{text}\n      -> {finding.remedy}" if finding.remedy else text

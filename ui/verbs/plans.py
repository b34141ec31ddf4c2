"""`kapmonitor plans`: the plans that there are, one in plain words, a clinic's own copy."""

import time
from pathlib import Path

import click
import msgspec

from kapmonitor import words
from kapmonitor.clinic_files import changes
from kapmonitor.errors import UsageError
from kapmonitor.plan import load_plan
from kapmonitor.plan_form import FIELDS, changed, clinic_plans, save_plan
from kapmonitor.plan_words import plan_lines
from ui.output import Printer


@click.command("plans")
@click.argument("plan", required=False)
@click.option("--copy", "copy", metavar="NAME", help="Make a copy of PLAN for the clinic.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change a field of it.")
@click.option("--by", default="", help="Who changes it.")
@click.option("--reason", default="", help="Why it is changed.")
@click.option("--changes", "log", is_flag=True, help="What the clinic changed, by whom and why.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    plan: str | None,
    copy: str | None,
    sets: tuple[str, ...],
    by: str,
    reason: str,
    log: bool,
    as_json: bool,
) -> None:
    """List the plans, tell one in plain words, or keep a changed copy in the clinic's folder."""
    printer, folder = Printer(as_json), data / "clinic"
    if log:
        for change in changes(folder):
            what = "; ".join(f"{k}: {old} → {new}" for k, (old, new) in change.changed.items())
            text = f"{change.file}  {change.by}: {change.reason}  {what}"
            printer.line(msgspec.to_builtins(change), text)
        return
    if plan is None:
        if copy or sets:
            raise UsageError("plan_to_copy")
        _list(printer, folder)
        return
    found, _ = load_plan(plan, folder)
    if copy is None and sets:
        raise UsageError("plan_copy_missing")
    if copy is not None:
        new = changed(found, copy, _pairs(sets))
        path = save_plan(folder, new, found, by, reason, time.time())
        text = words.tr("Kept: {path}", path=path)
        printer.line({"plan": copy, "path": str(path)}, text)
        return
    printer.line(msgspec.to_builtins(found), "\n".join(plan_lines(found)))


def _list(printer: Printer, folder: Path) -> None:
    for listed in clinic_plans(folder):
        own = words.tr("clinic's own") if listed.own else ""
        problem = ""
        if listed.problem is not None:
            problem = words.sentence(listed.problem.code, listed.problem.facts)
        title = problem or words.tr(listed.title)
        line = {"plan": listed.name, "title": listed.title, "own": listed.own}
        if problem:
            line["problem"] = problem
        printer.line(line, f"{listed.name:<16}  {title}  {own}".rstrip())


def _pairs(sets: tuple[str, ...]) -> dict[str, str]:
    known = {field.id for field in FIELDS}
    found = {}
    for pair in sets:
        name, sign, value = pair.partition("=")
        if not sign or name not in known:
            raise UsageError("plan_field_unknown", text=pair, known=", ".join(sorted(known)))
        found[name] = value
    return found

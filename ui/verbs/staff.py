"""`kapmonitor staff`: who works here, with roles and PINs."""

import sys
from pathlib import Path

import click

from kapmonitor import staff, words
from kapmonitor.errors import UsageError
from kapmonitor.people_words import role_words
from kapmonitor.staff import Person, Role
from ui.output import Printer

ROLES = click.Choice([role.value for role in Role])


@click.command("staff")
@click.option("--add", metavar="NAME", help="Add somebody; needs --role.")
@click.option("--change", metavar="NAME", help="Change somebody's role or PIN.")
@click.option("--retire", metavar="NAME", help="Somebody works here no more; the name is kept.")
@click.option("--back", metavar="NAME", help="A retired person works here again.")
@click.option("--role", type=ROLES, help="With --add or --change.")
@click.option("--pin", is_flag=True, help="A PIN for --add or --change, asked for or from stdin.")
@click.option("--unpin", is_flag=True, help="With --change: no PIN any more.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def command(
    data: Path,
    add: str | None,
    change: str | None,
    retire: str | None,
    back: str | None,
    role: str | None,
    pin: bool,
    unpin: bool,
    as_json: bool,
) -> None:
    """List the staff, or change the list. A PIN is never an argument: others could read it there.

    At a terminal it is asked for twice; without one it is the first line of stdin.
    """
    if sum(name is not None for name in (add, change, retire, back)) > 1:
        raise UsageError("staff_one_at_a_time")
    if add is not None:
        if role is None:
            raise UsageError("staff_needs_role", name=add)
        staff.add_person(data, add, role, _pin() if pin else "")
    elif change is not None:
        if role is None and not pin and not unpin:
            raise UsageError("staff_needs_change", name=change)
        if role is not None:
            staff.change_role(data, change, role)
        if pin or unpin:
            staff.change_pin(data, change, _pin() if pin else "")
    elif retire is not None:
        staff.retire(data, retire)
    elif back is not None:
        staff.retire(data, back, retired=False)
    elif role is not None or pin or unpin:
        raise UsageError("staff_one_at_a_time")
    _show(data, as_json)


def _pin() -> str:
    if sys.stdin.isatty():
        return str(click.prompt(words.tr("PIN"), hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().strip()


def _show(data: Path, as_json: bool) -> None:
    printer = Printer(as_json)
    people = staff.load_staff(data)
    for person in people:
        printer.line(_line(person), _text(person))
    if not people and not as_json:
        click.echo(words.tr("No staff list: anybody may act by name, without a PIN."))


def _line(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "role": person.role.value,
        "pin": bool(person.pin),
        "retired": person.retired,
    }


def _text(person: Person) -> str:
    pin = words.tr("PIN") if person.pin else words.tr("no PIN")
    retired = "  " + words.tr("retired") if person.retired else ""
    return f"{person.name}  {role_words(person.role)}  {pin}{retired}"

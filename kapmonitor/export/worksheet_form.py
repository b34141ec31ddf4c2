"""A worksheet's form: blocks of fields, read from a data file and checked."""

import tomllib
from pathlib import Path

from msgspec import Struct

from kapmonitor import datafiles
from kapmonitor.errors import PlanError
from kapmonitor.export.worksheet_facts import FACTS


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """One field: its words, and which fact of the visit fills it; none: a person does.

    ``choices`` are boxes to be ticked; a fact that is one of them ticks it.
    """

    text: str
    fill: str = ""
    choices: tuple[str, ...] = ()


class Block(Struct, frozen=True, forbid_unknown_fields=True):
    """Fields under one heading."""

    title: str
    field: tuple[Field, ...]


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole form with its version."""

    name: str
    version: str
    title: str
    block: tuple[Block, ...]
    hint: str = ""


def read_form(name_or_path: str, folder: Path | None = None) -> tuple[Form, str]:
    """Read a form by name or path, with its text. Raises PlanError naming file, place, reason."""
    form, text = datafiles.read(name_or_path, Form, "kapmonitor.worksheets", folder)
    return _checked(form, name_or_path), text


def own_forms(folder: Path) -> list[str]:
    """The names of a clinic's own worksheets: the files of its folder that have blocks of fields.

    One that is wrong is among them, so that using it says what is wrong.
    """
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            blocks = tomllib.loads(path.read_text(encoding="utf-8")).get("block")
        except (OSError, ValueError):
            continue
        found += [path.stem] if isinstance(blocks, list) else []
    return found


def parse_form(text: str) -> Form:
    """Read a form from its text. Raises PlanError."""
    return _checked(datafiles.parse(text, Form, "worksheet"), "worksheet")


def _checked(form: Form, file: str) -> Form:
    for number, block in enumerate(form.block):
        for place, field in enumerate(block.field):
            if field.fill and field.fill not in FACTS:
                raise PlanError(
                    "data_file_value",
                    file=file,
                    place=f"block[{number}].field[{place}].fill",
                    reason=f"no fact {field.fill!r}: one of {', '.join(FACTS)}",
                )
    return form

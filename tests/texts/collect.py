"""Every text that people read: what stands in ``tr(...)``, in tables of texts and in data files."""

import ast
import importlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from tests.texts.tables import DATA_FILES, DATA_KEYS, TABLES

ROOT = Path(__file__).parents[2]
PACKAGES = ("kapmonitor", "alarms", "devices", "ui")


@dataclass(frozen=True)
class Found:
    """A text and where it stands (``ui/keys.py``)."""

    text: str
    place: str


def texts() -> dict[str, list[str]]:
    """Each text with its places, in order of the first place."""
    collected: dict[str, list[str]] = {}
    for found in (*in_code(), *in_tables(), *in_data()):
        places = collected.setdefault(found.text, [])
        if found.place not in places:
            places.append(found.place)
    return collected


def in_code() -> Iterator[Found]:
    """Texts written inside ``tr(...)``."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for text in literals(path.read_text(encoding="utf-8")):
                yield Found(text, place)


def literals(source: str) -> Iterator[str]:
    """The texts inside ``tr(...)`` of one file, both ways of an ``a if x else b`` too.

    The ``title`` of a class is one as well: a panel's is spoken when it opens.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from _titles(node)
        if isinstance(node, ast.Call) and node.args and _name(node.func) == "tr":
            for part in _ways(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    yield part.value


def _titles(made: ast.ClassDef) -> Iterator[str]:
    for node in made.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            named = any(isinstance(t, ast.Name) and t.id == "title" for t in node.targets)
            if named and isinstance(node.value.value, str) and node.value.value:
                yield node.value.value


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _ways(argument: ast.expr) -> Iterator[ast.expr]:
    if isinstance(argument, ast.IfExp):
        yield from _ways(argument.body)
        yield from _ways(argument.orelse)
    else:
        yield argument


def in_tables() -> Iterator[Found]:
    """Texts in the tables that are listed in `tests.texts.tables`."""
    for table in TABLES:
        module, _, path = table.partition(":")
        name, _, field = path.partition(".")
        value = getattr(importlib.import_module(module), name)
        place = module.replace(".", "/") + ".py"
        for text in _leaves(value, field):
            yield Found(text, place)


def _leaves(value: Any, field: str) -> Iterator[str]:
    """The texts of a table: values of a dict, members of a tuple, or one field of its rows."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member, field)
    elif field and field.isdigit() and isinstance(value, tuple) and _is_row(value):
        yield from _leaves(value[int(field)], "")
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _leaves(member, field)
    elif field and (is_dataclass(value) or isinstance(value, msgspec.Struct)):
        for part in field.split("+"):
            yield from _leaves(getattr(value, part), "")


def _is_row(value: tuple[Any, ...]) -> bool:
    """A row holds plain things; a table of rows holds tuples."""
    return bool(value) and not isinstance(value[0], tuple)


def in_data() -> Iterator[Found]:
    """Texts in the data files that came with the program."""
    for pattern in DATA_FILES:
        for path in sorted(ROOT.glob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            for text in _under(tomllib.loads(path.read_text(encoding="utf-8"))):
                yield Found(text, place)


def _under(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _under(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            said = key in DATA_KEYS
            if said and isinstance(member, str) and member.strip():
                yield member
            elif said and isinstance(member, list) and member and isinstance(member[0], str):
                yield from member
            else:
                yield from _under(member)

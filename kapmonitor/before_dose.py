"""Readiness before the dose: a list of questions from a data file, and what of it is open."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kapmonitor import datafiles
from kapmonitor.events import Entry, ReadinessAnswer

ANSWERS = ("yes", "no", "not_asked")


class ReadinessItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One question; ``wanted`` is the answer that speaks for going on."""

    id: str
    text: str
    wanted: Literal["yes", "no"]
    source: str = ""


class ReadinessList(Struct, frozen=True, forbid_unknown_fields=True):
    """The questions, with the version of their file."""

    name: str
    version: str
    item: tuple[ReadinessItem, ...]


def load_readiness(folder: Path | None = None) -> ReadinessList:
    """The clinic's list, or the program's; raises PlanError naming file, place and reason."""
    return read_readiness(folder)[0]


def read_readiness(folder: Path | None = None) -> tuple[ReadinessList, str]:
    """The list with its text, which a record keeps. Raises PlanError."""
    return datafiles.read("readiness", ReadinessList, "kapmonitor.forms", folder)


def parse_readiness(text: str) -> ReadinessList:
    """The list of a record's text; the program's own for a record from before it was kept.

    Raises PlanError.
    """
    return datafiles.parse(text, ReadinessList, "readiness") if text else load_readiness()


def open_items(form: ReadinessList, answered: Mapping[str, Entry]) -> tuple[str, ...]:
    """The items that are not asked yet, or answered otherwise than wanted."""
    return tuple(item.id for item in form.item if _answer(answered.get(item.id)) != item.wanted)


def _answer(entry: Entry | None) -> str:
    return entry.event.answer if entry and isinstance(entry.event, ReadinessAnswer) else ""

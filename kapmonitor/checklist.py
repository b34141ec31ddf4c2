"""The form of an observation round: items, choices, scores; read from a data file and checked.

Answers are a plain mapping from item to value: ``scale`` 0 to 4, ``severity`` none, mild, moderate
or severe, ``level`` and ``choice`` one of the choices, ``flags`` ``none`` or identifiers separated
by commas, ``number`` within its range, ``text`` anything.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from kapmonitor import datafiles
from kapmonitor.errors import PlanError, Refused
from kapmonitor.events import Answer

SEVERITIES = ("none", "mild", "moderate", "severe")
SCALE_MAXIMUM = 4


class ItemKind(StrEnum):
    """How an item is answered."""

    SCALE = "scale"
    SEVERITY = "severity"
    LEVEL = "level"
    CHOICE = "choice"
    FLAGS = "flags"
    NUMBER = "number"
    TEXT = "text"


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of an item: the value that is stored and the words that are shown."""

    value: str
    text: str


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """A heading of the form; ``source`` says where its items come from."""

    id: str
    title: str
    source: str = ""


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the form."""

    id: str
    group: str
    kind: ItemKind
    text: str
    choices: tuple[Choice, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """The values that may be stored, for kinds with a fixed set; empty otherwise."""
        if self.kind is ItemKind.SEVERITY:
            return SEVERITIES
        if self.kind is ItemKind.SCALE:
            return tuple(str(step) for step in range(SCALE_MAXIMUM + 1))
        return tuple(choice.value for choice in self.choices)


class Score(Struct, frozen=True, forbid_unknown_fields=True):
    """A sum of items, computed only when all of them are answered."""

    id: str
    title: str
    items: tuple[str, ...]


class Checklist(Struct, frozen=True, forbid_unknown_fields=True):
    """A form with its version, which a record pins."""

    name: str
    version: str
    title: str
    group: tuple[Group, ...]
    item: tuple[Item, ...]
    score: tuple[Score, ...] = ()

    def checked(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """The answers in their stored form; raises Refused naming the first item that is wrong."""
        known = {item.id: item for item in self.item}
        for name in answers:
            if name not in known:
                raise Refused("unknown_item", item=name)
        settled: dict[str, Answer] = {}
        for item in self.item:
            value = answers.get(item.id)
            if value is None or value == "":
                if item.required:
                    raise Refused("item_missing", item=item.id)
                continue
            settled[item.id] = _settle(item, value)
        return settled

    def scores(self, answers: Mapping[str, Answer]) -> dict[str, float]:
        """The sums of all scores whose items are all answered."""
        found: dict[str, float] = {}
        for score in self.score:
            values = [answers.get(item) for item in score.items]
            numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
            if len(numbers) == len(score.items):
                found[score.id] = float(sum(numbers))
        return found


def _settle(item: Item, value: Answer) -> Answer:
    """One answer in its stored form; raises Refused when it is outside the item's range."""
    if item.kind is ItemKind.TEXT:
        return str(value)
    if item.kind is ItemKind.NUMBER:
        return _number(item, value)
    if item.kind is ItemKind.FLAGS:
        flags = [part.strip() for part in str(value).split(",") if part.strip()]
        wrong = [flag for flag in flags if flag != "none" and flag not in item.values]
        if wrong:
            raise Refused(
                "bad_answer", item=item.id, value=wrong[0], allowed=", ".join(item.values)
            )
        return ",".join(flag for flag in flags if flag != "none") or "none"
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, bool) or text not in item.values:
        raise Refused("bad_answer", item=item.id, value=str(value), allowed=", ".join(item.values))
    return int(text) if text.isdigit() else text


def _number(item: Item, value: Answer) -> float:
    try:
        number = float(value) if not isinstance(value, bool) and value is not None else None
    except ValueError:
        number = None
    low = -float("inf") if item.minimum is None else item.minimum
    high = float("inf") if item.maximum is None else item.maximum
    if number is None or not low <= number <= high:
        raise Refused("bad_answer", item=item.id, value=str(value), allowed=f"{low:g}-{high:g}")
    return number


def load_checklist(name_or_path: str, folder: Path | None = None) -> Checklist:
    """Read a checklist by name or path; raises PlanError naming file, place and reason."""
    return read_checklist(name_or_path, folder)[0]


def read_checklist(name_or_path: str, folder: Path | None = None) -> tuple[Checklist, str]:
    """Read a checklist with its text, which a record keeps. Raises PlanError."""
    checklist, text = datafiles.read(name_or_path, Checklist, "kapmonitor.checklists", folder)
    return _checked(checklist, name_or_path), text


def parse_checklist(text: str, name: str) -> Checklist:
    """Read a checklist from the text that a record keeps. Raises PlanError."""
    return _checked(datafiles.parse(text, Checklist, name), name)


def _checked(checklist: Checklist, file: str) -> Checklist:
    """The checklist, whose groups and scores point to what is there; else PlanError."""
    groups = {group.id for group in checklist.group}
    items = {item.id for item in checklist.item}
    for number, item in enumerate(checklist.item):
        if item.group not in groups:
            reason = f"no group {item.group!r}"
            place = f"item[{number}].group"
            raise PlanError("data_file_value", file=file, place=place, reason=reason)
    for number, score in enumerate(checklist.score):
        for name in score.items:
            if name not in items:
                reason, place = f"no item {name!r}", f"score[{number}].items"
                raise PlanError("data_file_value", file=file, place=place, reason=reason)
    return checklist

"""Alarm presets: ``default.toml`` beside this file; a clinic's own name what they change."""

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from alarms.limits import AnySpec, EnteredSpec, LimitSpec, TechnicalSpec, faults
from alarms.presets.redefining import redefined
from kapmonitor import datafiles
from kapmonitor.errors import PlanError
from kapmonitor.toml_text import written

DEFAULT = "default"
LONGEST_AVERAGE = 16.0
LONGEST_REMINDER = 15.0
MOST_REPEATS = 3

Row = dict[str, Any]
S = TypeVar("S", LimitSpec, TechnicalSpec, EnteredSpec)


class Preset(Struct, frozen=True):
    """A checked preset.

    ``averaging`` is in seconds (0 is none), ``reminder_min`` in minutes between reminders that an
    alarm is switched off (0 is never). ``cuff_repeats`` is how often a cuff that is started at the
    plan's times tries a reading again by itself.
    """

    name: str
    version: str
    limits: tuple[LimitSpec, ...]
    technical: tuple[TechnicalSpec, ...]
    entered: tuple[EnteredSpec, ...]
    averaging: float = 0.0
    reminder_min: float = 0.0
    cuff_repeats: int = 1

    @property
    def text(self) -> str:
        """All of it as TOML, for a record: nothing is left to what the default says one day."""
        head = {
            "name": self.name,
            "version": self.version,
            "complete": True,
            "averaging": self.averaging,
            "reminder_min": self.reminder_min,
            "cuff_repeats": self.cuff_repeats,
        }
        tables: dict[str, tuple[AnySpec, ...]] = {
            "limit": self.limits,
            "entered": self.entered,
            "technical": self.technical,
        }
        return written(head, tables)

    @property
    def rows(self) -> tuple[AnySpec, ...]:
        """Every row, in the order of the file."""
        return (*self.limits, *self.entered, *self.technical)

    def find(self, alarm: str) -> AnySpec | None:
        """The row of this identifier."""
        return next((row for row in self.rows if row.id == alarm), None)


class _File(Struct, forbid_unknown_fields=True):
    """A preset file before its rows are laid over those of the default.

    ``complete`` marks the text that a record keeps: what it does not name was not there.
    """

    name: str
    version: str = "1"
    complete: bool = False
    averaging: float | None = None
    reminder_min: float | None = None
    cuff_repeats: int | None = None
    limit: list[Row] = []
    technical: list[Row] = []
    entered: list[Row] = []


def load(name_or_path: str = DEFAULT, folder: Path | None = None) -> Preset:
    """Read a preset by name (a clinic's own in ``folder`` wins over ours) or by path.

    Raises PlanError naming file, place and reason when it cannot be read, a value does not fit its
    field, or a limit lies outside what a clinic may choose.
    """
    base, base_text = datafiles.read(DEFAULT, _File, "alarms.presets")
    default = _laid_over(base, _File(DEFAULT), _Place(f"{DEFAULT}.toml", base_text))
    if name_or_path == DEFAULT and (folder is None or not (folder / "default.toml").is_file()):
        return default
    own, text = datafiles.read(name_or_path, _File, "alarms.presets", folder)
    file = name_or_path if name_or_path.endswith(".toml") else f"{name_or_path}.toml"
    return _laid_over(base, own, _Place(file, text, default))


def parse(text: str, file: str = "preset.toml") -> Preset:
    """Read a preset from its text, as kept in a record; raises PlanError like `load`.

    A complete text stands for itself; only alarms of the equipment that a newer program has, and
    the record's did not, come from the default.
    """
    base, _ = datafiles.read(DEFAULT, _File, "alarms.presets")
    own = datafiles.parse(text, _File, file)
    if own.complete:
        return _laid_over(*_as_complete(base, own), _Place(file, text))
    return _laid_over(base, own, _Place(file, text, load()))


def _as_complete(base: _File, own: _File) -> tuple[_File, _File]:
    """No limit but its own; alarms of the equipment are those that the program has now."""

    def known(ours: list[Row], theirs: list[Row]) -> list[Row]:
        names = {row["id"] for row in ours}
        return [row for row in theirs if row.get("id") in names]

    return msgspec.structs.replace(base, limit=[]), msgspec.structs.replace(
        own,
        technical=known(base.technical, own.technical),
        entered=known(base.entered, own.entered),
    )


def _laid_over(base: _File, own: _File, place: "_Place") -> Preset:
    """The default with a file's rows laid over it, checked."""
    return Preset(
        name=own.name,
        version=own.version,
        limits=_rows(base.limit, own.limit, LimitSpec, "limit", place),
        technical=_rows(base.technical, own.technical, TechnicalSpec, "technical", place),
        entered=_rows(base.entered, own.entered, EnteredSpec, "entered", place),
        averaging=_number(base, own, "averaging", LONGEST_AVERAGE, place),
        reminder_min=_number(base, own, "reminder_min", LONGEST_REMINDER, place),
        cuff_repeats=int(_number(base, own, "cuff_repeats", MOST_REPEATS, place)),
    )


def _number(base: _File, own: _File, key: str, longest: float, place: "_Place") -> float:
    """A number at the head of a file, from 0 to ``longest``; the default's where it has none."""
    given: float | None = getattr(own, key)
    value: float = given if given is not None else getattr(base, key) or 0.0
    if not 0 <= value <= longest:
        raise place.wrong("", 0, key, f"outside 0..{longest:g}")
    return value


class _Place(Struct):
    file: str
    text: str
    default: Preset | None = None

    def wrong(self, table: str, index: int, key: str, reason: str) -> PlanError:
        return _wrong(self.file, self.text, table, index, key, reason)


def _rows(
    base: list[Row], own: list[Row], shape: type[S], table: str, place: _Place
) -> tuple[S, ...]:
    """The default's rows with those of a file laid over them, and the file's new ones after."""
    known = {str(row.get("id")): row for row in base}
    rows: dict[str, S] = {}
    for index, row in enumerate(base):
        rows[str(row.get("id"))] = _checked(row, index, shape, table, place, ours=not own)
    seen: set[str] = set()
    for index, row in enumerate(own):
        name = str(row.get("id", ""))
        if name in seen:
            raise place.wrong(table, index, "id", f"twice: {name}")
        seen.add(name)
        if name not in known and shape is not LimitSpec:
            raise place.wrong(table, index, "id", f"unknown: {name!r}")
        merged = _merged(known.get(name, {}), row)
        rows[name] = _checked(merged, index, shape, table, place, ours=True)
    return tuple(rows.values())


def _merged(known: Row, own: Row) -> Row:
    """A file's row over the default's; of the second comparison, too, only what it names."""
    other = {**known.get("or", {}), **own["or"]} if isinstance(own.get("or"), dict) else None
    return {**known, **own, **({} if other is None else {"or": other})}


def _checked(row: Row, index: int, shape: type[S], table: str, place: _Place, ours: bool) -> S:
    """One row as a struct. ``ours`` is False for rows of the default, which were checked alone."""
    try:
        spec = msgspec.convert(row, shape, strict=True)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `")
        key = re.split(r"[.\[]", path.rstrip("`").removeprefix("$").lstrip("."))[0]
        missing = re.search(r"field `(\w+)`", reason)
        raise place.wrong(table, index, key or (missing[1] if missing else "id"), reason) from None
    if ours:
        default = None if place.default is None else place.default.find(spec.id)
        for key, reason in faults(spec) + redefined(spec, default):
            raise place.wrong(table, index, key, reason)
    return spec


def _wrong(file: str, text: str, table: str, index: int, key: str, reason: str) -> PlanError:
    place = f"{table}[{index}].{key}" if table else key
    line = _line(text, table, index, key)
    if line:
        place = f"line {line}, {place}"
    return PlanError("data_file_value", file=file, place=place, reason=reason)


def _line(text: str, table: str, index: int, key: str) -> int:
    """The line of a key in the nth ``[[table]]``, of that header when the key is not there.

    Without a table, the line of a key at the head of the file.
    """
    seen, header = -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            if header:
                break
            seen += stripped == f"[[{table}]]"
            header = number if seen == index and table else 0
        elif (header or not table) and stripped.split("=")[0].strip() == key:
            return number
    return header

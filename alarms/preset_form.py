"""A clinic's own preset of limits as a form: rows with default, source and range, a changed copy.

The copy names only what differs from the program's default; the rest goes on coming from there, as
in a file that is written by hand.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alarms import presets
from alarms.limits import (
    HIGH_RANGES,
    LONGEST_HIGH_DELAY,
    AnySpec,
    LimitSpec,
    can_be_off,
    with_limit,
    with_other,
)
from alarms.presets import DEFAULT, LONGEST_AVERAGE, LONGEST_REMINDER, MOST_REPEATS, Preset
from kapmonitor import clinic_files
from kapmonitor.clinic_files import PRESET
from kapmonitor.errors import KapmonitorError, PlanError, Refused
from kapmonitor.events import Priority
from kapmonitor.toml_text import written

LONGEST_DELAY = 600.0
ON, OFF = "on", "off"
HEAD = (
    ("averaging", LONGEST_AVERAGE, "s"),
    ("reminder_min", LONGEST_REMINDER, "min"),
    ("cuff_repeats", MOST_REPEATS, ""),
)
_TABLES = ("limit", "entered", "technical")


class Cell(Struct, frozen=True):
    """One thing to change: ``id`` as ``ROW.part``, what it may be, and the program's default.

    ``kind`` is number (from ``low`` to ``high``), whole, or choice (one of ``choices``).
    """

    id: str
    kind: str
    value: str
    default: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


class FormRow(Struct, frozen=True):
    """An alarm of the form with its cells, by part: value, other, delay, priority, on."""

    spec: AnySpec
    cells: dict[str, Cell]


class ListedPreset(Struct, frozen=True):
    """A preset that can be opened; ``problem`` where a clinic's own is wrong."""

    name: str
    own: bool = False
    problem: KapmonitorError | None = None


def listed(folder: Path) -> list[ListedPreset]:
    """The program's default, then the clinic's own, a wrong one with its problem."""
    own = list(clinic_files.own_files(folder, PRESET))
    found = [] if any(path.stem == DEFAULT for path in own) else [ListedPreset(DEFAULT)]
    for path in own:
        try:
            presets.load(str(path))
        except PlanError as problem:
            found.append(ListedPreset(path.stem, own=True, problem=problem))
        else:
            found.append(ListedPreset(path.stem, own=True))
    return found


def rows(preset: Preset) -> list[FormRow]:
    """Every alarm of a preset with what of it a clinic may change."""
    default = presets.load()
    return [FormRow(spec, _cells(spec, default.find(spec.id) or spec)) for spec in preset.rows]


def head(preset: Preset) -> list[Cell]:
    """What stands once in a preset: averaging, the reminder, repeats of a cuff."""
    default = presets.load()
    return [
        Cell(name, "whole" if name == "cuff_repeats" else "number",
             f"{getattr(preset, name):g}", f"{getattr(default, name):g}", 0, longest)
        for name, longest, _ in HEAD
    ]  # fmt: skip


def shown(preset: Preset) -> dict[str, str]:
    """Each cell as a person writes it, by id."""
    cells = [cell for row in rows(preset) for cell in row.cells.values()]
    return {cell.id: cell.value for cell in (*head(preset), *cells)}


def _cells(spec: AnySpec, default: AnySpec) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    if isinstance(spec, LimitSpec):
        base = default if isinstance(default, LimitSpec) else spec
        cells = _limit_cells(spec, base)
    if can_be_off(spec):
        cells["on"] = Cell(
            f"{spec.id}.on", "choice", _on(spec.on), _on(default.on), choices=(ON, OFF)
        )
    return cells


def _limit_cells(spec: LimitSpec, base: LimitSpec) -> dict[str, Cell]:
    low, high = HIGH_RANGES.get(spec.id, spec.allowed)
    is_high = spec.highest is Priority.HIGH
    longest = LONGEST_HIGH_DELAY if is_high else LONGEST_DELAY
    # An alarm that can be HIGH may come earlier or higher, never lower.
    least = base.priority.rank if base.highest is Priority.HIGH else Priority.LOW.rank
    steps = tuple(step.value for step in Priority if step.rank >= least)
    name = spec.id
    cells = {
        "value": Cell(f"{name}.value", "number", f"{spec.value:g}", f"{base.value:g}", low, high),
        "delay": Cell(f"{name}.delay", "number", f"{spec.delay:g}", f"{base.delay:g}", 0, longest),
        "priority": Cell(
            f"{name}.priority", "choice", spec.priority.value, base.priority.value, choices=steps
        ),
    }
    other, before = spec.other, base.other
    if other is not None and other.allowed is not None:
        cells["other"] = Cell(
            f"{name}.other",
            "number",
            f"{other.value:g}",
            f"{(before or other).value:g}",
            *other.allowed,
        )
    return cells


def changed(preset: Preset, name: str, values: Mapping[str, str]) -> Preset:
    """A copy under a name with these cells changed, checked as a file is.

    Raises Refused ``plan_name`` or ``preset_field`` (naming the cell and what it may be), and
    PlanError where the whole does not fit together.
    """
    clinic_files.check_name(None, PRESET, name)
    version = _next_version(preset) if name == preset.name else "1"
    heads = {cell.id: _entered(cell, values.get(cell.id, cell.value)) for cell in head(preset)}
    new = msgspec.structs.replace(
        preset,
        name=name,
        version=version,
        averaging=float(heads["averaging"]),
        reminder_min=float(heads["reminder_min"]),
        cuff_repeats=round(float(heads["cuff_repeats"])),
        limits=tuple(_row(row, values) for row in _of(preset, preset.limits)),
        technical=tuple(_row(row, values) for row in _of(preset, preset.technical)),
        entered=tuple(_row(row, values) for row in _of(preset, preset.entered)),
    )
    # Through its text, so that what is kept is what can be read again.
    return presets.parse(text_of(new), f"{name}.toml")


def text_of(preset: Preset) -> str:
    """A preset as a clinic's file: its head, and of each row what differs from the default."""
    default = presets.load()
    top: dict[str, Any] = {"name": preset.name, "version": preset.version}
    for name, _, _ in HEAD:
        if getattr(preset, name) != getattr(default, name):
            top[name] = getattr(preset, name)
    parts = [written(top, {})]
    tables: tuple[tuple[AnySpec, ...], ...] = (preset.limits, preset.entered, preset.technical)
    for table, specs in zip(_TABLES, tables, strict=True):
        for spec in specs:
            fields = _differing(spec, default.find(spec.id))
            if fields:
                parts.append(f"[[{table}]]\n{written({'id': spec.id, **fields}, {})}")
    return "\n".join(parts)


def save(folder: Path, new: Preset, before: Preset, by: str, reason: str, utc: float) -> Path:
    """Write a clinic's preset and append what changed. Raises as `clinic_files.save`."""
    old, told = {"name": before.name, **shown(before)}, {"name": new.name, **shown(new)}
    what = {key: (old.get(key, ""), told[key]) for key in told if old.get(key) != told[key]}
    return clinic_files.save(folder, PRESET, new.name, text_of(new), what, by, reason, utc)


def _of(preset: Preset, specs: tuple[Any, ...]) -> list[FormRow]:
    wanted = {spec.id for spec in specs}
    return [row for row in rows(preset) if row.spec.id in wanted]


def _row(row: FormRow, values: Mapping[str, str]) -> Any:
    """The row with what was typed into its cells."""
    spec: Any = row.spec
    for part, cell in row.cells.items():
        entered = _entered(cell, values.get(cell.id, cell.value))
        if entered == cell.value:
            continue
        match part:
            case "value":
                spec = with_limit(spec, float(entered))
            case "other":
                spec = with_other(spec, float(entered))
            case "delay":
                spec = replace(spec, delay=float(entered))
            case "priority":
                spec = replace(spec, priority=Priority(entered))
            case "on":
                spec = replace(spec, on=entered == ON)
    return spec


def _entered(cell: Cell, text: str) -> str:
    """What was typed as the form keeps it; raises Refused ``preset_field``."""
    if cell.kind == "choice":
        if text not in cell.choices:
            raise Refused(
                "preset_field", field=cell.id, value=text, allowed=", ".join(cell.choices)
            )
        return text
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        number = math.nan
    whole = cell.kind != "whole" or (math.isfinite(number) and number == round(number))
    if not (cell.low <= number <= cell.high and whole):
        allowed = f"{cell.low:g}-{cell.high:g}"
        raise Refused("preset_field", field=cell.id, value=text, allowed=allowed)
    return f"{number:g}"


def _differing(spec: AnySpec, default: AnySpec | None) -> dict[str, Any]:
    """The fields that the default has not, in the words of the file."""
    fields: dict[str, Any] = msgspec.to_builtins(spec)
    fields.pop("id")
    if default is None:
        return fields
    known: dict[str, Any] = msgspec.to_builtins(default)
    return {key: value for key, value in fields.items() if known.get(key) != value}


def _on(on: bool) -> str:
    return ON if on else OFF


def _next_version(preset: Preset) -> str:
    return str(int(preset.version) + 1) if preset.version.isdigit() else preset.version

"""The limits of a visit over time: from the preset that the record keeps, and what was changed.

The preset's text is read with tolerance: what is not understood is left out, never guessed.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kapmonitor.events import Baseline, LimitChanged, Priority
from kapmonitor.regional import MMHG, number, shown
from kapmonitor.session import Session

_BASELINE_OF = {
    "systolic": "systolic",
    "diastolic": "diastolic",
    "pulse": "pulse",
    "heart_rate": "pulse",
    "pulse_rate": "pulse",
    "spo2": "spo2",
}


@dataclass(frozen=True)
class LimitLine:
    """One limit of one quantity.

    ``quantity`` is ``systolic``, ``diastolic``, ``pulse``, ``spo2`` or another of the preset's.
    ``value`` is the limit as the preset gives it, over baseline with ``over_baseline`` (in percent
    of it with ``percent``). ``steps`` are (from, to, absolute value), in session seconds; the
    last one has no end (infinity).
    """

    alarm: str
    quantity: str
    condition: str
    value: float
    priority: Priority
    over_baseline: bool
    percent: bool
    steps: tuple[tuple[float, float, float], ...]


def limit_value(limit: LimitLine, value: float) -> str:
    """A number of a limit (a rise, or what it comes to) as people read it, without its unit."""
    if limit.percent:
        return f"{number(value)}%"
    return shown(value, MMHG if limit.quantity in ("systolic", "diastolic") else "")


def limit_lines(text: str, session: Session) -> list[LimitLine]:
    """The limits that a preset's text names, in its order, over the time of the session."""
    lines = []
    for row in _rows(text):
        for part in _parts(row):
            line = _line(row, part, session)
            if line is not None:
                lines.append(line)
    return lines


def preset_name(text: str) -> str:
    """The name of a preset and its version; empty when the text does not say."""
    preset = _preset(text)
    name, version = preset.get("name", ""), preset.get("version", "")
    return f"{name} {version}".strip()


def names_all(text: str) -> bool:
    """Whether the text names every limit, as records have them since they keep whole presets."""
    return _preset(text).get("complete") is True


def averaging(text: str) -> float:
    """The seconds over which pulse and SpO2 were averaged before they were judged; 0 is none."""
    seconds = _preset(text).get("averaging", 0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _preset(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _rows(text: str) -> Iterator[Mapping[str, Any]]:
    rows = _preset(text).get("limit", [])
    yield from (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()


def _parts(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The comparison of a row, and the second one of "systolic or diastolic" rows."""
    yield row
    other = row.get("or")
    if isinstance(other, Mapping):
        yield other


def _line(row: Mapping[str, Any], part: Mapping[str, Any], session: Session) -> LimitLine | None:
    match part:
        case {"vital": str(quantity), "condition": str(condition), "value": int() | float()}:
            value = float(part["value"])
        case _:
            return None
    alarm, priority = row.get("id"), row.get("priority")
    if not isinstance(alarm, str) or priority not in list(Priority):
        return None
    over, percent = row.get("over_baseline") is True, row.get("percent") is True
    given = _given(alarm, value, row.get("on") is not False, session, second=part is not row)
    steps = tuple(_steps(given, over, percent, quantity, session))
    if not steps:
        return None
    return LimitLine(alarm, quantity, condition, value, Priority(priority), over, percent, steps)


def _given(
    alarm: str, value: float, on: bool, session: Session, second: bool
) -> Iterator[tuple[float, float, float]]:
    """(from, to, value) of a limit as it was given; stretches where it was off are left out.

    ``second`` is the second comparison of a row, which has a number of its own.
    """
    since = session.entries[0].at if session.entries else 0.0
    number = value
    now: float | None = value if on else None
    for entry in session.entries:
        event = entry.event
        if isinstance(event, LimitChanged) and event.alarm == alarm:
            if now is not None:
                yield since, entry.at, now
            since = entry.at
            if event.on:
                now = number = value
            elif event.new is None:
                now = None
            else:
                changed = event.other_new if second else event.new
                now = number = number if changed is None else changed
    if now is not None:
        yield since, math.inf, now


def _steps(
    given: Iterator[tuple[float, float, float]],
    over: bool,
    percent: bool,
    quantity: str,
    session: Session,
) -> Iterator[tuple[float, float, float]]:
    if not over:
        yield from given
        return
    base = baseline_of(session.baseline, quantity)
    if base is None or session.t0 is None:
        return
    for since, until, value in given:
        if until > session.t0:
            absolute = base * (1 + value / 100) if percent else base + value
            yield max(since, session.t0), until, absolute


def baseline_of(baseline: Baseline | None, quantity: str) -> float | None:
    """The baseline of a quantity; None when there is none."""
    name = _BASELINE_OF.get(quantity)
    if baseline is None or name is None:
        return None
    value: float | None = getattr(baseline, name)
    return value

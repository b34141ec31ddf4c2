"""A nurses' chart of an intensive care unit, one value a line: ``HH:MM,parameter,value``.

The time is counted from the start of the chart and may go beyond 24 hours. -1 means unknown, 0/0 a
cuff that failed. Layout and parameter names: PhysioNet/CinC Challenge 2012.
"""

from collections.abc import Sequence

from kapmonitor.pastdata.cells import cell, is_no_value, number
from kapmonitor.pastdata.model import Row, Rows
from kapmonitor.pastdata.naming import Given, assign
from kapmonitor.pastdata.stamps import clock_seconds
from kapmonitor.vitals import Vital

_UNKNOWN = -1.0
_TRIED = 20


def looks_like_chart(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first rows, a header apart, are a time, a name and a number."""
    body = rows[_header(rows) :][:_TRIED]
    return bool(body) and all(_is_line(row) for row in body)


def read_chart(rows: Sequence[Sequence[str]], given: Given) -> Rows:
    """The lines of a chart in order of time; those of one minute belong together.

    Raises UsageError ``past_column_missing`` for a given parameter that the chart does not have.
    """
    body = rows[_header(rows) :]
    parameters = list(dict.fromkeys(row[1] for row in body if len(row) > 1 and row[1]))
    columns = assign(parameters, {v: name for v, name in given.items() if v != "time"})
    columns.pop("time", None)
    vitals = {name: Vital(vital) for vital, name in columns.items()}
    lines = [line for row in body if (line := _line(row)) is not None]
    lines.sort(key=lambda line: line[0])
    kept: list[tuple[float, dict[Vital, float | None]]] = []
    for at, name, value in lines:
        vital = vitals.get(name)
        if vital is None or value == _UNKNOWN:
            continue
        if not kept or kept[-1][0] != at or vital in kept[-1][1]:
            kept.append((at, {}))
        kept[-1][1][vital] = value
    ready: list[Row] = [(at, values) for at, values in kept]
    return Rows("chart", ready, {"time": "HH:MM"} | columns, skipped=len(body) - len(lines))


def _header(rows: Sequence[Sequence[str]]) -> int:
    """1 where the first row names the columns."""
    return int(bool(rows) and clock_seconds(cell(rows[0], 0)) is None)


def _is_line(row: Sequence[str]) -> bool:
    cells = [text for text in row if text]
    named = len(cells) == 3 and cells[1][0].isalpha() and not is_no_value(cells[1])
    return named and _line(row) is not None


def _line(row: Sequence[str]) -> tuple[float, str, float] | None:
    at, value = clock_seconds(cell(row, 0)), number(cell(row, 2))
    return None if at is None or value is None else (at, row[1], value)

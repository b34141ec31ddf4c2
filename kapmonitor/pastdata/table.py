"""A CSV with a header: a time column, and a column for each vital.

As oximeter programs export (`Time,Oxygen Level,Pulse Rate,Motion`), numerics of monitors
(`Time [s], HR, PULSE, RESP, SpO2`) or tracks (`Solar8000/NIBP_SBP`).
"""

from collections.abc import Sequence

from kapmonitor.errors import UsageError
from kapmonitor.pastdata.cells import cell, number
from kapmonitor.pastdata.model import Row, Rows
from kapmonitor.pastdata.naming import Given, assign
from kapmonitor.pastdata.stamps import parse_stamps
from kapmonitor.vitals import PRESSURES, Vital

# Some programs write a few lines about the recording before the header.
_HEADER_WITHIN = 30


def find_header(rows: Sequence[Sequence[str]], given: Given) -> int | None:
    """The place of the header: the first row that names a time and a vital, None without one."""
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        names = {name.lower() for name in row}
        found = assign(row, {v: n for v, n in given.items() if not n or n.lower() in names})
        if "time" in found and len(found) > 1:
            return place
    return None


def read_table(rows: Sequence[Sequence[str]], header: int, given: Given) -> Rows:
    """The rows below the header.

    Raises UsageError ``past_column_missing``, or ``past_no_times`` when no cell of the time column
    is a time.
    """
    names, body = list(rows[header]), rows[header + 1 :]
    columns = assign(names, given)
    places = {Vital(v): names.index(name) for v, name in columns.items() if v != "time"}
    time_place = names.index(columns["time"])
    stamps = [cell(row, time_place) for row in body]
    times, set_back = parse_stamps(stamps) if stamps else ([], 0)
    if body and all(at is None for at in times):
        raise UsageError("past_no_times", column=columns["time"], text=stamps[0])
    kept: list[Row] = [
        (at, _values(row, places)) for at, row in zip(times, body, strict=True) if at is not None
    ]
    return Rows("table", kept, columns, skipped=len(body) - len(kept), set_back=set_back)


def _values(row: Sequence[str], places: dict[Vital, int]) -> dict[Vital, float | None]:
    """What a row says. An empty cell says nothing, and so does a cuff without a number.

    No vital is below zero: some programs write -1 for what they do not know.
    """
    values: dict[Vital, float | None] = {}
    for vital, place in places.items():
        text = cell(row, place)
        if not text:
            continue
        value = number(text)
        value = None if value is not None and value < 0 else value
        if value is not None or vital not in PRESSURES:
            values[vital] = value
    return values

"""A CSV without a header: a row for each heartbeat, its interval in seconds first.

Programs that listen to a CMS50D+ write interval, SpO2, pulse and more about the wave. There is no
clock in such a file: a row's time is the sum of the intervals, so what was not counted is missing.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from kapmonitor.errors import UsageError
from kapmonitor.pastdata.cells import cell, number
from kapmonitor.pastdata.model import Row, Rows
from kapmonitor.pastdata.naming import Given
from kapmonitor.vitals import Vital

# Nobody's heart waits so long; larger numbers are milliseconds.
_LONGEST_SECONDS = 20.0
_TRIED = 500
# SpO2 is the second column and the pulse the third, unless the intervals say clearly otherwise.
_FAR_OFF = 10.0


def looks_like_beats(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every one of the first rows is numbers, and the first column no running time."""
    head = [[number(text) for text in row] for row in rows[:_TRIED] if len(row) > 1]
    if len(head) < 2 or any(row[0] is None or row[0] < 0 for row in head):
        return False
    return len(head) < 5 or any(
        (after[0] or 0) <= (before[0] or 0) for before, after in pairwise(head)
    )


def read_beats(rows: Sequence[Sequence[str]], given: Given) -> Rows:
    """The rows of a headerless file; columns go by their place, from 1 (``spo2=2``).

    Raises UsageError ``past_column_missing``.
    """
    intervals = [number(cell(row, 0)) for row in rows]
    known = [value for value in intervals if value]
    unit = 1000.0 if known and median(known) > _LONGEST_SECONDS else 1.0
    places = _places(rows, intervals, unit, given)
    kept: list[Row] = []
    at = 0.0
    for row, interval in zip(rows, intervals, strict=True):
        if interval is None or interval < 0:
            continue
        at += interval / unit
        kept.append((at, {v: number(text) for v, p in places.items() if (text := cell(row, p))}))
    columns = {"time": "1"} | {vital.value: str(place + 1) for vital, place in places.items()}
    return Rows("beats", kept, columns, skipped=len(rows) - len(kept))


def _places(
    rows: Sequence[Sequence[str]], intervals: Sequence[float | None], unit: float, given: Given
) -> dict[Vital, int]:
    width = len(rows[0])
    places = {Vital.SPO2: 1, Vital.PULSE_RATE: 2} if width > 2 else {Vital.SPO2: 1}
    if width > 2:
        first, second = (_off_the_rate(rows, intervals, unit, place) for place in (1, 2))
        if first < second / 3 and second > _FAR_OFF:
            places = {Vital.PULSE_RATE: 1, Vital.SPO2: 2}
    named = {Vital(v): name for v, name in given.items() if v != "time"}
    places = {v: p for v, p in places.items() if v not in named}
    taken = _given_places(named, width)
    return {v: p for v, p in places.items() if p not in taken.values()} | taken


def _given_places(named: Mapping[Vital, str], width: int) -> dict[Vital, int]:
    taken: dict[Vital, int] = {}
    for vital, name in named.items():
        if not name:
            continue
        if not name.isdigit() or not 2 <= int(name) <= width:
            known = ", ".join(str(place) for place in range(2, width + 1))
            raise UsageError("past_column_missing", name=name, known=known)
        taken[vital] = int(name) - 1
    return taken


def _off_the_rate(
    rows: Sequence[Sequence[str]], intervals: Sequence[float | None], unit: float, place: int
) -> float:
    """How far a column is from the rate that the intervals tell, in /min: small for the pulse."""
    apart = [
        abs(value - 60 * unit / interval)
        for row, interval in zip(rows[:_TRIED], intervals, strict=False)
        if interval and (value := number(cell(row, place))) is not None
    ]
    return median(apart) if apart else float("inf")

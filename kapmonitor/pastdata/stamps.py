"""Time stamps as other programs write them, turned into seconds that never run backwards."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

DAY = 86_400.0

# 23:59:58 Nov 05 2020 (programs of ring oximeters), also with AM or PM and a comma.
_MONTH_NAMED = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*([AaPp][Mm])?[\s,]+([A-Za-z]{3})[a-z]*\.?"
    r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
)
# 05.11.2020 23:59:58, 11/05/2020 11:59 PM, 2020/11/05 23:59:58
_MONTH_NUMBERED = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})[\sT,]+"
    r"(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d+)?))?\s*([AaPp][Mm])?"
)
_CLOCK = re.compile(r"(\d{1,4}):(\d\d)(?::(\d\d(?:[.,]\d+)?))?\s*([AaPp][Mm])?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Nobody counts a session in so many seconds: it is milliseconds since 1970.
_SURELY_MILLISECONDS = 1e11
_TRIED = 50

Parse = Callable[[str], float | None]


def clock_seconds(text: str) -> float | None:
    """``HH:MM`` or ``HH:MM:SS`` as seconds; hours may go beyond 24 where they are elapsed time."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[2]) > 59:
        return None
    return _of_day(found[1], found[2], found[3], found[4])


def number_seconds(text: str) -> float | None:
    """A plain number of seconds (or of milliseconds since 1970)."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if not abs(value) < 1e15:
        return None
    return value / 1000 if value > _SURELY_MILLISECONDS else value


def parse_stamps(cells: Sequence[str]) -> tuple[list[float | None], int]:
    """The times of a column in seconds from any zero, None where a cell is none.

    Times of the day go on after midnight. A clock that is set back (end of summer time) goes on one
    usual step later; how often that happened is the second value.
    """
    sample = [cell for cell in cells if cell.strip()][:_TRIED]
    parsers: tuple[Parse, ...] = (
        number_seconds, clock_seconds, _iso, _month_named, _day_first, _month_first, _year_first
    )  # fmt: skip
    best = max(parsers, key=lambda parse: _fit(parse, sample, cells))
    return _forward([best(cell) for cell in cells], wraps=best is clock_seconds)


def _fit(parse: Parse, sample: Sequence[str], cells: Sequence[str]) -> tuple[int, float]:
    """How many of the first cells it understands; then, the shorter span from first to last."""
    understood = sum(parse(cell) is not None for cell in sample)
    if not understood:
        return 0, 0.0
    ends = [at for cell in (sample[0], cells[-1]) if (at := parse(cell)) is not None]
    return understood, -abs(ends[-1] - ends[0]) if ends else 0.0


def _forward(times: Sequence[float | None], wraps: bool) -> tuple[list[float | None], int]:
    out: list[float | None] = []
    shift, last, step, set_back = 0.0, None, 1.0, 0
    for time in times:
        if time is None:
            out.append(None)
            continue
        at = time + shift
        if last is not None and at < last:
            if wraps and last - at > DAY / 2:
                shift += DAY
                at += DAY
            else:
                set_back += 1
                shift += last + step - at
                at = last + step
        if last is not None and at > last:
            step = at - last
        out.append(at)
        last = at
    return out, set_back


def _of_day(hour: str, minute: str, second: str | None, half: str | None) -> float:
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    return hours * 3600.0 + int(minute) * 60.0 + float((second or "0").replace(",", "."))


def _iso(text: str) -> float | None:
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if ":" not in text:
        return None  # "20201105" is a number or a day, not a time
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()


def _month_named(text: str) -> float | None:
    found = _MONTH_NAMED.fullmatch(text.strip())
    if found is None or found[5].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found[5].lower()) + 1
    return _dated(found[7], month, found[6], _of_day(*found.group(1, 2, 3, 4)))


def _day_first(text: str) -> float | None:
    found = _MONTH_NUMBERED.fullmatch(text.strip())
    return found and _dated(found[3], int(found[2]), found[1], _of_day(*found.group(4, 5, 6, 7)))


def _month_first(text: str) -> float | None:
    found = _MONTH_NUMBERED.fullmatch(text.strip())
    return found and _dated(found[3], int(found[1]), found[2], _of_day(*found.group(4, 5, 6, 7)))


def _year_first(text: str) -> float | None:
    found = _MONTH_NUMBERED.fullmatch(text.strip())
    return found and _dated(found[1], int(found[2]), found[3], _of_day(*found.group(4, 5, 6, 7)))


def _dated(year: str, month: int, day: str, seconds: float) -> float | None:
    try:
        midnight = datetime(int(year), month, int(day), tzinfo=UTC)
    except ValueError:
        return None
    return midnight.timestamp() + seconds

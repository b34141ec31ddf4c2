"""What the CSV files share: the columns of time, and how numbers, text and rows are written."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone

from kapmonitor.events import Entry
from kapmonitor.session import fold

# A spreadsheet takes text that begins like this for a formula and may carry it out (OWASP,
# "CSV Injection"; the full-width signs count where the system writes Japanese).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Times:
    """The four columns of time. UTC goes by the last event before, which knows of clock jumps."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        session = fold(entries)
        self.simulated = "yes" if session.opened and session.opened.simulated else "no"
        self._dose = session.t0
        recorded = sorted(entries, key=_recorded_at)
        self._moments = [_recorded_at(entry) for entry in recorded]
        self._ahead = [(entry.utc - entry.at, entry.zone_minutes) for entry in recorded]
        zone = _zone(entries[0].zone_minutes if entries else 0)
        self.header = ("at [s]", "UTC", f"local [{zone}]", "t [s]")

    def of_entry(self, entry: Entry) -> tuple[str, str, str, str]:
        """The columns of an entry, which carries its own UTC."""
        return self._columns(entry.at, entry.utc, entry.zone_minutes)

    def of_moment(self, at: float) -> tuple[str, str, str, str]:
        """The columns of a session time."""
        ahead, zone_minutes = self._ahead[max(0, bisect_right(self._moments, at) - 1)]
        return self._columns(at, at + ahead, zone_minutes)

    def _columns(self, at: float, utc: float, zone_minutes: int) -> tuple[str, str, str, str]:
        since_dose = None if self._dose is None else round(at - self._dose, 6)
        return (number(at), _utc(utc), _local(utc, zone_minutes), number(since_dose))


def _recorded_at(entry: Entry) -> float:
    return entry.at if entry.entered is None else entry.entered


def _utc(utc: float) -> str:
    moment = datetime.fromtimestamp(round(utc, 3), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _local(utc: float, zone_minutes: int) -> str:
    zone = timezone(timedelta(minutes=zone_minutes))
    return datetime.fromtimestamp(round(utc, 3), zone).isoformat(timespec="milliseconds")


def _zone(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def number(value: float | None) -> str:
    """A number with all its digits and a point, whatever the language; empty for None."""
    if value is None:
        return ""
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a file: UTF-8, commas, lines ended by a line feed."""
    lines = (",".join(map(_quoted, row)) for row in (header, *rows))
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def _quoted(text: str) -> str:
    # Not the csv module: which line ends it quotes depends on the version of Python.
    if not any(sign in text for sign in ',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'

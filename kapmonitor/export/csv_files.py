"""The CSV export: ``readings.csv`` and ``events.csv``, from the record alone.

Pleth samples are not in ``readings.csv``: sixty rows a second would bury the values that people
look for.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec

from kapmonitor.errors import RecordError
from kapmonitor.events import Cuff, Entry
from kapmonitor.export.writing import write_file
from kapmonitor.reading import Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.session import fold
from kapmonitor.vitals import VITALS, Vital

# Left out of the details for people: whole files, which stand in the last column but one.
_LONG_TEXTS = ("plan_text", "limits_text", "checklist_text")

# A spreadsheet takes text that begins like this for a formula and may carry it out (OWASP,
# "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_csv(record: Record, folder: Path) -> list[Path]:
    """Write ``readings.csv`` and ``events.csv`` into a folder; returns their paths.

    The same record gives the same bytes. Raises RecordError for a damaged record and
    KapmonitorError ``folder_unwritable``.
    """
    entries = record.entries()
    readings = all_readings(entries, record.readings())
    try:
        contents = {
            "readings.csv": readings_csv(entries, readings),
            "events.csv": events_csv(entries),
        }
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return [write_file(folder / name, content) for name, content in contents.items()]


def readings_csv(entries: Sequence[Entry], readings: Iterable[Reading]) -> bytes:
    """The text of ``readings.csv``: one row for each reading, in order of time."""
    times = _Times(entries)
    header = (
        *times.header,
        *("vital", "value", "unit", "quality", "reason", "source", "origin"),
        *("device time", "simulated"),
    )
    rows = (
        (
            *times.of_moment(reading.at),
            reading.vital.value,
            _number(reading.value),
            VITALS[reading.vital].unit,
            reading.quality.value,
            _safe(reading.reason),
            _safe(reading.source),
            reading.origin.value,
            _safe(reading.device_time),
            times.simulated,
        )
        for reading in readings
    )
    return _csv(header, rows)


def events_csv(entries: Sequence[Entry]) -> bytes:
    """The text of ``events.csv``: one row for each event, in the order of the record.

    ``details`` says the rest of an event for people, ``data`` the same for programs, as JSON and
    complete. ``entered`` is when a person entered it, where that is not when it happened.
    ``unsigned`` marks acts under the lock; a later ``signed`` names those that were signed.
    """
    times = _Times(entries)
    header = (
        *times.header,
        *("event", "by", "details", "number", "entered [s]", "data", "simulated", "unsigned"),
    )
    rows = []
    for entry in entries:
        data = msgspec.to_builtins(entry.event)
        kind = data.pop("type")
        rows.append(
            (
                *times.of_entry(entry),
                kind,
                _safe(entry.by),
                _safe(_details(data)),
                str(entry.number),
                _number(entry.entered),
                json.dumps(data, ensure_ascii=False),
                times.simulated,
                "yes" if entry.unsigned else "no",
            )
        )
    return _csv(header, rows)


def all_readings(entries: Iterable[Entry], samples: Iterable[Reading]) -> list[Reading]:
    """Samples and cuff results together, in order of time; each exactly once.

    A cuff's packet is recorded as an event, and only as one.
    """
    cuffs = (reading for entry in entries for reading in cuff_readings(entry))
    return sorted((*samples, *cuffs), key=lambda reading: reading.at)


def cuff_readings(entry: Entry) -> list[Reading]:
    """The readings of a cuff event: those that were measured, or both pressures without a value."""
    cuff = entry.event
    if not isinstance(cuff, Cuff):
        return []
    values = {
        Vital.SYSTOLIC: cuff.systolic,
        Vital.DIASTOLIC: cuff.diastolic,
        Vital.MEAN_PRESSURE: cuff.mean_pressure,
        Vital.PULSE_RATE: cuff.pulse,
    }
    return [
        Reading(
            vital,
            value,
            entry.at,
            cuff.quality if value is not None else Quality.INVALID,
            cuff.reason,
            origin=cuff.origin,
            device_time=cuff.device_time,
            source=cuff.source,
        )
        for vital, value in values.items()
        if value is not None or vital in (Vital.SYSTOLIC, Vital.DIASTOLIC)
    ]


class _Times:
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
        return (_number(at), _utc(utc), _local(utc, zone_minutes), _number(since_dose))


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


def _number(value: float | None) -> str:
    if value is None:
        return ""
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _details(data: dict[str, Any]) -> str:
    shown = {name: value for name, value in data.items() if name not in _LONG_TEXTS}
    return "; ".join(
        f"{name}={_word(value)}" for name, value in shown.items() if value not in (None, "", [], {})
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    lines = (",".join(map(_quoted, row)) for row in (header, *rows))
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def _quoted(text: str) -> str:
    # Not the csv module: which line ends it quotes depends on the version of Python.
    if not any(sign in text for sign in ',"\r\n'):
        return text
    return '"' + text.replace('"', '""') + '"'

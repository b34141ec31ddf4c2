"""The CSV export, from the record alone: ``readings.csv`` and ``events.csv`` hold everything.

``cuffs.csv``, ``alarms.csv`` and ``rounds.csv`` are the same once more as tables for people
(`kapmonitor.export.csv_tables`), and ``instruments.csv`` where a clinic's own scale was filed.

Pleth samples are not in ``readings.csv``: sixty rows a second would bury the values that people
look for.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from kapmonitor.errors import RecordError
from kapmonitor.events import Cuff, Entry, Instrument, PatientNamed
from kapmonitor.export.csv_parts import Times, csv_bytes, number, safe
from kapmonitor.export.csv_tables import alarms_csv, cuffs_csv, instruments_csv, rounds_csv
from kapmonitor.export.writing import write_file
from kapmonitor.reading import Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.vitals import VITALS, Vital

_NOTHING: tuple[object, ...] = (None, "", [], (), {})
# Left out of the details for people: whole files, which stand in the last column but one.
_LONG_TEXTS = (
    *("plan_text", "limits_text", "checklist_text"),
    *("instrument_texts", "readiness_text"),
)


def export_csv(record: Record, folder: Path, identity: str = "identified") -> list[Path]:
    """Write the files into a folder; returns their paths, ``readings.csv`` first.

    ``identity`` is the mark on each row of the tables. The same record gives the same bytes.
    Raises RecordError for a damaged record and KapmonitorError ``folder_unwritable``.
    """
    entries = record.entries()
    readings = all_readings(entries, record.readings())
    # What tells everything as it is has the columns that it always had.
    mark = "" if identity == "identified" else identity
    try:
        contents = {
            "readings.csv": readings_csv(entries, readings, mark),
            "events.csv": events_csv(entries, mark),
            "cuffs.csv": cuffs_csv(entries, identity),
            "alarms.csv": alarms_csv(entries, identity),
            "rounds.csv": rounds_csv(entries, identity),
        }
        if any(isinstance(entry.event, Instrument) for entry in entries):
            contents["instruments.csv"] = instruments_csv(entries, identity)
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return [write_file(folder / name, content) for name, content in contents.items()]


def readings_csv(
    entries: Sequence[Entry], readings: Iterable[Reading], identity: str = ""
) -> bytes:
    """The text of ``readings.csv``: one row for each reading, in order of time.

    ``identity`` is the mark in a last column of its own, without one there is none.
    """
    times = Times(entries)
    header = (
        *times.header,
        *("vital", "value", "unit", "quality", "reason", "source", "origin"),
        *("device time", "simulated"),
        *_marked("identity", identity),
    )
    rows = (
        (
            *times.of_moment(reading.at),
            reading.vital.value,
            number(reading.value),
            VITALS[reading.vital].unit,
            reading.quality.value,
            safe(reading.reason),
            safe(reading.source),
            reading.origin.value,
            safe(reading.device_time),
            times.simulated,
            *_marked(identity, identity),
        )
        for reading in readings
    )
    return csv_bytes(header, rows)


def events_csv(entries: Sequence[Entry], identity: str = "") -> bytes:
    """The text of ``events.csv``: one row for each event, in the order of the record.

    ``details`` says the rest of an event for people, ``data`` the same for programs, as JSON and
    complete. ``entered`` is when a person entered it, where that is not when it happened.
    ``unsigned`` marks acts under the lock; a later ``signed`` names those that were signed.
    ``identity`` as in `readings_csv`.
    """
    times = Times(entries)
    header = (
        *times.header,
        *("event", "by", "details", "number", "entered [s]", "data", "simulated", "unsigned"),
        *_marked("identity", identity),
    )
    rows = []
    for entry in entries:
        data = msgspec.to_builtins(entry.event)
        kind = data.pop("type")
        if isinstance(entry.event, PatientNamed):
            data = {}  # of the exports only the report that tells whose it is has the name
        rows.append(
            (
                *times.of_entry(entry),
                kind,
                safe(entry.by),
                safe(_details(data)),
                str(entry.number),
                number(entry.entered),
                json.dumps(data, ensure_ascii=False),
                times.simulated,
                "yes" if entry.unsigned else "no",
                *_marked(identity, identity),
            )
        )
    return csv_bytes(header, rows)


def _marked(cell: str, identity: str) -> tuple[str, ...]:
    return (cell,) if identity else ()


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


def _details(data: dict[str, Any]) -> str:
    said = {name: value for name, value in data.items() if name not in _LONG_TEXTS}
    shown = {name: value for name, value in said.items() if value not in _NOTHING}
    return "; ".join(f"{name}={_word(value)}" for name, value in shown.items())


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""Archiving and deleting whole records, by a person, with a trace that outlives them.

The trace: `kapmonitor.record.trace`.
"""

import os
import shutil
from enum import StrEnum
from pathlib import Path

from kapmonitor.errors import KapmonitorError, RecordError, Refused
from kapmonitor.record.folder import RECORDS, TRAINING
from kapmonitor.record.lock import RecordLock
from kapmonitor.record.opening import sync_folder
from kapmonitor.record.reading import Record
from kapmonitor.record.trace import Keeper, Trace, add_line
from kapmonitor.record.verify import verify

YEAR = 365.25 * 86400
_BESIDE = ("-wal", "-shm", "-journal")


class Why(StrEnum):
    """Why a record leaves. A list, so that no free text about a patient lies in the open."""

    PERIOD_OVER = "period_over"
    MOVED = "moved"
    PATIENT_ASKED = "patient_asked"
    NO_PATIENT = "no_patient"


def archive(
    data: Path,
    record: Path,
    folder: Path,
    by: str,
    why: Why,
    utc: float,
    key: bytes | None,
    keeper: Keeper | None = None,
) -> Path:
    """Copy a whole, sealed record to a folder, compare and check the copy, then remove ours.

    Exports beside it go along. Returns the copy. Done again after an interruption it goes on.
    Raises Refused ``who_acts``; RecordError ``not_whole``, ``record_in_use``, ``archive_differs``,
    ``archive_same``; KapmonitorError ``folder_unwritable``.
    """
    lock = _held(record, by)
    try:
        ours = verify(record, key)
        if not ours.whole:
            raise RecordError("not_whole", path=str(record))
        copy = folder / record.name
        if copy.exists() and copy.samefile(record):
            # It would be compared with itself and then removed.
            raise RecordError("archive_same", path=str(folder))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _copied(record, copy)
            exports = _exports(data, record)
            if exports is not None:
                shutil.copytree(exports, folder / exports.name, dirs_exist_ok=True)
            sync_folder(folder)
        except OSError as problem:
            reason = problem.strerror or ""
            raise KapmonitorError("folder_unwritable", path=str(folder), reason=reason) from problem
        theirs = verify(copy, key)
        # What was added last may lie in a log beside the record, if somebody read it meanwhile.
        if not theirs.whole or (theirs.events, theirs.code) != (ours.events, ours.code):
            raise RecordError("archive_differs", path=str(copy))
        _trace(data, "archived", record, by, why, utc, key, keeper)
        _remove(data, record)
        return copy
    finally:
        lock.release()


def delete(
    data: Path,
    record: Path,
    by: str,
    why: Why,
    utc: float,
    key: bytes | None,
    keep_years: float,
    training: bool = False,
    keeper: Keeper | None = None,
) -> None:
    """Delete a record whose time is over, with the exports beside it; the trace is written first.

    A patient's record is kept for ``keep_years`` from its opening; only ``patient_asked`` and
    training records go earlier. Raises Refused ``who_acts``, ``too_young``; RecordError as
    `RecordLock` and for a record that does not open.
    """
    lock = _held(record, by)
    try:
        opened = Record.open(record, key).first_entry().utc
        until = opened + keep_years * YEAR
        if utc < until and not (training or why is Why.PATIENT_ASKED):
            raise Refused("too_young", until=until)
        _trace(data, "deleted", record, by, why, utc, key, keeper)
        _remove(data, record)
    finally:
        lock.release()


def _held(record: Path, by: str) -> RecordLock:
    if not by.strip():
        raise Refused("who_acts")
    return RecordLock(record)


def _copied(record: Path, copy: Path) -> None:
    content = record.read_bytes()
    if copy.exists():
        if copy.read_bytes() != content:
            raise RecordError("archive_differs", path=str(copy))
        return
    fresh = copy.with_name(f"{copy.name}.new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if fresh.read_bytes() != content:
        raise RecordError("archive_differs", path=str(copy))
    fresh.replace(copy)


def _exports(data: Path, record: Path) -> Path | None:
    """The folder of exports that the window leaves beside a record of the data folder.

    A record that lies elsewhere has none: a folder of its name there is somebody's own.
    """
    ours = record.parent.resolve() in [(data / name).resolve() for name in (RECORDS, TRAINING)]
    beside = record.with_suffix("")
    return beside if ours and beside.is_dir() and beside != record else None


def _trace(
    data: Path,
    act: str,
    record: Path,
    by: str,
    why: Why,
    utc: float,
    key: bytes | None,
    keeper: Keeper | None,
) -> None:
    found = Record.open(record, key)
    seals = found.statements()
    trace = Trace(
        act=act,
        session=record.stem,
        by=by.strip(),
        why=why.value,
        utc=utc,
        opened=found.first_entry().utc,
        last=seals[-1].last if seals else "",
    )
    add_line(data, trace, keeper)


def _remove(data: Path, record: Path) -> None:
    exports = _exports(data, record)
    if exports is not None:
        shutil.rmtree(exports)
    for ending in (*_BESIDE, ""):
        record.with_name(record.name + ending).unlink(missing_ok=True)
    sync_folder(record.parent)

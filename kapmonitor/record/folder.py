"""The data folder: where records lie, what they are called, and which there are."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import platformdirs
from msgspec import Struct

from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.keys.published import PUBLISHED_KEY, anybodys_key
from kapmonitor.record.lock import is_locked
from kapmonitor.record.reading import Record

SUFFIX = ".kap"
RECORDS, TRAINING = "records", "training"
_ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class SessionSummary(Struct, frozen=True):
    """One line of the list of sessions.

    ``state`` is ``sealed``, ``interrupted``, ``open`` (being written now), or the code of the error
    that reading it gave. ``opened`` is UTC in seconds since 1970, ``minutes`` how long it lasted up
    to its last event; both None where the record could not be read. ``training`` holds no patient;
    ``simulated`` alone is a visit with one virtual device beside real ones. ``patient`` is the
    patient's code, for the window alone.
    """

    id: str
    path: Path
    state: str
    opened: float | None = None
    zone_minutes: int = 0
    minutes: float | None = None
    events: int = 0
    simulated: bool = False
    training: bool = False
    patient: str = ""


def data_folder(given: Path | str | None = None) -> Path:
    """Where records, settings and keys live.

    What was given (``--data``), else ``KAPMONITOR_DATA``, else the system's folder for user data.
    """
    chosen = given or os.environ.get("KAPMONITOR_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("kapmonitor", False))


def new_session_id() -> str:
    """A random name, which tells nothing about the patient."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(12))


def record_path(folder: Path, session: str, training: bool = False) -> Path:
    """Where the record of a session lies, in a folder that may have to be made (`make_folder`).

    Training and demonstrations have a folder of their own, so that none is taken for a patient's.
    """
    return folder / (TRAINING if training else RECORDS) / f"{session}{SUFFIX}"


def make_folder(folder: Path) -> None:
    """Make a folder for records, open to its owner alone.

    Raises KapmonitorError ``folder_unwritable``.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise KapmonitorError(
            "folder_unwritable", path=str(folder), reason=problem.strerror or ""
        ) from problem


def find_record(folder: Path, session: str) -> Path:
    """The record that a SESSION of the command line means: a path, or an id from the list.

    Raises RecordError ``no_such_session``.
    """
    if Path(session).is_file():
        return Path(session)
    # An id is a plain name; anything else would point out of the folder.
    if Path(session).name == session:
        for training in (False, True):
            named = record_path(folder, session, training)
            if named.is_file():
                return named
    raise RecordError("no_such_session", session=session)


KeyFor = Callable[[Path], bytes | None]
"""Finds the key of a record: ``Keys.for_record``."""


def list_sessions(
    folder: Path, key_for: KeyFor = anybodys_key, training: bool = False
) -> list[SessionSummary]:
    """Patients' records of the data folder, the newest first, or (``training``) the others.

    One that cannot be read says why.
    """
    found = [_summary(path, key_for) for path in (folder / RECORDS).glob(f"*{SUFFIX}")]
    # Before there were two folders, demonstrations lay among the patients' records.
    found = [summary for summary in found if summary.training == training]
    if training:
        found += [_summary(path, key_for) for path in (folder / TRAINING).glob(f"*{SUFFIX}")]
    return sorted(found, key=lambda summary: (-(summary.opened or 0), summary.id))


def _summary(path: Path, key_for: KeyFor) -> SessionSummary:
    try:
        key = key_for(path)
        record = Record.open(path, key)
        first, last = record.first_entry(), record.last_entry()
        simulated, patient = record.opened.simulated, record.opened.patient_code
        state = "sealed" if record.sealed else "open" if is_locked(path) else "interrupted"
    except KapmonitorError as problem:
        return SessionSummary(path.stem, path, problem.code, training=path.parent.name == TRAINING)
    return SessionSummary(
        id=path.stem,
        path=path,
        state=state,
        opened=first.utc,
        zone_minutes=first.zone_minutes,
        minutes=(last.at - first.at) / 60,
        events=last.number,
        simulated=simulated,
        training=path.parent.name == TRAINING or (simulated and key in (None, PUBLISHED_KEY)),
        patient=patient,
    )

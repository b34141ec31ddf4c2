"""A therapist's reflections on a visit: notes in a file of their own beside the record.

The file has the record's format and key, and is not sealed: it is the therapist's, no part of the
visit's record, of its seal or of its exports.
"""

from pathlib import Path

from kapmonitor import __version__
from kapmonitor.errors import RecordError, Refused
from kapmonitor.events import Entry, Event, Note, Opened
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder

SUFFIX = ".reflections"
KIND = "reflection"


def reflections_path(record: Path) -> Path:
    """Where the reflections on the visit of a record lie."""
    return record.with_suffix(SUFFIX)


def add_reflection(
    record: Path, text: str, by: str, utc: float, zone_minutes: int, key: bytes | None
) -> None:
    """Add a reflection; returns once it is on the disk.

    Raises Refused ``note_empty``, RecordError as opening does and ``not_saved`` when it could not
    be written.
    """
    if not text.strip():
        raise Refused("note_empty")
    path = reflections_path(record)
    before = read_reflections(record, key)
    events: list[Event] = [Note(text.strip(), KIND)]
    if not path.is_file():
        events.insert(0, Opened(record.stem, f"kapmonitor {__version__}", "", ""))
        recorder = Recorder(path, key=key)
    else:
        recorder = Recorder.resume(path, key=key)
    first = len(before) + 2 if len(events) == 1 else 1
    try:
        for number, event in enumerate(events, first):
            recorder.put(Entry(number, 0.0, utc, zone_minutes, event, by))
        if not recorder.flush():
            raise RecordError("not_saved")
    finally:
        recorder.close()


def read_reflections(record: Path, key: bytes | None) -> list[Entry]:
    """All reflections on a visit, the oldest first; empty where there are none.

    Raises RecordError as opening does.
    """
    path = reflections_path(record)
    if not path.is_file():
        return []
    return [entry for entry in Record.open(path, key).entries() if isinstance(entry.event, Note)]

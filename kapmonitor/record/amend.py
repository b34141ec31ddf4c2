"""What is added to a record after its seal: corrections and later notes, under a seal of their own.

The rows before stay as they are, their seal stays valid for what it covers, and what is added goes
in together with its new seal: at no moment does a sealed record stand without one.
"""

from collections.abc import Collection, Sequence
from contextlib import closing, suppress
from pathlib import Path

from kapmonitor.errors import RecordError, Refused
from kapmonitor.events import (
    LONGEST_NAME,
    Amended,
    Entry,
    Event,
    Note,
    PatientNamed,
    Signed,
    encode_entry,
)
from kapmonitor.record.chain import Kind
from kapmonitor.record.opening import DatabaseError
from kapmonitor.record.reading import Record
from kapmonitor.record.writing import ChainWriter, Signer, trouble_code
from kapmonitor.staff import Person, fits

Later = Amended | Note
"""What may follow a seal."""


def add_later(
    path: Path,
    events: Sequence[Later],
    by: str,
    utc: float,
    zone_minutes: int,
    *,
    key: bytes | None = None,
    signer: Signer | None = None,
    person: Person | None = None,
    pin: str = "",
    happened: float | None = None,
) -> list[Entry]:
    """Add corrections and notes to a sealed record and seal it again; returns what was added.

    ``utc`` in seconds since 1970 is now; the session clock goes on by it and never runs backwards.
    ``happened`` (UTC too) is when what a note tells was so, as that somebody felt worse.
    ``person`` is ``by`` in the staff list, if there; whoever has a PIN gives it, and a `Signed`
    then says that it was checked.

    Raises Refused: ``who_acts``, ``felt_in_the_future``, ``felt_before_the_visit``, ``note_empty``,
    ``reason_missing``, ``no_such_entry``, ``patient_name_long``,
    ``pin_missing``, ``pin_wrong``; RecordError ``not_sealed_yet``, ``record_in_use``, as
    `open_database`, and when it cannot be written ``disk_full``, ``read_only`` or ``write_failed``.
    Nothing was added in any of these cases.
    """
    by = by.strip()
    checked = _checked(person, pin)
    record = Record.open(path, key)
    if not record.sealed:
        raise RecordError("not_sealed_yet", path=str(path))
    last = record.last_entry()
    named = {x.number for x in record.entries() if isinstance(x.event, PatientNamed)}
    told = [_told(event, last.number, named) for event in events]
    if not by:
        raise Refused("who_acts")
    at = round(last.at + max(0.0, utc - last.utc), 4)
    back = _back(record, utc, happened)
    numbers = range(last.number + 1, last.number + 1 + len(told))
    if person is not None:
        told.append(Signed(tuple(numbers), person.role.value, checked))
    added = [
        Entry(last.number + place, at - back, utc - back, zone_minutes, event, by,
              at if back else None)
        if isinstance(event, Note)
        else Entry(last.number + place, at, utc, zone_minutes, event, by)
        for place, event in enumerate(told, 1)
    ]  # fmt: skip
    _write(path, added, utc, key, signer)
    return added


def _back(record: Record, utc: float, happened: float | None) -> float:
    """How long ago it was, in seconds; between the beginning of the visit and now."""
    if happened is None:
        return 0.0
    if happened > utc:
        raise Refused("felt_in_the_future")
    if happened < record.entries()[0].utc:
        raise Refused("felt_before_the_visit")
    return round(utc - happened, 4)


def _checked(person: Person | None, pin: str) -> bool:
    """Whether somebody proved who it is."""
    if person is None or not person.pin:
        return False
    if not pin:
        raise Refused("pin_missing", name=person.name)
    if not fits(person, pin):
        raise Refused("pin_wrong", name=person.name)
    return True


def _told(event: Later, last: int, named: Collection[int]) -> Event:
    """The event as it may stand in a record; ``named`` are the entries of the patient's name."""
    if not event.text.strip():
        raise Refused("note_empty")
    if isinstance(event, Note):
        return Note(event.text.strip(), event.kind)
    if not 1 <= event.of <= last:
        raise Refused("no_such_entry", number=event.of, last=last)
    if not event.reason.strip():
        raise Refused("reason_missing")
    if event.of in named:
        # The right name stands where names stand: a correction's text goes into lists and files.
        name = " ".join(event.text.split())
        if len(name) > LONGEST_NAME:
            raise Refused("patient_name_long", longest=LONGEST_NAME)
        return PatientNamed(name, event.reason.strip())
    return Amended(event.of, event.text.strip(), event.reason.strip())


def _write(
    path: Path, added: Sequence[Entry], utc: float, key: bytes | None, signer: Signer | None
) -> None:
    with closing(ChainWriter(path, key, new=False)) as writer:
        # Between our reading and our lock somebody else may have added something.
        if not writer.sealed or writer.events != added[0].number - 1:
            raise RecordError("record_changed", path=str(path))
        rows = [(Kind.EVENT, encode_entry(entry)) for entry in added]
        try:
            writer.append_sealed(rows, utc, signer)
        except (DatabaseError, OSError) as problem:
            raise RecordError(trouble_code(problem), path=str(path)) from problem
        # Added and sealed it is; whoever reads it just now only keeps it from being one file.
        with suppress(DatabaseError, OSError):
            writer.fold()

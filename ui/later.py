"""Corrections and notes after the seal, for the window and the command line alike. No Qt."""

import time
from collections.abc import Callable
from pathlib import Path

from kapmonitor.clock import local_offset_minutes
from kapmonitor.events import Entry
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.record.amend import Later, add_later
from kapmonitor.record.reading import Record
from kapmonitor.staff import find_person


def moment(text: str) -> float | None:
    """Local time, ``2026-03-09 18:30``, in seconds since 1970; None for another text."""
    try:
        return time.mktime(time.strptime(text.strip(), "%Y-%m-%d %H:%M"))
    except (ValueError, OverflowError):
        return None


def add(
    data: Path,
    record: Path,
    event: Later,
    by: str,
    keys: Keys,
    pin: Callable[[], str],
    happened: float | None = None,
) -> list[Entry]:
    """Add one to a sealed record, signed as the visit itself was; returns what was added.

    ``happened`` is when it was, for a note.
    ``pin`` is asked only for somebody who has one. Raises UsageError ``staff_unknown``, and as
    `add_later`.
    """
    person = find_person(data, by)
    key = keys.for_record(record)
    anybodys = key == PUBLISHED_KEY or (key is None and Record.open(record).simulated)
    now = time.time()
    return add_later(
        record,
        [event],
        by,
        now,
        local_offset_minutes(now),
        key=key,
        signer=keys.signer(simulated=anybodys),
        person=person,
        pin=pin() if person is not None and person.pin else "",
        happened=happened,
    )

"""Archiving and deleting records, for the window and the command line alike. No Qt."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kapmonitor import settings
from kapmonitor.errors import Refused, UsageError
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.record import retention
from kapmonitor.record.folder import SessionSummary, list_sessions
from kapmonitor.record.retention import YEAR, Why
from kapmonitor.record.trace import LogState, Trace, read_log
from kapmonitor.staff import find_person, fits
from kapmonitor.words import tr

ACT_WORDS = {"archived": "archived", "deleted": "deleted"}
WHY_WORDS = {
    Why.PERIOD_OVER: "the period is over",
    Why.MOVED: "kept elsewhere from now on",
    Why.PATIENT_ASKED: "the patient asked for it",
    Why.NO_PATIENT: "no patient in it",
}
LOG_WORDS = {
    LogState.CHANGED: "The log of what has left was changed.",
    LogState.CUT: "Lines are missing at the end of the log of what has left.",
    LogState.UNCHECKED: "Whether lines are missing at the end of the log of what has left cannot "
    "be told: no end was noted, or the keys are locked.",
}


@dataclass(frozen=True)
class Kept:
    """A record that is here; ``until`` is when it may be deleted, seconds since 1970."""

    id: str
    path: Path
    state: str
    opened: float
    until: float
    over: bool
    training: bool = False


@dataclass(frozen=True)
class Retained:
    """The records that are here, the oldest first; what has left; how the log stands."""

    keep_years: float
    kept: tuple[Kept, ...]
    left: tuple[Trace, ...]
    log: LogState


NOTHING_RETAINED = Retained(10.0, (), (), LogState.WHOLE)
"""A data folder without records."""


def look(data: Path, keys: Keys, training: bool = False) -> Retained:
    """How old the records are, and what has left. ``training`` adds records without a patient.

    Raises KapmonitorError ``log_damaged``.
    """
    years, now = settings.load(data)[0].keep_years, time.time()
    found = list(reversed(list_sessions(data, keys.for_record)))
    if training:
        found += reversed(list_sessions(data, keys.for_record, training=True))
    kept = tuple(_kept(one, one.opened, years, now) for one in found if one.opened is not None)
    traces, state = read_log(data, keys)
    return Retained(years, kept, tuple(traces), state)


def _kept(one: SessionSummary, opened: float, years: float, now: float) -> Kept:
    until = opened if one.training else opened + years * YEAR
    return Kept(one.id, one.path, one.state, opened, until, now >= until, one.training)


def archive(
    data: Path, record: Path, folder: Path, by: str, why: Why, keys: Keys, pin: Callable[[], str]
) -> Path:
    """Copy a record elsewhere, check the copy, remove it here; returns the copy.

    ``pin`` is asked only for somebody who has one. Raises Refused ``pin_missing``, ``pin_wrong``,
    and as `retention.archive`.
    """
    key = keys.for_record(record)
    prove(data, by, pin)
    return retention.archive(data, record, folder, by, why, time.time(), key, keys)


def delete(
    data: Path, record: Path, confirm: str, by: str, why: Why, keys: Keys, pin: Callable[[], str]
) -> None:
    """Delete a record for ever; ``confirm`` is its id, typed again.

    Raises UsageError ``not_confirmed``, Refused ``pin_missing``, ``pin_wrong``, and as
    `retention.delete`.
    """
    key = keys.for_record(record)
    prove(data, by, pin)
    if confirm.strip() != record.stem:
        raise UsageError("not_confirmed", session=record.stem)
    years = settings.load(data)[0].keep_years
    training = key == PUBLISHED_KEY
    try:
        retention.delete(data, record, by, why, time.time(), key, years, training, keys)
    except Refused as refused:
        if refused.code == "too_young":
            raise Refused("too_young", until=day(float(str(refused.facts["until"])))) from None
        raise


def archived(
    data: Path, keys: Keys, record: str, folder: str, by: str, why: str, pin: str
) -> Retained:
    """`archive`, and how it stands then."""
    archive(data, Path(record), Path(folder), by, Why(why), keys, lambda: pin)
    return look(data, keys, training=True)


def deleted(
    data: Path, keys: Keys, record: str, confirm: str, by: str, why: str, pin: str
) -> Retained:
    """`delete`, and how it stands then."""
    delete(data, Path(record), confirm, by, Why(why), keys, lambda: pin)
    return look(data, keys, training=True)


def prove(data: Path, by: str, pin: Callable[[], str]) -> None:
    """Whoever is on the staff list with a PIN gives it."""
    person = find_person(data, by) if by.strip() else None
    if person is None or not person.pin:
        return
    typed = pin()
    if not fits(person, typed):
        raise Refused("pin_wrong" if typed else "pin_missing", name=person.name)


def until_words(one: Kept) -> str:
    """Whether it may be deleted, or until when it is kept."""
    return tr("may be deleted") if one.over else tr("kept until {day}", day=day(one.until))


def day(utc: float) -> str:
    """A date as it is sorted, in UTC."""
    return f"{datetime.fromtimestamp(utc, UTC):%Y-%m-%d}"

"""After a visit: the advice for the way home, and the appointments for integration.

An appointment names the visit by its random id alone, so nothing of the patient lies in the clear.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from kapmonitor import datafiles
from kapmonitor.errors import KapmonitorError, Refused
from kapmonitor.whole_files import write_whole

FILE = "appointments.json"
# Integration follows within three days of the visit; what the clinics' own pages say.
WITHIN_HOURS = 72.0
# So long after its time an appointment is still reminded of, in hours.
REMIND_AFTER = 24.0
Line = Annotated[str, Meta(min_length=1, max_length=300)]


class Advice(Struct, frozen=True, forbid_unknown_fields=True):
    """What the patient is told, in the clinic's words."""

    title: Line
    lines: tuple[Line, ...]


class Appointment(Struct, frozen=True):
    """An integration appointment: the visit's id, UTC in seconds, minutes of the local zone."""

    session: str
    utc: float
    zone_minutes: int = 0


class _File(Struct, frozen=True):
    appointments: tuple[Appointment, ...] = ()


def load_advice(folder: Path | None = None) -> Advice:
    """The clinic's text, or the neutral one that comes with the program. Raises PlanError."""
    return datafiles.read("advice", Advice, "kapmonitor.forms", folder)[0]


def load_appointments(data: Path) -> tuple[Appointment, ...]:
    """All appointments of a data folder; empty where there are none.

    Raises KapmonitorError ``appointments_damaged``.
    """
    path = data / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File).appointments
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KapmonitorError("appointments_damaged", file=str(path), reason=reason) from None


def keep_appointment(data: Path, wanted: Appointment, ended_utc: float) -> None:
    """Keep a visit's appointment, in place of an earlier one.

    Raises Refused ``appointment_too_late`` beyond 72 h of the end or before it, KapmonitorError.
    """
    hours = (wanted.utc - ended_utc) / 3600
    if not 0 < hours <= WITHIN_HOURS:
        raise Refused("appointment_too_late", hours=round(WITHIN_HOURS))
    others = [one for one in load_appointments(data) if one.session != wanted.session]
    recent = [one for one in others if one.utc > ended_utc - 3600 * WITHIN_HOURS]
    write_whole(data / FILE, msgspec.json.encode(_File((*recent, wanted))))


def to_remind_of(appointments: Sequence[Appointment], utc: float) -> list[Appointment]:
    """Those that come, and those whose time was less than a day ago; the next one first."""
    open_ones = [one for one in appointments if one.utc > utc - 3600 * REMIND_AFTER]
    return sorted(open_ones, key=lambda one: one.utc)

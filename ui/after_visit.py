"""Appointments for integration, between the data folder and the window. No Qt."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kapmonitor.afterwards import (
    Appointment,
    keep_appointment,
    load_appointments,
    to_remind_of,
)
from kapmonitor.errors import Refused
from kapmonitor.record.folder import record_path
from kapmonitor.regional import day_and_time
from kapmonitor.words import tr


def keep(data: Path, session: str, days: int, hour: int, minute: int) -> str:
    """Keep the appointment of a visit, so many days from today; the words that tell of it.

    Raises Refused ``appointment_too_late``, ``appointment_in_training`` and KapmonitorError.
    """
    if record_path(data, session, training=True).exists():
        raise Refused("appointment_in_training")
    now = time.time()
    local = datetime.fromtimestamp(now).astimezone()
    when = (local + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    offset = when.utcoffset() or timedelta()
    wanted = Appointment(session, when.timestamp(), round(offset.total_seconds() / 60))
    keep_appointment(data, wanted, now)
    return tr("Integration: {when}", when=_when(wanted))


def reminders(data: Path, now: float | None = None) -> str:
    """A line for each appointment that comes or has just been, empty without one."""
    found = to_remind_of(load_appointments(data), time.time() if now is None else now)
    return "\n".join(
        tr("Integration: {when}, visit {id}", when=_when(one), id=one.session) for one in found
    )


def _when(one: Appointment) -> str:
    return day_and_time(datetime.fromtimestamp(one.utc, UTC) + timedelta(minutes=one.zone_minutes))

"""Earlier visits, for the window: which there are, read back, exported, tried with other limits.

No Qt. What a function needs it imports itself, so that the start page waits for nothing it lacks.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor.clock import local_offset_minutes
from kapmonitor.keys.keys import Keys
from kapmonitor.regional import day_and_time
from kapmonitor.words import tr
from ui.setup.choice import PastVisit
from ui.trial_result import Progress, Trial

if TYPE_CHECKING:
    from types import ModuleType

    from kapmonitor.course import LastTime, PastVisitSummary
    from kapmonitor.record.amend import Later
    from ui.live.model import LiveModel
    from ui.review.past import PastVisitRead
    from ui.review.report import PagePicture

    Reviewed = tuple[PastVisitRead, LiveModel]
    Earlier = tuple[list[PastVisitSummary], LastTime | None]

# How a record may stand; what else the list tells is the code of why it cannot be read.
STATES = ("sealed", "interrupted", "open")


def past(data: Path, keys: Keys, training: bool = False) -> list[PastVisit]:
    """Patients' visits, the newest first, or training and demonstrations."""
    from kapmonitor.record.folder import list_sessions

    now = time.time()
    return [
        PastVisit(
            path=str(visit.path),
            when=_when(visit.opened, visit.zone_minutes),
            state=tr(visit.state if visit.state in STATES else "cannot be read"),
            detail=_detail(visit.minutes, visit.simulated),
            resumable=visit.state == "interrupted",
            today=_day(visit.opened, visit.zone_minutes) == _day(now, local_offset_minutes(now)),
            patient=visit.patient,
        )
        for visit in list_sessions(data, keys.for_record, training)
    ]


def _local(utc: float, zone_minutes: int) -> datetime:
    return datetime.fromtimestamp(utc, UTC) + timedelta(minutes=zone_minutes)


def _when(opened: float | None, zone_minutes: int) -> str:
    return "?" if opened is None else day_and_time(_local(opened, zone_minutes))


def _day(utc: float | None, zone_minutes: int) -> date | None:
    """The day on the clock of that place."""
    return None if utc is None else _local(utc, zone_minutes).date()


def _detail(minutes: float | None, simulated: bool) -> str:
    words = "" if minutes is None else tr("{minutes} min", minutes=round(minutes))
    return f"{words}   {tr('simulated')}" if simulated else words


def export(record: str, progress: Progress, keys: Keys, data: Path) -> list[Path]:
    """What is filed at the end of a visit."""
    making = exporting()
    files: list[Path] = making.export_as_wished(record, making.ExportWish(), progress, keys, data)
    return files


def exporting() -> ModuleType:
    """What exports records; nobody needs it at the start."""
    import ui.exporting

    return ui.exporting


def review(record: str, keys: Keys) -> Reviewed:
    """A finished visit, and the whole of it folded."""
    from kapmonitor.record.reading import Record
    from ui.review.past import read_visit

    past = read_visit(Record.open(record, keys.for_record(Path(record))))
    return past, past.folded()


def preview(record: str, keys: Keys, data: Path) -> Sequence[PagePicture]:
    """The pages of a record's report."""
    from kapmonitor.export.clinic import with_clinic
    from kapmonitor.record.reading import Record
    from ui.review.report import preview

    return preview(Record.open(record, keys.for_record(Path(record))), with_clinic(data))


def record_of(data: Path, session: str) -> str:
    """Where the record of a session lies. Raises RecordError."""
    from kapmonitor.record.folder import find_record

    return str(find_record(data, session))


def amend(
    data: Path, record: str, event: Later, by: str, pin: str, keys: Keys, happened: float | None
) -> str:
    """Add a correction or a note to a sealed record; returns the new seal's short code."""
    from kapmonitor.record.reading import Record
    from ui import later

    path = Path(record)
    later.add(data, path, event, by, keys, lambda: pin, happened)
    return Record.open(path, keys.for_record(path)).statements()[-1].short_code


def course(data: Path, code: str, keys: Keys, training: bool = False) -> list[PastVisitSummary]:
    """The visits of a patient code, the oldest first."""
    from kapmonitor.course import course, summaries

    return summaries(course(data, code, keys.for_record, training))


def earlier(data: Path, code: str, keys: Keys, training: bool) -> Earlier:
    """The earlier visits of a code, and what the set-up page offers from the last of them.

    ``training`` looks among trainings alone, else only among patients' visits.
    """
    from kapmonitor.course import course, last_facts, summaries

    sessions = course(data, code, keys.for_record, training)
    return summaries(sessions), last_facts(sessions)


def lots(data: Path, keys: Keys) -> dict[str, str]:
    """The lot of each drug as it was last time."""
    from kapmonitor.course import last_lots

    return last_lots(data, keys.for_record)


def trial(record: str, limits: str, data: Path, progress: Progress, keys: Keys) -> Trial:
    """What other limits would have done to a visit."""
    from ui.trial import try_limits

    return try_limits(record, limits, data / "clinic", progress, keys.for_record)


def presets(data: Path) -> list[str]:
    """The limits that can be tried, by name."""
    from ui.trial import preset_names

    return preset_names(data / "clinic")

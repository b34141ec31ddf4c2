"""One visit as a report needs it: the session with its plan, its times on the wall, its seals."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from kapmonitor import events as e
from kapmonitor.device_words import label_words
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Entry, Opened
from kapmonitor.export.limit_lines import LimitLine, limit_lines
from kapmonitor.plan import Plan, parse_plan
from kapmonitor.reading import Reading
from kapmonitor.record.chain import Seal, Statement
from kapmonitor.record.reading import Record
from kapmonitor.record.verify import Verdict, verify
from kapmonitor.session import Session, fold, session_time


@dataclass(frozen=True)
class Visit:
    """Everything a report says, read once. Times are session seconds.

    ``identity`` holds the export's marks (`ExportChoice.identity`), ``clinic`` and
    ``logo`` are the clinic's.
    """

    session: Session
    opened: Opened
    plan: Plan | None
    readings: Sequence[Reading]
    seals: Sequence[Statement]
    signed: Sequence[tuple[Seal, Statement]]
    verdict: Verdict | None
    identity: str
    clinic: str
    logo: bytes = field(repr=False)
    start: float
    end: float
    _moments: list[float] = field(repr=False)
    _ahead: list[tuple[float, int]] = field(repr=False)

    @property
    def t0(self) -> float | None:
        """Session time of the first dose."""
        return self.session.t0

    @property
    def sealed(self) -> bool:
        """Whether the record ends in a seal."""
        return self.verdict is not None

    @property
    def labels(self) -> dict[str, str]:
        """The names of sources, for people."""
        known = self.session.sources.items()
        return {source: label_words(added.label) or source for source, added in known}

    @property
    def amended(self) -> frozenset[int]:
        """The numbers of the events that were amended."""
        events = (entry.event for entry in self.session.amendments)
        return frozenset(event.of for event in events if isinstance(event, e.Amended))

    def local(self, at: float) -> datetime:
        """Local time at a session time; it goes by the last entry before, which knows of jumps."""
        ahead, minutes = self._ahead[max(0, bisect_right(self._moments, at) - 1)]
        return datetime.fromtimestamp(at + ahead, timezone(timedelta(minutes=minutes)))

    def clock(self, at: float, seconds: bool = False) -> str:
        """``HH:MM`` of local time, with seconds if wanted."""
        return self.local(at).strftime("%H:%M:%S" if seconds else "%H:%M")

    def since_dose(self, at: float) -> str:
        """``t+mm:ss`` from the dose; without a dose ``+mm:ss`` from the opening."""
        if self.t0 is not None:
            return session_time(at, self.t0)
        return session_time(at, self.start).removeprefix("t")

    @property
    def limits(self) -> list[LimitLine]:
        """The limits of the visit, as they were and as they were changed."""
        return limit_lines(self.opened.limits_text, self.session)


def read_visit(
    record: Record, identity: str = "identified", clinic: str = "", logo: bytes = b""
) -> Visit:
    """Read a record once and whole. Raises RecordError for one that is damaged."""
    entries = record.entries()
    opened = record.opened
    session = fold(entries)
    readings = list(record.readings())
    signed = record.seals()
    told = sorted(entries, key=_recorded_at)
    # Amendments may be written days later; the visit itself is over by then.
    acts = [
        entry.at
        for entry in entries
        if not (isinstance(entry.event, e.Amended) or session.is_later(entry))
    ]
    moments = acts if session.ended_at is not None else acts + [r.at for r in readings[-1:]]
    return Visit(
        session=session,
        opened=opened,
        plan=_plan(opened),
        readings=readings,
        seals=[statement for _, statement in signed],
        signed=signed,
        verdict=verify(record.path, record.key) if record.sealed else None,
        identity=identity,
        clinic=clinic,
        logo=logo,
        start=min(acts),
        end=max(moments),
        _moments=[_recorded_at(entry) for entry in told],
        _ahead=[(entry.utc - entry.at, entry.zone_minutes) for entry in told],
    )


def _recorded_at(entry: Entry) -> float:
    return entry.at if entry.entered is None else entry.entered


def _plan(opened: Opened) -> Plan | None:
    try:
        return parse_plan(opened.plan_text, opened.plan)
    except KapmonitorError:
        # An older program's plan, or none: what the record says of it is still shown.
        return None

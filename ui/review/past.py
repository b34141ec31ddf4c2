"""A finished visit read back: its entries and samples as the messages that a live screen folds."""

from dataclasses import dataclass
from operator import itemgetter

from kapmonitor import events as e
from kapmonitor.events import Entry, Opened
from kapmonitor.messages import Message, Observed, Saved, SourceKnown
from kapmonitor.ports import AlarmView, BoardView
from kapmonitor.preference import Preference, known_source
from kapmonitor.reading import Origin
from kapmonitor.record.reading import Record
from kapmonitor.session import Session, fold
from ui.live.model import LiveModel


@dataclass(frozen=True)
class PastVisitRead:
    """A record read once. ``messages`` are in order of the time at which they were known."""

    path: str
    opened: Opened
    entries: tuple[Entry, ...]
    messages: tuple[tuple[float, Message], ...]
    start: float
    end: float
    sealed: bool

    def folded(self) -> LiveModel:
        """The whole visit, folded as a live screen folds it."""
        model = LiveModel()
        model.take((message for _, message in self.messages), 0.0)
        model.take([self.saved], 0.0)
        return model

    @property
    def saved(self) -> Saved:
        """Everything of a record is on the disk."""
        return Saved(max(entry.number for entry in self.entries))


def read_visit(record: Record) -> PastVisitRead:
    """Read a record whole. Raises RecordError for one that is damaged or cannot be opened."""
    entries = record.entries()
    told: list[tuple[float, Message]] = []
    preference = Preference()
    preference.follow(entries)
    for entry in entries:
        known = entry.at if entry.entered is None else entry.entered
        if isinstance(entry.event, e.SourceAdded):
            info = known_source(entry.event)
            preference.add(info)
            told.append((known, SourceKnown(info)))
        told.append((known, entry))
    for block in record.blocks():
        for reading in block.readings:
            if reading.origin is not Origin.STORED:
                told.append((reading.at, Observed(reading, preference.in_use(reading))))
        told.extend((run.at, run) for run in block.pleth)
    # Sorting is stable: what was told at one time stays in the order of the record.
    told.sort(key=itemgetter(0))
    # Amendments may be written days later; the visit itself is over by then.
    session = fold(entries)
    times = [at for at, message in told if not _amends(message, session)]
    return PastVisitRead(
        path=str(record.path),
        opened=record.opened,
        entries=tuple(entries),
        messages=tuple(told),
        start=times[0],
        end=times[-1],
        sealed=record.sealed,
    )


def board_of(session: Session, at: float) -> BoardView:
    """The alarms in force as the entries so far tell them: a record keeps no board."""
    alarms = []
    for history in session.alarms:
        last = history.changes[-1].event if history.changes else None
        if history.ended is None and isinstance(last, e.AlarmChange):
            alarms.append(AlarmView(last, history.acknowledged_by))
    return BoardView(at, tuple(alarms), quiet=session.quiet)


def _amends(message: Message, session: Session) -> bool:
    if not isinstance(message, Entry):
        return False
    return isinstance(message.event, e.Amended) or session.is_later(message)

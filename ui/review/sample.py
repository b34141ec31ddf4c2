"""A finished visit made of the still lives, for the gallery and for tests."""

from collections.abc import Iterator
from pathlib import Path

from kapmonitor import events as e
from kapmonitor.events import Entry
from kapmonitor.messages import Message, Observed, SourceKnown
from kapmonitor.reading import PlethRun, Reading
from kapmonitor.record.chain import Seal, Statement
from kapmonitor.record.reading import Record
from ui.live.sample import STILLS
from ui.review.past import PastVisitRead


def past_visit(still: str = "live") -> PastVisitRead:
    """A still life as a record would tell it."""
    messages, now = STILLS[still]()
    told: list[tuple[float, Message]] = []
    for message in messages:
        if isinstance(message, SourceKnown):
            told.append((0.0, message))
        elif isinstance(message, Observed):
            told.append((message.reading.at, message))
        elif isinstance(message, Entry):
            told.append((message.at if message.entered is None else message.entered, message))
        elif isinstance(message, PlethRun):
            told.append((message.at, message))
    told.sort(key=lambda pair: pair[0])
    entries = tuple(message for _, message in told if isinstance(message, Entry))
    opened = entries[0].event
    assert isinstance(opened, e.Opened)
    return PastVisitRead("sample.kap", opened, entries, tuple(told), 0.0, now, sealed=True)


class SampleRecord(Record):
    """The typical still life as a record that no disk holds, not sealed."""

    def __init__(self) -> None:
        super().__init__(Path("sample.kap"))
        self._visit = past_visit()

    @property
    def opened(self) -> e.Opened:
        """The first event."""
        return self._visit.opened

    @property
    def sealed(self) -> bool:
        """Never."""
        return False

    def entries(self) -> list[Entry]:
        """The entries of the still life."""
        return list(self._visit.entries)

    def readings(self) -> Iterator[Reading]:
        """The readings of the still life."""
        return iter([m.reading for _, m in self._visit.messages if isinstance(m, Observed)])

    def seals(self) -> list[tuple[Seal, Statement]]:
        """None."""
        return []

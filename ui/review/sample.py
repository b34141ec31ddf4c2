"""A finished visit made of the still lives, for the gallery and for tests."""

from kapmonitor import events as e
from kapmonitor.events import Entry
from kapmonitor.export.visit import Visit
from kapmonitor.messages import Message, Observed, SourceKnown
from kapmonitor.plan import parse_plan
from kapmonitor.reading import PlethRun
from kapmonitor.session import fold
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


def sample_visit() -> Visit:
    """The typical still life as a report reads it."""
    past = past_visit()
    opened = past.opened
    return Visit(
        session=fold(past.entries),
        opened=opened,
        plan=parse_plan(opened.plan_text, opened.plan),
        readings=[m.reading for _, m in past.messages if isinstance(m, Observed)],
        seals=[],
        verdict=None,
        signed=[],
        identity="identified",
        start=past.start,
        end=past.end,
        _moments=[entry.at for entry in past.entries],
        _ahead=[(entry.utc - entry.at, entry.zone_minutes) for entry in past.entries],
    )

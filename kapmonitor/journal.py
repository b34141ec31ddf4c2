"""The journal: gives each event its number and times, and hands it to everybody who must know."""

from collections.abc import Callable

from kapmonitor.clock import Clock
from kapmonitor.events import Entry, Event, Unlocked
from kapmonitor.ports import RecordPort
from kapmonitor.session import Session


class Journal:
    """One session's events in the making.

    An entry goes first to the session's fold and to the record, then to ``on_entry``.
    """

    def __init__(self, clock: Clock, record: RecordPort, on_entry: Callable[[Entry], None]) -> None:
        self.session = Session()
        self._clock = clock
        self._record = record
        self._on_entry = on_entry

    @property
    def next_number(self) -> int:
        """The number that the next event gets."""
        return len(self.session.entries) + 1

    def write(self, event: Event, now: float, by: str = "", happened: float | None = None) -> Entry:
        """Add an event at ``now``; ``happened`` when a person set its time back."""
        at = now if happened is None else happened
        entry = Entry(
            number=self.next_number,
            at=at,
            utc=self._clock.utc(at),
            zone_minutes=self._clock.zone_minutes(at),
            event=event,
            by=by,
            entered=None if happened is None else now,
            # Whoever unlocks has said who it is; of any other act under the lock that is not known.
            unsigned=bool(by) and self.session.locked and not isinstance(event, Unlocked),
        )
        self.session.apply(entry)
        self._record.put(entry)
        self._on_entry(entry)
        return entry

    def restore(self, entries: list[Entry]) -> None:
        """Take up an interrupted session: its entries count, but are not written again."""
        for entry in entries:
            self.session.apply(entry)

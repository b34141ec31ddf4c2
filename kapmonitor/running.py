"""A session under way, as far as an act of a person or the program's own routine needs it.

The engine fits this by shape. What a command leads to (`kapmonitor.acts`) and what the program
does by itself (`kapmonitor.routine`) see no more of it than this, and can be read without it.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from kapmonitor.baseline import BaselineCollector
from kapmonitor.before_dose import ReadinessList
from kapmonitor.checklist import Checklist
from kapmonitor.clock import Clock
from kapmonitor.commands import AskCuff
from kapmonitor.cuff_schedule import CuffSchedule
from kapmonitor.desk import Desk
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Entry, Event
from kapmonitor.plan import Plan
from kapmonitor.ports import SourceInfo, Watcher
from kapmonitor.reading import Reading
from kapmonitor.session import Session


class Running(Protocol):
    """What stands, who may act, and the one way to put something on the record."""

    plan: Plan
    checklist: Checklist
    readiness: ReadinessList
    instruments: dict[str, Checklist]
    watcher: Watcher
    clock: Clock
    desk: Desk
    baseline: BaselineCollector
    cuff_schedule: CuffSchedule
    sources: dict[str, SourceInfo]
    finished: bool
    ask_source: Callable[[str, AskCuff], None]

    @property
    def session(self) -> Session:
        """The session so far."""

    @property
    def clock_rate(self) -> float:
        """How fast the session clock runs; a demonstration may be faster than life."""

    def write(self, event: Event, now: float, by: str = "", happened: float | None = None) -> Entry:
        """Put an event on the record and tell everybody."""

    def vitals(self, now: float) -> dict[str, float]:
        """The good ``pulse`` [/min] and ``spo2`` [%] of the last seconds, where there are any."""

    def enter_cuff(
        self,
        readings: Sequence[Reading],
        now: float,
        by: str,
        happened: float | None,
        site: str,
    ) -> int:
        """Take in a cuff reading that a person typed; Refused when it is impossible."""

    def cuff_refused(self, source: str, asked: AskCuff, error: KapmonitorError, now: float) -> None:
        """A cuff refused what it was asked, after the fact."""

    def prefer(self, vital: str, source: str) -> None:
        """From now on this source of ``pulse`` or ``spo2`` is shown and judged, while fresh."""

    def acknowledge(self, alarm: str, by: str, now: float) -> int:
        """Acknowledge an alarm; the number of the event. Raises Refused when there is none."""

    def copy_record(self, folder: str, now: float, by: str) -> int:
        """Begin an emergency copy of the record."""

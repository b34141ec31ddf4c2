"""A kapmonitor record, told to the alarms in the order in which the engine told it."""

import heapq
from collections.abc import Iterable, Iterator

from kapmonitor import schedule
from kapmonitor.events import (
    AlarmChange,
    AlarmState,
    Cuff,
    Entry,
    Event,
    Gap,
    LinkChanged,
    Opened,
    SourceAdded,
    SourcePreferred,
)
from kapmonitor.pastdata.model import Moment, PastData
from kapmonitor.plan import Plan, parse_plan
from kapmonitor.ports import Schedule
from kapmonitor.preference import Preference, known_source
from kapmonitor.reading import LinkState, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.session import Session
from kapmonitor.vitals import Vital

_BEFORE, _SAMPLE, _AFTER = 0, 1, 2
_FULL = 100.0

Sample = Reading | PlethRun | Notice
Timed = tuple[float, int, int, Entry | Sample]


def read_record(record: Record) -> PastData:
    """Everything in a record; times are those of its session clock.

    Raises RecordError when it cannot be read, PlanError when its plan is understood no more.
    """
    entries = list(record.entries())
    opened = record.opened
    plan = parse_plan(opened.plan_text, f"{opened.plan}.toml") if opened.plan_text else None
    moments = list(_moments(heapq.merge(_entries(entries), _samples(record)), plan))
    return PastData(
        layout="record",
        moments=moments,
        end=max((moment.at for moment in moments), default=0.0),
        rows=len(moments),
        observation=7200.0 if plan is None else 60 * plan.minimum_observation_min,
        limits_text=opened.limits_text,
    )


def _entries(entries: Iterable[Entry]) -> Iterator[Timed]:
    """What was entered late counts from when it was entered: nobody knew it before."""
    last = 0.0
    for entry in entries:
        last = max(last, entry.at if entry.entered is None else entry.entered)
        first = isinstance(entry.event, Opened | SourceAdded)
        yield last, _BEFORE if first else _AFTER, entry.number, entry


def _samples(record: Record) -> Iterator[Timed]:
    last, number = 0.0, 0
    for block in record.blocks():
        items: list[Sample] = [*block.readings, *block.pleth, *block.notices]
        items.sort(key=lambda item: item.at)
        for item in items:
            last, number = max(last, item.at), number + 1
            yield last, _SAMPLE, number, item


def _moments(timed: Iterable[Timed], plan: Plan | None) -> Iterator[Moment]:
    preference, follower = Preference(), _Follower(plan)
    before = 0.0
    for at, _, _, item in timed:
        if isinstance(item, Entry):
            yield from _gone(before, item.event, follower.sources)
        yield from follower.until(at)
        before = at
        match item:
            case Reading():
                yield Moment(at, item, preference.in_use(item))
            case PlethRun() | Notice():
                yield Moment(at, item)
            case Entry(event=SourcePreferred(vital=vital, source=source)):
                preference.prefer(vital, source)
                yield from _told(at, item)
                yield from follower.entry(at, item)
            case Entry(event=SourceAdded() as added):
                info = known_source(added)
                preference.add(info)
                yield Moment(at, info)
                yield from follower.entry(at, item)
            case Entry(event=Cuff() as cuff):
                yield from _cuff(at, item, cuff, preference)
                yield from follower.entry(at, item)
            case Entry():
                yield from _told(at, item)
                yield from follower.entry(at, item)


def _gone(since: float, event: Event, sources: Iterable[str]) -> Iterator[Moment]:
    """A program that was interrupted missed nothing, and knew of no device when it resumed."""
    if isinstance(event, Gap) and event.reason == "interrupted":
        for source in sources:
            yield Moment(since, LinkChanged(source, LinkState.CLOSED))


def _told(at: float, entry: Entry) -> Iterator[Moment]:
    """What the alarms are told of an entry; of what they did then, only what a person answered."""
    event = entry.event
    if isinstance(event, AlarmChange):
        if event.state is AlarmState.ACKNOWLEDGED:
            yield Moment(at, event)
        yield from _battery(at, event)
        return
    yield Moment(at, event, happened=entry.at)


def _cuff(at: float, entry: Entry, cuff: Cuff, preference: Preference) -> Iterator[Moment]:
    """The readings of a cuff cycle, which a record keeps as one event, and the event itself."""
    values = {
        Vital.SYSTOLIC: cuff.systolic,
        Vital.DIASTOLIC: cuff.diastolic,
        Vital.PULSE_RATE: cuff.pulse,
    }
    good = cuff.quality is Quality.GOOD
    if cuff.origin is Origin.STORED:
        values = {}  # history, and judged by no limit
    for vital, value in values.items():
        if value is None and (vital is Vital.PULSE_RATE or cuff.quality is not Quality.INVALID):
            continue
        reading = Reading(
            vital,
            value,
            entry.at,
            # What has a number was at most doubted, as the pulse is with its pressures.
            cuff.quality if value is None or good else Quality.QUESTIONABLE,
            cuff.reason,
            entry.number,
            cuff.origin,
            source=cuff.source,
        )
        yield Moment(at, reading, preference.in_use(reading))
    yield Moment(at, cuff, happened=entry.at)


def _battery(at: float, change: AlarmChange) -> Iterator[Moment]:
    """An older record keeps no charge of a battery, only what its alarms said."""
    if change.alarm != "BATTERY_LOW" or change.state is AlarmState.ACKNOWLEDGED:
        return
    percent = _FULL if change.state is AlarmState.ENDED else change.value
    if percent is None:
        yield Moment(at, Notice("battery_low", at, source=change.source))
    else:
        yield Moment(at, Notice("battery", at, {"percent": percent}, source=change.source))


class _Follower:
    """Works out again what the engine told the alarms besides: what is due next."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._session = Session()
        self._schedule = Schedule()
        self._opens: list[float] = []

    @property
    def sources(self) -> list[str]:
        """The devices so far."""
        return list(self._session.sources)

    def entry(self, at: float, entry: Entry) -> Iterator[Moment]:
        """An entry of the record."""
        t0 = self._session.t0
        self._session.apply(entry)
        if self._session.t0 != t0:
            self._opens = self._openings()
        yield from self._due(at)

    def until(self, at: float) -> Iterator[Moment]:
        """Let time pass: the window of a check may have opened."""
        while self._opens and self._opens[0] <= at:
            yield from self._due(self._opens.pop(0))

    def _openings(self) -> list[float]:
        t0 = self._session.t0
        if self._plan is None or t0 is None:
            return []
        return sorted(t0 + check.opens for check in self._plan.check)

    def _due(self, at: float) -> Iterator[Moment]:
        if self._plan is None:
            return
        due = schedule.board_schedule(schedule.upcoming(self._plan, self._session, at))
        if due != self._schedule:
            self._schedule = due
            yield Moment(at, due)

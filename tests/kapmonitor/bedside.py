"""A bedside for engine tests: a board that listens, a record in memory, a stepped clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kapmonitor.checklist import load_checklist
from kapmonitor.clock import SteppedClock
from kapmonitor.commands import AnyCommand
from kapmonitor.desk import Desk
from kapmonitor.engine import Engine
from kapmonitor.errors import Refused
from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    Entry,
    Event,
    Opened,
    Priority,
    event_kind,
)
from kapmonitor.messages import Answered, Message
from kapmonitor.plan import load_plan
from kapmonitor.ports import AlarmView, BoardView, Schedule, SourceInfo
from kapmonitor.reading import Delivery, Notice, PlethRun, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.vitals import Vital

OXIMETER = SourceInfo(
    "oximeter", "contec-cms50-serial", "serial:x", "Oximeter", (Vital.SPO2, Vital.PULSE_RATE), True
)
CUFF = SourceInfo(
    "cuff",
    "ble-blood-pressure",
    "ble:x",
    "Cuff",
    (Vital.SYSTOLIC, Vital.DIASTOLIC),
    False,
    ("start", "stop"),
    site="left_arm",
)
STRAP = SourceInfo("strap", "ble-heart-rate", "ble:y", "Strap", (Vital.HEART_RATE,), True)


class ListeningBoard:
    """Raises SPO2_LOW below 90 at once, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.observed: list[tuple[Reading, bool]] = []
        self.low: AlarmChange | None = None
        self.acknowledged_by = ""
        self.paused_until: float | None = None
        self.reminders = 0

    def observe(self, reading: Reading, in_use: bool = True) -> list[AlarmChange]:
        self.observed.append((reading, in_use))
        if reading.vital is not Vital.SPO2 or reading.value is None:
            return []
        if reading.value < 90 and self.low is None:
            self.low = _low(AlarmState.RAISED, reading.at, reading.value)
            return [self.low]
        if reading.value >= 92 and self.low is not None:
            raised, self.low = self.low.raised, None
            return [_low(AlarmState.ENDED, raised, reading.value)]
        return []

    def hear(
        self, message: Event | Notice | SourceInfo | Schedule | PlethRun, at: float
    ) -> list[AlarmChange]:
        self.heard.append(message)
        return []

    def tick(self, now: float) -> list[AlarmChange]:
        if self.paused_until is not None and now >= self.paused_until:
            self.paused_until = None
        return []

    def deadline(self) -> float | None:
        return self.paused_until

    def acknowledge(self, alarm: str, by: str, at: float) -> list[AlarmChange]:
        if self.low is None:
            raise Refused("no_such_alarm", alarm=alarm)
        self.acknowledged_by = by
        return [_low(AlarmState.ACKNOWLEDGED, self.low.raised, self.low.value)]

    def pause(self, at: float) -> float | None:
        self.paused_until = None if self.paused_until else at + 120
        return self.paused_until

    def check_limit(self, alarm: str, limit: float | None) -> float | None:
        if limit is not None and limit > 100:
            raise Refused("limit_out_of_range", alarm=alarm, low=80, high=90)
        return 90.0

    def check_other(self, alarm: str, limit: float) -> float:
        if limit > 50:
            raise Refused("limit_out_of_range", alarm=alarm, low=15, high=40)
        return 25.0

    def view(self, at: float) -> BoardView:
        alarms = () if self.low is None else (AlarmView(self.low, self.acknowledged_by),)
        silent = self.low is None or self.acknowledged_by or self.paused_until
        sound = None if silent else Priority.MEDIUM
        return BoardView(at, alarms, sound, self.paused_until, reminders=self.reminders)


def _low(state: AlarmState, raised: float, value: float | None) -> AlarmChange:
    return AlarmChange(
        "SPO2_LOW", Priority.MEDIUM, AlarmKind.PHYSIOLOGICAL, state, raised, value, 90, Vital.SPO2
    )


@dataclass
class MemoryRecord:
    """Keeps what was put into it."""

    entries: list[Entry] = field(default_factory=list)
    blocks: list[SampleBlock] = field(default_factory=list)
    sealed_at: float | None = None
    path: Path = Path("memory.kap")
    copies: list[Path] = field(default_factory=list)

    def put(self, entry: Entry) -> None:
        self.entries.append(entry)

    def put_block(self, block: SampleBlock) -> None:
        self.blocks.append(block)

    def seal(self, utc: float, timeout: float) -> bool:
        self.sealed_at = utc
        return True

    def copy_to(self, path: Path) -> None:
        self.copies.append(path)

    def close(self) -> None:
        pass


@dataclass
class RememberingSounder:
    """Remembers what it was asked to sound."""

    played: list[tuple[Priority | None, bool]] = field(default_factory=list)
    state: str = "ok"
    reminders: int = 0

    def remind(self) -> None:
        self.reminders += 1

    def play(self, priority: Priority | None, quiet: bool) -> None:
        self.played.append((priority, quiet))

    def health(self, now: float) -> str:
        return self.state

    def close(self) -> None:
        pass


class Bedside:
    """An engine with everything around it in memory."""

    def __init__(self, route: str = "in", averaging: float = 0.0, desk: Desk | None = None) -> None:
        plan, text = load_plan(route)
        self.clock = SteppedClock(utc_at_zero=1_790_000_000.0, zone_minutes=60)
        self.board = ListeningBoard()
        self.record = MemoryRecord()
        self.sounder = RememberingSounder()
        self.messages: list[Message] = []
        self.asked: list[tuple[str, str]] = []
        self.engine = Engine(
            plan,
            load_checklist(plan.checklist),
            self.board,
            self.clock,
            self.record,
            self.sounder,
            self.messages.append,
            lambda source, command: self.asked.append((source, command.action)),
            averaging,
            desk,
        )
        self.opened = Opened("abc", "kapmonitor", "P-1", plan.name, text, plan.route)

    def open(self, *sources: SourceInfo) -> "Bedside":
        self.engine.open(self.opened, 0.0)
        for info in sources or (OXIMETER, CUFF):
            self.engine.add_source(info, 0.0)
        return self

    def at(self, now: float, *items: Delivery) -> None:
        """Let time pass up to ``now``, heartbeat by heartbeat, then deliver."""
        while self.engine.deadline() < now:
            self.clock.at = self.engine.deadline()
            self.engine.tick(self.clock.at)
        self.clock.at = now
        if items:
            self.engine.deliver(items, now)
        self.engine.tick(now)

    def ask(self, now: float, command: AnyCommand) -> Answered:
        self.at(now)
        return self.engine.ask(command, now)

    def cuff(self, now: float, systolic: float, diastolic: float, packet: int = 0) -> None:
        self.at(now, *cuff_packet(now, systolic, diastolic, packet or int(now) + 1))

    def kinds(self) -> list[str]:
        return [event_kind(entry.event) for entry in self.record.entries]

    def events(self, kind: type) -> Sequence[Entry]:
        return [entry for entry in self.record.entries if isinstance(entry.event, kind)]

    def last(self, kind: type) -> Message:
        return [message for message in self.messages if isinstance(message, kind)][-1]


def cuff_packet(at: float, systolic: float, diastolic: float, packet: int) -> list[Reading]:
    values = {Vital.SYSTOLIC: systolic, Vital.DIASTOLIC: diastolic, Vital.PULSE_RATE: 70.0}
    return [
        Reading(vital, value, at, packet=packet, source="cuff") for vital, value in values.items()
    ]


def oximetry(at: float, spo2: float | None, pulse: float | None = 70.0) -> list[Reading]:
    quality = Quality.INVALID if spo2 is None else Quality.GOOD
    reason = "sensor_off" if spo2 is None else ""
    return [
        Reading(Vital.SPO2, spo2, at, quality, reason, source="oximeter"),
        Reading(
            Vital.PULSE_RATE,
            None if spo2 is None else pulse,
            at,
            quality,
            reason,
            source="oximeter",
        ),
    ]


def entries_of(events: Sequence[tuple[float, Event]]) -> list[Entry]:
    """Entries of a record: each event with its session time, numbered in this order."""
    return [Entry(number, at, at, 0, event) for number, (at, event) in enumerate(events, 1)]

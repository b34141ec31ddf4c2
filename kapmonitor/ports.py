"""What the engine needs from outside: small protocols that devices, alarms and sound fit."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from kapmonitor.events import AlarmChange, Entry, Event, Priority
from kapmonitor.reading import Delivery, Notice, PlethRun, Reading
from kapmonitor.vitals import Vital

if TYPE_CHECKING:
    from kapmonitor.record.blocks import SampleBlock


class SourceInfo(Struct, frozen=True):
    """A device in use. ``id`` is short, unique in the session, stable over reconnects.

    ``continuous`` is False for cuffs and spot checks. ``commands`` are those that may be asked.
    ``experimental``: nobody has tried its protocol on a real device.
    """

    id: str
    protocol: str
    address: str
    label: str
    measures: tuple[Vital, ...]
    continuous: bool
    commands: tuple[str, ...] = ()
    site: str = ""
    simulated: bool = False
    experimental: bool = False


Deliver = Callable[[Sequence[Delivery]], None]


class Source(Protocol):
    """A device: runs for life on the acquisition loop, reconnecting by itself, and delivers."""

    @property
    def info(self) -> SourceInfo:
        """Who it is."""

    async def probe(self, wait: bool = False) -> None:
        """Connect now, or (``wait``) as soon as it is there. Raises DeviceError."""

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled. Raises DeviceError only when it can never work."""

    async def ask(self, command: str) -> None:
        """Send ``start``, ``stop`` or an interval; raises DeviceError when it cannot."""


class SteppedSource(Protocol):
    """A virtual device driven by time as an argument: for simulation without a clock."""

    @property
    def info(self) -> SourceInfo:
        """Who it is."""

    def step(self, now: float) -> Sequence[Delivery]:
        """Everything that the device sent up to ``now`` since the last step, in order of time."""

    def command(self, command: str, now: float) -> None:
        """``start`` or ``stop`` a cuff; raises DeviceError when it cannot."""


class Schedule(Struct, frozen=True):
    """The next planned cuff reading and round, in session seconds; None when none is planned."""

    cuff_due: float | None = None
    round_due: float | None = None


class AlarmView(Struct, frozen=True, tag="alarm_view"):
    """An alarm that is in force, or over but not yet seen (``over``)."""

    change: AlarmChange
    acknowledged_by: str = ""
    over: bool = False


class BoardView(Struct, frozen=True, tag="board"):
    """What the alarm line, the sounder and the tiles need to know.

    ``sound`` is the priority to be heard now, None for silence. ``paused_until`` is the session
    time at which an audio pause ends. ``unavailable`` names relative alarms that lack a baseline.
    ``reminders`` counts the ticks so far that remind of an alarm that was switched off.
    """

    at: float
    alarms: tuple[AlarmView, ...] = ()
    sound: Priority | None = None
    paused_until: float | None = None
    quiet: bool = False
    unavailable: tuple[str, ...] = ()
    reminders: int = 0


class Watcher(Protocol):
    """The alarm board. Time is always an argument; every call returns the changes it led to."""

    def observe(self, reading: Reading, in_use: bool = True) -> list[AlarmChange]:
        """Judge one reading; ``in_use`` is False for a second source of the same vital."""

    def hear(
        self, message: Event | Notice | SourceInfo | Schedule | PlethRun, at: float
    ) -> list[AlarmChange]:
        """Take note of what else matters: dose, round, links, battery, pleth, what is due.

        When a session is resumed, its earlier alarm changes are heard too.
        """

    def tick(self, now: float) -> list[AlarmChange]:
        """Let time pass."""

    def deadline(self) -> float | None:
        """The next session time at which ``tick`` could change something."""

    def acknowledge(self, alarm: str, by: str, at: float) -> list[AlarmChange]:
        """Acknowledge one alarm, or (empty) the highest; raises Refused when there is none."""

    def pause(self, at: float) -> float | None:
        """Pause the sound; returns when it ends, or None when this ended a pause."""

    def check_limit(self, alarm: str, limit: float | None) -> float | None:
        """The limit in force; raises Refused when the new one is outside the allowed range."""

    def check_other(self, alarm: str, limit: float) -> float:
        """The same for the second number of an alarm that has two."""

    def view(self, at: float) -> BoardView:
        """Everything in force."""


class RecordPort(Protocol):
    """Where the engine puts what is to be kept. Nothing here blocks, except the seal at the end.

    ``path`` is the record's file; after a seal that only a copy took, the copy's.
    """

    path: Path

    def put(self, entry: Entry) -> None:
        """Keep an event; the writer tells when it is on the disk."""

    def put_block(self, block: "SampleBlock") -> None:
        """Keep a second of samples."""

    def seal(self, utc: float, timeout: float) -> bool:
        """Write everything and seal; False when that took longer than ``timeout`` seconds."""

    def copy_to(self, path: Path) -> None:
        """Begin an emergency copy elsewhere; the writer tells later what became of it."""

    def close(self) -> None:
        """Write what can be written and stop."""


class MachineState(Struct, frozen=True):
    """The computer under the visit. ``battery_percent`` is None where there is no battery."""

    may_sleep: bool = False
    battery_percent: int | None = None
    charging: bool = True


class MachineWatch(Protocol):
    """Keeps the computer awake, and knows its battery."""

    def state(self) -> MachineState:
        """How things stand now."""

    def close(self) -> None:
        """Let the machine sleep again."""


class Sounder(Protocol):
    """Plays what the board asks for; never blocks."""

    def play(self, priority: Priority | None, quiet: bool) -> None:
        """Sound this priority until told otherwise; None is silence."""

    def remind(self) -> None:
        """One discreet tick, unless an alarm sounds."""

    def health(self, now: float) -> str:
        """``ok``, or an identifier of why an alarm would not be heard (``muted``)."""

    def close(self) -> None:
        """Stop for good."""

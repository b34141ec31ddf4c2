"""A bedside for the stories: devices send, time passes, and the board's changes are kept."""

from alarms import presets
from alarms.board import Board
from kapmonitor.events import (
    AlarmChange,
    AlarmState,
    Baseline,
    Cuff,
    CuffCycle,
    Dose,
    LinkChanged,
    Priority,
    Round,
    Trouble,
)
from kapmonitor.ports import BoardView, Schedule, SourceInfo
from kapmonitor.reading import LinkState, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital

OXIMETER, STRAP, CUFF = "oximeter", "strap", "cuff"

LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH
RAISED, ESCALATED = AlarmState.RAISED, AlarmState.ESCALATED
ACKNOWLEDGED, ENDED = AlarmState.ACKNOWLEDGED, AlarmState.ENDED


class Bedside:
    """Drives a board the way the engine does, and remembers when each change was told."""

    def __init__(self, board: Board | None = None, observation: float = 7200.0) -> None:
        self.board = board or Board(presets.load(), observation)
        self.now = 0.0
        self.told: list[tuple[float, AlarmChange]] = []
        self._packet = 0

    # Who is there

    def oximeter(self, name: str = OXIMETER, site: str = "") -> None:
        self.has(name, (Vital.SPO2, Vital.PULSE_RATE), True, site)

    def strap(self, name: str = STRAP) -> None:
        self.has(name, (Vital.HEART_RATE,), True, "")

    def cuff(self, name: str = CUFF, site: str = "") -> None:
        self.has(name, (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.PULSE_RATE), False, site)

    def has(self, name: str, measures: tuple[Vital, ...], continuous: bool, site: str) -> None:
        info = SourceInfo(name, "protocol", "address", name, measures, continuous, site=site)
        self.hear(info)

    # What happens

    def wait(self, until: float) -> None:
        """Let time pass the way the runner does: from deadline to deadline."""
        while (due := self.board.deadline()) is not None and due <= until:
            assert due >= self.now - 1e-9, "a deadline in the past"
            self._keep(self.board.tick(due), due)
            self.now = max(self.now, due)
        self.now = max(self.now, until)
        self._keep(self.board.tick(self.now), self.now)

    def hear(self, message, at: float | None = None) -> None:
        self._keep(self.board.hear(message, self.now if at is None else at), self.now)

    def send(
        self,
        vital: Vital,
        value: float | None,
        at: float,
        source: str = OXIMETER,
        quality: Quality | None = None,
        reason: str = "",
        in_use: bool = True,
        origin: Origin = Origin.LIVE,
    ) -> None:
        self.wait(at)
        self._packet += 1
        judged = quality or (Quality.INVALID if value is None else Quality.GOOD)
        reading = Reading(
            vital, value, at, judged, reason, packet=self._packet, origin=origin, source=source
        )
        self._keep(self.board.observe(reading, in_use), at)

    def stream(self, vital: Vital, value: float | None, start: float, end: float, **how) -> None:
        """One reading a second, the first at ``start``, the last before ``end``."""
        for second in range(int(end - start)):
            self.send(vital, value, start + second, **how)

    def spo2(self, value: float | None, start: float, end: float, **how) -> None:
        self.stream(Vital.SPO2, value, start, end, **how)

    def pulse(self, value: float | None, start: float, end: float, **how) -> None:
        self.stream(Vital.PULSE_RATE, value, start, end, **how)

    def pressure(
        self,
        systolic: float | None,
        diastolic: float | None,
        at: float,
        source: str = CUFF,
        quality: Quality | None = None,
        reason: str = "",
        pulse: float | None = None,
        event: bool = True,
    ) -> None:
        """One cuff cycle: its readings, then the record's event, as the engine tells them."""
        self.wait(at)
        self._packet += 1
        pair = {Vital.SYSTOLIC: systolic, Vital.DIASTOLIC: diastolic}
        judged = quality or (Quality.INVALID if systolic is None else Quality.GOOD)
        for vital, value in pair.items():
            reading = Reading(vital, value, at, judged, reason, packet=self._packet, source=source)
            self._keep(self.board.observe(reading), at)
        if event:
            self.hear(Cuff(systolic, diastolic, None, pulse, judged, reason, source))

    def dose(self, at: float, systolic=120.0, diastolic=78.0, pulse=70.0) -> None:
        """The dose, and with it the frozen baseline."""
        self.wait(at)
        self.hear(Dose("in", 56, "mg"))
        self.hear(Baseline(systolic, diastolic, pulse, 97.0, 2))

    def file(self, at: float, **answers) -> None:
        self.wait(at)
        self.hear(Round("standard", "2", answers))

    def trouble(self, kind: str, at: float, seconds: float | None = None) -> None:
        self.wait(at)
        self.hear(Trouble(kind, seconds))

    def link(self, source: str, state: LinkState, at: float, expected: bool = False) -> None:
        self.wait(at)
        self.hear(LinkChanged(source, state, expected=expected))

    def inflates(self, source: str, at: float) -> None:
        self.wait(at)
        self.hear(CuffCycle(source, "started"))

    def deflates(self, source: str, at: float) -> None:
        self.wait(at)
        self.hear(CuffCycle(source, "ended"))

    def due(self, at: float, cuff: float | None = None, check: float | None = None) -> None:
        self.wait(at)
        self.hear(Schedule(cuff, check))

    def battery(self, percent: float, at: float, source: str = OXIMETER) -> None:
        self.wait(at)
        self.hear(Notice("battery", at, {"percent": percent}, source=source))

    def pleth(self, values: tuple[int | None, ...], at: float, source: str = OXIMETER) -> None:
        self.wait(at)
        self.hear(PlethRun(at, 1 / 60, values, 127, source=source))

    def acknowledge(self, alarm: str = "", at: float | None = None, by: str = "Nurse") -> None:
        self.wait(self.now if at is None else at)
        self._keep(self.board.acknowledge(alarm, by, self.now), self.now)

    def pause(self, at: float) -> float | None:
        self.wait(at)
        return self.board.pause(at)

    # What the board tells

    def of(self, alarm: str) -> list[tuple[float, str, str]]:
        """When each change of an alarm was told, its state and its priority."""
        return [
            (round(at, 6), change.state.value, change.priority.value)
            for at, change in self.told
            if change.alarm == alarm
        ]

    def last(self, alarm: str) -> AlarmChange:
        return [change for _, change in self.told if change.alarm == alarm][-1]

    @property
    def view(self) -> BoardView:
        return self.board.view(self.now)

    @property
    def sound(self) -> Priority | None:
        return self.view.sound

    @property
    def in_force(self) -> set[str]:
        return {view.change.alarm for view in self.view.alarms if not view.over}

    @property
    def badges(self) -> set[str]:
        return {view.change.alarm for view in self.view.alarms if view.over}

    def _keep(self, changes: list[AlarmChange], at: float) -> None:
        self.told += [(at, change) for change in changes]

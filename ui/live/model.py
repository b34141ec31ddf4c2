"""What the live screen knows: a fold over the engine's messages, without Qt.

Widgets never see messages. `LiveModel.take` folds them; `ui.live.views` turns the model into what
each widget shows at a moment.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec

from alarms.presets import Preset
from alarms.presets import parse as parse_preset
from kapmonitor import events
from kapmonitor.before_dose import ReadinessList, load_readiness, parse_readiness
from kapmonitor.checklist import Checklist, parse_checklist
from kapmonitor.commands import AnyCommand
from kapmonitor.device_words import label_words
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Entry
from kapmonitor.messages import (
    Answered,
    Earlier,
    Finished,
    Message,
    Observed,
    PasskeyWanted,
    Pulse,
    Saved,
    SourceKnown,
)
from kapmonitor.plan import Plan, parse_plan
from kapmonitor.ports import BoardView, SourceInfo
from kapmonitor.reading import Link, LinkState, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.session import Session
from kapmonitor.vitals import Vital
from ui.live.freshness import CONTINUOUS
from ui.live.trend_data import Trends

ENGINE_SILENT_AFTER = 2.0
# A cuff that was asked to start shows by then that it inflates, or never will.
CUFF_STARTS_WITHIN = 15.0
# The picture's clock runs on between two messages, but never further than this.
_AHEAD = 2.0
_PULSES = (Vital.HEART_RATE, Vital.PULSE_RATE)


def preset_of(text: str) -> Preset | None:
    """The preset of a record's text; None when this version does not understand it."""
    try:
        return parse_preset(text)
    except KapmonitorError:
        return None


def limits_of(preset: Preset | None) -> dict[str, float]:
    """The limits of a preset by alarm; rises over baseline are not limits of a tile."""
    rows = () if preset is None else preset.limits
    return {row.id: row.value for row in rows if not row.over_baseline and row.on}


@dataclass
class Asked:
    """A command that is on its way; ``place`` is the panel that asked, empty for a key."""

    command: AnyCommand
    place: str


@dataclass
class Reply:
    """How a command ended, for the panel that asked: a sentence's code when it was refused."""

    place: str
    command: AnyCommand
    entry: int
    refused: str = ""
    facts: dict[str, object] = field(default_factory=dict)


@dataclass
class LiveModel:
    """The fold. Times are session seconds; ``real`` is any steady clock of the window [s]."""

    given_limits: Mapping[str, float] | None = None
    limits: dict[str, float] = field(default_factory=dict)
    preset: Preset | None = None
    session: Session = field(default_factory=Session)
    plan: Plan | None = None
    instruments: dict[str, Checklist] = field(default_factory=dict)
    readiness: ReadinessList = field(default_factory=load_readiness)
    board: BoardView = field(default_factory=lambda: BoardView(0.0))
    beat: Pulse | None = None
    saved_up_to: int = 0
    finished: Finished | None = None
    passkey: PasskeyWanted | None = None
    sources: dict[str, SourceInfo] = field(default_factory=dict)
    links: dict[str, LinkState] = field(default_factory=dict)
    batteries: dict[str, float] = field(default_factory=dict)
    shown: dict[str, Reading] = field(default_factory=dict)
    cuff_pressure: Reading | None = None
    cuff_running: set[str] = field(default_factory=set)
    cuff_asked: dict[str, float] = field(default_factory=dict)
    pleth: deque[PlethRun] = field(default_factory=lambda: deque(maxlen=200))
    trends: Trends = field(default_factory=Trends)
    replies: deque[Reply] = field(default_factory=deque)
    zone_minutes: int = 0
    changed: int = 0
    _asked: dict[str | int, Asked] = field(default_factory=dict)
    _newest: float = 0.0
    _beat_real: float | None = None
    _born_real: float | None = None

    # Time ---------------------------------------------------------------------------------

    def now(self, real: float) -> float:
        """The session clock as far as the engine has told it."""
        if self.beat is None or self._beat_real is None:
            return self._newest
        running = self.beat.at + max(0.0, real - self._beat_real) * self.beat.rate
        if self.finished is not None:
            return max(self.beat.at, self._newest)
        return max(self.beat.at, min(running, self._newest + _AHEAD))

    def silent(self, real: float) -> float:
        """Real seconds without a sign of life of the engine, 0 once the visit is over."""
        if self.finished is not None:
            return 0.0
        since = self._beat_real if self._beat_real is not None else self._born_real
        return 0.0 if since is None else max(0.0, real - since)

    def stopped(self, real: float) -> bool:
        """True when the engine has not been heard for two seconds."""
        return self.silent(real) > ENGINE_SILENT_AFTER

    def age(self, at: float, real: float) -> float:
        """Seconds since a session time; silence of the engine counts, whatever its clock says."""
        return max(0.0, self.now(real) - at, self.silent(real) if self.stopped(real) else 0.0)

    # Messages -----------------------------------------------------------------------------

    def take(self, messages: Iterable[Message], real: float) -> bool:
        """Fold messages that arrived by now; True when there were any."""
        if self._born_real is None:
            self._born_real = real
        before = self.changed
        for message in messages:
            self.changed += 1
            self._fold(message, real)
        return self.changed != before

    def _fold(self, message: Message, real: float) -> None:
        match message:
            case Observed(reading=reading, in_use=in_use):
                self._heard(reading.at)
                if in_use:
                    self._observe(reading)
            case Earlier(readings=readings):
                for reading in readings:
                    self._draw("pulse" if reading.vital in _PULSES else "spo2", reading)
            case PlethRun() as run:
                self._heard(run.at)
                if run.source == self._pleth_of(run.source):
                    self.pleth.append(run)
            case Pulse() as pulse:
                self.beat, self._beat_real = pulse, real
                self._heard(pulse.at)
            case Entry() as entry:
                self._enter(entry)
            case BoardView() as board:
                self.board = board
            case Saved(up_to=up_to):
                self.saved_up_to = max(self.saved_up_to, up_to)
            case SourceKnown(info=info):
                named = msgspec.structs.replace(info, label=label_words(info.label))
                self.sources[info.id] = named
            case Link() as link:
                self._heard(link.at)
                self.links[link.source] = link.state
            case Notice() as notice:
                self._notice(notice)
            case Answered() as answer:
                self._answer(answer)
            case PasskeyWanted() as question:
                self.passkey = question if question.wanted else None
            case Finished() as finished:
                self.finished = finished

    def _heard(self, at: float) -> None:
        self._newest = max(self._newest, at)

    def _observe(self, reading: Reading) -> None:
        if reading.vital is Vital.CUFF_PRESSURE:
            self.cuff_pressure = reading
            return
        key = "pulse" if reading.vital in _PULSES else reading.vital.value
        before = self.shown.get(key)
        if before is not None and self._steps_back(before, reading):
            return
        self.shown[key] = reading
        if not self.is_spot(reading):
            self._draw(key, reading)

    def _draw(self, curve: str, reading: Reading) -> None:
        value = None if reading.quality is Quality.INVALID else reading.value
        self.trends.add(curve, reading.at, value, reading.quality is Quality.QUESTIONABLE)

    def _steps_back(self, before: Reading, reading: Reading) -> bool:
        """A cuff's pulse never replaces a continuous one that is still fresh."""
        return (
            self.is_spot(reading)
            and not self.is_spot(before)
            and before.value is not None
            and reading.at - before.at < CONTINUOUS.gone
        )

    def is_spot(self, reading: Reading) -> bool:
        """True for a cuff's, a spot check's or a typed value: it ages in minutes, not seconds."""
        if reading.origin is Origin.MANUAL:
            return True
        info = self.sources.get(reading.source)
        return info is not None and not info.continuous

    def _enter(self, entry: Entry) -> None:
        self._heard(entry.at)
        self.session.apply(entry)
        self.zone_minutes = entry.zone_minutes
        match entry.event:
            case events.Opened() as opened:
                self._open(opened)
            case events.SourceAdded(source=source):
                self.links.setdefault(source, LinkState.CONNECTING)
            case events.LinkChanged(source=source, state=state):
                self.links[source] = state
                if state is not LinkState.UP:
                    self.cuff_running.discard(source)
            case events.CuffCycle(source=source, action="asked_start"):
                self.cuff_asked[source] = entry.at
            case events.CuffCycle(source=source, action="refused" | "asked_stop"):
                self.cuff_asked.pop(source, None)
            case events.CuffCycle(source=source, action="start" | "started"):
                self.cuff_running.add(source)
            case events.CuffCycle(source=source, action="end" | "ended" | "stop"):
                self.cuff_asked.pop(source, None)
                self.cuff_running.discard(source)
            case events.Cuff(source=source):
                self.cuff_running.discard(source)
            case _:
                pass

    def _open(self, opened: events.Opened) -> None:
        """Plan and limits as this session uses them; a text of another version shows none."""
        try:
            self.plan = parse_plan(opened.plan_text, opened.plan) if opened.plan_text else None
        except KapmonitorError:
            self.plan = None
        with suppress(KapmonitorError):
            self.readiness = parse_readiness(opened.readiness_text)
        for name, text in opened.instrument_texts.items():
            with suppress(KapmonitorError):
                self.instruments[name] = parse_checklist(text, name)
        self.preset = preset_of(opened.limits_text) if opened.limits_text else None
        given = self.given_limits
        self.limits = limits_of(self.preset) if given is None else dict(given)

    def _pleth_of(self, sender: str) -> str:
        """Whose curve is shown: of two oximeters that whose SpO2 is in use, never both in one."""
        able = [info.id for info in self.sources.values() if Vital.PLETH in info.measures]
        shown = self.shown.get("spo2")
        if shown is not None and shown.source in able:
            return shown.source
        return able[0] if able and sender in able else sender

    def taken_pleth(self) -> list[PlethRun]:
        """The pleth that arrived since the last call."""
        runs = list(self.pleth)
        self.pleth.clear()
        return runs

    def _notice(self, notice: Notice) -> None:
        percent = notice.detail.get("percent")
        if notice.kind == "battery" and isinstance(percent, int | float):
            self.batteries[notice.source] = float(percent)
        elif notice.kind == "cuff_started":
            self.cuff_running.add(notice.source)
        elif notice.kind == "cuff_ended":
            self.cuff_running.discard(notice.source)

    # Commands -----------------------------------------------------------------------------

    def ask(self, command: AnyCommand, place: str) -> None:
        """Remember who asked for a command that is being sent."""
        self._asked[command.id] = Asked(command, place)

    def _answer(self, answer: Answered) -> None:
        asked = self._asked.pop(answer.id, None)
        if asked is not None:
            facts: dict[str, object] = dict(answer.facts)
            reply = Reply(asked.place, asked.command, answer.entry, answer.refused, facts)
            self.replies.append(reply)

    # Small questions ----------------------------------------------------------------------

    @property
    def limits_in_force(self) -> Mapping[str, float]:
        """Limits of the preset with this session's changes; an alarm switched off has none."""
        merged: dict[str, float | None] = {**self.limits, **self.session.limits}
        return {alarm: value for alarm, value in merged.items() if value is not None}

    @property
    def simulated(self) -> bool:
        """True when any part of this visit is not a real patient's."""
        opened = self.session.opened
        return (opened is not None and opened.simulated) or any(
            source.simulated for source in self.sources.values()
        )

    def cuff_busy(self, source: str) -> bool:
        """Whether this cuff can have to be stopped: it measures, or was asked to a moment ago.

        Its own word that it inflates comes some seconds after the start.
        """
        asked = self.cuff_asked.get(source)
        starting = asked is not None and self._newest - asked < CUFF_STARTS_WITHIN
        return bool(source) and (source in self.cuff_running or starting)

    def commandable_cuff(self) -> str:
        """The source whose cuff can be started, empty when there is none."""
        able = (info.id for info in self.sources.values() if "start" in info.commands)
        return next(able, "")

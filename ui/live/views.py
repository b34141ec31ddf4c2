"""What the bars and lists of the live screen show at one moment, made from the model. Pure."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from kapmonitor.alarm_words import MARKS, alarm_sentence, phase_words
from kapmonitor.events import Priority
from kapmonitor.ports import AlarmView
from kapmonitor.reading import LinkState
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.entry_words import TimelineRow, since_start, timeline_row
from ui.live.model import LiveModel

# Seconds of one flash period and the part of it that is lit: IEC 60601-1-8 asks for 1.4-2.8 Hz
# (high) and 0.4-0.8 Hz (medium), lit 20-60 %; low is steady. All stay below 3 Hz.
FLASH = {Priority.HIGH: (0.5, 0.5), Priority.MEDIUM: (1.6, 0.5)}


def lit(priority: Priority | None, acknowledged: bool, real: float) -> bool:
    """Whether an alarm's symbol is lit at this moment; an acknowledged one is steady."""
    if priority is None or acknowledged or priority not in FLASH:
        return True
    period, duty = FLASH[priority]
    return (real % period) / period < duty


class SourceChip(Struct, frozen=True):
    """A device in the top bar: its name, whether it is connected, and its battery in percent."""

    label: str
    state: str
    battery: int | None = None


class TopBarView(Struct, frozen=True):
    """The top bar. ``clock`` counts from the dose."""

    patient: str
    phase: str
    clock: str
    wall: str
    simulated: str
    person: str
    sources: tuple[SourceChip, ...]
    recording: str


class AlarmRow(Struct, frozen=True):
    """An alarm in words."""

    alarm: str
    priority: str
    mark: str
    text: str
    acknowledged_by: str
    over: bool


class AlarmLineView(Struct, frozen=True):
    """The alarm line: the highest alarm first. ``stopped`` says that the engine is silent."""

    rows: tuple[AlarmRow, ...]
    paused_left: int | None
    quiet: bool
    stopped: bool
    waiting: bool
    unavailable: int
    ended: bool = False


class DueView(Struct, frozen=True):
    """A check: its words, when (in words), how far its window is gone (0..1), and its tone."""

    check: str
    text: str
    when: str
    share: float
    tone: str


def top_bar(model: LiveModel, real: float, person: str) -> TopBarView:
    """The top bar at this moment."""
    session, now = model.session, model.now(real)
    opened = session.opened
    start = session.phases[0][0] if session.phases else 0.0
    clock = session_time(now, session.t0) if session.t0 is not None else since_start(now, start)
    return TopBarView(
        patient=opened.patient_code if opened is not None else "",
        phase=phase_words(session.phase),
        clock=clock,
        wall=_wall(model, now),
        simulated=_simulated(model),
        person=person,
        sources=tuple(_chip(model, source) for source in model.sources),
        recording=model.beat.recording if model.beat is not None else "",
    )


def _wall(model: LiveModel, now: float) -> str:
    if model.beat is None:
        return "--:--:--"
    utc = model.beat.utc + (now - model.beat.at)
    local = datetime.fromtimestamp(utc, tz=UTC) + timedelta(minutes=model.zone_minutes)
    return local.strftime("%H:%M:%S")


def _simulated(model: LiveModel) -> str:
    if not model.simulated:
        return ""
    rate = model.beat.rate if model.beat is not None else 1.0
    words = tr("DEMONSTRATION")
    return f"{words} ×{rate:g}" if rate != 1.0 else words


def _chip(model: LiveModel, source: str) -> SourceChip:
    info = model.sources[source]
    state = model.links.get(source, LinkState.CONNECTING)
    # A cuff that leaves the air after each reading is not lost.
    rests = state is LinkState.DOWN and not info.continuous
    battery = model.batteries.get(source)
    return SourceChip(
        info.label or source,
        "idle" if rests else state.value,
        None if battery is None else round(battery),
    )


def alarm_line(model: LiveModel, real: float) -> AlarmLineView:
    """The alarm line at this moment."""
    board = model.board
    left = None
    if board.paused_until is not None:
        left = max(0, round(board.paused_until - model.now(real)))
    rows = tuple(_alarm_row(model, view) for view in in_order(board.alarms))
    return AlarmLineView(
        rows=() if model.finished is not None else rows,
        paused_left=left,
        quiet=board.quiet or model.session.quiet,
        stopped=model.stopped(real),
        waiting=model.beat is None,
        unavailable=len(board.unavailable) if model.session.t0 is not None else 0,
        ended=model.session.ended_at is not None or model.finished is not None,
    )


def in_order(alarms: tuple[AlarmView, ...]) -> list[AlarmView]:
    """Most urgent first: in force, unseen, by priority, the newest of equal ones."""
    return sorted(
        alarms,
        key=lambda view: (
            view.over,
            bool(view.acknowledged_by),
            -view.change.priority.rank,
            -view.change.raised,
        ),
    )


def _alarm_row(model: LiveModel, view: AlarmView) -> AlarmRow:
    change = view.change
    info = model.sources.get(change.source)
    label = info.label if info is not None else change.source
    return AlarmRow(
        alarm=change.alarm,
        priority=change.priority.value,
        mark=MARKS[change.priority],
        text=alarm_sentence(change, label),
        acknowledged_by=view.acknowledged_by,
        over=view.over,
    )


def due_list(model: LiveModel, real: float) -> tuple[DueView, ...]:
    """What is due, in order of time."""
    if model.beat is None:
        return ()
    now = model.now(real)
    views = []
    for check in model.beat.checks:
        left = check.due - now
        words = tr("Cuff") if check.check == "cuff" else tr("Round")
        if now > check.closes:
            when, tone = tr("overdue {time}", time=_minutes(now - check.due)), "overdue"
        elif left <= 0:
            when, tone = tr("now"), "now"
        else:
            when, tone = tr("in {time}", time=_minutes(left)), "soon" if left < 120 else ""
        share = 1.0 - min(1.0, max(0.0, left / 900.0))
        at = session_time(check.due, model.session.t0)
        views.append(DueView(check.check, f"{words} {at}", when, share, tone))
    return tuple(views)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def timeline(model: LiveModel, newest: int = 400) -> tuple[TimelineRow, ...]:
    """The last entries, newest first."""
    session = model.session
    start = session.phases[0][0] if session.phases else 0.0
    labels = {source: info.label for source, info in model.sources.items()}
    labels |= {name: added.label or name for name, added in session.sources.items()}
    rows = []
    for entry in reversed(session.entries[-newest:]):
        row = timeline_row(entry, session.t0, start, model.saved_up_to, labels)
        if row is not None:
            rows.append(row)
    return tuple(rows)

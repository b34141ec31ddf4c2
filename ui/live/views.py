"""What the bars and lists of the live screen show at one moment, made from the model. Pure."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from kapmonitor.alarm_words import MARKS, PRIORITY_WORDS, alarm_sentence, phase_words
from kapmonitor.event_words import alarm_name
from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    AudioPaused,
    AudioResumed,
    Cuff,
    Emergency,
    Entry,
    LinkChanged,
    Locked,
    Priority,
)
from kapmonitor.messages import CheckView
from kapmonitor.people_words import by_words, corrections
from kapmonitor.ports import AlarmView
from kapmonitor.reading import LinkState
from kapmonitor.regional import number
from kapmonitor.session import AlarmHistory, Session, session_time
from kapmonitor.words import tr
from ui.live.entry_words import TimelineRow, since_start, timeline_row
from ui.live.limit_views import alarms_off_elsewhere
from ui.live.model import LiveModel
from ui.live.people import acting_words
from ui.theme.theme import flashes

# The alarms below the headline come in turn, so many seconds each.
TURN_SECONDS = 5.0
OTHERS_SHOWN = 2

# What the sounder says of itself (`Sounder.health`), and what that means to who must hear it.
SOUND_WORDS = {
    "ok": "Sound on",
    "silent": "NO SOUND: switched off",
    "starting": "No sound yet: starting",
    "no_output": "NO SOUND: no output",
    "stalled": "NO SOUND: the output is dead",
    "muted": "NO SOUND: muted",
    "volume_low": "Sound too low",
    "headset": "Sound goes to a headset",
    "output_missing": "Sound goes elsewhere: the chosen output is gone",
}


def lit(priority: Priority | None, acknowledged: bool, real: float) -> bool:
    """Whether an alarm's symbol is lit at this moment; an acknowledged one is steady."""
    flash = None if priority is None or acknowledged else flashes().get(priority.value)
    return flash is None or (real * flash.hertz) % 1.0 < flash.lit


class SourceChip(Struct, frozen=True):
    """A device in the top bar: its name, whether it is connected, and its battery in percent."""

    label: str
    state: str
    battery: int | None = None


class TopBarView(Struct, frozen=True):
    """The top bar. ``clock`` counts from the dose.

    ``off`` names the alarms that are switched off and belong to no number on a tile, ``unsigned``
    counts the acts under the lock.
    """

    patient: str
    phase: str
    clock: str
    wall: str
    simulated: str
    person: str
    sources: tuple[SourceChip, ...]
    recording: str
    off: str = ""
    unsigned: int = 0


class AlarmRow(Struct, frozen=True):
    """An alarm in words.

    ``name`` is what to acknowledge. ``since`` is the time of its raising, ``delay`` how long its
    condition lasted before; ``again`` says why it sounds anew or louder.
    """

    alarm: str
    priority: str
    mark: str
    text: str
    acknowledged_by: str
    over: bool
    name: str = ""
    since: str = ""
    delay: str = ""
    again: str = ""
    acknowledged: str = ""


class SoundView(Struct, frozen=True):
    """What can be heard: ``bell`` is ``on``, ``paused`` or ``off``; ``trouble`` why nothing is."""

    bell: str
    words: str
    trouble: str = ""


class AlarmLineView(Struct, frozen=True):
    """The alarm line: the highest alarm first. ``stopped`` says that the engine is silent.

    ``rows`` are in force (or over and still to be heard), ``unseen`` are over and wait for a look.
    ``others`` is the turn of those below the first, with its words; ``one_other`` the same where
    there is room for one at a time.
    """

    rows: tuple[AlarmRow, ...]
    paused_left: int | None
    quiet: bool
    stopped: bool
    waiting: bool
    unavailable: int
    ended: bool = False
    unseen: tuple[AlarmRow, ...] = ()
    others: str = ""
    one_other: str = ""
    sound: SoundView = SoundView("on", "")

    @property
    def every(self) -> tuple[AlarmRow, ...]:
        """All of them, for the list."""
        return (*self.rows, *self.unseen)


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
    start = session.phases[0][0] if session.phases else 0.0
    clock = session_time(now, session.t0) if session.t0 is not None else since_start(now, start)
    return TopBarView(
        patient=_patient(session),
        phase=phase_words(session.phase),
        clock=clock,
        wall=_wall(model, now),
        simulated=_simulated(model),
        person=acting_words(session, person),
        unsigned=0 if session.locked else len(session.unsigned),
        sources=tuple(_chip(model, source) for source in model.sources),
        recording=model.beat.recording if model.beat is not None else "",
        off=", ".join(alarm_name(name) for name in alarms_off_elsewhere(model)),
    )


def _patient(session: Session) -> str:
    """The patient's code, which the lock hides."""
    if session.locked:
        return tr("Locked")
    return session.opened.patient_code if session.opened is not None else ""


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
    return f"{words} ×{number(rate)}" if rate != 1.0 else words


def _chip(model: LiveModel, source: str) -> SourceChip:
    info = model.sources[source]
    state = model.links.get(source, LinkState.CONNECTING)
    # A cuff that leaves the air after each reading is not lost.
    rests = state is LinkState.DOWN and not info.continuous
    battery = model.batteries.get(source)
    return SourceChip(
        tr("EXP {label}", label=info.label or source)
        if info.experimental
        else info.label or source,
        "idle" if rests else state.value,
        None if battery is None else round(battery),
    )


def device_at(model: LiveModel, address: str) -> str:
    """What the device with a Bluetooth address is called, with the end of the address."""
    named = (i.label for i in model.sources.values() if i.address.upper().endswith(address.upper()))
    label = next(named, "")
    return f"{label} ({address})" if label else address


def alarm_line(model: LiveModel, real: float) -> AlarmLineView:
    """The alarm line at this moment."""
    board = model.board
    ended = model.session.ended_at is not None or model.finished is not None
    rows = [] if model.finished is not None else in_order(board.alarms)
    # One that is over and still sounds latches: it leads as if it were in force.
    heard = board.sound is not None and all(view.over or view.acknowledged_by for view in rows)
    leading = tuple(_alarm_row(model, view) for view in rows if heard or not view.over)
    unseen = () if heard else tuple(_alarm_row(model, view) for view in rows if view.over)
    left = board.paused_until
    return AlarmLineView(
        rows=leading,
        paused_left=None if left is None else max(0, round(left - model.now(real))),
        quiet=board.quiet or model.session.quiet,
        stopped=model.stopped(real),
        waiting=model.beat is None,
        unavailable=len(board.unavailable) if model.session.t0 is not None else 0,
        ended=ended,
        unseen=unseen,
        others=others_words(leading[1:], real),
        one_other=others_words(leading[1:], real, 1),
        sound=sound_view(model, real),
    )


def row_words(alarm: AlarmRow) -> str:
    """An alarm with what became of it."""
    if alarm.over:
        return tr("Was active: {alarm}", alarm=alarm.text)
    if alarm.acknowledged_by:
        return tr("{alarm}, seen by {person}", alarm=alarm.text, person=alarm.acknowledged_by)
    return f"{alarm.text}, {alarm.again}" if alarm.again else alarm.text


def others_words(rows: tuple[AlarmRow, ...], real: float, at_once: int = OTHERS_SHOWN) -> str:
    """The alarms after the first, some at a time in calm turns, and which of how many they are."""
    if not rows:
        return ""
    turns = -(-len(rows) // at_once)
    first = at_once * (int(real / TURN_SECONDS) % turns)
    shown = rows[first : first + at_once]
    words = "   ·   ".join(f"{alarm.mark} {row_words(alarm)}" for alarm in shown)
    if turns == 1:
        return words
    numbers = "–".join(str(n + 2) for n in sorted({first, first + len(shown) - 1}))
    return f"{tr('{numbers} of {all}', numbers=numbers, all=len(rows) + 1)}:   {words}"


def sound_view(model: LiveModel, real: float) -> SoundView:
    """Whether an alarm would be heard now, with the pause counted down."""
    state = model.beat.sound if model.beat is not None else ""
    words = tr(SOUND_WORDS.get(state, state.replace("_", " "))) if state else ""
    trouble = "" if state in ("", "ok") else words
    until = model.board.paused_until
    if until is not None:
        left = max(0, round(until - model.now(real)))
        paused = tr("AUDIO PAUSED {time}", time=f"{left // 60}:{left % 60:02d}")
        return SoundView("paused", paused, trouble)
    if trouble:
        return SoundView("off", trouble, trouble)
    return SoundView("on", words)


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
    # Two devices can each have lost their link; then each is acknowledged by its own name.
    twins = sum(other.change.alarm == change.alarm for other in model.board.alarms) > 1
    history = _history(model, change)
    seen = "" if history is None else _seen(model, history, view.acknowledged_by)
    return AlarmRow(
        alarm=change.alarm,
        priority=change.priority.value,
        mark=MARKS[change.priority],
        text=alarm_sentence(change, label),
        acknowledged_by=view.acknowledged_by,
        over=view.over,
        name=f"{change.alarm}:{change.source}" if twins else change.alarm,
        since=session_time(change.raised, model.session.t0),
        delay=tr("after {seconds:g} s", seconds=change.delay) if change.delay else "",
        again="" if history is None or view.acknowledged_by else _again(history),
        acknowledged=seen,
    )


def _history(model: LiveModel, change: AlarmChange) -> AlarmHistory | None:
    """What the record says of this very alarm."""
    for history in reversed(model.session.alarms):
        first = history.changes[0].event if history.changes else None
        same = isinstance(first, AlarmChange) and (
            change.kind is AlarmKind.PHYSIOLOGICAL or first.source == change.source
        )
        if same and history.alarm == change.alarm and abs(history.raised - change.raised) < 1.0:
            return history
    return None


def _seen(model: LiveModel, history: AlarmHistory, person: str) -> str:
    if history.acknowledged is None or not person:
        return ""
    time = session_time(history.acknowledged, model.session.t0)
    return tr("seen {time} by {person}", time=time, person=person)


_AGAIN = {
    "unanswered": "louder: nobody has answered",
    "worse": "sounds again: worse",
    "lasts": "sounds again: it lasts",
}


def _again(history: AlarmHistory) -> str:
    """Why it sounds louder or anew, from its last change; empty when it does not."""
    last = history.changes[-1].event if history.changes else None
    if not isinstance(last, AlarmChange) or last.state is not AlarmState.ESCALATED:
        return ""
    if last.reason in _AGAIN:
        return tr(_AGAIN[last.reason])
    return tr("priority now {priority}", priority=tr(PRIORITY_WORDS[last.priority]))


def due_list(model: LiveModel, real: float) -> tuple[DueView, ...]:
    """What is due, in order of time."""
    if model.beat is None:
        return ()
    now = model.now(real)
    views = []
    for check in model.beat.checks:
        left = check.due - now
        words = _check_words(check)
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


def _check_words(check: CheckView) -> str:
    if check.check != "cuff":
        return tr("Round")
    if check.adapted:
        return tr("Cuff, extra")
    return tr("Repeat the cuff") if check.repeat else tr("Cuff")


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def timeline(model: LiveModel, newest: int = 400) -> tuple[TimelineRow, ...]:
    """The last entries, newest first; under the lock no words that a person wrote."""
    session = model.session
    entries = session.entries[-newest:]
    if session.locked:
        entries = [entry for entry in entries if isinstance(entry.event, _SHOWN_LOCKED)]
    return _rows(model, entries)


def unsigned_rows(model: LiveModel) -> tuple[TimelineRow, ...]:
    """The acts under the lock for which nobody stands yet."""
    return _rows(model, list(model.session.unsigned.values()))


_SHOWN_LOCKED = (AlarmChange, Cuff, LinkChanged, AudioPaused, AudioResumed, Locked, Emergency)


def _rows(model: LiveModel, entries: list[Entry]) -> tuple[TimelineRow, ...]:
    session = model.session
    start = session.phases[0][0] if session.phases else 0.0
    labels = {source: info.label for source, info in model.sources.items()}
    labels |= {name: added.label or name for name, added in session.sources.items()}
    corrected = corrections(session)
    rows = []
    for entry in reversed(entries):
        row = timeline_row(entry, session.t0, start, model.saved_up_to, labels)
        if row is not None:
            said = corrected.get(entry.number)
            text = (
                tr("{words} [corrected: {text}]", words=row.text, text=said) if said else row.text
            )
            rows.append(replace(row, text=text, by=by_words(entry, session)))
    return tuple(rows)

"""The alarm line and the list of alarms at one moment, made from the model. Pure."""

from msgspec import Struct

from kapmonitor.alarm_words import MARKS, PRIORITY_WORDS, alarm_sentence
from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    Priority,
)
from kapmonitor.ports import AlarmView
from kapmonitor.session import AlarmHistory, session_time
from kapmonitor.words import tr
from ui.live.model import LiveModel
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

    @property
    def next_to_see(self) -> AlarmRow | None:
        """What the key acknowledges: the first that nobody has seen, None when all have been."""
        return next((row for row in self.every if not row.acknowledged_by), None)


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

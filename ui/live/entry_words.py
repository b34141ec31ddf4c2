"""The timeline's lines: one for each entry of the session, in its colour."""

from collections.abc import Mapping

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.events import AlarmState, Entry
from kapmonitor.reading import LinkState, Quality
from kapmonitor.session import session_time
from kapmonitor.words import tr

# Entries that would only be noise at the bedside; the record keeps them all the same.
_NOT_SHOWN = (e.CuffCycle, e.RoundDraft)

_TONES: dict[type, str] = {
    e.Dose: "accent",
    e.Infusion: "accent",
    e.Oxygen: "accent",
    e.Medicine: "accent",
    e.DoseWithdrawn: "accent",
    e.PhaseChanged: "accent",
    e.Ended: "accent",
    e.Round: "good",
    e.Ready: "good",
    e.Left: "good",
    e.SourceAdded: "dim",
    e.Gap: "medium",
    e.Trouble: "medium",
    e.Resumed: "medium",
}


class TimelineRow(Struct, frozen=True):
    """One line of the timeline. ``tone`` is a token of the theme, empty for plain text."""

    number: int
    time: str
    text: str
    by: str
    tone: str = ""
    saved: bool = True


def timeline_row(
    entry: Entry, t0: float | None, start: float, saved_up_to: int, labels: Mapping[str, str]
) -> TimelineRow | None:
    """The line of an entry; None for one that the timeline leaves out."""
    if isinstance(entry.event, _NOT_SHOWN):
        return None
    time = session_time(entry.at, t0) if t0 is not None else since_start(entry.at, start)
    text = event_sentence(entry.event, labels)
    if entry.entered is not None and entry.entered - entry.at > 30:
        text = tr(
            "{words} (entered {minutes} min later)",
            words=text,
            minutes=max(1, round((entry.entered - entry.at) / 60)),
        )
    saved = entry.number <= saved_up_to
    return TimelineRow(entry.number, time, text, entry.by, _tone(entry.event), saved)


def since_start(at: float, start: float) -> str:
    """Minutes and seconds since the visit was opened, before there is a dose to count from."""
    minutes, seconds = divmod(max(0, round(at - start)), 60)
    return f"{minutes:02d}:{seconds:02d}"


def _tone(event: e.Event) -> str:
    match event:
        case e.Cuff() as cuff:
            missing = cuff.systolic is None or cuff.diastolic is None
            return "dim" if missing or cuff.quality is Quality.INVALID else "white"
        case e.AlarmChange(state=state, priority=priority):
            loud = state in (AlarmState.RAISED, AlarmState.ESCALATED)
            return priority.value if loud else "dim"
        case e.LinkChanged(state=state, expected=expected):
            return "medium" if state is LinkState.DOWN and not expected else "dim"
        case _:
            return _TONES.get(type(event), "")

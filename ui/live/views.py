"""What the bars and lists of the live screen show at one moment, made from the model. Pure."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from kapmonitor.alarm_words import phase_words
from kapmonitor.device_words import label_words
from kapmonitor.due_outcomes import timing
from kapmonitor.event_words import alarm_name
from kapmonitor.events import (
    AlarmChange,
    AudioPaused,
    AudioResumed,
    Cuff,
    DoseWithdrawn,
    Emergency,
    Entry,
    LinkChanged,
    Locked,
)
from kapmonitor.people_words import by_words, corrections
from kapmonitor.prompts import REFERENCE
from kapmonitor.reading import LinkState
from kapmonitor.regional import number
from kapmonitor.session import Session, session_time
from kapmonitor.words import tr
from ui.live.due_words import due_words, when_words
from ui.live.entry_words import TimelineRow, since_start, timeline_row
from ui.live.limit_views import alarms_off_elsewhere
from ui.live.model import LiveModel
from ui.live.people import acting_words


class SourceChip(Struct, frozen=True):
    """A device in the top bar: its name, whether it is connected, and its battery in percent."""

    label: str
    state: str
    battery: int | None = None


class TopBarView(Struct, frozen=True):
    """The top bar. ``clock`` counts from the dose.

    ``off`` names the alarms that are switched off and belong to no number on a tile, ``unsigned``
    counts the acts under the lock. ``name`` is the patient's, empty under the lock and where none
    is kept.
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
    name: str = ""


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
        name="" if session.locked else session.patient_name,
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


def due_list(model: LiveModel, real: float) -> tuple[DueView, ...]:
    """What is due: what is overdue first, then what is due now, then what comes, by its time."""
    if model.beat is None or model.session.ended_at is not None:
        return ()
    now = model.now(real)
    views = []
    for check in model.beat.checks:
        when, tone = when_words(check, now)
        left = 0.0 if check.part == REFERENCE else check.due - now
        share = 1.0 - min(1.0, max(0.0, left / 900.0))
        views.append(DueView(check.check, due_words(model, check), when, share, tone))
    return tuple(sorted(views, key=lambda view: _DUE_ORDER.get(view.tone, len(_DUE_ORDER))))


_DUE_ORDER = {"overdue": 0, "now": 1}


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
    labels |= {name: label_words(it.label) or name for name, it in session.sources.items()}
    corrected, told = corrections(session), timing(model.plan, session)
    taken_back = {x.event.of for x in session.entries if isinstance(x.event, DoseWithdrawn)}
    rows = []
    for entry in reversed(entries):
        row = timeline_row(entry, session.t0, start, model.saved_up_to, labels)
        if row is not None:
            said = corrected.get(entry.number)
            text = (
                tr("{words} [corrected: {text}]", words=row.text, text=said) if said else row.text
            )
            when = told.get(entry.number, "")
            text = f"{text}, {when}" if when else text
            if entry.number in taken_back:
                row = replace(row, tone="dim")
                text = tr("[taken back] {words}", words=text)
            rows.append(replace(row, text=text, by=by_words(entry, session)))
    return tuple(rows)

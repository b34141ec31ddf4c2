"""What the cursor of the trends tells: every vital at that time, and what happened there. Pure."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.reading import Origin, Quality
from kapmonitor.regional import number, pressure
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.entry_words import since_start
from ui.live.model import LiveModel
from ui.live.trend_data import GAP_SECONDS

# Names and decimals of the curves, as the cursor writes them.
NAMES = (
    ("pulse", "Pulse", 0),
    ("spo2", "SpO₂", 0),
    ("perfusion_index", "PI", 1),
    ("respiratory_rate", "Resp", 0),
)
_TOLD = (e.Dose, e.Round, e.Note, e.AlarmChange, e.PhaseChanged, e.LinkChanged, e.Gap, e.Amended)


class CursorView(Struct, frozen=True):
    """The cursor: where it is, the values there, and what happened about then."""

    at: float
    values: str
    events: str


def cursor_view(model: LiveModel, at: float, width: float) -> CursorView:
    """The cursor at a session time, in a picture of so many seconds."""
    parts = [_time(model, at)]
    for key, name, decimals in NAMES:
        if key in model.trends.series:
            value = model.trends.series[key].value_at(at, GAP_SECONDS)
            words = "–" if value is None else number(value, f".{decimals}f")
            parts.append(f"{tr(name)} {words}")
    pressure = _pressure(model, at)
    if pressure:
        parts.append(pressure)
    return CursorView(at, "    ".join(parts), _events(model, at, width / 120))


def _time(model: LiveModel, at: float) -> str:
    session = model.session
    start = session.phases[0][0] if session.phases else 0.0
    since = session_time(at, session.t0) if session.t0 is not None else since_start(at, start)
    before = [entry for entry in session.entries if entry.at <= at] or session.entries[:1]
    if not before:
        return since
    known = before[-1]
    utc = known.utc + at - known.at
    wall = datetime.fromtimestamp(utc, tz=UTC) + timedelta(minutes=known.zone_minutes)
    return f"{since}  {wall:%H:%M:%S}"


def _pressure(model: LiveModel, at: float) -> str:
    """The last pressure before, and how old it was: a cuff measures moments, not a curve."""
    for entry in reversed(model.session.cuffs):
        cuff = entry.event
        if entry.at > at or not isinstance(cuff, e.Cuff) or cuff.origin is Origin.STORED:
            continue
        if cuff.systolic is None or cuff.diastolic is None or cuff.quality is Quality.INVALID:
            continue
        age = at - entry.at
        ago = tr("now") if age < 30 else tr("{minutes} min before", minutes=max(1, round(age / 60)))
        doubt = "?" if cuff.quality is not Quality.GOOD else ""
        hand = " M" if cuff.origin is Origin.MANUAL else ""
        both = f"{pressure(cuff.systolic)}/{pressure(cuff.diastolic)}"
        return f"{tr('NIBP')} {both}{doubt}{hand} ({ago})"
    return ""


def _events(model: LiveModel, at: float, near: float) -> str:
    """What happened within so many seconds of the cursor, the nearest first."""
    found = [
        entry
        for entry in model.session.entries
        if isinstance(entry.event, _TOLD) and abs(entry.at - at) <= near
    ]
    found.sort(key=lambda entry: abs(entry.at - at))
    labels = {source: info.label for source, info in model.sources.items()}
    return "   ·   ".join(event_sentence(entry.event, labels) for entry in found[:3])

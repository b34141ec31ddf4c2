"""What each tile shows at one moment: number, limits, baseline, age, quality. Pure."""

from msgspec import Struct

from alarms.limits import Quantity
from kapmonitor import events, regional
from kapmonitor.alarm_words import reason_words
from kapmonitor.event_words import alarm_name
from kapmonitor.events import Priority
from kapmonitor.ports import AlarmView
from kapmonitor.reading import LinkState, Origin, Quality, Reading
from kapmonitor.regional import MMHG
from kapmonitor.vitals import Vital
from kapmonitor.words import tr
from ui.live.freshness import CONTINUOUS, SPOT, Freshness, Span, freshness
from ui.live.limit_views import alarms_off
from ui.live.model import LiveModel
from ui.live.recovery import by_minute, cuff_values, peak_words, recovery
from ui.live.taken_off import off_words
from ui.live.tile_trend import cuff_trend, curve_trend

DASHES = "- -"
# A smaller rise over the baseline (mmHg, /min) is not worth a line in a calm tile.
LEAST_RISE = 5.0


class TileSpec(Struct, frozen=True):
    """A tile as a row of a table: which reading, in which colour, with which limits."""

    key: str
    label: str
    unit: str
    colour: str
    vitals: tuple[Vital, ...]
    upper: str = ""
    lower: str = ""
    baseline: str = ""
    quantity: Quantity = Quantity.PULSE
    rises: bool = True


TILES = (
    TileSpec("pulse", "Pulse", "/min", "green", (Vital.HEART_RATE, Vital.PULSE_RATE),
             "PR_HIGH", "PR_LOW", "pulse", Quantity.PULSE),
    TileSpec("spo2", "SpO₂", "%", "cyan", (Vital.SPO2,), "", "SPO2_LOW", "spo2", Quantity.SPO2,
             rises=False),
    TileSpec("systolic", "NIBP sys", MMHG, "white", (Vital.SYSTOLIC,),
             "SBP_HIGH", "SBP_LOW", "systolic", Quantity.SYSTOLIC),
    TileSpec("diastolic", "NIBP dia", MMHG, "white", (Vital.DIASTOLIC,),
             "DBP_HIGH", "", "diastolic", Quantity.DIASTOLIC),
)  # fmt: skip


# What still watches the same number, further out, once an alarm is switched off.
_BEYOND = {
    "SPO2_LOW": "SPO2_DESAT",
    "PR_HIGH": "PR_VHIGH",
    "PR_LOW": "PR_VLOW",
    "SBP_HIGH": "SBP_VHIGH",
    "DBP_HIGH": "DBP_VHIGH",
}


class TileView(Struct, frozen=True):
    """One tile. ``tone`` is the number's colour token, ``alarm`` the highest priority in force.

    ``mark`` is ``?`` for a questionable value and ``M`` for one typed in by a person. ``off`` names
    the alarms of this vital that are switched off, ``peak`` the highest rise since the dose;
    ``changed`` says that a limit shown here is not the preset's.
    """

    key: str
    label: str
    value: str
    unit: str
    tone: str
    mark: str
    upper: str
    lower: str
    baseline: str
    difference: str
    age: str
    note: str
    source: str
    alarm: str = ""
    acknowledged: bool = False
    off: str = ""
    peak: str = ""
    changed: bool = False
    trend: str = ""


class _Value(Struct, frozen=True):
    """A number as it is known: what the tile starts from."""

    value: float | None
    at: float
    quality: Quality
    reason: str
    origin: Origin
    source: str
    spot: bool


def tile_views(model: LiveModel, real: float) -> tuple[TileView, ...]:
    """All tiles at this moment."""
    return tuple(tile_view(model, spec, real) for spec in TILES)


def tile_view(model: LiveModel, spec: TileSpec, real: float) -> TileView:
    """One tile at this moment. A number is shown only while it is fresh enough."""
    known = _known(model, spec)
    age = 0.0 if known is None else model.age(known.at, real)
    span: Span = SPOT if known is not None and known.spot else CONTINUOUS
    over = model.session.ended_at is not None or model.finished is not None
    fresh = Freshness.GONE if known is None or over else freshness(age, span)
    stopped = model.stopped(real)
    if stopped and fresh is Freshness.LIVE:
        fresh = Freshness.STALE
    shown = known is not None and known.value is not None and fresh is not Freshness.GONE
    alarm, acknowledged = _alarm(model, spec)
    number = known.value if shown and known is not None else None
    base = _baseline(model, spec)
    return TileView(
        key=spec.key,
        label=tr(spec.label),
        value=DASHES if number is None else regional.shown(number, spec.unit, ".0f"),
        unit=regional.unit(spec.unit),
        tone=spec.colour if shown and fresh is Freshness.LIVE else "stale",
        mark=_mark(known) if shown else "",
        upper=_limit(model, spec.upper, spec.unit),
        lower=_limit(model, spec.lower, spec.unit),
        baseline=_base_words(model, base, spec.unit),
        difference=""
        if base is None or number is None
        else regional.over_baseline(number, base, spec.unit),
        age="" if over else _age(known, age),
        note=tr("visit ended") if over else _beside(model, spec, known, fresh, real),
        source=_source(model, known),
        alarm=alarm,
        acknowledged=acknowledged,
        off=", ".join(alarm_name(name) for name in alarms_off(model, (spec.quantity,))),
        trend=_trend(model, spec, real) if shown and fresh is Freshness.LIVE else "",
        peak="" if over else _peak(model, spec, base, real, number),
        changed=any(name in model.session.limits for name in (spec.upper, spec.lower) if name),
    )


def _trend(model: LiveModel, spec: TileSpec, real: float) -> str:
    """Where the vital is heading."""
    if spec.key in ("systolic", "diastolic"):
        return cuff_trend(spec.key, model.session)
    return curve_trend(spec.key, model.trends.get(spec.key), model.now(real))


def _base_words(model: LiveModel, base: float | None, unit: str) -> str:
    """The baseline; after a dose without one, that there is none: no rise can be judged."""
    if base is not None:
        return tr("base {value}", value=regional.baseline(base, unit))
    return "" if model.session.t0 is None else tr("no baseline")


def _peak(
    model: LiveModel, spec: TileSpec, base: float | None, real: float, number: float | None
) -> str:
    """The highest rise since the dose and when it was, once the vital is on its way back."""
    if not spec.rises:
        return ""
    t0 = model.session.t0
    if spec.key == "pulse":
        curve = by_minute(model.trends.get("pulse"), t0)
    else:
        curve = cuff_values(model.session, spec.key)
    found = recovery(*curve, base, t0, model.now(real))
    if found is not None and found.peak < (number or 0.0) - (base or 0.0):
        return ""  # still rising: a minute's mean would say less than the number beside it
    return "" if found is None or found.peak < LEAST_RISE else peak_words(found, spec.unit)


def _known(model: LiveModel, spec: TileSpec) -> _Value | None:
    if spec.key in ("systolic", "diastolic"):
        return _from_cuff(model, spec.key)
    reading = model.shown.get(spec.key)
    return None if reading is None else _from_reading(model, reading)


def _from_reading(model: LiveModel, reading: Reading) -> _Value:
    value = None if reading.quality is Quality.INVALID else reading.value
    return _Value(value, reading.at, reading.quality, reading.reason, reading.origin,
                  reading.source, model.is_spot(reading))  # fmt: skip


def last_cuff(model: LiveModel) -> tuple[float, events.Cuff] | None:
    """The latest cuff cycle that was measured or entered now; a device's memory is history."""
    for entry in reversed(model.session.cuffs):
        if isinstance(entry.event, events.Cuff) and entry.event.origin is not Origin.STORED:
            return entry.at, entry.event
    return None


def _from_cuff(model: LiveModel, key: str) -> _Value | None:
    found = last_cuff(model)
    if found is None:
        return None
    at, cuff = found
    value: float | None = getattr(cuff, key)
    if cuff.quality is Quality.INVALID:
        value = None
    return _Value(value, at, cuff.quality, cuff.reason, cuff.origin, cuff.source, spot=True)


def _alarm(model: LiveModel, spec: TileSpec) -> tuple[str, bool]:
    """The highest in force: what somebody has seen of it takes its sound, not its colour."""
    mine: list[AlarmView] = [
        view for view in model.board.alarms if view.change.vital in spec.vitals and not view.over
    ]
    if not mine:
        return "", False
    top = max(mine, key=lambda view: (view.change.priority.rank, not view.acknowledged_by))
    priority: Priority = top.change.priority
    return priority.value, bool(top.acknowledged_by)


def _limit(model: LiveModel, alarm: str, unit: str) -> str:
    """The limit of this alarm; where it is switched off, that of the one that still watches."""
    limits = model.limits_in_force
    value = limits.get(alarm, limits.get(_BEYOND.get(alarm, "")))
    return "" if value is None else regional.shown(value, unit, ".0f")


def _baseline(model: LiveModel, spec: TileSpec) -> float | None:
    base = model.session.baseline
    return None if base is None or not spec.baseline else getattr(base, spec.baseline)


def _mark(known: _Value | None) -> str:
    if known is None:
        return ""
    if known.quality is Quality.QUESTIONABLE:
        return "?"
    return "M" if known.origin is Origin.MANUAL else ""


def _age(known: _Value | None, age: float) -> str:
    """A spot value always tells its age; a continuous one only when it is late."""
    if known is None:
        return ""
    if known.spot:
        return tr("just now") if age < 60 else tr("{minutes} min ago", minutes=int(age // 60))
    return tr("{seconds} s ago", seconds=int(age)) if age >= CONTINUOUS.stale else ""


def _beside(
    model: LiveModel, spec: TileSpec, known: _Value | None, fresh: Freshness, real: float
) -> str:
    """The note; that the cuff starts by itself; beside SpO2 the oxygen it was measured with."""
    words, oxygen = _note(model, spec, known, fresh, real), model.session.oxygen
    if spec.key == "systolic" and model.session.cuff_schedule:
        planned = tr("starts by the plan")
        return f"{words}, {planned}" if words else planned
    if spec.key != "spo2" or oxygen is None:
        return words
    given = tr("on O2, {litres} l/min", litres=regional.number(oxygen))
    return f"{given}, {words}" if words else given


def _note(
    model: LiveModel, spec: TileSpec, known: _Value | None, fresh: Freshness, real: float
) -> str:
    """Why there is no number, or why it is doubted; a cuff at work; the last good pressure."""
    if spec.key == "systolic" and model.cuff_running:
        pressure = model.cuff_pressure
        inflating = pressure is not None and model.age(pressure.at, real) < CONTINUOUS.stale
        if pressure is None or pressure.value is None or not inflating:
            return tr("measuring")
        return tr("cuff {pressure}", pressure=_with_unit(pressure.value))
    off = off_words(model, spec.vitals, "" if known is None else known.source, real)
    if off:
        return off
    if known is None:
        return tr("not measured yet")
    if spec.key == "diastolic" and known.value is None:
        return _last_good(model, real)
    if known.value is None and known.reason and (known.spot or fresh is not Freshness.GONE):
        return reason_words(known.reason)
    if fresh is Freshness.GONE:
        down = model.links.get(known.source) in (LinkState.DOWN, LinkState.CLOSED)
        return tr("connection lost") if down and not known.spot else tr("no value")
    if known.quality is Quality.QUESTIONABLE:
        return reason_words(known.reason)
    return ""


def _with_unit(mmhg: float) -> str:
    return f"{regional.pressure(mmhg)} {regional.pressure_unit()}"


def _last_good(model: LiveModel, real: float) -> str:
    """The last pressure that was measured, beside the dashes of a cycle that failed."""
    good = model.session.good_cuffs()
    if not good:
        return ""
    entry = good[-1]
    cuff = entry.event
    if not isinstance(cuff, events.Cuff) or cuff.systolic is None or cuff.diastolic is None:
        return ""
    minutes = int(model.age(entry.at, real) // 60)
    value = f"{regional.pressure(cuff.systolic)}/{regional.pressure(cuff.diastolic)}"
    return tr("last {value}, {minutes} min ago", value=value, minutes=minutes)


def _source(model: LiveModel, known: _Value | None) -> str:
    if known is None:
        return ""
    if known.origin is Origin.MANUAL:
        return tr("by hand")
    info = model.sources.get(known.source)
    if info is not None and info.experimental:
        return tr("experimental: {label}", label=info.label)
    return info.label if info is not None else known.source

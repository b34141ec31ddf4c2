"""What the trends show: ranges, bands, limits, phases and marks, made from the model. Pure."""

import math

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.alarm_words import phase_words
from kapmonitor.events import AlarmState
from kapmonitor.plan_words import EXPECT_WORDS
from kapmonitor.reading import Origin, Quality
from kapmonitor.regional import pressure_ticks, pressure_unit, tick
from kapmonitor.words import tr
from ui.live.cursor_views import CursorView, cursor_view
from ui.live.model import LiveModel
from ui.live.trend_data import Series, steady_range, visit_span
from ui.live.trend_window import Stretch, TimeWindow


class CurveSpec(Struct, frozen=True):
    """A plot as a row of a table: its base range, the step of its widening and of its lines."""

    key: str
    label: str
    colour: str
    base: tuple[float, float]
    step: float


CURVES = (
    CurveSpec("pulse", "Pulse /min", "green", (40, 130), 30),
    CurveSpec("spo2", "SpO₂ %", "cyan", (84, 100), 4),
    CurveSpec("pressure", "NIBP", "white", (40, 200), 40),
)

# How far around the baseline its band reaches: the room in which nobody need look twice.
BAND = {"pulse": 10.0, "spo2": 2.0, "systolic": 10.0, "diastolic": 10.0}
_PLOT_OF = {"pulse": "pulse", "spo2": "spo2", "systolic": "pressure", "diastolic": "pressure"}
_COLOUR_OF = {"pulse": "green", "spo2": "cyan", "systolic": "white", "diastolic": "white"}
LIMITS = (
    ("pulse", "PR_HIGH"),
    ("pulse", "PR_LOW"),
    ("spo2", "SPO2_LOW"),
    ("pressure", "SBP_HIGH"),
    ("pressure", "DBP_HIGH"),
)


# The lines of the pressures where the clinic chose kPa, in kPa.
KPA_STEP = 5


def curve_label(spec: CurveSpec) -> str:
    """What stands at an axis: the curve and its unit."""
    words = tr(spec.label)
    return f"{words} {pressure_unit()}" if spec.key == "pressure" else words


def axis_lines(spec: CurveSpec, low: float, high: float) -> list[tuple[float, str]]:
    """The lines of an axis: where they stand, in the unit that is kept, and their words."""
    if spec.key == "pressure":
        places = pressure_ticks(low, high, spec.step, KPA_STEP)
        return [(place, tick(place)) for place in places if low < place < high]
    first = (low // spec.step + 1) * spec.step
    count = max(0, math.ceil((high - first) / spec.step))
    return [(first + n * spec.step, f"{first + n * spec.step:.0f}") for n in range(count)]


class Mark(Struct, frozen=True):
    """Something that happened: ``dose``, ``round``, ``note``, or an alarm by its priority."""

    at: float
    kind: str


class Band(Struct, frozen=True):
    """The baseline of a vital, with the band around it."""

    plot: str
    middle: float
    low: float
    high: float
    colour: str


class AlarmSpan(Struct, frozen=True):
    """An alarm from raised to ended; one in force ends at the last ten seconds that are over."""

    start: float
    end: float
    priority: str


class CuffMark(Struct, frozen=True):
    """A cuff reading in mmHg; ``doubted`` ones are drawn faint."""

    at: float
    systolic: float
    diastolic: float
    doubted: bool


class Expectation(Struct, frozen=True):
    """What the plan expects, in session seconds: drawn as such, never as something measured."""

    start: float
    end: float
    words: str


class Frame(Struct, frozen=True):
    """What changes seldom. ``zero`` is the session time at which the axis shows 0."""

    start: float
    end: float
    zero: float
    ranges: dict[str, tuple[float, float]]
    bands: tuple[Band, ...]
    limits: tuple[tuple[str, float], ...]
    phases: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    spans: tuple[AlarmSpan, ...] = ()
    expected: tuple[Expectation, ...] = ()


class TrendView(Struct, frozen=True):
    """The frame, the curves and the cuff readings."""

    frame: Frame
    series: dict[str, Series]
    cuffs: tuple[CuffMark, ...]
    cursor: CursorView | None = None
    follows: bool = True
    stretch: str = ""


def whole_visit(model: LiveModel, real: float) -> Stretch:
    """The whole stretch that there is to see, in session seconds."""
    session = model.session
    start = session.phases[0][0] if session.phases else 0.0
    planned = model.plan.minimum_observation_min if model.plan is not None else 120.0
    return visit_span(start, model.now(real), session.t0, planned)


def trend_view(
    model: LiveModel, real: float, window: TimeWindow | None = None, whole: Stretch | None = None
) -> TrendView:
    """The trends at this moment; of the whole visit, or of the stretch that a window chooses."""
    window = window or TimeWindow()
    session = model.session
    cuffs = _cuffs(model)
    start = session.phases[0][0] if session.phases else 0.0
    begin, end = window.shown(whole or whole_visit(model, real), model.now(real))
    limits = model.limits_in_force
    frame = Frame(
        start=begin,
        end=end,
        zero=session.t0 if session.t0 is not None else start,
        ranges=_ranges(model, cuffs),
        bands=_bands(session.baseline),
        limits=tuple((plot, limits[alarm]) for plot, alarm in LIMITS if alarm in limits),
        phases=tuple((at, phase_words(phase)) for at, phase in session.phases),
        marks=_marks(model),
        spans=_spans(model, model.now(real)),
        expected=_expected(model),
    )
    cursor = None
    if window.cursor is not None:
        cursor = cursor_view(model, window.cursor, end - begin)
    stretch = _stretch_words(window, end - begin)
    return TrendView(frame, model.trends.series, cuffs, cursor, window.follows, stretch)


def _stretch_words(window: TimeWindow, seconds: float) -> str:
    """What part of the visit is in view."""
    if window.width is None:
        return tr("Whole visit")
    minutes = round(seconds / 60)
    if window.follows:
        return tr("The last {minutes} minutes", minutes=minutes)
    return tr("{minutes} minutes from earlier in the visit", minutes=minutes)


def _expected(model: LiveModel) -> tuple[Expectation, ...]:
    t0 = model.session.t0
    if model.plan is None or t0 is None:
        return ()
    return tuple(
        Expectation(
            t0 + 60 * one.from_min,
            t0 + 60 * one.to_min,
            f"{tr(EXPECT_WORDS.get(one.what, one.what))} {one.to_min:g} {tr('min')}",
        )
        for one in model.plan.expect
    )


def _spans(model: LiveModel, now: float) -> tuple[AlarmSpan, ...]:
    return tuple(
        AlarmSpan(
            history.raised,
            max(history.raised, now // 10 * 10) if history.ended is None else history.ended,
            history.priority.value,
        )
        for history in model.session.alarms
    )


def _cuffs(model: LiveModel) -> tuple[CuffMark, ...]:
    found = []
    for entry in model.session.cuffs:
        cuff = entry.event
        if not isinstance(cuff, e.Cuff) or cuff.origin is Origin.STORED:
            continue
        if cuff.systolic is None or cuff.diastolic is None or cuff.quality is Quality.INVALID:
            continue
        doubted = cuff.quality is not Quality.GOOD
        found.append(CuffMark(entry.at, cuff.systolic, cuff.diastolic, doubted))
    return tuple(found)


def _ranges(model: LiveModel, cuffs: tuple[CuffMark, ...]) -> dict[str, tuple[float, float]]:
    ranges = {}
    for spec in CURVES:
        low, high = spec.base
        if spec.key == "pressure" and cuffs:
            low = min(cuff.diastolic for cuff in cuffs)
            high = max(cuff.systolic for cuff in cuffs)
        elif spec.key in model.trends.series:
            low, high = model.trends.series[spec.key].bounds
        ranges[spec.key] = steady_range(low, high, spec.base, spec.step)
    ranges["spo2"] = (ranges["spo2"][0], 101.0)
    return ranges


def _bands(base: e.Baseline | None) -> tuple[Band, ...]:
    if base is None:
        return ()
    found = []
    for key, reach in BAND.items():
        value: float | None = getattr(base, key)
        if value is not None:
            found.append(Band(_PLOT_OF[key], value, value - reach, value + reach, _COLOUR_OF[key]))
    return tuple(found)


def _marks(model: LiveModel) -> tuple[Mark, ...]:
    session = model.session
    marks = [Mark(entry.at, "dose") for entry in (*session.doses, *session.infusions)]
    marks += [Mark(entry.at, "round") for entry in session.rounds]
    marks += [Mark(entry.at, "note") for entry in session.notes]
    for history in session.alarms:
        for entry in history.changes:
            change = entry.event
            if isinstance(change, e.AlarmChange) and change.state in (
                AlarmState.RAISED,
                AlarmState.ESCALATED,
            ):
                marks.append(Mark(entry.at, change.priority.value))
    return tuple(sorted(marks, key=lambda mark: mark.at))

"""What the list of limits shows: each row of the preset with this visit's changes. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from alarms.limits import (
    PER_READING,
    AnySpec,
    EnteredSpec,
    LimitSpec,
    Part,
    Quantity,
    TechnicalSpec,
    can_be_off,
)
from kapmonitor import regional
from kapmonitor.alarm_words import ALARM_WORDS, MARKS
from kapmonitor.event_words import alarm_name
from kapmonitor.events import Baseline, LimitChanged, Priority
from kapmonitor.regional import MMHG, shown
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.model import LiveModel
from ui.live.recovery import signed

NAMES = {
    Quantity.PULSE: ("Pulse", "/min"),
    Quantity.SPO2: ("SpO₂", "%"),
    Quantity.SYSTOLIC: ("Systolic", MMHG),
    Quantity.DIASTOLIC: ("Diastolic", MMHG),
    Quantity.RESPIRATORY_RATE: ("Breaths", "/min"),
    Quantity.RATE_PRESSURE_PRODUCT: ("Systolic × pulse", ""),
}
GROUPS = {
    "spo2": "Oxygen",
    "pulse": "Pulse",
    "pressure": "Blood pressure",
    "entered": "Entered by a person",
    "equipment": "Equipment",
}
_GROUP_OF = {
    Quantity.SPO2: "spo2",
    Quantity.PULSE: "pulse",
    Quantity.SYSTOLIC: "pressure",
    Quantity.DIASTOLIC: "pressure",
    Quantity.RATE_PRESSURE_PRODUCT: "pressure",
    Quantity.RESPIRATORY_RATE: "entered",
}
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


class LimitRow(Struct, frozen=True):
    """One alarm in the list.

    ``number`` is the limit in force (a rise where it is one), ``default`` the preset's; both None
    where there is none to set; ``other`` and ``other_default`` the same of the second comparison,
    ``names`` what the two are of. ``words`` is the whole condition, ``now`` what a rise comes to
    with this patient's baseline, ``missing`` why it cannot be judged;
    ``changed_by`` who changed it in this visit, when and why.
    """

    alarm: str
    group: str
    priority: str
    mark: str
    words: str
    delay: str
    source: str
    unit: str = ""
    number: float | None = None
    default: float | None = None
    allowed: tuple[float, float] = (0.0, 0.0)
    other: float | None = None
    other_default: float | None = None
    other_allowed: tuple[float, float] = (0.0, 0.0)
    names: tuple[str, ...] = ()
    now: str = ""
    missing: str = ""
    changed: bool = False
    changed_by: str = ""
    off: bool = False
    off_by_default: bool = False
    may_be_off: bool = False

    @property
    def editable(self) -> bool:
        """Whether there is a number to change."""
        return self.default is not None

    @property
    def changeable(self) -> bool:
        """Whether there is anything to change: a number, or whether it is on."""
        return self.editable or self.may_be_off


def limit_rows(model: LiveModel) -> tuple[LimitRow, ...]:
    """Every alarm of this visit's preset; empty when the preset is not understood."""
    if model.preset is None:
        return ()
    rows = [_row(model, spec) for spec in model.preset.rows]
    order = list(GROUPS)
    return tuple(sorted(rows, key=lambda row: order.index(row.group)))


# At whose numbers the crossed bell of an alarm of the equipment stands; the others have none.
_SENSORS = (Quantity.PULSE, Quantity.SPO2)
_CUFF = (Quantity.SYSTOLIC, Quantity.DIASTOLIC)
_QUANTITIES_OF = {
    "SPO2_SIGNAL_LOST": (Quantity.SPO2,),
    "PULSE_SIGNAL_LOST": (Quantity.PULSE,),
    "SOURCES_DISAGREE": (Quantity.PULSE,),
    "LINK_LOST": _SENSORS,
    "SIGNAL_POOR": _SENSORS,
    "VALUE_FROZEN": _SENSORS,
    "CUFF_FAILED": _CUFF,
    "CUFF_OVERDUE": _CUFF,
}


def alarms_off(model: LiveModel, quantities: tuple[Quantity, ...]) -> tuple[str, ...]:
    """The alarms on these quantities that are switched off now, by identifier."""
    if model.preset is None:
        return ()
    return tuple(
        spec.id
        for spec in model.preset.rows
        if _off(model, spec) and any(quantity in quantities for quantity in _of(spec))
    )


def alarms_off_elsewhere(model: LiveModel) -> tuple[str, ...]:
    """Those that are switched off and belong to no number: the computer, the rounds, a battery."""
    if model.preset is None:
        return ()
    return tuple(spec.id for spec in model.preset.technical if _off(model, spec) and not _of(spec))


def _of(spec: AnySpec) -> tuple[Quantity, ...]:
    """The numbers that an alarm is about."""
    if isinstance(spec, LimitSpec):
        return tuple(part.vital for part in spec.parts)
    return _QUANTITIES_OF.get(spec.id, ())


def _off(model: LiveModel, spec: AnySpec) -> bool:
    if spec.id in model.session.limits:
        return model.session.limits[spec.id] is None
    return not spec.on and spec.id not in model.session.switched_on


def _row(model: LiveModel, spec: AnySpec) -> LimitRow:
    match spec:
        case LimitSpec():
            return _limit_row(model, spec)
        case TechnicalSpec():
            group, words, delay = "equipment", _technical_words(spec), _steps(spec)
        case EnteredSpec():
            group, words, delay = "entered", alarm_name(spec.id), _levels(spec)
    return LimitRow(
        alarm=spec.id,
        group=group,
        priority=spec.highest.value,
        mark=MARKS[spec.highest],
        words=words,
        delay=delay,
        source=spec.source,
        off=(off := _off(model, spec)),
        off_by_default=not spec.on,
        may_be_off=can_be_off(spec),
        changed=off == spec.on,
        changed_by=_changed_by(model, spec.id) if off == spec.on else "",
    )


def _limit_row(model: LiveModel, spec: LimitSpec) -> LimitRow:
    off = _off(model, spec)
    number = spec.value
    changed = model.session.limits.get(spec.id)
    if changed is not None:
        number = changed
    other = _other(model, spec)
    seconds = [replace(part, value=other) for part in spec.parts[1:] if other is not None]
    parts = (replace(spec.parts[0], value=number), *(seconds or spec.parts[1:]))
    missing = _missing(model, spec)
    differs = number != spec.value or off == spec.on or parts[1:] != spec.parts[1:]
    return LimitRow(
        alarm=spec.id,
        group=_GROUP_OF[spec.vital],
        priority=spec.priority.value,
        mark=MARKS[spec.priority],
        words=_condition(parts, spec),
        delay=_delay(spec, 0.0 if model.preset is None else model.preset.averaging),
        source=spec.source,
        unit=NAMES[spec.vital][1] if not spec.percent else "%",
        number=None if off else number,
        default=spec.value,
        allowed=spec.allowed,
        other=other,
        other_default=None if other is None or spec.other is None else spec.other.value,
        other_allowed=(spec.other.allowed if spec.other else None) or (0.0, 0.0),
        names=tuple(tr(NAMES[part.vital][0]) for part in spec.parts) if other is not None else (),
        now="" if missing or not spec.over_baseline else _sums(model, parts, spec),
        missing=missing,
        changed=differs,
        changed_by=_changed_by(model, spec.id) if differs else "",
        off=off,
        off_by_default=not spec.on,
        may_be_off=can_be_off(spec),
    )


def _changed_by(model: LiveModel, alarm: str) -> str:
    """Who changed it last, when and why."""
    for entry in reversed(model.session.entries):
        event = entry.event
        if isinstance(event, LimitChanged) and event.alarm == alarm:
            time = session_time(entry.at, model.session.t0)
            return ", ".join(part for part in (time, entry.by, event.reason) if part)
    return ""


def _other(model: LiveModel, spec: LimitSpec) -> float | None:
    """The second number in force, None where there is none to change."""
    if spec.other is None or spec.other.allowed is None:
        return None
    return model.session.other_limits.get(spec.id, spec.other.value)


def _condition(parts: tuple[Part, ...], spec: LimitSpec) -> str:
    """``SpO₂ < 90 %``, ``Systolic ≥ +40 mmHg or diastolic ≥ +25 mmHg``."""
    found = []
    for part in parts:
        name, unit = NAMES[part.vital]
        kept = "%" if spec.percent else unit
        value = shown(part.value, kept, "+g" if spec.over_baseline else "g")
        words = f"{tr(name)} {_SIGNS[part.condition]} {value} {regional.unit(kept)}"
        found.append(words.strip())
    return tr(" or ").join(found)


def _delay(spec: LimitSpec, averaging: float) -> str:
    confirmed = spec.confirm is not None
    if spec.vital in PER_READING:
        words = tr("each reading")
        if confirmed and spec.confirm is not None:
            words += ", " + tr("{mark} when the next confirms", mark=MARKS[spec.confirm])
        return words
    if spec.area:
        words = tr("depth × time {area:g}", area=spec.area)
    else:
        words = tr("after {seconds:g} s", seconds=spec.delay)
    if averaging:
        words += ", " + tr("of an average over {seconds:g} s", seconds=averaging)
    return words


def _base_of(base: Baseline | None, quantity: Quantity) -> float | None:
    value: float | None = getattr(base, quantity.value, None) if base is not None else None
    return value


def _missing(model: LiveModel, spec: LimitSpec) -> str:
    """Why a rise cannot be judged, empty when it can, or when it is no rise."""
    if not spec.over_baseline:
        return ""
    session = model.session
    known = [_base_of(session.baseline, part.vital) for part in spec.parts]
    if any(value is not None for value in known) and spec.id not in model.board.unavailable:
        return ""
    if session.t0 is None:
        return tr("needs a baseline: it is frozen with the dose")
    names = ", ".join(tr(NAMES[part.vital][0]).lower() for part in spec.parts)
    return tr("needs a baseline: no {vital} was measured before the dose", vital=names)


def _sums(model: LiveModel, parts: tuple[Part, ...], spec: LimitSpec) -> str:
    """``+40 over 122 = 162 mmHg``, for each part that has a baseline."""
    found = []
    for part in parts:
        base = _base_of(model.session.baseline, part.vital)
        if base is None:
            continue
        sum_ = base * (1 + part.value / 100) if spec.percent else base + part.value
        kept = NAMES[part.vital][1]
        rise = f"{signed(part.value)} %" if spec.percent else signed(part.value, kept)
        found.append(
            tr("{rise} over {base} = {limit} {unit}", rise=rise, base=regional.baseline(base, kept),
               limit=regional.baseline(sum_, kept), unit=regional.unit(kept))
        )  # fmt: skip
    return ",  ".join(found)


def _technical_words(spec: TechnicalSpec) -> str:
    words = ALARM_WORDS.get(spec.id)
    if words is None:
        return alarm_name(spec.id)
    value = f"{regional.number(spec.value)} /min" if spec.value else ""
    return tr(words, source=tr("a device"), value=value, limit="").strip(": ")


def _steps(spec: TechnicalSpec) -> str:
    """``* after 15 s, ** after 60 s``."""
    found = []
    for step in spec.steps:
        mark = MARKS[step.priority]
        if step.after:
            found.append(tr("{mark} after {seconds:g} s", mark=mark, seconds=step.after))
        elif step.value and spec.id == "BATTERY_LOW":
            found.append(tr("{mark} at {value:g} %", mark=mark, value=step.value))
        else:
            found.append(tr("{mark} at once", mark=mark))
    if spec.id == "VALUE_FROZEN" and spec.value:
        found.append(tr("exact repetition after {seconds:g} s", seconds=spec.value))
    if spec.silent:
        found.append(tr("seen only"))
    return ", ".join(found)


def _levels(spec: EnteredSpec) -> str:
    if not spec.value:
        return tr("{mark} at once", mark=MARKS[Priority.HIGH])
    return tr(
        "{medium} at level {value:g}, {high} at {deep:g} or less",
        medium=MARKS[Priority.MEDIUM],
        value=spec.value,
        high=MARKS[Priority.HIGH],
        deep=spec.high,
    )

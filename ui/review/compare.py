"""Two visits beside each other, both counted from their dose: key numbers and curves. Pure."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from kapmonitor import events as e
from kapmonitor import regional
from kapmonitor.events import Priority
from kapmonitor.extremes import Extreme, Value, cuff_values, highest, lowest
from kapmonitor.regional import MMHG, baseline, number, pressure_unit, shown
from kapmonitor.words import tr
from ui.live.model import LiveModel
from ui.live.trend_data import Floats
from ui.review.tables import Table, TableRow

POINTS = 600


class Overlay(Struct, frozen=True):
    """The curves of one visit: minutes from its dose, and values; pressures as points."""

    name: str
    pulse: tuple[Floats, Floats]
    spo2: tuple[Floats, Floats]
    systolic: tuple[Floats, Floats]
    diastolic: tuple[Floats, Floats]


def zero_of(model: LiveModel) -> float:
    """Where minutes count from: the dose, or the opening where there was none."""
    session = model.session
    if session.t0 is not None:
        return session.t0
    return session.phases[0][0] if session.phases else 0.0


def overlay(model: LiveModel, name: str) -> Overlay:
    """The curves of a visit that is folded whole."""
    zero = zero_of(model)

    def curve(key: str) -> tuple[Floats, Floats]:
        series = model.trends.get(key)
        times, values = series.points
        if not len(times):
            return times, values
        times, values = series.envelope(float(times[0]), float(times[-1]) + 1, POINTS)
        return (times - zero) / 60.0, values

    def pressures(key: str) -> tuple[Floats, Floats]:
        found = [
            ((entry.at - zero) / 60.0, getattr(entry.event, key))
            for entry in model.session.good_cuffs()
            if getattr(entry.event, key) is not None
        ]
        pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    return Overlay(
        name, curve("pulse"), curve("spo2"), pressures("systolic"), pressures("diastolic")
    )


def comparison(one: LiveModel, other: LiveModel, names: tuple[str, str]) -> Table:
    """Key numbers of two visits."""
    rows = [TableRow((tr(words), find(one), find(other)), "") for words, find in COMPARED]
    return Table(("", *names), tuple(rows), wide=2)


def _dose(model: LiveModel) -> str:
    doses = [entry.event for entry in model.session.doses if isinstance(entry.event, e.Dose)]
    return ", ".join(f"{number(dose.amount)} {dose.unit} {dose.drug}".strip() for dose in doses)


def _baseline(model: LiveModel) -> str:
    base = model.session.baseline
    if base is None:
        return "–"
    known = ((base.systolic, MMHG), (base.diastolic, MMHG), (base.pulse, ""), (base.spo2, ""))
    systolic, diastolic, pulse, spo2 = ("–" if v is None else baseline(v, u) for v, u in known)
    return f"{systolic}/{diastolic} {pressure_unit()}, {pulse} /min, {spo2} %"


def _peak_pressure(model: LiveModel) -> str:
    found = highest(cuff_values(model.session.cuffs, "systolic"), zero_of(model))
    return _extreme_words(found, model, MMHG, with_time=True)


def _highest_pulse(model: LiveModel) -> str:
    return _extreme_words(highest(_values(model, "pulse"), zero_of(model)), model, "/min")


def _lowest_spo2(model: LiveModel) -> str:
    return _extreme_words(lowest(_values(model, "spo2"), zero_of(model)), model, "%")


def _values(model: LiveModel, key: str) -> list[Value]:
    return list(model.trends.get(key).values())


def _extreme_words(found: Extreme, model: LiveModel, unit: str, with_time: bool = False) -> str:
    """The good extreme, and what readings in doubt reached beyond it."""
    words = []
    if found.sure is not None:
        value = f"{shown(found.sure.value, unit, '.0f')} {regional.unit(unit)}"
        minutes = round((found.sure.at - zero_of(model)) / 60)
        words.append(tr("{value} at {minutes} min", value=value, minutes=minutes)
                     if with_time else value)  # fmt: skip
    if found.doubted is not None:
        value = shown(found.doubted.value, unit, ".0f")
        words.append(tr("doubtful: {value}", value=f"{value} {regional.unit(unit)}"))
    return "; ".join(words) or "–"


def _alarms(model: LiveModel) -> str:
    counts = [
        sum(alarm.priority is priority for alarm in model.session.alarms)
        for priority in (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
    ]
    return tr("{high} high, {medium} medium, {low} low", high=counts[0], medium=counts[1],
              low=counts[2])  # fmt: skip


def _ready(model: LiveModel) -> str:
    session = model.session
    if session.ready_at is None or session.t0 is None:
        return "–"
    return tr("{minutes} min", minutes=round((session.ready_at - session.t0) / 60))


COMPARED: tuple[tuple[str, Callable[[LiveModel], str]], ...] = (
    ("Dose", _dose),
    ("Baseline", _baseline),
    ("Highest systolic pressure", _peak_pressure),
    ("Highest pulse", _highest_pulse),
    ("Lowest SpO₂", _lowest_spo2),
    ("Alarms", _alarms),
    ("Rounds", lambda model: str(len(model.session.rounds))),
    ("Ready to leave after", _ready),
)

"""What a visit knows that a form may ask for: one small function for each name in ``FACTS``.

A fact is text in the clinic's language, ``yes`` or ``no``, or None where the record does not say.
Nothing is judged here: whether a pressure was acceptable is for a person.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kapmonitor.answer_words import answer_words, find_item
from kapmonitor.checklist import Checklist, parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Cuff, Dose, Entry, Left, Round
from kapmonitor.export.traces import readings_in_use
from kapmonitor.export.visit import Visit
from kapmonitor.extremes import lowest, values_of
from kapmonitor.regional import baseline, day, number, pressure, pressure_unit
from kapmonitor.words import tr

Fact = Callable[[Visit], str | None]

# SPRAVATO US prescribing information: a pressure about 40 min after the dose; the window is ours,
# that of the intranasal plan.
_ABOUT_40 = (35.0, 50.0)


def _text(value: str) -> str | None:
    return value.strip() or None


def _date(visit: Visit) -> str:
    return day(visit.local(visit.start if visit.t0 is None else visit.t0))


def _doses(visit: Visit) -> list[tuple[float, Dose]]:
    return [
        (entry.at, entry.event) for entry in visit.session.doses if isinstance(entry.event, Dose)
    ]


def _dose_total(visit: Visit) -> str | None:
    totals: dict[str, float] = {}
    for _, dose in _doses(visit):
        what = f"{dose.unit} {dose.drug}".strip()
        totals[what] = totals.get(what, 0.0) + dose.amount
    return ", ".join(f"{number(amount)} {what}" for what, amount in totals.items()) or None


def _clock(visit: Visit, at: float | None) -> str | None:
    return None if at is None else visit.clock(at)


def _minutes(visit: Visit, at: float | None) -> str | None:
    if at is None or visit.t0 is None:
        return None
    return str(int((at - visit.t0) // 60))


def _monitored_until(visit: Visit) -> float | None:
    session = visit.session
    return session.ended_at if session.left_at is None else session.left_at


def _minimum_reached(visit: Visit) -> str | None:
    until = _monitored_until(visit)
    if until is None or visit.t0 is None or visit.plan is None:
        return None
    return "yes" if until - visit.t0 >= 60 * visit.plan.minimum_observation_min else "no"


def _left_with(visit: Visit) -> str | None:
    left = [e.event for e in visit.session.entries if isinstance(e.event, Left)]
    return _text(left[-1].with_whom) if left else None


def _pressures(visit: Visit) -> list[tuple[float, Cuff]]:
    found = [(entry.at, entry.event) for entry in visit.session.good_cuffs()]
    return [(at, cuff) for at, cuff in found if isinstance(cuff, Cuff) and cuff.systolic]


def _pressure(visit: Visit, found: tuple[float, Cuff] | None) -> str | None:
    if found is None:
        return None
    at, cuff = found
    pulse = "" if cuff.pulse is None else f", {number(cuff.pulse)} /min"
    when = f"{visit.clock(at)} ({visit.since_dose(at)})"
    low = "–" if cuff.diastolic is None else pressure(cuff.diastolic, "g")
    both = f"{pressure(cuff.systolic or 0.0, 'g')}/{low}"
    return f"{both} {pressure_unit()}{pulse}, {when}"


def _pressure_before(visit: Visit) -> str | None:
    before = [one for one in _pressures(visit) if visit.t0 is None or one[0] <= visit.t0]
    return _pressure(visit, before[-1] if before else None)


def _pressure_40(visit: Visit) -> str | None:
    if visit.t0 is None:
        return None
    t0 = visit.t0
    near = [one for one in _pressures(visit) if _ABOUT_40[0] <= (one[0] - t0) / 60 <= _ABOUT_40[1]]
    return _pressure(visit, min(near, key=lambda one: abs(one[0] - t0 - 2400), default=None))


def _after(visit: Visit) -> list[tuple[float, Cuff]]:
    return [one for one in _pressures(visit) if visit.t0 is not None and one[0] > visit.t0]


def _pressure_end(visit: Visit) -> str | None:
    later = _after(visit)
    return _pressure(visit, later[-1] if later else None)


def _pressure_highest(visit: Visit) -> str | None:
    return _pressure(visit, max(_after(visit), key=lambda one: one[1].systolic or 0, default=None))


def _spo2_before(visit: Visit) -> str | None:
    base = visit.session.baseline
    return None if base is None or base.spo2 is None else f"{baseline(base.spo2)} %"


def _spo2_lowest(visit: Visit) -> str | None:
    if visit.t0 is None:
        return None
    session = visit.session
    used = readings_in_use(visit.readings, session.sources.values(), session.entries)
    found = lowest(values_of(used.get("spo2", ())), visit.t0)
    words = []
    if found.sure is not None:
        at = found.sure.at
        words.append(f"{number(found.sure.value)} %, {visit.clock(at)} ({visit.since_dose(at)})")
    if found.doubted is not None:
        words.append(tr("doubtful: {value}", value=f"{number(found.doubted.value)} %"))
    return "; ".join(words) or None


@dataclass(frozen=True)
class Episode:
    """Something that rounds after the dose looked for: when it was seen first, and was gone.

    ``seen`` is None when no round looked; ``worst`` is the value that tells most.
    """

    seen: bool | None = None
    worst: float | None = None
    onset: float | None = None
    resolved: float | None = None


def _rounds(visit: Visit) -> Iterator[tuple[Entry, Round]]:
    for entry in visit.session.rounds:
        if isinstance(entry.event, Round):
            yield entry, entry.event


def _episode(
    found: list[tuple[float, float]], is_there: Callable[[float], bool], worst: Callable[..., float]
) -> Episode:
    if not found:
        return Episode()
    seen = [at for at, value in found if is_there(value)]
    most = worst(value for _, value in found)
    if not seen:
        return Episode(False, most)
    later = [at for at, _ in found if at > seen[-1]]
    return Episode(True, most, seen[0], later[0] if later else None)


def _numbers(
    visit: Visit, value_of: Callable[[Round], Any], after: bool
) -> list[tuple[float, float]]:
    """What rounds before or after the dose say, where it is a number."""
    found = []
    for entry, filed in _rounds(visit):
        value = value_of(filed)
        is_after = visit.t0 is not None and entry.at >= visit.t0
        if isinstance(value, int | float) and not isinstance(value, bool) and is_after == after:
            found.append((entry.at, float(value)))
    return found


def sedation(visit: Visit) -> Episode:
    """A level of response below 5 (MOAA/S); a round that did not rouse the patient says nothing."""
    levels = _numbers(visit, lambda filed: filed.answers.get("moaas"), after=True)
    return _episode(levels, lambda level: level < 5, min)


def dissociation(visit: Visit) -> Episode:
    """A sum above the last one before the dose, or above 0 where there was none."""
    before = _numbers(visit, lambda filed: filed.scores.get("dissociation"), after=False)
    base = before[-1][1] if before else 0.0
    sums = _numbers(visit, lambda filed: filed.scores.get("dissociation"), after=True)
    return _episode(sums, lambda value: value > base, max)


def _yes(seen: bool | None) -> str | None:
    return None if seen is None else "yes" if seen else "no"


def _number(value: float | None) -> str | None:
    return None if value is None else number(value)


def _breaths_lowest(visit: Visit) -> str | None:
    counted = _numbers(visit, lambda filed: filed.answers.get("respiratory_rate"), after=True)
    return _number(min((value for _, value in counted), default=None))


def _red_flags(visit: Visit) -> str | None:
    asked = [
        filed.answers["red_flags"] for _, filed in _rounds(visit) if "red_flags" in filed.answers
    ]
    if not asked:
        return None
    flags = [part for answer in asked for part in str(answer).split(",") if part != "none"]
    item = find_item("red_flags", _form(visit))
    return answer_words(item, ",".join(dict.fromkeys(flags))) or tr("none")


def _form(visit: Visit) -> Checklist | None:
    try:
        return parse_checklist(visit.opened.checklist_text, "checklist")
    except KapmonitorError:
        return None


FACTS: dict[str, Fact] = {
    "patient_code": lambda visit: _text(visit.opened.patient_code),
    "visit": lambda visit: _text(visit.opened.session),
    "plan": lambda visit: _text(tr(visit.plan.title) if visit.plan else visit.opened.plan),
    "staff": lambda visit: ", ".join(visit.opened.staff) or None,
    "clinic": lambda visit: _text(visit.clinic),
    "date": _date,
    "dose_total": _dose_total,
    "first_dose_time": lambda visit: _clock(visit, visit.t0),
    "minutes_monitored": lambda visit: _minutes(visit, _monitored_until(visit)),
    "minimum_reached": _minimum_reached,
    "minutes_ready": lambda visit: _minutes(visit, visit.session.ready_at),
    "pressure_before": _pressure_before,
    "pressure_40": _pressure_40,
    "pressure_end": _pressure_end,
    "pressure_highest": _pressure_highest,
    "spo2_before": _spo2_before,
    "spo2_lowest": _spo2_lowest,
    "sedation": lambda visit: _yes(sedation(visit).seen),
    "sedation_lowest": lambda visit: _number(sedation(visit).worst),
    "sedation_onset": lambda visit: _minutes(visit, sedation(visit).onset),
    "sedation_resolved": lambda visit: _minutes(visit, sedation(visit).resolved),
    "dissociation": lambda visit: _yes(dissociation(visit).seen),
    "dissociation_highest": lambda visit: _number(dissociation(visit).worst),
    "dissociation_onset": lambda visit: _minutes(visit, dissociation(visit).onset),
    "dissociation_resolved": lambda visit: _minutes(visit, dissociation(visit).resolved),
    "breaths_lowest": _breaths_lowest,
    "red_flags": _red_flags,
    "left_time": lambda visit: _clock(visit, visit.session.left_at),
    "left_with": _left_with,
}

"""The end of the visit: what was known when the patient left, and who judged and saw it."""

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from kapmonitor import events as e
from kapmonitor import regional
from kapmonitor.answer_words import answer_words, find_item
from kapmonitor.event_words import early_end_words
from kapmonitor.events import Answer, Entry, Round
from kapmonitor.export.pdf_rounds import form_of
from kapmonitor.export.pdf_style import CELL, DASH, HEADING, listing, number, para
from kapmonitor.export.visit import Visit
from kapmonitor.extremes import values_of
from kapmonitor.regional import MMHG
from kapmonitor.vitals import Vital
from kapmonitor.words import tr

_ASKED = (
    ("moaas", "Responds, 5 to 0"),
    ("orientation", "Knows place and time"),
    ("nausea", "Nausea"),
    ("red_flags", "Red flags"),
)


def leaving_checklist(visit: Visit) -> list[Any]:
    """What speaks for and against leaving, as last known, beside what was before the dose."""
    if visit.t0 is None:
        return []
    until = visit.session.left_at or visit.end
    before, after = _rounds(visit, visit.start, visit.t0), _rounds(visit, visit.t0, until)
    rows = [_stay(visit, until), _pressure(visit, until), _saturation(visit, until)]
    rows += [
        [tr(words), _answer(visit, after, name), _answer(visit, before, name)]
        for name, words in _ASKED
        if any(name in filed.answers for _, filed in after)
    ]
    if any("dissociation" in filed.scores for _, filed in after):
        rows.append([tr("Dissociation, 0 to 24"), _sum(after), _sum(before)])
    head = [tr("Before leaving"), tr("Last known"), tr("Before the dose")]
    return [listing(head, rows, [60, 70, 50]), Spacer(0, 2 * mm)]


def _stay(visit: Visit, until: float) -> list[Any]:
    stayed = int((until - (visit.t0 or 0.0)) // 60)
    least = DASH if visit.plan is None else regional.number(visit.plan.minimum_observation_min)
    words = tr("{stayed} min after the dose (minimum {minimum} min)", stayed=stayed, minimum=least)
    return [tr("Stayed"), words, DASH]


def _pressure(visit: Visit, until: float) -> list[Any]:
    last = [one for one in visit.session.good_cuffs() if (visit.t0 or 0.0) < one.at <= until]
    base = visit.session.baseline
    told = before = DASH
    if last and isinstance(cuff := last[-1].event, e.Cuff):
        pressures = f"{number(cuff.systolic, MMHG)}/{number(cuff.diastolic, MMHG)}"
        told = f"{pressures} {regional.pressure_unit()}, {_when(visit, last[-1].at)}"
    if base is not None and base.systolic is not None:
        both = f"{_before(base.systolic, MMHG)}/{_before(base.diastolic, MMHG)}"
        before = f"{both} {regional.pressure_unit()}"
    return [tr("Blood pressure"), told, before]


def _before(base: float | None, unit: str = "") -> str:
    return DASH if base is None else regional.baseline(base, unit)


def _saturation(visit: Visit, until: float) -> list[Any]:
    measured = values_of(one for one in visit.readings if one.vital is Vital.SPO2)
    last = [one for one in measured if not one.doubted and (visit.t0 or 0.0) < one.at <= until]
    base = visit.session.baseline
    told = f"{number(last[-1].value)} %, {_when(visit, last[-1].at)}" if last else DASH
    before = DASH if base is None or base.spo2 is None else f"{_before(base.spo2)} %"
    return [tr("SpO₂"), told, before]


def _when(visit: Visit, at: float) -> str:
    return f"{visit.clock(at)} ({visit.since_dose(at)})"


def _rounds(visit: Visit, since: float, until: float) -> list[tuple[Entry, Round]]:
    return [
        (entry, entry.event)
        for entry in visit.session.rounds
        if isinstance(entry.event, Round) and since <= entry.at <= until
    ]


def _answer(visit: Visit, rounds: list[tuple[Entry, Round]], name: str) -> str:
    found = [filed for _, filed in rounds if name in filed.answers]
    if not found:
        return DASH
    last = found[-1]
    form = form_of(last.checklist, last.checklist_version, visit.opened.checklist_text)
    answer: Answer = last.answers[name]
    if name == "moaas" and answer == "resting":
        return tr("resting")
    return answer_words(find_item(name, form), answer) or DASH


def _sum(rounds: list[tuple[Entry, Round]]) -> str:
    found = [filed.scores["dissociation"] for _, filed in rounds if "dissociation" in filed.scores]
    return number(found[-1]) if found else DASH


def leaving(visit: Visit) -> list[Any]:
    """Ready, left, with whom, and why early, if so; an end before the minimum without leaving."""
    rows = []
    for entry in visit.session.entries:
        match entry.event:
            case e.Ready(note=note):
                rows.append(_leaving_row(visit, entry, tr("Judged ready to leave"), note))
            case e.Left(with_whom=whom, early_reason=early):
                rows.append(_leaving_row(visit, entry, tr("Left"), _left_words(visit, whom, early)))
            case e.Ended(missing_min=missing, early_reason=early) if missing:
                words = early_end_words(missing, early)
                rows.append(_leaving_row(visit, entry, tr("Ended"), words))
    heading = [para(tr("Leaving"), HEADING), *leaving_checklist(visit)]
    if not rows:
        return [*heading, para(tr("Neither readiness nor leaving was recorded."), CELL)]
    head = ["", tr("t"), tr("Clock"), tr("Said"), tr("By")]
    return [*heading, listing(head, rows, [38, 18, 14, 75, 35])]


def _leaving_row(visit: Visit, entry: Entry, what: str, words: str) -> list[Any]:
    times = [visit.since_dose(entry.at), visit.clock(entry.at)]
    return [what, *times, words or DASH, entry.by or DASH]


def _left_words(visit: Visit, whom: str, early: str) -> str:
    parts = [tr("with {whom}", whom=whom)] if whom else [tr("with nobody named")]
    left, t0, plan = visit.session.left_at, visit.t0, visit.plan
    if left is not None and t0 is not None and plan is not None:
        minimum = plan.minimum_observation_min
        parts.append(
            tr(
                "{stayed} min after the dose (minimum {minimum} min)",
                stayed=int((left - t0) // 60),
                minimum=regional.number(minimum),
            )
        )
    if early:
        parts.append(tr("early: {reason}", reason=early))
    return "; ".join(parts)

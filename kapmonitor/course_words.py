"""A patient's course in words: a row for each visit, and the line before the next dose."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kapmonitor import regional
from kapmonitor.answer_words import item_words
from kapmonitor.course import FeltWorse, PastVisitSummary
from kapmonitor.event_words import QUICK_NOTES, quick_words
from kapmonitor.regional import MMHG, baseline, number
from kapmonitor.words import tr

DASH = "–"
COLUMNS = (
    "Date",
    "Dose",
    "Baseline",
    "Peak rise",
    "Back after",
    "Dissociation",
    "Side effects",
    "Left after",
    "Afterwards",
)


def day(visit: PastVisitSummary) -> str:
    """The local date of a visit."""
    return local_day(visit.opened, visit.zone_minutes)


def local_day(utc: float, zone_minutes: int) -> str:
    """The date of a moment where it happened."""
    return regional.day(datetime.fromtimestamp(utc, UTC) + timedelta(minutes=zone_minutes))


def cells(visit: PastVisitSummary) -> tuple[str, ...]:
    """The cells of a visit, in the order of ``COLUMNS``."""
    return (
        day(visit),
        _dose(visit),
        _pressure(visit),
        _peak(visit),
        _minutes(visit.returned_min),
        DASH if visit.dissociation is None else number(visit.dissociation),
        effects(visit) or DASH,
        _minutes(visit.left_min),
        _adverse(visit) or DASH,
    )


def last_time(visits: Sequence[PastVisitSummary]) -> str:
    """What happened last time, in one line; empty for a first visit."""
    dosed = [visit for visit in visits if visit.dose is not None]
    if not dosed:
        return ""
    visit = dosed[-1]
    parts = [f"{day(visit)}: {_dose(visit)}"]
    if visit.peak_rise is not None:
        parts.append(tr("systolic {rise} at {when}", rise=_signed(visit.peak_rise),
                        when=_minutes(visit.peak_min)))  # fmt: skip
    if visit.returned_min is not None:
        parts.append(tr("back after {when}", when=_minutes(visit.returned_min)))
    if visit.dissociation is not None:
        parts.append(tr("dissociation {score}", score=number(visit.dissociation)))
    parts += [part for part in (effects(visit), _adverse(visit)) if part]
    return tr("Last time, {what}", what=", ".join(parts))


def effects(visit: PastVisitSummary) -> str:
    """Side effects with the worst severity of each."""
    return ", ".join(
        f"{item_words(item)} {tr(severity)}" for item, severity in visit.side_effects.items()
    )


def _adverse(visit: PastVisitSummary) -> str:
    """Free text as it was written; a quick event without text by its name; what was felt later."""
    said = [quick_words(said) if said in QUICK_NOTES else said for said in visit.adverse]
    return "; ".join((*said, *map(_worse, visit.worse)))


def _worse(felt: FeltWorse) -> str:
    who = f" ({felt.by})" if felt.by else ""
    if felt.hours is None:
        return tr("felt worse: {text}", text=felt.text) + who
    hours = number(felt.hours)
    return tr("felt worse {hours} h after the dose: {text}", hours=hours, text=felt.text) + who


def _dose(visit: PastVisitSummary) -> str:
    if visit.dose is None:
        return tr("no dose")
    words = f"{number(visit.dose)} {visit.unit} {visit.drug}".strip()
    return words if visit.doses == 1 else tr("{dose} in {n} doses", dose=words, n=visit.doses)


def _pressure(visit: PastVisitSummary) -> str:
    if visit.systolic is None or visit.diastolic is None:
        return DASH
    return f"{baseline(visit.systolic, MMHG)}/{baseline(visit.diastolic, MMHG)}"


def _peak(visit: PastVisitSummary) -> str:
    if visit.peak_rise is None:
        return DASH
    return f"{_signed(visit.peak_rise)} ({_minutes(visit.peak_min)})"


def _signed(value: float) -> str:
    return regional.change(value, MMHG)


def _minutes(value: float | None) -> str:
    return DASH if value is None else tr("{minutes} min", minutes=round(value))

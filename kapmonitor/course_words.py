"""A patient's course in words: a row for each visit, and the line before the next dose."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kapmonitor.course import PastVisitSummary
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
    local = datetime.fromtimestamp(visit.opened, UTC) + timedelta(minutes=visit.zone_minutes)
    return local.strftime("%Y-%m-%d")


def cells(visit: PastVisitSummary) -> tuple[str, ...]:
    """The cells of a visit, in the order of ``COLUMNS``."""
    return (
        day(visit),
        _dose(visit),
        _pressure(visit),
        _peak(visit),
        _minutes(visit.returned_min),
        DASH if visit.dissociation is None else f"{visit.dissociation:g}",
        effects(visit) or DASH,
        _minutes(visit.left_min),
        "; ".join(visit.adverse) or DASH,
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
        parts.append(tr("dissociation {score}", score=f"{visit.dissociation:g}"))
    parts += [part for part in (effects(visit), "; ".join(visit.adverse)) if part]
    return tr("Last time, {what}", what=", ".join(parts))


def effects(visit: PastVisitSummary) -> str:
    """Side effects with the worst severity of each."""
    return ", ".join(
        f"{item.replace('_', ' ')} {tr(severity)}" for item, severity in visit.side_effects.items()
    )


def _dose(visit: PastVisitSummary) -> str:
    if visit.dose is None:
        return tr("no dose")
    words = f"{visit.dose:g} {visit.unit} {visit.drug}".strip()
    return words if visit.doses == 1 else tr("{dose} in {n} doses", dose=words, n=visit.doses)


def _pressure(visit: PastVisitSummary) -> str:
    if visit.systolic is None or visit.diastolic is None:
        return DASH
    return f"{visit.systolic:.0f}/{visit.diastolic:.0f}"


def _peak(visit: PastVisitSummary) -> str:
    if visit.peak_rise is None:
        return DASH
    return f"{_signed(visit.peak_rise)} ({_minutes(visit.peak_min)})"


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−")


def _minutes(value: float | None) -> str:
    return DASH if value is None else tr("{minutes} min", minutes=round(value))

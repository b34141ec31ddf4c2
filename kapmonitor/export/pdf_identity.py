"""The first part of the report: who, when, which plan and dose, and the visit in numbers."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Image, Table

from kapmonitor import regional
from kapmonitor.alarm_words import site_words
from kapmonitor.event_words import baseline_words
from kapmonitor.events import Dose
from kapmonitor.export.limit_lines import baseline_of
from kapmonitor.export.pdf_style import (
    CELL,
    CLINIC,
    DASH,
    HEADING,
    LABEL,
    PLAIN,
    SUBTITLE,
    TITLE,
    WARNING,
    listing,
    marked,
    number,
    para,
    plain,
)
from kapmonitor.export.traces import Trace
from kapmonitor.export.visit import Visit
from kapmonitor.extremes import Extreme, Value, cuff_values, highest, lowest
from kapmonitor.given_words import short_words
from kapmonitor.people_words import role_words
from kapmonitor.plan import ROUTES
from kapmonitor.regional import MMHG
from kapmonitor.words import tr

_ROUTE_WORDS = {
    "in": "into the nose",
    "iv": "into a vein",
    "im": "into a muscle",
    "sl": "under the tongue",
    "sc": "under the skin",
}


_IDENTITY = {
    "identified": "identified",
    "pseudonymous": "pseudonymous",
    "dates_shifted": "dates shifted",
    "no_free_text": "free text left out",
}


def identity_words(marks: str) -> str:
    """What an export tells of the patient: its marks in words."""
    return ", ".join(tr(_IDENTITY[mark]) for mark in marks.split())


def title(visit: Visit, width: float) -> list[Any]:
    """The patient's code, the day and the clinic, and what must be known before all else."""
    day = regional.day(visit.local(visit.start))
    what = tr(visit.plan.title) if visit.plan else visit.opened.plan
    parts = [part for part in (what, day) if part]
    shown = [para(visit.opened.patient_code or DASH, TITLE), para("  ·  ".join(parts), SUBTITLE)]
    if visit.clinic or visit.logo:
        shown = [_beside(shown, clinic_mark(visit.clinic, visit.logo), width)]
    return [*shown, *warnings(visit)]


def _beside(left: list[Any], right: list[Any], width: float) -> Any:
    style = [*_TIGHT, ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("ALIGN", (1, 0), (1, 0), "RIGHT")]
    widths = [0.62 * width, 0.38 * width]
    return Table([[left, right]], colWidths=widths, style=style, hAlign="LEFT")


def clinic_mark(name: str, logo: bytes) -> list[Any]:
    """The clinic's logo over its name, at the right."""
    shown: list[Any] = []
    if logo:
        picture = Image(io.BytesIO(logo), hAlign="RIGHT")
        picture._restrictSize(50 * mm, 14 * mm)
        shown.append(picture)
    if name:
        shown.append(para(name, CLINIC))
    return shown


def warnings(visit: Visit) -> list[Any]:
    """What must be known before anything is read: a demonstration, no seal, a changed record."""
    shown = []
    if visit.opened.simulated:
        words = tr("This is a demonstration: a virtual patient and virtual devices.")
        scenario = visit.opened.scenario
        more = tr("Scenario {name}, seed {seed}.", name=scenario, seed=visit.opened.seed)
        shown.append(
            marked(
                f"<b>{plain(tr('DEMONSTRATION'))}</b>  {plain(words)} {plain(more)}"
                if scenario
                else f"<b>{plain(tr('DEMONSTRATION'))}</b>  {plain(words)}",
                WARNING,
            )
        )
    if not visit.sealed:
        shown.append(marked(_unsealed_words(visit), WARNING))
    elif visit.verdict is not None and not visit.verdict.whole:
        words = tr("The record was changed after it was sealed. Do not rely on this report.")
        shown.append(marked(f"<b>{plain(tr('NOT WHOLE'))}</b>  {plain(words)}", WARNING))
    return shown


def _unsealed_words(visit: Visit) -> str:
    if visit.session.ended_at is None:
        words = tr(
            "The visit was not ended: this report shows what was recorded until {time}. "
            "Without a seal a later change would not show.",
            time=visit.clock(visit.end),
        )
    else:
        words = tr("The visit was ended, but without a seal a later change would not show.")
    return f"<b>{plain(tr('Interrupted, not sealed'))}</b>  {plain(words)}"


def identity(visit: Visit, width: float) -> list[Any]:
    """What identifies a visit: two columns, or one below the other when somebody wrote a novel."""
    left = [*_when(visit), *_plan_and_dose(visit)]
    right = [*_people_and_devices(visit), *_stay(visit)]
    lines = sum(1 + value.count("\n") + len(value) // 45 for _, value in (*left, *right))
    if lines > _MOST_LINES:
        return [_pairs([*left, *right], width)]
    columns = [_pairs(left, width / 2), _pairs(right, width / 2)]
    return [Table([columns], colWidths=[width / 2] * 2, style=_TIGHT, hAlign="LEFT")]


_MOST_LINES = 70
_TIGHT = [
    ("FONTNAME", (0, 0), (-1, -1), PLAIN),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 0.8),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0.8),
]


def _pairs(rows: Sequence[tuple[str, str]], width: float) -> Any:
    cells = [[para(name, LABEL), para(value or DASH, CELL)] for name, value in rows]
    return Table(
        cells, colWidths=[24 * mm, width - 24 * mm - 6], style=_TIGHT, splitInRow=1, hAlign="LEFT"
    )


Row = tuple[str, str]


def _when(visit: Visit) -> Iterable[Row]:
    begins, ends = visit.local(visit.start), visit.local(visit.end)
    zone = visit.opened.zone
    offset = begins.strftime("%z")
    offset = f"UTC{offset[:3]}:{offset[3:5]}"
    named = f"{zone}, {offset}" if zone and zone != "UTC" else offset
    days = (ends.date() - begins.date()).days
    until = f"{ends:%H:%M}" if days == 0 else regional.day_and_time(ends)
    yield tr("Patient code"), visit.opened.patient_code
    if visit.session.patient_name:
        yield tr("Patient's name"), visit.session.patient_name
    yield tr("Visit"), visit.opened.session
    yield tr("Date"), regional.day(begins)
    yield tr("Local time"), f"{begins:%H:%M} – {until} ({named})"
    yield tr("Duration"), duration(visit.end - visit.start)


def _plan_and_dose(visit: Visit) -> Iterable[Row]:
    plan = visit.plan
    if plan is None:
        yield tr("Plan"), visit.opened.plan
    else:
        version = tr("version {version}", version=plan.version)
        yield tr("Plan"), f"{tr(plan.title)} ({plan.name}, {version})"
    yield tr("Route"), _route(visit.opened.route)
    doses = [(entry, entry.event) for entry in visit.session.doses]
    lines = [
        f"{number(dose.amount)} {dose.unit} {dose.drug}".strip()
        + (f", {_route(dose.route)}" if dose.route != visit.opened.route else "")
        + f", {visit.clock(entry.at)} ({visit.since_dose(entry.at)})"
        + (f", {entry.by}" if entry.by else "")
        + (tr(". Lot {lot}", lot=dose.lot) if dose.lot else "")
        + (f". {dose.detail}" if dose.detail else "")
        + (
            tr(". Given all the same: {reason}", reason=dose.gate_reason)
            if dose.gate_reason
            else ""
        )
        for entry, dose in doses
        if isinstance(dose, Dose)
    ]
    yield tr("Dose"), "\n".join(lines) or tr("none recorded")
    base = visit.session.baseline
    if base is None:
        yield tr("Baseline"), ""
    else:
        counted = tr("{count} cuff readings", count=base.cuff_readings)
        values = f"{baseline_words(base)} ({counted})"
        yield tr("Baseline"), ". ".join(filter(None, (values, short_words(base), base.reason)))


def _people_and_devices(visit: Visit) -> Iterable[Row]:
    yield tr("Staff"), ", ".join(_with_role(visit, name) for name in visit.opened.staff)
    yield tr("Acted"), ", ".join(visit.session.people)
    devices = [
        f"{added.label or added.source} ({added.protocol}"
        + (f", {site_words(added.site)}" if added.site else "")
        + (f", {tr('simulated')}" if added.simulated else "")
        + (f", {tr('experimental')}" if added.experimental else "")
        + ")"
        for added in visit.session.sources.values()
    ]
    yield tr("Devices"), "\n".join(devices)


def _with_role(visit: Visit, name: str) -> str:
    role = visit.opened.roles.get(name, "")
    return f"{name} ({role_words(role)})" if role else name


def _stay(visit: Visit) -> Iterable[Row]:
    session, plan = visit.session, visit.plan
    yield (
        tr("Minimum stay"),
        tr("{minutes} min from the dose", minutes=number(plan.minimum_observation_min))
        if plan
        else "",
    )
    yield tr("Ready to leave"), _moment(visit, session.ready_at)
    yield tr("Left"), _moment(visit, session.left_at)
    yield tr("Program"), visit.opened.program


def _moment(visit: Visit, at: float | None) -> str:
    return "" if at is None else f"{visit.clock(at)} ({visit.since_dose(at)})"


def _route(route: str) -> str:
    if route not in ROUTES:
        return route
    return f"{tr(ROUTES[route])} ({tr(_ROUTE_WORDS[route])})"


def duration(seconds: float) -> str:
    """A time span in the two units that matter."""
    whole = round(seconds)
    if whole < 60:
        return tr("{seconds} s", seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds:02d} s", minutes=whole // 60, seconds=whole % 60)
    minutes = round(seconds / 60)
    return tr("{hours} h {minutes:02d} min", hours=minutes // 60, minutes=minutes % 60)


def summary(visit: Visit, traces: dict[str, Trace]) -> list[Any]:
    """Baseline, extremes and the last value of each vital, from good readings alone.

    What readings in doubt reached beyond an extreme stands beside it, with the doubt.
    """
    rows = []
    for quantity, name, unit in (
        ("systolic", tr("Systolic"), MMHG),
        ("diastolic", tr("Diastolic"), MMHG),
        ("pulse", tr("Pulse"), "/min"),
        ("spo2", tr("SpO₂"), "%"),
    ):
        values = _values(visit, traces, quantity)
        base = baseline_of(visit.session.baseline, quantity)
        since = visit.start if visit.t0 is None else visit.t0
        last = next((one for one in reversed(values) if not one.doubted), None)
        rows.append(
            [
                f"{name} [{regional.unit(unit)}]",
                DASH if base is None else regional.baseline(base, unit),
                _extreme(visit, highest(values, since), base, unit),
                _extreme(visit, lowest(values, since), base, unit),
                _extreme(visit, Extreme(last), base, unit),
            ]
        )
    after = tr("after the dose") if visit.t0 is not None else tr("of the visit")
    head = [
        "",
        tr("Baseline"),
        tr("Highest {after}", after=after),
        tr("Lowest {after}", after=after),
        tr("Last"),
    ]
    return [
        para(tr("In numbers"), HEADING),
        listing(head, rows, [32, 25, 42, 42, 39], centred=(1, 2, 3, 4)),
    ]


def _values(visit: Visit, traces: dict[str, Trace], quantity: str) -> Sequence[Value]:
    if quantity in ("systolic", "diastolic"):
        return cuff_values(visit.session.cuffs, quantity)
    return traces.get(quantity, Trace()).values


def _extreme(visit: Visit, found: Extreme, base: float | None, unit: str) -> str:
    words = DASH
    if found.sure is not None:
        value = found.sure.value
        rise = "" if base is None else f" ({regional.over_baseline(value, base, unit)})"
        words = f"{number(value, unit)}{rise}, {visit.since_dose(found.sure.at)}"
    if found.doubted is None:
        return words
    return f"{words}; {tr('doubtful: {value}', value=number(found.doubted.value, unit))}"

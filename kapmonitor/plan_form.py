"""A clinic's own plan as a form: fields with words and ranges, a changed copy, its change log.

A copy is a TOML file in the clinic's folder that stands alone (`kapmonitor.clinic_files`).
"""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kapmonitor import datafiles
from kapmonitor.clinic_files import PLAN, check_name, own_files, save
from kapmonitor.errors import KapmonitorError, PlanError, Refused
from kapmonitor.plan import (
    CheckKind,
    Plan,
    PlannedCheck,
    PlannedInstrument,
    load_plan,
    parse_plan,
)
from kapmonitor.toml_text import written_struct


class PlanField(Struct, frozen=True):
    """A field of the form. ``kind`` says what it holds.

    number, maybe (a number or nothing), whole, list (of numbers), text, yes_no, preset or form (the
    name of one that there is), or scales (see `Scale`).
    """

    id: str
    words: str
    kind: str = "number"
    low: float = 0
    high: float = 1440
    unit: str = "min"


# Ranges are those of the structs in `kapmonitor.plan`, except of doses, which have none there.
FIELDS = (
    PlanField("title", "Title", "text", unit=""),
    PlanField("usual_dose", "Usual dose", high=2000, unit="mg"),
    PlanField("doses", "Doses to choose from", "list", high=2000, unit="mg"),
    PlanField("minimum_observation_min", "Minimum observation from the dose"),
    PlanField("cuffs", "Cuff readings at", "list"),
    PlanField("rounds", "Observation rounds at", "list"),
    PlanField("baseline.cuff_readings", "Cuff readings of a baseline", "whole", 1, 10, ""),
    PlanField("baseline.apart_min", "Apart by at least"),
    PlanField("baseline.oximetry_min", "Oximetry of a baseline"),
    PlanField("predose.systolic", "Ask why above, systolic", low=90, high=220, unit="mmHg"),
    PlanField("predose.diastolic", "Ask why above, diastolic", low=50, high=140, unit="mmHg"),
    PlanField("leaving.pressure_percent", "Leaving: pressure within", high=100, unit="%"),
    PlanField("leaving.pulse_percent", "Leaving: pulse within", high=100, unit="%"),
    PlanField("leaving.spo2_least", "Leaving: SpO₂ at least", low=80, high=100, unit="%"),
    PlanField("leaving.dissociation_above", "Leaving: dissociation above before", high=24, unit=""),
    PlanField("reference_round", "Round before the dose", "yes_no", unit=""),
    PlanField("discharge_round", "Round at the discharge check", "yes_no", unit=""),
    PlanField("devices_apart_min", "Sprays or lozenges apart by"),
    PlanField("device_dose", "One spray or lozenge holds", "maybe", high=2000, unit="mg"),
    PlanField("signatures", "Signatures at the end", "whole", 1, 4, ""),
    PlanField("limits", "Preset of alarm limits", "preset", unit=""),
    PlanField("checklist", "Form of a round", "form", unit=""),
    PlanField("scales", "Scales of the clinic's own", "scales"),
)  # fmt: skip
_KINDS = {"cuffs": CheckKind.CUFF, "rounds": CheckKind.ROUND}
_NAMES = frozenset({"text", "preset", "form"})
_WITHOUT_SOURCE = frozenset({"title", "signatures", "limits", "checklist", "scales"})
# These must name at least one moment.
_NOT_EMPTY = frozenset(_KINDS)
_ABOVE_ZERO = frozenset({"usual_dose", "device_dose"})
# Routes where a dose may come in several sprays or lozenges.
_BY_DEVICE = frozenset({"in", "sl"})
YES, NO = "yes", "no"
BEFORE = "before"


class Scale(Struct, frozen=True):
    """A scale of the clinic: wanted before the dose, and at minutes; neither: offered, never due.

    As text: ``mood: before, 40, 120; sleep``.
    """

    name: str
    before_dose: bool = False
    at_min: tuple[float, ...] = ()


class ListedPlan(Struct, frozen=True):
    """A plan that can be chosen; ``own`` ones are the clinic's. ``problem`` where it is wrong."""

    name: str
    title: str
    own: bool = False
    problem: KapmonitorError | None = None


def shown(plan: Plan) -> dict[str, str]:
    """Each field as a person writes it."""
    return {field.id: _shown(plan, field) for field in FIELDS}


def source(plan: Plan, field: str) -> str:
    """Where the default of a field comes from; empty for names and what is the clinic's alone."""
    if field in _WITHOUT_SOURCE:
        return ""
    part, dot, _ = field.partition(".")
    found = getattr(getattr(plan, part), "source", "") if dot else ""
    return str(found or plan.source)


def changed(plan: Plan, name: str, values: Mapping[str, str]) -> Plan:
    """A copy under a name with these fields changed.

    Raises Refused ``plan_name`` or ``plan_field`` (naming it and its range), and PlanError where
    the whole does not fit together.
    """
    check_name(None, PLAN, name)
    raw: dict[str, Any] = msgspec.to_builtins(plan)
    raw["name"], raw["version"] = name, _next_version(plan) if name == plan.name else "1"
    for field in FIELDS:
        text = values.get(field.id)
        if text is None or text == _shown(plan, field):
            continue
        if field.id in _KINDS:
            raw["check"] = _checks(plan, _KINDS[field.id], _numbers(field, text), raw["check"])
        elif field.kind == "scales":
            raw |= _with_scales(plan, scales(text))
        else:
            part, dot, last = field.id.rpartition(".")
            (raw[part] if dot else raw)[last] = _entered(field, text)
    # Through its text, so that what is kept is what can be read again.
    return parse_plan(written_struct(msgspec.convert(raw, Plan)), name)


def scales(text: str) -> list[Scale]:
    """The scales of a text as `Scale` tells; raises Refused ``plan_field`` for anything else."""
    field = next(one for one in FIELDS if one.kind == "scales")
    found: list[Scale] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, when = part.partition(":")
        moments = [word.strip() for word in when.split(",") if word.strip()]
        try:
            minutes = _numbers(field, ",".join(word for word in moments if word != BEFORE))
        except Refused:
            raise _refused(field, text) from None
        if not name.strip() or name.strip() in {one.name for one in found}:
            raise _refused(field, text)
        found.append(Scale(name.strip(), BEFORE in moments, tuple(sorted(set(minutes)))))
    return found


def scales_text(chosen: Sequence[Scale]) -> str:
    """Scales as text, as `scales` reads it."""
    return "; ".join(_scale_text(one) for one in chosen)


def unprompted(plan: Plan) -> tuple[str, ...]:
    """What newer plans prompt and this one does not, as a plan copied from an older one.

    ``reference_round``, ``discharge_round``, ``devices`` (the next spray or lozenge) and
    ``scale NAME`` for a scale that is offered and never due.
    """
    due = {one.name for one in plan.instrument if one.before_dose or one.at_min}
    found = [name for name in ("reference_round", "discharge_round") if not getattr(plan, name)]
    if plan.route in _BY_DEVICE and plan.one_device is None:
        found.append("devices")
    return (*found, *(f"scale {name}" for name in plan.instrument_names if name not in due))


def save_plan(folder: Path, plan: Plan, before: Plan, by: str, reason: str, utc: float) -> Path:
    """Write a clinic's plan and append what changed; returns the file.

    Raises as `kapmonitor.clinic_files.save`.
    """
    old, new = {"name": before.name, **shown(before)}, {"name": plan.name, **shown(plan)}
    what = {key: (old[key], new[key]) for key in new if old[key] != new[key]}
    return save(folder, PLAN, plan.name, written_struct(plan), what, by, reason, utc)


def clinic_plans(folder: Path) -> list[ListedPlan]:
    """All plans: ours, then the clinic's own, a wrong one with its problem."""
    listed = []
    for name in datafiles.names("kapmonitor.plans"):
        if not (folder / f"{name}.toml").is_file():
            listed.append(ListedPlan(name, load_plan(name)[0].title))
    for path in own_files(folder, PLAN):
        try:
            plan, _ = load_plan(str(path))
        except PlanError as problem:
            listed.append(ListedPlan(path.stem, path.name, own=True, problem=problem))
        else:
            listed.append(ListedPlan(path.stem, plan.title, own=True))
    return listed


def _shown(plan: Plan, field: PlanField) -> str:
    if field.id in _KINDS:
        return ", ".join(f"{check.at_min:g}" for check in plan.checks(_KINDS[field.id]))
    if field.kind == "scales":
        planned = {one.name: one for one in plan.instrument}
        known = [planned.get(name, PlannedInstrument(name)) for name in plan.instrument_names]
        return scales_text([Scale(one.name, one.before_dose, one.at_min) for one in known])
    value: Any = plan
    for part in field.id.split("."):
        value = getattr(value, part)
    if field.kind == "list":
        return ", ".join(f"{one:g}" for one in value)
    if field.kind == "yes_no":
        return YES if value else NO
    if value is None:
        return ""
    return str(value) if field.kind in _NAMES else f"{value:g}"


def _entered(field: PlanField, text: str) -> Any:
    if field.kind in _NAMES:
        if not text.strip():
            raise _refused(field, text)
        return text.strip()
    if field.kind == "yes_no":
        if text not in (YES, NO):
            raise _refused(field, text)
        return text == YES
    if field.kind == "maybe" and not text.strip():
        return None
    numbers = _numbers(field, text)
    if field.kind == "list":
        return numbers
    if len(numbers) != 1:
        raise _refused(field, text)
    return round(numbers[0]) if field.kind == "whole" else numbers[0]


def _numbers(field: PlanField, text: str) -> list[float]:
    """One number, or a list; a decimal comma is one where only one number is asked for."""
    several = field.kind in ("list", "scales")
    parts = re.split(r"[,;]\s*", text.strip()) if several else [text.replace(",", ".")]
    try:
        found = [float(part) for part in parts if part.strip()]
    except ValueError:
        raise _refused(field, text) from None
    wrong = any(not math.isfinite(n) or not field.low <= n <= field.high for n in found)
    if field.kind == "whole" and any(number != round(number) for number in found):
        wrong = True
    if field.id in _ABOVE_ZERO and any(number <= 0 for number in found):
        wrong = True
    if wrong or (field.id in _NOT_EMPTY and not found):
        raise _refused(field, text)
    return found


def _next_version(plan: Plan) -> str:
    return str(int(plan.version) + 1) if plan.version.isdigit() else plan.version


def _refused(field: PlanField, text: str) -> Refused:
    return Refused("plan_field", field=field.id, value=text, low=field.low, high=field.high)


def _scale_text(one: Scale) -> str:
    when = [*([BEFORE] if one.before_dose else []), *(f"{minute:g}" for minute in one.at_min)]
    return f"{one.name}: {', '.join(when)}" if when else one.name


def _with_scales(plan: Plan, chosen: Sequence[Scale]) -> dict[str, Any]:
    """The lines of a plan for these scales; a source that was there stays."""
    said = {one.name: one.source for one in plan.instrument}
    due = [one for one in chosen if one.before_dose or one.at_min]
    return {
        "instruments": [one.name for one in chosen if one not in due],
        "instrument": [
            {"name": one.name, "before_dose": one.before_dose, "at_min": list(one.at_min),
             "source": said.get(one.name, "")}
            for one in due
        ],
    }  # fmt: skip


def _checks(
    plan: Plan, kind: CheckKind, minutes: list[float], checks: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The checks of one kind at these minutes; those that were there keep their window."""
    known = {check.at_min: check for check in plan.checks(kind)}
    new = [known.get(minute) or PlannedCheck(kind, minute) for minute in sorted(set(minutes))]
    others = [check for check in checks if check["kind"] != kind.value]
    made: list[dict[str, Any]] = [msgspec.to_builtins(check) for check in new]
    return [*made, *others]

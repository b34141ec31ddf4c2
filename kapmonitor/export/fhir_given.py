"""What was given, as FHIR resources: doses, a pump's rates, oxygen, other medicines.

R4 wants each rate of an infusion as a MedicationAdministration of its own (comment on
``MedicationAdministration.dosage.rate[x]``); those of one run name the first in ``partOf``.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kapmonitor.events import Dose, DoseWithdrawn, Entry, Infusion, Medicine, Oxygen
from kapmonitor.export.fhir_parts import (
    LOINC,
    SNOMED,
    UCUM,
    Json,
    Maker,
    coding,
    concept,
    entry_moment,
    filled,
    hl7,
    person,
    plain_number,
    remarks,
    text,
)

ADMINISTRATION = "MedicationAdministration"

# SNOMED CT route of administration, as in HL7's value set "SNOMED CT Route Codes".
_ROUTES = {
    "in": coding(SNOMED, "46713006", "Nasal route"),
    "iv": coding(SNOMED, "47625008", "Intravenous route"),
    "im": coding(SNOMED, "78421000", "Intramuscular route"),
    "sl": coding(SNOMED, "37839007", "Sublingual route"),
    "sc": coding(SNOMED, "34206005", "Subcutaneous route"),
}
# LOINC 3151-8, "Inhaled oxygen flow rate".
_OXYGEN_FLOW = "3151-8"
# A dose that a person typed as a number with its unit; any other text is told as text.
_AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,4})?) ?(mg|ug|g|mL)")


def given(maker: Maker) -> Iterator[Json]:
    """All that was given; what was taken back stays, entered in error."""
    entries = maker.visit.session.entries
    withdrawn = {e.event.of: e.event for e in entries if isinstance(e.event, DoseWithdrawn)}
    for entry in entries:
        match entry.event:
            case Dose() as dose:
                yield _dose(maker, entry, dose, withdrawn.get(entry.number))
            case Oxygen() as oxygen:
                yield _oxygen(maker, entry, oxygen)
            case Medicine() as medicine:
                yield _medicine(maker, entry, medicine)
            case _:
                pass
    for run in runs(entries):
        yield from _run(maker, run, withdrawn.get(run[0].number))


def runs(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries of a pump, each run from a start to the stop or to what stands before the next.

    In the order of the record. A change of rate without a start is a run of its own.
    """
    found: list[list[Entry]] = []
    for entry in entries:
        if isinstance(entry.event, Infusion):
            if found and not is_stop(found[-1][-1]) and not _is(entry, "start"):
                found[-1].append(entry)
            else:
                found.append([entry])
    return found


def _is(entry: Entry, action: str) -> bool:
    return isinstance(entry.event, Infusion) and entry.event.action == action


def is_stop(entry: Entry) -> bool:
    """Whether this entry stopped a pump."""
    return _is(entry, "stop")


def _run(maker: Maker, run: Sequence[Entry], withdrawn: DoseWithdrawn | None) -> Iterator[Json]:
    """One resource a rate, each until the next one or the stop."""
    for entry, following in zip(run, (*run[1:], None), strict=True):
        infusion = entry.event
        if not isinstance(infusion, Infusion) or is_stop(entry):
            continue
        first = run[0]
        stop = following if following and is_stop(following) else None
        said = [text(_detail(one)) for one in (entry, stop)]
        rate = infusion.rate
        yield _administration(
            maker,
            entry,
            status="completed" if following else _unfinished(maker),
            withdrawn=withdrawn,
            drug=infusion.drug or _drug(first),
            partOf=None if entry is first else [maker.to(ADMINISTRATION, f"event {first.number}")],
            effectivePeriod=_period(entry, following),
            # R4 wants a dose or a rate in every dosage.
            dosage={} if rate is None else {"rateQuantity": _amount(rate, infusion.unit)},
            note=[*({"text": one} for one in said if one), *remarks(maker, entry, stop)],
        )


def _period(entry: Entry, following: Entry | None) -> Json:
    # A time that was set back may lie before that of the entry before.
    end = max(entry, following, key=lambda one: one.utc) if following else None
    return filled(start=entry_moment(entry), end=entry_moment(end) if end else None)


def _detail(entry: Entry | None) -> str:
    return entry.event.detail if entry and isinstance(entry.event, Infusion) else ""


def _unfinished(maker: Maker) -> str:
    """The pump still runs, or the visit ended and nobody said that it was stopped."""
    return "in-progress" if maker.visit.session.ended_at is None else "unknown"


def _drug(first: Entry) -> str:
    return first.event.drug if isinstance(first.event, Infusion) else ""


def _administration(
    maker: Maker,
    entry: Entry,
    *,
    status: str,
    withdrawn: DoseWithdrawn | None,
    drug: str,
    **more: Any,
) -> Json:
    actor = person(entry.by)
    return maker.resource(
        ADMINISTRATION,
        f"event {entry.number}",
        status=status if withdrawn is None else "entered-in-error",
        statusReason=[concept(words=withdrawn.reason)] if withdrawn and withdrawn.reason else None,
        medicationCodeableConcept=concept(words=text(drug) or "unknown"),
        subject=maker.patient,
        context=maker.encounter,
        performer=[{"actor": actor}] if actor else None,
        **more,
    )


def _dose(maker: Maker, entry: Entry, dose: Dose, withdrawn: DoseWithdrawn | None) -> Json:
    route = _ROUTES.get(dose.route)
    return _administration(
        maker,
        entry,
        status="completed",
        withdrawn=withdrawn,
        drug=dose.drug,
        effectiveDateTime=entry_moment(entry),
        dosage=filled(
            text=text(dose.detail),
            route=concept(*([route] if route else []), words=dose.route),
            dose=_amount(dose.amount, dose.unit),
        ),
        note=remarks(maker, entry),
    )


def _medicine(maker: Maker, entry: Entry, given: Medicine) -> Json:
    """A rescue medicine. R4 wants a number in every dosage; a dose in words is a note."""
    found = _AMOUNT.fullmatch(given.dose.strip())
    dosage: Json = {}
    words = ""
    if found:
        amount = _amount(float(found[1]), found[2])
        dosage = filled(route=concept(words=given.route) or None, dose=amount)
    else:
        words = ", ".join(text(one) for one in (given.dose, given.route) if text(one))
    said = [{"text": one} for one in (words, text(given.reason)) if one]
    return _administration(
        maker,
        entry,
        status="completed",
        withdrawn=None,
        drug=given.drug,
        effectiveDateTime=entry_moment(entry),
        dosage=dosage,
        note=[*said, *remarks(maker, entry)],
    )


def _oxygen(maker: Maker, entry: Entry, given: Oxygen) -> Json:
    """The flow from now on, as it was set; nobody measured it."""
    who = person(entry.by)
    detail = text(given.detail)
    return maker.resource(
        "Observation",
        f"event {entry.number}",
        status="amended" if entry.number in maker.visit.amended else "final",
        category=[concept(hl7("observation-category", "therapy"))],
        code=concept(coding(LOINC, _OXYGEN_FLOW), words="oxygen"),
        subject=maker.patient,
        encounter=maker.encounter,
        effectiveDateTime=entry_moment(entry),
        performer=[who] if who else None,
        valueQuantity=_amount(given.litres, "L/min"),
        note=[*([{"text": detail}] if detail else []), *remarks(maker, entry)],
    )


def _amount(value: float, unit: str) -> Json:
    coded = {"unit": text(unit), "system": UCUM, "code": text(unit)} if text(unit) else {}
    return {"value": plain_number(value), **coded}

"""What people did, as FHIR resources: doses, rounds, amendments; and the seals of the record."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from kapmonitor.checklist import Checklist, parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Amended, Answer, Dose, DoseWithdrawn, Entry, Round
from kapmonitor.export.fhir_parts import (
    OWN,
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
    text,
    utc_moment,
)
from kapmonitor.record.chain import Seal, Statement
from kapmonitor.record.signing import fingerprint

# SNOMED CT route of administration, as in HL7's value set "SNOMED CT Route Codes".
_ROUTES = {
    "in": coding(SNOMED, "46713006", "Nasal route"),
    "iv": coding(SNOMED, "47625008", "Intravenous route"),
    "im": coding(SNOMED, "78421000", "Intramuscular route"),
    "sl": coding(SNOMED, "37839007", "Sublingual route"),
    "sc": coding(SNOMED, "34206005", "Subcutaneous route"),
}

# ASTM E1762, "verification signature": whoever signs says that this was checked and is so.
_SIGNATURE = coding("urn:iso-astm:E1762-95:2013", "1.2.840.10065.1.12.1.5", "Verification")


def doses(maker: Maker) -> Iterator[Json]:
    """One MedicationAdministration a dose; one that was taken back stays, entered in error."""
    entries = maker.visit.session.entries
    withdrawn = {e.event.of: e.event for e in entries if isinstance(e.event, DoseWithdrawn)}
    for entry in entries:
        dose = entry.event
        if isinstance(dose, Dose):
            yield _dose(maker, entry, dose, withdrawn.get(entry.number))


def _dose(maker: Maker, entry: Entry, dose: Dose, withdrawn: DoseWithdrawn | None) -> Json:
    actor = person(entry.by)
    amount = {"value": plain_number(dose.amount), **_unit(dose.unit)}
    route = _ROUTES.get(dose.route)
    return maker.resource(
        "MedicationAdministration",
        f"event {entry.number}",
        status="completed" if withdrawn is None else "entered-in-error",
        statusReason=[concept(words=withdrawn.reason)] if withdrawn and withdrawn.reason else None,
        medicationCodeableConcept=concept(words=dose.drug or "unknown"),
        subject=maker.patient,
        context=maker.encounter,
        effectiveDateTime=entry_moment(entry),
        performer=[{"actor": actor}] if actor else None,
        dosage=filled(
            text=text(dose.detail),
            route=concept(*([route] if route else []), words=dose.route),
            dose=amount,
        ),
    )


def _unit(unit: str) -> Json:
    return {"unit": text(unit), "system": UCUM, "code": text(unit)} if text(unit) else {}


def rounds(maker: Maker) -> Iterator[Json]:
    """One QuestionnaireResponse a round: answers under their headings, then the sums."""
    for entry in maker.visit.session.rounds:
        filed = entry.event
        assert isinstance(filed, Round)
        yield maker.resource(
            "QuestionnaireResponse",
            f"event {entry.number}",
            questionnaire=_canonical(filed),
            status="amended" if entry.number in maker.visit.amended else "completed",
            subject=maker.patient,
            encounter=maker.encounter,
            authored=entry_moment(entry),
            author=person(entry.by),
            item=_round_items(filed, _form(filed, maker.visit.opened.checklist_text)),
        )


def _canonical(filed: Round) -> str:
    name, version = quote(filed.checklist), quote(filed.checklist_version)
    return f"{OWN}checklist:{name}|{version}"


def _round_items(filed: Round, form: Checklist | None) -> list[Json]:
    known = {item.id: item for item in (form.item if form else ())}
    groups = {group.id: group.title for group in (form.group if form else ())}
    answered = {name: value for name, value in filed.answers.items() if _answers(value)}
    found = []
    for group, heading in groups.items():
        items = [
            {"linkId": name, "text": text(item.text), "answer": _answers(answered[name])}
            for name, item in known.items()
            if item.group == group and name in answered
        ]
        if items:
            found.append({"linkId": f"group.{group}", "text": text(heading), "item": items})
    found += [
        {"linkId": name, "answer": _answers(value)}
        for name, value in answered.items()
        if name not in known
    ]
    found += [
        {"linkId": f"score.{name}", "answer": [{"valueDecimal": plain_number(value)}]}
        for name, value in filed.scores.items()
    ]
    if text(filed.note):
        found.append({"linkId": "note", "answer": _answers(filed.note)})
    return found


def _answers(value: Answer) -> list[Json]:
    match value:
        case bool():
            return [{"valueBoolean": value}]
        case int() if abs(value) < 2**31:
            return [{"valueInteger": value}]
        case int() | float():
            return [{"valueDecimal": plain_number(value)}]
        case str() if text(value):
            return [{"valueString": text(value)}]
        case _:
            return []


def _form(filed: Round, kept: str) -> Checklist | None:
    try:
        form = parse_checklist(kept, filed.checklist)
    except KapmonitorError:
        return None
    same = (form.name, form.version) == (filed.checklist, filed.checklist_version)
    return form if same else None


# What stands for an event; one that has no resource is amended at the visit itself.
_RESOURCES = ("MedicationAdministration", "QuestionnaireResponse", "Observation")


def amendments(maker: Maker, resources: Iterable[Json]) -> Iterator[Json]:
    """One Observation an amendment: its text, and in ``focus`` what it corrects."""
    there = {(resource["resourceType"], resource["id"]) for resource in resources}
    for entry in maker.visit.session.amendments:
        amended = entry.event
        if not isinstance(amended, Amended):
            # A later note corrects nothing; notes are not in the bundle.
            continue
        who = person(entry.by)
        yield maker.resource(
            "Observation",
            f"event {entry.number}",
            status="final",
            code=concept(coding(f"{OWN}event", "amended"), words="amendment"),
            subject=maker.patient,
            focus=[_target(maker, amended.of, there)],
            encounter=maker.encounter,
            effectiveDateTime=entry_moment(entry),
            performer=[who] if who else None,
            **_said(amended),
        )


def _said(amended: Amended) -> dict[str, Any]:
    words, reason = text(amended.text), text(amended.reason)
    if not words:
        return {"dataAbsentReason": concept(hl7("data-absent-reason", "masked"))}
    return filled(valueString=words, note=[{"text": reason}] if reason else None)


def _target(maker: Maker, number: int, there: set[tuple[str, str]]) -> Json:
    key = f"event {number}"
    for kind in _RESOURCES:
        if (kind, maker.id(kind, key)) in there:
            return maker.to(kind, key)
    return maker.encounter


def seals(maker: Maker, signed: Iterable[tuple[Seal, Statement]]) -> Iterator[Json]:
    """One Provenance a seal: when, by which program and key, and the hash that the chain ends in.

    The signature is the record's own, over its statement; ``kapmonitor verify`` checks it on the
    record. The short code is what the report prints.
    """
    for number, (seal, statement) in enumerate(signed, 1):
        print_ = _print(statement.public_key)
        when = utc_moment(statement.utc)
        who = {"display": text(f"{statement.program}, {print_}" if print_ else statement.program)}
        what = {
            "identifier": {"system": f"{OWN}seal", "value": statement.last},
            "display": statement.short_code,
        }
        signature = None
        if seal.signature:
            signature = {
                "type": [_SIGNATURE],
                "when": when,
                "who": who,
                "sigFormat": "application/octet-stream",
                "data": base64.b64encode(bytes.fromhex(seal.signature)).decode(),
            }
        yield maker.resource(
            "Provenance",
            f"seal {number}",
            target=[maker.encounter],
            recorded=when,
            activity=concept(coding(f"{OWN}event", "sealed")),
            agent=[{"type": concept(hl7("provenance-participant-type", "assembler")), "who": who}],
            entity=[{"role": "source", "what": what}],
            signature=[signature] if signature else None,
        )


def _print(public_key: str) -> str:
    return fingerprint(bytes.fromhex(public_key)) if public_key else ""

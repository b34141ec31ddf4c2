"""Filled-in forms, signatures and the seals of the record, as FHIR resources."""

import base64
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kapmonitor.checklist import Checklist, parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Answer, Instrument, Round, SignedOff
from kapmonitor.export.fhir_parts import (
    OWN,
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

# ASTM E1762, "verification signature": whoever signs says that this was checked and is so.
_SIGNATURE = coding("urn:iso-astm:E1762-95:2013", "1.2.840.10065.1.12.1.5", "Verification")


def filled_forms(maker: Maker) -> Iterator[Json]:
    """One QuestionnaireResponse a round and an instrument: answers under headings, then sums."""
    opened = maker.visit.opened
    for entry in (*maker.visit.session.rounds, *maker.visit.session.instruments):
        match entry.event:
            case Round(checklist=name, checklist_version=version) as filed:
                kept = opened.checklist_text
            case Instrument(instrument=name, version=version) as filed:
                kept = opened.instrument_texts.get(name, "")
            case _:
                continue
        yield maker.resource(
            "QuestionnaireResponse",
            f"event {entry.number}",
            questionnaire=f"{OWN}checklist:{quote(name)}|{quote(version)}",
            status="amended" if entry.number in maker.visit.amended else "completed",
            subject=maker.patient,
            encounter=maker.encounter,
            authored=entry_moment(entry),
            author=person(entry.by),
            item=_items(filed, _form(name, version, kept)),
        )


def _items(filed: Round | Instrument, form: Checklist | None) -> list[Json]:
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


def _form(name: str, version: str, kept: str) -> Checklist | None:
    """The form as it was used; None where the record has not kept it."""
    try:
        form = parse_checklist(kept, name)
    except KapmonitorError:
        return None
    return form if (form.name, form.version) == (name, version) else None


def signatures(maker: Maker) -> Iterator[Json]:
    """One Provenance for each person who signed the visit, and whether a PIN was given."""
    for entry in maker.visit.session.signatures:
        signed = entry.event
        if isinstance(signed, SignedOff):
            checked = "signed_with_pin" if signed.checked else "signed_by_name"
            yield maker.resource(
                "Provenance",
                f"event {entry.number}",
                target=[maker.encounter],
                recorded=entry_moment(entry),
                activity=concept(coding(f"{OWN}event", checked)),
                agent=[
                    filled(
                        type=concept(hl7("provenance-participant-type", "attester")),
                        role=[concept(words=signed.role)] if text(signed.role) else None,
                        who=person(signed.person) or {"display": "unknown"},
                    )
                ],
            )


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

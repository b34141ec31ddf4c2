"""Corrections and later notes, each with a Provenance that says who, when, why and of what."""

from collections.abc import Iterable, Iterator
from typing import Any

from kapmonitor.events import Amended, Detail, Entry
from kapmonitor.export.fhir_given import ADMINISTRATION, is_stop, runs
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
    text,
)

# What stands for an event; one that has no resource is amended at the visit itself.
_RESOURCES = (ADMINISTRATION, "QuestionnaireResponse", "Observation")


def amendments(maker: Maker, resources: Iterable[Json]) -> Iterator[Json]:
    """One Observation a correction, its text with ``focus`` on what it corrects; a Provenance each.

    A later note has its Observation already, as every note has, and gets its Provenance here.
    """
    there = {(resource["resourceType"], resource["id"]) for resource in resources}
    places = _places(maker)
    for entry in maker.visit.session.amendments:
        own = maker.to("Observation", f"event {entry.number}")
        if not isinstance(entry.event, Amended):
            yield _provenance(maker, entry, [own], "APPEND")
            continue
        target = _target(maker, places.get(entry.event.of, entry.event.of), there)
        yield _correction(maker, entry, entry.event, target)
        yield _provenance(maker, entry, [own, target], "UPDATE", entry.event.reason)


def _correction(maker: Maker, entry: Entry, amended: Amended, target: Json) -> Json:
    who = person(entry.by)
    return maker.resource(
        "Observation",
        f"event {entry.number}",
        status="final",
        code=concept(coding(f"{OWN}event", "amended"), words="amendment"),
        subject=maker.patient,
        focus=[target],
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


def _provenance(
    maker: Maker, entry: Entry, targets: list[Json], activity: str, reason: str = ""
) -> Json:
    """Who stands behind it. The record allows nobody to amend without a name."""
    return maker.resource(
        "Provenance",
        f"event {entry.number}",
        target=targets,
        recorded=entry_moment(entry),
        reason=[concept(words=reason)] if text(reason) else None,
        activity=concept(hl7("v3-DataOperation", activity)),
        agent=[
            {
                "type": concept(hl7("provenance-participant-type", "author")),
                "who": person(entry.by) or {"display": "unknown"},
            }
        ],
    )


def _places(maker: Maker) -> dict[int, int]:
    """Events that have no resource of their own, and whose resource tells of them."""
    session = maker.visit.session
    found: dict[int, int] = {}
    for alarm in session.alarms:
        found |= {change.number: alarm.changes[0].number for change in alarm.changes}
    for run in runs(session.entries):
        if len(run) > 1 and is_stop(run[-1]):
            found[run[-1].number] = run[-2].number
    for entry in session.entries:
        if isinstance(entry.event, Detail):
            found[entry.number] = found.get(entry.event.of, entry.event.of)
    return found


def _target(maker: Maker, number: int, there: set[tuple[str, str]]) -> Json:
    key = f"event {number}"
    for kind in _RESOURCES:
        if (kind, maker.id(kind, key)) in there:
            return maker.to(kind, key)
    return maker.encounter

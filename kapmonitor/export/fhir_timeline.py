"""Notes, quick events, the emergency list and alarms, as FHIR Observations with codes of our own.

R4 has no resource for an alarm; why Observation was taken: docs/decisions/0012-fhir-timeline.md.
None is in the category ``vital-signs``: a worst value of an alarm is no further measurement.
"""

from collections.abc import Iterator
from typing import Any

from kapmonitor.events import AlarmChange, AlarmState, Emergency, Entry, Note
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
    quantity,
    remarks,
    text,
)
from kapmonitor.session import AlarmHistory
from kapmonitor.vitals import Vital


def timeline(maker: Maker) -> Iterator[Json]:
    """All of them: what people wrote in the order of the record, then the alarms."""
    for entry in maker.visit.session.entries:
        match entry.event:
            case Note(kind=kind, text=words):
                yield _written(maker, entry, kind, words, needed=kind == "note")
            case Emergency(action=action, text=words, done=done):
                code = "emergency" if done else "emergency_undone"
                yield _written(maker, entry, code, f"{action}: {words}".strip(" :"), needed=False)
            case _:
                pass
    for alarm in maker.visit.session.alarms:
        yield _alarm(maker, alarm)


def _written(maker: Maker, entry: Entry, kind: str, words: str, needed: bool) -> Json:
    """What a person wrote. A quick event says something without a word, a note does not."""
    who = person(entry.by)
    said: Json = {"valueString": text(words)} if text(words) else {}
    if needed and not said:
        absent = "masked" if "no_free_text" in maker.identity else "unknown"
        said = {"dataAbsentReason": concept(hl7("data-absent-reason", absent))}
    return _observation(
        maker,
        entry,
        status="amended" if entry.number in maker.visit.amended else "final",
        code=concept(coding(f"{OWN}event", text(kind)), words=kind),
        effectiveDateTime=entry_moment(entry),
        performer=[who] if who else None,
        note=remarks(maker, entry),
        **said,
    )


def _observation(maker: Maker, entry: Entry, **fields: Any) -> Json:
    return maker.resource(
        "Observation",
        f"event {entry.number}",
        subject=maker.patient,
        encounter=maker.encounter,
        **fields,
    )


def _alarm(maker: Maker, alarm: AlarmHistory) -> Json:
    """One alarm from raised to ended, with its highest priority and its worst value."""
    first = alarm.changes[0]
    ended = next((e for e in alarm.changes if _state(e) is AlarmState.ENDED), None)
    over = ended is not None or maker.visit.session.ended_at is not None
    amended = any(change.number in maker.visit.amended for change in alarm.changes)
    changes = [entry.event for entry in alarm.changes if isinstance(entry.event, AlarmChange)]
    source = next((change.source for change in changes if change.source), "")
    reasons = dict.fromkeys(text(change.reason) for change in changes if text(change.reason))
    status = "final" if over else "preliminary"
    return _observation(
        maker,
        first,
        status="amended" if amended else status,
        category=[concept(coding(f"{OWN}category", "alarm"))],
        code=concept(coding(f"{OWN}alarm", alarm.alarm), words=alarm.alarm),
        effectivePeriod=filled(
            start=entry_moment(first),
            end=entry_moment(max(first, ended, key=lambda one: one.utc)) if ended else None,
        ),
        valueCodeableConcept=concept(coding(f"{OWN}priority", alarm.priority.value)),
        device=maker.device(source),
        component=_components(alarm, changes),
        note=[{"text": reason} for reason in reasons],
    )


def _components(alarm: AlarmHistory, changes: list[AlarmChange]) -> list[Json]:
    vital = next((change.vital for change in changes if change.vital), None)
    escalated = sum(change.state is AlarmState.ESCALATED for change in changes)
    seen = next(
        (e for e in alarm.changes if _seen(e) and e.at == alarm.acknowledged), alarm.changes[0]
    )
    told: list[tuple[str, Json]] = [
        ("kind", {"valueCodeableConcept": concept(coding(f"{OWN}alarm-kind", alarm.kind.value))}),
        ("worst", _number(vital, alarm.value)),
        ("limit", _number(vital, alarm.limit)),
        ("escalations", {"valueInteger": escalated} if escalated else {}),
    ]
    if alarm.acknowledged is not None:
        told.append(("acknowledged", {"valueDateTime": entry_moment(seen)}))
        by = text(alarm.acknowledged_by)
        told.append(("acknowledged-by", {"valueString": by} if by else {}))
    return [
        {"code": concept(coding(f"{OWN}alarm-part", name), words=name), **value}
        for name, value in told
        if value
    ]


def _number(vital: Vital | None, value: float | None) -> Json:
    if value is None:
        return {}
    shown = {"value": plain_number(value)} if vital is None else quantity(vital, value)
    return {"valueQuantity": shown}


def _state(entry: Entry) -> AlarmState | None:
    return entry.event.state if isinstance(entry.event, AlarmChange) else None


def _seen(entry: Entry) -> bool:
    return _state(entry) is AlarmState.ACKNOWLEDGED

"""The FHIR bundle of a visit: ``session.fhir.json``, R4, from the record alone.

Nothing is sent anywhere. The same record gives the same bytes, ids included.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.events import SourceAdded
from kapmonitor.export.fhir_acts import filled_forms, seals, signatures
from kapmonitor.export.fhir_given import given
from kapmonitor.export.fhir_later import amendments
from kapmonitor.export.fhir_parts import (
    OWN,
    Json,
    Maker,
    coding,
    concept,
    filled,
    hl7,
    person,
    text,
)
from kapmonitor.export.fhir_timeline import timeline
from kapmonitor.export.fhir_vitals import vital_signs
from kapmonitor.export.visit import Visit, read_visit
from kapmonitor.export.writing import write_file
from kapmonitor.record.reading import Record

FILE = "session.fhir.json"


def export_fhir(record: Record, folder: Path, identity: str = "identified") -> Path:
    """Write ``session.fhir.json`` into a folder; returns its path.

    ``identity`` is the mark that every resource carries. Raises RecordError for a damaged record
    and KapmonitorError ``folder_unwritable``.
    """
    try:
        content = bundle_json(bundle(read_visit(record), identity))
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return write_file(folder / FILE, content)


def bundle_json(made: Json) -> bytes:
    """The bytes of a bundle: UTF-8, two spaces, always the same."""
    return (json.dumps(made, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def bundle(visit: Visit, identity: str = "identified") -> Json:
    """The bundle of a visit: a ``collection`` whose references stay inside it."""
    maker = Maker(visit, identity)
    resources = [
        _patient(maker),
        _encounter(maker),
        *_devices(maker),
        *given(maker),
        *vital_signs(maker),
        *filled_forms(maker),
        *timeline(maker),
    ]
    resources += amendments(maker, resources)
    resources += signatures(maker)
    resources += seals(maker, visit.signed)
    return {
        **maker.resource("Bundle", ""),
        "identifier": {"system": f"{OWN}visit", "value": visit.opened.session},
        "type": "collection",
        "timestamp": maker.moment(visit.end),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }


def _patient(maker: Maker) -> Json:
    """The patient by code alone; the record knows no name."""
    code = text(maker.visit.opened.patient_code)
    return maker.resource(
        "Patient",
        "",
        identifier=[{"system": f"{OWN}patient-code", "value": code}] if code else None,
    )


def _encounter(maker: Maker) -> Json:
    visit = maker.visit
    staff = dict.fromkeys((*visit.opened.staff, *visit.session.people))
    people = [who for name in staff if (who := person(name))]
    over = visit.session.ended_at is not None
    period = filled(start=maker.moment(visit.start), end=maker.moment(visit.end) if over else None)
    coded: Json = {"class": hl7("v3-ActCode", "AMB")}  # a word that Python keeps for itself
    return maker.resource(
        "Encounter",
        "",
        identifier=[{"system": f"{OWN}visit", "value": visit.opened.session}],
        status="finished" if over else "in-progress",
        **coded,
        type=[concept(coding(f"{OWN}plan", text(visit.opened.plan)))]
        if visit.opened.plan
        else None,
        subject=maker.patient,
        participant=[{"individual": who} for who in people],
        period=period,
    )


def _devices(maker: Maker) -> Iterator[Json]:
    """One Device a source; a virtual one says so."""
    for source, added in maker.visit.session.sources.items():
        yield maker.resource(
            "Device",
            source,
            identifier=_address(added),
            deviceName=[{"name": text(added.label or source), "type": "user-friendly-name"}],
            type=concept(coding(f"{OWN}protocol", text(added.protocol))),
            patient=maker.patient,
        )


def _address(added: SourceAdded) -> list[Json]:
    address = text(added.address)
    return [{"system": f"{OWN}address", "value": address}] if address else []

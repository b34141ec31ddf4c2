"""The small parts of a FHIR bundle: ids, references, codes, times, quantities. Plain dicts, R4."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from kapmonitor.events import Detail, Entry
from kapmonitor.export.visit import Visit
from kapmonitor.vitals import VITALS, Vital

Json = dict[str, Any]

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
MDC = "urn:iso:std:iso:11073:10101"
OWN = "urn:x-kapmonitor:"
_HL7 = "http://terminology.hl7.org/CodeSystem/"

# Every id is made from the visit's own and what it stands for, so that two exports agree.
_NAMESPACE = uuid.UUID("6b1f6c1e-5f0e-4c53-9f6e-0d6a3a0c7f41")


@dataclass(frozen=True)
class Maker:
    """Makes the resources of one visit; ``identity`` holds its marks (`ExportChoice.identity`)."""

    visit: Visit
    identity: str

    def id(self, kind: str, key: object) -> str:
        """The id of a resource: the same for the same visit, kind and key."""
        # A patient stays the same patient over all visits.
        code = self.visit.opened.patient_code
        owner = f"patient {code}" if kind == "Patient" and code else self.visit.opened.session
        return str(uuid.uuid5(_NAMESPACE, f"{owner}\n{kind}\n{key}"))

    def to(self, kind: str, key: object) -> Json:
        """A reference to a resource of this bundle."""
        return {"reference": f"urn:uuid:{self.id(kind, key)}"}

    def resource(self, kind: str, key: object, profile: str = "", **fields: Any) -> Json:
        """A resource, marked with what it tells of a person, and as a test when simulated."""
        marks = self.identity.split()
        meta: Json = {"tag": [{"system": f"{OWN}identity", "code": mark} for mark in marks]}
        if profile:
            meta["profile"] = [f"http://hl7.org/fhir/StructureDefinition/{profile}"]
        if self.visit.opened.simulated:
            meta["security"] = [coding(f"{_HL7}v3-ActReason", "HTEST")]
        return filled(resourceType=kind, id=self.id(kind, key), meta=meta, **fields)

    @property
    def patient(self) -> Json:
        """A reference to the patient."""
        return self.to("Patient", "")

    @property
    def encounter(self) -> Json:
        """A reference to the visit."""
        return self.to("Encounter", "")

    def device(self, source: str) -> Json | None:
        """A reference to the device of a source, None for what came from no known one."""
        return self.to("Device", source) if source in self.visit.session.sources else None

    def moment(self, at: float) -> str:
        """Local time with its zone at a session time."""
        return _stamp(self.visit.local(at))


def filled(**fields: Any) -> Json:
    """The fields that say something; FHIR has no empty values."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def text(words: str) -> str:
    """Text as FHIR's ``string`` takes it: no control characters, not of spaces alone."""
    kept = words.encode("utf-8", "replace").decode()
    return "".join(sign if sign in "\n\t" or sign.isprintable() else " " for sign in kept).strip()


def entry_moment(entry: Entry) -> str:
    """When an entry happened; it carries its own UTC and zone."""
    zone = timezone(timedelta(minutes=entry.zone_minutes))
    return _stamp(datetime.fromtimestamp(round(entry.utc, 3), zone))


def utc_moment(utc: float) -> str:
    """Seconds since 1970 as UTC."""
    return _stamp(datetime.fromtimestamp(round(utc, 3), timezone.utc))  # noqa: UP017


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def coding(system: str, code: str, display: str = "") -> Json:
    """One code of one system."""
    return filled(system=system, code=code, display=display)


def concept(*codings: Json, words: str = "") -> Json:
    """A thing in codes, in words, or both."""
    return filled(coding=list(codings), text=text(words))


def hl7(table: str, code: str) -> Json:
    """A code of one of HL7's own tables."""
    return coding(f"{_HL7}{table}", code)


def person(name: str) -> Json | None:
    """A person by name alone; the record knows no more."""
    return {"display": text(name)} if text(name) else None


def remarks(maker: Maker, *entries: Entry | None) -> list[Json]:
    """What was added later about these entries, and a detail of a pump's stop, as annotations."""
    numbers = {entry.number for entry in entries if entry is not None}
    added = [
        entry
        for entry in maker.visit.session.entries
        if isinstance(entry.event, Detail) and entry.event.of in numbers
    ]
    return [
        filled(authorString=text(entry.by), time=entry_moment(entry), text=text(entry.event.text))
        for entry in added
        if isinstance(entry.event, Detail) and text(entry.event.text)
    ]


def plain_number(value: float) -> float | int:
    """121.0 as 121: FHIR takes the digits of a number for its precision."""
    return int(value) if float(value).is_integer() else value


def quantity(vital: Vital, value: float) -> Json:
    """A value in its vital's UCUM unit."""
    unit = VITALS[vital].unit
    # The names that the vital-signs profile shows for its units.
    shown = {"/min": "beats/minute" if vital is not Vital.RESPIRATORY_RATE else "breaths/minute"}
    return {
        "value": plain_number(value),
        "unit": shown.get(unit, VITALS[vital].shown_unit),
        "system": UCUM,
        "code": unit,
    }

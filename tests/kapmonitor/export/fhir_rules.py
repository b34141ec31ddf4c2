"""What the vital-signs profile of FHIR R4 demands of an Observation, beyond its being valid.

Source: HL7 FHIR R4, "Vital Signs Profile" and its children (heart rate, oxygen saturation,
respiratory rate, blood pressure), with their constraints vs-1 to vs-3.
"""

import re
from typing import Any

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
# The code that each child of the profile demands, and the one unit it allows.
UNITS = {"8867-4": "/min", "2708-6": "%", "9279-1": "/min"}
COMPONENTS = {"8480-6": "mm[Hg]", "8462-4": "mm[Hg]", "8478-0": "mm[Hg]"}
CHILDREN = {"heartrate": "8867-4", "oxygensat": "2708-6", "resprate": "9279-1", "bp": "85354-9"}


def resources(bundle: dict, kind: str = "") -> list[dict]:
    """The resources of a bundle, or those of one kind."""
    found = [one["resource"] for one in bundle["entry"]]
    return [one for one in found if not kind or one["resourceType"] == kind]


def coded(concept: dict, system: str = "") -> list[str]:
    """The codes of a concept."""
    return [c["code"] for c in concept.get("coding", []) if not system or c["system"] == system]


def vital_signs(bundle: dict, code: str = "") -> list[dict]:
    """The vital signs of a bundle, or those of one LOINC code."""
    return [
        one
        for one in resources(bundle, "Observation")
        if any("vital-signs" in coded(concept) for concept in one.get("category", []))
        and (not code or code in coded(one["code"], LOINC))
    ]


def value_of(observation: dict, component: str = "") -> Any:
    """The value of an observation or of one of its components; None where there is none."""
    for part in observation.get("component", []) if component else [observation]:
        if not component or component in coded(part["code"], LOINC):
            return part.get("valueQuantity", {}).get("value")
    return None


def wrong_vital_signs(bundle: dict) -> list[str]:
    """What breaks a rule, as ``id: rule``."""
    return [f"{one['id']}: {rule}" for one in vital_signs(bundle) for rule in _broken(one)]


def _broken(one: dict) -> list[str]:
    child = one["meta"]["profile"][0].rsplit("/", 1)[1]
    told = "valueQuantity" in one or "dataAbsentReason" in one
    parts = one.get("component", [])
    rules = {
        "status": one.get("status") in ("final", "preliminary", "amended"),
        "category": any(
            c["system"] == CATEGORY and c["code"] == "vital-signs"
            for concept in one["category"]
            for c in concept["coding"]
        ),
        "code": CHILDREN[child] in coded(one["code"], LOINC),
        "subject": "reference" in one.get("subject", {}),
        "effective": _precise(one),
        "value or reason": told or bool(parts),
        "vs-3": all(("valueQuantity" in p) != ("dataAbsentReason" in p) for p in parts),
        "never both": not ("valueQuantity" in one and "dataAbsentReason" in one),
    }
    if child == "bp":
        found = [code for part in parts for code in coded(part["code"], LOINC)]
        rules["no value of a panel"] = "valueQuantity" not in one
        rules["both pressures once"] = found[:2] == ["8480-6", "8462-4"] and len(found) <= 3
        rules["units"] = all(_measured_in(p, COMPONENTS[coded(p["code"], LOINC)[0]]) for p in parts)
    else:
        rules["units"] = _measured_in(one, UNITS[CHILDREN[child]])
    return [rule for rule, kept in rules.items() if not kept]


def _precise(one: dict) -> bool:
    """vs-1: a time is precise to the day at least, and has its zone."""
    if "effectivePeriod" in one:
        return "effectiveDateTime" not in one
    moment = one.get("effectiveDateTime", "")
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", moment))


def _measured_in(part: dict, unit: str) -> bool:
    value = part.get("valueQuantity")
    return value is None or (
        value["system"] == UCUM
        and value["code"] == unit
        and isinstance(value["value"], int | float)
    )


def seals_of(bundle: dict) -> list[dict]:
    """The Provenances that tell of a seal."""
    found = resources(bundle, "Provenance")
    return [one for one in found if "sealed" in coded(one["activity"])]


def wrong_others(bundle: dict) -> list[str]:
    """What breaks R4's own constraints, which the validator does not look at, as ``id: rule``.

    Source: the invariants mad-1, obs-6, per-1 of HL7 FHIR R4, and the value set of a Provenance's
    ``agent.type`` and of a MedicationAdministration's status.
    """
    broken = []
    for one in resources(bundle):
        period = one.get("effectivePeriod", {})
        dosage = one.get("dosage")
        rules = {
            "mad-1": dosage is None or "dose" in dosage or "rateQuantity" in dosage,
            "obs-6": not ("dataAbsentReason" in one and _values(one)),
            "per-1": period.get("start", "") <= period.get("end", "9"),
            "status": one["resourceType"] != "MedicationAdministration"
            or one["status"] in ("in-progress", "completed", "entered-in-error", "unknown"),
            "agent": all(_named(agent) for agent in one.get("agent", [])),
            "no empty value": not _empty(one),
        }
        broken += [f"{one['id']}: {rule}" for rule, kept in rules.items() if not kept]
    ids = [one["id"] for one in resources(bundle)]
    return broken + [f"{one}: twice" for one in set(ids) if ids.count(one) > 1]


def _values(one: dict) -> list[str]:
    return [name for name in one if name.startswith("value")]


def _named(agent: dict) -> bool:
    known = coded(agent["type"]) in (["assembler"], ["author"], ["attester"])
    return known and bool(agent["who"].get("display"))


def _empty(part: Any) -> bool:
    if isinstance(part, dict):
        return not part or any(_empty(one) for one in part.values())
    if isinstance(part, list):
        return not part or any(_empty(one) for one in part)
    return part in (None, "")


def wrong_references(bundle: dict) -> list[str]:
    """References that lead nowhere inside the bundle."""
    there = {one["fullUrl"] for one in bundle["entry"]}
    return sorted(_references(bundle["entry"]) - there)


def _references(part: Any) -> set[str]:
    if isinstance(part, list):
        return {found for one in part for found in _references(one)}
    if not isinstance(part, dict):
        return set()
    here = {part["reference"]} if isinstance(part.get("reference"), str) else set()
    return here | {found for one in part.values() for found in _references(one)}

"""Vital signs as FHIR Observations, after the vital-signs profile of R4.

Every cuff reading and every rate of breaths counted by hand is there. Of a continuous vital each
minute and source gives its middle, its lowest and its highest good reading, each with its own time
and value: nothing is averaged, and no dip is lost. A minute without a good reading gives its middle
doubtful one, marked preliminary, or says why there is none. The CSV files hold all.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kapmonitor.events import Cuff, Entry, Round
from kapmonitor.export.fhir_parts import (
    LOINC,
    MDC,
    Json,
    Maker,
    coding,
    concept,
    entry_moment,
    filled,
    hl7,
    person,
    quantity,
    text,
)
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import BLOOD_PRESSURE_PANEL_LOINC, VITALS, Vital

# Profiles of HL7 FHIR R4, "Vital Signs"; a vital without one there is not exported.
PROFILES = {
    Vital.HEART_RATE: "heartrate",
    Vital.PULSE_RATE: "heartrate",
    Vital.SPO2: "oxygensat",
    Vital.RESPIRATORY_RATE: "resprate",
}
_CONTINUOUS = (Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2)
_COMPONENTS = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)
_MINUTE = 60.0

# MDC_PRESS_BLD_NONINV and MDC_PULS_RATE_NON_INV of ISO/IEEE 11073-10101.
_PANEL_MDC = "150020"
_CUFF_PULSE_MDC = 149546

# HL7 "Data Absent Reason": `not-performed` where nobody measured, `error` where it failed.
_ABSENT = {"not_measured": "not-performed", "not_roused": "not-performed"}


def vital_signs(maker: Maker) -> Iterator[Json]:
    """All vital signs of a visit, in the order of the record."""
    for entry in maker.visit.session.cuffs:
        yield from _cuff(maker, entry)
    for entry in maker.visit.session.rounds:
        yield from _counted(maker, entry)
    for reading in chosen(maker.visit.readings):
        yield _sample(maker, reading)


def chosen(readings: Iterable[Reading]) -> list[Reading]:
    """The readings of continuous vitals that the bundle holds, in order of time."""
    minutes: dict[tuple[float, str, Vital], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.vital in _CONTINUOUS and reading.origin is not Origin.STORED:
            minute = math.floor(reading.at / _MINUTE)
            minutes[minute, reading.source, reading.vital].append(reading)
    found = [reading for some in minutes.values() for reading in _of_a_minute(some)]
    return sorted(found, key=lambda reading: (reading.at, reading.source, reading.vital))


def _of_a_minute(readings: Sequence[Reading]) -> list[Reading]:
    good = _ranked(readings, Quality.GOOD)
    if good:
        places = sorted({0, len(good) // 2, len(good) - 1})
        few: dict[float | None, Reading] = {}
        for reading in (good[len(good) // 2], *(good[place] for place in places)):
            few.setdefault(reading.value, reading)
        return list(few.values())
    doubtful = _ranked(readings, Quality.QUESTIONABLE)
    return [doubtful[len(doubtful) // 2]] if doubtful else [readings[0]]


def _ranked(readings: Iterable[Reading], quality: Quality) -> list[Reading]:
    measured = [
        (r.value, r.at, r) for r in readings if r.quality is quality and r.value is not None
    ]
    return [reading for _, _, reading in sorted(measured, key=lambda one: one[:2])]


def _sample(maker: Maker, reading: Reading) -> Json:
    # A packet may hold several values of one moment.
    key = f"{reading.source}\n{reading.vital}\n{reading.at!r}\n{reading.value!r}"
    return _observation(
        maker,
        key,
        reading.vital,
        reading.value,
        reading.quality,
        reading.reason,
        effectiveDateTime=maker.moment(reading.at),
        device=maker.device(reading.source),
    )


def _counted(maker: Maker, entry: Entry) -> Iterator[Json]:
    """Breaths that a person counted in a round."""
    filed = entry.event
    assert isinstance(filed, Round)
    rate = filed.answers.get("respiratory_rate")
    if isinstance(rate, int | float) and not isinstance(rate, bool):
        yield _observation(
            maker,
            f"event {entry.number}",
            Vital.RESPIRATORY_RATE,
            float(rate),
            Quality.GOOD,
            "",
            status=_status(maker, entry, Quality.GOOD),
            effectiveDateTime=entry_moment(entry),
            performer=_performer(entry),
        )


def _cuff(maker: Maker, entry: Entry) -> Iterator[Json]:
    """One cuff cycle: the panel with its components, and the pulse by itself."""
    cuff = entry.event
    assert isinstance(cuff, Cuff)
    told = {
        "status": _status(maker, entry, cuff.quality),
        "device": maker.device(cuff.source),
        "performer": _performer(entry) if cuff.origin is Origin.MANUAL else None,
        "bodySite": concept(words=cuff.site.replace("_", " ")) or None,
        **_when(entry, cuff),
    }
    values = (cuff.systolic, cuff.diastolic, cuff.mean_pressure)
    yield _common(
        maker,
        f"event {entry.number}",
        "bp",
        code=concept(
            coding(LOINC, BLOOD_PRESSURE_PANEL_LOINC),
            coding(MDC, _PANEL_MDC),
        ),
        component=[
            {"code": _code(vital), **_value(vital, value, cuff.quality, cuff.reason)}
            for vital, value in zip(_COMPONENTS, values, strict=True)
            if value is not None or vital is not Vital.MEAN_PRESSURE
        ],
        note=_notes(cuff.quality, cuff.reason, cuff),
        **told,
    )
    if cuff.pulse is not None:
        yield _observation(
            maker,
            f"event {entry.number} pulse",
            Vital.PULSE_RATE,
            cuff.pulse,
            cuff.quality,
            cuff.reason,
            code=concept(coding(LOINC, "8867-4"), coding(MDC, str(_CUFF_PULSE_MDC))),
            **told,
        )


def _when(entry: Entry, cuff: Cuff) -> Json:
    """A stored reading was measured some time before it came; its device's clock is not trusted."""
    if cuff.origin is Origin.STORED:
        return {"effectivePeriod": {"end": entry_moment(entry)}}
    return {"effectiveDateTime": entry_moment(entry)}


def _status(maker: Maker, entry: Entry, quality: Quality) -> str:
    if entry.number in maker.visit.amended:
        return "amended"
    return "preliminary" if quality is Quality.QUESTIONABLE else "final"


def _performer(entry: Entry) -> list[Json] | None:
    who = person(entry.by)
    return [who] if who else None


def _observation(
    maker: Maker,
    key: str,
    vital: Vital,
    value: float | None,
    quality: Quality,
    reason: str,
    **more: object,
) -> Json:
    given = {
        "status": "preliminary" if quality is Quality.QUESTIONABLE else "final",
        "code": _code(vital),
        "note": _notes(quality, reason),
        **more,
    }
    return _common(
        maker, f"{key}", PROFILES[vital], **given, **_value(vital, value, quality, reason)
    )


def _common(maker: Maker, key: str, profile: str, **fields: object) -> Json:
    return maker.resource(
        "Observation",
        key,
        profile,
        category=[concept(hl7("observation-category", "vital-signs"))],
        subject=maker.patient,
        encounter=maker.encounter,
        **fields,
    )


def _code(vital: Vital) -> Json:
    row = VITALS[vital]
    codes = [coding(LOINC, code) for code in row.loinc]
    return concept(*codes, *([coding(MDC, str(row.mdc))] if row.mdc else []), words=vital.value)


def _value(vital: Vital, value: float | None, quality: Quality, reason: str) -> Json:
    """The value, or why there is none; never both."""
    if value is not None and quality is not Quality.INVALID:
        return {"valueQuantity": quantity(vital, value)}
    absent = hl7("data-absent-reason", _ABSENT.get(reason, "error"))
    return {"dataAbsentReason": concept(absent, words=reason)}


def _notes(quality: Quality, reason: str, cuff: Cuff | None = None) -> list[Json]:
    """What was doubted, as the record's identifiers."""
    said = [f"{quality}: {reason}" if reason else str(quality)] if quality != "good" else []
    if cuff is not None and cuff.origin is Origin.STORED:
        said.append(f"stored; device_time: {cuff.device_time or 'unknown'}")
    return [filled(text=text(one)) for one in said]

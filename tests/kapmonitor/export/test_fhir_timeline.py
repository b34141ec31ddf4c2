"""What people did and what the program signalled, as a FHIR bundle tells it."""

import json

import pytest
from fhir.resources.R4B.bundle import Bundle

from kapmonitor.events import (
    AlarmKind,
    AlarmState,
    Amended,
    Detail,
    DoseWithdrawn,
    Emergency,
    Ended,
    Infusion,
    Instrument,
    Medicine,
    Note,
    Oxygen,
    Priority,
    Signed,
    SignedOff,
    SourceAdded,
)
from kapmonitor.export.choice import ExportChoice
from kapmonitor.export.fhir import bundle, bundle_json
from kapmonitor.export.masking import open_for_export
from kapmonitor.export.visit import read_visit
from kapmonitor.vitals import Vital
from tests.kapmonitor.export.fhir_rules import (
    coded,
    resources,
    vital_signs,
    wrong_others,
    wrong_references,
    wrong_vital_signs,
)
from tests.kapmonitor.export.pdf_visits import alarm, entries, opened, write

BY = "N. Yıldız"


def made_of(tmp_path, *told, choice=None):
    """The bundle of a visit, as valid as the library and R4's own rules find it."""
    record = write(tmp_path / "s.kap", entries((0.0, opened()), *told))
    if choice is not None:
        record = open_for_export(record.path, None, choice)
    identity = choice.identity if choice else "identified"
    made = json.loads(bundle_json(bundle(read_visit(record), identity)))
    Bundle.model_validate(made)
    assert wrong_vital_signs(made) == []
    assert wrong_references(made) == []
    assert wrong_others(made) == []
    return made


def given(made):
    return resources(made, "MedicationAdministration")


def own(made, part, code=None):
    """The observations with a code of the program's own."""
    found = []
    for one in resources(made, "Observation"):
        codes = coded(one["code"], f"urn:x-kapmonitor:{part}")
        found += [one] if codes and (code is None or codes == [code]) else []
    return found


def times(one):
    return [one["effectivePeriod"].get(end, "")[11:19] for end in ("start", "end")]


def part(alarm_told, name):
    for one in alarm_told["component"]:
        if coded(one["code"]) == [name]:
            return next(value for key, value in one.items() if key.startswith("value"))
    return None


def test_each_rate_of_a_pump_stands_by_itself_from_its_start_to_the_next(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, Infusion("start", 0.5, drug="ketamine", detail="pump 2"), BY),
        (900.0, Infusion("rate", 0.8), BY),
        (1500.0, Infusion("stop", detail="bag empty"), BY),
        (1600.0, Ended()),
    )

    first, second = given(made)
    assert times(first) == ["10:10:00", "10:15:00"]
    assert times(second) == ["10:15:00", "10:25:00"]
    rates = [one["dosage"]["rateQuantity"] for one in (first, second)]
    assert [(rate["value"], rate["code"]) for rate in rates] == [(0.5, "mg/min"), (0.8, "mg/min")]
    assert [one["status"] for one in (first, second)] == ["completed", "completed"]
    assert "partOf" not in first
    assert second["partOf"] == [{"reference": f"urn:uuid:{first['id']}"}]
    assert second["medicationCodeableConcept"] == {"text": "ketamine"}
    assert [first["note"], second["note"]] == [[{"text": "pump 2"}], [{"text": "bag empty"}]]


@pytest.mark.parametrize(("ended", "status"), [(False, "in-progress"), (True, "unknown")])
def test_a_pump_that_nobody_stopped_has_no_end(tmp_path, ended, status):
    told = [(600.0, Infusion("start", 0.5, drug="ketamine"), BY)]

    (only,) = given(made_of(tmp_path, *told, *([(900.0, Ended())] if ended else [])))

    assert (only["status"], times(only)) == (status, ["10:10:00", ""])


def test_a_start_taken_back_and_a_second_one(tmp_path):
    wrong, right = given(
        made_of(
            tmp_path,
            (600.0, Infusion("start", 5.0, drug="ketamine"), BY),
            (610.0, DoseWithdrawn(2, "wrong rate"), BY),
            (620.0, Infusion("start", 0.5, drug="ketamine"), BY),
            (900.0, Infusion("stop"), BY),
        )
    )

    assert wrong["status"] == "entered-in-error"
    assert wrong["statusReason"] == [{"text": "wrong rate"}]
    assert (right["status"], times(right)) == ("completed", ["10:10:20", "10:15:00"])


def test_a_stop_set_back_before_its_start_ends_no_earlier_than_it_began(tmp_path):
    (only,) = given(
        made_of(
            tmp_path,
            (600.0, Infusion("start", 0.5, drug="ketamine"), BY),
            (590.0, Infusion("stop"), BY),
        )
    )

    assert times(only) == ["10:10:00", "10:10:00"]


def test_a_medicine_has_a_dose_only_where_a_number_was_typed(tmp_path):
    exact, words = given(
        made_of(
            tmp_path,
            (600.0, Medicine("ondansetron", "4 mg", "oral", "nausea"), BY),
            (700.0, Medicine("metoclopramide", "half a tablet", "oral"), BY),
        )
    )

    assert exact["dosage"]["dose"]["value"] == 4
    assert exact["dosage"]["route"] == {"text": "oral"}
    assert exact["note"] == [{"text": "nausea"}]
    assert "dosage" not in words
    assert words["note"] == [{"text": "half a tablet, oral"}]


def test_oxygen_is_a_flow_and_no_vital_sign(tmp_path):
    made = made_of(tmp_path, (600.0, Oxygen(2.0, "mask"), BY), (900.0, Oxygen(0.0), BY))

    flows = [one for one in resources(made, "Observation") if coded(one["code"]) == ["3151-8"]]
    assert [one["valueQuantity"]["value"] for one in flows] == [2, 0]
    assert flows[0]["valueQuantity"]["code"] == "L/min"
    assert vital_signs(made) == []


def test_notes_and_quick_events_with_what_was_added_to_them(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, Note("ruhig; atmet <tief> & gleichmäßig"), BY),
        (700.0, Note("", "nausea"), BY),
        (760.0, Detail(3, "only for a moment"), "Dr. Weiß"),
        (800.0, Emergency("called"), BY),
        (801.0, Emergency("step", "open the window", done=False), BY),
    )

    (note,) = own(made, "event", "note")
    assert note["valueString"] == "ruhig; atmet <tief> & gleichmäßig"
    assert (note["effectiveDateTime"][11:19], note["performer"]) == ("10:10:00", [{"display": BY}])
    (quick,) = own(made, "event", "nausea")
    assert "valueString" not in quick
    assert quick["note"][0]["text"] == "only for a moment"
    assert quick["note"][0]["authorString"] == "Dr. Weiß"
    assert own(made, "event", "emergency")[0]["valueString"] == "called"
    assert own(made, "event", "emergency_undone")[0]["valueString"] == "step: open the window"


RISE = {"vital": Vital.SYSTOLIC, "limit": 180.0}


def test_an_alarm_tells_its_worst_value_its_limit_and_who_saw_it(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, alarm("SBP_VHIGH", AlarmState.RAISED, 600.0, value=187.0, **RISE)),
        (630.0, alarm("SBP_VHIGH", AlarmState.ESCALATED, 600.0, value=199.0, **RISE)),
        (660.0, alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, 600.0, value=199.0, **RISE), BY),
        (900.0, alarm("SBP_VHIGH", AlarmState.ENDED, 600.0, value=199.0, **RISE)),
    )

    (told,) = own(made, "alarm")
    assert coded(told["code"]) == ["SBP_VHIGH"]
    assert times(told) == ["10:10:00", "10:15:00"]
    assert coded(told["valueCodeableConcept"]) == ["medium"]
    assert (part(told, "worst")["value"], part(told, "worst")["code"]) == (199, "mm[Hg]")
    assert part(told, "limit")["value"] == 180
    assert part(told, "acknowledged")[11:19] == "10:11:00"
    assert part(told, "acknowledged-by") == BY
    assert part(told, "escalations") == 1
    assert vital_signs(made) == []


def test_an_alarm_still_in_force_and_one_of_a_device(tmp_path):
    lost = {"kind": AlarmKind.TECHNICAL, "priority": Priority.LOW, "source": "ox", "reason": "link"}
    made = made_of(
        tmp_path,
        (0.0, SourceAdded("ox", "nonin-serial", "COM3", "Nonin", (Vital.SPO2,))),
        (600.0, alarm("LINK_LOST", AlarmState.RAISED, 600.0, **lost)),
    )

    (told,) = own(made, "alarm")
    assert (told["status"], times(told)[1]) == ("preliminary", "")
    assert told["device"] == {"reference": f"urn:uuid:{resources(made, 'Device')[0]['id']}"}
    assert part(told, "worst") is None
    assert told["note"] == [{"text": "link"}]


def test_a_correction_has_a_provenance_that_names_who_when_why_and_what(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, Infusion("start", 0.5, drug="ketamine"), BY),
        (700.0, Infusion("stop"), BY),
        (800.0, alarm("SBP_VHIGH", AlarmState.RAISED, 800.0, **RISE)),
        (810.0, alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, 800.0, **RISE), BY),
        (900.0, Ended()),
        (90_000.0, Amended(3, "stopped at 10:11", "entered late"), "Dr. Weiß"),
        (90_000.0, Amended(5, "seen at once", "typed wrong"), "Dr. Weiß"),
        (90_000.0, Signed((7, 8), "doctor", True), "Dr. Weiß"),
    )

    pump, seen = own(made, "event", "amended")
    (infusion,) = given(made)
    (rise,) = own(made, "alarm")
    assert pump["focus"] == [{"reference": f"urn:uuid:{infusion['id']}"}]
    assert seen["focus"] == [{"reference": f"urn:uuid:{rise['id']}"}]
    assert rise["status"] == "amended"
    first, _ = (p for p in resources(made, "Provenance") if coded(p["activity"]) == ["UPDATE"])
    assert first["target"] == [
        {"reference": f"urn:uuid:{pump['id']}"},
        {"reference": f"urn:uuid:{infusion['id']}"},
    ]
    assert first["recorded"] == "2025-03-02T11:00:00.000+01:00"
    assert first["agent"][0]["who"] == {"display": "Dr. Weiß"}
    assert first["reason"] == [{"text": "entered late"}]


def test_a_late_note_says_that_it_came_later(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, Note("calm"), BY),
        (900.0, Ended()),
        (90_000.0, Note("slept well, as told by telephone"), "Dr. Weiß"),
    )

    during, later = own(made, "event", "note")
    assert later["valueString"] == "slept well, as told by telephone"
    assert later["effectiveDateTime"].startswith("2025-03-02T11:00:00")
    (added,) = (p for p in resources(made, "Provenance") if coded(p["activity"]) == ["APPEND"])
    assert added["target"] == [{"reference": f"urn:uuid:{later['id']}"}]
    assert during["id"] not in json.dumps(added)
    assert resources(made, "Encounter")[0]["period"]["end"].startswith("2025-03-01T10:15:00")


def test_signatures_say_whether_a_pin_was_given(tmp_path):
    made = made_of(
        tmp_path,
        (600.0, SignedOff("Dr. Weiß", "doctor", True), "Dr. Weiß"),
        (601.0, SignedOff(BY), BY),
    )

    signed = [
        (coded(one["activity"])[0], one["agent"][0]["who"]["display"])
        for one in resources(made, "Provenance")
        if coded(one["agent"][0]["type"]) == ["attester"]
    ]
    assert signed == [("signed_with_pin", "Dr. Weiß"), ("signed_by_name", BY)]


def test_a_clinics_own_scale_is_a_questionnaire_too(tmp_path):
    filed = Instrument("mood", "2", "Mood", {"low": 3}, {"sum": 3.0})

    (told,) = resources(made_of(tmp_path, (600.0, filed, BY)), "QuestionnaireResponse")

    assert told["questionnaire"].endswith("checklist:mood|2")
    assert told["item"][0] == {"linkId": "low", "answer": [{"valueInteger": 3}]}


def test_research_choices_hold_for_the_timeline_too(tmp_path):
    """Names become numbers, dates move, what people wrote is gone; times and values stay."""
    told = (
        (600.0, Note("Dr. Weiß asked her sister"), BY),
        (610.0, Note("with a sigh", "toilet"), BY),
        (620.0, Medicine("ondansetron", "half a tablet", "oral", "for her sister"), BY),
        (630.0, Infusion("start", 0.5, drug="ketamine", detail="pump of room 3"), BY),
        (640.0, alarm("SBP_VHIGH", AlarmState.RAISED, 640.0, value=187.0, **RISE)),
        (650.0, alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, 640.0, value=187.0, **RISE), BY),
        (700.0, Ended()),
        (90_000.0, Amended(2, "asked her brother", "Dr. Weiß misheard"), "Dr. Weiß"),
    )
    choice = ExportChoice(pseudonym="S-0A1B2C3D4E", shift_days=-364, free_text=False)

    made = made_of(tmp_path, *told, choice=choice)

    everything = json.dumps(made, ensure_ascii=False)
    secret = ("Weiß", "Yıldız", "sister", "brother", "sigh", "room 3", "tablet", "2025", "P-017")
    assert [word for word in secret if word in everything] == []
    (note,) = own(made, "event", "note")
    assert coded(note["dataAbsentReason"]) == ["masked"]
    assert len(own(made, "event", "toilet")) == 1
    assert part(own(made, "alarm")[0], "worst")["value"] == 187
    assert part(own(made, "alarm")[0], "acknowledged-by") == "staff 2"
    assert given(made)[1]["dosage"]["rateQuantity"]["value"] == 0.5

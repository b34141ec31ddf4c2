"""The FHIR bundle tells what the record tells, in the form that other programs read."""

import json
import re

import pytest
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from kapmonitor.checklist import load_checklist
from kapmonitor.events import Amended, DoseWithdrawn, Round
from kapmonitor.export.fhir import bundle, bundle_json, export_fhir
from kapmonitor.export.visit import read_visit
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey, fingerprint
from kapmonitor.vitals import Vital
from tests.kapmonitor.export.fhir_rules import (
    coded,
    resources,
    seals_of,
    value_of,
    vital_signs,
    wrong_others,
    wrong_references,
    wrong_vital_signs,
)
from tests.kapmonitor.export.pdf_visits import DOSE_AT, cuff, entries, opened, ordinary, write
from tests.kapmonitor.record.stories import write_visit

PANEL, SYSTOLIC, DIASTOLIC = "85354-9", "8480-6", "8462-4"


def made_of(tmp_path, told, seconds=range(0), **more):
    record = write(tmp_path / "s.kap", told, seconds, **more)
    return json.loads(bundle_json(bundle(read_visit(record))))


@pytest.fixture
def visit(tmp_path):
    """The ordinary visit with five minutes of an oximeter."""
    return made_of(tmp_path, ordinary(), range(600, 900))


def test_the_bundle_is_valid_and_so_is_each_vital_sign(visit):
    Bundle.model_validate(visit)

    assert wrong_vital_signs(visit) == []
    assert wrong_others(visit) == []
    assert wrong_references(visit) == []


def test_the_rules_find_what_breaks_them(visit):
    """Or the test above would say nothing."""
    panel = vital_signs(visit, PANEL)[0]
    panel["component"][0]["valueQuantity"]["code"] = "mmHg"
    panel["valueQuantity"] = {"value": 1}
    del vital_signs(visit, "2708-6")[0]["effectiveDateTime"]
    resources(visit, "Encounter")[0]["subject"]["reference"] = "urn:uuid:gone"

    assert len(wrong_vital_signs(visit)) == 3
    assert wrong_references(visit) == ["urn:uuid:gone"]
    visit["entry"][0]["resource"]["gender"] = 7
    with pytest.raises(ValidationError):
        Bundle.model_validate(visit)


def test_every_cuff_reading_is_a_panel_with_its_own_time_and_values(visit):
    panels = vital_signs(visit, PANEL)

    found = [
        (p["effectiveDateTime"], value_of(p, SYSTOLIC), value_of(p, DIASTOLIC)) for p in panels
    ]
    assert found == [
        ("2025-03-01T10:01:40.000+01:00", 121, 77),
        ("2025-03-01T10:05:00.000+01:00", 118, 76),
        ("2025-03-01T10:50:00.000+01:00", 187, 104),
        ("2025-03-01T10:55:00.000+01:00", 203, 101),
        ("2025-03-01T11:10:00.000+01:00", 133, 84),
        ("2025-03-01T12:10:00.000+01:00", 124, 79),
        ("2025-03-01T12:10:00.000+01:00", None, None),
    ]


def test_a_cuff_without_a_value_says_why(visit):
    failed = vital_signs(visit, PANEL)[-1]

    for part in failed["component"]:
        assert part["dataAbsentReason"]["text"] == "cuff_loose"
        assert part["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert "valueQuantity" not in json.dumps(failed)


def test_a_doubtful_reading_is_preliminary_and_says_why(visit):
    (doubted,) = [p for p in vital_signs(visit, PANEL) if p["status"] == "preliminary"]

    assert value_of(doubted, SYSTOLIC) == 203
    assert doubted["note"] == [{"text": "questionable: body_movement"}]


def test_a_reading_from_a_memory_has_no_time_but_its_latest(tmp_path):
    """Its own clock is not trusted, and when it came is not when it was measured."""
    kept = cuff(140.0, 90.0, origin=Origin.STORED, device_time="2025-02-28T23:00:00")

    (panel,) = vital_signs(made_of(tmp_path, entries((0.0, opened()), (60.0, kept))), PANEL)

    assert "effectiveDateTime" not in panel
    assert panel["effectivePeriod"] == {"end": "2025-03-01T10:01:00.000+01:00"}
    assert panel["note"] == [{"text": "stored; device_time: 2025-02-28T23:00:00"}]


def spo2(at, value, quality=Quality.GOOD, reason=""):
    return Reading(Vital.SPO2, value, at, quality, reason, source="ox")


def oximetry(tmp_path, *readings):
    """Time of day and value of the SpO2 observations that these readings become."""
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(entries((0.0, opened()))[0])
    recorder.put_block(SampleBlock(0, readings))
    recorder.close()
    made = bundle(read_visit(Record.open(tmp_path / "s.kap")))
    assert wrong_vital_signs(made) == []
    assert wrong_others(made) == []
    return [
        (one["effectiveDateTime"][14:19], value_of(one), one["status"])
        for one in vital_signs(made, "2708-6")
    ]


def test_of_a_minute_the_middle_and_both_extremes_are_told(tmp_path):
    """A dip of one second is not lost, and no number is told that was not measured."""
    values = {0: 97.0, 10: 96.0, 20: 81.0, 30: 97.0, 40: 98.0, 59.9: 97.0}
    readings = [spo2(float(at), value) for at, value in values.items()]

    assert oximetry(tmp_path, *readings, spo2(60.0, 95.0)) == [
        ("00:20", 81, "final"),
        ("00:30", 97, "final"),
        ("00:40", 98, "final"),
        ("01:00", 95, "final"),
    ]


def test_two_values_of_one_moment_are_two_observations(tmp_path):
    """A packet may hold several; one id for both would lose one of them in the other system."""
    told = oximetry(tmp_path, spo2(5.0, 96.0), spo2(5.0, 97.0))
    assert sorted(told) == [("00:05", 96, "final"), ("00:05", 97, "final")]


def test_a_minute_without_a_good_reading_says_so(tmp_path):
    doubted = spo2(5.0, 88.0, Quality.QUESTIONABLE, "motion")
    nothing = [spo2(60.0 + at, None, Quality.INVALID, "sensor_off") for at in range(20)]

    assert oximetry(tmp_path, doubted, *nothing) == [
        ("00:05", 88, "preliminary"),
        ("01:00", None, "final"),
    ]


def test_an_invalid_number_is_never_told(tmp_path):
    """A decoder gives none; if one did, the bundle would still not."""
    assert oximetry(tmp_path, spo2(1.0, 127.0, Quality.INVALID, "sensor_off")) == [
        ("00:01", None, "final")
    ]


def test_breaths_counted_by_hand_are_vital_signs(visit):
    rates = vital_signs(visit, "9279-1")

    assert [value_of(rate) for rate in rates] == [14, 14]
    assert rates[0]["performer"] == [{"display": "N. Yıldız"}]


def test_the_dose_has_route_amount_time_and_person(visit):
    (dose,) = resources(visit, "MedicationAdministration")

    assert dose["status"] == "completed"
    assert dose["medicationCodeableConcept"] == {"text": "esketamine"}
    assert coded(dose["dosage"]["route"]) == ["46713006"]
    assert (dose["dosage"]["dose"]["value"], dose["dosage"]["dose"]["code"]) == (56, "mg")
    assert dose["effectiveDateTime"] == "2025-03-01T10:10:00.000+01:00"
    assert dose["performer"] == [{"actor": {"display": "Dr. Weiß"}}]


def test_a_dose_that_was_taken_back_stays_and_says_so(tmp_path):
    told = [*ordinary()[:9], *entries((DOSE_AT + 60, DoseWithdrawn(7, "not given")))]

    (dose,) = resources(made_of(tmp_path, told), "MedicationAdministration")

    assert dose["status"] == "entered-in-error"
    assert dose["statusReason"] == [{"text": "not given"}]


def test_a_round_keeps_its_answers_and_sums(visit):
    first, _ = resources(visit, "QuestionnaireResponse")

    answers = {item["linkId"]: item["answer"] for item in first["item"]}
    assert answers["moaas"] == [{"valueInteger": 4}]
    assert answers["nausea"] == [{"valueString": "mild"}]
    assert answers["score.dissociation"] == [{"valueDecimal": 7}]
    assert first["authored"] == "2025-03-01T10:30:00.000+01:00"
    version = load_checklist("standard").version
    assert first["questionnaire"].endswith(f"checklist:standard|{version}")


def test_a_round_stands_under_the_headings_of_its_own_form(tmp_path):
    form = (
        'name = "ours"\nversion = "3"\ntitle = "Ours"\n[[group]]\nid = "g"\ntitle = "How it is"\n'
        '[[item]]\nid = "calm"\ngroup = "g"\nkind = "scale"\ntext = "Calm"\n'
    )
    filed = Round("ours", "3", {"calm": 2, "strange": True}, note="all well")
    told = entries((0.0, opened(checklist_text=form)), (60.0, filed, "A"))

    made = made_of(tmp_path, told)

    Bundle.model_validate(made)
    (response,) = resources(made, "QuestionnaireResponse")
    assert response["item"] == [
        {
            "linkId": "group.g",
            "text": "How it is",
            "item": [{"linkId": "calm", "text": "Calm", "answer": [{"valueInteger": 2}]}],
        },
        {"linkId": "strange", "answer": [{"valueBoolean": True}]},
        {"linkId": "note", "answer": [{"valueString": "all well"}]},
    ]


def test_an_amendment_points_at_what_it_corrects(visit):
    (amendment,) = [
        one for one in resources(visit, "Observation") if one["code"].get("text") == "amendment"
    ]
    (dose,) = resources(visit, "MedicationAdministration")

    assert amendment["valueString"] == "56 mg in two sprays"
    assert amendment["note"] == [{"text": "unclear"}]
    assert amendment["focus"] == [{"reference": f"urn:uuid:{dose['id']}"}]


def test_what_was_amended_says_so_and_keeps_its_value(tmp_path):
    told = [*ordinary(), *entries((9600.0, Amended(5, "arm was bent", "wrong position"), "A"))]

    made = made_of(tmp_path, told)

    Bundle.model_validate(made)
    first, *others = vital_signs(made, PANEL)
    assert (first["status"], value_of(first, SYSTOLIC)) == ("amended", 121)
    assert "amended" not in [one["status"] for one in others]


def test_the_seal_is_told_with_its_signature(tmp_path):
    key = InstallationKey.generate()

    made = made_of(tmp_path, ordinary(), key=key)

    Bundle.model_validate(made)
    (seal,) = seals_of(made)
    statement = Record.open(tmp_path / "s.kap").statements()[0]
    assert seal["entity"][0]["what"] == {
        "identifier": {"system": "urn:x-kapmonitor:seal", "value": statement.last},
        "display": statement.short_code,
    }
    assert seal["recorded"] == "2025-03-01T11:30:00.000+00:00"
    assert fingerprint(key.public_key) in seal["signature"][0]["who"]["display"]


def test_an_interrupted_visit_has_neither_end_nor_seal(tmp_path):
    made = made_of(tmp_path, ordinary()[:12], range(600, 700), seal=False)

    Bundle.model_validate(made)
    (encounter,) = resources(made, "Encounter")
    assert encounter["status"] == "in-progress"
    assert "end" not in encounter["period"]
    assert resources(made, "Provenance") == []


def test_the_patient_is_a_code_and_a_simulation_is_marked_everywhere(tmp_path):
    made = json.loads(
        export_fhir(Record.open(write_visit(tmp_path / "s.kap")), tmp_path).read_text()
    )

    (patient,) = resources(made, "Patient")
    assert [one["value"] for one in patient["identifier"]] == ["P-017"]
    assert set(patient) == {"resourceType", "id", "meta", "identifier"}
    for one in [made, *resources(made)]:
        assert [mark["code"] for mark in one["meta"]["security"]] == ["HTEST"]
        assert [mark["code"] for mark in one["meta"]["tag"]] == ["identified"]


def test_the_same_record_gives_the_same_bytes(tmp_path):
    record = write(tmp_path / "s.kap", ordinary(), range(600, 660))

    first = export_fhir(record, tmp_path / "a").read_bytes()

    assert export_fhir(record, tmp_path / "b").read_bytes() == first
    ids = [one["id"] for one in resources(json.loads(first))]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one) for one in ids)


def test_strange_text_does_not_break_the_bundle(tmp_path):
    """Control characters, spaces alone, a number beyond 32 bits: whatever was entered."""
    told = entries(
        (0.0, opened(patient_code=" \x00 ", staff=("\x1b", " "))),
        (5.0, Round("a b", "1 2", {"note": "\x07\n", "": None, "n": 3_000_000_000}), "\t"),
        (9.0, Amended(99, " ", ""), "Ä\u2028B"),
    )
    Bundle.model_validate(made_of(tmp_path, told))

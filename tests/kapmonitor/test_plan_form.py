"""A clinic copies a plan and changes it in a form: checked at the field, recorded, read back."""

from pathlib import Path

import msgspec
import pytest

from kapmonitor import plan_form
from kapmonitor.clinic_files import changes
from kapmonitor.errors import KapmonitorError, PlanError, Refused
from kapmonitor.plan import CheckKind, load_plan, parse_plan
from kapmonitor.plan_form import FIELDS, changed, clinic_plans, save_plan, shown, unprompted
from kapmonitor.plan_words import plan_lines
from kapmonitor.toml_text import written_struct

PLAN, _ = load_plan("in")


def test_the_form_shows_the_plan_as_a_person_writes_it():
    values = shown(PLAN)

    assert values["cuffs"] == "20, 40, 60, 90, 120"
    assert values["rounds"] == "10, 20, 40, 60, 90, 120"
    assert values["doses"] == "28, 56, 84"
    assert (values["predose.systolic"], values["minimum_observation_min"]) == ("140", "120")
    assert values.keys() == {field.id for field in FIELDS}


def test_every_plan_of_ours_survives_being_written_and_read_again():
    for route in ("in", "iv", "im", "sl", "sc"):
        plan, _ = load_plan(route)
        assert parse_plan(written_struct(plan), "copy") == plan


def test_a_changed_copy_keeps_what_nobody_changed():
    new = changed(PLAN, "our-spray", {"cuffs": "15, 40, 60, 90, 120", "usual_dose": "84"})

    assert (new.name, new.usual_dose) == ("our-spray", 84)
    cuffs = new.checks(CheckKind.CUFF)
    assert [check.at_min for check in cuffs] == [15, 40, 60, 90, 120]
    forty = cuffs[1]
    assert (forty.opens_min, forty.closes_min) == (35, 50), "its window stays"
    assert new.checks(CheckKind.ROUND) == PLAN.checks(CheckKind.ROUND)
    assert new.leaving == PLAN.leaving


@pytest.mark.parametrize(
    ("field", "text", "low", "high"),
    [
        ("minimum_observation_min", "long", 0, 1440),
        ("minimum_observation_min", "2000", 0, 1440),
        ("predose.systolic", "300", 90, 220),
        ("baseline.cuff_readings", "2.5", 1, 10),
        ("cuffs", "20, forty", 0, 1440),
        ("cuffs", "", 0, 1440),
        ("usual_dose", "0", 0, 2000),
        ("usual_dose", "nan", 0, 2000),
        ("device_dose", "0", 0, 2000),
        ("reference_round", "perhaps", 0, 1440),
        ("scales", "mood: at noon", 0, 1440),
        ("scales", "mood: 40; mood: 60", 0, 1440),
        ("limits", "", 0, 1440),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_with_its_range(
    field: str, text: str, low: float, high: float
):
    with pytest.raises(Refused) as refused:
        changed(PLAN, "copy", {field: text})

    assert refused.value.code == "plan_field"
    assert refused.value.facts == {"field": field, "value": text, "low": low, "high": high}


def test_a_decimal_comma_is_understood():
    assert changed(PLAN, "copy", {"baseline.apart_min": "2,5"}).baseline.apart_min == 2.5


@pytest.mark.parametrize("name", ["", "Our Spray", "../spray", "a" * 60])
def test_a_name_that_no_file_should_have_is_refused(name: str):
    with pytest.raises(Refused) as refused:
        changed(PLAN, name, {})
    assert refused.value.code == "plan_name"


def test_a_saved_copy_is_found_by_name_and_its_change_is_recorded(tmp_path: Path):
    new = changed(PLAN, "our-spray", {"predose.systolic": "150"})
    save_plan(
        tmp_path, new, PLAN, by="Dr. Okafor", reason="our patients are older", utc=1_790_000_000
    )

    found, _ = load_plan("our-spray", tmp_path)
    assert found == new
    assert [(one.name, one.own) for one in clinic_plans(tmp_path)][-1] == ("our-spray", True)
    (change,) = changes(tmp_path)
    assert (change.file, change.by, change.reason) == (
        "our-spray.toml", "Dr. Okafor", "our patients are older",
    )  # fmt: skip
    assert change.changed == {
        "name": ("intranasal", "our-spray"),
        "predose.systolic": ("140", "150"),
    }

    again = changed(found, "our-spray", {"predose.systolic": "145"})
    save_plan(tmp_path, again, found, by="Dr. Okafor", reason="too high", utc=1_790_000_900)
    assert (new.version, again.version) == ("1", "2")
    assert [one.changed for one in changes(tmp_path)][-1] == {"predose.systolic": ("150", "145")}


@pytest.mark.parametrize(("by", "reason"), [("", "why"), ("Ana", " ")])
def test_a_change_without_name_or_reason_is_refused_and_writes_nothing(
    tmp_path: Path, by: str, reason: str
):
    with pytest.raises(Refused):
        save_plan(tmp_path, changed(PLAN, "copy", {}), PLAN, by=by, reason=reason, utc=1.0)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_clinic_that_is_no_plan_is_left_out_and_a_wrong_one_is_named(tmp_path: Path):
    (tmp_path / "limits.toml").write_text('name = "limits"\n[[limit]]\nid = "SPO2_LOW"\n')
    wrong = written_struct(msgspec.structs.replace(PLAN, name="half")).replace("140", "900")
    (tmp_path / "half.toml").write_text(wrong)

    listed = {one.name: one for one in clinic_plans(tmp_path)}

    assert "limits" not in listed
    assert isinstance(listed["half"].problem, PlanError)
    assert "predose.systolic" in str(listed["half"].problem.facts["place"])


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KapmonitorError) as error:
        save_plan(tmp_path / "file", changed(PLAN, "copy", {}), PLAN, by="A", reason="b", utc=1.0)
    assert error.value.code == "folder_unwritable"


def test_every_field_has_words_and_a_source():
    for field in FIELDS:
        assert len(field.words) > 3
    assert plan_form.source(PLAN, "predose.systolic").startswith("SPRAVATO")
    assert plan_form.source(PLAN, "cuffs") == PLAN.source


def test_the_newer_lines_of_a_plan_are_changed_in_the_form_and_read_back():
    changes_made = {
        "reference_round": "no",
        "discharge_round": "no",
        "devices_apart_min": "7",
        "device_dose": "",
        "scales": "mood: before, 120, 40; sleep",
        "checklist": "our-round",
    }
    new = changed(PLAN, "our-spray", changes_made)

    assert not new.reference_round and not new.discharge_round
    assert (new.devices_apart_min, new.device_dose, new.one_device) == (7, None, 28)
    (mood,) = new.instrument
    assert (mood.name, mood.before_dose, mood.at_min) == ("mood", True, (40, 120))
    assert new.instruments == ("sleep",)
    assert shown(new)["scales"] == "sleep; mood: before, 40, 120"

    back = changed(new, "our-spray", {"scales": "sleep", "reference_round": "yes"})
    assert (back.instrument, back.instruments) == ((), ("sleep",))
    assert back.reference_round and back.version == "2"


def test_a_plan_copied_before_these_lines_existed_works_and_says_what_it_does_not_prompt():
    """The clinic's file has none of the newer keys; nothing is prompted that it does not name."""
    newer = ("reference_round", "discharge_round", "devices_apart_min", "device_dose")
    text = "\n".join(
        line for line in written_struct(PLAN).splitlines() if not line.startswith(newer)
    )
    old = parse_plan(text.replace("instruments = []", 'instruments = ["mood"]'), "our-spray")

    assert unprompted(old) == ("reference_round", "discharge_round", "devices", "scale mood")
    said = "\n".join(plan_lines(old))
    assert "It prompts no round before the dose." in said
    assert "It prompts no next spray or lozenge" in said
    assert "It offers the scale mood and never prompts it." in said
    assert changed(old, "our-spray", {"usual_dose": "84"}).reference_round is False
    assert unprompted(PLAN) == ()
    assert "prompts no" not in "\n".join(plan_lines(PLAN))

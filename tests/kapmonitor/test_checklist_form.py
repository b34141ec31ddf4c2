"""A clinic chooses the items of a round and words them itself; what is judged by cannot go."""

from pathlib import Path

import pytest

from kapmonitor.checklist import load_checklist, read_checklist
from kapmonitor.checklist_form import ItemForm, NewItem, changed, listed, needed, save, shown
from kapmonitor.clinic_files import changes
from kapmonitor.errors import Refused
from kapmonitor.plan import load_plan
from kapmonitor.toml_text import written_struct

FORM = load_checklist("standard")


def test_items_are_left_out_and_reworded_and_keep_what_is_stored():
    items = shown(FORM)
    items["headache"] = ItemForm("Headache", kept=False)
    gait = items["gait"]
    items["gait"] = ItemForm("Walks", tuple(f"{words}!" for words in gait.choices))

    new = changed(FORM, "ours", "Our round", items)

    assert (new.name, new.version, new.title) == ("ours", "1", "Our round")
    by_id = {item.id: item for item in new.item}
    assert "headache" not in by_id
    before = next(item for item in FORM.item if item.id == "gait")
    assert by_id["gait"].text == "Walks"
    assert by_id["gait"].values == before.values
    assert all(choice.text.endswith("!") for choice in by_id["gait"].choices)
    assert new.score == FORM.score


@pytest.mark.parametrize("item", ["moaas", "red_flags", "respiratory_rate", "gait", "d_time"])
def test_what_alarms_scores_and_leaving_are_judged_by_cannot_be_left_out(item: str):
    assert item in needed(FORM)
    items = {**shown(FORM), item: ItemForm(shown(FORM)[item].text, kept=False)}

    with pytest.raises(Refused) as refused:
        changed(FORM, "ours", "Ours", items)
    assert refused.value.code == "form_item_needed"


def test_an_item_of_ones_own_is_added_under_an_identifier_of_its_own():
    added = (NewItem("severity", "side_effects", "Itching"), NewItem("text", "safety", "Nausea"))
    new = changed(FORM, "ours", "Ours", {}, added)

    assert [item.id for item in new.item[-2:]] == ["itching", "nausea_2"]
    assert new.checked({"moaas": 5, "itching": "mild", "nausea_2": "more"})["itching"] == "mild"


@pytest.mark.parametrize(
    ("items", "added", "code"),
    [
        ({"gait": ItemForm("Walks", ("one",))}, (), "form_choices"),
        ({"nausea": ItemForm(" ")}, (), "form_text_empty"),
        ({"nausea": ItemForm("x" * 201)}, (), "form_text_long"),
        ({}, (NewItem("number", "safety", "Pain"),), "form_added"),
        ({}, (NewItem("text", "elsewhere", "Pain"),), "form_added"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_the_item(items, added, code: str):
    with pytest.raises(Refused) as refused:
        changed(FORM, "ours", "Ours", items, added)
    assert refused.value.code == code


def test_a_kept_form_is_listed_with_the_plans_that_use_it_and_its_change_is_recorded(
    tmp_path: Path,
):
    items = {**shown(FORM), "headache": ItemForm("Headache", kept=False)}
    new = changed(FORM, "ours", "Our round", items)
    save(tmp_path, new, FORM, by="Ana", reason="nobody asks", utc=1.0)
    plan, _ = load_plan("in")
    text = written_struct(plan).replace('checklist = "standard"', 'checklist = "ours"')
    (tmp_path / "spray.toml").write_text(text.replace('name = "intranasal"', 'name = "spray"'))
    (tmp_path / "torn.toml").write_text('name = "torn"\n[[item]]\nid = "x\n')

    found = {one.name: one for one in listed(tmp_path)}

    assert found["ours"].used_by == ("spray",)
    assert "intranasal" in found["standard"].used_by
    assert found["torn"].problem is not None
    assert found["torn"].problem.facts["place"] == "line 3"
    (change,) = changes(tmp_path)
    assert change.changed["headache"] == ("Headache", "")
    assert change.changed["name"] == ("standard", "ours")
    assert read_checklist("ours", tmp_path)[0] == new


def test_the_form_itself_survives_being_written():
    assert changed(FORM, "standard", FORM.title, shown(FORM)).item == FORM.item
    assert changed(FORM, "standard", FORM.title, {}).version == "3"

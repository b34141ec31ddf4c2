"""A clinic copies limits and changes them in a form: checked at the cell, recorded, read back."""

from pathlib import Path

import pytest

from alarms import presets
from alarms.limits import HIGH_RANGES
from alarms.preset_form import changed, listed, rows, save, shown, text_of
from kapmonitor.clinic_files import changes
from kapmonitor.errors import PlanError, Refused

DEFAULT = presets.load()


def cells_of(alarm: str):
    return next(row.cells for row in rows(DEFAULT) if row.spec.id == alarm)


def test_a_row_shows_value_default_range_delay_and_priority():
    cells = cells_of("SPO2_LOW")

    assert (cells["value"].value, cells["value"].default) == ("90", "90")
    assert (cells["value"].low, cells["value"].high) == (85, 95)
    assert cells["delay"].value == "15"
    assert cells["priority"].choices == ("low", "medium", "high")
    assert cells["on"].choices == ("on", "off")


def test_an_alarm_that_can_be_high_cannot_be_off_or_lowered_and_has_its_fixed_range():
    for alarm, (low, high) in HIGH_RANGES.items():
        cells = cells_of(alarm)
        assert "on" not in cells
        assert (cells["value"].low, cells["value"].high) == (low, high)
        assert cells["delay"].high == 15
    assert cells_of("SPO2_DESAT")["priority"].choices == ("high",)
    # MEDIUM on the first reading, HIGH when the next confirms it: never LOW.
    assert cells_of("SBP_VHIGH")["priority"].choices == ("medium", "high")


def test_a_copy_names_only_what_it_changes_and_stands_on_the_default():
    new = changed(DEFAULT, "our-limits", {"SPO2_LOW.value": "91", "RPP_HIGH.on": "on"})

    spec = new.find("SPO2_LOW")
    assert (spec.value, spec.clear) == (91, ">= 93"), "what clears it moves along"
    assert new.find("RPP_HIGH").on
    assert text_of(new) == (
        'name = "our-limits"\nversion = "1"\n\n[[limit]]\nid = "SPO2_LOW"\nvalue = 91.0\n'
        'clear = ">= 93"\n\n[[limit]]\nid = "RPP_HIGH"\non = true\n'
    )
    assert new.find("PR_HIGH") == DEFAULT.find("PR_HIGH")


def test_both_numbers_of_a_rise_the_delay_and_the_priority_can_be_changed():
    new = changed(
        DEFAULT,
        "ours",
        {"BP_RISE.value": "35", "BP_RISE.other": "20", "PR_RISE.delay": "45",
         "PR_RISE.priority": "medium", "averaging": "8", "cuff_repeats": "2"},
    )  # fmt: skip

    rise = new.find("BP_RISE")
    assert (rise.value, rise.other.value, rise.other.clear) == (35, 20, "< 15")
    assert (new.find("PR_RISE").delay, new.find("PR_RISE").priority.value) == (45, "medium")
    assert (new.averaging, new.cuff_repeats) == (8, 2)


@pytest.mark.parametrize(
    ("cell", "text", "allowed"),
    [
        ("SPO2_LOW.value", "84", "85-95"),
        ("SPO2_DESAT.value", "70", "80-90"),
        ("SPO2_DESAT.delay", "16", "0-15"),
        ("SPO2_DESAT.priority", "medium", "high"),
        ("PR_HIGH.value", "many", "100-160"),
        ("PR_HIGH.delay", "nan", "0-600"),
        ("BP_RISE.other", "50", "15-40"),
        ("SPO2_LOW.on", "perhaps", "on, off"),
        ("averaging", "17", "0-16"),
        ("cuff_repeats", "1.5", "0-3"),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell_with_what_may(cell: str, text: str, allowed: str):
    with pytest.raises(Refused) as refused:
        changed(DEFAULT, "ours", {cell: text})

    assert refused.value.code == "preset_field"
    assert refused.value.facts == {"field": cell, "value": text, "allowed": allowed}


def test_a_kept_copy_wins_by_its_name_and_says_who_changed_what_and_why(tmp_path: Path):
    new = changed(DEFAULT, "default", {"SBP_VHIGH.value": "170"})
    save(tmp_path, new, DEFAULT, by="Dr. Okafor", reason="older patients", utc=1_790_000_000)

    assert presets.load("default", tmp_path).find("SBP_VHIGH").value == 170
    assert [(one.name, one.own) for one in listed(tmp_path)] == [("default", True)]
    (change,) = changes(tmp_path)
    assert (change.file, change.by, change.reason) == (
        "default.toml", "Dr. Okafor", "older patients",
    )  # fmt: skip
    assert change.changed == {"SBP_VHIGH.value": ("180", "170")}

    again = changed(presets.load("default", tmp_path), "default", {"PR_HIGH.delay": "20"})
    save(tmp_path, again, new, by="Dr. Okafor", reason="runners", utc=1_790_000_900)
    kept = presets.load("default", tmp_path)
    assert (kept.find("SBP_VHIGH").value, kept.find("PR_HIGH").delay) == (170, 20)


def test_what_a_clinic_wrote_by_hand_survives_the_form(tmp_path: Path):
    (tmp_path / "ours.toml").write_text(
        'name = "ours"\n[[limit]]\nid = "NIGHT_LOW"\nvital = "spo2"\ncondition = "<"\nvalue = 93\n'
        'clear = ">= 94"\npriority = "low"\nallowed = [90, 96]\nsource = "ours"\n'
        '[[technical]]\nid = "LINK_LOST"\nsteps = [{ after = 5, priority = "low" }]\n'
    )
    before = presets.load("ours", tmp_path)
    new = changed(before, "ours", {"NIGHT_LOW.value": "92"})
    save(tmp_path, new, before, by="Ana", reason="fewer", utc=1.0)

    kept = presets.load("ours", tmp_path)
    assert kept.find("NIGHT_LOW").value == 92
    assert kept.find("LINK_LOST").steps[0].after == 5


def test_a_broken_file_is_listed_with_its_line_and_key(tmp_path: Path):
    (tmp_path / "half.toml").write_text('name = "half"\n[[limit]]\nid = "SPO2_LOW"\nvalue = 20\n')
    (tmp_path / "torn.toml").write_text('name = "torn"\n[[limit]]\nid = "SPO2_LOW\n')

    found = {one.name: one.problem for one in listed(tmp_path)}

    assert isinstance(found["half"], PlanError)
    assert found["half"].facts["place"] == "line 4, limit[0].value"
    assert found["torn"].facts["place"] == "line 3"


def test_no_form_writes_over_a_file_of_another_kind(tmp_path: Path):
    (tmp_path / "spray.toml").write_text('route = "in"\n')
    new = changed(DEFAULT, "spray", {"PR_HIGH.delay": "20"})

    with pytest.raises(Refused) as refused:
        save(tmp_path, new, DEFAULT, by="Ana", reason="why", utc=1.0)
    assert refused.value.code == "name_taken"
    assert (tmp_path / "spray.toml").read_text() == 'route = "in"\n'
    with pytest.raises(Refused):
        changed(DEFAULT, "readiness", {})


def test_every_cell_of_the_default_is_as_the_program_has_it():
    assert text_of(changed(DEFAULT, "copy", shown(DEFAULT))) == 'name = "copy"\nversion = "1"\n'

"""The worksheet is filled with what the record knows, and leaves blank what a person must judge."""

import pytest

from kapmonitor.errors import PlanError
from kapmonitor.events import Ended, Round
from kapmonitor.export.visit import read_visit
from kapmonitor.export.worksheet import worksheet
from kapmonitor.export.worksheet_facts import FACTS, dissociation, sedation
from kapmonitor.export.worksheet_form import parse_form, read_form
from tests.kapmonitor.export.pdf_visits import (
    DOSE_AT,
    MINUTES,
    cuff,
    entries,
    opened,
    ordinary,
    pages,
    saturations,
    write,
)

MINE = """
name = "ours"
version = "2"
title = "Our own sheet"
[[block]]
title = "All"
field = [{ text = "Who", fill = "patient_code" }, { text = "Shoe size" }]
"""


def facts(tmp_path, told, seconds=range(0), **more):
    visit = read_visit(write(tmp_path / "s.kap", told, seconds, **more), clinic="Clinic Ä")
    return {name: fact(visit) for name, fact in FACTS.items()}


def test_an_ordinary_visit_fills_what_it_knows(tmp_path):
    found = facts(tmp_path, ordinary(), range(600, 660))

    assert (
        found
        | {
            "patient_code": "P-017",
            "clinic": "Clinic Ä",
            "date": "2025-03-01",
            "dose_total": "56 mg esketamine",
            "first_dose_time": "10:10",
            "minutes_monitored": "123",
            "minimum_reached": "yes",
            "minutes_ready": "120",
            "pressure_before": "118/76 mmHg, 71 /min, 10:05 (t-05:00)",
            "pressure_40": "187/104 mmHg, 71 /min, 10:50 (t+40:00)",
            "pressure_end": "124/79 mmHg, 71 /min, 12:10 (t+120:00)",
            "pressure_highest": "187/104 mmHg, 71 /min, 10:50 (t+40:00)",
            "spo2_before": "97 %",
            "sedation": "yes",
            "sedation_lowest": "4",
            "sedation_onset": "20",
            "sedation_resolved": None,
            "dissociation_highest": "7",
            "breaths_lowest": "14",
            "red_flags": "none",
            "left_with": "her sister",
        }
        == found
    )


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ((97, 94, -95), "94 %, 10:10 (t+00:01)"),
        ((97, -88, 94), "94 %, 10:10 (t+00:02); doubtful: 88 %"),
        ((-45, -47), "doubtful: 45 %"),
    ],
)
def test_the_lowest_saturation_is_good_or_called_doubtful(tmp_path, measured, told):
    found = facts(tmp_path, ordinary(), readings=saturations(*measured))

    assert found["spo2_lowest"] == told


def test_an_interrupted_visit_invents_nothing(tmp_path):
    found = facts(tmp_path, entries((0.0, opened(staff=(), patient_code=""))), seal=False)

    known = {name for name, fact in found.items() if fact is not None}
    assert known == {"visit", "plan", "clinic", "date"}


def test_a_doubtful_or_late_pressure_is_not_the_one_at_40_minutes(tmp_path):
    """The doubtful one came at 45 min, the good one at 51: neither is it."""
    told = [
        one
        for one in ordinary()
        if not (one.at == DOSE_AT + 2400 and hasattr(one.event, "mean_pressure"))
    ]
    told.append(entries((DOSE_AT + 51 * MINUTES, cuff(150.0, 90.0)))[0])

    assert facts(tmp_path, told)["pressure_40"] is None


def rounds(tmp_path, *answered):
    told = entries(
        *((one.at, one.event, one.by) for one in ordinary()[:9]),
        *((DOSE_AT + minute * MINUTES, filed, "A") for minute, filed in answered),
        (DOSE_AT + 7200, Ended()),
    )
    return read_visit(write(tmp_path / "s.kap", told))


def filed(level, total=None):
    return Round(
        "standard", "2", {"moaas": level}, {} if total is None else {"dissociation": total}
    )


def test_sedation_is_told_from_first_seen_to_gone(tmp_path):
    visit = rounds(
        tmp_path,
        (10, filed(5)),
        (20, filed(3)),
        (40, filed(4)),
        (50, filed("resting")),
        (60, filed(5)),
    )
    found = sedation(visit)

    assert (found.seen, found.worst) == (True, 3)
    assert (found.onset, found.resolved) == (DOSE_AT + 20 * MINUTES, DOSE_AT + 60 * MINUTES)


def test_dissociation_counts_from_what_was_there_before_the_dose(tmp_path):
    visit = rounds(
        tmp_path, (-5, filed(5, 3.0)), (20, filed(5, 3.0)), (40, filed(5, 9.0)), (60, filed(5, 2.0))
    )
    found = dissociation(visit)

    assert (found.onset, found.resolved, found.worst) == (
        DOSE_AT + 40 * MINUTES,
        DOSE_AT + 60 * MINUTES,
        9,
    )


def test_nobody_looked_is_not_no(tmp_path):
    visit = rounds(tmp_path, (20, filed("resting")))

    assert sedation(visit).seen is None
    assert FACTS["sedation"](visit) is None


def test_the_sheet_shows_values_boxes_and_blanks(tmp_path):
    visit = read_visit(write(tmp_path / "s.kap", ordinary()))
    form, _ = read_form("esketamine")

    for page in ("a4", "letter"):
        text = " ".join(pages(worksheet(visit, form, page)))
        assert "Esketamine monitoring worksheet · identified · page 1 of 2" in text
        assert "Blood pressure about 40 min after the dose 187/104 mmHg" in text
        assert "◦ Date of birth" in text
        assert "At least the plan’s minimum?" in text.replace("'", "’")
        assert text.count("■ yes") == 3
    assert worksheet(visit, form) == worksheet(visit, form)


def test_an_unsealed_visit_says_so_on_its_sheet(tmp_path):
    visit = read_visit(write(tmp_path / "s.kap", ordinary()[:9], seal=False))

    text = pages(worksheet(visit, parse_form(MINE)))[0]

    assert "Interrupted, not sealed" in text
    assert "not in the record" not in text


def test_a_clinics_own_form_is_a_file(tmp_path):
    (tmp_path / "ours.toml").write_text(MINE, "utf-8")

    form, text = read_form("ours", tmp_path)

    assert parse_form(text) == form
    visit = read_visit(write(tmp_path / "s.kap", ordinary()))
    shown = pages(worksheet(visit, form))[0]
    assert "Our own sheet" in shown
    assert "1 of 2 fields are blank" in shown
    assert "◦ Shoe size" in shown


def test_a_field_that_asks_for_the_unknown_is_named():
    with pytest.raises(PlanError) as wrong:
        parse_form(MINE.replace("patient_code", "patient_name"))

    assert wrong.value.facts["place"] == "block[0].field[0].fill"
    reason = str(wrong.value.facts["reason"])
    assert "patient_name" in reason and "patient_code" in reason


def test_the_programs_own_form_uses_every_kind_of_fact_that_it_names():
    form, _ = read_form("esketamine")

    named = {field.fill for block in form.block for field in block.field if field.fill}
    assert named <= set(FACTS)
    assert len([field for block in form.block for field in block.field if not field.fill]) > 20

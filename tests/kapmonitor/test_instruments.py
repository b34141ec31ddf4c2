"""A clinic's own scale: checked, summed, pinned in the record, and judged by nobody."""

from pathlib import Path

import msgspec
import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.checklist import parse_checklist
from kapmonitor.errors import PlanError
from kapmonitor.event_words import event_sentence
from kapmonitor.plan import load_plan
from kapmonitor.schedule import outcomes
from kapmonitor.toml_text import written_struct
from tests.kapmonitor.bedside import Bedside
from ui.wiring import load_setting, opened_event

# Our own words, in the shape of a nine-item questionnaire of 0 to 3.
MOOD = """
name = "mood"
version = "3"
title = "Mood today"
group = [{ id = "mood", title = "Mood" }]
item = [
  { id = "q1", group = "mood", kind = "choice", text = "Little joy", required = true, choices = [
    { value = "0", text = "not at all" }, { value = "3", text = "nearly always" } ] },
  { id = "q2", group = "mood", kind = "number", text = "On paper", minimum = 0, maximum = 24 },
]
score = [{ id = "mood", title = "Mood, 0 to 27", items = ["q1", "q2"] }]
"""


def visit() -> Bedside:
    bedside = Bedside().open()
    bedside.engine.instruments = {"mood": parse_checklist(MOOD, "mood")}
    bedside.cuff(30.0, 120, 80)
    bedside.ask(60.0, c.RecordDose(by="Ana", gate_reason="seen"))
    return bedside


def test_an_instrument_is_summed_and_pinned_with_its_version():
    bedside = visit()

    answer = bedside.ask(
        90.0, c.FileInstrument(instrument="mood", answers={"q1": "3", "q2": 7}, by="Ana")
    )

    assert not answer.refused
    (filed,) = bedside.engine.session.instruments
    assert filed.event == e.Instrument(
        "mood", "3", "Mood today", {"q1": 3, "q2": 7.0}, {"mood": 10}
    )
    assert event_sentence(filed.event, {}) == "Mood today: 10"


def test_it_is_no_round_so_it_answers_no_check_and_starts_no_alarm():
    bedside = visit()
    bedside.ask(
        60.0 + 10 * 60, c.FileInstrument(instrument="mood", answers={"q1": 0, "q2": 0}, by="Ana")
    )

    assert bedside.engine.session.rounds == []
    first = next(
        o for o in outcomes(bedside.engine.plan, bedside.engine.session) if o.check == "round"
    )
    assert first.state == "open"


@pytest.mark.parametrize(
    ("instrument", "answers", "refused"),
    [
        ("mood", {"q1": 2}, "bad_answer"),
        ("mood", {"q2": 3}, "item_missing"),
        ("mood", {"q1": 0, "q2": 25}, "bad_answer"),
        ("mood", {"q1": 0, "q9": 1}, "unknown_item"),
        ("cadss", {}, "unknown_instrument"),
    ],
)
def test_what_does_not_fit_the_form_is_refused(instrument: str, answers: dict, refused: str):
    bedside = visit()
    asked = c.FileInstrument(instrument=instrument, answers=answers, by="Ana")

    assert bedside.ask(90.0, asked).refused == refused
    assert bedside.engine.session.instruments == []


def test_a_plan_names_instruments_of_the_clinic_and_the_record_keeps_their_text(tmp_path: Path):
    clinic = tmp_path / "clinic"
    clinic.mkdir()
    plan = msgspec.structs.replace(load_plan("in")[0], name="our-spray", instruments=("mood",))
    (clinic / "our-spray.toml").write_text(written_struct(plan))
    (clinic / "mood.toml").write_text(MOOD)

    opened = opened_event(load_setting("our-spray", tmp_path), "abc")

    assert opened.instrument_texts == {"mood": MOOD}


def test_a_wrong_instrument_is_named_with_its_place_before_the_visit(tmp_path: Path):
    clinic = tmp_path / "clinic"
    clinic.mkdir()
    plan = msgspec.structs.replace(load_plan("in")[0], name="our-spray", instruments=("mood",))
    (clinic / "our-spray.toml").write_text(written_struct(plan))
    (clinic / "mood.toml").write_text(MOOD.replace('items = ["q1"', 'items = ["q7"'))

    with pytest.raises(PlanError) as wrong:
        load_setting("our-spray", tmp_path)
    assert wrong.value.facts["reason"] == "no item 'q7'"

"""What is asked before the dose: the clinic's own list, and what of it was open is kept."""

import pytest

from kapmonitor import events as e
from kapmonitor.before_dose import load_readiness, open_items, parse_readiness
from kapmonitor.commands import AnswerReadiness, RecordDose
from kapmonitor.event_words import event_sentence
from kapmonitor.events import Entry
from tests.kapmonitor.bedside import Bedside
from ui.wiring import load_setting, opened_event

OWN = """
name = "readiness"
version = "ours 3"

[[item]]
id = "pregnancy"
text = "Pregnancy test done"
wanted = "yes"
"""


def test_the_clinics_own_list_wins_and_travels_with_the_record(tmp_path):
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "readiness.toml").write_text(OWN)
    setting = load_setting("in", tmp_path)

    assert [item.id for item in setting.readiness.item] == ["pregnancy"]
    opened = opened_event(setting, "s1")
    (folder / "readiness.toml").unlink()
    assert parse_readiness(opened.readiness_text) == setting.readiness


def test_a_record_from_before_it_was_kept_has_the_programs_list():
    assert parse_readiness("") == load_readiness()


def test_open_is_what_was_not_asked_or_speaks_against_the_dose():
    form = load_readiness()
    answers = {item.id: item.wanted for item in form.item} | {"psychosis": "yes"}
    del answers["consent"]
    given = {
        name: Entry(1, 0.0, 0.0, 0, e.ReadinessAnswer(name, answer))
        for name, answer in answers.items()
    }

    assert open_items(form, given) == ("consent", "psychosis")


@pytest.mark.parametrize("why", ["", "seen by the prescriber"])
def test_a_dose_given_all_the_same_keeps_what_was_open(why):
    bedside = Bedside().open()
    for item in load_readiness().item:
        if item.id != "ride":
            bedside.ask(60.0, AnswerReadiness(by="Ana", item=item.id, answer=item.wanted))
    bedside.ask(120.0, RecordDose(by="Ana", gate_reason=why))
    dose = bedside.events(e.Dose)[0].event
    assert isinstance(dose, e.Dose)

    assert dose.unready == ("ride",)
    said = event_sentence(dose, {})
    assert ("Not confirmed before: ride" in said) is bool(why)

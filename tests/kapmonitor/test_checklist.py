"""The observation round: answers are checked, scores are computed only from whole answers."""

from pathlib import Path

import pytest

from kapmonitor.checklist import load_checklist
from kapmonitor.errors import PlanError, Refused
from kapmonitor.events import Answer

PROBES = ("d_time", "d_surroundings", "d_detached", "d_body", "d_lost", "d_senses")


def test_a_whole_round_is_scored():
    checklist = load_checklist("standard")
    answers: dict[str, Answer] = {
        "moaas": 4,
        "nausea": "mild",
        "red_flags": "none",
        "respiratory_rate": 14,
    }
    answers |= dict.fromkeys(PROBES, 3)

    settled = checklist.checked(answers)

    assert settled["moaas"] == 4
    assert checklist.scores(settled) == {"dissociation": 18.0}


def test_a_resting_patient_is_a_complete_answer():
    checklist = load_checklist("standard")

    settled = checklist.checked({"moaas": "resting"})

    assert settled == {"moaas": "resting"}
    assert checklist.scores(settled) == {}


def test_one_probe_missing_gives_no_score():
    checklist = load_checklist("standard")

    settled = checklist.checked({"moaas": 5, **dict.fromkeys(PROBES[:-1], 1)})

    assert checklist.scores(settled) == {}


@pytest.mark.parametrize(
    ("answers", "code", "item"),
    [
        ({}, "item_missing", "moaas"),
        ({"moaas": 6}, "bad_answer", "moaas"),
        ({"moaas": True}, "bad_answer", "moaas"),
        ({"moaas": 5, "d_time": 5}, "bad_answer", "d_time"),
        ({"moaas": 5, "d_time": 1.5}, "bad_answer", "d_time"),
        ({"moaas": 5, "nausea": "terrible"}, "bad_answer", "nausea"),
        ({"moaas": 5, "respiratory_rate": "many"}, "bad_answer", "respiratory_rate"),
        ({"moaas": 5, "respiratory_rate": 90}, "bad_answer", "respiratory_rate"),
        ({"moaas": 5, "red_flags": "chest_pain,tired"}, "bad_answer", "red_flags"),
        ({"moaas": 5, "mood": "good"}, "unknown_item", "mood"),
    ],
)
def test_a_wrong_answer_names_the_item(answers: dict, code: str, item: str):
    with pytest.raises(Refused) as caught:
        load_checklist("standard").checked(answers)
    assert (caught.value.code, caught.value.facts["item"]) == (code, item)


def test_red_flags_keep_their_names():
    settled = load_checklist("standard").checked(
        {"moaas": 5, "red_flags": "chest_pain, breathless"}
    )
    assert settled["red_flags"] == "chest_pain,breathless"


def test_a_form_that_points_nowhere_is_refused(tmp_path: Path):
    path = tmp_path / "ours.toml"
    path.write_text(
        'name = "x"\nversion = "1"\ntitle = "x"\n[[group]]\nid = "a"\ntitle = "A"\n'
        '[[item]]\nid = "i"\ngroup = "b"\nkind = "text"\ntext = "?"\n'
    )

    with pytest.raises(PlanError) as caught:
        load_checklist(str(path))

    assert caught.value.facts["place"] == "item[0].group"

"""Onset, peak and end of what the rounds observed, worked out by hand for one visit."""

import pytest

from kapmonitor import events as e
from kapmonitor.checklist import load_checklist
from kapmonitor.effects import Effect, effects, rank
from kapmonitor.session import Session, fold
from tests.kapmonitor.bedside import entries_of

MINUTE = 60.0
CHECKLIST = load_checklist("standard")


def visit(*rounds: tuple[float, dict[str, e.Answer]], t0: float = 600.0) -> Session:
    """Rounds at minutes from the dose, which was at ten minutes."""
    filed = [
        (t0 + minute * MINUTE, e.Round("standard", CHECKLIST.version, dict(answers)))
        for minute, answers in rounds
    ]
    dose = (t0, e.Dose("in", 56, "mg"))
    return fold(entries_of(sorted([dose, *filed], key=lambda one: one[0])))


def effect_of(session: Session, item: str) -> Effect | None:
    return next((one for one in effects(CHECKLIST, session) if one.item == item), None)


def test_nausea_begins_at_20_peaks_at_40_and_is_gone_at_90_min():
    session = visit(
        (-5, {"moaas": "5", "nausea": "none"}),
        (10, {"moaas": "5", "nausea": "none"}),
        (20, {"moaas": "5", "nausea": "mild"}),
        (40, {"moaas": "5", "nausea": "severe"}),
        (60, {"moaas": "5", "nausea": "moderate"}),
        (90, {"moaas": "5", "nausea": "none"}),
    )

    assert effect_of(session, "nausea") == Effect(
        "nausea", before="none", onset_min=20, peak="severe", peak_min=40, resolved_min=90
    )


def test_what_was_there_before_the_dose_is_no_effect_until_it_grows():
    session = visit(
        (-5, {"moaas": "5", "headache": "mild"}),
        (20, {"moaas": "5", "headache": "mild"}),
        (40, {"moaas": "5", "headache": "moderate"}),
        (90, {"moaas": "5", "headache": "mild"}),
    )

    assert effect_of(session, "headache") == Effect("headache", "mild", 40, "moderate", 40, 90)


def test_sedation_counts_downwards_and_a_resting_patient_is_no_sedated_one():
    session = visit(
        (20, {"moaas": "resting"}), (40, {"moaas": "3"}), (60, {"moaas": "4"}), (90, {"moaas": "5"})
    )

    assert effect_of(session, "moaas") == Effect("moaas", "", 40, "3", 40, 90)


def test_what_is_not_gone_at_the_last_round_has_no_end():
    session = visit((20, {"moaas": "5", "d_time": 2}), (40, {"moaas": "5", "d_time": 3}))

    assert effect_of(session, "d_time") == Effect("d_time", "", 20, "3", 40, None)


def test_a_round_that_does_not_answer_an_item_neither_ends_nor_begins_it():
    session = visit(
        (20, {"moaas": "5", "nausea": "mild"}),
        (40, {"moaas": "5"}),
        (60, {"moaas": "5", "nausea": "mild"}),
        (90, {"moaas": "5", "nausea": "none"}),
    )

    assert effect_of(session, "nausea") == Effect("nausea", "", 20, "mild", 20, 90)


def test_what_comes_back_ends_when_it_is_gone_for_good():
    session = visit(
        (20, {"moaas": "5", "nausea": "mild"}),
        (40, {"moaas": "5", "nausea": "none"}),
        (60, {"moaas": "5", "nausea": "moderate"}),
        (90, {"moaas": "5", "nausea": "none"}),
    )

    assert effect_of(session, "nausea") == Effect("nausea", "", 20, "moderate", 60, 90)


def test_a_quiet_visit_and_one_without_a_dose_have_no_effects():
    calm: dict[str, e.Answer] = {
        "moaas": "5",
        "nausea": "none",
        "red_flags": "none",
        "orientation": "yes",
    }
    assert effects(CHECKLIST, visit((20, calm), (40, calm))) == ()
    undosed = fold(entries_of([(10.0, e.Round("standard", CHECKLIST.version, {"nausea": "mild"}))]))
    assert effects(CHECKLIST, undosed) == ()


@pytest.mark.parametrize(
    ("item", "answer", "worth"),
    [
        ("nausea", "moderate", 2),
        ("d_time", 4, 4),
        ("moaas", "5", 0),
        ("moaas", "0", 5),
        ("moaas", "resting", None),
        ("orientation", "yes", 0),
        ("orientation", "no", 2),
        ("red_flags", "none", 0),
        ("red_flags", "chest_pain,seizure", 2),
        ("respiratory_rate", 12, None),
        ("nausea", None, None),
    ],
)
def test_how_far_an_answer_is_from_well(item: str, answer: e.Answer, worth: int | None):
    found = next(one for one in CHECKLIST.item if one.id == item)

    assert rank(found, answer) == worth

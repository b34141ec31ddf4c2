"""A limit that is changed, switched off and on again: in the state, in words, in the report."""

import math

import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.export.limit_lines import limit_lines
from kapmonitor.session import Session
from tests.kapmonitor.bedside import Bedside

PRESET = """
name = "test"
[[limit]]
id = "X"
vital = "systolic"
condition = ">="
value = 160
priority = "low"
or = { vital = "diastolic", condition = ">=", value = 100, clear = "< 95" }
"""
OTHER = e.LimitChanged("X", 160, 165, "known", 100, 105)
FIRST = e.LimitChanged("X", 165, 170, "known")
OFF = e.LimitChanged("X", 170, None, "known")
ON = e.LimitChanged("X", None, None, "known", on=True)


def session(*changes: e.LimitChanged) -> Session:
    found = Session()
    found.apply(e.Entry(1, 0.0, 0, 0, e.Opened("s", "kapmonitor", "P", "in", "in")))
    for number, change in enumerate(changes, 2):
        found.apply(e.Entry(number, 10.0 * (number - 1), 0, 0, change, "Nurse"))
    return found


def test_state_knows_both_numbers_off_and_on_again():
    changed = session(OTHER, FIRST)
    assert (changed.limits, changed.other_limits) == ({"X": 170}, {"X": 105})
    assert session(OTHER, FIRST, OFF).limits == {"X": None}
    again = session(OTHER, FIRST, OFF, ON)
    assert (again.limits, again.other_limits, again.switched_on) == ({}, {}, {"X"})
    assert session(ON, OFF).switched_on == set()


def test_lines_of_the_report_follow_both_numbers():
    first, second = limit_lines(PRESET, session(OTHER, FIRST, OFF, ON))
    assert first.steps == ((0, 10, 160), (10, 20, 165), (20, 30, 170), (40, math.inf, 160))
    assert second.steps == ((0, 10, 100), (10, 20, 105), (20, 30, 105), (40, math.inf, 100))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (FIRST, "165 → 170"),
        (OTHER, "160 → 165, 100 → 105"),
        (OFF, "170 → off"),
        (ON, "on again"),
        (e.LimitChanged("SIGNAL_POOR", None, None), ": off"),
    ],
)
def test_words_tell_what_was_changed(change, words):
    assert event_sentence(change, {}).endswith(words)


def test_engine_asks_for_both_ranges_and_records_both():
    bed = Bedside()
    refused = bed.ask(10, c.SetLimit(alarm="X", limit=90, other=60, by="Nurse"))
    assert refused.refused == "limit_out_of_range"
    asked = c.SetLimit(alarm="X", limit=90, other=30, reason="known", by="Nurse")
    number = bed.ask(11, asked).entry
    found = {entry.number: entry.event for entry in bed.engine.session.entries}[number]
    assert found == e.LimitChanged("X", 90, 90, "known", 25, 30)


def test_on_again_takes_no_numbers():
    bed = Bedside()
    asked = c.SetLimit(alarm="X", limit=None, other=99, on=True, reason="cured", by="Nurse")
    number = bed.ask(10, asked).entry
    found = {entry.number: entry.event for entry in bed.engine.session.entries}[number]
    assert found == e.LimitChanged("X", 90, None, "cured", on=True)


@pytest.mark.parametrize("reason", ["", "  "])
def test_limit_is_not_changed_without_a_reason(reason: str):
    bed = Bedside()
    asked = c.SetLimit(alarm="X", limit=90, reason=reason, by="Nurse")
    assert bed.ask(10, asked).refused == "reason_missing"
    assert not any(isinstance(x.event, e.LimitChanged) for x in bed.engine.session.entries)

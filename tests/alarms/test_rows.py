"""Rows of a preset at the ends of their ranges, and what a row that says little stands for."""

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from alarms.limits import (
    Condition,
    EnteredSpec,
    LimitSpec,
    Part,
    Quantity,
    Step,
    TechnicalSpec,
    faults,
)
from kapmonitor.errors import PlanError, Refused
from kapmonitor.events import Priority


def row(name: str) -> LimitSpec:
    spec = presets.load().find(name)
    assert isinstance(spec, LimitSpec)
    return spec


@pytest.mark.parametrize("spec", presets.load().limits, ids=lambda spec: spec.id)
def test_limit_may_be_chosen_to_the_ends_of_its_range_and_no_further(spec: LimitSpec):
    board = Board(presets.load())
    low, high = spec.allowed
    for inside in (low, high):
        board.check_limit(spec.id, inside)
    for outside in (low - 0.5, high + 0.5):
        with pytest.raises(Refused, match="limit_out_of_range"):
            board.check_limit(spec.id, outside)


@pytest.mark.parametrize("name", ["BP_RISE", "SBP_RISE_EARLY"])
def test_second_number_may_be_chosen_to_the_ends_of_its_range(name: str):
    board, other = Board(presets.load()), row(name).other
    assert other is not None and other.allowed is not None
    for inside in other.allowed:
        assert board.check_other(name, inside) == other.value


@pytest.mark.parametrize(("name", "clear"), [("PR_LOW", ">= 50"), ("PR_HIGH", "<= 120")])
def test_limit_may_clear_at_the_limit_itself(name: str, clear: str):
    preset = presets.parse(f'name = "x"\n[[limit]]\nid = "{name}"\nclear = "{clear}"\n')
    assert preset.find(name).clear == clear


def test_range_may_not_stand_on_its_head():
    assert ("allowed", "outside 160..200") in faults(replace(row("SBP_VHIGH"), allowed=(190, 170)))


@pytest.mark.parametrize(("after", "wrong"), [(2.0, False), (2.1, True)])
def test_engine_that_is_lost_is_told_within_two_seconds(after: float, wrong: bool):
    spec = TechnicalSpec("ENGINE_LOST", (Step(Priority.HIGH, after),), "we")
    assert faults(spec) == ([("steps", "after more than 2 s")] if wrong else [])


def test_what_a_row_leaves_out():
    """No delay, no step, nothing off, softened or latched; over after five seconds."""
    limit = LimitSpec(
        "X", Quantity.SPO2, Condition.BELOW, 90, ">= 92", Priority.LOW, "we", (85, 95)
    )
    assert (limit.delay, limit.area, limit.clear_after) == (0, 0, 5)
    assert (limit.on, limit.latching, limit.over_baseline, limit.percent) == (
        True,
        False,
        False,
        False,
    )
    assert (limit.confirm, limit.other, limit.highest) == (None, None, Priority.LOW)
    device = TechnicalSpec("X", (Step(Priority.LOW),), "we")
    assert device.steps[0] == Step(Priority.LOW, 0, 0)
    assert (device.clear_after, device.cuff_after, device.value, device.clear_value) == (0, 0, 0, 0)
    assert (device.on, device.silent, device.until_seen, device.latching) == (
        True,
        False,
        False,
        False,
    )
    person = EnteredSpec("X", "moaas", "we")
    assert (person.value, person.high, person.clear, person.on, person.latching) == (
        0,
        0,
        0,
        True,
        False,
    )
    assert Part(Quantity.SPO2, Condition.BELOW, 90, ">= 92").allowed is None


def test_preset_without_numbers_at_its_head_has_none():
    bare = presets.Preset("x", "1", (), (), ())
    assert (bare.averaging, bare.reminder_min) == (0, 0)


@pytest.mark.parametrize("priority", [Priority.LOW, Priority.MEDIUM])
def test_only_a_high_has_a_longest_delay(priority: Priority):
    spec = next(s for s in presets.load().limits if s.id == "SPO2_LOW")
    patient = replace(spec, priority=priority, delay=600.0, area=600.0)
    assert faults(patient) == []
    assert faults(replace(patient, priority=Priority.HIGH)) == [
        ("delay", "outside 0..15"),
        ("area", "outside 0..15"),
    ]


def test_alarm_that_is_never_high_may_be_silent_and_one_without_steps_is_told_once():
    silent = TechnicalSpec("X", (Step(Priority.MEDIUM),), "we", silent=True)
    assert faults(silent) == []
    assert faults(TechnicalSpec("X", (), "we", silent=True)) == [("steps", "empty")]


def test_wrong_key_is_found_in_its_own_row_and_not_in_one_of_the_same_name():
    """Four tables, and each has an ``id``: the third of the limits is meant."""
    text = 'name = "x"\n'
    text += '[[limit]]\nid = "PR_LOW"\ndelay = 10\n'
    text += '[[technical]]\nid = "LINK_LOST"\n'
    text += '[[limit]]\nid = "PR_HIGH"\ndelay = 10\n'
    text += '[[limit]]\nid = "SPO2_LOW"\n delay = -1\n'
    with pytest.raises(PlanError) as caught:
        presets.parse(text)
    assert caught.value.facts["place"] == "line 12, limit[2].delay"


def test_place_of_a_key_that_is_missing_is_its_row():
    text = 'name = "x"\n\n[[limit]]\nid = "PR_LOW"\n[[limit]]\nid = "NEW"\n'
    text += '[[limit]]\nid = "X"\nvital = "spo2"\n'
    with pytest.raises(PlanError) as caught:
        presets.parse(text)
    assert caught.value.facts["place"] == "line 5, limit[1].vital"

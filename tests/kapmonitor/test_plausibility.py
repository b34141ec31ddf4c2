"""Impossible values lose their number, implausible ones keep it and the doubt, none is dropped."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.plausibility import Plausibility
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital

GOOD, QUESTIONABLE, INVALID = Quality.GOOD, Quality.QUESTIONABLE, Quality.INVALID


def one(vital: Vital, value: float | None, at: float = 0.0, **how) -> Reading:
    return Reading(vital, value, at, source="device", packet=1, **how)


def judged(*readings: Reading) -> list[tuple[float | None, str, str]]:
    return [(r.value, r.quality.value, r.reason) for r in Plausibility().judge(readings)]


def cuff(
    systolic: float | None, diastolic: float | None, mean: float | None = None
) -> list[Reading]:
    values = {
        Vital.SYSTOLIC: systolic,
        Vital.DIASTOLIC: diastolic,
        Vital.MEAN_PRESSURE: mean,
    }
    return [one(vital, value) for vital, value in values.items() if value is not None]


@pytest.mark.parametrize(
    ("vital", "lowest", "highest"),
    [
        (Vital.SPO2, 50, 100),
        (Vital.HEART_RATE, 20, 300),
        (Vital.PULSE_RATE, 20, 300),
        (Vital.SYSTOLIC, 50, 270),
        (Vital.DIASTOLIC, 10, 210),
        (Vital.MEAN_PRESSURE, 20, 230),
    ],
)
def test_ranges(vital: Vital, lowest: float, highest: float):
    for value in (lowest, highest):
        assert judged(one(vital, value)) == [(value, "good", "")]
    assert judged(one(vital, highest + 1)) == [(None, "invalid", "out_of_range")]
    if vital is not Vital.SPO2:
        assert judged(one(vital, lowest - 1)) == [(None, "invalid", "out_of_range")]


def test_saturation_below_fifty_is_doubted_yet_kept():
    """A true collapse must not vanish as noise."""
    assert judged(one(Vital.SPO2, 49)) == [(49, "questionable", "spo2_below_50")]
    assert judged(one(Vital.SPO2, 1)) == [(1, "questionable", "spo2_below_50")]
    assert judged(one(Vital.SPO2, 0.5)) == [(None, "invalid", "out_of_range")]


@pytest.mark.parametrize(
    ("vital", "value"),
    [
        (Vital.SPO2, 127),
        (Vital.SPO2, 0),
        (Vital.SPO2, 511),
        (Vital.PULSE_RATE, 0),
        (Vital.PULSE_RATE, 255),
        (Vital.HEART_RATE, 511),
        (Vital.SYSTOLIC, 0),
        (Vital.MEAN_PRESSURE, 2047),
    ],
)
def test_sentinels_are_never_numbers(vital: Vital, value: float):
    assert judged(one(vital, value)) == [(None, "invalid", "sentinel")]


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_invalid(value: float | None):
    assert judged(one(Vital.SPO2, value)) == [(None, "invalid", "no_value")]


def test_failed_cuff_of_zero_over_zero():
    assert judged(*cuff(0, 0)) == [(None, "invalid", "sentinel")] * 2


@pytest.mark.parametrize(
    ("systolic", "diastolic", "mean"),
    [(120, 80, None), (120, 80, 93), (90, 80, None), (200, 60, None), (200, 160, None)],
)
def test_ordinary_and_bordering_pairs_pass(systolic, diastolic, mean):
    assert {quality for _, quality, _ in judged(*cuff(systolic, diastolic, mean))} == {"good"}


@pytest.mark.parametrize(
    ("systolic", "diastolic", "reason"),
    [
        (89, 80, "pulse_pressure"),  # nine apart
        (221, 80, "pulse_pressure"),  # 141 apart
        (200, 161, "pulse_pressure"),  # less than a fifth of a high systolic
        (215, 205, "pulse_pressure"),
    ],
)
def test_implausible_pair_keeps_its_numbers_with_the_doubt(systolic, diastolic, reason):
    assert judged(*cuff(systolic, diastolic)) == [
        (systolic, "questionable", reason),
        (diastolic, "questionable", reason),
    ]


def test_narrow_pair_is_only_doubted_when_it_is_high():
    assert {quality for _, quality, _ in judged(*cuff(160, 135))} == {"good"}
    assert {quality for _, quality, _ in judged(*cuff(161, 135))} == {"questionable"}


def test_diastolic_not_below_systolic_is_impossible():
    for diastolic in (120, 130):
        assert (
            judged(*cuff(120, diastolic)) == [(None, "invalid", "diastolic_not_below_systolic")] * 2
        )


@pytest.mark.parametrize(("mean", "quality"), [(89, "good"), (101, "good"), (88, "questionable")])
def test_mean_lies_a_quarter_to_a_half_of_the_way_up(mean, quality):
    """120/80: from 90 to 100, give or take the device's rounding."""
    assert {q for _, q, _ in judged(*cuff(120, 80, mean))} == {quality}


def test_mean_above_systolic_is_doubted():
    assert judged(*cuff(120, 80, 125))[0] == (120, "questionable", "mean_pressure")


def test_mean_that_a_cuff_leaves_at_zero_doubts_nobody():
    assert judged(*cuff(120, 80, 0)) == [
        (120, "good", ""),
        (80, "good", ""),
        (None, "invalid", "sentinel"),
    ]


def test_half_a_pair_is_a_failed_cycle():
    assert judged(*cuff(280, 80)) == [
        (None, "invalid", "out_of_range"),
        (80, "questionable", "pair_incomplete"),
    ]


def test_pulse_of_a_failed_cycle_is_doubted_with_it():
    pulse = one(Vital.PULSE_RATE, 75)
    other = Reading(Vital.PULSE_RATE, 75, 0.0, source="oximeter", packet=1)
    result = Plausibility().judge([pulse, *cuff(215, 205), other])
    assert (result[0].quality, result[0].reason) == (QUESTIONABLE, "cuff_failed")
    assert result[3].quality is GOOD


def test_pressures_of_two_packets_are_two_cycles():
    first = Reading(Vital.SYSTOLIC, 120, 0.0, source="cuff", packet=1)
    second = Reading(Vital.DIASTOLIC, 130, 60.0, source="cuff", packet=2)
    assert [r.quality for r in Plausibility().judge([first, second])] == [GOOD, GOOD]


def test_fall_of_more_than_four_percent_a_second_is_doubted_once():
    """The next value like it confirms the fall; a true one is not hidden for long."""
    plausibility = Plausibility()
    story = [(98, 0), (94, 1), (89, 2), (89, 3), (98, 4)]
    result = [plausibility.judge([one(Vital.SPO2, value, at)])[0] for value, at in story]
    assert [r.quality for r in result] == [GOOD, GOOD, QUESTIONABLE, GOOD, GOOD]
    assert (result[2].value, result[2].reason) == (89, "fast_fall")


def test_fall_over_a_longer_time_is_believed():
    plausibility = Plausibility()
    plausibility.judge([one(Vital.SPO2, 98, 0)])
    assert plausibility.judge([one(Vital.SPO2, 86, 3)])[0].quality is GOOD
    assert plausibility.judge([one(Vital.SPO2, 80, 3.02)])[0].quality is QUESTIONABLE


def test_each_source_falls_by_itself():
    plausibility = Plausibility()
    plausibility.judge([one(Vital.SPO2, 98, 0)])
    other = Reading(Vital.SPO2, 85, 1.0, source="other")
    assert plausibility.judge([other])[0].quality is GOOD


def test_stored_and_typed_values_know_no_speed():
    plausibility = Plausibility()
    plausibility.judge([one(Vital.SPO2, 98, 0)])
    stored = one(Vital.SPO2, 85, 1, origin=Origin.STORED)
    assert plausibility.judge([stored])[0].quality is GOOD
    assert plausibility.judge([one(Vital.SPO2, 96, 2)])[0].quality is GOOD


def test_pulse_that_jumps_is_doubted_only_with_a_poor_signal():
    plausibility = Plausibility()
    plausibility.judge([one(Vital.PULSE_RATE, 70, 0)])
    assert plausibility.judge([one(Vital.PULSE_RATE, 110, 1)])[0].quality is GOOD

    poor = one(Vital.SPO2, 97, 2, quality=QUESTIONABLE, reason="motion")
    for pulse, at, quality in ((150, 2, QUESTIONABLE), (180, 4, GOOD), (220, 7, GOOD)):
        readings = [poor, one(Vital.PULSE_RATE, pulse, at)]
        assert plausibility.judge(readings)[1].quality is quality
    result = Plausibility().judge([poor, one(Vital.PULSE_RATE, 70, 0)])
    assert result[0].reason == "motion"


def test_other_vitals_pass():
    for vital, value in (
        (Vital.RR_INTERVAL, 0.85),
        (Vital.PERFUSION_INDEX, 0.3),
        (Vital.CUFF_PRESSURE, 300),
        (Vital.RESPIRATORY_RATE, 0),
    ):
        assert judged(one(vital, value)) == [(value, "good", "")]


def test_invalid_with_a_number_loses_it_and_keeps_its_reason():
    wrong = one(Vital.SPO2, 97, quality=INVALID, reason="sensor_off")
    assert judged(wrong) == [(None, "invalid", "sensor_off")]


RANK = {GOOD: 0, QUESTIONABLE: 1, INVALID: 2}
any_reading = st.builds(
    Reading,
    vital=st.sampled_from(Vital),
    value=st.none() | st.floats(-500, 5000) | st.integers(0, 300) | st.just(math.nan),
    at=st.floats(0, 100),
    quality=st.sampled_from(Quality),
    reason=st.sampled_from(["", "motion"]),
    packet=st.integers(0, 2),
    origin=st.sampled_from(Origin),
    source=st.sampled_from(["a", "b"]),
)


@given(st.lists(st.lists(any_reading, max_size=6), max_size=4))
def test_whatever_comes_nothing_is_dropped_improved_or_invented(deliveries):
    plausibility = Plausibility()
    for readings in deliveries:
        result = plausibility.judge(readings)
        assert len(result) == len(readings)
        for before, after in zip(readings, result, strict=True):
            assert (after.vital, after.at, after.source) == (before.vital, before.at, before.source)
            assert RANK[after.quality] >= RANK[before.quality]
            assert (after.value is None) == (after.quality is INVALID)
            assert after.value is None or after.value == before.value
            assert after.reason or after.quality is GOOD or before.quality is after.quality

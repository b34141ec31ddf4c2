"""Stories of the only pulse that is gone: told once, and by the alarm of its cause."""

import pytest

from kapmonitor.events import Left, PutBack, TakenOff
from kapmonitor.reading import LinkState
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, OXIMETER, STRAP, Bedside

LOST = "PULSE_SIGNAL_LOST"


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.strap()
    bed.cuff(site="left_arm")
    return bed


def strap(bed: Bedside, value: float | None, start: float, end: float) -> None:
    bed.stream(Vital.HEART_RATE, value, start, end, source=STRAP)


def finger(bed: Bedside, spo2: float | None, pulse: float | None, start: int, end: int) -> None:
    """One value of each a second."""
    for at in range(start, end):
        bed.send(Vital.SPO2, spo2, at)
        bed.send(Vital.PULSE_RATE, pulse, at)


def test_strap_without_contact_is_low_after_15_s_and_medium_after_60(bed: Bedside):
    strap(bed, 70, 0, 11)  # the last value at 10
    strap(bed, None, 11, 90)
    assert bed.of(LOST) == [(25, "raised", "low"), (70, "escalated", "medium")]
    assert bed.last(LOST).source == STRAP
    assert bed.in_force == {LOST}

    strap(bed, 70, 90, 94)
    strap(bed, None, 94, 97)  # four good seconds are not five
    assert LOST in bed.in_force
    strap(bed, 70, 97, 110)
    assert bed.of(LOST)[2:] == [(102, "ended", "medium")]


def test_strap_that_never_had_contact_is_not_missed(bed: Bedside):
    strap(bed, None, 0, 300)
    assert bed.told == []


def test_oximeter_without_a_pulse_under_a_saturation(bed: Bedside):
    finger(bed, 97, 70, 0, 11)
    finger(bed, 97, None, 11, 40)
    assert bed.of(LOST) == [(25, "raised", "low")]
    assert bed.last(LOST).source == OXIMETER
    assert bed.in_force == {LOST}


def test_oximeter_that_tells_no_pulse_at_all_under_a_saturation(bed: Bedside):
    finger(bed, 97, 70, 0, 11)
    bed.spo2(97, 11, 40)
    assert bed.of(LOST) == [(25, "raised", "low")]


def test_lost_finger_is_one_alarm(bed: Bedside):
    finger(bed, 97, 70, 0, 11)
    finger(bed, None, None, 11, 120)
    assert {change.alarm for _, change in bed.told} == {"SPO2_SIGNAL_LOST"}

    bed.spo2(97, 120, 130)  # the saturation is back first; from 124 on the pulse alone is missing
    assert bed.of("SPO2_SIGNAL_LOST")[-1] == (125, "ended", "medium")
    finger(bed, 97, None, 130, 145)
    assert bed.of(LOST) == [(139, "raised", "low")]


def test_finger_that_comes_back_bit_by_bit_is_still_one_alarm(bed: Bedside):
    finger(bed, 97, 70, 0, 11)
    finger(bed, 97, None, 11, 13)  # the pulse goes first
    finger(bed, None, None, 13, 60)
    finger(bed, 97, None, 60, 63)  # and comes last
    finger(bed, 97, 70, 63, 90)
    assert {change.alarm for _, change in bed.told} == {"SPO2_SIGNAL_LOST"}


@pytest.mark.parametrize("link", [True, False])
def test_silent_strap_is_told_by_its_own_alarm(bed: Bedside, link):
    strap(bed, 70, 0, 11)
    if link:
        bed.link(STRAP, LinkState.DOWN, 11)
    bed.wait(300)
    assert {change.alarm for _, change in bed.told} == {"DATA_STALE"} | (
        {"LINK_LOST"} if link else set()
    )
    if link:
        bed.link(STRAP, LinkState.UP, 300)
    strap(bed, None, 300, 330)  # it talks again, without contact
    raised = [at for at, state, _ in bed.of(LOST) if state == "raised"]
    assert len(raised) == 1 and 314 <= raised[0] <= 316


def test_one_pulse_that_lives_is_enough(bed: Bedside):
    for at in range(90):
        bed.send(Vital.HEART_RATE, 70 if at < 10 else None, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 70, at)
    assert bed.of(LOST) == []


def test_strap_without_contact_beside_a_lost_finger_is_a_second_cause(bed: Bedside):
    for at in range(60):
        bed.send(Vital.HEART_RATE, 70 if at < 10 else None, at, source=STRAP)
        finger(bed, 97 if at < 20 else None, 70 if at < 20 else None, at, at + 1)
    assert bed.of(LOST) == [(34, "raised", "low")]
    assert bed.last(LOST).source == STRAP
    assert "SPO2_SIGNAL_LOST" in bed.in_force


def test_cuff_on_the_arm_of_the_finger_gives_its_pulse_a_minute(bed: Bedside):
    finger(bed, 97, 70, 0, 11)
    bed.inflates(CUFF, 11)
    finger(bed, 97, None, 11, 69)
    assert bed.of(LOST) == []
    finger(bed, 97, None, 69, 72)
    assert bed.of(LOST) == [(70, "raised", "medium")]


def test_cuff_is_no_excuse_for_a_strap(bed: Bedside):
    strap(bed, 70, 0, 11)
    bed.inflates(CUFF, 11)
    strap(bed, None, 11, 40)
    assert bed.of(LOST) == [(25, "raised", "low")]


def test_strap_off_on_purpose_or_out_of_use_is_not_missed(bed: Bedside):
    strap(bed, 70, 0, 11)
    strap(bed, None, 11, 40)
    bed.hear(TakenOff(STRAP, 600.0))
    assert bed.in_force == set()
    strap(bed, None, 41, 300)
    assert bed.in_force == set()

    bed.hear(PutBack(STRAP, "time"))
    strap(bed, None, 300, 320)
    assert bed.in_force == {LOST}
    bed.link(STRAP, LinkState.CLOSED, 320)
    assert bed.in_force == set()


def test_pulse_of_who_left_is_not_missed(bed: Bedside):
    strap(bed, 70, 0, 11)
    bed.hear(Left("sister"))
    strap(bed, None, 12, 100)
    assert bed.told == []


def test_pulse_of_a_cuff_is_none_to_be_missed(bed: Bedside):
    bed.send(Vital.PULSE_RATE, 70, 10, source=CUFF)
    bed.wait(1000)
    assert bed.told == []


def test_link_that_drops_while_contact_is_lost_tells_it_alone(bed: Bedside):
    strap(bed, 70, 0, 11)
    strap(bed, None, 11, 20)
    bed.link(STRAP, LinkState.DOWN, 20)
    bed.wait(28)
    assert bed.of(LOST) == []
    bed.wait(120)
    assert {change.alarm for _, change in bed.told} == {"LINK_LOST", "DATA_STALE"}


def test_cuff_on_one_of_two_fingers_excuses_only_that_one(bed: Bedside):
    """The other hand has no cuff on it: its lost pulse is told after 15 s, not after a minute."""
    other = "other oximeter"
    bed.oximeter(other, site="right_finger")
    for at in range(40):
        value = 70 if at < 11 else None
        bed.send(Vital.PULSE_RATE, value, at)
        bed.send(Vital.PULSE_RATE, value, at, source=other, in_use=False)
        if at == 11:
            bed.inflates(CUFF, 11)
    assert bed.of(LOST) == [(25, "raised", "low")]


def test_cuffs_on_both_arms_give_both_fingers_a_minute(bed: Bedside):
    other = "other oximeter"
    bed.oximeter(other, site="right_finger")
    bed.cuff("other cuff", site="right_arm")
    for at in range(75):
        value = 70 if at < 11 else None
        bed.send(Vital.PULSE_RATE, value, at)
        bed.send(Vital.PULSE_RATE, value, at, source=other, in_use=False)
        if at == 11:
            bed.inflates(CUFF, 11)
            bed.inflates("other cuff", 11)
    assert bed.of(LOST) == [(70, "raised", "medium")]


def test_one_value_ends_it_after_five_seconds_though_nothing_more_comes(bed: Bedside):
    """A second later it would have been MEDIUM."""
    strap(bed, 70, 0, 11)
    strap(bed, None, 11, 64)
    strap(bed, 70, 64, 65)
    bed.wait(72)
    assert bed.of(LOST) == [(25, "raised", "low"), (69, "ended", "low")]


def test_pulse_that_is_no_longer_told_is_lost_a_second_time_as_at_first(bed: Bedside):
    """The good seconds of before say nothing about now."""
    finger(bed, 97, 70, 0, 11)
    bed.spo2(97, 11, 40)
    finger(bed, 97, 70, 40, 50)
    bed.spo2(97, 50, 80)
    assert bed.of(LOST) == [(25, "raised", "low"), (45, "ended", "low"), (64, "raised", "low")]

"""At the very edge: each number on the limit itself, at its last second, and twice at one time."""

import pytest

from alarms import presets
from alarms.board import Board
from alarms.condition import Spell
from kapmonitor.events import Cuff, CuffCycle, DoseWithdrawn, Left, LimitChanged
from kapmonitor.reading import LinkState, Notice, Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, MEDIUM, OXIMETER, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.cuff(site="left_arm")
    return bed


# How long a value counts, and how often it comes -------------------------------------------------


def test_value_of_a_slow_oximeter_counts_for_two_and_a_half_of_its_intervals(bed: Bedside):
    """One value every four seconds: the last one, at 12 s, is believed until 22 s."""
    for at in (0, 4):
        bed.send(Vital.SPO2, 97, at)
    for at in (8, 12):
        bed.send(Vital.SPO2, 88, at)
    bed.wait(60)
    assert bed.of("SPO2_LOW") == []  # fourteen seconds, not fifteen

    for at in (100, 104, 108, 112, 116):
        bed.send(Vital.SPO2, 88, at)
    bed.wait(160)
    assert bed.of("SPO2_LOW") == [(101, "raised", "medium")]  # the missing second was the first


def test_value_every_five_seconds_still_needs_its_five_seconds(bed: Bedside):
    """Only what comes further apart than the delay is judged on its own."""
    for at in (0, 5, 10):
        bed.send(Vital.SPO2, 97, at)
    bed.send(Vital.SPO2, 84, 15)
    bed.wait(30)
    assert bed.of("SPO2_DESAT") == [(20, "raised", "high")]


def test_one_gap_says_nothing_about_how_often_values_come(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.send(Vital.SPO2, 84, 18)
    bed.wait(18)
    assert bed.of("SPO2_DESAT") == []


@pytest.mark.parametrize(("slow_values", "at_once"), [((13,), False), ((13, 21), True)])
def test_device_that_slows_down_is_judged_by_its_last_three_intervals(
    bed: Bedside, slow_values, at_once
):
    bed.spo2(97, 0, 6)
    for at in slow_values:
        bed.send(Vital.SPO2, 97, at)
    last = slow_values[-1] + 8
    bed.send(Vital.SPO2, 84, last)
    assert bed.of("SPO2_DESAT") == ([(last, "raised", "high")] if at_once else [])


def test_of_two_values_at_one_time_the_later_told_counts(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.send(Vital.SPO2, 97, 5)
    bed.spo2(84, 5, 12)
    assert bed.of("SPO2_DESAT") == [(10, "raised", "high")]


def test_half_seconds_count_as_half_seconds():
    spell = Spell(2)
    for half in range(3):
        spell.run(half / 2)
    assert spell.due() == 2
    assert not spell.over(1.99)


def test_spell_that_is_full_is_over_though_nothing_more_gathers():
    spell = Spell(5)
    spell.run(0)
    spell.run(5, rate=0)
    assert spell.due() == 5
    assert spell.over(5)


def test_strap_goes_before_the_oximeter_for_ten_seconds_and_no_longer(bed: Bedside):
    bed.strap()
    bed.stream(Vital.HEART_RATE, 75, 0, 10, source=STRAP)  # the last at 9
    bed.pulse(150, 10, 40)
    assert bed.of("PR_VHIGH") == [(30, "raised", "high")]  # ten seconds after the first at 20


def test_percent_rise_clears_at_its_percent():
    text = 'name = "x"\n[[limit]]\nid = "PR_RISE"\npercent = true\nvalue = 50\ndelay = 0\n'
    bed = Bedside(Board(presets.parse(text)))
    bed.oximeter()
    bed.dose(0, pulse=60)
    bed.pulse(91, 1, 10)
    bed.pulse(78, 10, 20)  # 30 % over the baseline is not below 30 %
    assert bed.of("PR_RISE") == [(1, "raised", "low")]
    bed.pulse(77, 20, 30)
    assert bed.of("PR_RISE")[1:] == [(25, "ended", "low")]


# Two of the same moment, and the worst one -------------------------------------------------------


@pytest.mark.parametrize(
    ("alarm", "bad", "good"),
    [
        ("SEDATION", {"moaas": 2}, {"moaas": 5}),
        ("SEDATION", {"breathing": "shallow"}, {"breathing": "normal", "moaas": 5}),
        ("REDFLAG", {"red_flags": "seizure"}, {"red_flags": "none"}),
        ("RESP_LOW", {"respiratory_rate": 7}, {"respiratory_rate": 14}),
    ],
)
def test_of_two_rounds_at_one_time_the_later_told_counts(bed: Bedside, alarm, bad, good):
    bed.file(100, **good)
    bed.file(100, **bad)
    assert bed.in_force == {alarm}
    bed.file(100, **good)
    assert bed.in_force == set()


def test_of_two_cuff_readings_at_one_time_the_later_told_counts(bed: Bedside):
    bed.wait(100)
    bed.hear(Cuff(120, 80, None, None, Quality.GOOD, source=CUFF))
    bed.hear(Cuff(170, 80, None, None, Quality.GOOD, source=CUFF))
    assert bed.in_force == {"SBP_HIGH"}


def test_deepest_sedation_of_an_alarm_is_kept(bed: Bedside):
    bed.file(100, moaas=1)
    bed.file(200, moaas=2)
    assert bed.view.alarms[0].change.value == 1
    assert bed.view.alarms[0].change.delay == 0
    assert bed.view.alarms[0].change.raised == 100


def test_worst_value_of_the_last_dip_is_not_that_of_the_next(bed: Bedside):
    bed.spo2(80, 0, 20)
    bed.spo2(97, 20, 60)
    bed.spo2(84, 60, 80)
    assert bed.last("SPO2_DESAT").value == 84


def test_of_two_pressures_the_one_further_beyond_in_its_own_steps_is_told(bed: Bedside):
    bed.dose(0)
    bed.pressure(161, 118, 100)  # 1 and 15 mmHg beyond +40 and +25
    (told,) = [view.change for view in bed.view.alarms if view.change.alarm == "BP_RISE"]
    assert (told.vital, told.value, told.limit) == (Vital.DIASTOLIC, 118, 103)


def test_greatest_difference_of_two_pulses_is_kept_and_15_is_none(bed: Bedside):
    bed.strap()
    for at in range(150):
        apart = 15 if at < 70 else 22 if at < 100 else 16
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 70 + apart, at, in_use=False)
    assert bed.of("SOURCES_DISAGREE") == [(130, "raised", "low")]
    assert bed.last("SOURCES_DISAGREE").value == 22


@pytest.mark.parametrize(("apart", "ends"), [(10, False), (9, True)])
def test_two_pulses_agree_again_below_ten(bed: Bedside, apart, ends):
    bed.strap()
    for at in range(120):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 70 + (20 if at < 70 else apart), at, in_use=False)
    assert ("SOURCES_DISAGREE" in bed.in_force) is not ends


def test_two_pulses_that_agree_for_a_moment_begin_their_minute_anew(bed: Bedside):
    bed.strap()
    for at in range(110):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 72 if 40 <= at < 45 else 90, at, in_use=False)
    assert bed.of("SOURCES_DISAGREE") == [(105, "raised", "low")]


# The cuff and its arm ----------------------------------------------------------------------------


@pytest.mark.parametrize(("last_value", "excused"), [(181, True), (182, False)])
def test_cuff_that_never_says_that_it_ended_has_the_arm_for_three_minutes(
    bed: Bedside, last_value, excused
):
    bed.inflates(CUFF, 1)
    bed.send(Vital.SPO2, 97, last_value)
    bed.spo2(None, last_value + 1, last_value + 30)
    raised = [] if excused else [(last_value + 15, "raised", "low")]
    assert bed.of("SPO2_SIGNAL_LOST") == raised


@pytest.mark.parametrize(("last_value", "excused"), [(20, True), (21, False)])
def test_cuff_that_ended_with_the_last_value_is_an_excuse_and_one_before_is_none(
    bed: Bedside, last_value, excused
):
    bed.inflates(CUFF, 1)
    bed.deflates(CUFF, 20)
    bed.send(Vital.SPO2, 97, last_value)
    bed.spo2(None, last_value + 1, last_value + 30)
    assert bool(bed.of("SPO2_SIGNAL_LOST")) is not excused


def test_cuff_that_is_asked_something_goes_on_inflating(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.inflates(CUFF, 4)
    bed.hear(CuffCycle(CUFF, "asked_stop"))
    bed.spo2(None, 5, 40)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_doubtful_pulse_of_a_cuff_spoils_no_pressure(bed: Bedside):
    for at in (100, 200):
        bed.wait(at)
        bed.pressure(170, 90, at, event=False)
        bed.send(Vital.PULSE_RATE, 70, at, CUFF, Quality.QUESTIONABLE, "irregular")
        bed.hear(Cuff(170, 90, None, 70, Quality.GOOD, source=CUFF))
    assert bed.in_force == {"SBP_HIGH"}


def test_failed_cycle_with_half_a_pair_says_which_half(bed: Bedside):
    for at in (100, 200):
        bed.pressure(212, None, at, quality=Quality.INVALID, reason="motion")
    assert bed.last("CUFF_FAILED").reason == "motion 212/-; motion 212/-"


def test_cuff_that_is_not_in_use_is_not_judged(bed: Bedside):
    bed.cuff("other")
    bed.send(Vital.SYSTOLIC, 210, 100, source="other", in_use=False)
    bed.send(Vital.DIASTOLIC, 125, 100, source="other", in_use=False)
    assert bed.told == []


# Who is live, and the drug -----------------------------------------------------------------------


@pytest.mark.parametrize(("dosed", "priority"), [(10.0, "high"), (9.0, "medium")])
def test_loss_that_turns_high_at_the_end_of_the_observation_stays_medium(dosed, priority):
    """The last value comes at 3520: ninety seconds later the drug is active by a second, or not."""
    bed = Bedside(observation=3601)
    bed.oximeter()
    bed.dose(dosed)
    bed.send(Vital.SPO2, 97, 3520)
    bed.wait(5000)
    assert bed.of("DATA_STALE")[-1][2] == priority


def test_of_two_doses_the_first_makes_the_drug_active_and_one_withdrawn_leaves_the_other():
    bed = Bedside(observation=1000)
    bed.oximeter()
    bed.dose(0)
    bed.dose(500)
    bed.hear(DoseWithdrawn(2, "typing error"))
    assert bed.view.unavailable == ()
    bed.dose(600)
    bed.send(Vital.SPO2, 97, 950)
    bed.wait(2000)
    assert bed.of("DATA_STALE") == [(980, "raised", "medium")]  # 1040 is after the observation


def test_saturation_that_was_lost_for_a_moment_explains_its_pulse(bed: Bedside):
    """Both are gone from 11 to 18 s; from 19 s on the pulse alone is missing."""
    for at in range(40):
        gone = 11 <= at < 19
        bed.send(Vital.SPO2, None if gone else 97, at)
        bed.send(Vital.PULSE_RATE, 70 if at < 11 else None, at)
    assert bed.of("PULSE_SIGNAL_LOST") == [(34, "raised", "low")]


def test_lost_value_stands_still_in_the_count_of_a_poor_signal(bed: Bedside):
    """Poor for 25 seconds, lost for fifteen, poor again: five more are needed."""
    poor = {"quality": Quality.QUESTIONABLE, "reason": "weak_signal"}
    bed.spo2(97, 0, 25, **poor)
    bed.spo2(None, 25, 40)
    bed.spo2(97, 40, 60, **poor)
    assert bed.of("SIGNAL_POOR") == [(45, "raised", "low")]


def test_wave_with_some_samples_left_out_is_data(bed: Bedside):
    bed.spo2(97, 0, 2)
    for at in range(2, 50):
        bed.pleth((None, at % 7, None), at)
    assert bed.of("DATA_STALE") == []


def test_device_that_only_says_low_is_held_against_the_first_limit(bed: Bedside):
    bed.hear(Notice("battery_low", 0, source=OXIMETER))
    assert bed.last("BATTERY_LOW").limit == 20


def test_clip_in_its_box_is_not_missed_by_switching_its_alarm_on(bed: Bedside):
    bed.hear(LimitChanged("SPO2_SIGNAL_LOST", None, None))
    bed.hear(LimitChanged("SPO2_SIGNAL_LOST", None, None, on=True))
    bed.spo2(None, 0, 100)
    assert bed.told == []


def test_link_schedule_and_rounds_after_the_patient_has_left(bed: Bedside):
    """Sensors and schedule are nobody's matter; what a person writes down still is."""
    bed.dose(0)
    bed.spo2(97, 0, 10)
    bed.file(10, breathing="shallow")
    bed.hear(Left("sister"))
    bed.link(OXIMETER, LinkState.DOWN, 20)
    bed.due(21, cuff=30, check=30)
    bed.file(22, moaas=5)
    bed.wait(1000)
    assert bed.in_force == set()
    bed.file(1000, red_flags="seizure")
    assert bed.in_force == {"REDFLAG"}


# Coming back and pausing -------------------------------------------------------------------------


def test_acknowledged_high_of_the_cuff_comes_back_after_three_minutes_without_news(bed: Bedside):
    bed.pressure(205, 90, 10)
    for alarm in ("SBP_EXTREME", "SBP_VHIGH", "SBP_HIGH"):
        bed.acknowledge(alarm, at=20)
    assert bed.board.deadline() == 200
    bed.wait(199.9)
    assert bed.sound is None
    bed.wait(200)
    assert bed.sound is HIGH


def test_nothing_but_its_end_is_due_in_a_pause(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.pause(20)
    assert bed.board.deadline() == 140
    bed.pause(40)
    assert bed.board.deadline() == 150  # 110 of the 120 s are left to answer


def test_what_broke_a_pause_is_told_until_the_next_one(bed: Bedside):
    assert bed.board.pause_broken_by == ""
    bed.pause(10)
    bed.trouble("disk_low", 20)
    assert bed.board.pause_broken_by == "DISK_LOW"
    bed.pause(30)
    assert bed.board.pause_broken_by == ""


def test_alarm_that_was_answered_stands_behind_one_that_was_not(bed: Bedside):
    bed.trouble("disk_low", 10)
    bed.trouble("write_failed", 11)
    bed.acknowledge("DISK_LOW", at=12)
    assert [view.change.alarm for view in bed.view.alarms] == ["WRITE_FAILED", "DISK_LOW"]
    assert bed.sound is MEDIUM

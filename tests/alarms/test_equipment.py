"""Stories of the equipment: what has stopped, what is poor, what is late, what is lacking."""

import pytest

from kapmonitor.events import (
    CheckSkipped,
    CuffCycle,
    DoseWithdrawn,
    Ended,
    Left,
    PutBack,
    Round,
    TakenOff,
)
from kapmonitor.reading import LinkState, Notice, Origin, Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, LOW, MEDIUM, OXIMETER, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.cuff(site="left_arm")
    return bed


# The sensor stops --------------------------------------------------------------------------------


def test_nothing_is_missed_before_the_first_valid_value(bed: Bedside):
    """A clip that lies in its box says "no finger" for an hour and wakes nobody."""
    bed.spo2(None, 0, 120)
    bed.link(OXIMETER, LinkState.DOWN, 120)
    bed.wait(3600)
    assert bed.told == []


def test_lost_finger_is_low_after_15_s_and_medium_after_60(bed: Bedside):
    bed.spo2(97, 0, 11)  # the last value at 10
    bed.spo2(None, 11, 80)
    assert bed.of("SPO2_SIGNAL_LOST") == [(25, "raised", "low"), (70, "escalated", "medium")]
    assert bed.of("DATA_STALE") == []

    bed.spo2(97, 80, 84)
    bed.spo2(None, 84, 90)  # four good seconds are not five
    assert "SPO2_SIGNAL_LOST" in bed.in_force
    bed.spo2(97, 90, 99)
    assert bed.of("SPO2_SIGNAL_LOST")[-1] == (95, "ended", "medium")


def test_a_finger_taken_off_on_purpose_wakes_nobody(bed: Bedside):
    """The patient walks to the toilet; the clip lies on the blanket for eight minutes."""
    bed.spo2(97, 0, 11)
    bed.hear(TakenOff(OXIMETER, 600.0), 11)
    bed.spo2(97, 12, 16)  # the device holds its last value for some seconds
    bed.spo2(None, 16, 480)
    assert bed.told == []

    bed.hear(PutBack(OXIMETER, "values"), 480)
    bed.spo2(97, 480, 500)
    bed.spo2(None, 500, 520)
    assert bed.of("SPO2_SIGNAL_LOST") == [(514, "raised", "low")]


def test_a_finger_that_stays_off_is_missing_from_the_end_of_its_time_on(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.hear(TakenOff(OXIMETER, 600.0), 11)
    bed.spo2(None, 12, 611)
    bed.hear(PutBack(OXIMETER, "time"), 611)
    bed.spo2(None, 611, 640)
    assert bed.of("SPO2_SIGNAL_LOST") == [(626, "raised", "low")]


def test_taking_a_silent_sensor_off_ends_what_was_said_about_it(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.wait(120)
    assert "DATA_STALE" in bed.in_force

    bed.hear(TakenOff(OXIMETER, 600.0), 120)

    assert not bed.in_force & {"DATA_STALE", "SPO2_SIGNAL_LOST"}


def test_cuff_on_the_same_arm_gives_the_oximeter_a_minute(bed: Bedside):
    """The finger loses its pulse while the cuff squeezes; it is back before anybody is called."""
    bed.spo2(97, 0, 11)
    bed.inflates(CUFF, 11)
    bed.spo2(None, 11, 50)
    bed.deflates(CUFF, 50)
    bed.spo2(None, 50, 65)
    bed.spo2(97, 65, 100)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_minute_of_grace_is_over_after_a_minute(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.inflates(CUFF, 11)
    bed.spo2(None, 11, 80)
    assert bed.of("SPO2_SIGNAL_LOST") == [(70, "raised", "medium")]


def test_cuff_on_the_other_arm_is_no_excuse(bed: Bedside):
    bed.cuff("right cuff", site="right_arm")
    bed.spo2(97, 0, 11)
    bed.inflates("right cuff", 11)
    bed.spo2(None, 11, 30)
    assert bed.of("SPO2_SIGNAL_LOST") == [(25, "raised", "low")]


def test_cuff_that_was_done_before_is_no_excuse(bed: Bedside):
    bed.inflates(CUFF, 1)
    bed.spo2(97, 2, 11)
    bed.pressure(120, 80, 11)
    bed.spo2(97, 12, 21)  # the last value at 20
    bed.spo2(None, 21, 40)
    assert bed.of("SPO2_SIGNAL_LOST") == [(35, "raised", "low")]


def test_cuff_that_says_twice_that_it_is_done_was_done_the_first_time(bed: Bedside):
    bed.inflates(CUFF, 1)
    bed.deflates(CUFF, 10)
    bed.spo2(97, 0, 12)
    bed.deflates(CUFF, 20)
    bed.wait(60)
    assert bed.of("SPO2_SIGNAL_LOST") == [(26, "raised", "low")]


def test_cuff_of_unknown_place_is_no_excuse():
    bed = Bedside()
    bed.oximeter()
    bed.cuff()
    bed.spo2(97, 0, 11)
    bed.inflates(CUFF, 11)
    bed.spo2(None, 11, 30)
    assert bed.of("SPO2_SIGNAL_LOST") == [(25, "raised", "low")]


def test_notices_of_the_cuff_tell_its_inflation_too(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.hear(Notice("cuff_started", 10, source=CUFF))
    bed.spo2(None, 11, 40)
    bed.hear(Notice("cuff_ended", 40, source=CUFF))
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_start_that_was_asked_for_tells_the_inflation_before_the_cuff_does(bed: Bedside):
    """The squeeze is felt before the first live pressure comes."""
    bed.spo2(97, 0, 11)
    bed.hear(CuffCycle(CUFF, "asked_start"))
    bed.spo2(None, 11, 40)
    assert bed.of("SPO2_SIGNAL_LOST") == []
    bed.spo2(None, 40, 75)
    assert bed.of("SPO2_SIGNAL_LOST") == [(70, "raised", "medium")]


def test_refused_start_is_no_excuse(bed: Bedside):
    bed.hear(CuffCycle(CUFF, "asked_start"))
    bed.hear(CuffCycle(CUFF, "refused", "cuff_resting"))
    bed.spo2(97, 0, 11)
    bed.spo2(None, 11, 40)
    assert bed.of("SPO2_SIGNAL_LOST") == [(25, "raised", "low")]


def test_refusal_because_it_measures_already_does_not_end_the_inflation(bed: Bedside):
    bed.inflates(CUFF, 1)
    bed.spo2(97, 1, 11)
    bed.hear(CuffCycle(CUFF, "asked_start"))
    bed.hear(CuffCycle(CUFF, "refused", "cuff_busy"))
    bed.spo2(None, 11, 40)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_second_oximeter_keeps_the_saturation_alive(bed: Bedside):
    bed.oximeter("other")
    for at in range(60):
        bed.send(Vital.SPO2, 97 if at < 5 else None, at)
        bed.send(Vital.SPO2, 96, at, source="other", in_use=at >= 15)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_silent_source_is_stale_after_30_s_and_high_when_none_is_live_after_the_dose(
    bed: Bedside,
):
    bed.spo2(97, 0, 11)
    bed.dose(11)
    bed.wait(200)
    assert bed.of("DATA_STALE") == [(40, "raised", "medium"), (100, "escalated", "high")]
    assert bed.last("DATA_STALE").source == OXIMETER

    bed.spo2(97, 200, 202)
    assert bed.of("DATA_STALE")[-1] == (200, "ended", "high")


def test_stale_before_the_dose_stays_medium(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.wait(300)
    assert bed.of("DATA_STALE") == [(40, "raised", "medium")]
    bed.dose(300)
    assert bed.of("DATA_STALE")[-1] == (300, "escalated", "high")


def test_stale_after_the_observation_stays_medium():
    bed = Bedside(observation=3600)
    bed.oximeter()
    bed.dose(0)
    bed.spo2(97, 3590, 3601)
    bed.wait(4000)
    assert bed.of("DATA_STALE") == [(3630, "raised", "medium")]


def test_withdrawn_dose_makes_the_drug_inactive(bed: Bedside):
    bed.spo2(97, 0, 11)
    bed.dose(11)
    bed.hear(DoseWithdrawn(1, "wrong key"))
    bed.wait(300)
    assert bed.of("DATA_STALE") == [(40, "raised", "medium")]
    assert bed.view.unavailable == ("PR_RISE", "SBP_RISE_EARLY", "BP_RISE")


def test_strap_that_lives_keeps_a_silent_oximeter_medium_until_it_dies_too(bed: Bedside):
    bed.strap()
    bed.dose(0)
    bed.spo2(97, 0, 5)  # last at 4
    bed.stream(Vital.HEART_RATE, 70, 0, 200, source=STRAP)
    assert bed.of("DATA_STALE") == [(34, "raised", "medium")]

    bed.wait(260)  # the strap's last value at 199 is live until 209
    assert bed.of("DATA_STALE")[1] == (209, "escalated", "high")


def test_device_that_says_that_it_has_no_value_is_not_silent(bed: Bedside):
    bed.spo2(97, 0, 2)
    bed.spo2(None, 2, 100)
    assert bed.of("DATA_STALE") == []


@pytest.mark.parametrize(
    "kind", ["refused", "backlog_dropped", "reply", "status", "command", "battery"]
)
def test_what_is_not_a_reading_does_not_hide_that_data_are_missing(bed: Bedside, kind):
    """A good oximeter turns to random bytes: some of them look like a status."""
    bed.spo2(97, 0, 11)
    for at in range(11, 60):
        bed.wait(at)
        bed.hear(Notice(kind, at, {}, source=OXIMETER))
    assert bed.of("DATA_STALE") == [(40, "raised", "medium")]


def test_pulse_wave_counts_as_data_when_it_has_samples(bed: Bedside):
    bed.spo2(97, 0, 2)
    for at in range(2, 50):
        bed.pleth((10, 50, 90), at)
    assert bed.of("DATA_STALE") == []
    for at in range(50, 100):
        bed.pleth((None, None), at)
    assert bed.of("DATA_STALE") == [(79, "raised", "medium")]


def test_wrong_protocol_is_told_at_once_until_a_valid_reading(bed: Bedside):
    """It was named by a person, and nothing that it sends can be read."""
    bed.wait(5)
    bed.hear(Notice("wrong_protocol", 5, {"expected": "x"}, source=OXIMETER))
    assert bed.of("DATA_STALE") == [(5, "raised", "medium")]
    assert (bed.last("DATA_STALE").source, bed.last("DATA_STALE").reason) == (
        OXIMETER,
        "wrong_protocol",
    )
    bed.spo2(None, 6, 20)
    bed.pleth((10, 50, 90), 20)
    assert "DATA_STALE" in bed.in_force

    bed.spo2(97, 21, 25)
    assert bed.of("DATA_STALE")[1:] == [(21, "ended", "medium")]
    bed.wait(60)  # from here on it is missed like any other
    assert bed.of("DATA_STALE")[2:] == [(54, "raised", "medium")]
    assert bed.last("DATA_STALE").reason == ""


def test_wrong_protocol_of_a_cuff_is_over_with_its_first_pair(bed: Bedside):
    bed.wait(5)
    bed.hear(Notice("wrong_protocol", 5, source=CUFF))
    assert bed.last("DATA_STALE").source == CUFF
    bed.pressure(120, 80, 60)
    assert bed.of("DATA_STALE") == [(5, "raised", "medium"), (60, "ended", "medium")]


def test_wrong_protocol_after_the_dose_is_high_when_nothing_else_is_live(bed: Bedside):
    bed.dose(0)
    bed.wait(5)
    bed.hear(Notice("wrong_protocol", 5, source=OXIMETER))
    bed.hear(Notice("wrong_protocol", 50, source=OXIMETER))  # told again after a reconnection
    bed.wait(200)
    assert bed.of("DATA_STALE") == [(5, "raised", "medium"), (95, "escalated", "high")]


def test_wrong_protocol_of_a_source_out_of_use_is_nobodys_matter(bed: Bedside):
    bed.wait(5)
    bed.hear(TakenOff(OXIMETER, 600.0))
    bed.hear(Notice("wrong_protocol", 5, source=OXIMETER))
    bed.hear(Left("sister"))
    bed.hear(Notice("wrong_protocol", 6, source=CUFF))
    assert bed.told == []


def test_link_down_for_ten_seconds_is_told_until_it_is_up(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.link(OXIMETER, LinkState.DOWN, 10)
    bed.link(OXIMETER, LinkState.CONNECTING, 15)
    bed.wait(21)
    assert bed.of("LINK_LOST") == [(20, "raised", "low")]
    bed.link(OXIMETER, LinkState.UP, 25)
    assert bed.of("LINK_LOST")[-1] == (25, "ended", "low")


def test_short_drop_of_the_link_wakes_nobody(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.link(OXIMETER, LinkState.DOWN, 10)
    bed.link(OXIMETER, LinkState.UP, 19)
    bed.spo2(97, 19, 40)
    assert bed.told == []


def test_cuff_that_leaves_after_sending_is_not_lost(bed: Bedside):
    bed.pressure(120, 80, 10)
    bed.link(CUFF, LinkState.DOWN, 11, expected=True)
    bed.wait(3600)
    assert bed.told == []


def test_source_taken_out_of_use_is_not_missed(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.wait(50)
    assert bed.in_force == {"SPO2_SIGNAL_LOST", "DATA_STALE"}
    bed.link(OXIMETER, LinkState.CLOSED, 50)
    bed.wait(500)
    assert bed.in_force == set()


def test_patient_who_left_leaves_no_alarm_behind(bed: Bedside):
    bed.dose(0)
    bed.spo2(88, 0, 20)
    bed.pressure(182, 95, 20)
    bed.due(21, cuff=30, check=30)
    bed.hear(Left("sister"))
    assert bed.in_force == set()
    bed.spo2(70, 30, 60)
    bed.pleth((5, 5, 5), 61)
    bed.wait(1000)
    assert bed.in_force == set()
    bed.hear(Ended())
    assert bed.in_force == set()


# The signal ------------------------------------------------------------------------------------


def test_poor_signal_for_thirty_seconds(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.spo2(96, 5, 40, quality=Quality.QUESTIONABLE, reason="low_perfusion")
    assert bed.of("SIGNAL_POOR") == [(35, "raised", "low")]
    assert bed.last("SIGNAL_POOR").reason == "low_perfusion"

    bed.spo2(96, 40, 49)
    assert "SIGNAL_POOR" in bed.in_force
    bed.spo2(96, 49, 52)
    assert bed.of("SIGNAL_POOR")[-1] == (50, "ended", "low")


def test_signal_is_poor_while_one_of_its_vitals_is(bed: Bedside):
    for at in range(40):
        bed.send(Vital.SPO2, 97, at)
        bed.send(Vital.PULSE_RATE, 70, at, quality=Quality.QUESTIONABLE, reason="motion")
    assert bed.of("SIGNAL_POOR") == [(30, "raised", "low")]


def test_poor_signal_from_before_a_sensor_was_taken_off_is_forgotten(bed: Bedside):
    bed.spo2(97, 0, 5, quality=Quality.QUESTIONABLE, reason="weak_signal")
    bed.hear(TakenOff(OXIMETER, 600, "toilet"))
    bed.wait(60)
    bed.hear(PutBack(OXIMETER, "values"))
    bed.pulse(70, 60, 100)
    assert bed.of("SIGNAL_POOR") == []


def test_lost_value_is_not_a_poor_signal(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.spo2(None, 5, 60)
    assert bed.of("SIGNAL_POOR") == []


def test_flat_pulse_wave_under_a_reported_pulse_is_frozen(bed: Bedside):
    for at in range(40):
        bed.send(Vital.PULSE_RATE, 70, at)
        bed.pleth((64, 64, 64) if at >= 5 else (10, 50, 90), at)
    assert bed.of("VALUE_FROZEN") == [(35, "raised", "medium")]
    bed.pleth((10, 50, 90), 40)
    assert bed.of("VALUE_FROZEN")[-1] == (40, "ended", "medium")


def test_flat_pulse_wave_without_a_pulse_is_a_lost_finger(bed: Bedside):
    bed.pulse(70, 0, 2)
    for at in range(2, 60):
        bed.send(Vital.PULSE_RATE, None, at)
        bed.pleth((0, 0, 0), at)
        bed.pleth((None, None), at)
    assert bed.of("VALUE_FROZEN") == []


def test_single_samples_that_move_are_not_frozen(bed: Bedside):
    for at in range(60):
        bed.send(Vital.PULSE_RATE, 70, at)
        bed.pleth((at % 7,), at)
    assert bed.of("VALUE_FROZEN") == []


def test_two_pulses_that_differ_for_a_minute(bed: Bedside):
    bed.strap()
    for at in range(200):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 88 if at < 80 else 79, at, in_use=False)
    assert bed.of("SOURCES_DISAGREE") == [(60, "raised", "low"), (110, "ended", "low")]
    assert (bed.last("SOURCES_DISAGREE").value, bed.last("SOURCES_DISAGREE").limit) == (18, 15)


def test_disagreement_ends_when_one_of_the_two_is_gone(bed: Bedside):
    bed.strap()
    for at in range(62):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 90, at, in_use=False)
    bed.stream(Vital.HEART_RATE, 70, 62, 110, source=STRAP)
    assert bed.of("SOURCES_DISAGREE") == [(60, "raised", "low"), (102, "ended", "low")]


def test_disagreement_ends_with_a_source_taken_out_of_use(bed: Bedside):
    bed.strap()
    for at in range(62):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 90, at, in_use=False)
    bed.link(STRAP, LinkState.CLOSED, 62)
    assert bed.of("SOURCES_DISAGREE")[-1] == (62, "ended", "low")


def test_one_pulse_alone_disagrees_with_nobody(bed: Bedside):
    bed.strap()
    bed.stream(Vital.HEART_RATE, 70, 0, 2, source=STRAP)
    bed.pulse(100, 2, 5)
    bed.stream(Vital.HEART_RATE, None, 5, 6, source=STRAP)
    bed.pulse(100, 6, 100)
    assert bed.of("SOURCES_DISAGREE") == []


# Batteries, schedules, the computer --------------------------------------------------------------


def test_battery_of_a_device(bed: Bedside):
    bed.battery(21, 10)
    assert bed.told == []
    bed.battery(20, 20)
    bed.battery(10, 30)
    assert bed.of("BATTERY_LOW") == [(20, "raised", "low"), (30, "escalated", "medium")]
    assert (bed.last("BATTERY_LOW").value, bed.last("BATTERY_LOW").limit) == (10, 10)
    bed.battery(80, 40)
    assert bed.of("BATTERY_LOW")[-1] == (40, "ended", "medium")


def test_device_that_only_says_low(bed: Bedside):
    bed.hear(Notice("battery_low", 0, source=OXIMETER))
    bed.hear(Notice("battery_low", 0, source=OXIMETER))
    assert bed.of("BATTERY_LOW") == [(0, "raised", "low")]


def test_battery_of_the_computer(bed: Bedside):
    bed.trouble("battery_low", 10)
    assert bed.last("BATTERY_LOW").source == "computer"
    bed.trouble("battery_low_over", 20)
    assert bed.in_force == set()


def test_two_batteries_are_two_alarms_under_one_name(bed: Bedside):
    bed.battery(15, 10)
    bed.battery(15, 10, source=CUFF)
    bed.acknowledge(f"BATTERY_LOW:{CUFF}")
    assert bed.sound is LOW
    bed.acknowledge("BATTERY_LOW")
    assert bed.sound is None
    assert len(bed.view.alarms) == 2


def test_cuff_overdue_is_low_after_two_minutes_and_medium_after_five(bed: Bedside):
    bed.dose(0)
    bed.due(1, cuff=2400)
    bed.wait(3000)
    assert bed.of("CUFF_OVERDUE") == [(2520, "raised", "low"), (2700, "escalated", "medium")]
    bed.pressure(120, 80, 3000)
    assert bed.of("CUFF_OVERDUE")[-1] == (3000, "ended", "medium")
    bed.due(3000, cuff=2400)  # told again: it has been met
    bed.wait(3500)
    assert bed.in_force == set()
    bed.due(3500, cuff=3600)
    bed.wait(3720)
    assert bed.in_force == {"CUFF_OVERDUE"}


def test_failed_cycle_does_not_meet_a_schedule(bed: Bedside):
    bed.dose(0)
    bed.due(1, cuff=100)
    bed.wait(230)
    bed.pressure(None, None, 230, reason="leak")
    assert "CUFF_OVERDUE" in bed.in_force


def test_early_reading_does_not_meet_a_later_schedule(bed: Bedside):
    bed.dose(0)
    bed.due(1, cuff=2400)
    bed.pressure(120, 80, 600)
    bed.wait(2521)
    assert bed.in_force == {"CUFF_OVERDUE"}


def test_schedule_means_nothing_before_the_dose(bed: Bedside):
    bed.due(0, cuff=100, check=100)
    bed.wait(1000)
    assert bed.told == []
    bed.dose(1000)
    assert bed.in_force == {"CUFF_OVERDUE", "CHECK_OVERDUE"}
    bed.hear(DoseWithdrawn(1, "not yet"))
    assert bed.in_force == set()


def test_round_overdue_until_it_is_filed_or_skipped(bed: Bedside):
    bed.dose(0)
    bed.due(1, check=600)
    bed.wait(901)
    assert bed.of("CHECK_OVERDUE") == [(900, "raised", "low")]
    bed.file(950, moaas=5)
    assert bed.of("CHECK_OVERDUE")[-1] == (950, "ended", "low")

    bed.due(960, check=1200)
    bed.wait(1500)
    assert "CHECK_OVERDUE" in bed.in_force
    bed.hear(CheckSkipped("round", 1200, "asleep"))
    bed.wait(2000)
    assert bed.in_force == set()


def test_skipped_cuff(bed: Bedside):
    bed.dose(0)
    bed.due(1, cuff=600)
    bed.hear(CheckSkipped("cuff", 600, "declined"))
    bed.wait(2000)
    assert bed.told == []


@pytest.mark.parametrize(
    ("kind", "priority"),
    [
        ("disk_low", MEDIUM),
        ("write_failed", MEDIUM),
        ("sleep_risk", LOW),
        ("window_hung", MEDIUM),
        ("engine_lost", HIGH),
    ],
)
def test_trouble_of_the_computer_begins_and_ends(bed: Bedside, kind, priority):
    bed.trouble(kind, 10)
    assert bed.sound is priority
    bed.trouble(kind, 15)  # told again
    bed.trouble(f"{kind}_over", 20)
    assert [(at, state) for at, state, _ in bed.of(kind.upper())] == [(10, "raised"), (20, "ended")]

    bed.trouble(kind, 30)
    bed.trouble(kind, 40, seconds=0)
    assert bed.in_force == set()


def test_clock_jump_is_over_once_it_was_seen(bed: Bedside):
    bed.trouble("clock_jump", 10, seconds=-3600)
    assert bed.last("CLOCK_JUMP").value == -3600
    bed.acknowledge("CLOCK_JUMP", at=20)
    assert [state for _, state, _ in bed.of("CLOCK_JUMP")] == ["raised", "acknowledged", "ended"]
    assert bed.view.alarms == ()


def test_failed_sound_is_seen_after_ten_seconds_and_never_heard(bed: Bedside):
    bed.trouble("sound_failed", 10)
    bed.wait(20)
    assert bed.of("SOUND_FAILED") == [(20, "raised", "medium")]
    assert bed.sound is None
    assert bed.in_force == {"SOUND_FAILED"}


def test_unknown_trouble_is_not_the_boards_matter(bed: Bedside):
    bed.trouble("refused_packet", 10)
    bed.trouble("cuff_overdue", 10)
    assert bed.told == []


# What a person enters ----------------------------------------------------------------------------


def test_deep_sedation_is_high_but_sounds_only_if_not_acknowledged_in_ten_seconds(bed: Bedside):
    bed.file(100, moaas=2)
    assert bed.of("SEDATION") == [(100, "raised", "high")]
    assert bed.sound is None
    bed.wait(109.9)
    assert bed.sound is None
    bed.wait(110)
    assert bed.sound is HIGH


def test_filing_and_acknowledging_in_one_act_stays_silent(bed: Bedside):
    bed.file(100, red_flags="chest_pain")
    bed.acknowledge("REDFLAG", at=101)
    bed.wait(1000)
    assert bed.sound is None
    assert bed.in_force == {"REDFLAG"}
    assert [state for _, state, _ in bed.of("REDFLAG")] == ["raised", "acknowledged"]


def test_pause_pressed_in_the_grace_does_not_silence_the_red_flag(bed: Bedside):
    bed.file(100, red_flags="seizure")
    bed.pause(105)
    bed.wait(110)
    assert bed.sound is HIGH


def test_sedation_by_its_levels(bed: Bedside):
    bed.file(100, moaas="4")
    assert bed.told == []
    bed.file(200, moaas="3")
    assert bed.of("SEDATION") == [(200, "raised", "medium")]
    bed.file(300, moaas="resting", breathing="normal")
    assert "SEDATION" in bed.in_force
    bed.file(400, moaas="1")
    assert bed.of("SEDATION")[-1] == (400, "escalated", "high")
    assert (bed.last("SEDATION").value, bed.last("SEDATION").limit) == (1, 2)
    bed.file(500, moaas="4")
    assert bed.of("SEDATION")[-1] == (500, "ended", "high")


def test_breathing_that_is_not_normal_is_high_whatever_the_level(bed: Bedside):
    bed.file(100, moaas="resting", breathing="abnormal")
    assert bed.of("SEDATION") == [(100, "raised", "high")]
    assert bed.last("SEDATION").reason == "breathing"
    bed.file(200, moaas="5")  # breathing left open: still as it was
    assert "SEDATION" in bed.in_force
    bed.file(300, moaas="5", breathing="normal")
    assert bed.of("SEDATION")[-1] == (300, "ended", "high")


def test_acknowledged_sedation_sounds_again_when_it_deepens(bed: Bedside):
    bed.file(100, moaas=2)
    bed.acknowledge(at=101)
    bed.file(200, moaas=2)
    bed.wait(2000)
    assert bed.sound is None  # a person entered it: it does not come back by itself
    bed.file(2000, moaas=2, breathing="abnormal")
    bed.wait(2010)
    assert bed.sound is HIGH
    bed.acknowledge()
    bed.file(2100, moaas=1, breathing="abnormal")
    bed.wait(2110)
    assert bed.sound is HIGH


def test_another_red_flag_sounds_again_and_none_ends_it(bed: Bedside):
    bed.file(100, red_flags="chest_pain")
    bed.acknowledge(at=101)
    bed.file(200, red_flags="chest_pain,seizure")
    bed.wait(211)
    assert bed.sound is HIGH
    assert bed.last("REDFLAG").reason == "worse"
    bed.file(300)  # a round that does not ask
    assert bed.in_force == {"REDFLAG"}
    bed.file(400, red_flags="none")
    assert bed.in_force == set()


@pytest.mark.parametrize("answer", ["none", "", None, False, "no", " None "])
def test_no_red_flag_is_no_alarm(bed: Bedside, answer):
    bed.file(100, red_flags=answer)
    assert bed.told == []


def test_red_flag_without_a_name(bed: Bedside):
    bed.file(100, red_flags=True)
    assert bed.last("REDFLAG").reason == "unnamed"


def test_breaths_counted_by_hand(bed: Bedside):
    bed.file(100, respiratory_rate=9)
    assert bed.told == []
    bed.file(200, respiratory_rate="8")
    assert bed.of("RESP_LOW") == [(200, "raised", "high")]
    assert bed.sound is None
    bed.wait(210)
    assert bed.sound is HIGH
    bed.file(300, respiratory_rate=10)
    assert bed.of("RESP_LOW")[-1] == (300, "ended", "high")


def test_breaths_as_a_reading(bed: Bedside):
    bed.send(Vital.RESPIRATORY_RATE, 6, 100, source="manual", origin=Origin.MANUAL)
    assert bed.of("RESP_LOW") == [(100, "raised", "high")]


def test_nothing_else_is_taken_for_breaths(bed: Bedside):
    """A perfusion index of 3 and a mean pressure of 8 are below the limit of breaths."""
    bed.send(Vital.PERFUSION_INDEX, 3, 5)
    bed.send(Vital.CUFF_PRESSURE, 8, 6, source=CUFF)
    bed.send(Vital.RESPIRATORY_RATE, None, 7, origin=Origin.MANUAL)
    bed.send(Vital.RESPIRATORY_RATE, 7, 8, origin=Origin.MANUAL, in_use=False)
    assert bed.of("RESP_LOW") == []


@pytest.mark.parametrize("breathing", [True, "normal", "Yes", "", None])
def test_normal_breathing_however_it_is_written(bed: Bedside, breathing):
    bed.hear(Round("own", "1", {"moaas": 5, "breathing": breathing}))
    assert bed.told == []


def test_level_that_is_no_number_changes_nothing(bed: Bedside):
    bed.hear(Round("own", "1", {"moaas": True, "respiratory_rate": "many"}))
    assert bed.told == []


def test_cuff_that_nobody_introduced_may_inflate():
    """Its arm is unknown, so it excuses no oximeter."""
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.spo2(97, 0, 10)
    bed.inflates("stranger", 9)
    bed.wait(60)
    assert bed.of("SPO2_SIGNAL_LOST") == [(24, "raised", "low")]


def test_source_that_turns_unreadable_stays_so_until_a_valid_value(bed: Bedside):
    """By chance some of its bytes look like a value that the device marks as invalid."""
    bed.spo2(97, 0, 5)
    bed.hear(Notice("wrong_protocol", 6, source=OXIMETER), 6)
    bed.spo2(None, 7, 12)
    bed.pleth((10, 50, 90), 12)
    assert "DATA_STALE" in bed.in_force
    bed.spo2(97, 13, 14)
    assert "DATA_STALE" not in bed.in_force


def test_message_names_the_device_and_how_many_red_flags(bed: Bedside):
    bed.spo2(97, 0, 40, quality=Quality.QUESTIONABLE, reason="weak_signal")
    assert (bed.last("SIGNAL_POOR").source, bed.last("SIGNAL_POOR").reason) == (
        OXIMETER,
        "weak_signal",
    )
    bed.file(100, red_flags="chest_pain,seizure")
    assert bed.last("REDFLAG").value == 2


def test_whatever_sends_pressures_is_a_cuff_also_when_it_sends_a_pulse():
    """Nobody introduced it; it is not missed like a sensor that is worn."""
    bed = Bedside()
    bed.pressure(120, 80, 10, source="stranger")
    bed.pulse(70, 11, 12, source="stranger")
    bed.wait(200)
    assert bed.told == []


def test_cuff_that_changed_arms_is_excused_by_its_new_arm():
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.cuff(site="right_arm")
    bed.inflates(CUFF, 1)
    bed.deflates(CUFF, 5)
    bed.cuff(site="left_arm")
    bed.spo2(97, 6, 10)
    bed.inflates(CUFF, 10)
    bed.wait(60)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_sensor_that_was_just_put_back_counts_as_live_for_its_first_seconds(bed: Bedside):
    """The strap's silence is HIGH only once the oximeter has had its ten seconds to answer."""
    bed.strap()
    bed.dose(0)
    for second in range(50):
        bed.send(Vital.HEART_RATE, 70, second, source=STRAP)
        bed.send(Vital.SPO2, 97, second)
    bed.hear(TakenOff(OXIMETER, 600, "toilet"))
    bed.wait(135)
    bed.hear(PutBack(OXIMETER, "key"))
    bed.wait(150)
    raised = [
        (at, c.priority) for at, c in bed.told if (c.alarm, c.source) == ("DATA_STALE", STRAP)
    ]
    assert raised == [(79, MEDIUM), (145, HIGH)]

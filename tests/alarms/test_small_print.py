"""What is said of the equipment and the board in half a sentence, and holds all the same."""

import pytest

from alarms import presets
from alarms.board import Board
from alarms.technical import Timed
from kapmonitor.errors import Refused
from kapmonitor.events import Left, LimitChanged, PutBack, TakenOff
from kapmonitor.reading import Notice, Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, OXIMETER, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.cuff(site="left_arm")
    return bed


def test_finger_that_goes_silent_after_its_five_good_seconds_is_missed_from_its_last_value(
    bed: Bedside,
):
    bed.spo2(97, 0, 10)
    bed.spo2(None, 10, 40)
    bed.spo2(97, 40, 45)
    bed.wait(70)
    assert bed.of("SPO2_SIGNAL_LOST") == [
        (24, "raised", "low"),
        (45, "ended", "low"),
        (59, "raised", "low"),
    ]
    assert bed.last("SPO2_SIGNAL_LOST").vital is Vital.SPO2


def test_pulse_of_a_strap_is_over_and_missed_again_in_the_same_way(bed: Bedside):
    bed.strap()
    strap = {"source": STRAP}
    bed.stream(Vital.HEART_RATE, 70, 0, 10, **strap)
    bed.stream(Vital.HEART_RATE, None, 10, 40, **strap)
    bed.stream(Vital.HEART_RATE, 70, 40, 45, **strap)
    bed.wait(46)
    assert bed.of("PULSE_SIGNAL_LOST") == [(24, "raised", "low"), (45, "ended", "low")]
    bed.stream(Vital.HEART_RATE, None, 46, 70, **strap)
    bed.stream(Vital.HEART_RATE, 70, 70, 72, **strap)
    bed.stream(Vital.HEART_RATE, None, 72, 80, **strap)  # two good seconds are not five
    assert bed.of("PULSE_SIGNAL_LOST")[2:] == [(59, "raised", "low")]
    assert bed.last("PULSE_SIGNAL_LOST").vital is Vital.PULSE_RATE


def test_of_two_lost_pulses_the_last_is_named_and_one_that_is_back_is_enough(bed: Bedside):
    bed.strap()
    for at in range(60):
        bed.send(Vital.HEART_RATE, 70 if at < 10 else None, at, source=STRAP)
        bed.send(Vital.SPO2, 97, at)
        bed.send(Vital.PULSE_RATE, 70 if at < 12 or at >= 40 else None, at)
    assert bed.of("PULSE_SIGNAL_LOST") == [(26, "raised", "low"), (45, "ended", "low")]
    assert bed.last("PULSE_SIGNAL_LOST").source == OXIMETER


def test_monitor_that_measures_both_stays_continuous_when_it_sends_a_pressure():
    bed = Bedside()
    bed.has("monitor", (Vital.SPO2, Vital.SYSTOLIC, Vital.DIASTOLIC), True, "")
    bed.spo2(97, 0, 5, source="monitor")
    bed.pressure(120, 80, 5, source="monitor")
    bed.wait(60)
    assert bed.of("DATA_STALE") == [(35, "raised", "medium")]


def test_sensor_that_was_off_when_the_patient_left_is_never_missed(bed: Bedside):
    """Its ten minutes run out in an empty room."""
    bed.spo2(97, 0, 5)
    bed.pulse(70, 5, 8)
    bed.hear(TakenOff(OXIMETER, 600.0))
    bed.hear(Left("sister"))
    bed.wait(600)
    bed.hear(PutBack(OXIMETER, "time"))
    bed.wait(900)
    assert bed.in_force == set()


def test_what_else_a_device_says_does_not_disturb_its_counter(bed: Bedside):
    bed.spo2(97, 0, 5)
    for at in range(5, 40):
        bed.wait(at)
        bed.hear(Notice("counter_stands", at, source=OXIMETER))
        bed.hear(Notice("status", at, {"percent": 3}, source=OXIMETER))
    assert bed.of("VALUE_FROZEN") == [(35, "raised", "medium")]
    assert bed.of("BATTERY_LOW") == []


def test_battery_told_in_bars_is_no_percentage(bed: Bedside):
    bed.hear(Notice("battery", 0, {"level": 1}, source=OXIMETER))
    assert bed.told == []


def test_hung_counter_is_told_at_its_second_though_packets_come_every_nine(bed: Bedside):
    """Beside another clue that would take minutes."""
    for at in range(0, 50, 9):
        bed.send(Vital.SPO2, 97, at)
        bed.send(Vital.PERFUSION_INDEX, 4.5, at)
        bed.hear(Notice("counter_stands", at, source=OXIMETER))
    assert bed.of("VALUE_FROZEN") == [(30, "raised", "medium")]


def test_wave_without_samples_stands_still_in_the_count_of_a_flat_one(bed: Bedside):
    for at in range(60):
        bed.send(Vital.PULSE_RATE, 70, at)
        bed.pleth((None, None) if 20 <= at < 40 else (64, 64), at)
    # Twenty seconds before the pause, ten after it.
    assert bed.of("VALUE_FROZEN") == [(50, "raised", "medium")]


def test_two_pulses_that_change_places_in_one_second_still_disagree(bed: Bedside):
    bed.strap()
    for at in range(70):
        bed.send(Vital.HEART_RATE, 70 if at < 30 else 110, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 110 if at < 30 else 70, at)
    assert bed.of("SOURCES_DISAGREE") == [(60, "raised", "low")]
    assert bed.last("SOURCES_DISAGREE").vital is Vital.PULSE_RATE


def test_two_failed_cycles_are_told_by_their_readings_alone(bed: Bedside):
    for at in (10, 70):
        bed.pressure(212, 196, at, quality=Quality.QUESTIONABLE, reason="pulse", event=False)
    assert bed.of("CUFF_FAILED") == [(70, "raised", "medium")]


def test_trouble_that_lasts_no_second_is_over_and_one_of_a_second_is_not(bed: Bedside):
    bed.trouble("window_hung", 10, 1)
    assert bed.last("WINDOW_HUNG").value == 1
    assert bed.in_force == {"WINDOW_HUNG"}
    bed.trouble("window_hung", 20, 0)
    assert bed.in_force == set()


def test_cuffs_on_both_arms_excuse_the_finger_between_them(bed: Bedside):
    bed.cuff("other", site="right_arm")
    bed.spo2(97, 0, 10)
    for name in (CUFF, "other"):
        bed.inflates(name, 10)
    bed.spo2(None, 10, 60)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_flat_wave_from_before_a_sensor_was_off_tells_nothing_about_the_next(bed: Bedside):
    bed.send(Vital.PULSE_RATE, 70, 0)
    bed.pleth((64, 64), 0)
    bed.hear(TakenOff(OXIMETER, 600.0))
    bed.hear(PutBack(OXIMETER, "person"))
    for at in range(1, 40):
        bed.send(Vital.PULSE_RATE, 70, at)
        bed.pleth((70, 70), at)  # flat at another height, from its first second on
    assert bed.of("VALUE_FROZEN") == [(31, "raised", "medium")]


# The board ---------------------------------------------------------------------------------------


def test_acts_told_late_count_from_now(bed: Bedside):
    """The clock of who pressed may be behind: a silence is never shorter for it."""
    bed.pressure(205, 100, 50)
    bed.board.acknowledge("SBP_EXTREME", "Nurse", 5)
    bed.wait(229)
    assert "escalated" not in [state for _, state, _ in bed.of("SBP_EXTREME")]
    bed.wait(231)
    assert bed.of("SBP_EXTREME")[-1] == (230, "escalated", "high")
    assert bed.board.view(5).sound is HIGH
    assert bed.board.pause(5) == 231 + 120


def test_first_moment_of_a_session_is_nought():
    bed = Bedside()
    bed.pressure(205, 100, 0)
    assert bed.last("SBP_EXTREME").raised == 0
    assert bed.board.pause_broken_by == ""


def test_observation_is_two_hours_where_the_plan_says_nothing():
    """The loss of all data turns HIGH at its last second no more."""
    bed = Bedside(Board(presets.load()))
    bed.oximeter()
    bed.dose(0)
    bed.spo2(97, 7100, 7111)  # the last at 7110: HIGH would be due at 7200
    bed.wait(7300)
    assert [p for _, _, p in bed.of("DATA_STALE")] == ["medium"]


def test_rise_that_is_switched_off_is_not_unavailable_as_well(bed: Bedside):
    assert "PR_RISE" in bed.view.unavailable
    bed.hear(LimitChanged("PR_RISE", 40, None))
    assert "PR_RISE" not in bed.view.unavailable


def test_refusals_name_what_was_asked_and_what_may_be(bed: Bedside):
    with pytest.raises(Refused) as nothing:
        bed.board.acknowledge("", "Nurse", 1)
    assert nothing.value.facts == {"alarm": "-"}
    with pytest.raises(Refused) as named:
        bed.board.acknowledge("SPO2_LOW", "Nurse", 1)
    assert named.value.facts == {"alarm": "SPO2_LOW"}
    with pytest.raises(Refused) as range_of_two:
        bed.board.check_other("BP_RISE", 99)
    assert range_of_two.value.facts == {"alarm": "BP_RISE", "low": 15, "high": 40}


def test_condition_that_is_due_and_does_nothing_does_not_keep_the_board_turning(monkeypatch):
    bed = Bedside()
    monkeypatch.setattr(Timed, "due", lambda self: 5.0)
    bed.pressure(120, 80, 1)
    bed.board.tick(10)
    assert bed.board.deadline() is None

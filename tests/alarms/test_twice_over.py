"""What was, and what comes again: nothing of the last time is left in the next."""

import pytest

from alarms import presets
from alarms.board import Board
from kapmonitor.events import CuffCycle, Left, LimitChanged, PutBack, TakenOff
from kapmonitor.reading import LinkState, Notice, Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, OXIMETER, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter(site="left_finger")
    bed.cuff(site="left_arm")
    return bed


def with_rows(*rows: str) -> Bedside:
    """The same bedside under a clinic's own rows."""
    bed = Bedside(Board(presets.parse("\n".join(['name = "own"', *rows]))))
    bed.oximeter(site="left_finger")
    bed.cuff(site="left_arm")
    return bed


# The equipment -----------------------------------------------------------------------------------


def test_loss_that_grew_to_medium_begins_as_low_the_next_time(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.spo2(None, 10, 80)
    bed.spo2(97, 80, 100)
    bed.spo2(None, 100, 120)
    assert bed.of("SPO2_SIGNAL_LOST") == [
        (24, "raised", "low"),
        (69, "escalated", "medium"),
        (85, "ended", "medium"),
        (114, "raised", "low"),
    ]


def test_five_good_seconds_are_needed_each_time_the_finger_is_back(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.spo2(None, 10, 40)
    bed.spo2(97, 40, 50)
    bed.spo2(None, 50, 80)
    bed.spo2(97, 80, 84)
    bed.spo2(None, 84, 90)
    ends = [at for at, state, _ in bed.of("SPO2_SIGNAL_LOST") if state == "ended"]
    assert ends == [45]


def test_one_value_is_enough_to_be_missed():
    """It came once and never again, from devices that nobody introduced."""
    bed = Bedside()
    bed.send(Vital.HEART_RATE, 70, 0, source=STRAP)
    bed.send(Vital.HEART_RATE, None, 1, source=STRAP)
    bed.stream(Vital.HEART_RATE, None, 2, 20, source=STRAP)
    assert bed.of("PULSE_SIGNAL_LOST") == [(15, "raised", "low")]
    bed.send(Vital.SPO2, 97, 20)
    bed.wait(60)
    assert bed.of("SPO2_SIGNAL_LOST") == [(35, "raised", "low")]
    assert bed.of("DATA_STALE") == [(49, "raised", "medium"), (50, "raised", "medium")]


def test_lost_pulse_waits_for_the_cuff_only_while_every_source_has_its_reason(bed: Bedside):
    """The finger is under the cuff and the strap silent; then the strap says that it has none."""
    bed.strap()
    bed.stream(Vital.HEART_RATE, 70, 0, 10, source=STRAP)
    for at in range(10, 60):
        bed.send(Vital.SPO2, 97, at)
        bed.send(Vital.PULSE_RATE, 70 if at < 12 else None, at)
        if at == 11:
            bed.inflates(CUFF, at)
        if at >= 40:
            bed.send(Vital.HEART_RATE, None, at, source=STRAP)
    # Known from the packet after the one with which it broke its silence.
    assert bed.of("PULSE_SIGNAL_LOST") == [(41, "raised", "low")]


def test_full_disk_is_still_told_when_the_patient_has_left(bed: Bedside):
    """The record is being written until its seal; only what hangs on the patient is over."""
    bed.trouble("disk_low", 5)
    bed.spo2(97, 6, 10)
    bed.link(OXIMETER, LinkState.DOWN, 10)
    bed.wait(22)
    assert bed.in_force == {"DISK_LOW", "LINK_LOST"}
    bed.hear(Left("sister"))
    assert bed.in_force == {"DISK_LOW"}


@pytest.mark.parametrize(
    ("alarm", "delay"),
    [("SPO2_SIGNAL_LOST", 15), ("DATA_STALE", 30), ("LINK_LOST", 10), ("VALUE_FROZEN", 30)],
)
def test_alarm_of_the_equipment_tells_its_delay(bed: Bedside, alarm, delay):
    bed.spo2(97, 0, 5)
    if alarm == "VALUE_FROZEN":
        for at in range(5, 40):
            bed.send(Vital.SPO2, 97, at)
            bed.hear(Notice("counter_stands", at, source=OXIMETER))
    if alarm == "LINK_LOST":
        bed.link(OXIMETER, LinkState.DOWN, 5)
    bed.wait(60)
    assert bed.last(alarm).delay == delay


def test_link_that_is_lost_again_waits_its_ten_seconds_again(bed: Bedside):
    bed.spo2(97, 0, 5)
    for at in (5, 100):
        bed.link(OXIMETER, LinkState.DOWN, at)
        bed.wait(at + 40)
        bed.link(OXIMETER, LinkState.UP, at + 40)
    raised = [at for at, state, _ in bed.of("LINK_LOST") if state == "raised"]
    assert raised == [15, 110]


def test_flat_wave_counts_beside_a_pulse_that_is_told_every_ten_seconds(bed: Bedside):
    """Ten seconds old is still told; in the packets the wave stands before the pulse."""
    for at in range(45):
        if at:
            bed.pleth((64, 64, 64), at)
        if at % 10 == 0:
            bed.send(Vital.PULSE_RATE, 70, at)
    assert bed.of("VALUE_FROZEN") == [(31, "raised", "medium")]


def test_finger_put_back_without_a_word_is_missed_though_it_had_said_none(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.spo2(None, 10, 12)
    bed.hear(TakenOff(OXIMETER, 600.0))
    bed.wait(100)
    bed.hear(PutBack(OXIMETER, "person"))
    bed.wait(140)
    assert bed.of("SPO2_SIGNAL_LOST") == [(115, "raised", "low")]
    assert bed.of("DATA_STALE") == [(130, "raised", "medium")]


def test_cuff_asked_a_second_time_has_the_arm_a_second_time(bed: Bedside):
    for start in (10, 100):
        bed.spo2(97, bed.now, start)
        bed.hear(CuffCycle(CUFF, "asked_start"))
        bed.spo2(None, start, start + 10)
        bed.hear(CuffCycle(CUFF, "started"))
        bed.spo2(None, start + 10, start + 40)
        bed.hear(CuffCycle(CUFF, "ended"))
        bed.spo2(97, start + 40, start + 60)
    assert bed.of("SPO2_SIGNAL_LOST") == []


def test_two_pulses_that_disagree_again_tell_the_difference_of_this_time(bed: Bedside):
    bed.strap()

    def apart(by: float, start: int, end: int) -> None:
        for at in range(start, end):
            bed.send(Vital.HEART_RATE, 70, at, source=STRAP)
            bed.send(Vital.PULSE_RATE, 70 + by, at)

    apart(40, 0, 70)
    apart(0, 70, 110)
    apart(20, 110, 180)
    raised = [change for _, change in bed.told if change.state.value == "raised"]
    assert [(c.alarm, c.value) for c in raised if c.alarm == "SOURCES_DISAGREE"] == [
        ("SOURCES_DISAGREE", 40),
        ("SOURCES_DISAGREE", 20),
    ]


def test_poor_signal_is_counted_anew_after_good_values(bed: Bedside):
    for start in (0, 60):
        bed.spo2(97, start, start + 20, quality=Quality.QUESTIONABLE)
        bed.spo2(97, start + 20, start + 40)
    assert bed.of("SIGNAL_POOR") == []


# The patient -------------------------------------------------------------------------------------


def test_unanswered_seconds_of_the_last_dip_do_not_count_in_the_next(bed: Bedside):
    """A hundred seconds of it, well for a minute, and another hundred: never two minutes."""
    for start in (0, 180):
        bed.spo2(88, start, start + 115)
        bed.spo2(97, start + 115, start + 180)
    assert [state for _, state, _ in bed.of("SPO2_LOW")] == ["raised", "ended"] * 2


def test_second_very_high_pressure_confirms_only_what_still_holds(bed: Bedside):
    """Over in between: the next one is the first again."""
    bed.pressure(185, 90, 10)
    bed.pressure(130, 80, 70)
    bed.pressure(186, 90, 130)
    assert [(state, p) for _, state, p in bed.of("SBP_VHIGH")] == [
        ("raised", "medium"),
        ("ended", "medium"),
        ("raised", "medium"),
    ]


def test_acknowledged_medium_has_nothing_due():
    """It ends with its condition; no clock runs for it, and nobody is woken."""
    bed = Bedside()
    bed.pressure(185, 90, 10)
    bed.acknowledge("SBP_VHIGH", 20)
    assert bed.in_force == {"SBP_HIGH", "SBP_VHIGH"}
    assert bed.board.deadline() is None


def test_acknowledged_red_flag_has_nothing_due():
    bed = Bedside()
    bed.file(10, red_flags="seizure")
    bed.acknowledge("REDFLAG", 12)
    assert bed.board.deadline() is None


def test_second_of_delay_is_no_reason_to_wait_for_a_slow_ring():
    bed = with_rows("[[limit]]", 'id = "SPO2_LOW"', "delay = 1")
    for at in (0, 4, 8):
        bed.send(Vital.SPO2, 97, at)
    bed.send(Vital.SPO2, 88, 12)
    assert bed.of("SPO2_LOW") == [(12, "raised", "medium")]


def test_percents_are_hundredths_of_the_baseline():
    bed = with_rows("[[limit]]", 'id = "PR_RISE"', "percent = true", "value = 50", "delay = 0")
    bed.dose(0, pulse=100)
    bed.pulse(149.9, 1, 10)
    assert bed.of("PR_RISE") == []
    bed.pulse(150.1, 10, 20)
    bed.pulse(129.9, 20, 30)  # below 30 % over the baseline
    assert bed.of("PR_RISE") == [(10, "raised", "low"), (25, "ended", "low")]


def test_limit_switched_off_and_on_counts_from_the_beginning(bed: Bedside):
    bed.spo2(88, 0, 10)
    bed.hear(LimitChanged("SPO2_LOW", 90, None))
    bed.hear(LimitChanged("SPO2_LOW", None, None, on=True))
    bed.spo2(88, 10, 30)
    assert bed.of("SPO2_LOW") == [(25, "raised", "medium")]


def test_deepest_sedation_of_last_time_is_not_that_of_the_next(bed: Bedside):
    for at, level in ((10, 1), (20, 5), (30, 3)):
        bed.file(at, moaas=level)
    assert (bed.last("SEDATION").value, bed.last("SEDATION").limit) == (3, 3)
    bed.file(40, moaas=3, breathing="shallow")
    assert (bed.last("SEDATION").limit, bed.last("SEDATION").reason) == (None, "breathing")


def test_pause_pressed_while_the_red_flag_sounds_silences_it_for_two_minutes(bed: Bedside):
    bed.file(10, red_flags="seizure")
    bed.wait(25)
    assert bed.sound is HIGH
    bed.pause(25)
    bed.spo2(97, 26, 60)
    assert bed.sound is None


def test_acknowledged_red_flag_does_not_come_back_by_itself(bed: Bedside):
    bed.file(10, red_flags="seizure")
    bed.acknowledge("REDFLAG", 12)
    bed.wait(1000)
    assert bed.of("REDFLAG") == [(10, "raised", "high"), (12, "acknowledged", "high")]


def test_pressure_that_is_held_back_is_told_after_thirty_seconds_without_another_reading():
    bed = Bedside()
    bed.pressure(165, 80, 10)
    bed.pressure(150, 80, 70)
    assert bed.board.deadline() is None  # what is over has nothing due
    bed.pressure(165, 80, 80)
    bed.wait(300)
    raised = [at for at, state, _ in bed.of("SBP_HIGH") if state == "raised"]
    assert raised == [10, 100]


def test_dip_that_was_lost_from_sight_and_came_back_well_counts_anew(bed: Bedside):
    bed.spo2(88, 0, 11)
    bed.spo2(None, 11, 13)
    bed.spo2(97, 13, 15)
    bed.spo2(88, 15, 25)
    assert bed.of("SPO2_LOW") == []


def test_four_good_seconds_and_then_none_end_no_alarm(bed: Bedside):
    bed.spo2(88, 0, 20)
    bed.spo2(97, 20, 24)
    bed.send(Vital.SPO2, None, 24)
    bed.wait(100)
    assert "SPO2_LOW" in bed.in_force


def test_oximeter_that_was_chosen_before_the_strap_is_judged(bed: Bedside):
    bed.strap()
    for at in range(20):
        bed.send(Vital.HEART_RATE, 70, at, source=STRAP, in_use=False)
        bed.send(Vital.PULSE_RATE, 150, at)
    assert bed.of("PR_VHIGH") == [(10, "raised", "high")]


def test_strap_without_contact_gives_way_to_the_oximeter(bed: Bedside):
    bed.strap()
    for at in range(20):
        bed.send(Vital.HEART_RATE, None, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 150, at)
    assert bed.of("PR_VHIGH") == [(10, "raised", "high")]


@pytest.mark.parametrize(("below", "raised"), [(0.5, 20), (2.0, 5)])
def test_depth_times_duration_of_a_medium_counts_every_part_of_a_percent(below, raised):
    bed = with_rows("[[limit]]", 'id = "SPO2_LOW"', "delay = 0", "area = 10")
    bed.spo2(90 - below, 0, 30)
    assert bed.of("SPO2_LOW")[:1] == [(raised, "raised", "medium")]

"""Stories of what is heard: acknowledging, pausing, quiet mode, escalation, coming back."""

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from kapmonitor.errors import Refused
from kapmonitor.events import AlarmChange, AlarmKind, AlarmState, LimitChanged, QuietMode
from kapmonitor.reading import Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import HIGH, LOW, MEDIUM, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter()
    bed.cuff()
    return bed


def test_acknowledged_medium_is_silent_until_it_ends(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.acknowledge("SBP_VHIGH", at=20)

    assert bed.sound is LOW  # SBP_HIGH is an alarm of its own, and still sounds
    bed.acknowledge("SBP_HIGH")
    bed.wait(3000)
    assert bed.sound is None
    assert bed.in_force == {"SBP_VHIGH", "SBP_HIGH"}
    view = next(v for v in bed.view.alarms if v.change.alarm == "SBP_VHIGH")
    assert view.acknowledged_by == "Nurse"
    assert view.change.state is AlarmState.ACKNOWLEDGED


def test_acknowledging_without_a_name_takes_the_highest(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.acknowledge()
    assert bed.of("SBP_VHIGH")[-1] == (10, "acknowledged", "medium")
    bed.acknowledge()
    assert bed.of("SBP_HIGH")[-1] == (10, "acknowledged", "low")
    with pytest.raises(Refused, match="nothing_to_acknowledge"):
        bed.acknowledge()


def test_acknowledging_what_is_not_there_is_refused(bed: Bedside):
    with pytest.raises(Refused, match="nothing_to_acknowledge"):
        bed.acknowledge("SPO2_LOW")
    with pytest.raises(Refused, match="unknown_alarm"):
        bed.acknowledge("SPO3_LOW")


def test_badge_stays_until_somebody_looks(bed: Bedside):
    bed.pressure(162, 90, 10)
    bed.pressure(120, 80, 20)
    assert bed.badges == {"SBP_HIGH"}
    assert bed.view.alarms[0].change.state is AlarmState.ENDED
    assert bed.sound is None

    bed.acknowledge()
    assert bed.view.alarms == ()


def test_badge_gives_way_to_the_alarm_when_it_comes_again(bed: Bedside):
    bed.pressure(162, 90, 10)
    bed.pressure(120, 80, 20)
    bed.pressure(161, 90, 600)
    assert bed.badges == set()
    assert bed.in_force == {"SBP_HIGH"}


def test_unanswered_medium_sounds_like_a_high_after_two_minutes(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.wait(129)
    assert bed.sound is MEDIUM
    bed.wait(130)
    assert bed.sound is HIGH
    change = bed.last("SBP_VHIGH")
    assert (change.state, change.priority, change.reason) == (
        AlarmState.ESCALATED,
        MEDIUM,
        "unanswered",
    )
    bed.acknowledge("SBP_VHIGH")
    bed.acknowledge("SBP_HIGH")
    assert bed.sound is None


def test_technical_medium_does_not_grow_louder(bed: Bedside):
    bed.trouble("disk_low", 10)
    bed.wait(1000)
    assert bed.sound is MEDIUM


def test_audio_pause_stops_the_clock_of_the_unanswered(bed: Bedside):
    bed.pressure(182, 95, 10)
    assert bed.pause(70) == 190
    bed.wait(189)
    assert bed.sound is None
    bed.wait(190)
    assert bed.sound is MEDIUM
    assert bed.view.paused_until is None
    bed.wait(249)
    assert bed.sound is MEDIUM
    bed.wait(250)
    assert bed.sound is HIGH


def test_second_press_ends_the_pause(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.pause(20)
    assert bed.view.paused_until == 140
    assert bed.pause(30) is None
    assert bed.sound is MEDIUM


def test_new_alarm_breaks_the_pause(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.pause(20)
    bed.trouble("disk_low", 30)
    assert bed.view.paused_until is None
    assert bed.board.pause_broken_by == "DISK_LOW"
    assert bed.sound is MEDIUM


def test_higher_priority_of_the_same_alarm_breaks_the_pause(bed: Bedside):
    bed.pressure(182, 95, 10)
    bed.pause(20)
    bed.pressure(183, 95, 60)
    assert bed.sound is HIGH


def test_pause_pressed_before_silences_no_high(bed: Bedside):
    bed.pause(5)
    bed.spo2(84, 5, 12)
    assert bed.sound is HIGH


def test_pause_pressed_while_it_sounds_silences_a_high_for_two_minutes(bed: Bedside):
    bed.spo2(84, 0, 20)
    bed.pause(20)
    bed.spo2(84, 20, 140)
    assert bed.sound is None
    bed.spo2(84, 140, 141)
    assert bed.sound is HIGH


def test_milder_alarm_of_the_same_vital_is_new_and_breaks_the_pause(bed: Bedside):
    """SPO2_LOW needs fifteen seconds where SPO2_DESAT needs five."""
    bed.spo2(84, 0, 10)
    bed.pause(10)
    bed.spo2(84, 10, 16)
    assert bed.board.pause_broken_by == "SPO2_LOW"
    assert bed.sound is HIGH


def test_low_that_is_only_seen_does_not_break_a_pause(bed: Bedside):
    bed.hear(QuietMode(True))
    bed.trouble("disk_low", 10)
    bed.pause(20)
    bed.trouble("sleep_risk", 30)
    assert bed.view.paused_until == 140


def test_quiet_mode_shows_a_low_and_does_not_sound_it(bed: Bedside):
    bed.hear(QuietMode(True))
    bed.pressure(162, 90, 10)
    assert bed.sound is None
    assert bed.in_force == {"SBP_HIGH"}
    assert bed.view.quiet

    bed.pressure(182, 90, 20)
    assert bed.sound is MEDIUM
    bed.pressure(183, 90, 30)
    assert bed.sound is HIGH
    bed.hear(QuietMode(False))
    assert not bed.view.quiet


def test_acknowledged_high_comes_back_when_it_worsens_by_its_step(bed: Bedside):
    bed.spo2(84, 0, 20)
    bed.acknowledge("SPO2_DESAT")
    bed.acknowledge("SPO2_LOW")
    bed.spo2(83, 20, 30)
    assert bed.sound is None
    bed.spo2(82, 30, 31)
    assert bed.sound is HIGH
    change = bed.last("SPO2_DESAT")
    assert (change.state, change.reason, change.value) == (AlarmState.ESCALATED, "worse", 82)


def test_acknowledged_high_comes_back_when_it_lasts_three_minutes(bed: Bedside):
    bed.spo2(84, 0, 20)
    bed.acknowledge("SPO2_DESAT")
    bed.acknowledge("SPO2_LOW")
    bed.spo2(84, 20, 199)
    assert bed.sound is None
    bed.spo2(84, 199, 200)
    assert bed.sound is HIGH
    assert bed.last("SPO2_DESAT").reason == "lasts"
    bed.acknowledge()
    assert bed.sound is None


def test_alarm_that_comes_back_breaks_a_pause(bed: Bedside):
    """The pause was pressed for another alarm, while this one was acknowledged."""
    bed.spo2(84, 0, 10)
    bed.acknowledge("SPO2_DESAT")
    bed.spo2(84, 10, 100)
    bed.pause(100)
    bed.spo2(84, 100, 191)
    assert bed.sound is HIGH


def test_pressure_worsens_by_ten(bed: Bedside):
    bed.pressure(205, 110, 10)
    bed.acknowledge("SBP_EXTREME")
    bed.pressure(214, 110, 20)
    assert bed.last("SBP_EXTREME").state is AlarmState.ACKNOWLEDGED
    bed.pressure(215, 110, 30)
    assert bed.last("SBP_EXTREME").reason == "worse"


def test_latching_alarm_sounds_until_somebody_looks():
    preset = presets.load()
    limits = tuple(replace(spec, latching=spec.id == "SPO2_DESAT") for spec in preset.limits)
    bed = Bedside(Board(replace(preset, limits=limits)))
    bed.oximeter()
    bed.spo2(84, 0, 10)
    bed.spo2(97, 10, 60)
    assert bed.of("SPO2_DESAT")[-1] == (15, "ended", "high")
    assert bed.badges == {"SPO2_DESAT"}
    assert bed.sound is HIGH
    bed.spo2(84, 60, 70)
    assert bed.in_force == {"SPO2_DESAT"}
    bed.spo2(97, 70, 80)
    bed.acknowledge("SPO2_DESAT")
    assert bed.sound is None
    assert bed.badges == set()


@pytest.mark.parametrize(
    ("alarm", "limit", "code"),
    [
        ("SPO2_DESAT", 79, "limit_out_of_range"),
        ("SPO2_DESAT", None, "high_cannot_be_off"),
        ("SBP_VHIGH", None, "high_cannot_be_off"),
        ("DATA_STALE", None, "high_cannot_be_off"),
        ("REDFLAG", None, "high_cannot_be_off"),
        ("SPO2_LOW", 60, "limit_out_of_range"),
        ("LINK_LOST", 5, "alarm_has_no_limit"),
        ("NONE_SUCH", 5, "unknown_alarm"),
    ],
)
def test_limit_that_may_not_be_chosen_is_refused(bed: Bedside, alarm, limit, code):
    with pytest.raises(Refused, match=code):
        bed.board.check_limit(alarm, limit)


def test_refused_limit_from_an_older_record_changes_nothing(bed: Bedside):
    bed.hear(LimitChanged("SPO2_DESAT", 85, None))
    bed.spo2(84, 0, 10)
    assert bed.sound is HIGH


def test_alarm_switched_off_ends_and_comes_no_more_until_switched_on(bed: Bedside):
    bed.spo2(88, 0, 20)
    assert bed.board.check_limit("SPO2_LOW", None) == 90
    bed.hear(LimitChanged("SPO2_LOW", 90, None, "known lung disease"))
    assert bed.in_force == set()
    bed.spo2(88, 20, 60)
    assert bed.in_force == set()
    assert bed.board.check_limit("SPO2_LOW", 88) is None
    assert [s.id for s in bed.board.limits if not s.on] == ["SPO2_LOW", "RPP_HIGH"]

    bed.hear(LimitChanged("SPO2_LOW", None, 89))
    bed.spo2(88, 60, 80)
    assert bed.last("SPO2_LOW").limit == 89
    assert "SPO2_LOW" in bed.in_force


def test_technical_alarm_can_be_switched_off_when_it_is_never_high(bed: Bedside):
    assert bed.board.check_limit("SLEEP_RISK", None) is None
    bed.hear(LimitChanged("SLEEP_RISK", None, None))
    bed.trouble("sleep_risk", 10)
    assert bed.in_force == set()


def test_technical_alarm_that_was_off_is_told_again_once_it_is_on(bed: Bedside):
    bed.hear(LimitChanged("SIGNAL_POOR", None, None))
    poor = {"quality": Quality.QUESTIONABLE, "reason": "weak_signal"}
    bed.spo2(96, 0, 60, **poor)
    assert bed.told == []
    bed.hear(LimitChanged("SIGNAL_POOR", None, None, on=True))
    bed.spo2(96, 60, 100, **poor)
    assert bed.of("SIGNAL_POOR") == [(90, "raised", "low")]


def test_finger_that_is_off_while_its_alarm_is_switched_on_is_missed_from_then(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.hear(LimitChanged("SPO2_SIGNAL_LOST", None, None))
    bed.spo2(None, 10, 100)
    assert bed.in_force == set()
    bed.hear(LimitChanged("SPO2_SIGNAL_LOST", None, None, on=True))
    bed.spo2(None, 100, 120)
    assert bed.of("SPO2_SIGNAL_LOST") == [(115 - 1, "raised", "low")]


def test_pulse_that_is_lost_while_its_alarm_is_switched_on_is_missed_from_then(bed: Bedside):
    bed.strap()
    bed.stream(Vital.HEART_RATE, 70, 0, 10, source="strap")
    bed.hear(LimitChanged("PULSE_SIGNAL_LOST", None, None))
    bed.stream(Vital.HEART_RATE, None, 10, 100, source="strap")
    assert bed.in_force == set()
    bed.hear(LimitChanged("PULSE_SIGNAL_LOST", None, None, on=True))
    bed.stream(Vital.HEART_RATE, None, 100, 130, source="strap")
    assert bed.of("PULSE_SIGNAL_LOST") == [(114, "raised", "low")]


def test_pulse_that_never_was_is_not_missed_by_switching_its_alarm_on(bed: Bedside):
    bed.strap()
    bed.stream(Vital.HEART_RATE, None, 0, 10, source="strap")
    bed.hear(LimitChanged("PULSE_SIGNAL_LOST", None, None))
    bed.hear(LimitChanged("PULSE_SIGNAL_LOST", None, None, on=True))
    bed.stream(Vital.HEART_RATE, None, 10, 100, source="strap")
    assert bed.told == []


def test_trouble_that_lasts_is_told_when_its_alarm_is_switched_on(bed: Bedside):
    bed.hear(LimitChanged("DISK_LOW", None, None))
    bed.trouble("disk_low", 10)
    assert bed.in_force == set()
    bed.wait(50)
    bed.hear(LimitChanged("DISK_LOW", None, None, on=True))
    assert bed.of("DISK_LOW") == [(50, "raised", "medium")]


def test_trouble_that_is_over_is_not(bed: Bedside):
    bed.hear(LimitChanged("DISK_LOW", None, None))
    bed.trouble("disk_low", 10)
    bed.trouble("disk_low_over", 20)
    bed.hear(LimitChanged("DISK_LOW", None, None, on=True))
    bed.wait(60)
    assert bed.told == []


def test_cuff_that_is_overdue_is_told_when_its_alarm_is_switched_on(bed: Bedside):
    bed.dose(0)
    bed.due(0, cuff=600.0)
    bed.hear(LimitChanged("CUFF_OVERDUE", None, None))
    bed.wait(800)
    assert bed.in_force == set()
    bed.hear(LimitChanged("CUFF_OVERDUE", None, None, on=True))
    assert bed.of("CUFF_OVERDUE") == [(800, "raised", "low")]


def test_finger_whose_alarm_is_off_hides_no_lost_pulse(bed: Bedside):
    """One cause is one alarm, but a cause that nobody tells explains nothing."""
    bed.hear(LimitChanged("SPO2_SIGNAL_LOST", None, None))
    for at in range(60):
        bed.send(Vital.SPO2, 97 if at < 10 else None, at)
        bed.send(Vital.PULSE_RATE, 70 if at < 10 else None, at)
    assert bed.of("PULSE_SIGNAL_LOST") == [(24, "raised", "low")]


def test_alarm_switched_on_without_a_number_is_at_the_presets_again(bed: Bedside):
    bed.hear(LimitChanged("SPO2_LOW", 90, 88))
    bed.hear(LimitChanged("SPO2_LOW", 88, None))
    bed.hear(LimitChanged("SPO2_LOW", None, None, on=True))
    bed.spo2(89, 0, 30)
    assert bed.last("SPO2_LOW").limit == 90


def test_second_number_of_a_rise_is_changed_in_its_range_and_judged(bed: Bedside):
    bed.dose(0)
    assert bed.board.check_other("BP_RISE", 30) == 25
    bed.pressure(130, 104, 10)  # +26 over 78
    assert bed.in_force == {"BP_RISE", "SBP_RISE_EARLY", "DBP_HIGH"}
    bed.hear(LimitChanged("BP_RISE", 40, 40, "known", 25, 30))
    assert "BP_RISE" not in bed.in_force
    bed.pressure(130, 108, 60)
    assert bed.last("BP_RISE").limit == 78 + 30
    bed.pressure(130, 104, 70)  # what clears it has moved along: below +25
    assert "BP_RISE" in bed.in_force
    bed.pressure(130, 102, 80)
    assert "BP_RISE" not in bed.in_force


@pytest.mark.parametrize(
    ("alarm", "limit", "code"),
    [
        ("BP_RISE", 41, "limit_out_of_range"),
        ("BP_RISE", 14, "limit_out_of_range"),
        ("PR_RISE", 30, "alarm_has_one_limit"),
        ("LINK_LOST", 30, "alarm_has_one_limit"),
        ("NONE_SUCH", 30, "alarm_has_one_limit"),
    ],
)
def test_second_number_that_may_not_be_chosen_is_refused(bed: Bedside, alarm, limit, code):
    with pytest.raises(Refused, match=code):
        bed.board.check_other(alarm, limit)


def test_second_number_out_of_range_in_a_record_is_not_taken_over(bed: Bedside):
    bed.dose(0)
    bed.hear(LimitChanged("BP_RISE", 40, 40, "", 25, 80))
    bed.pressure(130, 104, 10)
    assert "BP_RISE" in bed.in_force


def test_resumed_session_keeps_what_was_acknowledged(bed: Bedside):
    """The record is told again from its start; the nurse need not answer a second time."""
    bed.pressure(162, 90, 10)
    known = AlarmChange("SBP_HIGH", LOW, AlarmKind.PHYSIOLOGICAL, AlarmState.ACKNOWLEDGED, 10)
    bed.hear(replace(known, state=AlarmState.RAISED))
    assert bed.sound is LOW
    bed.hear(known)
    assert bed.sound is None
    assert bed.view.alarms[0].acknowledged_by == "before"
    bed.hear(replace(known, alarm="OF_ANOTHER_VERSION"))
    assert bed.in_force == {"SBP_HIGH"}


@pytest.mark.parametrize("word", ["acknowledge", "resumed"])
def test_what_was_seen_of_one_device_hides_nothing_of_another(word: str):
    """Two oximeters are silent; somebody has seen that of one of them."""
    bed = Bedside()
    for name in ("left", "right"):
        bed.oximeter(name)
    for name in ("left", "right"):
        bed.send(Vital.SPO2, 97, 0, source=name, in_use=name == "left")
    bed.wait(31)
    seen = next(change for _, change in bed.told if change.source == "left")
    if word == "acknowledge":
        bed.acknowledge("DATA_STALE:left")
    else:
        bed.hear(replace(seen, state=AlarmState.ACKNOWLEDGED))
    stale = {v.change.source: v.acknowledged_by for v in bed.view.alarms if v.change.source}
    assert (bool(stale["left"]), stale["right"]) == (True, "")
    assert bed.sound is MEDIUM


def test_limit_is_acknowledged_by_its_name_and_the_source_of_its_value(bed: Bedside):
    bed.spo2(84, 0, 10)
    bed.acknowledge(f"SPO2_DESAT:{bed.last('SPO2_DESAT').source}")
    assert bed.sound is None

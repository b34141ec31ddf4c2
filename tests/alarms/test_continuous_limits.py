"""Stories of saturation and pulse: delay, hysteresis, gaps, doubt, and who is in use."""

import pytest

from kapmonitor.events import LimitChanged
from kapmonitor.reading import Origin, Quality
from kapmonitor.vitals import Vital
from tests.alarms.bedside import HIGH, MEDIUM, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter()
    return bed


def test_short_dip_wakes_nobody(bed: Bedside):
    """Fourteen seconds below 90 % are gone before the fifteen are over."""
    bed.spo2(97, 0, 10)
    bed.spo2(88, 10, 24)
    bed.spo2(95, 24, 60)

    assert bed.told == []
    assert bed.sound is None


def test_long_dip_is_signalled_after_exactly_its_delay_and_carries_the_worst_value(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.spo2(88, 10, 20)
    bed.spo2(86, 20, 30)
    bed.spo2(94, 30, 40)

    assert bed.of("SPO2_LOW") == [(25, "raised", "medium"), (35, "ended", "medium")]
    raised, ended = bed.told[0][1], bed.told[1][1]
    assert (raised.value, raised.limit, raised.delay) == (86, 90, 15)
    assert (raised.raised, raised.vital, raised.source) == (25, Vital.SPO2, "oximeter")
    assert (ended.value, ended.raised) == (86, 25)


def test_broken_condition_starts_its_delay_anew(bed: Bedside):
    bed.spo2(88, 0, 10)
    bed.spo2(90, 10, 11)  # not below 90
    bed.spo2(88, 11, 40)

    assert bed.of("SPO2_LOW") == [(26, "raised", "medium")]


def test_missing_samples_neither_confirm_nor_break(bed: Bedside):
    """Ten seconds low, twenty without a value, then low again: five more are needed."""
    bed.spo2(88, 0, 10)
    bed.spo2(None, 10, 30)
    bed.spo2(88, 30, 40)

    assert bed.of("SPO2_LOW") == [(35, "raised", "medium")]


def test_silence_does_not_confirm_either(bed: Bedside):
    """An oximeter of one value a second that stops sending is believed for three seconds."""
    bed.spo2(97, 0, 10)
    bed.spo2(84, 10, 12)
    bed.wait(25)

    assert bed.of("SPO2_DESAT") == []
    assert bed.of("SPO2_LOW") == []


def test_alarm_in_force_stays_while_its_vital_is_missing(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.spo2(88, 5, 25)
    bed.spo2(None, 25, 100)

    assert "SPO2_LOW" in bed.in_force
    bed.spo2(96, 100, 110)
    assert bed.of("SPO2_LOW")[-1] == (105, "ended", "medium")


def test_between_limit_and_clearing_value_nothing_changes(bed: Bedside):
    bed.spo2(88, 0, 20)
    bed.spo2(91, 20, 60)  # above 90, not yet 92
    assert "SPO2_LOW" in bed.in_force

    bed.spo2(92, 60, 64)  # four seconds are not five
    bed.spo2(91, 64, 65)
    bed.spo2(92, 65, 72)
    assert bed.of("SPO2_LOW")[-1] == (70, "ended", "medium")


def test_deep_desaturation_is_high_after_five_seconds(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.spo2(84, 5, 12)

    assert bed.of("SPO2_DESAT") == [(10, "raised", "high")]
    assert bed.sound is HIGH


def test_collapse_below_fifty_is_judged_at_once_though_doubted(bed: Bedside):
    bed.spo2(97, 0, 5)
    bed.spo2(41, 5, 12, quality=Quality.QUESTIONABLE, reason="spo2_below_50")

    assert bed.of("SPO2_DESAT") == [(10, "raised", "high")]


def test_doubted_values_wait_fifteen_seconds_and_count_then(bed: Bedside):
    """Motion for ten seconds is not judged; a doubt that lasts may not hide a collapse."""
    bed.spo2(97, 0, 5)
    bed.spo2(80, 5, 15, quality=Quality.QUESTIONABLE, reason="motion")
    bed.spo2(97, 15, 30)
    assert bed.of("SPO2_DESAT") == []

    bed.spo2(80, 30, 60, quality=Quality.QUESTIONABLE, reason="motion")
    assert bed.of("SPO2_DESAT") == [(50, "raised", "high")]


def test_ring_with_a_value_every_eight_seconds_is_judged_value_by_value(bed: Bedside):
    """Readings further apart than the delay are judged on their own."""
    for at in (0, 8, 16):
        bed.send(Vital.SPO2, 97, at)
    bed.send(Vital.SPO2, 84, 24)
    assert bed.of("SPO2_DESAT") == [(24, "raised", "high")]

    bed.send(Vital.SPO2, 95, 32)
    assert bed.of("SPO2_DESAT")[-1] == (32, "ended", "high")
    assert bed.of("SPO2_LOW") == []


def test_spot_check_is_judged_on_its_own():
    bed = Bedside()
    bed.has("spot", (Vital.SPO2,), continuous=False, site="")
    bed.send(Vital.SPO2, 88, 10, source="spot")

    assert bed.of("SPO2_LOW") == [(10, "raised", "medium")]
    bed.send(Vital.SPO2, 87, 700, source="spot", quality=Quality.QUESTIONABLE, reason="weak")
    bed.send(Vital.SPO2, 96, 800, source="spot")
    assert bed.of("SPO2_LOW")[-1] == (800, "ended", "medium")
    assert bed.last("SPO2_LOW").value == 88


def test_collapse_at_a_spot_check_is_judged_though_it_is_doubted():
    """41 % is questionable, and still no reason to keep quiet."""
    bed = Bedside()
    bed.has("spot", (Vital.SPO2,), continuous=False, site="")
    bed.send(
        Vital.SPO2, 41, 10, source="spot", quality=Quality.QUESTIONABLE, reason="spo2_below_50"
    )

    assert bed.of("SPO2_DESAT") == [(10, "raised", "high")]


def test_what_a_device_had_stored_is_history(bed: Bedside):
    bed.spo2(70, 0, 60, origin=Origin.STORED)
    assert bed.told == []


@pytest.mark.parametrize(
    ("alarm", "value", "delay", "priority", "clears"),
    [
        ("PR_HIGH", 121, 15, "medium", 115),
        ("PR_VHIGH", 141, 10, "high", 130),
        ("PR_LOW", 49, 15, "medium", 53),
        ("PR_VLOW", 39, 10, "high", 45),
    ],
)
def test_pulse_limits_of_the_default_table(bed: Bedside, alarm, value, delay, priority, clears):
    bed.pulse(70, 0, 5)
    bed.pulse(value, 5, 30)
    assert bed.of(alarm) == [(5 + delay, "raised", priority)]

    step = 1 if clears < value else -1
    bed.pulse(clears + step, 30, 45)
    assert alarm in bed.in_force
    bed.pulse(clears, 45, 55)
    assert bed.of(alarm)[-1] == (50, "ended", priority)


def test_pulse_on_the_limit_is_no_alarm(bed: Bedside):
    bed.pulse(120, 0, 60)
    bed.pulse(50, 60, 120)
    assert bed.told == []


def test_rise_of_the_pulse_over_baseline(bed: Bedside):
    bed.pulse(70, 0, 5)
    bed.dose(5, pulse=70)
    bed.pulse(111, 6, 40)

    assert bed.of("PR_RISE") == [(36, "raised", "low")]
    assert bed.last("PR_RISE").limit == 110
    bed.pulse(100, 40, 50)  # not yet less than 30 above
    assert "PR_RISE" in bed.in_force
    bed.pulse(99, 50, 60)
    assert bed.of("PR_RISE")[-1] == (55, "ended", "low")


def test_without_a_baseline_the_rises_are_unavailable_and_say_so(bed: Bedside):
    assert bed.view.unavailable == ("PR_RISE", "SBP_RISE_EARLY", "BP_RISE")

    bed.dose(0, systolic=None, diastolic=None, pulse=70)
    assert bed.view.unavailable == ("SBP_RISE_EARLY", "BP_RISE")


def test_baseline_with_one_of_its_two_pressures_is_judged_by_that_one(bed: Bedside):
    bed.cuff()
    bed.dose(0, systolic=120, diastolic=None, pulse=70)
    assert bed.view.unavailable == ()

    bed.pressure(165, 130, 60)
    bed.pressure(166, 130, 120)
    assert bed.last("BP_RISE").vital is Vital.SYSTOLIC
    assert bed.last("BP_RISE").limit == 160


def test_strap_goes_before_the_oximeter_while_it_is_fresh(bed: Bedside):
    bed.strap()
    for at in range(40):
        bed.send(Vital.HEART_RATE, 75, at, source=STRAP)
        bed.send(Vital.PULSE_RATE, 150, at)  # in_use left True by mistake
    assert bed.of("PR_VHIGH") == []

    bed.pulse(150, 40, 80)
    assert bed.of("PR_VHIGH") == [(60, "raised", "high")]


def test_source_that_lost_its_value_does_not_disturb_the_one_in_use(bed: Bedside):
    """A strap that lies on the table sends "no beat" each second; the oximeter counts."""
    bed.strap()
    bed.stream(Vital.HEART_RATE, 75, 0, 5, source=STRAP)
    for at in range(5, 60):
        bed.send(Vital.HEART_RATE, None, at, source=STRAP, reason="sensor_off")
        bed.send(Vital.PULSE_RATE, 150, at)

    assert bed.of("PR_VHIGH") == [(25, "raised", "high")]


def test_second_source_of_a_vital_is_not_judged(bed: Bedside):
    bed.oximeter("other")
    bed.spo2(97, 0, 60)
    bed.spo2(80, 60, 90, source="other", in_use=False)
    assert bed.of("SPO2_DESAT") == []


def test_same_limit_does_not_alarm_again_within_thirty_seconds(bed: Bedside):
    """A value that swings around its limit is one alarm, not five."""
    bed.spo2(88, 0, 20)
    bed.spo2(95, 20, 30)  # ends at 25
    bed.spo2(88, 30, 70)  # holds from 45 on, held back until 55

    assert bed.of("SPO2_LOW") == [
        (15, "raised", "medium"),
        (25, "ended", "medium"),
        (55, "raised", "medium"),
    ]


def test_deeper_dip_is_not_held_back(bed: Bedside):
    bed.spo2(88, 0, 20)
    bed.spo2(95, 20, 30)
    bed.spo2(86, 30, 70)

    assert bed.of("SPO2_LOW")[-1] == (45, "raised", "medium")


def test_high_is_never_held_back(bed: Bedside):
    bed.spo2(84, 0, 10)
    bed.spo2(95, 10, 20)
    bed.spo2(84, 20, 30)

    assert [at for at, state, _ in bed.of("SPO2_DESAT") if state == "raised"] == [5, 25]


def test_two_alarms_of_one_vital_make_one_sound(bed: Bedside):
    bed.spo2(84, 0, 40)
    assert bed.in_force == {"SPO2_LOW", "SPO2_DESAT"}
    assert bed.sound is HIGH
    assert [view.change.alarm for view in bed.view.alarms] == ["SPO2_DESAT", "SPO2_LOW"]

    bed.acknowledge("SPO2_DESAT")
    assert bed.sound is MEDIUM
    assert bed.in_force == {"SPO2_LOW", "SPO2_DESAT"}


def test_a_limit_that_was_moved_out_of_the_way_raises_nothing(bed: Bedside):
    """Fifteen seconds at 89 %, and the limit goes to 88 before they are over."""
    bed.spo2(97, 0, 10)
    bed.spo2(89, 10, 24)
    bed.hear(LimitChanged("SPO2_LOW", 90, 88), 24)
    bed.spo2(89, 25, 60)

    assert bed.of("SPO2_LOW") == []


def test_a_limit_that_was_moved_out_of_the_way_ends_its_alarm(bed: Bedside):
    """The record keeps the limit that the value was beyond."""
    bed.spo2(97, 0, 10)
    bed.spo2(89, 10, 30)
    bed.hear(LimitChanged("SPO2_LOW", 90, 88), 30)

    assert bed.of("SPO2_LOW") == [(25, "raised", "medium"), (29, "ended", "medium")]
    assert (bed.last("SPO2_LOW").value, bed.last("SPO2_LOW").limit) == (89, 90)


def test_a_limit_that_is_moved_while_the_value_is_beyond_it_starts_no_new_delay(bed: Bedside):
    bed.spo2(97, 0, 10)
    bed.spo2(86, 10, 20)
    bed.hear(LimitChanged("SPO2_LOW", 90, 88), 20)
    bed.spo2(86, 20, 30)

    assert bed.of("SPO2_LOW") == [(25, "raised", "medium")]


def test_two_values_at_one_time_say_nothing_about_how_often_they_come(bed: Bedside):
    """An oximeter that sends every four seconds, each value twice: a delay is a delay to it."""
    for second in range(0, 40, 4):
        for _ in range(2):
            bed.send(Vital.SPO2, 88 if second >= 8 else 97, second)
    assert bed.of("SPO2_LOW") == [(23, "raised", "medium")]


def test_value_counts_to_the_very_end_of_its_three_seconds(bed: Bedside):
    """The last of three values came at 2 s; it carries a delay of five seconds, not one of 15."""
    bed.spo2(80, 0, 3)
    bed.wait(60)
    assert bed.of("SPO2_DESAT") == [(5, "raised", "high")]
    assert bed.of("SPO2_LOW") == []

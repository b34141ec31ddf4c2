"""Stories of the cuff: each reading is judged, confirmed by the next, and holds until then."""

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from kapmonitor.events import Baseline, Cuff, DoseWithdrawn, LimitChanged
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital
from tests.alarms.bedside import CUFF, HIGH, LOW, MEDIUM, Bedside


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.cuff()
    return bed


def test_first_high_pressure_is_medium_and_the_next_makes_it_high(bed: Bedside):
    """The second reading confirms whenever it comes, here twenty minutes later."""
    bed.pressure(182, 95, 600)
    assert bed.of("SBP_VHIGH") == [(600, "raised", "medium")]
    assert bed.sound is MEDIUM

    bed.pressure(185, 96, 1800)
    assert bed.of("SBP_VHIGH")[1:] == [(720, "escalated", "medium"), (1800, "escalated", "high")]
    assert bed.sound is HIGH
    assert bed.last("SBP_VHIGH").value == 185


def test_readings_and_event_of_one_cycle_are_one_reading(bed: Bedside):
    """The engine tells both; neither order nor number may confirm a pressure by itself."""
    bed.pressure(182, 112, 600)
    assert {alarm for _, alarm in [(a, c.alarm) for a, c in bed.told]} == {
        "SBP_HIGH",
        "SBP_VHIGH",
        "DBP_HIGH",
        "DBP_VHIGH",
    }
    assert bed.sound is MEDIUM


def test_event_alone_is_judged_too(bed: Bedside):
    """A resumed session knows its cuff readings from the record only."""
    bed.hear(Cuff(182, 95, None, 70, Quality.GOOD, source=CUFF), at=10)
    bed.hear(Cuff(182, 95, None, 70, Quality.GOOD, source=CUFF), at=700)
    assert [state for _, state, _ in bed.of("SBP_VHIGH")] == ["raised", "escalated", "escalated"]
    assert bed.of("SBP_VHIGH")[-1][2] == "high"


def test_lower_second_reading_clears(bed: Bedside):
    bed.pressure(182, 95, 600)
    bed.pressure(174, 94, 720)
    assert bed.of("SBP_VHIGH")[-1] == (720, "ended", "medium")
    assert "SBP_HIGH" in bed.in_force  # 160 and more, cleared at 155


def test_reading_between_limit_and_clearing_value_neither_confirms_nor_clears(bed: Bedside):
    bed.pressure(182, 95, 600)
    bed.pressure(177, 94, 660)
    assert bed.of("SBP_VHIGH") == [(600, "raised", "medium")]

    bed.pressure(181, 95, 700)
    assert bed.of("SBP_VHIGH")[-1] == (700, "escalated", "high")


def test_two_hundred_needs_no_second_reading(bed: Bedside):
    bed.pressure(200, 110, 600)
    assert bed.of("SBP_EXTREME") == [(600, "raised", "high")]


def test_diastolic_has_its_own_confirmation(bed: Bedside):
    bed.pressure(150, 111, 600)
    bed.pressure(150, 110, 900)
    assert bed.of("DBP_VHIGH")[-1] == (900, "escalated", "high")
    bed.pressure(150, 104, 1000)
    assert bed.of("DBP_VHIGH")[-1] == (1000, "ended", "high")


@pytest.mark.parametrize(
    ("systolic", "diastolic", "alarm", "priority"),
    [
        (160, 80, "SBP_HIGH", "low"),
        (130, 100, "DBP_HIGH", "low"),
        (150, 120, "DBP_EXTREME", "high"),
        (89, 55, "SBP_LOW", "medium"),
    ],
)
def test_pressure_limits_of_the_default_table(bed: Bedside, systolic, diastolic, alarm, priority):
    bed.pressure(systolic, diastolic, 600)
    assert bed.of(alarm) == [(600, "raised", priority)]


def test_ordinary_pressures_are_silent(bed: Bedside):
    for at, pair in ((600, (159, 99)), (900, (90, 50)), (1200, (120, 80))):
        bed.pressure(*pair, at)
    assert bed.told == []


def test_condition_on_a_cuff_reading_holds_until_the_next(bed: Bedside):
    bed.pressure(162, 90, 600)
    bed.wait(4000)
    assert bed.in_force == {"SBP_HIGH"}
    bed.pressure(155, 90, 4000)
    assert bed.in_force == set()
    assert bed.badges == {"SBP_HIGH"}


def test_rise_over_baseline_of_either_pressure(bed: Bedside):
    bed.dose(100, systolic=110, diastolic=70)
    bed.pressure(140, 80, 600)
    assert bed.of("SBP_RISE_EARLY") == [(600, "raised", "low")]
    raised = bed.last("SBP_RISE_EARLY")
    assert (raised.vital, raised.value, raised.limit) == (Vital.SYSTOLIC, 140, 140)

    bed.pressure(134, 95, 1200)  # systolic fell back, the diastolic rose by 25
    assert bed.of("BP_RISE") == [(1200, "raised", "medium")]
    raised = bed.last("BP_RISE")
    assert (raised.vital, raised.value, raised.limit) == (Vital.DIASTOLIC, 95, 95)
    assert "SBP_RISE_EARLY" in bed.in_force

    bed.pressure(134, 84, 1800)
    assert bed.of("BP_RISE")[-1] == (1800, "ended", "medium")
    assert bed.of("SBP_RISE_EARLY")[-1] == (1800, "ended", "low")


def test_rise_is_not_ended_by_half_a_cycle(bed: Bedside):
    """Systolic first, diastolic a moment later: no alarm ends and begins in between."""
    bed.dose(100, systolic=110, diastolic=70)
    bed.pressure(120, 96, 600)
    bed.pressure(121, 97, 1200)
    assert bed.of("BP_RISE") == [(600, "raised", "medium"), (720, "escalated", "medium")]


def test_questionable_pair_is_a_failed_cycle_and_judged_by_no_limit(bed: Bedside):
    bed.pressure(215, 205, 600, quality=Quality.QUESTIONABLE, reason="pulse_pressure")
    assert bed.told == []

    bed.pressure(None, None, 720, reason="movement")
    assert bed.of("CUFF_FAILED") == [(720, "raised", "medium")]
    assert bed.view.alarms[0].change.reason == "pulse_pressure 215/205; movement"

    bed.pressure(130, 80, 840)
    assert bed.of("CUFF_FAILED")[-1] == (840, "ended", "medium")


def test_good_cycle_between_two_failed_ones(bed: Bedside):
    bed.pressure(None, None, 600, reason="leak")
    bed.pressure(130, 80, 720)
    bed.pressure(None, None, 840, reason="leak")
    assert bed.of("CUFF_FAILED") == []


def test_cuff_pulse_is_judged_per_reading_when_no_other_is_live(bed: Bedside):
    bed.send(Vital.PULSE_RATE, 145, 600, source=CUFF)
    assert bed.of("PR_VHIGH") == [(600, "raised", "high")]
    bed.send(Vital.PULSE_RATE, 90, 900, source=CUFF)
    assert bed.of("PR_VHIGH")[-1] == (900, "ended", "high")


def test_pressure_of_an_unannounced_source_is_a_cuff_reading():
    bed = Bedside()
    bed.pressure(182, 95, 10, source="chart", event=False)
    bed.pressure(182, 95, 400, source="chart", event=False)
    bed.wait(1000)
    assert bed.of("SBP_VHIGH")[-1][2] == "high"
    assert bed.of("DATA_STALE") == []


def test_stored_cycles_are_history(bed: Bedside):
    bed.hear(Cuff(210, 120, None, 70, Quality.GOOD, source=CUFF, origin=Origin.STORED), at=10)
    assert bed.told == []


def test_rate_pressure_product_is_off_until_a_clinic_wants_it(bed: Bedside):
    cuff = Cuff(170, 90, None, 130, Quality.GOOD, source=CUFF)
    bed.hear(cuff, at=10)
    assert bed.of("RPP_HIGH") == []

    bed.hear(LimitChanged("RPP_HIGH", None, 20000), at=20)
    assert bed.of("RPP_HIGH") == [(0, "raised", "low")]
    assert bed.last("RPP_HIGH").value == 170 * 130


def test_rate_pressure_product_of_readings(bed: Bedside):
    bed.hear(LimitChanged("RPP_HIGH", None, 20000))
    for vital, value in (
        (Vital.PULSE_RATE, 130),
        (Vital.SYSTOLIC, 170),
        (Vital.DIASTOLIC, 90),
    ):
        reading = Reading(vital, value, 50, packet=3, source=CUFF)
        bed.told += [(50, change) for change in bed.board.observe(reading)]
    assert bed.of("RPP_HIGH") == [(50, "raised", "low")]


def test_limit_changed_in_the_session_judges_the_last_reading_anew(bed: Bedside):
    bed.pressure(162, 90, 600)
    assert bed.in_force == {"SBP_HIGH"}
    assert bed.board.check_limit("SBP_HIGH", 170) == 160

    bed.hear(LimitChanged("SBP_HIGH", 160, 170, "known hypertension"))
    assert bed.in_force == set()
    assert bed.board.check_limit("SBP_HIGH", 160) == 170
    bed.pressure(171, 90, 900)
    assert bed.last("SBP_HIGH").limit == 170
    bed.pressure(166, 90, 1000)  # the clearing value moved along, to 165
    assert bed.in_force == {"SBP_HIGH"}
    bed.pressure(165, 90, 1100)
    assert bed.in_force == set()


def test_percent_rise_where_a_clinic_wants_it():
    preset = presets.load()
    rise = next(s for s in preset.limits if s.id == "PR_RISE")
    other = tuple(s for s in preset.limits if s.id != "PR_RISE")
    percent = replace(rise, percent=True, value=50, clear="< 30", delay=0)
    bed = Bedside(Board(replace(preset, limits=(*other, percent))))
    bed.oximeter()
    bed.pulse(60, 0, 5)
    bed.dose(5, pulse=60)
    bed.pulse(90, 6, 10)
    assert bed.of("PR_RISE") == []
    bed.pulse(91, 10, 12)
    assert bed.of("PR_RISE") == [(10, "raised", "low")]
    assert bed.last("PR_RISE").limit == 90
    assert bed.sound is LOW


def test_rise_ends_with_its_baseline_and_a_corrected_one_keeps_it(bed: Bedside):
    bed.dose(100, systolic=110, diastolic=70)
    bed.pressure(152, 90, 600)
    bed.pressure(151, 90, 700)
    assert bed.in_force == {"BP_RISE", "SBP_RISE_EARLY"}

    bed.hear(Baseline(108.0, 70.0, 70.0, 97.0, 2, reason="typing error"))
    assert bed.in_force == {"BP_RISE", "SBP_RISE_EARLY"}
    assert bed.board.view(700).alarms[0].change.limit == 148

    bed.hear(DoseWithdrawn(1, "not given"))
    assert bed.in_force == set()


def test_worst_reading_stays_when_a_limit_is_changed_under_one_of_two_pressures(bed: Bedside):
    """Only the systolic pressure has risen; the alarm of either does not forget how far."""
    bed.dose(0)
    bed.pressure(170, 80, 600)
    bed.pressure(162, 80, 900)
    bed.hear(LimitChanged("BP_RISE", 40, 38))
    (shown,) = [view for view in bed.view.alarms if view.change.alarm == "BP_RISE"]
    assert (shown.change.value, shown.change.raised) == (170, 600)


def test_message_of_failed_cycles_has_both_pressures_from_the_start(bed: Bedside):
    """The readings of a packet come one after the other; the record's line is not half a pair."""
    bed.pressure(None, None, 10, reason="leak")
    doubted = Quality.QUESTIONABLE
    bed.pressure(212, 200, 60, quality=doubted, reason="pulse_pressure")
    assert [c.reason for _, c in bed.told] == ["leak; pulse_pressure 212/200"]
    bed.pressure(214, 201, 120, quality=doubted, reason="pulse_pressure")
    assert bed.last("CUFF_FAILED").reason == "leak; pulse_pressure 212/200"
    assert bed.view.alarms[0].change.reason == "pulse_pressure 212/200; pulse_pressure 214/201"


def test_cycle_of_which_only_half_was_read_fails_by_its_event(bed: Bedside):
    bed.pressure(None, None, 10, reason="leak")
    half = Reading(Vital.SYSTOLIC, 150, 60, Quality.QUESTIONABLE, "moved", packet=9, source=CUFF)
    assert bed.board.observe(half) == []
    bed.now = 60
    bed.hear(Cuff(150, None, None, None, Quality.QUESTIONABLE, "moved", CUFF))
    assert bed.of("CUFF_FAILED") == [(60, "raised", "medium")]
    bed.pressure(120, 80, 100)
    assert bed.in_force == set()

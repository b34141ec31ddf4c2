"""What is entered late happened earlier: it says nothing against what is newer."""

import pytest

from kapmonitor.events import Cuff, Round
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital
from tests.alarms.bedside import OXIMETER, STRAP, Bedside


@pytest.fixture
def bed() -> Bedside:
    return Bedside()


def typed(bed: Bedside, systolic: float, diastolic: float, at: float) -> None:
    """A pair typed by hand for an earlier time: its readings, then the record's event."""
    for vital, value in ((Vital.SYSTOLIC, systolic), (Vital.DIASTOLIC, diastolic)):
        reading = Reading(vital, value, at, packet=7, origin=Origin.MANUAL, source="manual")
        bed._keep(bed.board.observe(reading), bed.now)
    event = Cuff(
        systolic, diastolic, None, None, Quality.GOOD, source="manual", origin=Origin.MANUAL
    )
    bed.hear(event, at)


def filed(bed: Bedside, at: float, **answers) -> None:
    bed.hear(Round("standard", "2", answers), at)


def test_normal_pair_of_earlier_leaves_the_alarms_in_force(bed: Bedside):
    bed.pressure(195, 112, 1000)
    bed.pressure(196, 112, 1060)
    before = bed.view.alarms
    assert {"SBP_VHIGH", "DBP_VHIGH"} <= bed.in_force
    bed.wait(1100)

    typed(bed, 118, 76, at=500)

    assert bed.view.alarms == before
    assert [state for _, state, _ in bed.of("SBP_VHIGH")] == ["raised", "escalated"]


def test_event_alone_of_an_earlier_pair_is_history_too(bed: Bedside):
    bed.pressure(196, 112, 1060)
    bed.hear(Cuff(118, 76, None, None, Quality.GOOD, source="manual"), 500)
    assert "SBP_VHIGH" in bed.in_force


def test_high_pair_of_earlier_raises_nothing_after_a_normal_one(bed: Bedside):
    bed.pressure(118, 76, 1060)
    bed.wait(1100)
    typed(bed, 205, 125, at=500)
    assert bed.told == []


def test_late_pair_that_is_newer_than_the_last_counts(bed: Bedside):
    bed.pressure(185, 90, 1000)
    bed.wait(1100)
    typed(bed, 118, 76, at=1050)
    assert bed.in_force == set()

    bed.wait(1200)
    typed(bed, 205, 90, at=1150)
    assert "SBP_EXTREME" in bed.in_force
    assert bed.last("SBP_EXTREME").raised == 1200  # the board's time does not run backwards


def test_late_pair_counts_where_only_a_failed_cycle_is_newer(bed: Bedside):
    bed.pressure(None, None, 1000, reason="leak")
    bed.wait(1100)
    typed(bed, 205, 90, at=900)
    assert "SBP_EXTREME" in bed.in_force


@pytest.mark.parametrize(
    ("alarm", "now", "then"),
    [
        ("SEDATION", {"moaas": 1}, {"moaas": 5}),
        ("SEDATION", {"breathing": "shallow"}, {"breathing": "normal", "moaas": 5}),
        ("REDFLAG", {"red_flags": "chest_pain"}, {"red_flags": "none"}),
        ("RESP_LOW", {"respiratory_rate": 7}, {"respiratory_rate": 14}),
    ],
)
def test_round_of_earlier_ends_nothing_and_one_of_later_does(bed: Bedside, alarm, now, then):
    bed.file(1000, **now)
    bed.wait(1100)
    filed(bed, 400, **then)
    assert bed.in_force == {alarm}

    filed(bed, 1050, **then)
    assert bed.in_force == set()


@pytest.mark.parametrize(
    ("alarm", "now", "then"),
    [
        ("SEDATION", {"moaas": 5}, {"moaas": 1}),
        ("REDFLAG", {"red_flags": "none"}, {"red_flags": "seizure"}),
        ("RESP_LOW", {"respiratory_rate": 14}, {"respiratory_rate": 7}),
    ],
)
def test_finding_of_earlier_raises_unless_a_later_round_said_otherwise(
    bed: Bedside, alarm, now, then
):
    bed.file(1000, note="nothing of it asked")
    bed.wait(1100)
    filed(bed, 500, **then)
    assert bed.in_force == {alarm}
    assert bed.last(alarm).raised == 1100

    other = Bedside()
    other.file(1000, **now)
    other.wait(1100)
    filed(other, 500, **then)
    assert other.told == []


def test_what_a_later_round_left_open_is_answered_by_an_earlier_one(bed: Bedside):
    """Sedation was judged at 1000; breathing was not."""
    bed.file(1000, moaas=5)
    bed.wait(1100)
    filed(bed, 500, moaas=5, breathing="shallow")
    assert bed.in_force == {"SEDATION"}
    assert bed.last("SEDATION").reason == "breathing"


def test_older_value_of_a_continuous_vital_changes_nothing(bed: Bedside):
    bed.oximeter()
    bed.spo2(82, 0, 20)
    assert "SPO2_DESAT" in bed.in_force
    before = bed.board.deadline()
    for at in range(1, 12):
        old = Reading(Vital.SPO2, 97, float(at), source=OXIMETER)
        assert bed.board.observe(old) == []
    assert bed.board.deadline() == before
    bed.wait(25)
    assert "SPO2_DESAT" in bed.in_force


def test_pulse_typed_for_earlier_does_not_end_the_alarm_of_the_strap(bed: Bedside):
    bed.strap()
    bed.stream(Vital.HEART_RATE, 150, 0, 20, source=STRAP)
    assert "PR_VHIGH" in bed.in_force
    typed(bed, 120, 80, at=5)
    pulse = Reading(Vital.PULSE_RATE, 70, 5, packet=7, origin=Origin.MANUAL, source="manual")
    bed.board.observe(pulse)
    assert "PR_VHIGH" in bed.in_force


def test_time_of_the_board_does_not_run_backwards(bed: Bedside):
    bed.oximeter()
    bed.spo2(97, 0, 5)
    bed.spo2(82, 5, 20)
    due = bed.board.deadline()
    bed.hear(Round("standard", "2", {"moaas": 5}), 3)
    assert bed.board.tick(4) == []
    assert bed.board.deadline() == due
    assert bed.board.view(20).alarms[0].change.alarm == "SPO2_DESAT"

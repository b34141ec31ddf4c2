"""A discreet tick reminds of an alarm that somebody switched off in this visit."""

import pytest

from alarms import presets
from alarms.board import Board
from alarms.sounds import burst, reminder
from kapmonitor.events import LimitChanged, Priority, QuietMode
from tests.alarms.bedside import Bedside
from tests.alarms.test_sounds import pulses

FIVE_MINUTES = 300


@pytest.fixture
def bed() -> Bedside:
    bedside = Bedside()
    bedside.oximeter()
    return bedside


def switch_off(bed: Bedside, at: float, alarm: str = "SPO2_LOW") -> None:
    bed.wait(at)
    bed.hear(LimitChanged(alarm, 90, None))


def reminded(bed: Bedside, at: float) -> int:
    bed.wait(at)
    return bed.view.reminders


def test_a_tick_comes_every_five_minutes_while_an_alarm_is_off(bed: Bedside):
    switch_off(bed, 10)
    assert bed.board.deadline() == 10 + FIVE_MINUTES
    assert [reminded(bed, at) for at in (309.9, 310, 609.9, 610)] == [0, 1, 1, 2]


def test_no_tick_after_it_is_on_again(bed: Bedside):
    switch_off(bed, 0)
    bed.wait(290)
    bed.hear(LimitChanged("SPO2_LOW", None, 90))
    assert reminded(bed, 1000) == 0
    switch_off(bed, 1000)
    assert reminded(bed, 1299) == 0
    assert reminded(bed, 1300) == 1


def test_a_second_alarm_that_is_switched_off_does_not_put_the_tick_off(bed: Bedside):
    switch_off(bed, 0)
    switch_off(bed, 200, "PR_HIGH")
    assert reminded(bed, 300) == 1
    bed.hear(LimitChanged("PR_HIGH", None, 120))
    assert reminded(bed, 600) == 2


def test_what_the_preset_has_off_reminds_of_nothing(bed: Bedside):
    """The clinic's own decision shows its crossed bell, and does not tick through every visit."""
    assert presets.load().find("RPP_HIGH").on is False
    assert reminded(bed, 2000) == 0
    bed.hear(LimitChanged("RPP_HIGH", None, 20000))
    bed.hear(LimitChanged("RPP_HIGH", 20000, None))
    assert reminded(bed, 4000) == 0


def test_a_changed_limit_is_not_off(bed: Bedside):
    bed.hear(LimitChanged("SPO2_LOW", 90, 88))
    assert reminded(bed, 1000) == 0


def test_quiet_mode_and_pause_hold_a_tick_back_and_the_next_one_comes_in_its_time(bed: Bedside):
    switch_off(bed, 0)
    bed.hear(QuietMode(True))
    assert reminded(bed, 599) == 0
    bed.hear(QuietMode(False))
    bed.pause(599)
    assert reminded(bed, 600) == 0
    assert reminded(bed, 900) == 1


def test_no_tick_beside_an_alarm_that_sounds(bed: Bedside):
    switch_off(bed, 0, "PR_HIGH")
    bed.spo2(80, 280, 320)
    assert bed.sound is Priority.HIGH
    assert reminded(bed, 320) == 0
    bed.spo2(97, 320, 620)
    assert reminded(bed, 620) == 1


@pytest.mark.parametrize(("minutes", "count"), [(0, 0), (1, 15), (15, 1)])
def test_a_preset_says_how_often(minutes: int, count: int):
    bed = Bedside(Board(presets.parse(f'name = "x"\nreminder_min = {minutes}\n')))
    switch_off(bed, 0)
    assert reminded(bed, 900) == count


def test_the_tick_is_one_pulse_shorter_and_softer_than_any_alarm():
    tick, low = reminder(), burst(Priority.LOW)
    assert len(pulses(tick)) == 1
    assert len(tick) < len(low) / 3
    assert abs(tick).max() == pytest.approx(0.15, abs=0.01)
    assert abs(tick).max() < abs(low).max() / 2

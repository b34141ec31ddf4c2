"""Stories of a sensor that hangs, and of patients who are merely steady."""

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from kapmonitor.events import Left, TakenOff
from kapmonitor.reading import LinkState, Notice
from kapmonitor.vitals import Vital
from tests.alarms.bedside import OXIMETER, STRAP, Bedside

FROZEN = "VALUE_FROZEN"


@pytest.fixture
def bed() -> Bedside:
    bed = Bedside()
    bed.oximeter()
    bed.strap()
    return bed


def numbers(bed: Bedside, at: float, spo2: float | None, pulse: float | None, index: float | None):
    bed.send(Vital.SPO2, spo2, at)
    bed.send(Vital.PULSE_RATE, pulse, at)
    bed.send(Vital.PERFUSION_INDEX, index, at)


def count(bed: Bedside, kind: str, at: float) -> None:
    bed.wait(at)
    bed.hear(Notice(kind, at, {"counter": 7}, source=OXIMETER))


def test_counter_that_stands_for_30_s_is_told_until_it_moves(bed: Bedside):
    bed.spo2(97, 0, 5)
    for at in range(5, 45):
        bed.send(Vital.SPO2, 97, at)
        count(bed, "counter_stands", at)
    assert bed.of(FROZEN) == [(35, "raised", "medium")]
    assert (bed.last(FROZEN).source, bed.last(FROZEN).reason) == (OXIMETER, "counter")
    count(bed, "counter_moves", 45)
    assert bed.of(FROZEN)[1:] == [(45, "ended", "medium")]


def test_counter_that_stands_for_a_moment_is_nothing(bed: Bedside):
    bed.spo2(97, 0, 5)
    for at in range(5, 34):
        count(bed, "counter_stands", at)
    count(bed, "counter_moves", 34)
    bed.wait(200)
    assert bed.of(FROZEN) == []


def test_seconds_without_packets_do_not_make_a_counter_stand(bed: Bedside):
    """The link drops for a minute right after one packet came twice."""
    bed.spo2(97, 0, 5)
    count(bed, "counter_stands", 5)
    bed.wait(300)
    assert bed.of(FROZEN) == []


def test_new_connection_has_a_new_counter(bed: Bedside):
    """Nobody tells that the old one moves: its decoder is gone with the connection."""
    bed.spo2(97, 0, 5)
    for at in range(5, 40):
        count(bed, "counter_stands", at)
    bed.link(OXIMETER, LinkState.DOWN, 40)
    bed.wait(50)
    assert FROZEN in bed.in_force
    bed.link(OXIMETER, LinkState.UP, 50)
    assert bed.of(FROZEN)[1:] == [(50, "ended", "medium")]


def test_counter_of_a_sensor_that_never_had_a_value_or_is_off_says_nothing(bed: Bedside):
    for at in range(40):
        count(bed, "counter_stands", at)
    bed.spo2(97, 40, 42)
    bed.hear(TakenOff(OXIMETER, 600.0))
    for at in range(42, 90):
        count(bed, "counter_stands", at)
    assert bed.of(FROZEN) == []


def test_numbers_told_in_hundredths_that_never_change_are_frozen_after_five_minutes(bed: Bedside):
    for at in range(320):
        numbers(bed, at, 97, 70, 4.53)
    # The first of each is news; the second perfusion index is the first that repeats.
    assert bed.of(FROZEN) == [(301, "raised", "medium")]
    assert bed.last(FROZEN).reason == "values"
    numbers(bed, 320, 97, 70, 4.54)
    assert bed.of(FROZEN)[1:] == [(320, "ended", "medium")]


@pytest.mark.parametrize("moved", ["spo2", "pulse", "index"])
def test_one_number_that_moves_now_and_then_is_life(bed: Bedside, moved):
    """Every four minutes one of them changes by its smallest step."""
    for at in range(900):
        step = (at // 240) % 2
        numbers(
            bed,
            at,
            97 - step * (moved == "spo2"),
            70 + step * (moved == "pulse"),
            4.53 + 0.01 * step * (moved == "index"),
        )
    assert bed.of(FROZEN) == []


def test_steady_patient_in_whole_numbers_is_not_frozen(bed: Bedside):
    """A pacemaker keeps a pulse at 60 for hours, and the saturation stays where it is."""
    for at in range(0, 3600, 2):
        bed.send(Vital.SPO2, 98, at)
        bed.send(Vital.PULSE_RATE, 60, at)
        bed.send(Vital.HEART_RATE, 60, at, source=STRAP)
    assert bed.of(FROZEN) == []


def test_perfusion_that_is_sent_as_0_is_not_measured(bed: Bedside):
    for at in range(400):
        numbers(bed, at, 97, 70, 0.0)
    assert bed.of(FROZEN) == []


def test_lost_finger_is_not_frozen(bed: Bedside):
    numbers(bed, 0, 97, 70, 4.5)
    for at in range(1, 400):
        numbers(bed, at, None, None, None)
    assert bed.of(FROZEN) == []


def test_value_that_is_lost_for_a_while_neither_counts_nor_breaks(bed: Bedside):
    for at in range(201):
        numbers(bed, at, 97, 70, 4.5)
    for at in range(201, 260):
        bed.send(Vital.SPO2, 97, at)
    for at in range(260, 500):
        numbers(bed, at, 97, 70, 4.5)
    # 210 s until the last index is old, the others from 260 on.
    assert bed.of(FROZEN) == [(351, "raised", "medium")]


def test_beats_of_a_strap_that_are_alike_to_the_millisecond_are_frozen(bed: Bedside):
    for at in range(310):
        bed.send(Vital.HEART_RATE, 60, at, source=STRAP)
        bed.send(Vital.RR_INTERVAL, 1.0, at, source=STRAP)
    assert bed.of(FROZEN) == [(301, "raised", "medium")]
    assert bed.last(FROZEN).source == STRAP


def test_living_beats_are_not(bed: Bedside):
    for at in range(400):
        bed.send(Vital.HEART_RATE, 60, at, source=STRAP)
        bed.send(Vital.RR_INTERVAL, (1024 + at % 2) / 1024, at, source=STRAP)
    assert bed.of(FROZEN) == []


def test_two_clues_are_one_alarm_that_ends_with_the_last(bed: Bedside):
    for at in range(320):
        numbers(bed, at, 97, 70, 4.5)
        if at >= 280:
            count(bed, "counter_stands", at)
    assert bed.of(FROZEN) == [(301, "raised", "medium")]
    numbers(bed, 320, 96, 70, 4.5)
    assert len(bed.of(FROZEN)) == 1
    count(bed, "counter_moves", 321)
    assert bed.of(FROZEN)[1:] == [(321, "ended", "medium")]


def test_clinic_may_choose_how_long_or_never():
    preset = presets.load()

    def told(seconds: float) -> list[tuple[float, str, str]]:
        rows = tuple(
            replace(row, value=seconds) if row.id == FROZEN else row for row in preset.technical
        )
        bed = Bedside(Board(replace(preset, technical=rows)))
        bed.oximeter()
        for at in range(400):
            numbers(bed, at, 97, 70, 4.5)
        return bed.of(FROZEN)

    assert told(120) == [(121, "raised", "medium")]
    assert told(1) == [(2, "raised", "medium")]
    assert told(0) == []


def test_nothing_is_frozen_once_the_patient_has_left(bed: Bedside):
    for at in range(305):
        numbers(bed, at, 97, 70, 4.5)
    assert FROZEN in bed.in_force
    bed.hear(Left("sister"))
    assert FROZEN not in bed.in_force


def test_flat_wave_without_a_pulse_is_not_frozen(bed: Bedside):
    """The finger is off: there is no pulse to be told, and the wave is flat by right."""
    bed.pulse(70, 0, 2)
    for at in range(2, 90):
        bed.send(Vital.PULSE_RATE, None, at)
        bed.pleth((64, 64, 64), at)
    assert bed.of(FROZEN) == []


def test_flat_wave_beside_a_pulse_of_long_ago_is_not_frozen(bed: Bedside):
    bed.pulse(70, 0, 2)
    for at in range(2, 90):
        bed.pleth((64, 64, 64), at)
    assert bed.of(FROZEN) == []

"""Every way in which a cuff can fail, sources that contradict each other, a clock that is moved."""

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from devices.virtual import scenarios
from devices.virtual.bedside import VirtualBedside
from devices.virtual.cuff import VirtualCuff
from devices.virtual.patient import VirtualPatient
from devices.virtual.vendor_cuffs import VirtualJamr, VirtualSunTech
from kapmonitor.clock import SessionClock, SteppedClock
from kapmonitor.cuffs import cuff_event, cuff_packets
from kapmonitor.plausibility import Plausibility
from kapmonitor.ports import Watcher
from kapmonitor.reading import Notice, Reading
from kapmonitor.vitals import Vital

# What each cuff says, as a cycle's error: the standard's status bits, or its maker's codes.
STANDARD = ("zero", "nan", "infinite", "implausible", "moved", "loose", "position")
EVERY_ERROR = [
    *((VirtualCuff, error) for error in STANDARD),
    *((VirtualJamr, code) for code in range(1, 8)),
    *((VirtualSunTech, code) for code in (1, 2, 3, 4, 85, 86, 87, 88, 89, 90, 91, 97, 99)),
]


def cuff_with(kind, *errors):
    """A cuff that inflates every hundred seconds, with these errors first."""
    happens = [scenarios.Effect("cuff_error", 0, 600, sequence=errors)] if errors else []
    patient = VirtualPatient(5, "in", replace(scenarios.load("ordinary"), effects=tuple(happens)))
    patient.dose(0.0)
    return kind(patient, auto=tuple(100.0 * n for n in range(1, len(errors) + 2)))


def watch(cuff: VirtualCuff, until: float) -> Watcher:
    """What the board makes of everything that the cuff delivers."""
    board, plausibility = Board(presets.load()), Plausibility()
    board.hear(cuff.info, 0.0)
    items = cuff.step(until)
    judged = plausibility.judge([item for item in items if isinstance(item, Reading)])
    for reading in judged:
        board.observe(reading)
    for packet in cuff_packets(judged).values():
        board.hear(cuff_event(packet, {cuff.info.id: cuff.info}), packet[0].at)
    return board


def in_force(board: Watcher, at: float) -> set[str]:
    return {view.change.alarm for view in board.view(at).alarms if not view.over}


@pytest.mark.parametrize(("kind", "error"), EVERY_ERROR)
def test_two_failures_in_a_row_are_an_alarm_that_a_good_reading_ends(kind, error):
    assert "CUFF_FAILED" not in in_force(watch(cuff_with(kind, error), 190), 190)
    assert "CUFF_FAILED" in in_force(watch(cuff_with(kind, error, error), 290), 290)
    assert "CUFF_FAILED" not in in_force(watch(cuff_with(kind, error, error), 390), 390)


@pytest.mark.parametrize(("kind", "error"), EVERY_ERROR)
def test_no_limit_is_judged_on_a_cycle_that_failed(kind, error):
    assert in_force(watch(cuff_with(kind, error, error), 290), 290) == {"CUFF_FAILED"}


@pytest.mark.parametrize("kind", [VirtualJamr, VirtualSunTech])
def test_vendor_cuff_measures_what_is_true(kind):
    cuff = cuff_with(kind)
    items = cuff.step(190)
    truth = cuff.patient.at(cuff.measured_at()[0])

    found = {i.vital: i.value for i in items if isinstance(i, Reading) and i.value is not None}
    assert found[Vital.SYSTOLIC] == pytest.approx(truth.systolic, abs=9.6)
    assert found[Vital.DIASTOLIC] == pytest.approx(truth.diastolic, abs=7.8)
    assert found[Vital.PULSE_RATE] == pytest.approx(truth.pulse, abs=4.6)
    kinds = [i.kind for i in items if isinstance(i, Notice) and i.kind.startswith("cuff")]
    assert kinds == ["cuff_started", "cuff_ended"]


@pytest.mark.parametrize("kind", [VirtualJamr, VirtualSunTech])
def test_vendor_cuff_that_is_stopped_gives_no_numbers(kind):
    cuff = cuff_with(kind)
    cuff.step(110)
    cuff.command("stop", 110)
    items = cuff.step(190)

    assert [i for i in items if isinstance(i, Reading) and i.vital is Vital.SYSTOLIC] == []
    assert "cuff_ended" in [i.kind for i in items if isinstance(i, Notice)]


def test_scenario_brings_its_own_cuff_and_what_it_has_besides():
    usual = ["contec-cms50-serial", "ble-blood-pressure"]

    def protocols(name: str) -> list[str]:
        return [d.protocol for d in VirtualBedside(1, "in", scenarios.load(name)).devices]

    assert protocols("ordinary") == usual
    assert protocols("cuff_codes") == ["contec-cms50-serial", "jamr-bpm188"]
    assert protocols("sources_disagree") == [*usual, "ble-heart-rate"]
    # A visit that is resumed names all of its devices.
    resumed = [f"virtual:{name}" for name in (*usual, "ble-heart-rate")]
    bedside = VirtualBedside(1, "in", scenarios.load("sources_disagree"), resumed)
    assert len(bedside.devices) == 3


def test_strap_counts_too_many_only_while_it_is_said_so():
    bedside = VirtualBedside(1, "in", scenarios.load("sources_disagree"))
    bedside.patient.dose(0.0)
    strap = bedside.devices[-1]

    def apart(start: float) -> float:
        strap.step(start)
        rates = [
            item.value - bedside.patient.at(item.at).pulse
            for item in strap.step(start + 60)
            if isinstance(item, Reading) and item.vital is Vital.HEART_RATE and item.value
        ]
        return sum(rates) / len(rates)

    assert abs(apart(39 * 60 - 1)) < 3
    assert apart(42 * 60) == pytest.approx(25, abs=3)
    assert abs(apart(46 * 60)) < 3


def test_computer_clock_is_moved_once_and_the_session_clock_not():
    bedside, clock = VirtualBedside(1, "in", scenarios.load("clock_jump")), SteppedClock(1000.0)
    bedside.patient.dose(60.0)
    jumps = []
    for second in range(3600):
        clock.at = float(second)
        bedside.move_clock(clock, clock.at)
        jumps += [(second, jump)] if (jump := clock.wall_jump()) else []

    assert jumps == [(60 + 30 * 60, 3600.0)]
    assert (clock.now(), clock.utc(0)) == (3599.0, 4600.0)


@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_demonstration_sees_the_clock_that_it_moved_itself(rate):
    clock = SessionClock(rate=rate)
    before = clock.utc(0)
    assert clock.wall_jump() == 0
    clock.move_wall(3600)

    assert clock.wall_jump() == pytest.approx(3600, abs=1)
    assert clock.wall_jump() == 0
    assert clock.utc(0) == pytest.approx(before + 3600, abs=1)

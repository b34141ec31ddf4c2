"""The session clock."""

import time

import pytest

from kapmonitor import clock as clock_module
from kapmonitor.clock import SessionClock


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A machine whose two clocks are set by hand."""
    hands = {"boot": 500.0, "wall": 1_790_000_000.0}
    monkeypatch.setattr(clock_module, "boot_seconds", lambda: hands["boot"])
    monkeypatch.setattr(time, "time", lambda: hands["wall"])
    return hands


def test_it_counts_from_the_opening_and_keeps_utc_beside(machine: dict[str, float]):
    clock = SessionClock()
    machine["boot"] += 90
    machine["wall"] += 90

    assert clock.now() == 90
    assert clock.utc(90) == 1_790_000_090
    assert clock.wall_jump() == 0


def test_a_jump_of_the_wall_clock_is_told_once_and_moves_only_utc(machine: dict[str, float]):
    clock = SessionClock()
    machine["boot"] += 10
    machine["wall"] += 10 - 3 * 3600

    assert clock.wall_jump() == pytest.approx(-3 * 3600)
    assert clock.wall_jump() == 0
    assert clock.now() == 10
    assert clock.utc(10) == pytest.approx(machine["wall"])


def test_a_demonstration_runs_faster_than_life(machine: dict[str, float]):
    clock = SessionClock(rate=20)
    machine["boot"] += 3

    assert clock.now() == 60
    assert clock.real_seconds(60) == 3


def test_a_resumed_session_goes_on_where_it_was(machine: dict[str, float]):
    clock = SessionClock(start_at=1000)
    machine["boot"] += 5

    assert clock.now() == 1005

"""The watchdog, on a clock that a test sets."""

import threading

import pytest

from kapmonitor import watchdog as watchdog_module
from kapmonitor.watchdog import Watchdog
from tests.patience import PATIENCE, wait_until


def test_silence_is_told_once_and_life_arms_it_again(monkeypatch: pytest.MonkeyPatch):
    clock = {"now": 100.0, "looks": 0}

    def look() -> float:
        clock["looks"] += 1
        return clock["now"]

    def twice_more() -> None:
        enough = clock["looks"] + 2
        wait_until(lambda: clock["looks"] >= enough, "the next look")

    monkeypatch.setattr(watchdog_module, "awake_seconds", look)
    monkeypatch.setattr(watchdog_module, "_LOOK_EVERY", 0.005)
    barks = threading.Semaphore(0)
    dog = Watchdog(barks.release)

    clock["now"] += 1.9
    twice_more()
    assert not barks.acquire(blocking=False)
    clock["now"] += 0.2
    assert barks.acquire(timeout=PATIENCE)
    clock["now"] += 60
    assert not barks.acquire(blocking=False)

    assert dog.seen()
    assert not dog.seen()
    clock["now"] += 2.1
    assert barks.acquire(timeout=PATIENCE)
    dog.close()

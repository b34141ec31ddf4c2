"""The watchdog, on a clock that a test sets."""

import threading

import pytest

from kapmonitor import watchdog as watchdog_module
from kapmonitor.watchdog import Watchdog


def test_silence_is_told_once_and_life_arms_it_again(monkeypatch: pytest.MonkeyPatch):
    clock = {"now": 100.0}
    monkeypatch.setattr(watchdog_module, "awake_seconds", lambda: clock["now"])
    monkeypatch.setattr(watchdog_module, "_LOOK_EVERY", 0.005)
    barks = threading.Semaphore(0)
    dog = Watchdog(barks.release)

    clock["now"] += 1.9
    assert not barks.acquire(timeout=0.05)
    clock["now"] += 0.2
    assert barks.acquire(timeout=5)
    clock["now"] += 60
    assert not barks.acquire(timeout=0.05)

    assert dog.seen()
    assert not dog.seen()
    clock["now"] += 2.1
    assert barks.acquire(timeout=5)
    dog.close()

"""From a reading at the engine to the request for sound, and how fast past data replays."""

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from alarms import presets
from kapmonitor.clock import SteppedClock
from kapmonitor.events import Priority
from kapmonitor.pastdata import read_past
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Reading
from kapmonitor.record.recorder import Recorder
from kapmonitor.vitals import Vital
from ui.replay import replay
from ui.sound import NullSounder
from ui.wiring import load_setting, make_engine, opened_event

_CUFF = (Vital.SYSTOLIC, Vital.DIASTOLIC)


def run(short: bool) -> list[dict[str, Any]]:
    """A HIGH without delay (a pressure of 205/100), and hours of 1 Hz replayed."""
    waits = sorted(1000 * wait for wait in _waits(100 if short else 2000))
    rate = _replay_rate(1 if short else 8)
    return [
        {"name": "HIGH: reading to sound request, median", "value": median(waits), "unit": "ms"},
        {"name": "HIGH: reading to sound request, p99", "value": _p99(waits), "unit": "ms"},
        {"name": "replay: hours of 1 Hz readings a second", "value": rate, "unit": "h/s"},
    ]


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


class _Stamping(NullSounder):
    """Notes when HIGH was asked for."""

    high_at: float | None = None

    def play(self, priority: Priority | None, quiet: bool) -> None:
        if priority is Priority.HIGH:
            self.high_at = time.perf_counter()


def _waits(rounds: int) -> list[float]:
    """Each round a normal pressure ends the alarm and a very high one raises it."""
    waits: list[float] = []
    clock = SteppedClock(1.7e9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.kap"
        setting, sounder, recorder = load_setting("in"), _Stamping(), Recorder(path)
        engine = make_engine(
            setting, clock, recorder, sounder, lambda _: None, lambda *_: None, recording=path
        )
        engine.open(opened_event(setting, "speed"), 0.0)
        engine.add_source(SourceInfo("cuff", "", "", "", _CUFF, continuous=False), 0.0)
        for turn in range(2 * rounds):
            clock.at = now = 60.0 * (turn + 1)
            engine.tick(now)
            pair = (205.0, 100.0) if turn % 2 else (120.0, 80.0)
            readings = [
                Reading(vital, value, now, packet=turn + 1, source="cuff")
                for vital, value in zip(_CUFF, pair, strict=True)
            ]
            sounder.high_at = None
            began = time.perf_counter()
            engine.deliver(readings, now)
            if turn % 2:
                assert sounder.high_at is not None, "no sound was asked for"
                waits.append(sounder.high_at - began)
        engine.interrupt(clock.now())
    return waits


def _replay_rate(hours: int) -> float:
    """A night of an oximeter, dipping now and then."""
    rows = (f"{at},{88 if at % 900 < 20 else 96},{60 + at % 7}" for at in range(3600 * hours))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "night.csv"
        file.write_text("\n".join(["Time [s],SpO2,PULSE", *rows]))
        began = time.perf_counter()
        found = replay(read_past(file), presets.load())
        took = time.perf_counter() - began
    assert len(found.histories) == 4 * hours, "not every dip was found"
    return hours / took

"""What the alarm board costs: a reading judged, a usual one and one in the middle of alarms."""

import time
from typing import Any

from alarms import presets
from alarms.board import Board
from kapmonitor.events import Priority
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Reading
from kapmonitor.vitals import Vital

_OXIMETER = SourceInfo(
    "oximeter", "protocol", "address", "oximeter", (Vital.SPO2, Vital.PULSE_RATE), True
)


def run(short: bool) -> list[dict[str, Any]]:
    """Microseconds of CPU a reading, and from the reading to the request for a sound."""
    seconds = 2_000 if short else 50_000
    usual = _cost(97, 70, seconds)
    return [
        {"name": "alarms: judge a usual reading", "value": usual, "unit": "us"},
        {
            "name": "alarms: judge a reading under alarm",
            "value": _cost(84, 150, seconds),
            "unit": "us",
        },
        {
            "name": "alarms: from a cuff reading to its HIGH sound",
            "value": _to_sound(),
            "unit": "ms",
        },
    ]


def _cost(spo2: float, pulse: float, seconds: int) -> float:
    board = Board(presets.load())
    board.hear(_OXIMETER, 0.0)
    readings = [
        Reading(vital, value, float(at), packet=at + 1, source="oximeter")
        for at in range(seconds)
        for vital, value in ((Vital.SPO2, spo2), (Vital.PULSE_RATE, pulse))
    ]
    start = time.process_time()
    for reading in readings:
        board.observe(reading)
    return (time.process_time() - start) / len(readings) * 1e6


def _to_sound() -> float:
    """The 99th percentile of a hundred fresh boards."""
    taken = []
    for _ in range(100):
        board = Board(presets.load())
        start = time.perf_counter()
        board.observe(Reading(Vital.SYSTOLIC, 205, 1.0, packet=1, source="cuff"))
        sound = board.view(1.0).sound
        taken.append(time.perf_counter() - start)
        assert sound is Priority.HIGH
    return sorted(taken)[98] * 1e3

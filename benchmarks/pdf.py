"""What the report costs: time for a visit of two hours and of eight, against reading the record."""

import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    Answer,
    Baseline,
    Cuff,
    Dose,
    Ended,
    Entry,
    Event,
    Note,
    Opened,
    Priority,
    Round,
)
from kapmonitor.reading import Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.vitals import Vital

_ANSWERS: dict[str, Answer] = {"moaas": 5, "respiratory_rate": 14.0, "d_time": 1, "nausea": "none"}


def run(short: bool) -> list[dict[str, Any]]:
    """Measure; a ratio is the report's time over that of reading the same record."""
    hours = (0.5,) if short else (2.0, 8.0)
    with tempfile.TemporaryDirectory() as folder:
        found = [_line("report: load reportlab", _import_seconds(), "s")]
        for some in hours:
            found += one_report(Path(folder), some, 1 if short else 5)
    return found


def one_report(folder: Path, hours: float, times: int) -> list[dict[str, Any]]:
    """Write the report of a visit of so many hours."""
    from kapmonitor.export.pdf import export_pdf

    record = visit(folder / f"{hours}.kap", hours)
    export_pdf(record, folder)
    reads, writes = [], []
    for _ in range(times):
        reads.append(_seconds(lambda: (record.entries(), list(record.readings()))))
        writes.append(_seconds(lambda: export_pdf(record, folder)))
    path = folder / "report.pdf"
    ratio = median(write / read for write, read in zip(writes, reads, strict=True))
    name = f"report: of {hours:g} h"
    return [
        {**_line(name, median(writes), "s"), "ratio": round(ratio, 2)},
        _line(f"{name}, size", path.stat().st_size / 1000, "kB"),
    ]


def visit(path: Path, hours: float) -> Record:
    """Record a busy visit: a cuff reading every five minutes, a round every ten, alarms, notes."""
    recorder = Recorder(path)
    for number, (at, event) in enumerate(_events(hours * 3600), 1):
        recorder.put(Entry(number, at, 1.74e9 + at, 60, event, "Dr. Weiß"))
    for second in range(round(hours * 3600)):
        recorder.put_block(_block(second))
    assert recorder.seal(1.75e9, timeout=120)
    return Record.open(path)


def _events(seconds: float) -> list[tuple[float, Event]]:
    told: list[tuple[float, Event]] = [
        (0.0, Opened("bench", "kapmonitor", "P-001", "intranasal", route="in")),
        (300.0, Dose("in", 56.0, "mg", "esketamine")),
        (300.0, Baseline(120.0, 75.0, 66.0, 97.0, 2)),
    ]
    for place, at in enumerate(range(400, round(seconds), 300)):
        told.append((at, Cuff(130.0 + place % 30, 80.0, 97.0, 70.0, Quality.GOOD, source="cuff")))
        told.append((at + 1.0, _alarm(AlarmState.RAISED, at)))
        told.append((at + 90.0, _alarm(AlarmState.ENDED, at)))
        told.append((at + 100.0, Note("eyes closed, breathing calmly")))
        if place % 2 == 0:
            told.append((at + 110.0, Round("standard", "1", _ANSWERS)))
    return [*told, (seconds, Ended())]


def _alarm(state: AlarmState, at: float) -> AlarmChange:
    return AlarmChange(
        *("SPO2_LOW", Priority.MEDIUM, AlarmKind.PHYSIOLOGICAL, state, at),
        value=88.0,
        limit=90.0,
        vital=Vital.SPO2,
    )


def _block(second: int) -> SampleBlock:
    pulse = 66.0 + 8 * math.sin(second / 300) + second % 3
    values = {Vital.SPO2: 97.0 - second % 2, Vital.PULSE_RATE: pulse}
    readings = tuple(Reading(v, x, second + 0.2, source="ox") for v, x in values.items())
    return SampleBlock(second, readings)


def _import_seconds() -> float:
    """How long the first report of a program waits for its libraries."""
    script = "import kapmonitor.export, time; t = time.perf_counter(); import kapmonitor.export.pdf"
    told = subprocess.run(
        [sys.executable, "-c", f"{script}; print(time.perf_counter() - t)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(told.stdout)


def _seconds(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": unit}

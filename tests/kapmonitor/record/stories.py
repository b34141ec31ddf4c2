"""Small sessions for the tests of record and export."""

import math
from pathlib import Path

from kapmonitor.events import Cuff, Dose, Ended, Entry, Event, Note, Opened, SourceAdded
from kapmonitor.reading import PlethRun, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey
from kapmonitor.vitals import Vital

# 2025-03-01 09:00 UTC, ten o'clock in Berlin.
UTC_AT_ZERO = 1_740_819_600.0
SECONDS = 60


def entry(number: int, at: float, event: Event, by: str = "") -> Entry:
    """An entry of a session in Berlin in winter."""
    return Entry(number, at, UTC_AT_ZERO + at, 60, event, by)


OPENED = Opened("k3x9", "kapmonitor 0.1.0", "P-017", "intranasal", route="in", simulated=True)

VISIT = (
    entry(1, 0.0, OPENED),
    entry(2, 0.5, SourceAdded("oximeter", "nonin-serial", "COM3", "Nonin", (Vital.SPO2,))),
    entry(3, 10.0, Cuff(128.0, 82.0, 97.0, 71.0, Quality.GOOD, source="cuff")),
    entry(4, 20.0, Dose("in", 56.0, "mg", "esketamine"), by="Dr. Weiß"),
    entry(5, 40.25, Note('ruhig, "alles gut"; atmet tief'), by="Dr. Weiß"),
    entry(6, 60.0, Ended()),
)


def block(second: int) -> SampleBlock:
    """One second of an oximeter with 60 Hz pleth: SpO2, pulse rate, perfusion index."""
    at = second + 0.2137
    numerics = {Vital.SPO2: 97.0, Vital.PULSE_RATE: 64.0 + second % 9, Vital.PERFUSION_INDEX: 4.2}
    readings = tuple(
        Reading(vital, value, at, packet=second + 1, source="oximeter")
        for vital, value in numerics.items()
    )
    wave = tuple(round(60 + 50 * math.sin((second * 60 + place) / 9)) for place in range(60))
    return SampleBlock(second, readings, (PlethRun(at, 1 / 60, wave, 127, source="oximeter"),))


def write_visit(
    path: Path,
    *,
    seal: bool = True,
    signer: InstallationKey | None = None,
    key: bytes | None = None,
) -> Path:
    """Record the visit, its samples between its events as they would come."""
    recorder = Recorder(path, key=key, signer=signer)
    waiting = list(VISIT)
    for second in range(SECONDS + 1):
        while waiting and waiting[0].at <= second:
            recorder.put(waiting.pop(0))
        if second < SECONDS:
            recorder.put_block(block(second))
    if seal:
        assert recorder.seal(UTC_AT_ZERO + 61)
    recorder.close()
    assert recorder.pending == 0
    return path

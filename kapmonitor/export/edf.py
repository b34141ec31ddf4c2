"""An EDF+ file for researchers' tools: pleth and numerics on a grid, events as annotations.

EDF knows no gaps: where there is no value a signal is ``MISSING``. Numerics have one sample a
second, the last good reading of that second; nothing is held or interpolated. Needs the optional
part ``research`` (edfio).
"""

import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.events import (
    AlarmChange,
    Baseline,
    Cuff,
    Dose,
    Entry,
    Left,
    PhaseChanged,
    Ready,
    Round,
    event_kind,
)
from kapmonitor.export.visit import Visit, read_visit
from kapmonitor.export.writing import write_file
from kapmonitor.reading import Origin, PlethRun, Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.vitals import VITALS, Vital

if TYPE_CHECKING:
    from edfio import EdfAnnotation, EdfSignal

FILE = "session.edf"
MISSING = -1.0
_NUMERICS = (Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2, Vital.PERFUSION_INDEX)

# EDF has 80 characters for all of them together.
_MARKS = {
    "identified": "identified",
    "pseudonymous": "pseudonymous",
    "dates_shifted": "shifted",
    "no_free_text": "notext",
}

# Digital and physical steps are the same, so that every number comes back exactly.
_STEPS = (-32768, 32767)

Grid = NDArray[np.float64]


def export_edf(record: Record, folder: Path, identity: str = "identified") -> Path:
    """Write ``session.edf`` into a folder; returns its path.

    Raises KapmonitorError ``extra_missing`` without edfio and ``folder_unwritable``, RecordError
    for a damaged record.
    """
    try:
        import edfio  # noqa: F401
    except ImportError as problem:
        raise KapmonitorError("extra_missing", extra="research", what="EDF") from problem
    try:
        content = edf(read_visit(record, identity), list(record.pleth()))
    except (ValueError, OverflowError, OSError) as problem:
        # No calendar has a date for a UTC like that, or EDF has none: it ends in 2084.
        raise RecordError("record_damaged", path=str(record.path), row=0) from problem
    return write_file(folder / FILE, content)


def edf(visit: Visit, pleth: list[PlethRun]) -> bytes:
    """The bytes of an EDF+ file; its second 0 is the visit's first."""
    from edfio import Edf, Patient, Recording

    start = math.floor(visit.start)
    seconds = max(1, math.ceil(visit.end) - start + 1)
    began = visit.local(start).replace(microsecond=0)
    marks = [_MARKS[mark] for mark in visit.identity.split()]
    marks += ["SIMULATED"] if visit.opened.simulated else []
    signals = [*_numerics(visit.readings, start, seconds), *_pleth(pleth, start, seconds)]
    file = Edf(
        signals,
        patient=Patient(code=_ascii(visit.opened.patient_code)),
        recording=Recording(startdate=began.date(), equipment_code="kapmonitor", additional=marks),
        starttime=began.time(),
        annotations=list(_annotations(visit.session.entries, start, seconds)),
        data_record_duration=1.0 if signals else None,
    )
    target = io.BytesIO()
    file.write(target)
    return target.getvalue()


def _numerics(readings: Iterable[Reading], start: int, seconds: int) -> "Iterator[EdfSignal]":
    grids: dict[tuple[str, Vital], Grid] = {}
    for reading in readings:
        good = reading.quality is Quality.GOOD and reading.origin is not Origin.STORED
        if reading.vital not in _NUMERICS or not good or reading.value is None:
            continue
        grid = grids.setdefault((reading.source, reading.vital), np.full(seconds, MISSING))
        second = math.floor(reading.at) - start
        if 0 <= second < seconds:
            grid[second] = reading.value
    for (source, vital), grid in sorted(grids.items()):
        row = VITALS[vital]
        yield _signal(grid, 1.0, vital.value, row.unit, 0.1 if row.decimals else 1.0, source)


def _pleth(runs: Iterable[PlethRun], start: int, seconds: int) -> "Iterator[EdfSignal]":
    """The pleth of each source in its own steps, at its own rate."""
    grids: dict[tuple[str, int], Grid] = {}
    for run in runs:
        rate = round(1 / run.interval)
        grid = grids.setdefault((run.source, rate), np.full(seconds * rate, MISSING))
        first = round((run.at - start) * rate)
        for place, value in enumerate(run.values, first):
            if value is not None and 0 <= place < len(grid):
                grid[place] = value
    for (source, rate), grid in sorted(grids.items()):
        yield _signal(grid, float(rate), Vital.PLETH.value, "1", 1.0, source)


def _signal(grid: Grid, rate: float, name: str, unit: str, step: float, source: str) -> Any:
    from edfio import EdfSignal

    return EdfSignal(
        grid,
        rate,
        label=name[:16],
        physical_dimension=unit[:8],
        physical_range=(round(_STEPS[0] * step, 1), round(_STEPS[1] * step, 1)),
        digital_range=_STEPS,
        transducer_type=_ascii(source)[:80],
        prefiltering=f"no value: {MISSING:g}",
    )


def _annotations(entries: Iterable[Entry], start: int, seconds: int) -> "Iterator[EdfAnnotation]":
    from edfio import EdfAnnotation

    for entry in entries:
        words = _words(entry)
        if words and 0 <= entry.at - start <= seconds:
            yield EdfAnnotation(round(entry.at - start, 3), None, words)


def _words(entry: Entry) -> str:
    """An event as the record's own identifiers and numbers; no text that people wrote."""
    match entry.event:
        case Dose(amount=amount, unit=unit):
            return f"dose {amount:g} {unit}"
        case PhaseChanged(phase=phase):
            return f"phase {phase}"
        case Cuff(systolic=systolic, diastolic=diastolic, quality=quality) if systolic is not None:
            return f"cuff {systolic:g}/{diastolic or 0:g} mm[Hg] {quality}"
        case Cuff(reason=reason):
            return f"cuff invalid {reason}".strip()
        case AlarmChange(alarm=alarm, priority=priority, state=state):
            return f"alarm {alarm} {priority} {state}"
        case Baseline() | Round() | Ready() | Left() as event:
            return event_kind(event)
        case _:
            return ""


def _ascii(text: str) -> str:
    """Printable ASCII without spaces, as EDF's header takes it; ``X`` for nothing."""
    kept = "".join(sign if sign.isascii() and sign.isprintable() else "_" for sign in text)
    return kept.strip().replace(" ", "_")[:60] or "X"

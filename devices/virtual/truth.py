"""What the virtual patient really had, as a table: the yardstick for alarms and measurements."""

import csv
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from devices.virtual.patient import VirtualPatient
from kapmonitor.vitals import VITALS, Vital

COLUMNS = ("at [s]", "vital", "value", "unit")


def truth_rows(
    patient: VirtualPatient, until: float, measured: Iterable[float] = ()
) -> Iterator[tuple[float, Vital, float]]:
    """Session time, vital and true value, in order of time.

    Pulse and SpO2 each second, pressures and breathing each minute; the pressures also at the
    ``measured`` session times, at which a cuff measured.
    """
    cuffs = {time for time in measured if 0 <= time <= until}
    for at in sorted({float(second) for second in range(math.floor(until) + 1)} | cuffs):
        truth = patient.at(at)
        if at == int(at):
            yield at, Vital.PULSE_RATE, truth.pulse
            yield at, Vital.SPO2, truth.spo2
        if at in cuffs or at % 60 == 0:
            yield at, Vital.SYSTOLIC, truth.systolic
            yield at, Vital.DIASTOLIC, truth.diastolic
            yield at, Vital.MEAN_PRESSURE, truth.mean
        if at % 60 == 0:
            yield at, Vital.RESPIRATORY_RATE, truth.respiratory_rate


def write_truth_csv(
    path: Path, patient: VirtualPatient, until: float, measured: Iterable[float] = ()
) -> None:
    """Write ``truth.csv``: ``at [s],vital,value,unit``, for the session up to ``until``.

    Session times as `truth_rows`. Raises OSError when the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for at, vital, value in truth_rows(patient, until, measured):
            writer.writerow((f"{at:.3f}", vital.value, f"{value:.2f}", VITALS[vital].unit))

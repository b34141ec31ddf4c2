"""Rows of a text file turned into readings, judged for plausibility like a device's."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from kapmonitor.pastdata.model import Moment, PastData, Row, Rows
from kapmonitor.plausibility import Plausibility
from kapmonitor.ports import SourceInfo
from kapmonitor.preference import Preference
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital

# Beyond this a value is no longer live, so rows further apart have gaps between them.
SPARSE_SECONDS = 10.0
# A monitor repeats its last cuff reading in every row; no cuff measures twice so quickly.
HELD_SECONDS = 20.0

OXIMETER, HEART, CUFF = "file", "file-heart", "file-cuff"
_CONTINUOUS = (Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2)
_PRESSURES = (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.MEAN_PRESSURE)


def past_of(rows: Rows) -> PastData:
    """The rows as moments; times count from the first row, a chart's from its 00:00."""
    zero = 0.0 if rows.layout == "chart" or not rows.rows else rows.rows[0][0]
    times = [at - zero for at, _ in rows.rows]
    sparse = _is_sparse(times)
    moments = list(_moments([(at - zero, values) for at, values in rows.rows], sparse))
    return PastData(
        layout=rows.layout,
        moments=moments,
        end=times[-1] if times else 0.0,
        sparse=sparse,
        columns=rows.columns,
        rows=len(rows.rows),
        skipped=rows.skipped,
        set_back=rows.set_back,
    )


def _is_sparse(times: Sequence[float]) -> bool:
    apart = [after - at for at, after in pairwise(times) if after > at]
    return bool(apart) and median(apart) > SPARSE_SECONDS


def _moments(rows: Sequence[Row], sparse: bool) -> Iterator[Moment]:
    plausibility, preference = Plausibility(), Preference()
    used = {vital for _, values in rows for vital in values}
    two_pulses = {Vital.HEART_RATE, Vital.PULSE_RATE} <= used
    for info in _sources(used, two_pulses):
        preference.add(info)
        yield Moment(0.0, info)
    # What was written down minutes apart is judged value by value, like an entry by hand.
    origin = Origin.MANUAL if sparse else Origin.LIVE
    cuff = _Cuff()
    for packet, (at, values) in enumerate(rows, 1):
        found = [
            Reading(
                vital,
                values[vital],
                at,
                Quality.INVALID if values[vital] is None else Quality.GOOD,
                "" if values[vital] is not None else "no_value",
                packet,
                origin,
                source=HEART if two_pulses and vital is Vital.HEART_RATE else OXIMETER,
            )
            for vital in _CONTINUOUS
            if vital in values
        ]
        found += [
            Reading(vital, value, at, packet=packet, origin=origin, source=CUFF)
            for vital, value in cuff.cycle(at, values)
        ]
        for reading in plausibility.judge(found):
            yield Moment(at, reading, preference.in_use(reading))


class _Cuff:
    """Finds the cycles in rows that may repeat the last one."""

    def __init__(self) -> None:
        self._last: dict[Vital, float] = {}
        self._at = 0.0

    def cycle(self, at: float, values: Mapping[Vital, float | None]) -> list[tuple[Vital, float]]:
        """The pressures of a new cycle, none while the row only repeats the last one."""
        pressures = {v: value for v in _PRESSURES if (value := values.get(v)) is not None}
        if not pressures:
            return []
        held = pressures == self._last and at - self._at <= HELD_SECONDS
        self._last, self._at = pressures, at
        return [] if held else list(pressures.items())


def _sources(used: set[Vital], two_pulses: bool) -> Iterator[SourceInfo]:
    finger = tuple(v for v in _CONTINUOUS if v in used and not (two_pulses and v is _CONTINUOUS[0]))
    for name, measures, continuous in (
        (HEART, (Vital.HEART_RATE,) if two_pulses else (), True),
        (OXIMETER, finger, True),
        (CUFF, tuple(v for v in _PRESSURES if v in used), False),
    ):
        if measures:
            yield SourceInfo(name, "", "", name, measures, continuous)

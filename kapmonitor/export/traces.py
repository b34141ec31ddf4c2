"""Dense readings as curves: cut at every gap, then one point for each ten seconds or so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from kapmonitor.events import Entry, SourceAdded
from kapmonitor.extremes import Value, values_of
from kapmonitor.ports import SourceInfo
from kapmonitor.preference import Preference, vital_group
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

# A line never crosses more than this without a value [s]: the time after which a tile shows dashes.
LONGEST_STEP = 10.0

_CURVES = (Vital.HEART_RATE, Vital.PULSE_RATE, Vital.SPO2)


@dataclass(frozen=True)
class Point:
    """So many seconds in one: median, lowest and highest value, at the middle of their time."""

    at: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Trace:
    """A curve in pieces between its gaps, and the doubtful readings, which belong to no piece.

    ``values`` is every value, for the extremes.
    """

    pieces: tuple[tuple[Point, ...], ...] = ()
    doubtful: tuple[Point, ...] = ()
    values: tuple[Value, ...] = ()

    @property
    def points(self) -> list[Point]:
        """All points of all pieces."""
        return [point for piece in self.pieces for point in piece]


def traces(
    readings: Iterable[Reading],
    sources: Iterable[SourceAdded],
    seconds: float,
    entries: Iterable[Entry] = (),
) -> dict[str, Trace]:
    """The curves of ``pulse`` and ``spo2``, each from the source in use, ``seconds`` a point.

    ``entries`` tell which source a person put first, and when.
    """
    used = readings_in_use(readings, sources, entries)
    return {quantity: trace(found, seconds) for quantity, found in used.items()}


def readings_in_use(
    readings: Iterable[Reading], sources: Iterable[SourceAdded], entries: Iterable[Entry] = ()
) -> dict[str, list[Reading]]:
    """What was measured of ``pulse`` and ``spo2`` by the source in use, in order of time."""
    preference = Preference()
    preference.follow(entries)
    for source in sources:
        preference.add(_info(source))
    wanted = [r for r in readings if r.vital in _CURVES and r.origin is not Origin.STORED]
    used: dict[str, list[Reading]] = {}
    for reading in sorted(wanted, key=lambda r: r.at):
        if preference.in_use(reading) and reading.value is not None:
            used.setdefault(vital_group(reading.vital), []).append(reading)
    return used


def trace(readings: Sequence[Reading], seconds: float) -> Trace:
    """The curve of readings in order of time."""
    good = [(r.at, r.value) for r in readings if r.value is not None and r.quality is Quality.GOOD]
    doubtful = [
        (r.at, r.value)
        for r in readings
        if r.value is not None and r.quality is Quality.QUESTIONABLE
    ]
    return Trace(
        tuple(tuple(_points(piece, seconds)) for piece in _pieces(good)),
        tuple(_points(doubtful, seconds)),
        tuple(values_of(readings)),
    )


def _pieces(samples: Sequence[tuple[float, float]]) -> Iterable[list[tuple[float, float]]]:
    piece: list[tuple[float, float]] = []
    for sample in samples:
        if piece and sample[0] - piece[-1][0] > LONGEST_STEP:
            yield piece
            piece = []
        piece.append(sample)
    if piece:
        yield piece


def _points(samples: Sequence[tuple[float, float]], seconds: float) -> Iterable[Point]:
    for _, together in groupby(samples, key=lambda sample: sample[0] // seconds):
        some = list(together)
        values = [value for _, value in some]
        middle = (some[0][0] + some[-1][0]) / 2
        yield Point(middle, median(values), min(values), max(values))


def _info(source: SourceAdded) -> SourceInfo:
    continuous = not PRESSURES.intersection(source.measures)
    return SourceInfo(
        source.source, source.protocol, source.address, source.label, source.measures, continuous
    )

"""Curves have a hole wherever data are missing, and hide no extreme."""

from kapmonitor.events import SourceAdded
from kapmonitor.export.traces import trace, traces
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital

STRAP = SourceAdded("strap", "ble-heart-rate", "C0", "Strap", (Vital.HEART_RATE,))
OXIMETER = SourceAdded("ox", "nonin-serial", "COM3", "Nonin", (Vital.SPO2, Vital.PULSE_RATE))


def spo2(at: float, value: float | None = 97.0, quality: Quality = Quality.GOOD) -> Reading:
    return Reading(Vital.SPO2, value, at, quality, source="ox")


def test_a_line_never_crosses_more_than_ten_seconds_without_a_value():
    """A gap of ten seconds is bridged, one of eleven is not, even within one point's time."""
    readings = [spo2(at) for at in (0, 1, 11, 22, 23)]

    pieces = trace(readings, seconds=60).pieces

    assert [(piece[0].at, len(piece)) for piece in pieces] == [(5.5, 1), (22.5, 1)]


def test_a_missing_value_is_no_value():
    readings = [spo2(0), *(spo2(at, None, Quality.INVALID) for at in range(1, 12)), spo2(12)]

    assert len(trace(readings, seconds=10).pieces) == 2


def test_a_point_keeps_the_extremes_of_its_time():
    readings = [spo2(at, value) for at, value in enumerate((97, 97, 71, 97, 99, 97, 97, 97, 97))]

    ((point,),) = trace(readings, seconds=10).pieces

    assert (point.value, point.low, point.high) == (97, 71, 99)


def test_a_doubtful_reading_is_in_no_line():
    readings = [spo2(0), spo2(1, 55, Quality.QUESTIONABLE), spo2(2)]

    found = trace(readings, seconds=10)

    assert [(p.low, p.high) for piece in found.pieces for p in piece] == [(97, 97)]
    assert [p.value for p in found.doubtful] == [55]


def test_the_pulse_is_the_straps_while_it_is_there():
    """The same choice as the tile's: no average, and the oximeter again ten seconds after."""
    readings = [Reading(Vital.HEART_RATE, 80.0, float(at), source="strap") for at in range(30)]
    readings += [Reading(Vital.PULSE_RATE, 60.0, at + 0.5, source="ox") for at in range(60)]

    values = {p.at // 10: p.value for p in traces(readings, [OXIMETER, STRAP], 10)["pulse"].points}

    assert values == {0: 80, 1: 80, 2: 80, 3: 60, 4: 60, 5: 60}


def test_what_a_device_remembers_is_not_of_this_visit():
    old = Reading(Vital.SPO2, 80.0, 5.0, origin=Origin.STORED, source="ox")

    assert traces([old], [OXIMETER], 10) == {}

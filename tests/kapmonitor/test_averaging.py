"""The running average of a clinic's preset: what goes into it, and what never does."""

import pytest

from kapmonitor.averaging import Averaging
from kapmonitor.messages import Observed
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.vitals import Vital
from tests.kapmonitor.bedside import CUFF, OXIMETER, STRAP, Bedside, oximetry


def spo2(value: float | None, at: float, reason: str = "", **more) -> Reading:
    quality = Quality.QUESTIONABLE if reason else Quality.GOOD
    if value is None:
        quality = Quality.INVALID
    return Reading(Vital.SPO2, value, at, quality, reason, source="oximeter", **more)


def averaged(seconds: float, *readings: Reading) -> list[float | None]:
    averaging = Averaging(seconds)
    return [averaging.average(reading).value for reading in readings]


def test_each_value_is_the_mean_of_the_last_seconds():
    """Four seconds of one value a second are four values, in whole per cent as they are shown."""
    values = [96, 96, 96, 88, 88, 88, 88, 89]
    found = averaged(4, *(spo2(value, at) for at, value in enumerate(values)))
    assert found == [96, 96, 96, 94, 92, 90, 88, 88]


def test_half_a_per_cent_counts_upwards():
    assert averaged(8, spo2(89, 0), spo2(90, 1)) == [89, 90]
    assert averaged(8, spo2(90, 0), spo2(91, 1)) == [90, 91]


def test_without_averaging_every_reading_stays_what_it_is():
    averaging = Averaging(0)
    for at, value in enumerate([96, 80, 96]):
        reading = spo2(value, at)
        assert averaging.average(reading) is reading


def test_average_begins_anew_after_a_gap():
    """Five seconds without a value are borne, a longer time is a gap."""
    assert averaged(16, spo2(96, 0), spo2(86, 5)) == [96, 91]
    assert averaged(16, spo2(96, 0), spo2(86, 5.1)) == [96, 86]


def test_average_begins_anew_after_an_invalid_value():
    assert averaged(16, spo2(96, 0), spo2(None, 1), spo2(86, 2)) == [96, None, 86]


def test_doubtful_values_stay_out_for_fifteen_seconds_and_then_count():
    """They are shown as they came, with their mark; the average goes on around them."""
    good = [spo2(96, at) for at in range(4)]
    doubted = [spo2(80, at, "weak_signal") for at in range(4, 21)]
    averaging = Averaging(16)
    found = [averaging.average(reading) for reading in (*good, *doubted)]
    assert [r.value for r in found[4:19]] == [80] * 15
    assert found[18].at == 18
    # From 19 s on they count; of the good ones only that of 3 s is not too old at first.
    assert [r.value for r in found[19:]] == [80, 80]
    assert all(r.quality is Quality.QUESTIONABLE for r in found[4:])
    assert averaged(16, *good, spo2(80, 4, "weak_signal"), spo2(92, 5))[-1] == 95


def test_doubt_begins_anew_after_a_good_value():
    story = [spo2(80, at, "weak_signal") for at in range(14)]
    story += [spo2(96, 14), spo2(80, 15, "weak_signal"), spo2(96, 16)]
    assert averaged(16, *story)[-1] == 96


def test_collapse_is_not_held_out_of_the_average():
    """Below 50 % is questionable and still judged at once: it must not vanish as noise."""
    found = averaged(4, spo2(60, 0), spo2(40, 1, "spo2_below_50"), spo2(41, 2, "spo2_below_50"))
    assert found == [60, 50, 47]


@pytest.mark.parametrize(
    "reading",
    [
        spo2(80, 1, origin=Origin.STORED),
        spo2(80, 1, origin=Origin.MANUAL),
        Reading(Vital.SYSTOLIC, 180, 1, source="oximeter"),
        Reading(Vital.PULSE_RATE, 130, 1, source="cuff"),
    ],
    ids=["stored", "typed", "pressure", "pulse of a cuff"],
)
def test_what_is_no_live_continuous_value_is_never_averaged(reading: Reading):
    averaging = Averaging(16)
    for info in (OXIMETER, CUFF):
        averaging.add(info)
    averaging.average(spo2(96, 0))
    averaging.average(Reading(Vital.PULSE_RATE, 70, 0, source="cuff"))
    assert averaging.average(reading) is reading
    assert averaging.average(spo2(96, 2)).value == 96


def test_sources_and_vitals_are_averaged_apart():
    averaging = Averaging(16)
    for info in (OXIMETER, STRAP):
        averaging.add(info)
    readings = [
        Reading(Vital.HEART_RATE, 120, 0, source="strap"),
        Reading(Vital.PULSE_RATE, 60, 0, source="oximeter"),
        spo2(96, 0),
    ]
    assert [averaging.average(reading) for reading in readings] == readings


def test_tile_and_limits_have_the_average_and_the_record_what_was_measured():
    """A dip of two seconds is no alarm at an average of eight, and stands in the record."""
    bed = Bedside(averaging=8).open()
    values = [96, 96, 96, 92, 88, 96, 96]
    for second, value in enumerate(values, 1):
        bed.at(second, *oximetry(second, value))
    bed.at(20)
    shown = [
        message
        for message in bed.messages
        if isinstance(message, Observed) and message.reading.vital is Vital.SPO2
    ]
    judged = [r.value for r, _ in bed.board.observed if r.vital is Vital.SPO2]
    assert judged == [m.reading.value for m in shown] == [96, 96, 96, 95, 94, 94, 94]
    assert [m.averaged for m in shown] == [False, False, False, True, True, True, True]
    kept = [r.value for block in bed.record.blocks for r in block.readings if r.vital is Vital.SPO2]
    assert kept == values
    assert bed.engine.baseline.freeze([], 100.0, bed.engine.plan.baseline).spo2 == 96

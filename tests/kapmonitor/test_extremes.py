"""Which reading may be the highest or the lowest of a visit."""

from kapmonitor import events as e
from kapmonitor.extremes import Extreme, Value, cuff_values, highest, lowest, values_of
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.regional import baseline, over_baseline, use_region
from kapmonitor.vitals import Vital


def spo2(at: float, value: float | None, quality: Quality = Quality.GOOD, **more) -> Reading:
    return Reading(Vital.SPO2, value, at, quality, source="ox", **more)


def test_only_what_was_good_makes_an_extreme():
    values = values_of(
        [
            spo2(1, 97.0),
            spo2(2, 93.0),
            spo2(3, 60.0, Quality.INVALID),
            spo2(4, None, Quality.INVALID),
            spo2(5, 70.0, origin=Origin.STORED),
        ]
    )

    assert lowest(values, 0.0) == Extreme(Value(2, 93.0))
    assert highest(values, 0.0) == Extreme(Value(1, 97.0))
    assert lowest(values, 3.0) == Extreme()


def test_a_collapse_in_doubt_is_told_as_doubted():
    """Below 50 % a value is in doubt and judged all the same: it must not vanish here either."""
    values = values_of([spo2(1, 90.0), spo2(2, 45.0, Quality.QUESTIONABLE)])

    assert lowest(values, 0.0) == Extreme(Value(1, 90.0), Value(2, 45.0, True))
    assert lowest(values[1:], 0.0) == Extreme(None, Value(2, 45.0, True))


def test_a_doubt_within_the_extremes_is_not_worth_a_word():
    values = values_of([spo2(1, 90.0), spo2(2, 97.0), spo2(3, 92.0, Quality.QUESTIONABLE)])

    assert lowest(values, 0.0).doubted is None
    assert highest(values, 0.0).doubted is None


def test_cuff_readings_are_judged_alike():
    def cuff(number: int, systolic: float | None, quality: Quality, origin: Origin) -> e.Entry:
        told = e.Cuff(systolic, 80.0, None, None, quality, origin=origin)
        return e.Entry(number, float(number), 0, 0, told)

    told = [
        cuff(1, 150.0, Quality.GOOD, Origin.LIVE),
        cuff(2, 203.0, Quality.QUESTIONABLE, Origin.LIVE),
        cuff(3, 240.0, Quality.GOOD, Origin.STORED),
        cuff(4, None, Quality.INVALID, Origin.LIVE),
    ]

    found = highest(cuff_values(told, "systolic"), 0.0)

    assert found == Extreme(Value(1, 150.0), Value(2, 203.0, True))


def test_a_baseline_is_whole_where_people_read_it():
    """Of two readings the median ends in a half: it goes up, and the rise fits what is read."""
    assert [baseline(value, "mmHg") for value in (118.5, 119.5, 120.0)] == ["119", "120", "120"]
    assert over_baseline(160.0, 119.5, "mmHg") == "+40"
    assert over_baseline(119.0, 119.5, "mmHg") == "−1"
    assert over_baseline(120.0, 119.5) == "±0"
    use_region("en", "kPa")
    try:
        assert baseline(119.5, "mmHg") == "15.9"
        assert over_baseline(160.0, 119.5, "mmHg") == "+5.4"
    finally:
        use_region("en", "mmHg")

"""What is forgotten leaves nothing behind: each condition alone, holding and then forgotten."""

from collections.abc import Callable

import pytest

from alarms import presets
from alarms.condition import Zone
from alarms.entered import RedFlag, Sedation
from alarms.frozen import ValueFrozen
from alarms.limit_watch import LimitWatch
from alarms.limits import EnteredSpec, LimitSpec, Quantity, TechnicalSpec
from alarms.technical import (
    BatteryLow,
    CuffFailed,
    DataStale,
    Room,
    SourcesDisagree,
    SpO2Lost,
    Timed,
)
from alarms.watch import Watch
from kapmonitor.reading import Reading
from kapmonitor.vitals import Vital

PRESET = presets.load()


def technical(name: str) -> TechnicalSpec:
    spec = PRESET.find(name)
    assert isinstance(spec, TechnicalSpec)
    return spec


def entered(name: str) -> EnteredSpec:
    spec = PRESET.find(name)
    assert isinstance(spec, EnteredSpec)
    return spec


def saturation() -> Watch:
    spec = PRESET.find("SPO2_LOW")
    assert isinstance(spec, LimitSpec)
    watch = LimitWatch(spec)
    watch.observe(Quantity.SPO2, 88.0, 0.0, Vital.SPO2, "oximeter")
    return watch


def sedation() -> Watch:
    watch = Sedation(entered("SEDATION"))
    watch.hear({"moaas": 1, "breathing": "shallow"}, 5)
    return watch


def red_flag() -> Watch:
    watch = RedFlag(entered("REDFLAG"))
    watch.hear({"red_flags": "seizure"}, 5)
    return watch


def frozen() -> Watch:
    watch = ValueFrozen(technical("VALUE_FROZEN"), "oximeter")
    for at in range(60):
        watch.counter(True, at)
    return watch


def overdue() -> Watch:
    watch = Timed(technical("CUFF_OVERDUE"))
    watch.start(0, "late")
    return watch


def stale() -> Watch:
    watch = DataStale(technical("DATA_STALE"), "oximeter", Room(7200))
    watch.data(0)
    return watch


def unreadable() -> Watch:
    watch = DataStale(technical("DATA_STALE"), "oximeter", Room(7200))
    watch.cannot_be_read(0, "wrong_protocol")
    return watch


def lost() -> Watch:
    watch = SpO2Lost(technical("SPO2_SIGNAL_LOST"), Room(7200))
    watch.valid(0, "oximeter", "left_finger")
    return watch


def disagree() -> Watch:
    watch = SourcesDisagree(technical("SOURCES_DISAGREE"))
    for at in range(70):
        watch.pulse("strap", 70, at)
        watch.pulse("oximeter", 100, at)
    return watch


def poor() -> Watch:
    watch = SourcesDisagree(technical("SIGNAL_POOR"))
    for at in range(40):
        watch.see(Zone.OUTSIDE, at, "weak_signal")
    return watch


def battery() -> Watch:
    watch = BatteryLow(technical("BATTERY_LOW"), "oximeter")
    watch.percent(5)
    return watch


def failed() -> Watch:
    watch = CuffFailed(technical("CUFF_FAILED"), "cuff")
    for number in range(3):
        watch.cycle(number, False, "leak")
    return watch


HOLDING = [
    saturation,
    sedation,
    red_flag,
    frozen,
    overdue,
    stale,
    unreadable,
    lost,
    disagree,
    poor,
    battery,
    failed,
]


@pytest.mark.parametrize("made", HOLDING, ids=lambda made: made.__name__)
def test_forgotten_condition_neither_holds_nor_counts(made: Callable[[], Watch]):
    watch = made()
    now = 0.0
    watch.settle(now)
    while not watch.holds and (due := watch.due()) is not None:
        now = due
        watch.settle(now)
    assert watch.holds

    watch.forget()

    assert not watch.holds
    assert watch.value is None
    assert watch.due() is None
    watch.settle(now + 10_000)
    assert not watch.holds


@pytest.mark.parametrize("made", HOLDING, ids=lambda made: made.__name__)
def test_forgotten_condition_is_like_a_new_one(made: Callable[[], Watch]):
    """The same happens again, and takes exactly as long as it did at first."""
    again = made()
    again.forget()
    match again:
        case Sedation():
            again.hear({"moaas": 5}, 1)  # an older round than the one that was forgotten
            assert not again.holds
        case RedFlag():
            again.hear({"red_flags": "chest_pain"}, 1)
            assert (again.extent, again.value, again.reason) == (1, 1, "chest_pain")
        case CuffFailed():
            again.cycle(9, False, "leak")
            assert not again.holds
        case DataStale():
            again.data(20_000)
            assert again.due() == 20_030
            assert not again.unreadable
        case SpO2Lost():
            again.valid(20_000, "oximeter", "left_finger")
            assert again.due() == 20_015
            assert not again.misses("oximeter", 20_009)
        case Timed():
            again.start(20_000)
            assert (again.due(), again.reason) == (20_120, "")
        case ValueFrozen():
            again.counter(True, 20_000)
            again.counter(True, 20_009)
            assert not again.holds
        case SourcesDisagree():
            again.see(Zone.OUTSIDE, 20_000)
            assert not again.holds
        case LimitWatch():
            again.observe(Quantity.SPO2, 89.0, 20_000.0, Vital.SPO2, "oximeter")
            again.settle(20_000)
            assert (again.value, again.due()) == (89, 20_015)
        case BatteryLow():
            again.says_low()
            assert (again.value, again.limit) == (None, 20)
        case _:
            raise AssertionError("a condition that nobody looked at")


def test_first_value_after_forgetting_is_news_though_it_is_the_same():
    watch = ValueFrozen(technical("VALUE_FROZEN"), "oximeter")
    same = Reading(Vital.PERFUSION_INDEX, 4.5, 10.0, source="oximeter")
    watch.reading(same)
    watch.forget()
    assert not watch.reading(same)
    assert watch.due() is None
    assert watch.reading(same)  # from here on it stands still

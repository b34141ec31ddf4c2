"""How the alarms are scored: what is missed, needless, heard; and the plain monitor."""

from alarms import presets
from benchmarks._plain_monitor import PlainMonitor
from benchmarks.alarm_quality import LIBRARY, Shown, Visit, score
from kapmonitor.events import Cuff, Left, LinkChanged
from kapmonitor.pastdata import Moment, PastData
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import LinkState, Quality, Reading
from kapmonitor.vitals import Vital


def visit(*ours: Shown) -> Visit:
    """Two hours with one desaturation from 100 to 200 s, beside which PR_HIGH may fire."""
    return Visit("x", "in", 2.0, [("SPO2_LOW", 100, 200)], ("PR_HIGH",), list(ours), [])


def test_an_alarm_in_its_time_is_no_miss_and_its_wait_is_known():
    total = score([visit(Shown("SPO2_LOW", 115, 210))], "ours")

    assert (total.events, total.missed, total.waits, total.idle) == (1, [], [15], 0)


def test_an_alarm_before_or_after_or_of_another_name_is_a_miss_and_needless():
    early, late = Shown("SPO2_LOW", 20, 99), Shown("SPO2_LOW", 201, 300)

    total = score([visit(early, late, Shown("SBP_LOW", 120, 150, audible=False))], "ours")

    assert total.missed == ["SPO2_LOW in x (in)"]
    assert (total.shown, total.idle, total.idle_audible) == (3, 3, 2)


def test_what_may_come_along_is_needless_at_any_other_time():
    total = score([visit(Shown("PR_HIGH", 120, 130), Shown("PR_HIGH", 900, 930))], "ours")

    assert total.idle == 1


def test_an_alarm_that_nobody_ended_lasts():
    assert score([visit(Shown("SPO2_LOW", 150, None))], "ours").missed == []


def test_the_library_holds_enough_visits_and_every_route():
    assert len(LIBRARY) >= 16
    assert {route for _, route, _ in LIBRARY} == {"in", "iv", "im", "sl", "sc"}


def test_the_plain_monitor_alarms_at_once_and_for_every_value():
    ox = SourceInfo("ox", "", "", "", (Vital.SPO2,), continuous=True)

    def spo2(at: float, value: float | None) -> Moment:
        quality = Quality.INVALID if value is None else Quality.GOOD
        return Moment(at, Reading(Vital.SPO2, value, at, quality, source="ox"))

    moments = [
        Moment(0, ox),
        *(spo2(1, 97), spo2(2, 89), spo2(3, 90), spo2(4, 89), spo2(5, None), spo2(6, 97)),
        Moment(7, Cuff(212, 196, None, None, Quality.QUESTIONABLE, "pulse_pressure")),
        Moment(8, LinkChanged("ox", LinkState.DOWN)),
        Moment(9, LinkChanged("ox", LinkState.UP)),
        spo2(10, 80),
        Moment(11, Left()),
        spo2(12, 70),
    ]

    told = PlainMonitor(presets.load()).watch(PastData("record", moments, 12)).alarms

    assert told == [
        ("SPO2_LOW", 2, 3),
        ("SPO2_LOW", 4, 6),
        ("SPO2_SIGNAL_LOST", 5, 6),
        ("CUFF_FAILED", 7, 11),
        ("LINK_LOST", 8, 9),
        ("SPO2_LOW", 10, 11),
        ("SPO2_DESAT", 10, 11),
    ]

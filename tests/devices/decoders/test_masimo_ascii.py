"""Masimo bedside oximeters: lines of text without a check."""

import pytest

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Origin
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    masimo_line,
    notices,
    readings,
    values,
    vectors,
    verdicts,
)

MASIMO = "masimo-ascii"


def test_three_real_seconds():
    lines = [v["hex"] for v in vectors(MASIMO)[:3]]

    items = decode(MASIMO, "line", *lines)

    assert [r.value for r in readings(items, Vital.PULSE_RATE)] == [97, 96, 96]
    assert [r.value for r in readings(items, Vital.PERFUSION_INDEX)] == [3.6, 3.95, 4.25]
    assert readings(items)[0].device_time == "2016-02-22T22:47:45"
    assert {r.origin for r in readings(items)} == {Origin.LIVE}
    assert len(notices(items, "status")) == 1, "told once, for nothing changed"


def test_dashes_are_no_numbers():
    items = decode(MASIMO, "line", masimo_line("---", "---", "--.--"))

    assert set(verdicts(items).values()) == {"invalid: no_value"}


@pytest.mark.parametrize(
    ("exc", "verdict"),
    [
        ("000800", "good"),
        ("000801", "invalid: sensor_off"),
        ("000820", "invalid: sensor_off"),
        ("000802", "invalid: sensor_error"),
        ("000880", "invalid: sensor_error"),
        ("000808", "invalid: searching"),
        ("000804", "questionable: low_perfusion"),
        ("000C00", "questionable: poor_signal"),
        ("000810", "questionable: interference"),
        ("000840", "questionable: ambient_light"),
        ("000C24", "invalid: sensor_off"),
    ],
)
def test_exceptions_decide_whether_a_number_counts(exc, verdict):
    items = decode(MASIMO, "line", masimo_line(exc=exc))

    assert set(verdicts(items).values()) == {verdict}


def test_alarm_field_is_not_read_by_the_table_of_the_exceptions():
    line = masimo_line().replace(b"ALARM=0000", b"ALARM=0020")

    items = decode(MASIMO, "line", line)

    assert set(verdicts(items).values()) == {"good"}
    assert notices(items, "status")[0]["alarm"] == "0020"


@pytest.mark.parametrize(
    "damage",
    [
        (b"SPO2=098", b"SPO2=98"),
        (b"SPO2=098", b"SPO2=0 8"),
        (b"SPO2=098", b"SPO2=0x8"),
        (b"SPO2=098% ", b""),
        (b"BPM=072", b"BPM=72"),
        (b"BPM=072 ", b""),
        (b"PI=03.60", b"PI=0.60"),
        (b"PI=03.60", b"PI=0360"),
        (b"EXC=000800", b""),
        (b"EXC=000800", b"EXC=00G800"),
        (b"EXC=000800", b"EXC=000800 SPO2=097%"),
        (b"02/22/16 22", b"02/22/16 2"),
        (b"SN=", b"SN=\xff"),
    ],
)
def test_line_with_a_character_lost_or_wrong_is_refused_as_a_whole(damage):
    line = masimo_line()
    assert damage[0] in line

    items = decode(MASIMO, "line", line.replace(*damage), masimo_line("097"))

    assert [r.value for r in readings(items, Vital.SPO2)] == [97]
    assert [n["reason"] for n in notices(items, "refused")] == ["noise"]


def test_two_lines_that_lost_the_end_between_them_are_refused():
    items = decode(MASIMO, "line", masimo_line().rstrip() + b" " + masimo_line(), masimo_line())

    assert len(readings(items, Vital.SPO2)) == 1


def test_end_of_a_line_that_is_much_too_long_is_not_read_as_a_line():
    items = decode(MASIMO, "line", b"x" * 256 + masimo_line(), masimo_line("097"))

    assert [r.value for r in readings(items, Vital.SPO2)] == [97]


def test_cut_line_waits_and_its_half_number_is_never_shown():
    """BPM=07 of BPM=072 would be a pulse of 7."""
    line = masimo_line()
    cut = line.index(b"BPM=07") + 6

    decoder = PROTOCOLS[MASIMO].make("line")
    assert decoder.feed(line[:cut], 0.0) == []
    assert values(decoder.feed(line[cut:], 1.0))["pulse_rate"] == 72

    items = decode(MASIMO, "line", line[:-2])
    assert readings(items) == []
    assert [n["reason"] for n in notices(items, "refused")] == ["noise", "noise"]


def test_fields_are_found_by_name_and_unknown_ones_left_alone():
    """A Radical-7 has PVI; a padded number is the same number."""
    line = b"11/21/26 10:00:00 SN=1 PVI=18 BPM= 72 PI=03.60% SPO2= 98% NEW=abc EXC=000800\r\n\r\n"

    assert values(decode(MASIMO, "line", line)) == {
        "spo2": 98,
        "pulse_rate": 72,
        "perfusion_index": 3.6,
    }


def test_trend_is_history_and_its_zeros_are_no_numbers():
    items = decode(
        MASIMO,
        "trend",
        b"09/21/08 09:56:10, 000, 000, 00.00, 828\r\n09/21/08 09:56:14, 096, 074, 02.28, 800\r\n",
    )

    assert {r.origin for r in readings(items)} == {Origin.STORED}
    assert [r.value for r in readings(items, Vital.SPO2)] == [None, 96]
    assert [r.value for r in readings(items, Vital.PERFUSION_INDEX)] == [None, 2.28]
    assert readings(items)[-1].device_time == "2008-09-21T09:56:14"


def test_monitor_that_is_only_listened_to_has_no_speaker():
    assert PROTOCOLS[MASIMO].make_speaker("line") is None

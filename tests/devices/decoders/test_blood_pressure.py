"""Blood pressure cuffs on the standard service."""

from datetime import datetime

import pytest

from devices.decoders.ble_common import encode_current_time, encode_date_time
from kapmonitor.reading import Quality
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts

CUFF = "ble-blood-pressure"
BEURER = "566a0047000000ea07080b121f00003f000000"


def test_one_cycle_is_four_readings_of_one_packet_with_the_cuffs_own_time():
    items = decode(CUFF, "2A35", "167c0056006100e807060f11111b33000000")

    assert values(items) == {
        "systolic": 124.0,
        "diastolic": 86.0,
        "mean_pressure": 97.0,
        "pulse_rate": 51.0,
    }
    assert {(r.packet, r.device_time) for r in readings(items)} == {(1, "2024-06-15T17:17:27")}


def test_cuff_that_failed_never_shows_2047():
    """A boso whose patient moved shows Err, and sends an ordinary packet full of NaN."""
    items = decode(CUFF, "2A35", "16ff07ff07ff07e80706170e230aff070000")

    assert set(verdicts(items).values()) == {"invalid: measurement_failed"}


@pytest.mark.parametrize("missing", ["ff07", "0008", "0000"])
def test_without_diastolic_the_systolic_is_not_shown_either(missing):
    items = decode(CUFF, "2A35", f"00 8000 {missing} 6000")

    assert verdicts(items)["systolic"] == "invalid: measurement_failed"
    assert set(values(items).values()) == {None}


def test_mean_that_the_cuff_does_not_measure_is_left_out():
    """Zero is how a Beurer says that it has none; the cycle is good all the same."""
    items = decode(CUFF, "2A35", BEURER, quirk="beurer_be_tail")

    assert values(items) == {"systolic": 106.0, "diastolic": 71.0, "pulse_rate": 63.0}
    assert set(verdicts(items).values()) == {"good"}


def test_beurer_is_recognised_without_its_name_when_nothing_else_fits():
    items = decode(CUFF, "2A35", BEURER)

    assert values(items)["pulse_rate"] == 63.0
    assert notices(items, "status")[0]["quirk"] == "beurer_be_tail"


def test_other_cuff_with_a_byte_too_many_is_not_taken_for_a_beurer():
    """Pulse 51 in the usual order is possible, so the extra byte is ignored."""
    items = decode(CUFF, "2A35", "167c0056006100e807060f11111b3300000000")

    assert values(items)["pulse_rate"] == 51.0
    assert "quirk" not in notices(items, "status")[0]


def test_pulse_that_fits_both_ways_is_read_the_usual_way():
    """241 with its low byte first would be 25.6 with its high byte first."""
    assert values(decode(CUFF, "2A35", "04 8000 5000 6000 f100 00"))["pulse_rate"] == 241.0


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("0000", "good"),
        ("0100", "questionable: motion"),
        ("0200", "questionable: cuff_loose"),
        ("0400", "good"),
        ("0800", "good"),
        ("2000", "questionable: position"),
    ],
)
def test_what_the_cuff_noticed_decides_how_far_it_is_trusted(status, verdict):
    """An irregular pulse is about the patient; movement, fit and position are about the value."""
    items = decode(CUFF, "2A35", f"10 7800 4e00 5c00 {status}")

    assert verdicts(items)["systolic"] == verdict


def test_irregular_pulse_and_pulse_range_are_told():
    status = notices(decode(CUFF, "2A35", "10 7800 4e00 5c00 1400"), "status")[0]

    assert (status["irregular_pulse"], status["pulse_range"]) == (True, "below")


@pytest.mark.parametrize(
    "packet",
    [
        "00 f601 5000 6000",  # 502 mmHg
        "00 8000 feff 6000",  # a negative number
        "00 8000 5000 7262",  # the private layout of one vendor: 182 400 mmHg and the like
        "01 4100 0a00 0c00",  # 65 kPa
    ],
)
def test_pressures_that_no_cuff_can_measure_refuse_the_packet(packet):
    items = decode(CUFF, "2A35", packet)

    assert readings(items) == []
    assert [n["reason"] for n in notices(items, "refused")] == ["out_of_range"]


def test_impossible_pulse_spoils_only_itself():
    verdict = verdicts(decode(CUFF, "2A35", "04 8000 5000 6000 4821"))

    assert (verdict["systolic"], verdict["pulse_rate"]) == ("good", "invalid: out_of_range")


def test_every_cut_of_a_full_packet_is_refused():
    whole = bytes.fromhex("1e78004e005c00ea070b150905004100010400")

    for size in range(len(whole)):
        items = decode(CUFF, "2A35", whole[:size])
        assert readings(items) == []
        assert [n["reason"] for n in notices(items, "refused")] == ["short"]


def test_reserved_flags_and_extra_bytes_are_ignored():
    items = decode(CUFF, "2A35", "e0 8000 5000 6000 0102030405")

    assert values(items) == {"systolic": 128.0, "diastolic": 80.0, "mean_pressure": 96.0}


@pytest.mark.parametrize("time", ["0000 01 01 000000", "ea07 00 01 000000", "ea07 0d 2a 193d3d"])
def test_unknown_or_impossible_date_is_no_date(time):
    items = decode(CUFF, "2A35", f"02 8000 5000 6000 {time}")

    assert {(r.device_time, r.quality) for r in readings(items)} == {("", Quality.GOOD)}


def test_unknown_user_is_none():
    assert notices(decode(CUFF, "2A35", "08 8000 5000 6000 ff"), "status") == [{"user_id": None}]


def test_pressure_in_the_cuff_starts_at_zero_and_may_be_missing():
    items = decode(CUFF, "2A36", "00 0000 ff07 ff07", "00 ff07 ff07 ff07", "00 00")

    assert [(r.value, r.reason) for r in readings(items)] == [(0.0, ""), (None, "no_value")]
    assert len(notices(items, "refused")) == 1


def test_times_written_to_a_cuff_read_back():
    moment = datetime(2026, 11, 21, 9, 5, 7, 500_000)  # noqa: DTZ001 - a cuff knows no zone

    assert encode_date_time(moment).hex() == "ea070b15090507"
    assert notices(decode(CUFF, "2A2B", encode_current_time(moment)), "device_time") == [
        {
            "timestamp": "2026-11-21T09:05:07",
            "day_of_week": 6,
            "fractions256": 128,
            "adjust_reason": 1,
        }
    ]

"""Pulse oximeters on the standard service (PLX)."""

import pytest

from kapmonitor.reading import Origin
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts

PLX = "ble-pulse-oximeter-plx"


def with_status(status: int = 0, sensor: int = 0) -> bytes:
    """98 % and 72 /min, with these bits."""
    return b"\x0c\x62\x00\x48\x00" + status.to_bytes(2, "little") + sensor.to_bytes(3, "little")


@pytest.mark.parametrize(
    ("packet", "verdict"),
    [
        (with_status(), "good"),
        (with_status(status=1 << 5 | 1 << 8), "good"),
        (with_status(status=1 << 10), "invalid: demo_value"),
        (with_status(status=1 << 11), "invalid: demo_value"),
        (with_status(status=1 << 13), "invalid: no_value"),
        (with_status(status=1 << 14), "questionable: poor_signal"),
        (with_status(status=1 << 15), "invalid: no_value"),
        (with_status(sensor=1 << 1), "invalid: device_fault"),
        (with_status(sensor=1 << 3), "invalid: poor_signal"),
        (with_status(sensor=1 << 4), "questionable: poor_signal"),
        (with_status(sensor=1 << 5), "questionable: low_perfusion"),
        (with_status(sensor=1 << 6), "questionable: poor_signal"),
        (with_status(sensor=1 << 7), "invalid: poor_signal"),
        (with_status(sensor=1 << 8), "questionable: poor_signal"),
        (with_status(sensor=1 << 11), "invalid: sensor_off"),
        (with_status(sensor=1 << 13), "questionable: position"),
        (with_status(sensor=1 << 14), "invalid: device_fault"),
        (with_status(sensor=1 << 15), "invalid: sensor_off"),
        (with_status(sensor=1 << 5 | 1 << 11), "invalid: sensor_off"),
    ],
)
def test_what_the_oximeter_says_decides_whether_its_number_is_shown(packet, verdict):
    assert verdicts(decode(PLX, "2A5F", packet)) == {"spo2": verdict, "pulse_rate": verdict}


def test_saturation_without_a_pulse_is_not_shown():
    assert values(decode(PLX, "2A5F", "00 6200 ff07")) == {"spo2": None, "pulse_rate": None}


def test_zero_is_no_value():
    verdict = "invalid: no_value"

    assert verdicts(decode(PLX, "2A5F", "00 0000 0000")) == {"spo2": verdict, "pulse_rate": verdict}


@pytest.mark.parametrize("spo2", ["7f00", "6500", "ff00"])
def test_more_than_a_hundred_percent_is_no_saturation(spo2):
    verdict = verdicts(decode(PLX, "2A5F", f"00 {spo2} 4800"))

    assert verdict == {"spo2": "invalid: out_of_range", "pulse_rate": "good"}


def test_slow_pair_without_the_fast_one_keeps_its_place():
    """The order is fixed; the normal pair is the one that is shown."""
    items = decode(PLX, "2A5F", "02 6200 4800 6100 4700")

    assert values(items) == {"spo2": 98.0, "pulse_rate": 72.0}
    assert notices(items, "status") == [{"slow_spo2": 97.0, "slow_pulse_rate": 71.0}]


def test_clock_that_was_never_set_gives_no_time():
    """A real ChoiceMMed sends 2017-01-01 and says itself that its clock is not set."""
    items = decode(PLX, "2A5E", "1761006000e10701010122132000200000")

    assert {r.device_time for r in readings(items)} == {""}
    assert notices(items, "status")[0]["clock_set"] is False


def test_spot_check_from_memory_is_history():
    items = decode(PLX, "2A5E", "03 6100 6000 ea07 0b 15 0a 00 00 0002")

    assert {(r.origin, r.device_time) for r in readings(items)} == {
        (Origin.STORED, "2026-11-21T10:00:00")
    }


def test_amplitude_index_is_a_reading_where_it_is_sent():
    assert values(decode(PLX, "2A5E", "08 6100 6000 7de0"))["perfusion_index"] == 1.25
    assert values(decode(PLX, "2A5E", "08 6100 6000 ff07"))["perfusion_index"] is None


def test_features_are_named():
    assert notices(decode(PLX, "2A60", "4300"), "features") == [
        {"features": ["measurement_status", "sensor_status", "pulse_amplitude_index"]}
    ]


@pytest.mark.parametrize("channel", ["2A5E", "2A5F"])
def test_every_cut_of_a_full_packet_is_refused(channel):
    full = {
        "2A5E": "0f6100600 0ea070b150a00000002000000 7de0",
        "2A5F": "1f610050005f00530061004e0000012000007de0",
    }
    whole = bytes.fromhex(full[channel].replace(" ", ""))
    assert len(readings(decode(PLX, channel, whole))) == 3

    for size in range(len(whole)):
        items = decode(PLX, channel, whole[:size])
        assert readings(items) == []
        assert len(notices(items, "refused")) == 1


@pytest.mark.parametrize(
    ("packet", "kind", "detail"),
    [
        ("0101", "command", {"command": "report_all"}),
        ("05001200", "reply", {"reply": "count", "stored": 18}),
        ("06000101", "reply", {"reply": "done", "to": 1, "code": 1}),
        ("06000106", "reply", {"reply": "none_stored", "to": 1, "code": 6}),
        ("06000108", "reply", {"reply": "refused", "to": 1, "code": 8}),
    ],
)
def test_record_access_tells_what_is_stored_and_what_became_of_a_request(packet, kind, detail):
    assert notices(decode(PLX, "2A52", packet), kind) == [detail]


@pytest.mark.parametrize("packet", ["", "05", "0501aa00", "09000101"])
def test_record_access_of_another_form_is_refused(packet):
    items = decode(PLX, "2A52", packet)

    assert notices(items, "refused")[0]["reason"] == "unknown"

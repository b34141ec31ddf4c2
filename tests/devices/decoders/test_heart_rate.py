"""Heart rate straps."""

from devices.decoders.heart_rate import decode_measurement
from kapmonitor.reading import Notice, Quality, Reading
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts


def test_chest_strap_sends_rate_and_two_intervals():
    """A strap at rest packs two heartbeats into one notification."""
    packet = bytes.fromhex("16 3c 00 04 f5 03")

    assert decode_measurement(packet, 5.0, 1) == [
        Reading(Vital.HEART_RATE, 60, 5.0, packet=1),
        Reading(Vital.RR_INTERVAL, 1.0, 5.0, packet=1),
        Reading(Vital.RR_INTERVAL, 1013 / 1024, 5.0, packet=1),
        Notice("status", 5.0, {"contact": True, "energy_kj": None}, 1),
    ]


def test_strap_that_slipped_sends_its_last_rate_and_none_is_shown():
    """Contact is supported and lost, yet the strap goes on sending 72 and an interval."""
    items = decode("ble-heart-rate", "2A37", "14 48 00 04")

    assert values(items) == {"heart_rate": None}
    assert verdicts(items) == {"heart_rate": "invalid: no_contact"}


def test_wide_rate_and_energy_come_before_the_intervals():
    items = decode("ble-heart-rate", "2A37", "19 2c 01 10 00 00 04")

    assert values(items) == {"heart_rate": 300, "rr_interval": 1.0}
    assert notices(items, "status") == [{"contact": None, "energy_kj": 16}]


def test_saturated_energy_is_no_number():
    items = decode("ble-heart-rate", "2A37", "08 3c ff ff")

    assert notices(items, "status") == [{"contact": None, "energy_kj": None}]


def test_rate_of_zero_is_no_value():
    assert verdicts(decode("ble-heart-rate", "2A37", "00 00")) == {
        "heart_rate": "invalid: no_value"
    }


def test_rate_that_no_strap_can_measure_is_no_value():
    items = decode("ble-heart-rate", "2A37", "01 ff ff")

    assert verdicts(items) == {"heart_rate": "invalid: out_of_range"}


def test_odd_byte_after_the_intervals_is_ignored():
    items = decode("ble-heart-rate", "2A37", "10 3c 00 04 f5")

    assert [r.value for r in readings(items, Vital.RR_INTERVAL)] == [1.0]


def test_packets_that_are_too_short_give_nothing_and_do_not_disturb_the_next():
    items = decode("ble-heart-rate", "2A37", "", "10", "01 40", "00 40")

    assert [n["reason"] for n in notices(items, "refused")] == ["short", "short", "short"]
    assert [(r.value, r.quality, r.packet) for r in readings(items)] == [(64, Quality.GOOD, 4)]


def test_battery_level_is_a_notice():
    assert notices(decode("ble-heart-rate", "2A19", "2a"), "battery") == [{"percent": 42}]
    assert notices(decode("ble-heart-rate", "2A19", "ff"), "battery") == []

"""Nonin oximeters on their own Bluetooth service."""

import pytest

from devices.catalogue import match_advertisement
from tests.devices.decoders.helping import decode, nonin_ble, notices, samples, values, verdicts

NONIN = "nonin-ble"
NUMBERS = "0aad7ea0"
WEAK, SEARCHING, ON_FINGER, LOW_BATTERY = 0x02, 0x08, 0x10, 0x20


def test_numbers_have_their_high_byte_first():
    items = decode(NONIN, NUMBERS, nonin_ble(97, 0x0102, index=0x0102))

    assert values(items) == {"spo2": 97, "pulse_rate": 258, "perfusion_index": 2.58}
    assert set(verdicts(items).values()) == {"good"}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (0, "invalid: sensor_off"),
        (SEARCHING, "invalid: sensor_off"),
        (ON_FINGER | SEARCHING, "invalid: searching"),
        (ON_FINGER | WEAK, "questionable: weak_signal"),
        (ON_FINGER | LOW_BATTERY | 0x01, "good"),
    ],
)
def test_status_decides_whether_a_number_counts(status, verdict):
    items = decode(NONIN, NUMBERS, nonin_ble(status=status))

    assert set(verdicts(items).values()) == {verdict}


def test_codes_for_missing_are_no_numbers():
    items = decode(NONIN, NUMBERS, nonin_ble(127, 511, index=0))

    assert set(verdicts(items).values()) == {"invalid: no_value"}


@pytest.mark.parametrize(
    "packet", [b"", nonin_ble()[:9], nonin_ble() + b"\0", b"\x0b" + nonin_ble()[1:]]
)
def test_notification_whose_length_is_wrong_is_refused(packet):
    items = decode(NONIN, NUMBERS, packet)

    assert values(items) == {}
    assert [n["reason"] for n in notices(items, "refused")] == ["length"]


def test_status_is_told_when_it_changes_though_the_counter_always_does():
    low = nonin_ble(status=ON_FINGER | LOW_BATTERY, counter=3)

    items = decode(NONIN, NUMBERS, nonin_ble(counter=1), nonin_ble(counter=2), low, low)

    assert [n["low_battery"] for n in notices(items, "status")] == [False, True]
    assert len(notices(items, "battery_low")) == 1


def test_pleth_of_the_3150_is_a_third_of_a_second():
    packet = bytes((53, *(byte for n in range(25) for byte in (0x10, n)), 0, 1))

    items = decode(NONIN, "ec0a883a", packet)

    assert samples(items) == [0x1000 + n for n in range(25)]
    assert samples(decode(NONIN, "ec0a883a", packet[:-1])) == []


def test_device_status_has_the_battery_and_the_error():
    items = decode(NONIN, "ec0a9302", bytes((7, 1, 5, 29, 80, 0, 9)))

    assert notices(items, "battery") == [{"percent": 80}]
    assert notices(items, "status") == [{"sensor": 1, "error": "sensor_fault", "battery_v": 2.9}]
    assert notices(decode(NONIN, "ec0a9302", bytes((7, 1, 0, 29, 255, 0, 9))), "battery") == []
    assert notices(decode(NONIN, "ec0a9302", bytes((6, 1, 5, 29, 80, 0))), "battery") == []


def test_commands_are_read_only_in_their_envelope():
    assert notices(decode(NONIN, "1447af80", b"\x60NMI\x04DTM?\r\n"), "command") == [
        {"command": "DTM?"}
    ]
    assert notices(decode(NONIN, "1447af80", b"\x60NMX\x04DTM?\r\n"), "command") == []


def test_is_known_by_its_service_and_its_name():
    by_service = match_advertisement("", ["46a970e0-0d5f-11e2-8b5e-0002a5d5c51b"])
    by_name = match_advertisement("Nonin3150_502644836")

    assert by_service is not None
    assert by_name is not None
    assert by_service.protocol == by_name.protocol == NONIN

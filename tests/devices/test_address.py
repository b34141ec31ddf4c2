"""Addresses as people type them."""

import pytest

from devices.address import SourceAddress, parse_address, short_id
from kapmonitor.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serial:/dev/ttyUSB0", ("", "serial", "/dev/ttyUSB0")),
        ("nonin-serial@serial:COM3", ("nonin-serial", "serial", "COM3")),
        ("ble:C0:00:00:00:00:10", ("", "ble", "C0:00:00:00:00:10")),
        ("ble:c0:00:00:00:00:1f", ("", "ble", "C0:00:00:00:00:1F")),
        ('ble:"A&D_UA-651BLE"', ("", "ble", "A&D_UA-651BLE")),
        ("ble:A&D_UA-651BLE", ("", "ble", "A&D_UA-651BLE")),
        ("file:bedside.kapcap", ("", "file", "bedside.kapcap")),
        (r"file:C:\clinic\bed 1.kapcap", ("", "file", r"C:\clinic\bed 1.kapcap")),
        ("virtual:contec-cms50-serial", ("", "virtual", "contec-cms50-serial")),
        ("ble-heart-rate@ble:strap@home", ("ble-heart-rate", "ble", "strap@home")),
    ],
)
def test_every_form_of_an_address_is_understood(text: str, expected: tuple[str, str, str]):
    assert parse_address(text) == SourceAddress(*expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/dev/ttyUSB0", "source_no_transport"),
        ("", "source_no_transport"),
        ("usb:COM3", "source_transport_unknown"),
        ("nonin-serial@:COM3", "source_transport_unknown"),
        ("serial:", "source_address_missing"),
        ('ble:""', "source_address_missing"),
        ("@serial:COM3", "source_protocol_malformed"),
        ("two words@serial:COM3", "source_protocol_malformed"),
    ],
)
def test_a_wrong_address_is_refused_and_says_what_is_wrong(text: str, code: str):
    with pytest.raises(UsageError) as refusal:
        parse_address(text)

    assert refusal.value.code == code
    assert refusal.value.facts["source"] == text


def test_an_address_prints_as_it_is_typed():
    for text in ("nonin-serial@serial:COM3", "ble:C0:00:00:00:00:10", "file:bedside.kapcap"):
        assert str(parse_address(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serial:/dev/ttyUSB0", "serial-ttyUSB0"),
        ("serial:COM3", "serial-COM3"),
        ("ble:C0:00:00:00:00:10", "ble-0010"),
        ('ble:"A&D_UA-651BLE"', "ble-A-D_UA-651BLE"),
        ("virtual:contec-cms50-serial", "virtual-contec-cms50-serial"),
        (r"file:C:\clinic\bed.kapcap", "file-bed.kapcap"),
    ],
)
def test_a_source_without_a_name_gets_a_short_one(text: str, expected: str):
    assert short_id(parse_address(text)) == expected

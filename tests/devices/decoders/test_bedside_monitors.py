"""Bedside monitors, begun: Ivy 450C lines between the bytes of a curve, Philips numbers."""

import pytest

from devices.decoders import protocol
from devices.decoders.bedside_monitors import intellivue_float
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts

BEDSIDE = "bedside-second-wave"


def test_numbers_between_the_bytes_of_a_curve():
    line = b"\x81\x90\xa0HR=1;72;II;\x81\x82SPO2=1;97;PR=71;\r\n"

    items = decode(BEDSIDE, "ivy450c", line)

    assert values(items) == {"heart_rate": 72, "spo2": 97, "pulse_rate": 71}
    assert notices(items, "status") == [{"hr_state": 1, "spo2_state": 1}]


def test_a_blood_pressure_is_told_once():
    line = b"NIBP=2;124;80;95;72;;\r\n"

    items = decode(BEDSIDE, "ivy450c", line, line, b"NIBP=2;131;85;100;75;;\r\n")

    assert [r.value for r in readings(items, Vital.SYSTOLIC)] == [124, 131]
    assert values(items)["mean_pressure"] == 100


def test_dashes_are_no_value_and_no_pressure_is_told_for_them():
    items = decode(BEDSIDE, "ivy450c", b"SPO2=0;---;PR=---;\r\nNIBP=0;---;---;---;---;;\r\n")

    assert verdicts(items) == {"spo2": "invalid: no_value", "pulse_rate": "invalid: no_value"}


def test_a_line_that_was_cut_is_not_read():
    assert readings(decode(BEDSIDE, "ivy450c", b"SPO2=1;97;PR=7")) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("ff0000a1", 16.1), ("00ffffff", -1.0), ("00800000", None), ("007ffffe", None)],
)
def test_philips_numbers(text, value):
    assert intellivue_float(bytes.fromhex(text)) == value


def test_nothing_is_ever_written():
    assert protocol(BEDSIDE).make_speaker(may_start=True) is None

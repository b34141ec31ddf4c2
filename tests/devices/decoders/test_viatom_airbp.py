"""AirBP: a cuff without a screen, read only. Experimental."""

from devices.decoders import protocol
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    crc_bit_by_bit,
    decode,
    notices,
    readings,
    values,
    vectors,
    verdicts,
)

AIR = "viatom-airbp"
REAL = next(v["hex"] for v in vectors(AIR) if v["id"] == "airbp-p01")


def frame(command: int, data: bytes, kind: int = 0) -> bytes:
    """A frame by the written rule."""
    whole = bytes((0xA5, 0, kind, command)) + len(data).to_bytes(4, "little") + data
    return whole + bytes((crc_bit_by_bit(whole, 0x07, reflected=False),))


def result(systolic: int, diastolic: int, mean: int, pulse: int) -> bytes:
    """The answer to 07."""
    time = (2026).to_bytes(2, "little") + bytes((11, 21, 10, 30, 5, 1))
    numbers = b"".join(n.to_bytes(2, "little") for n in (systolic, diastolic, mean, pulse))
    return frame(0x07, time + numbers)


def test_live_pressure_of_a_real_cuff_and_the_result_after_it():
    items = decode(AIR, "", REAL, result(124, 80, 95, 72))

    assert readings(items, Vital.CUFF_PRESSURE)[0].value == 90.24
    assert values(items)["systolic"] == 124
    assert values(items)["mean_pressure"] == 95
    assert readings(items, Vital.SYSTOLIC)[0].device_time == "2026-11-21T10:30:05"
    assert len(notices(items, "cuff_started")) == 1
    assert len(notices(items, "cuff_ended")) == 1


def test_a_result_of_zeros_is_a_failure():
    items = decode(AIR, "", result(0, 0, 0, 72))

    assert set(verdicts(items).values()) == {"invalid: measurement_failed"}


def test_a_pressure_below_nothing_is_no_value():
    items = decode(AIR, "", frame(0x04, (-200).to_bytes(2, "little", signed=True) + b"\0\0"))

    assert verdicts(items) == {"cuff_pressure": "invalid: out_of_range"}


def test_an_error_of_the_cuff_is_no_reading():
    items = decode(AIR, "", frame(0x04, bytes(4), kind=0xFD))

    assert readings(items) == []
    assert notices(items, "reply") == [{"reply": "refused", "code": 0xFD, "cmd": 4}]


def test_nothing_is_ever_said_to_the_cuff():
    assert protocol(AIR).make_speaker(may_start=True) is None

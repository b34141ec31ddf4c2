"""Viatom and Creative oximeters of the "AA 55" family, and the cuff of their larger sisters."""

import pytest

from devices.catalogue import match_advertisement
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    aa55,
    decode,
    notices,
    pc60_values,
    readings,
    samples,
    values,
    verdicts,
)

PC60 = "pc60fw-creative"


def test_real_second_gives_numbers_pleth_and_battery():
    """From a night's recording: 97 %, 68 /min, the perfusion index not known yet."""
    items = decode(PC60, "stream", "aa550f08016144000000c094 aa550f07024dcb494643aa")

    assert values(items) == {"spo2": 97, "pulse_rate": 68, "perfusion_index": None}
    assert samples(items) == [77, 75, 73, 70, 67]
    assert notices(items, "beat") == [{"sample": 1}]
    assert notices(items, "battery") == [{"level": 3}]


@pytest.mark.parametrize(
    ("status", "reason"), [(1, "sensor_off"), (2, "searching"), (3, "sensor_off")]
)
def test_without_a_finger_there_is_no_number_whatever_is_sent(status, reason):
    items = decode(PC60, "stream", pc60_values(97, 68, status=status))

    assert set(verdicts(items).values()) == {f"invalid: {reason}"}


def test_zeros_mean_no_value_also_without_a_status_bit():
    items = decode(PC60, "stream", pc60_values(0, 0, index=0))

    assert set(verdicts(items).values()) == {"invalid: no_value"}


def test_pulse_has_two_bytes_and_the_index_tenths():
    items = decode(PC60, "stream", pc60_values(99, 0x0104, index=123))

    assert values(items) == {"spo2": 99, "pulse_rate": 260, "perfusion_index": 12.3}


def test_status_and_battery_are_told_once_and_when_they_change():
    good, off = pc60_values(97, 68), pc60_values(97, 68, status=1, battery=0)

    items = decode(PC60, "stream", good, good, off, off, good)

    assert [n["probe_off"] for n in notices(items, "status")] == [False, True, False]
    assert [n["level"] for n in notices(items, "battery")] == [3, 0, 3]
    assert len(notices(items, "battery_low")) == 1


@pytest.mark.parametrize("lost", range(12))
def test_lost_byte_loses_only_its_frame(lost):
    frames = [pc60_values(spo2, 70) for spo2 in (95, 96, 97)]

    items = decode(PC60, "stream", frames[0] + frames[1][:lost] + frames[1][lost + 1 :] + frames[2])

    assert [r.value for r in readings(items, Vital.SPO2)] == [95, 97]


def test_whole_frame_behind_half_a_one_at_the_end_is_found():
    """The torso promises seven bytes more than come; the frame behind it is not swallowed."""
    items = decode(PC60, "stream", "aa551f40 00" + pc60_values(96, 70).hex())

    assert values(items)["spo2"] == 96
    assert notices(items, "refused") == [{"reason": "noise", "hex": "aa551f4000"}]


def test_length_that_no_frame_has_holds_nothing_back():
    """A length of 255 would keep the numbers of two seconds waiting."""
    frame = pc60_values(96, 70)

    items = decode(PC60, "stream", b"\xaa\x55\x0f\xff" + frame, frame)

    assert [r.at for r in readings(items, Vital.SPO2)] == [0.0, 1.0]


def test_good_frame_that_is_too_short_for_its_kind_gives_nothing():
    items = decode(PC60, "stream", aa55(0x0F, 0x01, b"\x61\x44"))

    assert readings(items) == []
    assert [n["reason"] for n in notices(items, "refused")] == ["short"]


def test_frames_of_other_kinds_are_told_by_their_number():
    items = decode(PC60, "stream", aa55(0xF0, 0x02, b"SN123"))

    assert notices(items, "reply") == [{"reply": "other", "token": 0xF0, "type": 2}]


def test_oximeter_is_known_by_its_name_and_not_by_its_widespread_service():
    found = match_advertisement("PC-60F_SN123456")

    assert found is not None
    assert (found.protocol, found.continuous, found.experimental) == (PC60, True, "")
    assert match_advertisement("A lamp", ["6E400001-B5A3-F393-E0A9-E50E24DCCA9E"]) is None

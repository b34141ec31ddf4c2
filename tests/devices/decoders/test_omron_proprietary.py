"""Omron's own protocol: stored readings of recordings. Experimental."""

import pytest

from devices.decoders import protocol
from kapmonitor.reading import Origin
from tests.devices.decoders.helping import decode, notices, readings, values, vectors, verdicts

OMRON = "omron-ble-proprietary"
PACKETS = {vector["id"]: bytes.fromhex(vector["hex"]) for vector in vectors(OMRON)}


def test_a_block_that_was_read_is_a_stored_reading():
    items = decode(OMRON, "frame", PACKETS["omron-p03"])

    assert values(items) == {"systolic": 128, "diastolic": 84, "pulse_rate": 65}
    assert {r.origin for r in readings(items)} == {Origin.STORED}
    assert readings(items)[0].device_time.startswith("2026-")


def test_pieces_in_the_order_of_the_channels_are_one_packet():
    packet = PACKETS["omron-p03"]

    assert decode(OMRON, "multichannel", packet[:16], packet[16:]) != []
    assert values(decode(OMRON, "multichannel", packet[:16], packet[16:]))["systolic"] == 128


@pytest.mark.parametrize("filled", [b"\xff", b"\x00"])
def test_an_empty_place_is_nothing(filled):
    assert decode(OMRON, "record", filled * 14) == []


def test_bits_of_the_record_tell_an_arm_that_moved_and_an_irregular_pulse():
    record = bytearray(PACKETS["omron-p01"])
    record[5] |= 0xC0

    items = decode(OMRON, "record", bytes(record))

    assert set(verdicts(items).values()) == {"questionable: motion"}
    assert notices(items, "status")[0]["irregular"] is True


def test_a_packet_whose_exclusive_or_is_not_zero_is_refused():
    broken = bytearray(PACKETS["omron-p03"])
    broken[8] ^= 4

    items = decode(OMRON, "frame", bytes(broken))

    assert readings(items) == []
    assert notices(items, "refused")[0]["reason"] == "checksum"


def test_nothing_is_ever_sent():
    for channel in protocol(OMRON).channels:
        assert protocol(OMRON).make_speaker(channel, may_start=True) is None

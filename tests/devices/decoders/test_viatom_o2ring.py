"""Viatom rings, which are asked once a second."""

import pytest

from devices.catalogue import any_device, match_advertisement
from devices.decoders.viatom_o2ring import GET_PARAMS, RingSpeaker
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    crc_bit_by_bit,
    decode,
    notices,
    readings,
    ring_reply,
    ring_values,
    samples,
    values,
    verdicts,
)

RING = "viatom-o2ring"


def test_values_of_a_worn_ring():
    items = decode(RING, "frame", ring_values(97, 0x0102, index=25, battery=80))

    assert values(items) == {"spo2": 97, "pulse_rate": 258, "perfusion_index": 2.5}
    assert set(verdicts(items).values()) == {"good"}
    assert notices(items, "battery") == [{"percent": 80}]


def test_ring_that_is_not_worn_has_no_number_whatever_it_sends():
    items = decode(RING, "frame", ring_values(97, 72, state=0))

    assert set(verdicts(items).values()) == {"invalid: sensor_off"}


@pytest.mark.parametrize(("spo2", "pulse"), [(255, 65535), (0, 0)])
def test_codes_for_no_value_are_no_numbers(spo2, pulse):
    items = decode(RING, "frame", ring_values(spo2, pulse, index=0))

    assert set(verdicts(items).values()) == {"invalid: no_value"}


def test_state_counts_down_in_its_upper_half_and_is_worn_in_its_lowest_bit():
    assert values(decode(RING, "frame", ring_values(97, 72, state=0x91)))["spo2"] == 97
    assert values(decode(RING, "frame", ring_values(97, 72, state=0x90)))["spo2"] is None


def test_wave_comes_with_the_values_and_its_glitches_are_no_samples():
    data = bytes((97, 72, 0, 80, 0, 25, 1, 0, 0, 0, 4, 0, 10, 156, 246, 20))

    items = decode(RING, "frame", ring_reply(data))

    assert samples(items) == [10, None, None, 20]
    assert values(items) == {"spo2": 97, "pulse_rate": 72, "perfusion_index": 2.5}
    assert samples(decode(RING, "frame", ring_reply(data[:6] + b"\0" + data[7:]))) == [None] * 4


def test_wave_that_has_not_as_many_samples_as_it_says_gives_nothing():
    data = bytes((97, 72, 0, 80, 0, 25, 1, 0, 0, 0, 5, 0, 10, 156, 246, 20))

    items = decode(RING, "frame", ring_reply(data))

    assert readings(items) == []
    assert notices(items, "reply") == [{"reply": "other"}]


def test_refusal_by_the_ring_gives_no_value():
    items = decode(RING, "frame", ring_reply(bytes(13), status=1))

    assert readings(items) == []
    assert notices(items, "reply") == [{"reply": "refused", "code": 1}]


def test_what_does_not_change_is_told_once():
    reply = ring_values(97, 72)

    items = decode(RING, "frame", reply, reply, ring_values(97, 72, motion=9))

    assert [n["motion"] for n in notices(items, "status")] == [3, 9]
    assert len(notices(items, "battery")) == 1


@pytest.mark.parametrize("lost", range(21))
def test_lost_byte_loses_only_its_reply(lost):
    first, second, third = (ring_values(spo2, 72) for spo2 in (95, 96, 97))
    # A lost byte of the length promises up to 260 bytes more, which come in time.
    more = ring_values(98, 72) * 20

    stream = first + second[:lost] + second[lost + 1 :] + third + more

    assert [r.value for r in readings(decode(RING, "frame", stream), Vital.SPO2)][:3] == [
        95,
        97,
        98,
    ]


def test_operation_and_its_complement_must_agree():
    frame = bytearray(ring_values(97, 72)[:-1])
    frame[2] ^= 1
    frame.append(crc_bit_by_bit(bytes(frame), 0x07, reflected=False))

    items = decode(RING, "frame", bytes(frame))

    assert readings(items) == []
    assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]


def test_newer_rings_are_read_only_as_far_as_their_requests():
    request = bytes((0xA5, 0x04, 0xFB, 0, 7, 0, 0))
    request += bytes((crc_bit_by_bit(request, 0x07, reflected=False),))

    assert notices(decode(RING, "oxyii", request), "command") == [
        {"command": "oxyii_get_live", "seq": 7}
    ]
    assert readings(decode(RING, "oxyii", ring_values(97, 72))) == []


def test_is_known_by_its_name():
    found = match_advertisement("O2Ring 1234")

    assert found is not None
    assert found.protocol == RING
    assert any_device(RING).write.startswith("8B00ACE7-")


class TestSpeaker:
    """What the ring is asked, and when."""

    def test_asks_at_once_and_then_a_second_after_the_last_time(self):
        speaker = RingSpeaker()
        assert speaker.deadline() is None

        assert speaker.opened(10.0) == [GET_PARAMS]
        assert speaker.feed(ring_values(97, 72), 10.2) == []
        assert speaker.deadline() == 11.0
        assert speaker.due(10.9) == []
        assert speaker.due(11.0) == [GET_PARAMS]

    def test_request_is_the_one_of_five_programs(self):
        assert GET_PARAMS.hex() == "aa17e8000000001b"

    def test_answer_in_two_notifications_is_waited_for(self):
        """The check can come alone; a request in between would mix the answers up."""
        speaker, reply = RingSpeaker(), ring_values(97, 72)
        speaker.opened(0.0)

        speaker.feed(reply[:20], 1.5)
        assert speaker.due(1.6) == []
        speaker.feed(reply[20:], 1.7)
        assert speaker.due(1.7) == [GET_PARAMS]

    def test_ring_that_does_not_answer_is_asked_again_after_two_seconds(self):
        speaker = RingSpeaker()
        speaker.opened(0.0)

        assert speaker.due(1.9) == []
        assert speaker.due(2.0) == [GET_PARAMS]
        assert speaker.deadline() == 4.0

    def test_damaged_answer_is_no_answer(self):
        speaker, reply = RingSpeaker(), bytearray(ring_values(97, 72))
        speaker.opened(0.0)
        reply[10] ^= 1

        speaker.feed(bytes(reply), 0.2)
        assert speaker.deadline() == 2.0

    def test_allows_nothing_that_writes_settings_or_files(self):
        speaker = RingSpeaker()

        for code in range(256):
            frame = bytes((0xAA, code, code ^ 0xFF, 0, 0, 0, 0))
            frame += bytes((crc_bit_by_bit(frame, 0x07, reflected=False),))
            assert speaker.allows(frame) == (code == 0x17)
        assert not speaker.allows(b"")
        assert not speaker.allows(GET_PARAMS * 2)

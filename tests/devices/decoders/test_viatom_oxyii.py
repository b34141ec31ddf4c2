"""O2Ring-S: the newer rings, asked once a second. Experimental."""

import pytest

from devices.catalogue import match_advertisement
from devices.decoders import protocol
from devices.decoders.viatom_oxyii import GET_LIVE, GREETING, SETUP, OxyIISpeaker
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    crc_bit_by_bit,
    decode,
    notices,
    readings,
    samples,
    values,
    verdicts,
)

RING = "viatom-o2ring"


def frame(operation: int, data: bytes, *, direction: int = 1, number: int = 7) -> bytes:
    """A frame by the written rule."""
    head = bytes((0xA5, operation, operation ^ 0xFF, direction, number))
    whole = head + len(data).to_bytes(2, "little") + data
    return whole + bytes((crc_bit_by_bit(whole, 0x07, reflected=False),))


def live(spo2: int = 97, pulse: int = 64, wave: bytes = b"\x50\x9c\x52") -> bytes:
    """A reply to 04."""
    data = bytearray(24)
    data[6], data[7], data[8], data[13] = spo2, 3, pulse, 80
    return frame(0x04, bytes(data) + len(wave).to_bytes(2, "little") + wave)


def test_live_values_battery_and_wave_without_its_glitches():
    items = decode(RING, "oxyii", live())

    assert values(items) == {"spo2": 97, "pulse_rate": 64}
    assert samples(items) == [0x50, None, 0x52]
    assert notices(items, "battery") == [{"percent": 80}]


@pytest.mark.parametrize(("spo2", "pulse"), [(255, 255), (0, 0)])
def test_without_a_finger_there_is_no_number_and_no_curve(spo2, pulse):
    items = decode(RING, "oxyii", live(spo2, pulse))

    assert set(verdicts(items).values()) == {"invalid: no_value"}
    assert samples(items) == [None] * 3


def test_a_reply_that_came_in_pieces_is_one():
    reply = live()

    items = decode(RING, "oxyii", reply[:20], reply[20:21], reply[21:])

    assert values(items)["spo2"] == 97


def test_an_error_is_told_with_its_code():
    items = decode(RING, "oxyii", frame(0x04, b"", direction=0xFB))

    assert notices(items, "reply") == [{"reply": "refused", "operation": 4, "code": 0xFB}]


def test_the_ring_is_greeted_and_then_asked_once_a_second():
    speaker = OxyIISpeaker()

    assert speaker.opened(10.0) == [GREETING, SETUP, GET_LIVE]
    speaker.feed(live(), 10.2)
    assert speaker.due(10.9) == []
    assert speaker.due(11.0) == [GET_LIVE]


@pytest.mark.parametrize("operation", [0xE3, 0xEE, 0xE2, 0x16, 0xC0, 0xF2])
def test_nothing_that_resets_erases_or_sets_is_allowed(operation):
    speaker = OxyIISpeaker()

    assert speaker.allows(GET_LIVE)
    assert not speaker.allows(frame(operation, b"", direction=0, number=0))


def test_its_name_decides_how_it_is_spoken_to():
    found = match_advertisement("S8-AW 0012", experimental=True)

    assert found is not None
    assert found.write.startswith("E8FB0002-")
    channel = found.characteristics[0].channel
    assert isinstance(protocol(found.protocol).make_speaker(channel), OxyIISpeaker)
    assert Vital.SPO2 in found.measures
    assert match_advertisement("S8-AW 0012") is None


def test_a_broken_frame_is_refused():
    broken = bytearray(live())
    broken[20] ^= 1

    items = decode(RING, "oxyii", bytes(broken))

    assert readings(items) == []
    assert notices(items, "refused")[0]["reason"] == "checksum"

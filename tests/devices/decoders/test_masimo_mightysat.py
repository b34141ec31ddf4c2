"""MightySat: switched on once, by the right status and nothing else. Experimental."""

from devices.decoders.masimo_mightysat import ACTIVATE, QUERY, MightySatSpeaker
from tests.devices.decoders.helping import (
    crc_bit_by_bit,
    decode,
    notices,
    readings,
    values,
    vectors,
    verdicts,
)

SAT = "masimo-mightysat"
PACKETS = {vector["id"]: bytes.fromhex(vector["hex"]) for vector in vectors(SAT)}
STATUS, LIVE = PACKETS["msat-p01"], PACKETS["msat-p03"]


def live(**changed: int) -> bytes:
    """The live frame with single bytes changed, its check made right again."""
    frame = bytearray(LIVE)
    for place, byte in changed.items():
        frame[int(place[1:])] = byte
    frame[-1] = crc_bit_by_bit(bytes(frame[2:-1]), 0x07, reflected=False)
    return bytes(frame)


def test_live_values():
    items = decode(SAT, "", live())

    assert values(items) == {"spo2": 98, "pulse_rate": 72, "perfusion_index": 5.5}
    assert notices(items, "status") == [{"hidden": False, "pvi": 20, "respiration": 16}]


def test_every_byte_of_the_status_hides_every_number():
    for place in ("b3", "b4", "b5", "b6", "b7", "b9"):
        items = decode(SAT, "", live(**{place: 1}))
        assert set(verdicts(items).values()) == {"invalid: sensor_off"}, place


def test_a_pulse_with_an_unknown_flag_is_none():
    assert verdicts(decode(SAT, "", live(b11=0x01)))["pulse_rate"] == "invalid: no_value"
    assert values(decode(SAT, "", live(b11=0x00)))["pulse_rate"] == 72
    assert verdicts(decode(SAT, "", live(b10=0xFF)))["pulse_rate"] == "invalid: no_value"


def test_an_index_above_twenty_is_none():
    items = decode(SAT, "", live(b14=0xFF, b15=0xFF))

    assert verdicts(items)["perfusion_index"] == "invalid: no_value"


def test_other_frames_never_refresh_a_reading():
    for name in ("msat-p01", "msat-p02"):
        assert readings(decode(SAT, "", PACKETS[name])) == []


def test_the_stream_is_switched_on_once_and_only_by_a_right_status():
    speaker = MightySatSpeaker()
    assert speaker.opened(0.0) == [QUERY]
    broken = STATUS[:-1] + bytes((STATUS[-1] ^ 1,))
    acknowledged = bytes((0x77, 2, 0xFE, crc_bit_by_bit(b"\xfe", 0x07, reflected=False)))

    assert speaker.feed(broken, 0.1) == []
    assert speaker.feed(acknowledged, 0.2) == []
    assert speaker.feed(STATUS[:20], 0.3) == []
    assert speaker.feed(STATUS[20:], 0.3) == [ACTIVATE]
    assert speaker.feed(STATUS, 0.4) == []
    assert (speaker.due(99.0), speaker.deadline()) == ([], None)


def test_another_unit_is_not_switched_on():
    other = bytearray(STATUS)
    other[3] = 0x64
    other[-1] = crc_bit_by_bit(bytes(other[2:-1]), 0x07, reflected=False)

    assert MightySatSpeaker().feed(bytes(other), 0.0) == []


def test_nothing_else_is_allowed():
    speaker = MightySatSpeaker()

    assert speaker.allows(QUERY)
    assert speaker.allows(ACTIVATE)
    assert not speaker.allows(QUERY + ACTIVATE)
    assert not speaker.allows(b"\x77\x02\x06" + QUERY[3:])

"""Yonker, Microlife, TaiDoc: read only, one of them from its memory. Experimental."""

import pytest

from devices.decoders import protocol
from kapmonitor.reading import Origin
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts

SMALL = "small-ble-vendors"


def microlife(payload: bytes) -> bytes:
    """An answer of a Microlife."""
    frame = b"\x4d\x3a" + (len(payload) + 1).to_bytes(2, "big") + payload
    return frame + bytes((sum(frame) & 0xFF,))


def taidoc(command: int, *data: int, host: bool = False) -> bytes:
    """A frame of a TaiDoc, eight bytes."""
    frame = bytes((0x51, command, *data, 0xA3 if host else 0xA5))
    return frame + bytes((sum(frame) & 0xFF,))


def test_yonker_tells_a_result_with_its_own_time():
    packet = bytes((0x81, 124, 80, 72, 0, 0, 21, 11, 26, 10, 30, 0, 0, 0, 0))

    items = decode(SMALL, "cdeacd81", packet)

    assert values(items) == {"systolic": 124, "diastolic": 80, "pulse_rate": 72}
    assert readings(items)[0].device_time == "2026-11-21T10:30:00"


@pytest.mark.parametrize("packet", ["81 7c 50 48", "80 7c 50 48" + "00" * 11])
def test_a_packet_of_another_form_is_refused(packet):
    assert readings(decode(SMALL, "cdeacd81", packet)) == []


def test_yonker_zeros_are_a_failure():
    items = decode(SMALL, "cdeacd81", b"\x81" + bytes(14))

    assert set(verdicts(items).values()) == {"invalid: measurement_failed"}


def test_microlife_memory_is_history():
    records = bytes((124, 80, 72, 26, 11, 21, 10, 30, 0, 0, 131, 85, 75, 26, 11, 21, 11, 0, 0, 0))
    answer = microlife(bytes(38) + records)

    items = decode(SMALL, "fff1", answer[:20], answer[20:40], answer[40:])

    assert [r.value for r in readings(items, Vital.SYSTOLIC)] == [124, 131]
    assert {r.origin for r in readings(items)} == {Origin.STORED}
    assert readings(items)[-1].device_time == "2026-11-21T11:00:00"


def test_what_names_the_patient_is_never_told():
    items = decode(SMALL, "fff1", microlife(b"\x05\x01JANE DOE            "))

    assert notices(items, "reply") == [{"reply": "other"}]
    assert "4a414e45" not in repr(items)


def test_taidoc_tells_a_result():
    items = decode(SMALL, "1524", taidoc(0x43, 0x04, 0x01, 100, 88))

    assert values(items) == {"systolic": 260, "diastolic": 100, "pulse_rate": 88}


def test_a_command_in_a_recording_is_no_result():
    items = decode(SMALL, "1524", taidoc(0x43, 0, 0, 1, 1, host=True))

    assert readings(items) == []
    assert notices(items, "command") == [{"command": "taidoc_start_bp"}]


def test_nothing_is_ever_said_to_any_of_them():
    for channel in protocol(SMALL).channels:
        assert protocol(SMALL).make_speaker(channel, may_start=True) is None

"""Jumper, FS20F and Yuwell, JKS50F: numbers only. Experimental."""

import pytest

from devices.catalogue import match_advertisement
from tests.devices.decoders.helping import decode, notices, readings, samples, values, verdicts

SMALL = "small-ble-vendors"


def fs20f(spo2: int, pulse: int, index: int, *, first_counts: bool = False) -> bytes:
    """The numbers of an FS20F; a Yuwell counts its first byte into the sum."""
    frame = bytes((0xFE, 0x0A, 0x55, 0, pulse, spo2, index >> 8, index & 0xFF, 9))
    return frame + bytes((sum(frame[0 if first_counts else 1 :]) & 0xFF,))


def jks50f(spo2: int, pulse: int, index: int, *, off: int = 0) -> bytes:
    """A frame of a JKS50F; ``index`` is the perfusion index times 100."""
    head = bytes((0xFF, 0x44, 0x01, off, spo2, pulse, index & 0x7F, index >> 7 & 0x3F))
    frame = head + bytes(range(60))
    return frame + bytes(((sum(frame) + 1) & 0xFF,))


class TestJumper:
    """JPD-500F: four bytes without a check."""

    def test_rows_of_dashes_and_the_curve_give_nothing(self):
        assert decode(SMALL, "cdeacb81", "2d2d2d2d2d2d", "80 01 02 03 04 05 06 07") == []

    @pytest.mark.parametrize("packet", ["8138", "8138634400", "80386344"])
    def test_a_packet_of_another_form_is_refused(self, packet):
        items = decode(SMALL, "cdeacb81", packet)

        assert readings(items) == []
        assert notices(items, "refused")[0]["reason"] == "length"

    def test_the_raw_index_is_told_when_it_changes(self):
        items = decode(SMALL, "cdeacb81", "81386344", "81386344", "81386345")

        assert [n["pi_raw"] for n in notices(items, "status")] == [68, 69]

    def test_is_known_by_its_service(self):
        service = "CDEACB80-5235-4C07-8846-93A37EE6B86D"
        found = match_advertisement("", [service], experimental=True)

        assert found is not None
        assert found.id == "jumper-jpd500f"
        assert match_advertisement("", [service]) is None


class TestFs20f:
    """FS20F, and Yuwell with its own sum."""

    @pytest.mark.parametrize("yuwell", [False, True])
    def test_both_sums_are_right(self, yuwell):
        items = decode(SMALL, "ffe4", fs20f(97, 72, 1908, first_counts=yuwell))

        assert values(items) == {"spo2": 97, "pulse_rate": 72, "perfusion_index": 1.908}

    def test_codes_for_none_are_no_numbers(self):
        items = decode(SMALL, "ffe4", fs20f(127, 255, 0))

        assert set(verdicts(items).values()) == {"invalid: no_value"}

    def test_a_frame_in_two_notifications_is_one_and_the_curve_is_not_read(self):
        frame = fs20f(97, 72, 500)
        pleth = bytes((0xFE, 0x08, 0x56, 1, 2, 3, 4))
        pleth += bytes((sum(pleth[1:]) & 0xFF,))

        items = decode(SMALL, "ffe4", pleth + frame[:4], frame[4:])

        assert values(items)["spo2"] == 97
        assert samples(items) == []
        assert notices(items, "refused") == []


class TestJks50f:
    """JKS50F: 69 bytes over several notifications."""

    def test_numbers_of_a_frame_in_pieces(self):
        frame = jks50f(97, 72, 425)

        items = decode(SMALL, "ffe1", frame[:20], frame[20:40], frame[40:60], frame[60:])

        assert values(items) == {"spo2": 97, "pulse_rate": 72, "perfusion_index": 4.25}

    def test_without_a_finger_there_is_no_number(self):
        items = decode(SMALL, "ffe1", jks50f(97, 72, 425, off=1))

        assert set(verdicts(items).values()) == {"invalid: sensor_off"}

    @pytest.mark.parametrize("index", [8191, 2001])
    def test_an_index_that_cannot_be_is_none(self, index):
        items = decode(SMALL, "ffe1", jks50f(97, 72, index))

        assert verdicts(items)["perfusion_index"] == "invalid: no_value"
        assert values(items)["spo2"] == 97

    def test_a_broken_frame_is_refused(self):
        broken = bytearray(jks50f(97, 72, 425))
        broken[4] = 98

        items = decode(SMALL, "ffe1", bytes(broken))

        assert readings(items) == []
        assert {n["reason"] for n in notices(items, "refused")} <= {"checksum", "noise"}

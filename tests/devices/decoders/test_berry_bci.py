"""BerryMed oximeters: packets of 5 bytes, and of 20 in newer units."""

import pytest

from devices.catalogue import match_advertisement
from devices.decoders import PROTOCOLS
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    bci,
    berry_v15,
    decode,
    notices,
    readings,
    samples,
    v5_frame,
    values,
    vectors,
    verdicts,
)

BERRY = "berry-bci"


def test_notification_of_four_packets_draws_the_wave_and_gives_the_numbers():
    items = decode(BERRY, "notification", vectors(BERRY)[3]["hex"])

    assert samples(items) == [49, 50, 52, 55]
    assert values(items) == {"spo2": 95, "pulse_rate": 88}


def test_pulse_above_127_has_its_top_bit_in_the_third_byte():
    items = decode(BERRY, "packet", bci(pulse=2), bci(pulse=130), bci(pulse=2))

    assert [r.value for r in readings(items, Vital.PULSE_RATE)] == [2, 130, 2]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (bci(flags=0x20), "sensor_off"),
        (bci(flags=0x10), "searching"),
        (bci(bar=0x10), "sensor_off"),
        (bci(bar=0x20), "searching"),
        (bci(127, 255), "no_value"),
        (bci(0, 0), "no_value"),
    ],
)
def test_without_a_finger_there_is_no_number_whatever_is_sent(packet, reason):
    items = decode(BERRY, "packet", packet)

    assert set(verdicts(items).values()) == {f"invalid: {reason}"}
    assert (samples(items) == [None]) == (reason != "no_value")


def test_bits_mean_other_things_than_those_of_an_older_contec():
    """Bit 4 of a Contec's first byte is "finger out"; of a Berry's it is "no signal"."""
    frame = v5_frame(flags=0x00)
    frame = bytes((frame[0] | 0x10, *frame[1:]))

    assert set(verdicts(decode("contec-cms50-serial", "v5", frame)).values()) == {
        "invalid: sensor_off"
    }
    assert set(verdicts(decode(BERRY, "packet", frame)).values()) == {"invalid: searching"}


def test_wave_of_zero_or_above_a_hundred_is_no_sample():
    assert samples(decode(BERRY, "packet", *(bci(pleth=p) for p in (0, 1, 100, 101)))) == [
        None,
        1,
        100,
        None,
    ]


def test_status_is_told_when_it_changes_and_not_with_every_beat():
    items = decode(BERRY, "packet", bci(), bci(flags=0x40), bci(), bci(bar=0x10), bci())

    assert [n["no_finger"] for n in notices(items, "status")] == [False, True, False]


@pytest.mark.parametrize("lost", range(5))
def test_lost_byte_loses_at_most_its_packet_and_the_one_before(lost):
    good = [bci(pleth=p) for p in (10, 20, 30, 40)]

    items = decode(
        BERRY, "packet", good[0] + good[1][:lost] + good[1][lost + 1 :] + good[2] + good[3]
    )

    assert samples(items) == [10, 30, 40]


class TestNewerUnits:
    """The 20-byte packets, which have a sum."""

    def test_averages_are_taken_and_not_the_instant_values(self):
        items = decode(BERRY, "v15", berry_v15(97, 72, index=45, instant=(90, 60, 10)))

        found = values(items)
        assert (found["spo2"], found["pulse_rate"], found["perfusion_index"]) == (97, 72, 4.5)

    @pytest.mark.parametrize(
        ("status", "reason"),
        [(1, "sensor_off"), (2, "sensor_off"), (4, "no_pulse"), (6, "sensor_off")],
    )
    def test_status_hides_all_values_even_if_numbers_are_sent(self, status, reason):
        items = decode(BERRY, "v15", berry_v15(97, 72, status=status | 0x08, interval=166))

        assert set(verdicts(items).values()) == {f"invalid: {reason}"}
        assert samples(items) == [None]
        assert readings(items, Vital.RR_INTERVAL) == []

    def test_time_between_beats_is_told_once_a_beat(self):
        items = decode(
            BERRY, "v15", *(berry_v15(97, 72, status=s, interval=166) for s in (0, 8, 0, 0))
        )

        assert [r.value for r in readings(items, Vital.RR_INTERVAL)] == [pytest.approx(0.83)]

    def test_codes_for_no_value_are_no_numbers(self):
        items = decode(BERRY, "v15", berry_v15(127, 255, index=0, pleth=0))

        assert set(verdicts(items).values()) == {"invalid: no_value"}
        assert samples(items) == [None]

    def test_wrong_sum_drops_the_packet_and_the_next_is_found(self):
        bad = bytearray(berry_v15(88, 72))
        bad[4] ^= 1

        items = decode(BERRY, "v15", berry_v15(95, 72) + bytes(bad) + berry_v15(97, 72))

        assert [r.value for r in readings(items, Vital.SPO2)] == [95, 97]
        assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]

    def test_version_is_known_by_its_text_and_not_by_its_number_alone(self):
        """53 and 48 are ordinary packet numbers too."""
        version = b"\xff\xaa\x53" + b"V1.5.0".ljust(16, b"\0")
        version += bytes((sum(version) & 0xFF,))

        items = decode(BERRY, "v15", version, berry_v15(97, 72, number=0x53))

        assert notices(items, "reply") == [{"reply": "software", "text": "V1.5.0"}]
        assert [r.value for r in readings(items, Vital.SPO2)] == [97]

    def test_wave_follows_the_rate_that_the_unit_says(self):
        runs = [
            i for i in decode(BERRY, "v15", berry_v15(97, 72, rate=50)) if hasattr(i, "interval")
        ]

        assert runs[0].interval == pytest.approx(0.02)
        assert samples(decode(BERRY, "v15", berry_v15(97, 72, rate=0))) == []


class TestWhichOfTheTwo:
    """A connection says nothing: the first twenty bytes do."""

    def test_newer_unit_is_recognised(self):
        items = decode(BERRY, "notification", berry_v15(97, 72), berry_v15(96, 72))

        assert [r.value for r in readings(items, Vital.SPO2)] == [97, 96]

    @pytest.mark.parametrize("cut", range(20))
    def test_newer_unit_is_never_taken_for_an_older_one_wherever_we_come_in(self, cut):
        stream = berry_v15(97, 72, index=45, pleth=61) * 3

        items = decode(BERRY, "notification", stream[cut:])

        assert {r.value for r in readings(items, Vital.SPO2)} == {97}
        assert "perfusion_index" in values(items)

    @pytest.mark.parametrize("cut", range(5))
    def test_older_unit_is_recognised_wherever_we_come_in(self, cut):
        stream = b"".join(bci(97, 72, pleth=p) for p in range(1, 9))

        items = decode(BERRY, "notification", stream[cut:])

        assert samples(items) == list(range(2 if cut else 1, 9))

    def test_nothing_is_guessed_from_less_than_twenty_bytes(self):
        decoder = PROTOCOLS[BERRY].make()

        assert decoder.feed(bci() * 3, 0.0) == []
        assert [getattr(i, "kind", "") for i in decoder.finish(0.0)] == ["refused"]


def test_is_known_by_its_name_and_not_by_its_widespread_service():
    found = match_advertisement("BerryMed")

    assert found is not None
    assert found.protocol == BERRY
    assert match_advertisement("x", ["49535343-FE7D-4AE5-8FA9-9FAFD205E455"]) is None


@pytest.mark.parametrize("channel", ["notification", "v15"])
def test_a_unit_without_a_sum_is_read_only_where_the_catalogue_says_so(channel):
    """One decoder of the public ones had to leave the sum alone, for its unit sent other values."""
    packet = bytearray(berry_v15(97, 72))
    packet[19] ^= 0x55

    refused = decode(BERRY, channel, bytes(packet) * 2)
    believed = decode(BERRY, channel, bytes(packet) * 2, quirk="berry_no_sum")

    assert readings(refused) == []
    assert values(believed)["spo2"] == 97
    assert notices(believed, "refused") == []

"""Nonin oximeters: the streams, the slower formats, and the commands."""

import pytest

from devices.decoders import PROTOCOLS
from devices.decoders.nonin_spot import SET_FORMAT_2, FormatSpeaker
from kapmonitor.reading import Origin
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    df2_frame,
    nonin_frames,
    nonin_packet,
    notices,
    readings,
    samples,
    values,
    verdicts,
)

NONIN = "nonin-serial"
STREAMS = pytest.mark.parametrize("df7", [False, True], ids=["df2", "df7"])


def channel(df7: bool) -> str:
    """The channel of the stream."""
    return "df7" if df7 else "df2"


@STREAMS
def test_packet_of_25_frames_gives_one_pair_of_numbers_and_25_samples(df7):
    items = decode(NONIN, channel(df7), nonin_packet(98, 203, df7=df7))

    assert values(items) == {"spo2": 98, "pulse_rate": 203}
    assert samples(items) == list(range(101, 126))
    assert len(readings(items)) == 2


@STREAMS
def test_missing_codes_are_no_numbers(df7):
    items = decode(NONIN, channel(df7), nonin_packet(127, 511, df7=df7))

    assert verdicts(items) == {"spo2": "invalid: no_value", "pulse_rate": "invalid: no_value"}


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (0x08, "invalid: sensor_off"),
        (0x40, "invalid: sensor_off"),
        (0x10, "questionable: poor_signal"),
        (0x20, "questionable: artifact"),
        (0x04, "questionable: low_perfusion"),
        (0x06, "good"),
        (0x02, "good"),
        (0x38, "invalid: sensor_off"),
    ],
)
def test_status_bits_decide_how_far_the_numbers_are_trusted(status, verdict):
    """Red perfusion is a doubt; both colours together are yellow, and green is good."""
    items = decode(NONIN, "df2", nonin_packet(status=status))

    assert verdicts(items) == {"spo2": verdict, "pulse_rate": verdict}


def test_number_held_after_the_finger_left_is_not_shown():
    """The unit repeats 97 % for ten seconds; one frame with the sensor alarm is enough."""
    frames = nonin_frames()
    frames[20] = df2_frame(0x08, 121, 0)

    items = decode(NONIN, "df2", b"".join(frames))

    assert set(values(items).values()) == {None}
    assert samples(items)[20] is None


@STREAMS
@pytest.mark.parametrize("place", range(25))
def test_bad_checksum_spoils_its_packet_and_no_other(df7, place):
    frames = nonin_frames(90, df7=df7)
    frames[place] = frames[place][:4] + bytes((frames[place][4] ^ 0x10,))
    before, after = nonin_packet(98, df7=df7), nonin_packet(96, df7=df7)

    items = decode(NONIN, channel(df7), before + b"".join(frames) + after)

    assert [r.value for r in readings(items, Vital.SPO2)] == [98, 96]
    assert len(samples(items)) == 74
    assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]


def test_frames_of_two_packets_never_make_up_one():
    """A frame of one packet and the SYNC of the next are damaged: 24 and 24 frames are left."""
    frames = [*nonin_frames(90), *nonin_frames(80)]
    for place in (5, 25):
        frames[place] = frames[place][:4] + bytes((frames[place][4] ^ 0x01,))

    items = decode(NONIN, "df2", b"".join(frames))

    assert readings(items) == []
    assert len(samples(items)) == 48


def test_frame_without_its_status_bit_is_none_even_when_its_sum_is_right():
    items = decode(NONIN, "df2", "0100480049")

    assert samples(items) == []


@pytest.mark.parametrize("lost", range(125))
def test_lost_byte_spoils_its_packet_and_no_other(lost):
    broken = bytearray(nonin_packet(90))
    del broken[lost]

    items = decode(NONIN, "df2", nonin_packet(98) + bytes(broken) + nonin_packet(96))

    assert [r.value for r in readings(items, Vital.SPO2)] == [98, 96]
    assert len(samples(items)) == 74


def test_numbers_wait_for_a_packet_with_its_beginning():
    """Joined in the middle: the samples are shown at once, the numbers with the next SYNC."""
    whole = nonin_packet()

    items = decode(NONIN, "df2", whole[42:] + whole)

    assert len(readings(items, Vital.SPO2)) == 1
    assert len(samples(items)) == 16 + 25


def test_frame_format_7_is_believed_only_when_another_follows():
    """One beginning in 512 is right by chance: bits of a pleth must not become a status."""
    frame = nonin_frames(df7=True)[0]

    assert samples(decode(NONIN, "df7", frame)) == []
    assert samples(decode(NONIN, "df7", frame, frame)) == [101, 101]


def test_low_battery_is_told_once():
    low = nonin_packet(battery=0x01)

    items = decode(NONIN, "df2", nonin_packet(), low, low, nonin_packet(battery=0x01, status=0x20))

    assert notices(items, "battery_low") == [{}]


def test_packet_may_come_in_any_two_chunks():
    whole = nonin_packet()

    for cut in range(len(whole)):
        decoder = PROTOCOLS[NONIN].make("df2-packet")
        items = decoder.feed(whole[:cut], 1.0) + decoder.feed(whole[cut:], 1.0)
        assert values(items) == {"spo2": 97, "pulse_rate": 72}


class TestFormat8:
    """Four bytes a second."""

    def test_perfusion_and_track_are_doubts(self):
        assert verdicts(decode(NONIN, "df8", "a0486100"))["spo2"] == "questionable: poor_signal"
        assert verdicts(decode(NONIN, "df8", "84486100"))["spo2"] == "questionable: artifact"
        assert verdicts(decode(NONIN, "df8", "90486100"))["spo2"] == "questionable: low_perfusion"
        assert verdicts(decode(NONIN, "df8", "88486100"))["spo2"] == "good"

    def test_alarmed_sensor_has_no_number(self):
        assert verdicts(decode(NONIN, "df8", "80486108"))["spo2"] == "invalid: sensor_off"

    def test_frame_that_comes_too_soon_is_refused(self):
        decoder = PROTOCOLS[NONIN].make("df8")
        items = []
        for at, frame in ((0.0, "80486100"), (0.3, "80000100"), (1.0, "80496200")):
            items += decoder.feed(bytes.fromhex(frame), at)

        assert [r.value for r in readings(items, Vital.SPO2)] == [97, 98]
        assert [n["reason"] for n in notices(items, "refused")] == ["too_soon"]

    def test_frames_read_in_one_go_are_all_taken(self):
        items = decode(NONIN, "df8", "80486100 80486200 80486300")

        assert [r.value for r in readings(items, Vital.SPO2)] == [97, 98, 99]

    def test_garbage_before_a_frame_is_skipped(self):
        items = decode(NONIN, "df8", "0102 ff 80486100")

        assert values(items) == {"spo2": 97, "pulse_rate": 72}


class TestFormat13:
    """A spot check."""

    GOOD = "0002000d000e20261121091011000200004e00605203"

    def test_measurement_from_memory_is_history(self):
        data = bytearray.fromhex(self.GOOD)
        data[15], data[20] = 0x10, data[20] + 0x10

        items = decode(NONIN, "df13", bytes(data))

        assert {(r.origin, r.device_time) for r in readings(items)} == {
            (Origin.STORED, "2026-11-21T09:10:11")
        }

    @pytest.mark.parametrize(("high", "low", "pulse"), [(1, 4, 260), (1, 255, None)])
    def test_pulse_has_two_bytes_and_511_is_missing(self, high, low, pulse):
        data = bytearray.fromhex(self.GOOD)
        data[16:18] = bytes((high, low))
        data[20] = sum(data[6:20]) & 0xFF

        assert values(decode(NONIN, "df13", bytes(data)))["pulse_rate"] == pulse

    def test_wrong_sum_gives_nothing_and_the_next_is_read(self):
        wrong = self.GOOD[:-4] + "5303"

        items = decode(NONIN, "df13", wrong + self.GOOD)

        assert values(items) == {"spo2": 96, "pulse_rate": 78}
        assert len(readings(items)) == 2
        assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]

    def test_date_that_is_none_is_left_out(self):
        data = bytearray.fromhex(self.GOOD)
        data[8], data[20] = 0x1A, data[20] + 0x1A - 0x11

        items = decode(NONIN, "df13", bytes(data))

        assert [(r.value, r.device_time) for r in readings(items)] == [(96, ""), (78, "")]


class TestPrinter:
    """Lines of text."""

    def test_dashes_are_no_value(self):
        items = decode(NONIN, "ascii", b"00:03:28 SPO2=--- HR=---\r\n")

        assert set(verdicts(items).values()) == {"invalid: no_value"}

    def test_codes_that_no_finger_has_are_no_values(self):
        items = decode(NONIN, "ascii", b"00:03:28 SPO2=127 HR=511\r\n")

        assert set(values(items).values()) == {None}

    def test_broken_line_is_refused_and_the_next_is_read(self):
        lines = b"00:03:28 SPO2=09\r\n00:03:29 SPO2=097 HR=072\r\nhello\n"

        items = decode(NONIN, "ascii", lines)

        assert values(items) == {"spo2": 97, "pulse_rate": 72}
        assert len(notices(items, "refused")) == 2

    def test_last_line_needs_no_end(self):
        assert values(decode(NONIN, "ascii", b"00:03:29 SPO2=097 HR=072"))["spo2"] == 97


def test_answers_of_a_unit_are_told():
    items = decode(NONIN, "command", "06 15 02f2061a0b1509050703 99")

    assert notices(items, "reply") == [{"reply": "ok"}, {"reply": "refused"}]
    assert notices(items, "command") == [
        {"command": "time_reply", "timestamp": "2026-11-21T09:05:07"}
    ]
    assert notices(items, "refused") == [{"reason": "noise", "hex": "99"}]


class TestFormat1:
    """Three bytes a second: the numbers of format 8 without the unit's own state."""

    def test_numbers_a_second_apart(self):
        items = decode(NONIN, "df1", "81 48 61", "80 3c 60")

        assert [r.value for r in readings(items, Vital.SPO2)] == [97, 96]
        assert [r.value for r in readings(items, Vital.PULSE_RATE)] == [200, 60]

    @pytest.mark.parametrize(
        ("packet", "verdict"),
        [
            ("c0 48 61", "invalid: sensor_off"),
            ("a0 48 61", "questionable: poor_signal"),
            ("84 48 61", "questionable: artifact"),
            ("90 48 61", "questionable: low_perfusion"),
            ("83 7f 7f", "invalid: no_value"),
        ],
    )
    def test_status_bits_and_codes_for_missing(self, packet, verdict):
        items = decode(NONIN, "df1", packet)

        assert verdicts(items) == {"spo2": verdict, "pulse_rate": verdict}

    def test_a_frame_that_comes_too_soon_is_damage(self):
        decoder = PROTOCOLS[NONIN].make("df1")

        decoder.feed(bytes.fromhex("80 48 61"), 1.0)
        items = decoder.feed(bytes.fromhex("80 49 61"), 1.3)

        assert notices(items, "refused")[0]["reason"] == "too_soon"


class TestFormatSpeaker:
    """A unit on Bluetooth SPP streams only when it is told to, within five seconds."""

    def test_a_silent_unit_is_asked_three_times_within_five_seconds(self):
        speaker = FormatSpeaker()
        assert speaker.opened(10.0) == []

        assert speaker.due(10.9) == []
        assert speaker.deadline() == 11.0
        assert speaker.due(11.0) == [SET_FORMAT_2]
        assert speaker.due(12.6) == [SET_FORMAT_2]
        assert speaker.due(14.0) == [SET_FORMAT_2]
        assert (speaker.due(60.0), speaker.deadline()) == ([], None)

    @pytest.mark.parametrize("heard", [nonin_packet(), b"\x06"])
    def test_one_that_streams_or_has_understood_is_not_asked(self, heard):
        speaker = FormatSpeaker()
        speaker.opened(10.0)

        speaker.feed(heard, 10.5)

        assert (speaker.due(11.0), speaker.deadline()) == ([], None)

    def test_one_that_refused_is_asked_again(self):
        speaker = FormatSpeaker()
        speaker.opened(10.0)
        speaker.due(11.0)

        speaker.feed(b"\x15", 11.1)

        assert speaker.due(12.5) == [SET_FORMAT_2]

    def test_the_command_is_that_of_the_makers_document_and_the_only_one(self):
        assert SET_FORMAT_2.hex() == "027002020203"
        speaker = FormatSpeaker()
        assert speaker.allows(SET_FORMAT_2)
        assert not speaker.allows(bytes.fromhex("027206320c1f0e1e0f03"))

    def test_only_the_stream_has_one(self):
        spec = PROTOCOLS[NONIN]

        assert isinstance(spec.make_speaker("df2"), FormatSpeaker)
        assert [spec.make_speaker(c) for c in ("df1", "df7", "df8", "df13", "ascii")] == [None] * 5

"""Contec oximeters on a serial line."""

import pytest

from devices.decoders.contec_serial import KEEP_ALIVE, START, STOP, V7Speaker
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    notices,
    readings,
    samples,
    v5_frame,
    v7_frame,
    values,
    verdicts,
)

CONTEC = "contec-cms50-serial"


def test_real_bytes_of_six_frames_draw_the_falling_pulse_wave():
    stream = "01e085b396c1e1ffff 01e085b096c1e1ffff 01e085ae95c1e1ffff 01e085ac95c1e1ffff"

    items = decode(CONTEC, "v7", stream)

    assert samples(items) == [51, 48, 46, 44]
    assert [(r.value, r.packet) for r in readings(items, Vital.SPO2)] == [
        (97, 1),
        (97, 2),
        (97, 3),
        (97, 4),
    ]


def test_pulse_above_127_has_its_top_bit_in_the_second_byte():
    """Public programs that mask it away show 131 as 3."""
    assert values(decode(CONTEC, "v7", v7_frame(pulse=131)))["pulse_rate"] == 131
    assert values(decode(CONTEC, "v5", v5_frame(pulse=131)))["pulse_rate"] == 131


def test_pulse_that_only_gains_its_top_bit_is_another_pulse():
    """2 and 130 differ in that bit alone, and the program looks closer only at what changed."""
    for channel, build in (("v5", v5_frame), ("v7", v7_frame)):
        items = decode(CONTEC, channel, build(pulse=2), build(pulse=130), build(pulse=2))
        assert [r.value for r in readings(items, Vital.PULSE_RATE)] == [2, 130, 2]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (v7_frame(flags=0x80), "sensor_off"),
        (v7_frame(flags=0x10), "searching"),
        (v7_frame(searching=True), "searching"),
        (v7_frame(spo2=0x7F, pulse=0xFF), "no_value"),
        (v7_frame(spo2=0xFF, pulse=0xFF), "no_value"),
        (v7_frame(spo2=0, pulse=0), "no_value"),
    ],
)
def test_without_a_finger_there_is_no_number_whatever_is_sent(frame, reason):
    items = decode(CONTEC, "v7", frame)

    verdict = verdicts(items)
    assert (verdict["spo2"], verdict["pulse_rate"]) == (f"invalid: {reason}",) * 2
    assert (samples(items) == [None]) == (reason != "no_value")


@pytest.mark.parametrize(("flags", "reason"), [(0x10, "sensor_off"), (0x20, "searching")])
def test_older_unit_without_a_finger(flags, reason):
    items = decode(CONTEC, "v5", v5_frame(flags=flags))

    assert set(verdicts(items).values()) == {f"invalid: {reason}"}
    assert samples(items) == [None]


def test_saturation_above_a_hundred_is_refused_as_a_value():
    assert verdicts(decode(CONTEC, "v7", v7_frame(spo2=101)))["spo2"] == "invalid: out_of_range"


def test_perfusion_index_of_units_that_have_one():
    assert values(decode(CONTEC, "v7", v7_frame(index=1234)))["perfusion_index"] == 12.34
    assert values(decode(CONTEC, "v7", v7_frame(index=300, bar=0x15)))["perfusion_index"] is None


def test_perfusion_index_is_gone_as_soon_as_its_flag_says_so():
    """The numbers are those of the packet before; only the flag is new."""
    items = decode(CONTEC, "v7", v7_frame(index=300), v7_frame(index=300, bar=0x15))

    assert [r.value for r in readings(items, Vital.PERFUSION_INDEX)] == [3.0, None]


def test_damaged_frame_loses_only_itself():
    good = [v7_frame(pleth=p) for p in (10, 20, 30, 40, 50)]
    damaged = good[2][:4] + b"\x05" + good[2][5:]

    items = decode(CONTEC, "v7", b"".join([*good[:2], damaged, *good[3:]]))

    assert samples(items) == [10, 20, 40, 50]
    assert notices(items, "refused")[0]["reason"] == "short"


@pytest.mark.parametrize("lost", range(9))
def test_lost_byte_loses_only_its_frame(lost):
    good = [v7_frame(pleth=p) for p in (10, 20, 30)]

    items = decode(CONTEC, "v7", good[0] + good[1][:lost] + good[1][lost + 1 :] + good[2])

    assert samples(items) == [10, 30]


@pytest.mark.parametrize("lost", range(5))
def test_lost_byte_of_an_older_unit_loses_at_most_its_frame_and_the_one_before(lost):
    """The five bytes have no length and no check: a torso cannot borrow, only vanish."""
    good = [v5_frame(pleth=p) for p in (10, 20, 30, 40)]

    items = decode(CONTEC, "v5", good[0] + good[1][:lost] + good[1][lost + 1 :] + good[2] + good[3])

    assert samples(items) == [10, 30, 40]


def test_stream_joined_in_the_middle():
    whole = v7_frame(pleth=10)

    items = decode(CONTEC, "v7", whole[4:] + v7_frame(pleth=20))

    assert samples(items) == [20]
    assert notices(items, "refused") == [{"reason": "noise", "hex": whole[4:].hex()}]


def test_status_is_told_once_and_again_when_it_changes():
    finger, none = v7_frame(), v7_frame(flags=0x80)

    items = decode(CONTEC, "v7", finger, finger, none, none, finger)

    assert [n["probe_error"] for n in notices(items, "status")] == [False, True, False]


def test_half_a_frame_at_the_end_is_refused():
    items = decode(CONTEC, "v7", v7_frame() + v7_frame()[:6])

    assert len(readings(items, Vital.SPO2)) == 1
    assert notices(items, "refused")[0]["reason"] == "short"


def test_answers_between_the_frames_do_not_disturb_them():
    items = decode(CONTEC, "v7", v7_frame(), "0b80a181", "0d80", v7_frame(pleth=60))

    assert samples(items) == [50, 60]
    assert notices(items, "reply") == [
        {"reply": "feedback", "to": 0x21, "reason": 1},
        {"reply": "disconnect"},
    ]


def test_commands_of_another_program_can_be_read():
    items = decode(CONTEC, "command", "00 7d81a1808080808080 7d81ae808080808080")

    assert [n["command"] for n in notices(items, "command")] == ["start_realtime", "delete_stored"]
    assert notices(items, "refused") == [{"reason": "noise", "hex": "00"}]


class TestSpeaker:
    """What is said to a 9-byte unit, and when."""

    def test_starts_the_stream_after_stopping_whatever_ran(self):
        speaker = V7Speaker()

        assert speaker.deadline() is None
        assert speaker.opened(10.0) == [STOP, START]
        assert START.hex() == "7d81a1808080808080"
        assert STOP.hex() == "7d81a2808080808080"

    def test_keeps_the_unit_alive_well_within_five_seconds(self):
        speaker = V7Speaker()
        speaker.opened(0.0)

        due = speaker.deadline()
        assert due is not None
        assert due < 5.0
        speaker.feed(v7_frame(), due - 0.1)
        assert speaker.due(due - 0.01) == []
        assert speaker.due(due) == [KEEP_ALIVE]
        assert KEEP_ALIVE.hex() == "7d81af808080808080"
        following = speaker.deadline()
        assert following is not None
        assert following - due < 5.0

    def test_starts_again_a_unit_that_fell_silent(self):
        speaker = V7Speaker()
        speaker.opened(0.0)
        speaker.feed(v7_frame(), 1.0)
        speaker.due(4.0)

        assert speaker.due(8.0) == [STOP, START]

    def test_allows_nothing_but_stop_start_and_keep_alive(self):
        speaker = V7Speaker()

        allowed = [
            code for code in range(256) if speaker.allows(bytes((0x7D, 0x81, code)) + b"\x80" * 6)
        ]
        assert allowed == [0xA1, 0xA2, 0xAF]
        assert not speaker.allows(START + START)
        assert not speaker.allows(START[:-1])
        assert not speaker.allows(b"")

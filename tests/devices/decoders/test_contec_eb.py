"""Contec's "EB" messages, over Bluetooth and over USB."""

from itertools import pairwise

import pytest

from devices.decoders.contec_eb import (
    HELLO,
    HELLO_AGAIN,
    KEEP_ALIVE,
    PLETH_ON,
    STREAM_OFF,
    VALUES_ON,
    EbSpeaker,
)
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    eb_pleth,
    eb_values,
    notices,
    readings,
    samples,
    values,
    verdicts,
)

EB = "contec-eb"


def test_real_messages_give_the_pulse_wave_and_the_numbers():
    items = decode(EB, "message", "eb010453637f0025 eb000348093f")

    assert values(items) == {"spo2": 99, "pulse_rate": 83}
    assert samples(items) == [72]


def test_pulse_above_127_has_its_top_bit_in_the_status():
    assert values(decode(EB, "message", eb_values(97, 131)))["pulse_rate"] == 131
    assert values(decode(EB, "message", eb_values(97, 128)))["pulse_rate"] == 128


@pytest.mark.parametrize(("spo2", "pulse"), [(0, 0), (127, 0)])
def test_codes_for_no_value_are_no_numbers(spo2, pulse):
    items = decode(EB, "message", eb_values(spo2, pulse))

    assert verdicts(items) == {"spo2": "invalid: no_value", "pulse_rate": "invalid: no_value"}


def test_with_the_finger_out_there_is_no_number_and_no_wave_whatever_is_sent():
    items = decode(EB, "message", eb_pleth(0x40, flags=6), eb_values(97, 70, index=300))

    assert set(verdicts(items).values()) == {"invalid: sensor_off"}
    assert samples(items) == [None]
    assert notices(items, "status") == [{"flags": 6, "finger_out": True, "bar": 5}]


def test_finger_that_comes_back_brings_its_numbers_back():
    items = decode(
        EB, "message", eb_pleth(0x40, flags=6), eb_values(97, 70), eb_pleth(50), eb_values(97, 70)
    )

    assert [r.value for r in readings(items, Vital.SPO2)] == [None, 97]
    assert [n["finger_out"] for n in notices(items, "status")] == [True, False]


def test_perfusion_index_is_doubted_for_not_every_model_has_one():
    items = decode(EB, "message", eb_values(97, 70, index=1234))

    assert values(items)["perfusion_index"] == 12.34
    assert verdicts(items)["perfusion_index"] == "questionable: not_every_model"
    assert "perfusion_index" not in values(decode(EB, "message", eb_values(97, 70)))


def test_bytes_with_the_top_bit_set_make_no_message():
    """The sum alone would pass: it keeps seven bits only."""
    message = bytearray(eb_values(97, 70))
    message[4] |= 0x80

    items = decode(EB, "message", bytes(message))

    assert readings(items) == []
    assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]


@pytest.mark.parametrize("lost", range(6))
def test_lost_byte_loses_only_its_message(lost):
    good = [eb_pleth(p) for p in (10, 20, 30)]

    items = decode(EB, "message", good[0] + good[1][:lost] + good[1][lost + 1 :] + good[2])

    assert samples(items) == [10, 30]


def test_usb_reports_are_filled_up_with_zeros_that_are_no_damage():
    def report(data: bytes) -> bytes:
        return data.ljust(64, b"\0")

    items = decode(
        EB,
        "hid-report",
        report(eb_pleth(10) + eb_pleth(20) + eb_values(97, 131)),
        report(eb_pleth(30)),
    )

    assert samples(items) == [10, 20, 30]
    assert values(items)["pulse_rate"] == 131
    assert notices(items, "refused") == []


def test_on_bluetooth_zeros_between_messages_are_damage():
    items = decode(EB, "message", eb_pleth(10) + b"\0\0" + eb_pleth(20))

    assert notices(items, "refused") == [{"reason": "noise", "hex": "0000"}]


def test_commands_of_another_program_can_be_read():
    items = decode(EB, "command", "8101 9a1a 9b7f1a 8103 8e0311")

    assert [n["command"] for n in notices(items, "command")] == [
        "hello",
        "keep-alive",
        "stop streaming",
        "device info",
    ]
    assert notices(items, "refused") == [{"reason": "checksum", "hex": "8103"}]


class TestSpeaker:
    """What is said to a unit, and when."""

    def test_greets_and_switches_the_stream_on(self):
        assert EbSpeaker().opened(10.0) == [HELLO, HELLO_AGAIN, PLETH_ON, VALUES_ON]
        assert b"".join(EbSpeaker().opened(0.0)).hex() == "810182029b001b9b011c"

    def test_unit_on_a_cable_has_an_old_transfer_stopped_first(self):
        first, second, *rest = EbSpeaker(usb=True).opened(0.0)

        assert (first.hex(), second.hex()) == ("7d81a7808080808080", "7d81a2808080808080")
        assert rest == EbSpeaker().opened(0.0)

    def test_keeps_the_unit_alive_well_within_five_seconds(self):
        speaker = EbSpeaker()
        speaker.opened(100.0)
        writes = []
        for tenth in range(1, 301):
            now = 100.0 + tenth / 10
            speaker.feed(eb_pleth(50), now)
            writes += [(now, data) for data in speaker.due(now)]

        assert {data for _, data in writes} == {KEEP_ALIVE}
        times = [100.0, *(now for now, _ in writes)]
        assert max(b - a for a, b in pairwise(times)) < 5.0
        assert len(writes) == 7

    def test_starts_again_a_unit_that_fell_silent(self):
        speaker = EbSpeaker()
        speaker.opened(0.0)
        speaker.feed(eb_pleth(50), 3.0)

        assert speaker.due(4.0) == [KEEP_ALIVE]
        assert speaker.due(8.0) == [HELLO, HELLO_AGAIN, PLETH_ON, VALUES_ON]

    @pytest.mark.parametrize("usb", [False, True])
    def test_allows_nothing_that_touches_clock_or_memory(self, usb):
        speaker = EbSpeaker(usb=usb)

        for code in range(0x80, 0x100):
            for data in (bytes((code, code & 0x7F)), bytes((code, 0, code & 0x7F))):
                allowed = data in (HELLO, HELLO_AGAIN, KEEP_ALIVE, PLETH_ON)
                assert speaker.allows(data) == allowed
        assert speaker.allows(STREAM_OFF)
        assert speaker.allows(VALUES_ON)
        assert not speaker.allows(b"")
        assert not speaker.allows(KEEP_ALIVE + KEEP_ALIVE)
        assert not speaker.allows(bytes.fromhex("7d81ae808080808080"))
        assert speaker.allows(bytes.fromhex("7d81a7808080808080")) == usb

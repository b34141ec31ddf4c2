"""BP2 cuffs: two layouts of the live data, a memory that is history, and one question only."""

import pytest

from devices.catalogue import match_advertisement
from devices.decoders import PROTOCOLS, protocol
from devices.decoders.viatom_bp2 import GET_LIVE, Bp2Speaker
from kapmonitor.reading import Origin
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts
from tests.devices.decoders.test_viatom_oxyii import frame

BP2 = "viatom-bp2"


def measuring(hundredths: int) -> bytes:
    """Live data while the cuff inflates, as the maker's program has them."""
    body = b"\0" + hundredths.to_bytes(2, "little") + b"\0\x48\0\0"
    return frame(0x08, bytes(9) + b"\0" + body)


def result(systolic: int, diastolic: int, mean: int, pulse: int, code: int = 0) -> bytes:
    """Live data at the end of a cycle, as the maker's program has them."""
    numbers = b"".join(n.to_bytes(2, "little") for n in (systolic, diastolic, mean, pulse))
    return frame(0x08, bytes(9) + b"\x01" + bytes(3) + numbers + bytes((code,)))


def test_a_cycle_from_its_first_pressure_to_its_result():
    items = decode(BP2, "frame", measuring(2500), measuring(15050), result(124, 80, 95, 72))

    assert [r.value for r in readings(items, Vital.CUFF_PRESSURE)] == [25.0, 150.5]
    found = values(items)
    assert (found["systolic"], found["diastolic"], found["mean_pressure"]) == (124, 80, 95)
    assert found["pulse_rate"] == 72
    assert len(notices(items, "cuff_started")) == 1
    assert len(notices(items, "cuff_ended")) == 1


@pytest.mark.parametrize(
    ("code", "why"),
    [(1, "cuff_loose"), (2, "motion"), (3, "weak_signal"), (7, "measurement_failed")],
)
def test_a_failed_cycle_shows_no_number_whatever_stands_in_its_place(code, why):
    items = decode(BP2, "frame", result(124, 80, 95, 72, code))

    assert set(verdicts(items).values()) == {f"invalid: {why}"}


def test_models_with_wifi_have_another_layout():
    pressure = frame(0x08, bytes((0, 1, 80, 150, 0)))
    end = frame(0x08, bytes((1, 1, 80, 124, 0, 80, 0, 95, 0, 72, 0)))

    items = decode(BP2, "frame-bp2w", pressure, end)

    assert values(items)["cuff_pressure"] == 150
    assert (values(items)["systolic"], values(items)["pulse_rate"]) == (124, 72)
    assert notices(items, "battery") == [{"percent": 80}]


def test_the_name_tells_the_layout():
    wifi = match_advertisement("LP-BP2W 1234", experimental=True)
    plain = match_advertisement("BP2 1234", experimental=True)
    assert wifi is not None
    assert plain is not None
    assert (wifi.quirk, plain.quirk) == ("bp2w", "")

    decoder = PROTOCOLS[BP2].make("", wifi.quirk)

    items = decoder.feed(frame(0x08, bytes((0, 1, 80, 150, 0))), 0.0)
    assert values(items)["cuff_pressure"] == 150


def test_the_memory_is_history_and_its_empty_places_are_nothing():
    place = bytes.fromhex("cc6c016bd7530300010000000080005200610047") + bytes(17)
    items = decode(BP2, "bp2nibp.list", bytes(10) + bytes(37) + place)

    assert {r.origin for r in readings(items)} == {Origin.STORED}
    assert {r.packet for r in readings(items)} == {2}
    assert notices(items, "status") == [{"user_id": 218071, "irregular": True}]


def test_an_error_is_told_in_words_that_can_be_looked_up():
    items = decode(BP2, "frame", frame(0x08, b"", direction=0xFB))

    assert notices(items, "reply") == [{"reply": "refused", "code": 0xFB, "why": "busy"}]


@pytest.mark.parametrize(
    "operation", [0x00, 0x04, 0x09, 0x0A, 0x24, 0x25, 0x39, 0xE2, 0xE3, 0xEC, 0xF2]
)
def test_of_all_codes_one_is_ever_sent(operation):
    """Several of these inflate the cuff or erase it."""
    for speaker in (Bp2Speaker(), protocol(BP2).make_speaker(may_start=True)):
        assert speaker is not None
        assert speaker.opened(0.0) == [GET_LIVE]
        assert not speaker.allows(frame(operation, b"", direction=0, number=0))
        assert not speaker.allows(frame(operation, b"\0", direction=0, number=0))
    assert GET_LIVE[1] == 0x08

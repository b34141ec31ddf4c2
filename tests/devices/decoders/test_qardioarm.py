"""QardioArm: a running pressure is never a result. Experimental."""

import pytest

from devices.decoders import PROTOCOLS, protocol
from devices.decoders.qardioarm import START, STOP
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Decoded
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, verdicts

ARM = "qardioarm"
RUNNING = "04 a000 0000 0000 0000"
RESULT = "14 7c00 5000 5f00 4800 0000"


def heard(*packets: tuple[float, str]) -> list[Decoded]:
    """What packets at these times gave."""
    decoder = PROTOCOLS[ARM].make()
    return [item for at, text in packets for item in decoder.feed(bytes.fromhex(text), at)]


def test_the_running_pressure_is_the_cuffs_and_no_systolic():
    items = heard((0.0, RUNNING), (30.0, RESULT))

    assert [r.value for r in readings(items, Vital.CUFF_PRESSURE)] == [160]
    assert [r.value for r in readings(items, Vital.SYSTOLIC)] == [124]
    assert values(items)["pulse_rate"] == 72
    assert len(notices(items, "cuff_started")) == 1
    assert len(notices(items, "cuff_ended")) == 1


def test_a_packet_without_a_status_word_is_no_result():
    items = decode(ARM, "", "04 7c00 5000 5f00 4800")

    assert readings(items) == []
    assert notices(items, "refused")[0]["reason"] == "no_status"


def test_a_result_that_comes_too_soon_comes_of_a_weak_battery():
    items = heard((0.0, RUNNING), (8.0, RESULT))

    assert {r.reason for r in readings(items, Vital.SYSTOLIC)} == {"measurement_failed"}
    assert len(notices(items, "battery_low")) == 1


def test_the_mark_of_an_abort_is_a_failure():
    assert set(verdicts(decode(ARM, "", "04ff07ff07ff0700")).values()) == {
        "invalid: measurement_failed"
    }


def test_the_control_tells_what_the_cuff_does():
    items = decode(ARM, "583cb5b3", "f201", "f205", "f299", "ff")

    assert [n["cycle"] for n in notices(items, "status")] == ["inflating", "aborted", "other"]
    assert notices(items, "refused")[0]["reason"] == "unknown"


def test_stop_is_always_allowed_and_start_only_where_it_is_switched_on():
    plain = protocol(ARM).make_speaker()
    starter = protocol(ARM).make_speaker(may_start=True)
    assert plain is not None
    assert starter is not None

    assert plain.allows(STOP)
    assert not plain.allows(START)
    assert starter.allows(START)
    starter.opened(0.0)
    assert starter.ask("start", 5.0) == [START]  # type: ignore[attr-defined]
    with pytest.raises(DeviceError) as busy:
        starter.ask("start", 6.0)  # type: ignore[attr-defined]
    assert busy.value.code == "cuff_busy"
    assert starter.ask("stop", 7.0) == [STOP]  # type: ignore[attr-defined]

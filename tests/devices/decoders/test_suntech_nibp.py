"""SunTech blood pressure modules, which are polled, started and stopped."""

import pytest

from devices.catalogue import any_device, serial_settings
from devices.decoders import protocol
from devices.decoders.suntech_nibp import (
    ABORT,
    READ_PRESSURE,
    READ_RESULT,
    START_ADULT,
    SunTechSpeaker,
)
from kapmonitor.errors import DeviceError
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    notices,
    readings,
    suntech,
    suntech_pressure,
    suntech_result,
    values,
    verdicts,
)

SUNTECH = "suntech-nibp"
RECEIVED, EXECUTED, ABORTED, BUSY = (suntech(ord(letter)) for letter in "OKAB")


def test_result_has_both_pressures_mean_and_pulse():
    items = decode(SUNTECH, "module", suntech_result(260, 80, 72, 95))

    assert values(items) == {
        "systolic": 260,
        "diastolic": 80,
        "mean_pressure": 95,
        "pulse_rate": 72,
    }
    assert set(verdicts(items).values()) == {"good"}
    assert notices(items, "status") == [{"error": 0, "beats": 12, "status": 1}]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (1, "weak_signal"),
        (2, "artifact"),
        (87, "cuff_loose"),
        (89, "overpressure"),
        (99, "device_fault"),
        (0x87, "measurement_failed"),
    ],
)
def test_error_hides_every_number_that_stands_beside_it(error, reason):
    """The codes are decimal: 87 is a loose cuff; 0x87 is not known, but an error all the same."""
    items = decode(SUNTECH, "module", suntech_result(124, 80, 72, 95, error=error))

    assert set(verdicts(items).values()) == {f"invalid: {reason}"}
    assert notices(items, "status")[0]["error"] == error


def test_result_of_zeros_without_an_error_is_a_failure():
    items = decode(SUNTECH, "module", suntech_result(0, 0, 0, 0))

    assert set(verdicts(items).values()) == {"invalid: measurement_failed"}


def test_a_cycle_shows_its_pressure_its_start_and_its_end():
    items = decode(
        SUNTECH,
        "module",
        suntech_pressure(2),
        RECEIVED,
        *(suntech_pressure(p) for p in (8, 30, 160, 90, 40)),
        suntech_result(),
    )

    assert [r.value for r in readings(items, Vital.CUFF_PRESSURE)] == [2, 8, 30, 160, 90, 40]
    kinds = [(n.kind, n.at) for n in items if getattr(n, "kind", "").startswith("cuff_")]
    assert kinds == [("cuff_started", 3.0), ("cuff_ended", 7.0)]
    assert [n["reply"] for n in notices(items, "reply")] == ["received"]


def test_aborted_cycle_has_ended_and_gives_no_number():
    items = decode(SUNTECH, "module", suntech_pressure(120), ABORTED)

    assert notices(items, "cuff_ended") == [{"reason": "stopped"}]
    assert readings(items, Vital.SYSTOLIC) == []


def test_pressure_that_no_cuff_has_is_no_value():
    items = decode(SUNTECH, "module", suntech_pressure(2000))

    assert verdicts(items) == {"cuff_pressure": "invalid: out_of_range"}


@pytest.mark.parametrize("lost", range(24))
def test_lost_byte_loses_only_its_frame(lost):
    first, second, third = (suntech_result(systolic) for systolic in (120, 130, 140))

    items = decode(SUNTECH, "module", first + second[:lost] + second[lost + 1 :] + third)

    assert [r.value for r in readings(items, Vital.SYSTOLIC)] == [120, 140]


def test_commands_of_another_program_can_be_read():
    initial = bytes((0x3A, 0x17, 160, 0))
    initial += bytes((-sum(initial) & 0xFF,))

    items = decode(SUNTECH, "host", START_ADULT + b"\x55" + ABORT + READ_RESULT + initial)

    assert [n["command"] for n in notices(items, "command")] == [
        "start_adult",
        "abort",
        "read_result",
        "set_initial_pressure",
    ]
    assert notices(items, "refused") == [{"reason": "noise", "hex": "55"}]


def test_port_and_offer():
    assert (serial_settings(SUNTECH).baud, serial_settings(SUNTECH).parity) == (9600, "N")
    assert any_device(SUNTECH).commands == ("stop",)


class TestSpeaker:
    """What is said to the module, and when."""

    @staticmethod
    def opened(may_start: bool = True) -> SunTechSpeaker:
        speaker = SunTechSpeaker(may_start=may_start)
        assert speaker.opened(0.0) == [READ_PRESSURE]
        speaker.feed(suntech_pressure(0), 0.1)
        return speaker

    @staticmethod
    def refusal(speaker: SunTechSpeaker, at: float) -> str:
        with pytest.raises(DeviceError) as error:
            speaker.ask("start", at)
        return error.value.code

    @staticmethod
    def begun() -> SunTechSpeaker:
        """A cycle that was accepted at 3.1 s and inflated."""
        speaker = TestSpeaker.opened()
        assert speaker.ask("start", 3.0) == [START_ADULT]
        speaker.feed(RECEIVED, 3.1)
        speaker.feed(suntech_pressure(120), 3.5)
        return speaker

    def test_at_rest_the_pressure_is_looked_at_every_second(self):
        speaker = self.opened()

        assert speaker.deadline() == pytest.approx(1.1)
        assert speaker.due(1.0) == []
        assert speaker.due(1.1) == [READ_PRESSURE]
        assert speaker.due(1.2) == [], "one request at a time"

    def test_request_that_is_not_answered_is_made_again_after_a_second(self):
        speaker = SunTechSpeaker()
        speaker.opened(0.0)

        assert speaker.due(0.9) == []
        assert speaker.due(1.0) == [READ_PRESSURE]
        assert speaker.due(1.9) == []
        assert speaker.due(2.0) == [READ_PRESSURE]

    def test_while_a_cycle_runs_five_looks_a_second(self):
        speaker = self.begun()

        assert speaker.due(3.65) == []
        assert speaker.due(3.7) == [READ_PRESSURE]

    def test_result_is_read_when_the_module_says_executed(self):
        speaker = self.begun()
        speaker.feed(EXECUTED, 30.0)

        assert speaker.due(30.2) == [READ_RESULT]
        assert speaker.due(31.2) == [READ_RESULT], "asked again, for no answer came"
        speaker.feed(suntech_result(), 31.3)
        assert speaker.due(32.5) == [READ_PRESSURE]

    def test_result_is_read_when_the_cuff_is_empty(self):
        """The end of a cycle may be told by nothing else."""
        speaker = self.begun()
        speaker.feed(suntech_pressure(60), 13.0)
        speaker.feed(suntech_pressure(3), 20.0)

        assert speaker.due(20.2) == [READ_RESULT]

    def test_cuff_that_empties_after_the_end_was_told_does_not_cancel_the_result(self):
        speaker = self.begun()
        speaker.feed(EXECUTED, 30.0)
        speaker.feed(suntech_pressure(3), 30.1)

        assert speaker.due(30.3) == [READ_RESULT]

    def test_no_result_is_read_of_a_cycle_that_was_stopped(self):
        speaker = self.begun()

        assert speaker.ask("stop", 10.0) == [ABORT]
        speaker.feed(ABORTED, 10.1)
        speaker.feed(suntech_pressure(2), 12.0)
        assert speaker.due(13.0) == [READ_PRESSURE]

    def test_no_start_while_a_cycle_runs_and_none_while_the_arm_rests(self):
        speaker = self.begun()

        assert self.refusal(speaker, 10.0) == "cuff_busy"
        speaker.feed(EXECUTED, 30.0)
        speaker.feed(suntech_result(), 30.4)
        assert self.refusal(speaker, 60.0) == "cuff_resting"
        assert speaker.ask("start", 61.0) == [START_ADULT]

    def test_start_forgets_the_result_of_the_cycle_before(self):
        """That one would be history; and "executed" accepts this start, it does not end it."""
        speaker = self.begun()
        speaker.feed(EXECUTED, 30.0)

        assert speaker.ask("start", 61.0) == [START_ADULT]
        speaker.feed(EXECUTED, 61.1)
        assert speaker.due(61.4) == [READ_PRESSURE]
        assert self.refusal(speaker, 62.0) == "cuff_busy"

    def test_busy_answer_to_a_look_does_not_end_the_cycle(self):
        speaker = self.begun()
        speaker.feed(BUSY, 5.0)

        assert self.refusal(speaker, 6.0) == "cuff_busy"

    def test_start_that_the_module_refuses_is_over_and_has_no_result(self):
        speaker = self.opened()
        speaker.ask("start", 3.0)
        speaker.feed(BUSY, 3.1)

        assert self.refusal(speaker, 4.0) == "cuff_resting"
        assert speaker.due(5.0) == [READ_PRESSURE]

    def test_cycle_that_runs_when_we_connect_blocks_a_start(self):
        speaker = SunTechSpeaker(may_start=True)
        speaker.opened(0.0)
        speaker.feed(suntech_pressure(140), 0.1)

        assert self.refusal(speaker, 5.0) == "cuff_busy"
        assert speaker.ask("stop", 5.0) == [ABORT]

    def test_cycle_that_lasts_three_minutes_is_aborted(self):
        speaker = self.begun()
        writes = []
        for tenth in range(40, 2000):
            now = tenth / 10
            for data in speaker.due(now):
                writes.append((now, data))
                speaker.feed(suntech_pressure(120), now)

        assert [now for now, data in writes if data == ABORT] == [pytest.approx(183.0)]
        assert START_ADULT not in [data for _, data in writes]

    @pytest.mark.parametrize("may_start", [False, True])
    def test_start_is_allowed_only_where_it_was_switched_on(self, may_start):
        speaker = protocol(SUNTECH).make_speaker(may_start=may_start)
        assert isinstance(speaker, SunTechSpeaker)

        assert speaker.allows(START_ADULT) == may_start
        for data in (ABORT, READ_PRESSURE, READ_RESULT):
            assert speaker.allows(data)
        if not may_start:
            speaker.opened(0.0)
            assert self.refusal(speaker, 10.0) == "write_refused"

    def test_valves_calibration_sleep_and_other_patients_are_never_allowed(self):
        speaker = self.opened()

        for code in range(256):
            frame = bytes((0x3A, code))
            frame += bytes((-sum(frame) & 0xFF,))
            assert speaker.allows(frame) == (code == 0x20)
        for code in range(256):
            frame = bytes((0x3A, 0x79, code, 0))
            frame += bytes((-sum(frame) & 0xFF,))
            assert speaker.allows(frame) == (code in (0x01, 0x03, 0x05))

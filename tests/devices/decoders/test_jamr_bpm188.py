"""The "02 40 DC" cuffs, which can be started and stopped."""

import pytest

from devices.catalogue import any_device, match_advertisement
from devices.decoders import protocol
from devices.decoders.jamr_bpm188 import START, STOP, JamrSpeaker
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Notice
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import (
    decode,
    jamr,
    jamr_pressure,
    jamr_result,
    notices,
    readings,
    values,
    vectors,
    verdicts,
)

JAMR = "jamr-bpm188"
FAILURE = "0240dd0c3cffffffff0000000002000000af"


def test_a_cycle_as_a_real_cuff_sends_it():
    """The pressure rises in hundredths of a mmHg; then the result."""
    rising = [v["hex"] for v in vectors(JAMR)[:5]]

    items = decode(JAMR, "2af0", *rising, vectors(JAMR)[6]["hex"])

    pressures = [r.value for r in readings(items, Vital.CUFF_PRESSURE)]
    assert pressures == [12.17, 16.51, 21.13, 135.66, 156.6]
    found = values(items)
    assert (found["systolic"], found["diastolic"], found["pulse_rate"]) == (157, 92, 78)
    moves = [(i.kind, i.at) for i in items if isinstance(i, Notice) and i.kind.startswith("cuff_")]
    assert moves == [("cuff_started", 0.0), ("cuff_ended", 5.0)]


def test_real_failure_frame_is_a_byte_longer_than_it_says():
    items = decode(JAMR, "2af0", FAILURE + jamr_result().hex())

    assert [r.reason for r in readings(items, Vital.SYSTOLIC)] == ["measurement_failed", ""]
    assert notices(items, "status") == [{"error": 2}]
    assert notices(items, "refused") == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1, "weak_signal"),
        (3, "measurement_failed"),
        (4, "cuff_loose"),
        (5, "cuff_too_tight"),
        (6, "motion"),
        (7, "overpressure"),
        (99, "measurement_failed"),
    ],
)
def test_older_units_tell_a_failure_in_an_ordinary_frame(code, reason):
    frame = jamr(0x3C, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, code, 0, 0, 0)
    assert len(frame) == 17

    items = decode(JAMR, "2af0", frame)

    assert verdicts(items) == {"systolic": f"invalid: {reason}", "diastolic": f"invalid: {reason}"}
    assert notices(items, "status") == [{"error": code}]


def test_failure_in_the_place_of_a_result_is_no_pressure_of_65535():
    items = decode(JAMR, "2af0", jamr(0x1C, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0))

    assert set(verdicts(items).values()) == {"invalid: measurement_failed"}


def test_result_with_a_date_has_the_cuffs_own_time_and_its_user():
    frame = jamr(0x1C, 0, 124, 0, 80, 0, 0, 0, 72, 2, 26, 11, 21, 9, 5)

    items = decode(JAMR, "2af0", frame)

    assert {r.device_time for r in readings(items)} == {"2026-11-21T09:05:00"}
    assert values(items) == {"systolic": 124, "diastolic": 80, "pulse_rate": 72}
    assert notices(items, "status") == [{"user_id": 2}]


def test_impossible_date_is_no_date():
    frame = jamr(0x1C, 0, 124, 0, 80, 0, 0, 0, 72, 2, 26, 13, 21, 9, 5)

    assert {r.device_time for r in readings(decode(JAMR, "2af0", frame))} == {""}


def test_small_pressure_is_not_shown_until_its_unit_is_known():
    """350 is 3.5 mmHg of a BPM-188, or 350 mmHg of an older unit."""
    items = decode(JAMR, "2af0", *(jamr_pressure(p) for p in (0, 350, 390, 410, 350)))

    found = readings(items, Vital.CUFF_PRESSURE)
    assert [r.value for r in found] == [0, None, None, 4.1, 3.5]
    assert found[1].reason == "unit_unknown"


def test_unit_that_counts_whole_mmhg_is_known_when_it_stays_below_400():
    items = decode(JAMR, "2af0", *(jamr_pressure(p) for p in range(100, 112)))

    found = [r.value for r in readings(items, Vital.CUFF_PRESSURE)]
    assert found == [None] * 10 + [110, 111]


def test_cuff_that_empties_without_a_result_has_ended():
    items = decode(JAMR, "2af0", *(jamr_pressure(p) for p in (500, 12000, 700, 450, 410)))

    assert len(notices(items, "cuff_started")) == 1
    assert notices(items, "cuff_ended") == [{"reason": ""}]


def test_cycle_that_is_cut_off_by_the_link_has_ended():
    items = decode(JAMR, "2af0", jamr_pressure(12000))

    assert notices(items, "cuff_ended") == [{"reason": "link"}]


def test_cycle_that_fell_silent_ends_when_the_next_begins():
    decoder = protocol(JAMR).make("2af0")
    decoder.feed(jamr_pressure(12000), 0.0)

    items = decoder.feed(jamr_pressure(2000), 60.0)

    assert notices(items, "cuff_ended") == [{"reason": "interrupted"}]
    assert len(notices(items, "cuff_started")) == 1


@pytest.mark.parametrize("lost", range(17))
def test_lost_byte_loses_only_its_frame(lost):
    first, second, third = (jamr_result(systolic) for systolic in (120, 130, 140))

    items = decode(JAMR, "2af0", first + second[:lost] + second[lost + 1 :] + third)

    assert [r.value for r in readings(items, Vital.SYSTOLIC)] == [120, 140]


def test_battery_memory_and_other_answers_are_told():
    items = decode(JAMR, "2af0", jamr(0, 0, 3), jamr(0xB3, *range(12)), jamr(0xB2))

    assert notices(items, "battery") == [{"level": 3}]
    assert [n["reply"] for n in notices(items, "reply")] == ["stored_record", "other"]
    assert readings(items) == []


def test_host_and_cuff_do_not_understand_each_others_frames():
    assert notices(decode(JAMR, "2af1", START), "command") == [{"command": "start_measurement"}]
    assert readings(decode(JAMR, "2af1", jamr_result())) == []
    assert notices(decode(JAMR, "2af0", START), "command") == []


def test_is_known_by_name_and_offers_no_more_than_stop():
    found = match_advertisement("BPM-188")

    assert found is not None
    assert (found.protocol, found.continuous, found.commands) == (JAMR, False, ("stop",))
    assert any_device(JAMR).write == "2AF1"


class TestSpeaker:
    """What is said to the cuff, and when."""

    @staticmethod
    def opened(may_start: bool = True) -> JamrSpeaker:
        speaker = JamrSpeaker(may_start=may_start)
        assert speaker.opened(0.0) == []
        return speaker

    @staticmethod
    def refusal(speaker: JamrSpeaker, at: float) -> str:
        with pytest.raises(DeviceError) as error:
            speaker.ask("start", at)
        return error.value.code

    def test_start_and_stop_are_those_of_five_programs(self):
        assert START.hex() == "0240dc01a13c"
        assert STOP.hex() == "0240dc01a23f"

    def test_start_is_refused_unless_it_was_switched_on(self):
        made = protocol(JAMR).make_speaker()
        assert isinstance(made, JamrSpeaker)
        made.opened(0.0)

        assert self.refusal(made, 100.0) == "write_refused"
        assert not made.allows(START)
        assert made.allows(STOP)
        assert made.ask("stop", 100.0) == [STOP]
        ready = protocol(JAMR).make_speaker(may_start=True)
        assert ready is not None
        assert ready.allows(START)

    def test_nothing_but_start_and_stop_is_ever_allowed(self):
        speaker = self.opened()

        allowed = []
        for code in range(256):
            frame = bytes((0x40, 0xDC, 1, code))
            check = 0x40 ^ 0xDC ^ 1 ^ code
            if speaker.allows(b"\x02" + frame + bytes((check,))):
                allowed.append(code)
        assert allowed == [0xA1, 0xA2]
        assert not speaker.allows(b"")
        assert not speaker.allows(START + START)

    def test_no_start_just_after_connecting_nor_while_a_cycle_runs(self):
        speaker = self.opened()

        assert self.refusal(speaker, 1.0) == "cuff_resting"
        assert speaker.ask("start", 3.0) == [START]
        assert self.refusal(speaker, 4.0) == "cuff_busy"
        speaker.feed(jamr_pressure(12000), 5.0)
        assert self.refusal(speaker, 6.0) == "cuff_busy"

    def test_cycle_that_ran_already_blocks_a_start(self):
        speaker = self.opened()
        speaker.feed(jamr_pressure(12000), 1.0)

        assert self.refusal(speaker, 5.0) == "cuff_busy"

    @pytest.mark.parametrize("ending", [jamr_result(), bytes.fromhex(FAILURE)])
    def test_arm_rests_after_a_result_and_after_a_failure(self, ending):
        speaker = self.opened()
        speaker.ask("start", 3.0)
        speaker.feed(ending, 40.0)

        with pytest.raises(DeviceError) as error:
            speaker.ask("start", 60.0)
        assert (error.value.code, error.value.facts["seconds"]) == ("cuff_resting", 10)
        assert speaker.ask("start", 70.0) == [START]

    def test_rest_after_a_failure_survives_a_reconnect(self):
        """The cuff drops its link with the failure: the next connection counts on, not anew."""
        before = self.opened()
        before.ask("start", 3.0)
        before.feed(bytes.fromhex(FAILURE), 40.0)
        speaker = JamrSpeaker(may_start=True)
        speaker.follow(before)
        speaker.opened(45.0)

        with pytest.raises(DeviceError) as error:
            speaker.ask("start", 60.0)
        assert (error.value.code, error.value.facts["seconds"]) == ("cuff_resting", 10)
        assert speaker.ask("start", 70.0) == [START]

    def test_link_lost_in_the_middle_of_a_cycle_counts_as_its_end(self):
        before = self.opened()
        before.ask("start", 3.0)
        before.feed(jamr_pressure(12000), 20.0)
        speaker = JamrSpeaker(may_start=True)
        speaker.follow(before)
        speaker.opened(22.0)

        assert self.refusal(speaker, 30.0) == "cuff_resting"
        assert speaker.ask("start", 50.0) == [START]

    def test_stop_works_at_any_time_and_the_arm_rests_after_it(self):
        speaker = self.opened()
        assert speaker.ask("stop", 0.1) == [STOP]
        speaker.ask("start", 3.0)

        assert speaker.ask("stop", 10.0) == [STOP]
        assert speaker.ask("stop", 10.1) == [STOP]
        assert self.refusal(speaker, 20.0) == "cuff_resting"

    def test_cycle_that_lasts_three_minutes_is_stopped(self):
        speaker = self.opened()
        speaker.ask("start", 10.0)
        writes = []
        for second in range(11, 200):
            speaker.feed(jamr_pressure(12000), float(second))
            due = speaker.deadline()
            if due is not None and due <= second:
                writes += [(second, data) for data in speaker.due(float(second))]

        assert writes == [(190, STOP)]

    def test_cuff_that_fell_silent_is_over_and_is_not_stopped_again(self):
        speaker = self.opened()
        speaker.ask("start", 10.0)

        assert speaker.deadline() == 20.0
        assert speaker.due(20.0) == []
        assert speaker.deadline() is None
        assert self.refusal(speaker, 25.0) == "cuff_resting"

    def test_other_commands_do_not_exist(self):
        with pytest.raises(DeviceError) as error:
            self.opened().ask("erase", 10.0)
        assert error.value.code == "command_unknown"

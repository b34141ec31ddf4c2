"""The engine, driven by time as an argument."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.messages import Answered, Earlier, Finished, Observed, Pulse
from kapmonitor.ports import BoardView, Schedule
from kapmonitor.reading import Link, LinkState, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.session import Session
from kapmonitor.vitals import Vital
from tests.kapmonitor.bedside import OXIMETER, STRAP, Bedside, cuff_packet, oximetry


def test_the_first_good_reading_begins_the_baseline_phase():
    bedside = Bedside().open()

    bedside.at(5.0, *oximetry(5.0, None))
    assert bedside.engine.session.phase is e.Phase.PREPARATION

    bedside.at(6.0, *oximetry(6.0, 97.0))
    assert bedside.engine.session.phase is e.Phase.BASELINE


def test_a_cuff_packet_becomes_one_event_and_no_sample():
    """Its values stand once in the record: as a cuff event."""
    bedside = Bedside().open()

    bedside.cuff(30.0, 124, 78)
    bedside.at(40.0)

    (entry,) = bedside.events(e.Cuff)
    assert (entry.event.systolic, entry.event.diastolic, entry.event.pulse) == (124, 78, 70)
    assert entry.event.site == "left_arm"
    assert bedside.record.blocks == []


def test_samples_go_to_the_record_in_blocks_of_a_second():
    bedside = Bedside().open()

    bedside.at(
        10.2, *oximetry(10.2, 97.0), PlethRun(10.2, 1 / 60, (50, 51), 127, source="oximeter")
    )
    bedside.at(11.2, *oximetry(11.2, 98.0))
    bedside.at(13.0)

    first, second = bedside.record.blocks
    assert [reading.value for reading in first.readings] == [97.0, 70.0]
    assert first.pleth[0].values == (50, 51)
    assert [reading.value for reading in second.readings] == [98.0, 70.0]


def test_what_alarms_are_judged_by_beside_values_is_kept_with_the_samples():
    """A replay of the record finds the same alarms: the counter that stood, the low battery."""
    bedside = Bedside().open()
    kept = Notice("counter_stands", 10.2, {"counter": 7}, source="oximeter")

    bedside.at(10.2, *oximetry(10.2, 97.0), kept, Notice("status", 10.2, source="oximeter"))
    bedside.at(12.0)

    (block,) = bedside.record.blocks
    assert block.notices == (kept,)


def test_the_dose_freezes_the_median_of_what_came_before():
    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.cuff(150.0, 126, 76)
    for second in range(151, 240):
        bedside.at(float(second), *oximetry(second, 97.0, 68.0))

    answer = bedside.ask(240.0, c.RecordDose(id=1, by="Ana", amount=56))

    (dose,) = bedside.events(e.Dose)
    assert answer == Answered(1, entry=dose.number)
    assert (dose.at, dose.by, dose.event.amount) == (240.0, "Ana", 56)
    baseline = bedside.engine.session.baseline
    # One value a second from 151 s to 239 s: 88 s of the two minutes that the plan asks for.
    assert baseline == e.Baseline(
        123.0, 78.0, 68.0, 97.0, cuff_readings=2, oximetry_seconds=88.0, short=("oximetry",)
    )
    assert bedside.engine.session.phase is e.Phase.ADMINISTRATION


def test_a_dose_set_back_leaves_out_what_came_after_it():
    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.cuff(200.0, 160, 100)

    bedside.ask(240.0, c.RecordDose(by="Ana", happened=120.0))

    assert bedside.engine.session.t0 == 120.0
    baseline = bedside.engine.session.baseline
    assert baseline is not None
    assert baseline.systolic == 120.0
    (dose,) = bedside.events(e.Dose)
    assert (dose.at, dose.entered) == (120.0, 240.0)


def test_a_dose_taken_back_thaws_the_baseline():
    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.ask(60.0, c.RecordDose(by="Ana"))

    bedside.ask(70.0, c.WithdrawDose(by="Ana", reason="pressed by mistake"))

    assert bedside.engine.session.t0 is None
    assert bedside.engine.session.baseline is None
    bedside.cuff(90.0, 130, 84)
    bedside.ask(120.0, c.RecordDose(by="Ana"))
    baseline = bedside.engine.session.baseline
    assert baseline is not None
    assert baseline.systolic == 125.0


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (c.RecordDose(amount=560000), "dose_too_large"),
        (c.RecordDose(amount=-5), "dose_not_positive"),
        (c.RecordDose(amount=float("nan")), "dose_not_positive"),
        (c.RecordDose(unit="bananas"), "unknown_unit"),
        (c.RecordDose(route="iv"), "route_of_another_plan"),
        (c.RecordDose(happened=-1e9), "before_the_visit"),
        (c.AddNote(text="x", happened=-1e300), "before_the_visit"),
    ],
)
def test_a_slip_of_the_finger_never_becomes_a_dose(command: c.AnyCommand, refused: str):
    bedside = Bedside().open()

    assert bedside.ask(60.0, command).refused == refused
    assert not bedside.events(e.Dose)


def test_a_reading_typed_in_late_takes_its_place_in_time():
    """What was measured ten minutes ago is not the newest value."""
    bedside = Bedside().open()
    bedside.cuff(700.0, 195, 112)
    late = c.AskCuff(action="enter", systolic=118, diastolic=76, by="Ana", happened=100.0)
    bedside.ask(760.0, late)
    bedside.ask(770.0, c.FileRound(answers={"moaas": 1}, by="Ana"))
    bedside.ask(780.0, c.FileRound(answers={"moaas": 5}, by="Ana", happened=200.0))

    assert [entry.at for entry in bedside.engine.session.cuffs] == [100.0, 700.0]
    assert [entry.at for entry in bedside.engine.session.rounds] == [200.0, 770.0]


def test_who_gives_no_name_is_called_unnamed():
    """An empty name would say that the program acted."""
    bedside = Bedside().open()

    bedside.ask(60.0, c.AddNote(text="x"))

    (note,) = bedside.events(e.Note)
    assert note.by == "unnamed"


def test_who_saw_the_medium_alarm_has_not_seen_the_high_one():
    session = Session()
    steps = [
        (10.0, e.Priority.MEDIUM, e.AlarmState.RAISED, ""),
        (20.0, e.Priority.MEDIUM, e.AlarmState.ACKNOWLEDGED, "Ana"),
        (60.0, e.Priority.HIGH, e.AlarmState.ESCALATED, ""),
        (73.0, e.Priority.HIGH, e.AlarmState.ACKNOWLEDGED, "Ben"),
    ]
    for number, (at, priority, state, by) in enumerate(steps, 1):
        change = e.AlarmChange("SBP_VHIGH", priority, e.AlarmKind.PHYSIOLOGICAL, state, 10.0)
        session.apply(e.Entry(number, at, at, 0, change, by))

    (alarm,) = session.alarms
    assert (alarm.acknowledged, alarm.acknowledged_by, alarm.response) == (73.0, "Ben", 13.0)


def test_nothing_happens_in_the_future():
    bedside = Bedside().open()

    answer = bedside.ask(60.0, c.RecordDose(id="d", by="Ana", happened=90.0))

    assert (answer.refused, answer.facts) == ("in_the_future", {"seconds": 30})
    assert bedside.events(e.Dose) == []


def test_the_boards_reminder_is_one_tick_and_stands_in_no_record():
    bedside = Bedside().open()
    bedside.at(10)
    before = len(bedside.record.entries)
    bedside.board.reminders = 1
    bedside.at(20)
    assert bedside.sounder.reminders == 1
    assert len(bedside.record.entries) == before


def test_an_alarm_is_raised_sounded_acknowledged_and_ended_on_the_record():
    bedside = Bedside().open()
    bedside.at(10.0, *oximetry(10.0, 88.0))
    assert bedside.sounder.played[-1] == (e.Priority.MEDIUM, False)

    bedside.ask(20.0, c.Acknowledge(alarm="SPO2_LOW", by="Ben"))
    assert bedside.sounder.played[-1] == (None, False)
    bedside.at(30.0, *oximetry(30.0, 95.0))

    (alarm,) = bedside.engine.session.alarms
    assert (alarm.raised, alarm.acknowledged, alarm.acknowledged_by, alarm.ended) == (
        10.0,
        20.0,
        "Ben",
        30.0,
    )
    assert alarm.response == 10.0


def test_the_reason_of_an_acknowledgement_stands_right_after_it():
    bedside = Bedside().open()
    bedside.at(10.0, *oximetry(10.0, 88.0))
    bedside.ask(20.0, c.Acknowledge(alarm="SPO2_LOW", by="Ben", reason=" cold fingers "))

    acknowledged, note = bedside.engine.session.entries[-2:]
    assert isinstance(acknowledged.event, e.AlarmChange)
    assert (note.event, note.by) == (e.Note("cold fingers", "acknowledged"), "Ben")


def test_acknowledging_what_is_not_there_is_refused():
    bedside = Bedside().open()

    answer = bedside.ask(5.0, c.Acknowledge(id=7, alarm="SPO2_LOW", by="Ben"))

    assert (answer.id, answer.refused) == (7, "no_such_alarm")


def test_the_end_of_an_audio_pause_is_on_the_record():
    bedside = Bedside().open()
    bedside.at(10.0, *oximetry(10.0, 88.0))

    bedside.ask(20.0, c.PauseAudio(by="Ben"))
    bedside.at(145.0)

    (paused,) = bedside.events(e.AudioPaused)
    (resumed,) = bedside.events(e.AudioResumed)
    assert (paused.event.seconds, resumed.event.reason) == (120.0, "over")
    assert resumed.at == 140.0


def test_a_strap_takes_precedence_over_the_oximeter_while_it_is_fresh():
    bedside = Bedside().open(OXIMETER, STRAP)

    bedside.at(10.0, Reading(Vital.HEART_RATE, 72, 10.0, source="strap"))
    bedside.at(11.0, *oximetry(11.0, 97.0, 70.0))
    bedside.at(25.0, *oximetry(25.0, 97.0, 71.0))

    pulse = [m for m in bedside.messages if isinstance(m, Observed)]
    used = [(m.reading.value, m.in_use) for m in pulse if m.reading.vital is not Vital.SPO2]
    assert used == [(72, True), (70.0, False), (71.0, True)]


def test_a_stored_reading_is_history_and_judged_by_nobody():
    bedside = Bedside().open()
    stored = [
        Reading(r.vital, r.value, r.at, packet=1, origin=Origin.STORED, source="cuff")
        for r in cuff_packet(10.0, 190, 120, 1)
    ]

    bedside.at(10.0, *stored)

    (entry,) = bedside.events(e.Cuff)
    assert entry.event.origin is Origin.STORED
    assert bedside.board.observed == []
    assert bedside.engine.session.good_cuffs() == []


def test_a_pair_that_cannot_be_is_kept_without_numbers():
    """Diastolic above systolic: no number, no limit, but the cycle is on the record."""
    bedside = Bedside().open()

    bedside.cuff(10.0, 80, 120)

    (entry,) = bedside.events(e.Cuff)
    assert entry.event.quality is Quality.INVALID
    assert (entry.event.systolic, entry.event.diastolic) == (None, None)
    assert entry.event.reason


def test_a_typed_reading_is_manual_and_named():
    bedside = Bedside().open()

    bedside.ask(
        60.0, c.AskCuff(action="enter", systolic=132, diastolic=81, by="Ana", happened=50.0)
    )

    (entry,) = bedside.events(e.Cuff)
    assert (entry.event.systolic, entry.event.origin, entry.by) == (132, Origin.MANUAL, "Ana")
    assert (entry.at, entry.entered) == (50.0, 60.0)


def test_a_typed_reading_that_cannot_be_is_refused():
    bedside = Bedside().open()

    answer = bedside.ask(60.0, c.AskCuff(action="enter", systolic=81, diastolic=132, by="Ana"))

    assert answer.refused == "impossible_reading"
    assert bedside.events(e.Cuff) == []


def test_a_cuff_is_started_only_where_it_can_be():
    bedside = Bedside().open()
    bedside.ask(10.0, c.AskCuff(action="start", by="Ana"))
    assert bedside.asked == [("cuff", "start")]

    alone = Bedside().open(OXIMETER)
    assert alone.ask(10.0, c.AskCuff(action="start", by="Ana")).refused == "no_cuff_to_command"
    assert alone.asked == []


def test_a_link_that_comes_back_leaves_a_gap_in_the_record():
    bedside = Bedside().open()
    bedside.at(1.0, Link("oximeter", LinkState.UP, 1.0))
    bedside.at(10.0, *oximetry(10.0, 97.0))

    bedside.at(12.0, Link("oximeter", LinkState.DOWN, 12.0, "port_gone"))
    bedside.at(40.0, Link("oximeter", LinkState.UP, 40.0))

    states = [entry.event.state for entry in bedside.events(e.LinkChanged)]
    assert states == [LinkState.UP, LinkState.DOWN, LinkState.UP]
    (gap,) = bedside.events(e.Gap)
    assert (gap.event.start, gap.event.end, gap.event.source) == (10.0, 40.0, "oximeter")


def test_what_a_stalled_port_dropped_is_a_gap():
    bedside = Bedside().open()

    bedside.at(60.0, Notice("backlog_dropped", 60.0, {"seconds": 42.0}, source="oximeter"))

    (gap,) = bedside.events(e.Gap)
    assert (gap.event.start, gap.event.end, gap.event.reason) == (18.0, 60.0, "stalled")


def test_experience_begins_by_itself_and_brings_the_quiet():
    bedside = Bedside().open()
    bedside.ask(100.0, c.RecordDose(by="Ana"))

    bedside.at(100.0 + 9 * 60)
    assert bedside.engine.session.phase is e.Phase.ADMINISTRATION
    bedside.at(100.0 + 10 * 60 + 1)

    assert bedside.engine.session.phase is e.Phase.EXPERIENCE
    assert bedside.engine.session.quiet


def test_the_board_is_told_what_is_due():
    bedside = Bedside().open()

    bedside.ask(100.0, c.RecordDose(by="Ana"))

    due = [heard for heard in bedside.board.heard if isinstance(heard, Schedule)][-1]
    assert due == Schedule(cuff_due=100.0 + 20 * 60, round_due=100.0 + 10 * 60)
    bedside.at(200.0)
    pulse = bedside.last(Pulse)
    assert [(v.check, v.due) for v in pulse.checks] == [("round", 700.0), ("cuff", 1300.0)]


def test_a_wrong_answer_is_refused_and_names_the_item():
    bedside = Bedside().open()

    answer = bedside.ask(10.0, c.FileRound(id=3, by="Ana", answers={"moaas": 9}))

    assert (answer.refused, answer.facts["item"]) == ("bad_answer", "moaas")
    assert bedside.events(e.Round) == []


def test_leaving_before_the_minimum_needs_a_reason():
    bedside = Bedside().open()
    bedside.ask(0.0, c.RecordDose(by="Ana"))

    early = bedside.ask(3600.0, c.MarkLeft(id=1, by="Ana", with_whom="sister"))
    assert (early.refused, early.facts["minutes"]) == ("leaving_early", 60)

    bedside.ask(3700.0, c.MarkLeft(by="Ana", with_whom="sister", early_reason="taken to hospital"))
    assert bedside.engine.session.left_at == 3700.0


def test_the_end_seals_and_nothing_follows():
    bedside = Bedside().open()
    bedside.at(10.5, *oximetry(10.5, 97.0))

    bedside.ask(20.0, c.EndSession(id="e", by="Ana"))

    assert bedside.kinds()[-1] == "ended"
    assert bedside.record.sealed_at == 1_790_000_020.0
    assert bedside.last(Finished) == Finished("", True)
    assert bedside.engine.ask(c.AddNote(text="late", by="Ana"), 30.0).refused == "session_ended"


def test_trouble_with_the_record_is_an_event_that_the_board_hears():
    bedside = Bedside().open()

    bedside.engine.trouble("write_failed", 10.0, detail="disk_full")

    assert e.Trouble("write_failed", None, "disk_full") in bedside.board.heard
    assert bedside.kinds()[-1] == "trouble"


def test_a_sensor_taken_off_on_purpose_is_back_when_values_return():
    """The last values that the device still sends do not count."""
    bedside = Bedside().open()
    bedside.at(10.0, *oximetry(10.0, 97.0))

    bedside.ask(20.0, c.TakeOff(by="Ana", reason="toilet"))
    bedside.at(24.0, *oximetry(24.0, 97.0))
    assert bedside.engine.session.taken_off == {"oximeter": 620.0}
    bedside.at(30.0, *oximetry(30.0, None))
    bedside.at(200.0, *oximetry(200.0, 96.0))

    assert bedside.engine.session.taken_off == {}
    (back,) = bedside.events(e.PutBack)
    assert (back.at, back.event.reason) == (200.0, "values")


def test_a_sensor_may_be_off_for_ten_minutes_at_most():
    bedside = Bedside().open()
    bedside.ask(20.0, c.TakeOff(by="Ana"))

    bedside.at(619.0)
    assert bedside.engine.session.taken_off
    bedside.at(621.5)

    (back,) = bedside.events(e.PutBack)
    assert back.event.reason == "time"


def test_the_same_key_ends_it():
    bedside = Bedside().open()
    bedside.ask(20.0, c.TakeOff(by="Ana"))
    bedside.ask(40.0, c.TakeOff(by="Ana", source="oximeter"))

    assert [entry.event.reason for entry in bedside.events(e.PutBack)] == ["person"]


def test_a_sensor_whose_own_alarm_is_high_cannot_be_taken_off():
    bedside = Bedside().open()
    bedside.board.low = e.AlarmChange(
        "SPO2_DESAT", e.Priority.HIGH, e.AlarmKind.PHYSIOLOGICAL, e.AlarmState.RAISED, 5.0, 82, 85,
        Vital.SPO2,
    )  # fmt: skip

    assert bedside.ask(20.0, c.TakeOff(by="Ana")).refused == "sensor_alarm_is_high"
    assert bedside.ask(21.0, c.TakeOff(by="Ana", source="cuff")).refused == "no_such_sensor"


def test_a_muted_output_is_told_and_so_is_its_end():
    bedside = Bedside().open()
    bedside.at(10.0)
    assert not bedside.events(e.Trouble)

    bedside.sounder.state = "muted"
    bedside.at(12.0)
    bedside.at(30.0)
    bedside.sounder.state = "ok"
    bedside.at(32.0)

    told = [entry.event for entry in bedside.events(e.Trouble)]
    assert told == [e.Trouble("sound_failed", None, "muted"), e.Trouble("sound_failed_over")]
    assert bedside.last(Pulse).sound == "ok"


def test_a_resumed_session_is_as_it_was_with_its_gap():
    before = Bedside().open()
    before.cuff(30.0, 120, 80)
    before.ask(60.0, c.RecordDose(by="Ana"))

    after = Bedside()
    after.clock.at = 400.0
    after.engine.resume(before.record.entries, 400.0)

    assert after.engine.session.t0 == 60.0
    assert after.engine.session.baseline == before.engine.session.baseline
    (gap,) = after.events(e.Gap)
    assert (gap.event.start, gap.event.end) == (60.0, 400.0)
    (resumed,) = after.events(e.Resumed)
    assert resumed.event.gap == 340.0
    assert after.record.entries[0].number == len(before.record.entries) + 1


def test_an_alarm_that_nobody_knows_any_more_ends_with_the_gap():
    before = Bedside().open()
    before.at(10.0, *oximetry(10.0, 88.0))

    after = Bedside()
    after.engine.resume(before.record.entries, 100.0)

    (alarm,) = after.engine.session.alarms
    assert (alarm.raised, alarm.ended) == (10.0, 100.0)
    after.at(101.0, *oximetry(101.0, 88.0))
    assert [a.raised for a in after.engine.session.alarms] == [10.0, 101.0]


def test_a_visit_resumed_before_the_dose_still_has_its_baseline():
    before = Bedside().open()
    before.at(10.0, *oximetry(10.0, 97.0, 66.0))

    after = Bedside()
    after.engine.resume(before.record.entries, 100.0, oximetry(10.0, 97.0, 66.0))
    after.ask(120.0, c.RecordDose(by="Ana"))

    baseline = after.engine.session.baseline
    assert baseline is not None
    assert (baseline.pulse, baseline.spo2) == (66.0, 97.0)


def test_the_curves_before_an_interruption_are_told_again_but_never_as_live():
    """A resumed visit shows its first minutes too, of the source that was in use."""
    before = Bedside().open()
    before.at(10.0, *oximetry(10.0, 97.0, 66.0))
    second = tuple(replace(r, source="other") for r in oximetry(10.0, 80.0, 40.0))

    after = Bedside()
    after.engine.resume(before.record.entries, 100.0, (*oximetry(10.0, 97.0, 66.0), *second))

    (told,) = [message for message in after.messages if isinstance(message, Earlier)]
    assert [(r.vital, r.value) for r in told.readings] == [
        (Vital.SPO2, 97.0),
        (Vital.PULSE_RATE, 66.0),
    ]
    assert not [message for message in after.messages if isinstance(message, Observed)]


def test_every_message_crosses_the_line_as_bytes():
    from kapmonitor.messages import decode_message, encode

    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.at(40.0, *oximetry(40.0, 85.0), Link("oximeter", LinkState.UP, 40.0))
    bedside.ask(60.0, c.RecordDose(by="Ana"))

    assert [decode_message(encode(message)) for message in bedside.messages] == bedside.messages
    assert isinstance(bedside.last(BoardView), BoardView)


def test_an_emergency_copy_is_asked_for_by_name_and_what_became_of_it_is_told():
    bedside = Bedside().open()
    bedside.engine.trouble("write_failed", 10.0, detail="disk_full")
    answer = bedside.engine.ask(c.EmergencyCopy(folder="/media/stick", by="Nurse"), 11.0)

    record = bedside.record
    assert record.copies == [Path("/media/stick") / Path(bedside.engine.recording).name]
    asked = record.entries[answer.entry - 1]
    assert (asked.event, asked.by) == (e.Trouble("emergency_copy_asked"), "Nurse")
    refused = bedside.engine.ask(c.EmergencyCopy(folder=" ", by="Nurse"), 12.0)
    assert refused.refused == "folder_missing"


def test_good_oximetry_before_the_dose_is_counted_and_what_lacks_is_in_the_baseline():
    """Gaps and doubtful values count for nothing; by hand: 60 s, a gap of 30 s, 61 s."""
    bedside = Bedside().open()
    bedside.cuff(20.0, 120, 80)
    bedside.cuff(140.0, 126, 76)
    for second in (*range(141, 202), *range(231, 293)):
        bedside.at(float(second), *oximetry(second, 97.0, 68.0))
    bedside.at(294.0)

    pulses = [m for m in bedside.messages if isinstance(m, Pulse)]
    # The value of that very second stands for no time yet.
    assert [p.oximetry for p in pulses if p.at <= 201][-1] == 59
    assert pulses[-1].oximetry == 121

    bedside.ask(294.0, c.RecordDose(by="Ana", amount=56))
    base = bedside.engine.session.baseline
    assert base is not None
    assert (base.oximetry_seconds, base.short) == (121.0, ())


def test_a_baseline_of_one_cuff_and_no_oximetry_says_so_on_the_record():
    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.ask(240.0, c.RecordDose(by="Ana", amount=56))

    base = bedside.engine.session.baseline
    assert base is not None and base.short == ("cuff", "oximetry")
    (entry,) = bedside.events(e.Baseline)
    words = event_sentence(entry.event, {})
    assert words.endswith("Less than the plan asks (cuff readings: 1, oximetry 0:00 min)")

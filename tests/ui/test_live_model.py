"""The live model: the engine's messages become what a bedside screen shows. No window needed."""

import itertools
import math

import msgspec
import numpy as np
import pytest

from kapmonitor import events as e
from kapmonitor.commands import PauseAudio
from kapmonitor.events import AlarmKind, AlarmState, Entry, Priority
from kapmonitor.messages import Answered, Earlier, Finished, Observed, Pulse, Saved, SourceKnown
from kapmonitor.ports import AlarmView, BoardView
from kapmonitor.reading import Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital
from ui.live import sample, views
from ui.live.alarm_views import alarm_line, lit
from ui.live.model import LiveModel
from ui.live.tile_views import DASHES, tile_views
from ui.live.trend_views import trend_view

START = 1000.0


def told(*messages, real=START) -> LiveModel:
    model = LiveModel()
    model.take([SourceKnown(sample.OXIMETER), SourceKnown(sample.CUFF), *messages], real)
    return model


def pulse_of(value: float | None, at: float, **more) -> Observed:
    return Observed(Reading(Vital.PULSE_RATE, value, at, source="oximeter", **more))


def spo2_of(value: float | None, at: float, **more) -> Observed:
    return Observed(Reading(Vital.SPO2, value, at, source="oximeter", **more))


def tile(model: LiveModel, key: str, real: float):
    return next(view for view in tile_views(model, real) if view.key == key)


def entry(event: e.Event, at: float, number: int = 1, by: str = "") -> e.Entry:
    return e.Entry(number, at, 0.0, 0, event, by)


def alive(at: float) -> Pulse:
    return Pulse(at, 0.0)


# Time ---------------------------------------------------------------------------------------------


def test_the_clock_runs_on_between_two_signs_of_life():
    model = told(alive(60.0))

    assert model.now(START + 0.5) == 60.5


def test_the_clock_does_not_run_away_from_an_engine_that_tells_nothing():
    model = told(alive(60.0))

    assert model.now(START + 30.0) == 62.0


def test_a_fast_demonstration_never_runs_ahead_of_what_arrived():
    """At twenty times life one real second is twenty; the engine's own messages lead."""
    model = told(Pulse(60.0, 0.0, rate=20.0))

    assert model.now(START + 0.05) == pytest.approx(61.0)
    assert model.now(START + 1.0) == 62.0


def test_two_seconds_of_silence_mean_that_monitoring_has_stopped():
    model = told(alive(60.0))

    assert not model.stopped(START + 2.0)
    assert model.stopped(START + 2.1)
    model.take([alive(63.0)], START + 2.2)
    assert not model.stopped(START + 2.3)


def test_an_engine_that_never_speaks_is_found_too():
    model = LiveModel()
    model.take([], START)

    assert model.stopped(START + 2.1)


def test_after_the_end_silence_is_no_alarm():
    model = told(alive(60.0), Finished("x.kap", sealed=True))

    assert not model.stopped(START + 60.0)


# Tiles --------------------------------------------------------------------------------------------


def test_a_continuous_value_dims_after_five_seconds_and_is_gone_after_ten():
    model = told(alive(60.0), pulse_of(72, 60.0))

    assert (tile(model, "pulse", START).value, tile(model, "pulse", START).tone) == ("72", "green")
    model.take([alive(65.0)], START + 5.0)
    stale = tile(model, "pulse", START + 5.0)
    assert (stale.value, stale.tone, stale.age) == ("72", "stale", "5 s ago")
    model.take([alive(70.0)], START + 10.0)
    assert tile(model, "pulse", START + 10.0).value == DASHES


def test_values_of_a_silent_engine_become_dashes_although_its_clock_stands():
    model = told(alive(60.0), pulse_of(72, 60.0), spo2_of(97, 60.0))

    assert tile(model, "spo2", START + 2.5).tone == "stale"
    assert tile(model, "spo2", START + 10.5).value == DASHES


def test_a_cuff_reading_shows_its_age_greys_and_goes():
    model = told(alive(600.0), entry(sample.cuff(142, 88), 600.0))

    assert tile(model, "systolic", START).value == "142"
    assert tile(model, "systolic", START).age == "just now"
    model.take([alive(600.0 + 16 * 60)], START + 960)
    late = tile(model, "diastolic", START + 960)
    assert (late.value, late.tone, late.age) == ("88", "stale", "16 min ago")
    model.take([alive(600.0 + 3600)], START + 3600)
    assert tile(model, "systolic", START + 3600).value == DASHES
    assert tile(model, "systolic", START + 3600).age == "60 min ago"


def test_a_failed_cuff_cycle_shows_dashes_and_its_reason():
    failed = sample.cuff(None, None, None, Quality.INVALID, "body_movement")
    model = told(alive(600.0), entry(sample.cuff(142, 88), 300.0), entry(failed, 600.0, 2))

    view = tile(model, "systolic", START)
    assert (view.value, view.note) == (DASHES, "patient moved")


def test_a_doubtful_reading_is_marked_and_a_typed_one_too():
    doubtful = sample.cuff(190, 180, None, Quality.QUESTIONABLE, "pulse_pressure")
    model = told(alive(600.0), entry(doubtful, 600.0))
    assert tile(model, "systolic", START).mark == "?"

    model.take([entry(sample.cuff(120, 80, origin=Origin.MANUAL), 601.0, 2)], START)
    assert tile(model, "systolic", START).mark == "M"
    assert tile(model, "systolic", START).source == "by hand"


def test_a_reading_from_a_cuffs_memory_is_history_and_no_tile():
    model = told(alive(600.0), entry(sample.cuff(150, 95, origin=Origin.STORED), 600.0))

    assert tile(model, "systolic", START).value == DASHES


def test_an_invalid_value_gives_its_reason_and_no_number():
    model = told(
        alive(60.0), spo2_of(97, 59.0), spo2_of(None, 60.0, quality=Quality.INVALID,
                                                reason="sensor_off"),
    )  # fmt: skip

    view = tile(model, "spo2", START)
    assert (view.value, view.note) == (DASHES, "sensor off")


def test_a_source_that_is_not_in_use_changes_no_tile():
    other = Observed(Reading(Vital.PULSE_RATE, 180, 60.0, source="other"), in_use=False)
    model = told(alive(60.0), pulse_of(72, 60.0), other)

    assert tile(model, "pulse", START).value == "72"


def test_a_cuffs_pulse_does_not_push_a_live_one_aside():
    of_cuff = Observed(Reading(Vital.PULSE_RATE, 90, 61.0, source="cuff"))
    model = told(alive(61.0), pulse_of(72, 60.0), of_cuff)
    assert tile(model, "pulse", START).value == "72"

    alone = told(alive(61.0), of_cuff)
    assert tile(alone, "pulse", START).value == "90"
    alone.take([alive(121.0)], START + 60)
    assert tile(alone, "pulse", START + 60).age == "1 min ago"


def test_the_difference_from_baseline_stands_beside_the_number():
    base = e.Baseline(120, 75, 70, 97, 2)
    model = told(alive(600.0), entry(base, 1.0), entry(sample.cuff(152, 75), 600.0, 2))

    assert tile(model, "systolic", START).difference == "+32"
    assert tile(model, "diastolic", START).difference == "±0"
    assert tile(model, "systolic", START).baseline == "base 120"


def test_limits_come_from_the_record_and_follow_a_change():
    model = told(alive(1.0), entry(sample.opened(), 0.0))
    assert (tile(model, "pulse", START).upper, tile(model, "pulse", START).lower) == ("120", "50")
    assert tile(model, "systolic", START).upper == "160"

    model.take([entry(e.LimitChanged("PR_HIGH", 120, 130), 2.0, 2)], START)
    assert tile(model, "pulse", START).upper == "130"
    model.take([entry(e.LimitChanged("PR_LOW", 50, None), 3.0, 3)], START)
    assert tile(model, "pulse", START).lower == "40"


def test_after_the_end_no_value_looks_live():
    model = told(alive(60.0), pulse_of(72, 60.0), entry(e.Ended(), 60.0))

    assert tile(model, "pulse", START).value == DASHES
    assert tile(model, "pulse", START).note == "visit ended"


def test_no_expired_value_looks_live_at_any_second():
    """Every second of two minutes after the last reading, whatever the engine does."""
    for engine_alive in (True, False):
        model = told(alive(60.0), pulse_of(72, 60.0), spo2_of(97, 60.0))
        for second in range(120):
            if engine_alive:
                model.take([alive(60.0 + second)], START + second)
            for key, colour in (("pulse", "green"), ("spo2", "cyan")):
                view = tile(model, key, START + second)
                assert second < 10 or view.value == DASHES
                assert second < 5 or view.tone != colour


# Alarms -------------------------------------------------------------------------------------------


def change(alarm: str, priority: Priority, raised: float, value: float, limit: float, vital: Vital):
    kind = AlarmKind.PHYSIOLOGICAL
    return e.AlarmChange(alarm, priority, kind, AlarmState.RAISED, raised, value, limit, vital)


LOW_SPO2 = change("SPO2_DESAT", Priority.HIGH, 50.0, 83, 85, Vital.SPO2)
FAST = change("PR_HIGH", Priority.MEDIUM, 40.0, 131, 120, Vital.PULSE_RATE)


def test_the_line_tells_value_and_limit_with_the_mark_of_its_priority():
    board = BoardView(60.0, (AlarmView(FAST), AlarmView(LOW_SPO2)))
    line = alarm_line(told(alive(60.0), board), START)

    assert [(row.mark, row.text) for row in line.rows] == [
        ("***", "SpO₂ very low: 83 % (limit 85 %)"),
        ("**", "Pulse high: 131 /min (limit 120 /min)"),
    ]


def test_an_acknowledged_alarm_gives_way_to_one_that_nobody_has_seen():
    board = BoardView(60.0, (AlarmView(LOW_SPO2, "Nurse"), AlarmView(FAST)))
    line = alarm_line(told(alive(60.0), board), START)

    assert [row.alarm for row in line.rows] == ["PR_HIGH", "SPO2_DESAT"]
    assert line.rows[1].acknowledged_by == "Nurse"


def test_a_high_that_was_seen_keeps_the_colour_of_its_tile():
    """Its sound is off; what nobody has seen yet is less, and stands on top of the line."""
    lower = change("SPO2_LOW", Priority.MEDIUM, 40.0, 83, 90, Vital.SPO2)
    board = BoardView(60.0, (AlarmView(LOW_SPO2, "Nurse"), AlarmView(lower)))
    view = tile(told(alive(60.0), spo2_of(83, 60.0), board), "spo2", START)

    assert (view.alarm, view.acknowledged) == ("high", True)


def test_where_a_limit_is_off_the_tile_shows_the_one_that_still_watches():
    model = told(alive(1.0), entry(sample.opened(), 0.0))
    off = [e.LimitChanged(alarm, 90, None, "known") for alarm in ("SPO2_LOW", "SBP_LOW")]
    model.take([entry(event, 2.0, number) for number, event in enumerate(off, 2)], START)

    assert (tile(model, "spo2", START).lower, tile(model, "systolic", START).lower) == ("85", "")


def test_the_pause_counts_down():
    model = told(alive(60.0), BoardView(60.0, paused_until=180.0))

    assert alarm_line(model, START).paused_left == 120
    assert alarm_line(model, START + 1.0).paused_left == 119


def test_the_tile_of_the_vital_carries_the_alarm():
    model = told(alive(60.0), BoardView(60.0, (AlarmView(LOW_SPO2),)))

    assert tile(model, "spo2", START).alarm == "high"
    assert tile(model, "pulse", START).alarm == ""


@pytest.mark.parametrize(("priority", "slowest", "fastest"), [
    (Priority.HIGH, 1.4, 2.8), (Priority.MEDIUM, 0.4, 0.8),
])  # fmt: skip
def test_the_flash_keeps_the_standards_rate_and_duty(priority, slowest, fastest):
    seen = [lit(priority, False, n / 1000) for n in range(40_000)]
    rises = sum(1 for a, b in itertools.pairwise(seen) if b and not a)

    assert slowest <= rises / 40 <= fastest < 3
    assert 0.2 <= sum(seen) / len(seen) <= 0.6 + 1e-9


def test_what_is_low_or_seen_does_not_flash():
    assert all(lit(Priority.LOW, False, n / 10) for n in range(100))
    assert all(lit(Priority.HIGH, True, n / 10) for n in range(100))


# Timeline, commands, trends -----------------------------------------------------------------------


def test_an_entry_is_marked_until_the_disk_has_it():
    model = told(alive(60.0), entry(e.Note("calm"), 50.0, 7, "Nurse"), Saved(6))
    assert not views.timeline(model)[0].saved

    model.take([Saved(7)], START)
    assert views.timeline(model)[0].saved


def test_the_timeline_counts_from_the_dose():
    model = told(
        alive(2000.0), entry(e.Dose("in", 56, "mg", "esketamine"), 600.0, 1, "Nurse"),
        entry(sample.cuff(118, 74), 540.0, 2), entry(e.Note("calm"), 665.0, 3, "Nurse"),
    )  # fmt: skip

    rows = views.timeline(model)
    assert [row.time for row in rows] == ["t+01:05", "t-01:00", "t+00:00"]
    assert rows[2].text == "Dose 1: 56 mg esketamine"
    assert rows[0].by == "Nurse"


def test_an_answer_finds_the_panel_that_asked():
    model = told(alive(60.0))
    model.ask(PauseAudio(id="w1"), "Dose")

    model.take([Answered("w1", refused="no_dose", facts={"n": 1}), Answered("other", 4)], START)

    assert [(reply.place, reply.refused) for reply in model.replies] == [("Dose", "no_dose")]


def test_what_is_due_counts_down_and_says_when_it_is_late():
    now = 3000.0
    checks = (sample.check("round", now - 400, now), sample.check("cuff", now + 90, now))
    model = told(sample.beat(now, *checks))

    first, second = views.due_list(model, START)
    assert (first.when, first.tone) == ("overdue 6:40", "overdue")
    assert second.when == "in 1:30"


def test_a_short_dip_survives_the_thinning_of_eight_hours():
    model = told(alive(1.0))
    readings = [spo2_of(97.0, float(n)) for n in range(8 * 3600)]
    readings[14_321] = spo2_of(81.0, 14_321.0)
    model.take(readings, START)

    times, values = model.trends.get("spo2").envelope(0, 8 * 3600, 700)

    assert len(times) <= 1400
    assert values.min() == 81.0


def test_a_gap_in_the_readings_is_a_gap_in_the_curve():
    model = told(pulse_of(72, 10.0), pulse_of(73, 11.0), pulse_of(74, 60.0))

    _, values = model.trends.get("pulse").points
    assert [math.isnan(value) for value in values] == [False, False, True, False]


@pytest.mark.parametrize("columns", [3, 50, 700, 3000])
def test_a_gap_stays_a_gap_at_every_width(columns):
    """Two hours at 1 Hz with 120 s of nothing, and once a sensor that was off for a minute."""
    silent, off = range(3000, 3120), range(5000, 5060)
    model = told(alive(1.0))
    model.take([pulse_of(72 + second % 3, float(second)) for second in range(7200)
                if second not in silent and second not in off], START)  # fmt: skip
    times, values = model.trends.get("pulse").envelope(0, 7200, columns)

    for gap in (silent, off):
        lost = times[np.isnan(values)]
        assert any(gap.start - 1 <= at < gap.stop for at in lost)
        drawn = times[~np.isnan(values)]
        assert not any(at in gap for at in drawn)
    assert len(times) <= 2 * (columns + 4)


def test_a_missing_reading_breaks_the_thinned_curve_and_keeps_what_lies_around_it():
    model = told(alive(1.0))
    readings = [pulse_of(72, float(second)) for second in range(7200)]
    readings[4001] = pulse_of(140, 4001.0)
    readings[4002] = msgspec.structs.replace(
        readings[4002],
        reading=Reading(Vital.PULSE_RATE, None, 4002.0, Quality.INVALID, "sensor_off",
                        source="oximeter"),
    )  # fmt: skip
    model.take(readings, START)

    _, values = model.trends.get("pulse").envelope(0, 7200, 100)

    (first, *_) = np.flatnonzero(np.isnan(values))
    assert values[first - 1] == 140
    assert np.nanmin(values) == 72


def test_a_cuff_at_work_shows_its_pressure_as_a_cuffs_and_never_as_the_reading():
    """Beside a reading that ages, and beside the dashes where there is none yet."""
    first = told(*sample.links(), alive(600.0), entry(e.CuffCycle("cuff", "started"), 595.0),
                 Observed(Reading(Vital.CUFF_PRESSURE, 58.0, 600.0, source="cuff")))  # fmt: skip
    view = tile(first, "systolic", START)
    assert (view.value, view.note) == (DASHES, "cuff 58 mmHg")

    again = told(*sample.links(), alive(600.0), entry(sample.cuff(142, 88), 300.0),
                 entry(e.CuffCycle("cuff", "started"), 595.0, 2),
                 Observed(Reading(Vital.CUFF_PRESSURE, 58.0, 600.0, source="cuff")))  # fmt: skip
    view = tile(again, "systolic", START)
    assert (view.value, view.age, view.note) == ("142", "5 min ago", "cuff 58 mmHg")
    assert tile(again, "diastolic", START).value == "88"


def test_baseline_and_difference_on_a_tile_add_up():
    base = e.Baseline(131.0, 86.5, 72.0, 97.0, cuff_readings=2)
    model = told(alive(600.0), entry(base, 300.0), entry(sample.cuff(142, 75), 600.0, 2))

    view = tile(model, "diastolic", START)
    assert (view.baseline, view.value, view.difference) == ("base 87", "75", "−12")
    view = tile(model, "systolic", START)
    assert (view.baseline, view.value, view.difference) == ("base 131", "142", "+11")


def test_a_visit_without_sound_says_so_like_a_muted_one():
    for state, words in (("silent", "NO SOUND: switched off"), ("muted", "NO SOUND: muted")):
        model = told(msgspec.structs.replace(alive(60.0), sound=state))
        sound = alarm_line(model, START).sound
        assert (sound.bell, sound.words, sound.trouble) == ("off", words, words)


def test_a_cuff_to_be_repeated_is_called_so():
    now = 3000.0
    again = msgspec.structs.replace(sample.check("cuff", now + 120, now), repeat=True)
    model = told(sample.beat(now, again, sample.check("cuff", now + 600, now)))

    first, second = views.due_list(model, START)
    assert first.text.startswith("Repeat the cuff")
    assert (first.when, second.text.partition(" ")[0]) == ("in 2:00", "Cuff")


def test_the_trends_show_marks_phases_and_bands_of_a_whole_visit():
    messages, _ = sample.typical()
    model = told(*messages)
    view = trend_view(model, START)

    kinds = {mark.kind for mark in view.frame.marks}
    assert {"dose", "round", "note", "low"} <= kinds
    assert view.frame.zero == sample.T0
    assert {band.plot for band in view.frame.bands} == {"pulse", "spo2", "pressure"}
    assert len(view.cuffs) == 5
    # The plan's expectations, counted from the dose.
    assert [
        ((x.start - sample.T0) / 60, (x.end - sample.T0) / 60) for x in view.frame.expected
    ] == [
        (10, 10),
        (10, 45),
    ]


def test_before_the_dose_nothing_is_expected():
    messages, _ = sample.typical()
    undosed = [m for m in messages if not (isinstance(m, Entry) and isinstance(m.event, e.Dose))]

    assert trend_view(told(*undosed), START).frame.expected == ()


def test_every_still_life_survives_the_way_over_the_line():
    """Messages cross as bytes; the model folds what comes out the same way."""
    from kapmonitor.messages import decode_message, encode

    for make in sample.STILLS.values():
        messages, _ = make()
        plain, crossed = LiveModel(), LiveModel()
        plain.take(messages, START)
        crossed.take([decode_message(encode(message)) for message in messages], START)
        assert tile_views(plain, START) == tile_views(crossed, START)
        assert views.timeline(plain) == views.timeline(crossed)


def test_of_two_oximeters_the_curve_is_that_of_the_spo2_in_use():
    """Two curves in one line would be a wave that nobody has."""
    first = msgspec.structs.replace(sample.OXIMETER, measures=(Vital.SPO2, Vital.PLETH))
    other = msgspec.structs.replace(first, id="other")
    model = told(SourceKnown(first), SourceKnown(other))
    ours, theirs = (PlethRun(1.0, 0.01, (1, 2), 127, source=name) for name in ("oximeter", "other"))

    model.take([theirs, ours, theirs], START)
    assert model.taken_pleth() == [ours]

    model.take([Observed(Reading(Vital.SPO2, 97, 2.0, source="other")), ours, theirs], START)
    assert model.taken_pleth() == [theirs]


def test_pleth_waits_for_the_strip_once():
    run = PlethRun(1.0, 0.01, (1, 2, 3), 127)
    model = told(run)

    assert model.taken_pleth() == [run]
    assert model.taken_pleth() == []


def test_a_plan_that_cannot_be_read_leaves_the_screen_alive():
    broken = msgspec.structs.replace(sample.opened(), plan_text="nonsense", limits_text="= 3")
    model = told(alive(1.0), entry(broken, 0.0))

    assert model.plan is None
    assert tile(model, "pulse", START).upper == ""


def test_what_was_before_an_interruption_is_drawn_and_shown_nowhere_else():
    model = LiveModel()
    before = (Reading(Vital.PULSE_RATE, 66.0, 10.0, source="oximeter"),)
    model.take([Earlier(before)], 0.0)

    times, values = model.trends.get("pulse").points
    assert (list(times), list(values)) == ([10.0], [66.0])
    assert model.shown == {}

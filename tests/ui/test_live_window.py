"""The live window: keys become commands, panels refuse what cannot be, a dead engine shows."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import alarm_name
from kapmonitor.messages import Answered, Finished, Observed, Pulse, Saved
from kapmonitor.plan import plan_for_route
from kapmonitor.reading import Reading
from kapmonitor.vitals import Vital
from ui.keys import KEYS
from ui.live import sample
from ui.live.due_words import due_heading
from ui.live.panels.dose import largest_of
from ui.live.panels.summaries import end_facts
from ui.live.tile_views import DASHES
from ui.live.views import due_list, timeline


@pytest.fixture
def visit(open_window):
    """Forty-two minutes after the dose."""
    return open_window(sample.typical()[0])


@pytest.fixture
def press(qtbot):
    def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)

    return press


def asked(window, kind):
    return [command for command in window.link.asked if isinstance(command, kind)]


def answer(window, entry=0, refused="", **facts):
    last = window.link.asked[-1]
    window.link.waiting.append(Answered(last.id, entry, refused, facts))
    window.tick()


# Keys ---------------------------------------------------------------------------------------------


def test_no_key_stands_twice_in_the_table():
    presses = [key.press for key in KEYS]

    assert len(presses) == len(set(presses))


def test_a_dose_by_keyboard_alone(visit, press):
    """D, one spray stands chosen, Ctrl+Enter files."""
    press(visit, Qt.Key.Key_D)
    assert visit.panel is visit.panels.dose
    press(visit, Qt.Key.Key_Left)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    (dose,) = asked(visit, c.RecordDose)
    assert (dose.amount, dose.unit, dose.by) == (28.0, "mg", "A. Lindqvist, RN")
    assert dose.happened is None
    answer(visit, entry=40)
    assert visit.panel is None


def test_a_second_press_does_not_file_the_dose_twice(visit, press):
    press(visit, Qt.Key.Key_D)
    press(visit, Qt.Key.Key_Left)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert len(asked(visit, c.RecordDose)) == 1
    answer(visit, refused="in_the_future", seconds=30)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(asked(visit, c.RecordDose)) == 2


def test_enter_presses_the_button_that_has_the_focus(visit, qtbot):
    """After Tab to a button a nurse presses Enter; nothing told her that only Space would do."""
    visit.actions_of_keys.do("phase")
    qtbot.keyClick(visit.panels.phase._phases[e.Phase.RECOVERY], Qt.Key.Key_Return)

    assert [command.phase for command in asked(visit, c.SetPhase)] == [e.Phase.RECOVERY]


def test_the_engine_is_told_that_somebody_looks(visit):
    assert visit.link.watched


def test_acknowledging_names_the_alarm_on_top(open_window, press):
    window = open_window(sample.worst()[0])
    press(window, Qt.Key.Key_A)

    (command,) = asked(window, c.Acknowledge)
    assert command.alarm == "SPO2_DESAT"


def test_without_an_alarm_there_is_nothing_to_acknowledge(visit, press):
    press(visit, Qt.Key.Key_A)

    assert visit.link.asked == []
    assert visit.parts.said.text() == "There is no alarm to acknowledge."


def test_pause_and_quiet_are_one_key_each(visit, press):
    press(visit, Qt.Key.Key_P)
    press(visit, Qt.Key.Key_Q)

    assert len(asked(visit, c.PauseAudio)) == 1
    assert asked(visit, c.SetQuiet)[0].on is False


def test_the_cuff_starts_and_a_running_one_stops(visit, press):
    press(visit, Qt.Key.Key_C)
    assert asked(visit, c.AskCuff)[-1].action == "start"

    visit.link.waiting.append(e.Entry(99, 3350.0, 0, 0, e.CuffCycle("cuff", "started")))
    visit.tick()
    press(visit, Qt.Key.Key_C)
    assert asked(visit, c.AskCuff)[-1].action == "stop"


def test_a_cuff_that_was_asked_to_start_can_be_stopped_before_it_says_so(visit, press):
    at = visit.model.now(visit.options.clock())
    visit.link.waiting.append(e.Entry(99, at, 0, 0, e.CuffCycle("cuff", "asked_start")))
    visit.tick()

    press(visit, Qt.Key.Key_C)

    assert asked(visit, c.AskCuff)[-1].action == "stop"


def test_one_key_stops_the_cuff_while_a_note_is_typed(visit, press, qtbot):
    press(visit, Qt.Key.Key_N)
    qtbot.keyClicks(QApplication.focusWidget(), "half a sen")

    press(visit, Qt.Key.Key_F4)

    assert [command.action for command in asked(visit, c.AskCuff)] == ["stop"]
    assert visit.panel is visit.panels.note


def test_letters_typed_into_a_note_are_letters(visit, press, qtbot):
    press(visit, Qt.Key.Key_N)
    qtbot.keyClicks(QApplication.focusWidget(), "Pain and dread, ACE")
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert [type(command) for command in visit.link.asked] == [c.AddNote]
    assert visit.link.asked[0].text == "Pain and dread, ACE"


def test_no_single_key_ends_a_visit(visit, press):
    for key in KEYS:
        visit.actions_of_keys.do(key.action)
        visit.close_panel()
    press(visit, Qt.Key.Key_E)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked(visit, c.EndSession) == []

    press(visit, Qt.Key.Key_Space)
    visit.panels.end.early.setText("fire alarm")
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(asked(visit, c.EndSession)) == 1


def test_a_visit_before_its_minimum_is_not_ended_without_a_reason(visit, press, qtbot):
    """The patient may still lie there: E, Space and Ctrl+Enter alone end nothing."""
    press(visit, Qt.Key.Key_E)
    press(visit, Qt.Key.Key_Space)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    panel = visit.panels.end
    assert asked(visit, c.EndSession) == []
    assert panel.problem.endswith("write why the visit ends now.")

    qtbot.keyClicks(panel.early, "taken to hospital")
    panel.submit()

    (end,) = asked(visit, c.EndSession)
    assert (end.early_reason, end.reason) == ("taken to hospital", "")


def test_once_the_patient_left_the_end_asks_for_nothing(visit, press):
    last = visit.model.session.entries[-1]
    left = e.Left("M. Sato", early_reason="child ill")
    visit.link.waiting.append(e.Entry(last.number + 1, last.at, 0, 0, left))
    visit.tick()
    press(visit, Qt.Key.Key_E)
    press(visit, Qt.Key.Key_Space)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    (end,) = asked(visit, c.EndSession)
    assert end.early_reason == ""
    assert visit.panels.end.early.isHidden()


def test_closing_the_window_asks_instead_of_ending(visit):
    assert not visit.close()
    assert visit.panel is visit.panels.end
    assert not visit.link.closed
    assert "Esc: the visit goes on" in visit.panels.end.problem


def test_a_window_whose_engine_is_dead_simply_closes(visit, clock):
    clock.now += 2.5
    visit.tick()
    assert visit.parts.alarms._text.text() == "Monitoring stopped"

    assert visit.close()
    assert visit.link.closed
    assert visit.panel is None


def test_news_that_still_wait_count_as_a_sign_of_life_when_closing(visit, clock):
    """The window itself may have stood still: a beat in its inbox means that the visit runs."""
    clock.now += 2.5
    visit.link.waiting.append(sample.beat(sample.typical()[1] + 2))

    assert not visit.close()
    assert visit.panel is visit.panels.end


def test_the_help_lists_every_key_of_the_table(visit, press):
    press(visit, Qt.Key.Key_F1)

    texts = {label.text() for label in visit.panels.help.findChildren(QWidget)
             if hasattr(label, "text")}  # fmt: skip
    assert {key.press for key in KEYS} <= texts
    press(visit, Qt.Key.Key_Escape)
    assert visit.panel is None


def test_what_is_due_stays_in_sight_beside_a_panel(open_window):
    """Everything that is late, and the next one."""
    now = sample.T0 + 40 * 60.0
    checks = [
        sample.check("round", now - 600, now),
        sample.check("cuff", now - 400, now),
        sample.check("cuff", now + 90, now),
        sample.check("round", now + 900, now),
    ]
    scribe = sample.Scribe()
    scribe.write(sample.opened(), 0.0)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(now, *checks)])
    assert window.parts.due.isVisible()
    assert not window.parts.due_lines.isVisible()

    window.actions_of_keys.do("round")
    window.settle()
    lines = window.parts.due_lines
    assert lines.isVisible()
    assert [line.partition(" ")[0] for line in lines.lines] == ["Round", "Cuff", "Cuff"]
    assert ["overdue" in line for line in lines.lines] == [True, True, False]
    assert lines.lines[2].endswith("in 1:30")
    assert window.parts.timeline.isVisible()
    assert window.parts.timeline.height() > 40


# Panels -------------------------------------------------------------------------------------------


def test_a_round_by_keyboard(visit, press, qtbot):
    """Level 4 by its digit, two probes by theirs after moving on, filed without the mouse."""
    press(visit, Qt.Key.Key_R)
    press(visit, Qt.Key.Key_4)
    for _ in range(3):
        press(visit, Qt.Key.Key_Tab)
    press(visit, Qt.Key.Key_2)
    press(visit, Qt.Key.Key_3)
    press(visit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    (filed,) = asked(visit, c.FileRound)
    assert filed.answers == {"moaas": "4", "d_time": "2", "d_surroundings": "3"}
    visit.options.checklist.checked(filed.answers)


def test_a_round_without_its_required_item_is_refused_at_once(visit):
    visit.actions_of_keys.do("round")
    visit.panels.round.submit()

    assert visit.panels.round.problem == "Responds is missing"
    assert visit.link.asked == []


def test_as_before_copies_the_last_round(visit):
    visit.actions_of_keys.do("round")
    visit.panels.round.as_before()

    assert visit.panels.round.answers() == {"moaas": "4"}


def test_nothing_else_fills_only_what_was_left_open(visit):
    visit.actions_of_keys.do("round")
    field = next(f for f in visit.panels.round._fields if f.item.id == "nausea")
    field.show_answer("severe")
    visit.panels.round._fill_rest()

    answers = visit.panels.round.answers()
    assert answers["nausea"] == "severe"
    assert (answers["d_time"], answers["headache"], answers["red_flags"]) == ("0", "none", "none")
    assert "moaas" not in answers


@pytest.mark.parametrize(("systolic", "diastolic"), [("300", "80"), ("120", "5"), ("abc", "80")])
def test_an_impossible_pressure_is_refused_at_its_field(visit, systolic, diastolic):
    visit.actions_of_keys.do("enter_cuff")
    fields = visit.panels.cuff.fields
    fields["systolic"].type(systolic)
    fields["diastolic"].type(diastolic)
    visit.panels.cuff.submit()

    assert visit.link.asked == []
    assert fields["systolic"].wrong or fields["diastolic"].wrong


def test_a_pressure_typed_in(visit):
    visit.actions_of_keys.do("enter_cuff")
    fields = visit.panels.cuff.fields
    fields["systolic"].type("128")
    fields["diastolic"].type("82")
    visit.panels.cuff.submit()

    (cuff,) = asked(visit, c.AskCuff)
    assert (cuff.action, cuff.systolic, cuff.diastolic, cuff.pulse) == ("enter", 128, 82, None)


def test_diastolic_above_systolic_is_refused(visit):
    visit.actions_of_keys.do("enter_cuff")
    visit.panels.cuff.fields["systolic"].type("80")
    visit.panels.cuff.fields["diastolic"].type("120")
    visit.panels.cuff.submit()

    assert visit.link.asked == []
    assert "above the diastolic" in visit.panels.cuff.problem


def test_a_wrong_number_brings_the_focus_back_to_its_field(visit):
    """400/20: what is typed next goes where the mistake is, not into the field after it."""
    visit.actions_of_keys.do("enter_cuff")
    panel = visit.panels.cuff
    panel.fields["systolic"].type("400")
    panel.fields["diastolic"].type("20")
    panel.fields["pulse"].setFocus()
    panel.submit()

    assert visit.link.asked == []
    assert panel.focusWidget() is panel.fields["systolic"].focusProxy()


def test_what_the_engine_refuses_is_said_in_the_panel(visit):
    visit.actions_of_keys.do("phase")
    visit.panels.phase._go_to(e.Phase.RECOVERY)
    answer(visit, refused="session_ended")

    assert visit.panel is visit.panels.phase
    assert visit.panels.phase.problem


def test_a_dose_taken_back_is_marked_in_the_timeline(visit):
    """The lines of the dose and of its taking back stand apart: the first must not look given."""
    (dose,) = visit.model.session.doses
    number = visit.model.session.entries[-1].number + 1
    back = e.DoseWithdrawn(dose.number, "pressed twice")
    visit.link.waiting.append(e.Entry(number, visit.model.session.entries[-1].at + 1, 0, 0, back))
    visit.tick()

    row = next(row for row in timeline(visit.model) if row.number == dose.number)
    assert row.text.startswith("[taken back] Dose 1: 56 mg")
    assert row.tone == "dim"


def test_ending_names_a_high_alarm_that_is_in_force_though_somebody_saw_it(open_window):
    window = open_window(sample.worst()[0])
    board = window.model.board
    seen = tuple(replace(a, acknowledged_by="Ana") for a in board.alarms)
    window.model.board = replace(board, alarms=seen)
    high = [a for a in seen if a.change.priority is e.Priority.HIGH and not a.over]
    said = end_facts(window.model, window.options.clock()).open

    assert high
    assert [f"In force: {alarm_name(a.change.alarm)}" for a in high] == [
        line for line in said if line.startswith("In force")
    ]


def test_a_high_pressure_before_the_dose_asks_for_a_reason(open_window):
    scribe = sample.Scribe()
    scribe.write(sample.opened(), 0.0)
    scribe.write(sample.cuff(158, 96), 200.0)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(260.0)])
    window.actions_of_keys.do("dose")
    window.panels.dose.submit()
    assert window.link.asked == []
    assert "why" in window.panels.dose.problem

    window.panels.dose._lot.setText("4711")
    window.panels.dose.submit()
    assert window.link.asked == []  # a lot number is no reason
    window.panels.dose._why.setText("prescriber agrees")
    window.panels.dose.submit()
    (dose,) = asked(window, c.RecordDose)
    assert (dose.lot, dose.gate_reason) == ("4711", "prescriber agrees")


def before_the_dose(open_window, readings, apart=120):
    scribe = sample.Scribe()
    scribe.write(sample.opened(), 0.0)
    sample.ready(scribe, 20.0)
    for number in range(readings):
        scribe.write(sample.cuff(122, 78), 100.0 + apart * number)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(400.0)])
    window.actions_of_keys.do("dose")
    return window


def test_a_dose_far_above_the_plan_needs_a_second_deliberate_act(open_window, press):
    window = before_the_dose(open_window, 2)
    panel = window.panels.dose
    panel._other.setText("5600")
    for _ in range(2):
        press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.link.asked == []
    assert panel.problem == "5600 mg is above the plan's 84 mg: tick to confirm"
    assert QApplication.focusWidget() is panel._sure

    press(window, Qt.Key.Key_Space)
    panel._other.setText("8400")  # the tick was for another amount
    panel.submit()
    assert window.link.asked == []
    assert not panel._sure.isChecked()

    press(window, Qt.Key.Key_Space)
    press(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked(window, c.RecordDose)[0].amount == 8400


def test_a_typed_amount_puts_out_the_buttons(open_window, qtbot):
    window = before_the_dose(open_window, 2)
    qtbot.keyClicks(window.panels.dose._other, "70")
    assert window.panels.dose._amounts.values == []

    window.panels.dose.submit()
    assert asked(window, c.RecordDose)[0].amount == 70


def test_a_tick_does_not_outlive_the_panel(open_window):
    window = before_the_dose(open_window, 2)
    for _ in range(2):
        window.panels.dose._other.setText("5600")
        window.panels.dose.submit()
        assert window.link.asked == []
        assert not window.panels.dose._sure.isChecked()
        window.panels.dose._sure.setChecked(True)
        window.close_panel()
        window.actions_of_keys.do("dose")


@pytest.mark.parametrize("amount", ["nan", "inf", "-5", "0", "many"])
def test_an_amount_that_is_none_is_refused(open_window, amount):
    window = before_the_dose(open_window, 2)
    window.panels.dose._other.setText(amount)
    window.panels.dose.submit()

    assert window.link.asked == []
    assert "amount" in window.panels.dose.problem


def test_without_a_list_of_doses_three_times_the_usual_one_is_far_above():
    plan, _ = plan_for_route("in")

    assert largest_of(plan) == 84
    assert largest_of(replace(plan, doses=(), usual_dose=40.0)) == 120


def test_a_dose_before_the_baseline_is_complete_asks_for_a_reason(open_window):
    window = before_the_dose(open_window, 1)
    window.panels.dose.submit()
    assert window.link.asked == []
    assert "less than the plan asks" in window.panels.dose.problem

    window.panels.dose._why.setText("second cuff refused")
    window.panels.dose.submit()
    assert asked(window, c.RecordDose)[0].gate_reason == "second cuff refused"


def test_two_readings_one_right_after_the_other_are_no_baseline(open_window):
    """The plan wants two minutes between them; the cuff pressed twice at once measures once."""
    window = before_the_dose(open_window, 2, apart=40)
    assert "1 of 2 cuff readings, 2 min apart" in window.panels.dose._base.text()

    window.panels.dose.submit()
    assert window.link.asked == []
    assert "less than the plan asks" in window.panels.dose.problem


def test_what_is_due_tells_how_far_the_baseline_is(open_window):
    window = before_the_dose(open_window, 1)

    assert window.parts.due._words.text() == (
        "Baseline: cuff 1 of 2, oximetry 2:00 of 2:00 min. Checks begin with the dose"
    )


def test_too_little_oximetry_before_the_dose_is_told_and_asks_for_a_reason(open_window):
    """Two good cuff readings, but the oximeter was put on 40 seconds ago."""
    window = before_the_dose(open_window, 2)
    window.link.waiting.append(Pulse(400.0, 0.0, oximetry=40.0))
    window.tick()
    assert "oximetry 0:40 of 2:00 min" in window.parts.due._words.text()

    window.close_panel()
    window.actions_of_keys.do("dose")
    assert "Good oximetry: 0:40 of 2:00 min." in window.panels.dose._base.text()
    window.panels.dose.submit()
    assert window.link.asked == []
    window.panels.dose._why.setText("patient is anxious")
    window.panels.dose.submit()
    assert asked(window, c.RecordDose)[0].gate_reason == "patient is anxious"


def test_nothing_is_called_due_no_more_before_the_engine_has_told_what_follows(open_window):
    """Between the dose and the engine's next word about the checks the list claims nothing."""
    window = before_the_dose(open_window, 2)
    number = window.model.session.entries[-1].number + 1
    dose = e.Dose("in", 56, "mg", "esketamine")
    window.link.waiting.append(e.Entry(number, 401.0, 0, 0, dose))
    window.tick()
    assert due_heading(window.model) == ""

    window.link.waiting.append(sample.beat(402.0))
    window.tick()
    assert due_heading(window.model) == "Nothing more is due"


def test_after_the_end_nothing_is_due(visit):
    assert due_list(visit.model, visit.options.clock())
    last = visit.model.session.entries[-1]
    visit.link.waiting.append(e.Entry(last.number + 1, last.at + 1, 0, 0, e.Ended()))
    visit.tick()

    assert due_list(visit.model, visit.options.clock()) == ()
    assert due_heading(visit.model) == ""


def test_a_window_without_a_start_page_offers_none(open_window):
    window = open_window(sample.typical()[0])
    window.options.home = False

    assert window.panels.finished._home.text() == "Close the window"


def test_a_complete_baseline_asks_for_nothing(open_window):
    window = before_the_dose(open_window, 2)
    assert not window.panels.dose._why.isVisible()

    window.panels.dose.submit()
    assert asked(window, c.RecordDose)[0].detail == ""


def test_a_dose_two_minutes_ago_carries_its_time(visit):
    visit.actions_of_keys.do("dose")
    visit.panels.dose._amounts.show_values(["28"])
    visit.panels.dose._when._choices.show_values(["2"])
    visit.panels.dose.submit()

    (dose,) = asked(visit, c.RecordDose)
    assert dose.happened == pytest.approx(sample.typical()[1] - 120, abs=1)


def test_leaving_early_needs_a_reason(visit):
    visit.actions_of_keys.do("phase")
    visit.panels.phase._left()
    assert visit.link.asked == []

    visit.panels.phase._early.setText("transfer")
    visit.panels.phase._left()
    assert asked(visit, c.MarkLeft)[0].early_reason == "transfer"


def test_another_person_acts(visit, press):
    press(visit, Qt.Key.Key_W)
    visit.panels.person._other.setText("Dr. M. Okafor")
    visit.panels.person.submit()
    answer(visit, entry=40)
    press(visit, Qt.Key.Key_P)

    assert visit.link.asked[-1].by == "Dr. M. Okafor"


def test_the_end_shows_the_record_and_offers_the_export(visit, qtbot):
    visit.link.waiting += [
        e.Entry(90, 3400.0, 0, 0, e.Ended(), "A. Lindqvist, RN"),
        Finished("/records/abc.kap", sealed=True),
    ]
    visit.tick()

    assert visit.panel is visit.panels.finished
    with qtbot.waitSignal(visit.export_requested) as exported:
        visit.panels.finished._on_export()
    assert exported.args == ["/records/abc.kap"]
    assert {tile.view.value for tile in visit.parts.tiles.tiles.values()} == {DASHES}
    assert visit.close()
    assert visit.link.closed


# A dead engine, stale values ----------------------------------------------------------------------


def test_a_silent_engine_greys_the_window_and_says_so(visit, clock):
    assert visit.parts.tiles.tiles["pulse"].numeral.tone == "green"
    clock.now += 2.5
    visit.tick()

    assert visit.parts.alarms._text.text() == "Monitoring stopped"
    assert visit.parts.tiles.tiles["pulse"].numeral.tone == "stale"
    assert "green" not in _colours_of(visit)

    visit.link.waiting.append(sample.beat(sample.typical()[1] + 3))
    visit.tick()
    assert visit.parts.alarms._text.text() == "No alarms"


def _colours_of(window) -> set[str]:
    """Which of the vitals' colours a picture of the pulse shows."""
    QApplication.processEvents()
    picture: QImage = window.parts.tiles.tiles["pulse"].numeral.grab().toImage()
    found = set()
    for x in range(0, picture.width(), 3):
        for y in range(0, picture.height(), 3):
            colour = picture.pixelColor(x, y)
            if colour.green() > 150 and colour.red() < 110 and colour.blue() < 170:
                found.add("green")
    return found


def test_a_live_pulse_is_drawn_in_green(visit):
    assert "green" in _colours_of(visit)


def test_a_reading_is_on_the_tile_after_one_tick(visit):
    now = sample.typical()[1] + 0.2
    visit.link.waiting.append(Observed(Reading(Vital.PULSE_RATE, 133.0, now, source="oximeter")))
    visit.tick()

    assert visit.parts.tiles.tiles["pulse"].numeral.text == "133"


def test_a_stale_tile_keeps_no_colour_of_a_live_one(visit, clock):
    """The oximeter falls silent while the engine goes on: no frame shows its last value as live."""
    at = sample.typical()[1]
    for second in range(1, 15):
        clock.now += 1.0
        visit.link.waiting.append(sample.beat(at + second))
        visit.tick()
        numeral = visit.parts.tiles.tiles["pulse"].numeral
        assert second < 5 or numeral.tone == "stale"
        assert second < 10 or numeral.text == DASHES
    assert "green" not in _colours_of(visit)


def test_an_entry_on_its_way_to_the_disk_is_marked(visit):
    number = len(visit.model.session.entries) + 1
    visit.link.waiting.append(e.Entry(number, 3300.0, 0, 0, e.Note("calm"), "Nurse"))
    visit.tick()
    assert not visit.parts.timeline.rows[0].saved

    visit.link.waiting.append(Saved(number))
    visit.tick()
    assert visit.parts.timeline.rows[0].saved


def test_a_thousand_ticks_without_news_draw_nothing_new(visit, clock):
    """Texts are set only when they change: a calm screen costs little."""
    before = visit.parts.tiles.tiles["pulse"].view
    for _ in range(30):
        clock.now += 0.01
        visit.tick()

    assert visit.parts.tiles.tiles["pulse"].view is before

"""Who acts, the lock, signing and corrections in the window: keys become commands."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.emergency import EmergencyList, Number
from kapmonitor.messages import Answered
from ui.keys import KEYS
from ui.live import sample
from ui.live.people import PersonView, works_locked
from ui.live.window import LiveWindow, WindowOptions

PEOPLE = (
    PersonView("A. Lindqvist", "nurse", pin=True),
    PersonView("Dr. M. Okafor", "prescriber", pin=True),
    PersonView("S. Guest", "observer"),
)
LIST = EmergencyList("Emergency", (Number("Ambulance", "112"),), ("Stay", "Fetch the kit"))


@pytest.fixture
def visit(qtbot, clock):
    """Forty-two minutes after the dose, with three people, two of them with a PIN."""
    link = sample.StillLink(sample.typical()[0])
    options = WindowOptions(
        clock=clock, ticking=False, curves=False, people=PEOPLE, guarded=True, emergency=LIST
    )
    window = LiveWindow(link, options)
    qtbot.addWidget(window, before_close_func=lambda w: w.dismiss())
    window.resize(1366, 768)
    window.show()
    window.settle()
    yield window
    window.dismiss()


@pytest.fixture
def press(qtbot):
    def press(window, *keys):
        for key in keys:
            qtbot.keyClick(QApplication.focusWidget() or window, key)

    return press


def happens(window, event, by="", unsigned=False):
    number = len(window.model.session.entries) + 1
    at = window.model.session.entries[-1].at + 1
    window.link.waiting.append(e.Entry(number, at, 0, 0, event, by, unsigned=unsigned))
    window.tick()
    return number


def asked(window, kind):
    return [command for command in window.link.asked if isinstance(command, kind)]


def locked(window):
    happens(window, e.Locked("key"))


def test_one_key_a_number_and_a_pin_change_who_acts(visit, press):
    """Seven presses: W, 2, four digits, Enter."""
    press(visit, Qt.Key.Key_W, Qt.Key.Key_2)
    press(visit, Qt.Key.Key_0, Qt.Key.Key_8, Qt.Key.Key_1, Qt.Key.Key_5, Qt.Key.Key_Return)

    (command,) = asked(visit, c.ActAs)
    assert (command.by, command.pin) == ("Dr. M. Okafor", "0815")
    happens(visit, e.Acting("Dr. M. Okafor", "prescriber", True), "Dr. M. Okafor")
    assert visit.person == "Dr. M. Okafor"
    assert visit.panels.person.pin.text() == ""


def test_somebody_without_a_pin_acts_at_once(visit, press):
    press(visit, Qt.Key.Key_W, Qt.Key.Key_3)

    (command,) = asked(visit, c.ActAs)
    assert (command.by, command.pin) == ("S. Guest", "")


def test_a_wrong_pin_is_said_in_the_panel_and_the_field_is_empty(visit, press):
    press(visit, Qt.Key.Key_W, Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_Return)
    visit.link.waiting.append(
        Answered(visit.link.asked[-1].id, refused="pin_wrong", facts={"name": "A. Lindqvist"})
    )
    visit.tick()

    assert visit.panel is visit.panels.person
    assert visit.panel.problem == "This is not the PIN of A. Lindqvist: try again."


def test_the_lock_hides_the_patient_and_every_word_that_a_person_wrote(visit):
    code = visit.model.session.opened.patient_code
    happens(visit, e.Note("Mrs Example is crying"), "A. Lindqvist")
    locked(visit)
    visit.settle()

    assert visit.parts.top._patient.text() == "Locked"
    shown = " ".join(row.text for row in visit.parts.timeline.rows)
    assert "Example" not in shown
    assert code not in shown + visit.parts.top._patient.toolTip() + visit.windowTitle()


def test_the_lock_leaves_the_tiles_and_the_alarm_line(visit):
    place = visit.parts.tiles.geometry()
    locked(visit)
    visit.settle()

    assert visit.parts.alarms.isVisible()
    assert visit.parts.tiles.isVisible()
    assert visit.parts.tiles.geometry() == place


def test_under_the_lock_a_and_p_work_while_a_pin_is_typed(qtbot, clock, visit, press):
    """The letters are no digits: they go to the window, and the PIN stays as typed."""
    visit.link.waiting += sample.worst()[0]
    visit.tick()
    locked(visit)
    visit.panels.person.choose("A. Lindqvist")
    assert QApplication.focusWidget() is visit.panels.person.pin
    press(visit, Qt.Key.Key_4, Qt.Key.Key_7, Qt.Key.Key_P, Qt.Key.Key_A)

    assert len(asked(visit, c.PauseAudio)) == 1
    assert len(asked(visit, c.Acknowledge)) == 1
    assert visit.panels.person.pin.text() == "47"


@pytest.mark.parametrize("action", ["dose", "round", "note", "limits", "phase", "end", "entries"])
def test_every_other_key_asks_who_is_there(visit, action):
    locked(visit)
    visit.close_panel()
    visit.actions_of_keys.do(action)

    assert visit.panel is visit.panels.person
    assert visit.link.asked == []


def test_the_table_of_what_works_under_the_lock_names_keys_that_exist():
    actions = {key.action for key in KEYS}
    working = {action for action in actions if works_locked(action, cuff_running=False)}

    assert {"acknowledge", "pause", "emergency", "alarms", "person"} <= working
    assert not working & {"dose", "round", "note", "cuff", "end", "limits", "quiet", "take_off"}
    assert works_locked("cuff", cuff_running=True)


def test_under_the_lock_an_emergency_is_filed_at_once(visit):
    """Whoever stands there and knows no PIN: the key counts, and the clinic's list opens."""
    locked(visit)
    assert visit.panel is visit.panels.person
    visit.actions_of_keys.do("called")

    assert [command.action for command in asked(visit, c.MarkEmergency)] == ["called"]
    assert visit.panel is visit.panels.emergency


def test_under_the_lock_somebody_else_than_before_is_chosen_by_the_arrows(visit, qtbot):
    """The digits belong to the PIN of whoever acted last; the arrows lead to the next name."""
    happens(visit, e.Acting("A. Lindqvist", "nurse", True), "A. Lindqvist")
    locked(visit)
    panel = visit.panels.person
    assert panel._whose.text().startswith("PIN of A. Lindqvist")
    qtbot.keyClick(panel.pin, Qt.Key.Key_Down)
    qtbot.keyClicks(panel.pin, "0815")
    qtbot.keyClick(panel.pin, Qt.Key.Key_Return)

    assert [(x.by, x.pin) for x in asked(visit, c.ActAs)] == [("Dr. M. Okafor", "0815")]


def test_the_key_locks(visit, press):
    press(visit, Qt.Key.Key_K)

    assert len(asked(visit, c.Lock)) == 1


def test_a_note_being_written_comes_back_after_the_lock(visit, press, qtbot):
    press(visit, Qt.Key.Key_N)
    qtbot.keyClicks(QApplication.focusWidget(), "half a sen")
    locked(visit)
    assert visit.panel is visit.panels.person
    happens(visit, e.Unlocked(visit.person, True), visit.person)

    assert visit.panel is visit.panels.note
    assert visit.panels.note._text.toPlainText() == "half a sen"


def test_what_one_person_was_writing_is_not_shown_to_another_and_not_lost(visit, press, qtbot):
    press(visit, Qt.Key.Key_N)
    qtbot.keyClicks(QApplication.focusWidget(), "half a sen")
    writer = visit.person
    locked(visit)
    happens(visit, e.Unlocked("Dr. Okafor", True), "Dr. Okafor")
    assert visit.panel is not visit.panels.note
    happens(visit, e.Acting("Dr. Okafor", "prescriber", True), "Dr. Okafor")

    press(visit, Qt.Key.Key_N)
    assert visit.panels.note._text.toPlainText() == ""
    assert visit.panels.note._begun.isHidden()
    qtbot.keyClicks(QApplication.focusWidget(), "mine")

    # A quick change of the person, without a lock, while the panel is open.
    happens(visit, e.Acting(writer, "nurse", True), writer)
    assert visit.panels.note._text.toPlainText() == "half a sen"
    happens(visit, e.Acting("Dr. Okafor", "prescriber", True), "Dr. Okafor")
    assert visit.panels.note._text.toPlainText() == "mine"


def test_input_is_told_to_the_engine_and_silence_is_not(visit, press, clock):
    clock.now += 20
    visit.tick()
    quiet = len(asked(visit, c.Present))
    clock.now += 20
    visit.tick()
    assert len(asked(visit, c.Present)) == quiet
    press(visit, Qt.Key.Key_F1)
    clock.now += 20
    visit.tick()

    assert len(asked(visit, c.Present)) == quiet + 1


def test_what_is_unsigned_stands_in_the_top_bar_and_one_press_signs_it(visit, press):
    happens(visit, e.AudioPaused(120.0), "unnamed", unsigned=True)
    visit.settle()
    assert visit.parts.top._unsigned.text() == "1 unsigned"
    assert "unnamed, unsigned" in [row.by for row in visit.parts.timeline.rows]

    press(visit, Qt.Key.Key_G, Qt.Key.Key_Space)

    assert asked(visit, c.Sign)[0].of == ()


def test_a_visit_is_signed_by_pin_and_then_ended(visit, press, qtbot):
    happens(visit, e.Acting("A. Lindqvist", "nurse", True), "A. Lindqvist")
    press(visit, Qt.Key.Key_E, Qt.Key.Key_Space)
    end = visit.panels.end
    end.early.setText("moved to the ward")
    qtbot.keyClicks(end.signer.pin, "4711")
    qtbot.keyClick(end.signer.pin, Qt.Key.Key_Return)

    (signature,) = asked(visit, c.SignOff)
    assert (signature.by, signature.pin) == ("A. Lindqvist", "4711")
    assert asked(visit, c.EndSession) == []
    number = happens(visit, e.SignedOff("A. Lindqvist", "nurse", True), "A. Lindqvist")
    visit.link.waiting.append(Answered(signature.id, number))
    visit.tick()
    visit.settle()

    assert [one.early_reason for one in asked(visit, c.EndSession)] == ["moved to the ward"]


def test_a_pin_typed_into_the_reason_never_reaches_the_record(visit, qtbot):
    """The two fields lie below each other, and the reason stands in a sealed record in clear."""
    visit.actions_of_keys.do("end")
    panel = visit.panels.end
    panel._sure.setChecked(True)
    qtbot.keyClicks(panel.reason, "2222")
    panel.submit()

    assert visit.link.asked == []
    assert "A PIN belongs above" in panel.problem


def test_ending_without_the_tick_says_what_is_missing(visit):
    visit.actions_of_keys.do("end")
    visit.panels.end.submit()

    assert visit.link.asked == []
    assert visit.panels.end.problem.startswith("Tick “End and seal the record” first")


def test_who_has_signed_is_not_offered_for_the_second_signature(visit, press):
    happens(visit, e.Acting("A. Lindqvist", "nurse", True), "A. Lindqvist")
    press(visit, Qt.Key.Key_E)
    signer = visit.panels.end.signer
    assert signer.person is not None
    assert signer.person.name == "A. Lindqvist"

    happens(visit, e.SignedOff("A. Lindqvist", "nurse", True), "A. Lindqvist")
    visit.settle()

    assert signer.person.name != "A. Lindqvist"
    offered = [signer.who.itemText(place) for place in range(signer.who.count())]
    assert not any("A. Lindqvist" in words for words in offered)


def test_a_refused_signature_ends_nothing(visit, press, qtbot):
    press(visit, Qt.Key.Key_E, Qt.Key.Key_Space)
    end = visit.panels.end
    end.early.setText("moved to the ward")
    end.submit()
    signature = asked(visit, c.SignOff)[0]
    visit.link.waiting.append(
        Answered(signature.id, refused="pin_missing", facts={"name": signature.by})
    )
    visit.settle()

    assert asked(visit, c.EndSession) == []
    assert "Give the PIN" in end.problem


def test_a_correction_from_the_list_of_entries(visit, press):
    number = happens(visit, e.Note("music on"), "A. Lindqvist")
    press(visit, Qt.Key.Key_J)
    panel = visit.panels.entries
    panel.entries.setCurrentRow(0)
    panel.submit()
    assert panel.problem == "Write what is right."
    panel.form.text.setPlainText("music off")
    panel.form.reason.setText("mistyped")
    panel.submit()

    (command,) = asked(visit, c.Amend)
    assert (command.of, command.text, command.reason) == (number, "music off", "mistyped")
    happens(visit, e.Amended(number, "music off", "mistyped"), "A. Lindqvist")
    visit.settle()
    rows = [row.text for row in visit.parts.timeline.rows]
    assert "music on [corrected: music off]" in rows


@pytest.mark.parametrize("alarm", ["SEDATION", "REDFLAG"])
def test_a_red_flag_or_deep_sedation_opens_the_emergency_list(visit, alarm):
    happens(
        visit,
        e.AlarmChange(
            alarm, e.Priority.HIGH, e.AlarmKind.PHYSIOLOGICAL, e.AlarmState.RAISED, 3000.0
        ),
    )

    assert visit.panel is visit.panels.emergency
    assert visit.parts.tiles.isVisible()
    assert visit.parts.alarms.isVisible()


def test_each_step_is_asked_for_and_shows_its_time_and_name(visit, press):
    press(visit, Qt.Key.Key_X)
    panel = visit.panels.emergency
    panel.steps["Fetch the kit"].click()
    panel.ask(c.MarkEmergency(action="called"))

    steps = asked(visit, c.MarkEmergency)
    assert [(s.action, s.text, s.done) for s in steps] == [
        ("step", "Fetch the kit", True),
        ("called", "", True),
    ]
    happens(visit, e.Emergency("step", "Fetch the kit"), "A. Lindqvist")
    visit.settle()
    assert panel.steps["Fetch the kit"].isChecked()
    assert "A. Lindqvist" in panel._times["Fetch the kit"].text()


def test_a_reflection_goes_to_its_own_keeper_and_never_to_the_engine(visit, qtbot):
    kept: list[tuple[str, str]] = []
    panel = visit.panels.reflection
    panel.show_keeper(lambda text, by: kept.append((text, by)))
    panel.show_person("A. Lindqvist", "nurse")
    panel.begin()
    panel.text.setPlainText("the garden")
    panel.submit()
    assert (kept, panel.problem) == ([], "Only a therapist writes reflections.")

    panel.show_person("J. Brandt", "therapist")
    assert panel.text.toPlainText() == ""
    panel.text.setPlainText("the garden")
    panel.submit()

    assert kept == [("the garden", "J. Brandt")]
    assert visit.link.asked == []


def test_reflections_are_off_at_first(visit):
    visit.actions_of_keys.do("reflection")

    assert "switched off" in visit.panel.problem


def test_a_record_that_cannot_be_written_offers_a_copy_and_a_still_acknowledges(visit, press):
    """The panel comes by itself, so that no key may land in it as text."""
    happens(visit, e.Trouble("write_failed", detail="disk_full"))

    panel = visit.panels.copying
    assert visit.panel is panel
    assert not panel.folder.hasFocus()
    panel.folder.setText("/media/stick")
    press(visit, Qt.Key.Key_A)
    assert panel.folder.text() == "/media/stick"
    panel.submit()
    assert [one.folder for one in asked(visit, c.EmergencyCopy)] == ["/media/stick"]

    happens(visit, e.Trouble("emergency_copy"))
    visit.settle()
    assert "everything is there" in panel._state.text()


def test_a_panel_in_use_is_not_taken_away_by_the_offer(visit, press):
    press(visit, Qt.Key.Key_N)
    happens(visit, e.Trouble("write_failed", detail="disk_full"))

    assert visit.panel is visit.panels.note


def test_the_patients_name_is_shown_while_unlocked_and_nowhere_else(visit, press):
    name = "Marisol Quintanar-Ebo"
    happens(visit, e.PatientNamed(name), "A. Lindqvist")
    visit.settle()
    top = visit.parts.top
    assert (top._name.text(), top._name.isVisible()) == (name, True)
    assert name not in visit.windowTitle()
    assert not any(name in row.text for row in visit.parts.timeline.rows)

    visit.second.show("live")
    visit.settle()
    second = visit.second.open
    assert second is not None
    assert not second.screen_parts.top._name.isVisible()
    assert name not in second.windowTitle()
    visit.second.close()

    locked(visit)
    visit.settle()
    assert (top._name.text(), top._name.toolTip(), top._name.isVisible()) == ("", "", False)

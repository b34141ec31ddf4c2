"""A clinic's own scale in the window: opened by one key, filled by keyboard, nothing is lost."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.messages import CheckView
from tests.kapmonitor.test_instruments import MOOD
from ui.live import sample, views

CONTROL = Qt.KeyboardModifier.ControlModifier
OTHER = MOOD.replace('name = "mood"', 'name = "sleep"').replace("Mood today", "Sleep last night")
NOW = sample.T0 + 41 * 60
DUE = CheckView("instrument", NOW - 60, NOW - 180, NOW + 540, False, instrument="mood")


@pytest.fixture
def press(qtbot):
    def key(window, key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)

    return key


def told(texts: dict[str, str], *more: tuple[e.Event, float]) -> list:
    scribe = sample.Scribe()
    scribe.write(msgspec.structs.replace(sample.opened(), instrument_texts=texts), 0.0)
    scribe.write(e.Dose("in", 56.0, "mg"), sample.T0)
    for event, at in more:
        scribe.write(event, at)
    return [*sample.links(), *scribe.entries, sample.beat(NOW, DUE)]


def filed(total: float, part: str = "") -> e.Instrument:
    answers: dict[str, e.Answer] = {"q1": 3, "q2": total - 3}
    return e.Instrument("mood", "3", "Mood today", answers, {"mood": total}, part=part)


def test_one_key_opens_it_and_the_keyboard_files_it_beside_the_numbers(open_window, press, qtbot):
    window = open_window(told({"mood": MOOD}))
    press(window, Qt.Key.Key_B)
    panel = window.panels.scales
    assert window.panel is panel
    assert window.parts.tiles.isVisible()
    assert panel._wanted.text() == "Mood today  now"

    press(window, Qt.Key.Key_3)
    assert panel.sums == "Mood, 0 to 27: 1 left"
    qtbot.keyClicks(QApplication.focusWidget(), "7")
    assert panel.sums == "Mood, 0 to 27: 10"
    press(window, Qt.Key.Key_Return, CONTROL)

    (asked,) = window.link.asked
    assert isinstance(asked, c.FileInstrument)
    assert (asked.instrument, asked.answers) == ("mood", {"q1": "3", "q2": 7.0})


def test_it_stands_in_the_clock_of_what_is_due_by_its_title(open_window):
    window = open_window(told({"mood": MOOD}))

    (due,) = views.due_list(window.model, 1000.0)
    assert (due.text, due.when) == ("Mood today t+40:00", "now")


def test_the_scores_of_before_stand_for_comparison(open_window, press):
    more = ((filed(20, "reference"), 300.0), (filed(9), sample.T0 + 600))
    window = open_window(told({"mood": MOOD}, *more))
    press(window, Qt.Key.Key_B)

    earlier = window.panels.scales._earlier.text()
    assert earlier.splitlines() == ["before the dose t-09:00: 20", "t+10:00: 9"]
    field = window.panels.scales.form.fields[1]
    assert field._history.text() == "last: 6   before the dose: 17"


def test_what_was_begun_is_kept_and_comes_back(open_window, press):
    window = open_window(told({"mood": MOOD}))
    press(window, Qt.Key.Key_B)
    press(window, Qt.Key.Key_3)
    press(window, Qt.Key.Key_Escape)

    (kept,) = window.link.asked
    assert kept == c.KeepDraft(
        id=kept.id, by=kept.by, instrument="mood", answers={"q1": "3"}, note=""
    )
    draft = e.RoundDraft("mood", {"q1": "3"}, "", "mood")
    window.link.waiting.append(e.Entry(900, NOW, 0, 0, draft))
    window.tick()
    press(window, Qt.Key.Key_B)
    assert window.panels.scales.form.typed == {"q1": "3"}
    assert window.panels.scales._kept.isVisible()


def test_of_several_the_one_that_is_due_is_chosen_and_another_can_be(open_window, press):
    window = open_window(told({"sleep": OTHER, "mood": MOOD}))
    press(window, Qt.Key.Key_B)
    panel = window.panels.scales
    assert panel._which.value == "mood"

    panel._which._pressed("sleep")
    press(window, Qt.Key.Key_0)
    panel.form.fields[1].number.type("30")
    panel.submit()
    assert panel.problem == "A number does not fit."
    panel.form.fields[1].number.type("2")
    panel.submit()
    asked = window.link.asked[-1]
    assert isinstance(asked, c.FileInstrument)
    assert asked.instrument == "sleep"


def test_a_plan_without_scales_says_so(open_window, press):
    window = open_window(told({}))
    press(window, Qt.Key.Key_B)

    assert window.panels.scales._none.isVisible()
    press(window, Qt.Key.Key_Return, CONTROL)
    assert window.link.asked == []

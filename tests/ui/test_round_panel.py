"""The round by keyboard: as before in two presses, breaths counted, nothing begun is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.messages import Answered
from tests.keystrokes import seconds
from ui.live import sample
from ui.live.breathing import BreathCounter

CONTROL = Qt.KeyboardModifier.ControlModifier
BEFORE: dict[str, e.Answer] = {"moaas": 5, "d_time": 0, "nausea": "none", "red_flags": "none"}
LAST: dict[str, e.Answer] = {
    "moaas": 4,
    "respiratory_rate": 14.0,
    "d_time": 2,
    "nausea": "mild",
    "red_flags": "none",
}


class Keys:
    """Presses keys and counts them; a modifier is held, not counted."""

    def __init__(self, qtbot, window) -> None:
        self._qtbot, self._window, self.count = qtbot, window, 0

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.count += 1
        self._qtbot.keyClick(QApplication.focusWidget() or self._window, key, modifier)


def entries(*more: tuple[e.Event, float]) -> list:
    scribe = sample.Scribe()
    scribe.write(sample.opened(), 0.0)
    sample.ready(scribe, 20.0)
    scribe.write(e.Round("standard", "2", dict(BEFORE)), 300.0)
    scribe.write(e.Dose("in", 56.0, "mg"), sample.T0)
    scribe.write(e.Round("standard", "2", dict(LAST)), sample.T0 + 600)
    for event, at in more:
        scribe.write(event, at)
    return [*sample.links(), *scribe.entries, sample.beat(sample.T0 + 1200)]


@pytest.fixture
def visit(open_window):
    return open_window(entries())


@pytest.fixture
def keys(visit, qtbot):
    return Keys(qtbot, visit)


def field(window, name):
    return next(f for f in window.panels.round._fields if f.item.id == name)


def filed(window):
    return [command for command in window.link.asked if isinstance(command, c.FileRound)]


def kept(window):
    return [command for command in window.link.asked if isinstance(command, c.KeepDraft)]


def test_an_unchanged_round_takes_two_presses(visit, keys):
    keys.press(Qt.Key.Key_F3)
    keys.press(Qt.Key.Key_Return, CONTROL)

    (round_,) = filed(visit)
    assert keys.count == 2
    # Three keys with Ctrl, two decisions, and one eye movement (0.23 s) an item, breaths included.
    looks = 0.23 * len(visit.options.checklist.item)
    assert seconds(presses=3, decisions=2) + looks < 15
    # The breaths were counted then; nobody has counted them now.
    assert round_.answers == {"moaas": "4", "d_time": "2", "nausea": "mild", "red_flags": "none"}


def test_as_before_leaves_what_was_answered_already(visit, keys):
    keys.press(Qt.Key.Key_R)
    keys.press(Qt.Key.Key_5)
    keys.press(Qt.Key.Key_F3)

    assert visit.panels.round.answers()["moaas"] == "5"
    assert visit.panels.round.answers()["nausea"] == "mild"


def test_the_last_value_and_the_one_before_the_dose_stand_beside_each_item(visit):
    visit.actions_of_keys.do("round")

    assert field(visit, "moaas")._history.text() == "last: 4   before the dose: 5"
    assert field(visit, "nausea")._history.text() == "last: mild   before the dose: none"
    assert field(visit, "gait")._history.text() == ""


def test_resting_has_a_key_of_its_own(visit, keys):
    keys.press(Qt.Key.Key_R)
    keys.press(Qt.Key.Key_Period)

    assert visit.panels.round.answers() == {"moaas": "resting"}


def test_after_two_resting_rounds_the_name_is_to_be_spoken(open_window):
    resting = e.Round("standard", "2", {"moaas": "resting"})
    window = open_window(entries((resting, 2000.0), (resting, 2100.0)))
    window.actions_of_keys.do("round")

    assert "speak the patient's name" in window.panels.round._unroused.text()


def test_breaths_are_counted_by_a_key_and_written_into_the_field(visit, keys, clock):
    for second in range(0, 33, 4):
        clock.now = 2000.0 + second
        keys.press(Qt.Key.Key_H)

    assert visit.panels.round.answers()["respiratory_rate"] == 15
    assert "15" in visit.panels.round._breaths.text()


def test_a_count_that_was_left_begins_anew():
    counter = BreathCounter()
    counter.breathe(0.0)
    assert counter.breathe(100.0) is None
    assert counter.so_far(110.0) == (1, 10.0)


def test_a_wrong_number_is_refused_at_the_field_with_its_range(visit, keys):
    keys.press(Qt.Key.Key_F3)
    number = field(visit, "respiratory_rate").number
    number.type("300")
    keys.press(Qt.Key.Key_Return, CONTROL)

    assert filed(visit) == []
    assert number.wrong == "0 to 60"


def test_what_was_begun_is_kept_when_the_panel_is_closed_and_offered_again(visit, keys):
    keys.press(Qt.Key.Key_R)
    keys.press(Qt.Key.Key_3)
    keys.press(Qt.Key.Key_Escape)
    (draft,) = kept(visit)
    assert draft.answers == {"moaas": "3"}

    visit.link.waiting.append(
        e.Entry(90, sample.T0 + 1200, 0, 0, e.RoundDraft("standard", draft.answers))
    )
    visit.tick()
    keys.press(Qt.Key.Key_R)
    assert visit.panels.round.answers() == {"moaas": "3"}
    keys.press(Qt.Key.Key_Escape)
    assert len(kept(visit)) == 1  # nothing new was answered


def test_it_is_kept_while_it_is_filled_in_for_the_program_may_die(visit, keys, clock):
    keys.press(Qt.Key.Key_R)
    keys.press(Qt.Key.Key_3)
    for _ in range(40):
        clock.now += 0.5
        visit.tick()

    assert [draft.answers for draft in kept(visit)] == [{"moaas": "3"}]


def test_an_old_draft_is_offered_and_not_put_in(open_window):
    window = open_window(entries((e.RoundDraft("standard", {"moaas": 3}), sample.T0 + 300)))
    window.actions_of_keys.do("round")
    panel = window.panels.round
    assert panel.answers() == {}
    assert panel._take_up.isVisible()

    panel._take_up.click()
    assert panel.answers() == {"moaas": "3"}


def test_a_filed_round_leaves_no_draft(visit, keys):
    keys.press(Qt.Key.Key_F3)
    keys.press(Qt.Key.Key_Return, CONTROL)
    (round_,) = filed(visit)
    visit.link.waiting.append(Answered(round_.id, 91))
    visit.tick()

    assert visit.panel is None
    assert kept(visit) == []


def test_a_draft_is_never_asked_for_under_the_lock(visit, keys):
    keys.press(Qt.Key.Key_R)
    keys.press(Qt.Key.Key_3)
    visit.model.session.locked = True
    visit.close_panel()

    assert kept(visit) == []

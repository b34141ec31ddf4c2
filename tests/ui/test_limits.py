"""Limits at the bedside: seen with their delays, changed with a reason, never off when HIGH."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from alarms.board import Board
from alarms.limits import Quantity
from alarms.presets import load
from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.messages import Answered, Message, SourceKnown
from kapmonitor.ports import BoardView
from ui.live import sample
from ui.live.limit_views import alarms_off, limit_rows
from ui.live.model import LiveModel
from ui.live.tile_views import tile_views

REAL = 50.0


def told(*events: e.Event, board: BoardView | None = None) -> LiveModel:
    model = LiveModel()
    entries = [e.Entry(n, 10.0 * n, 0, 0, event, "Nurse") for n, event in enumerate(events, 2)]
    first = e.Entry(1, 0.0, 0, 0, sample.opened())
    messages: list[Message] = [SourceKnown(sample.OXIMETER), first, *entries, sample.beat(3000.0)]
    model.take([*messages, board] if board else messages, REAL)
    return model


def row(model: LiveModel, alarm: str):
    return next(row for row in limit_rows(model) if row.alarm == alarm)


def tile(model: LiveModel, key: str):
    return next(view for view in tile_views(model, REAL) if view.key == key)


# What is shown ------------------------------------------------------------------------------------


def test_every_alarm_of_the_preset_is_in_the_list_with_its_source():
    rows = limit_rows(told())

    assert {r.alarm for r in rows} == {spec.id for spec in load().rows}
    assert all(r.source and r.delay and r.words and r.mark for r in rows)


def test_a_row_tells_condition_delay_and_range():
    low = row(told(), "SPO2_LOW")

    assert (low.words, low.delay, low.mark) == ("SpO₂ < 90 %", "after 15 s", "**")
    assert (low.number, low.allowed, low.off, low.changed) == (90, (85, 95), False, False)
    assert row(told(), "SBP_VHIGH").delay == "each reading, *** when the next confirms"


def test_a_rise_is_told_over_this_patients_baseline():
    model = told(e.Dose("in", 56, "mg"), e.Baseline(122, 76, 70, 97, 2))

    assert row(model, "BP_RISE").now == "+40 over 122 = 162 mmHg,  +25 over 76 = 101 mmHg"
    assert row(model, "PR_RISE").now == "+40 over 70 = 110 /min"
    assert row(model, "BP_RISE").missing == ""


def test_a_changed_rise_moves_its_sum():
    model = told(
        e.Dose("in", 56, "mg"), e.Baseline(122, 76, 70, 97, 2), e.LimitChanged("PR_RISE", 40, 50)
    )

    assert row(model, "PR_RISE").now == "+50 over 70 = 120 /min"
    assert row(model, "PR_RISE").words == "Pulse > +50 /min"


def test_a_rise_without_a_baseline_says_why():
    before = told()
    after = told(
        e.Dose("in", 56, "mg"),
        e.Baseline(None, None, 70, 97, 0),
        board=BoardView(3000.0, unavailable=("SBP_RISE_EARLY", "BP_RISE")),
    )

    assert row(before, "PR_RISE").missing == "needs a baseline: it is frozen with the dose"
    assert row(after, "BP_RISE").missing == (
        "needs a baseline: no systolic, diastolic was measured before the dose"
    )
    assert row(after, "PR_RISE").missing == ""
    assert tile(after, "systolic").baseline == "no baseline"


def test_a_change_shows_as_changed_with_who_when_and_why():
    model = told(e.LimitChanged("PR_HIGH", 120, 130, "anxious"))
    changed = row(model, "PR_HIGH")

    assert (changed.number, changed.default, changed.changed) == (130, 120, True)
    assert changed.changed_by.endswith("Nurse, anxious")
    assert tile(model, "pulse").changed
    assert tile(model, "pulse").upper == "130"
    assert not tile(model, "spo2").changed


def test_back_at_the_default_is_not_changed():
    model = told(e.LimitChanged("PR_HIGH", 120, 130, "a"), e.LimitChanged("PR_HIGH", 130, 120, "b"))

    assert not row(model, "PR_HIGH").changed


def test_a_new_visit_is_at_the_presets_limits():
    told(e.LimitChanged("PR_HIGH", 120, 130, "anxious"))

    assert row(told(), "PR_HIGH").number == 120


def test_an_alarm_switched_off_is_crossed_out_at_its_number():
    model = told(e.LimitChanged("SPO2_LOW", 90, None, "cold fingers"))

    assert row(model, "SPO2_LOW").off
    assert tile(model, "spo2").off == "SpO₂ low"
    assert tile(model, "spo2").lower == "85"  # what still watches
    assert tile(model, "pulse").off == ""


def test_an_alarm_of_two_vitals_is_crossed_out_at_both():
    model = told(e.LimitChanged("BP_RISE", 40, None, "no"))

    assert tile(model, "systolic").off == tile(model, "diastolic").off
    assert tile(model, "systolic").off


def test_what_the_preset_has_off_is_crossed_out_in_the_list():
    assert row(told(), "RPP_HIGH").off
    assert alarms_off(told(), (Quantity.RATE_PRESSURE_PRODUCT,)) == ("RPP_HIGH",)


def test_what_is_offered_is_what_the_board_allows():
    """Switching off is offered exactly where the alarm board would not refuse it."""
    board = Board(load())
    for spec in limit_rows(told()):
        refused = ""
        try:
            board.check_limit(spec.alarm, None)
        except Refused as error:
            refused = error.code
        assert spec.may_be_off == (not refused), spec.alarm
        for edge in spec.allowed if spec.editable else ():
            board.check_limit(spec.alarm, edge)
        for edge in spec.other_allowed if spec.other is not None else ():
            board.check_other(spec.alarm, edge)


# The panel ----------------------------------------------------------------------------------------


@pytest.fixture
def visit(open_window):
    return open_window(sample.typical()[0])


def changes(window) -> list[c.SetLimit]:
    return [command for command in window.link.asked if isinstance(command, c.SetLimit)]


def answered(window, *entries: e.Entry) -> None:
    """The engine carried out what was asked last."""
    window.link.waiting += [Answered(window.link.asked[-1].id, entry=79), *entries]
    window.tick()


def test_s_opens_the_limits_and_escape_closes_them(visit, qtbot):
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_S)
    assert visit.panel is visit.panels.limits
    assert len(visit.panels.limits.cards) == len(load().rows)

    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert visit.panel is None


def test_a_limit_is_changed_by_keyboard_alone(visit, qtbot):
    """From the tile: Enter on its limits, Enter on the first one, number, reason, Enter."""
    visit.parts.tiles.tiles["pulse"]._limits.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert visit.panel is visit.panels.limits
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "130")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "anxious, known")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)

    (change,) = changes(visit)
    assert (change.alarm, change.limit, change.reason) == ("PR_HIGH", 130, "anxious, known")
    assert change.by == "A. Lindqvist, RN"

    card = visit.panels.limits.cards["PR_HIGH"]
    visit.link.waiting += [
        Answered(change.id, entry=80),
        e.Entry(80, 3300.0, 0, 0, e.LimitChanged("PR_HIGH", 120, 130, "anxious"), change.by),
    ]
    visit.tick()
    assert visit.panel is visit.panels.limits
    assert card.editor is not None and card.editor.isHidden()
    assert "130" in card._words.text() and "default 120" in card._changed.text()
    assert visit.parts.tiles.tiles["pulse"]._limits.text() == "▲ 130  ▼ 50 ≠"


def test_a_limit_out_of_its_range_is_refused_at_the_field(visit):
    visit.actions_of_keys.do("limits")
    card = visit.panels.limits.cards["SPO2_DESAT"]
    card.change.click()
    card.editor.number.type("70")
    card.editor.reason.setText("because")
    card.editor.submit()

    assert card.editor.number.wrong == "80 to 90"
    assert changes(visit) == []


def test_a_change_without_a_reason_is_not_sent(visit):
    visit.actions_of_keys.do("limits")
    card = visit.panels.limits.cards["PR_HIGH"]
    card.change.click()
    card.editor.number.type("130")
    card.editor.submit()

    assert changes(visit) == []
    assert "why" in card.editor.wrong.text()


def test_a_medium_alarm_can_be_switched_off_and_a_high_one_cannot(visit):
    visit.actions_of_keys.do("limits")
    cards = visit.panels.limits.cards
    for alarm, offered in (("SPO2_LOW", True), ("SPO2_DESAT", False), ("SBP_VHIGH", False)):
        cards[alarm].change.click()
        assert cards[alarm].editor._off.isVisibleTo(cards[alarm]) == offered, alarm
    cards["SPO2_LOW"].change.click()
    cards["SPO2_LOW"].editor.reason.setText("cold fingers")
    cards["SPO2_LOW"].editor._off.click()

    (change,) = changes(visit)
    assert (change.alarm, change.limit) == ("SPO2_LOW", None)


def test_back_to_a_default_that_is_off_switches_it_off(open_window):
    on = e.Entry(80, 3300.0, 0, 0, e.LimitChanged("RPP_HIGH", None, 18000, "trial"), "Nurse")
    window = open_window([*sample.typical()[0], on])
    window.actions_of_keys.do("limits")
    card = window.panels.limits.cards["RPP_HIGH"]
    assert "default off" in card._changed.text()
    card.change.click()
    card.editor.reason.setText("no evidence")
    card.editor._default.click()

    (change,) = changes(window)
    assert (change.alarm, change.limit) == ("RPP_HIGH", None)


def test_one_field_is_open_at_a_time(visit):
    visit.actions_of_keys.do("limits")
    cards = visit.panels.limits.cards
    cards["PR_HIGH"].change.click()
    cards["PR_LOW"].change.click()
    assert cards["PR_HIGH"].editor.isHidden() and not cards["PR_LOW"].editor.isHidden()

    cards["PR_LOW"].change.click()
    assert cards["PR_LOW"].editor.isHidden()


def test_a_high_alarm_of_the_equipment_has_nothing_to_change(visit):
    visit.actions_of_keys.do("limits")

    card = visit.panels.limits.cards["DATA_STALE"]
    assert card.editor is None and card.change.isHidden()
    assert "*** after 90 s" in card._delay.text() and "cannot be off" in card._delay.text()


def test_an_alarm_of_the_equipment_is_switched_off_and_on_again_with_a_reason(visit):
    visit.actions_of_keys.do("limits")
    card = visit.panels.limits.cards["SIGNAL_POOR"]
    card.change.click()
    assert card.editor.number.isHidden() and card.editor._set.isHidden()
    assert not card.editor._on.isVisibleTo(card)
    card.editor._off.click()
    assert changes(visit) == []  # not without a reason
    card.editor.reason.setText("restless hand")
    card.editor._off.click()

    (change,) = changes(visit)
    assert (change.alarm, change.limit, change.on) == ("SIGNAL_POOR", None, False)
    off = e.LimitChanged("SIGNAL_POOR", None, None, "restless hand")
    answered(visit, e.Entry(80, 3300.0, 0, 0, off, change.by))
    assert card._bell.isVisibleTo(card) and "OFF: never signalled" in card._now.text()
    tiles = visit.parts.tiles.tiles
    assert tiles["spo2"]._bell.state == "off" and tiles["pulse"]._bell.isVisible()

    card.change.click()
    card.editor.reason.setText("calm now")
    card.editor._on.click()
    again = changes(visit)[-1]
    assert (again.alarm, again.limit, again.on) == ("SIGNAL_POOR", None, True)
    on = e.LimitChanged("SIGNAL_POOR", None, None, "calm now", on=True)
    answered(visit, e.Entry(81, 3310.0, 0, 0, on, change.by))
    assert not card._bell.isVisibleTo(card) and not tiles["pulse"]._bell.isVisible()


def test_an_alarm_without_a_number_has_its_crossed_bell_in_the_top_bar(open_window):
    off = e.Entry(80, 3300.0, 0, 0, e.LimitChanged("SLEEP_RISK", None, None, "old laptop"), "Nurse")
    bell = open_window([*sample.typical()[0], off]).parts.top._bell

    assert bell.isVisible() and bell.state == "off"
    assert "Switched off" in bell.accessibleName()
    assert not open_window(sample.typical()[0]).parts.top._bell.isVisible()


def test_the_second_number_of_a_rise_is_changed_alone_or_with_the_first(visit, qtbot):
    """By keyboard: Enter in the first field leaves it as it is and goes on to the second."""
    visit.actions_of_keys.do("limits")
    card = visit.panels.limits.cards["BP_RISE"]
    assert "may be 25 to 60" in card._delay.text() and "and 15 to 40" in card._delay.text()
    card.change.click()
    qtbot.keyClick(card.editor.number.edit, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is card.editor.other.edit
    card.editor.other.type("50")
    card.editor.reason.setText("known")
    card.editor.submit()
    assert card.editor.other.wrong == "15 to 40"
    card.editor.other.type("30")
    card.editor.submit()
    answered(visit)
    card.editor.number.type("45")
    card.editor.submit()

    alone, both = changes(visit)
    assert (alone.limit, alone.other) == (40, 30)
    assert (both.limit, both.other) == (45, 30)
    changed = e.LimitChanged("BP_RISE", 40, 45, "known", 25, 30)
    answered(visit, e.Entry(80, 3300.0, 0, 0, changed, both.by))
    assert card.editor.isHidden()
    assert "+45" in card._words.text() and "+30" in card._words.text()
    assert "default 40 / 25" in card._changed.text()

    card.change.click()
    card.editor.reason.setText("back")
    card.editor._default.click()
    assert (changes(visit)[-1].limit, changes(visit)[-1].other) == (40, 25)


def test_two_numbers_of_which_none_was_typed_are_no_change(visit):
    visit.actions_of_keys.do("limits")
    card = visit.panels.limits.cards["BP_RISE"]
    card.change.click()
    card.editor.reason.setText("known")
    card.editor.submit()

    assert changes(visit) == [] and "number" in card.editor.wrong.text()


def test_an_alarm_off_has_its_crossed_bell_on_the_tile(open_window):
    tiles = open_window(sample.altered()[0]).parts.tiles.tiles

    assert tiles["spo2"]._bell.isVisible() and tiles["spo2"]._bell.state == "off"
    assert "SpO₂ low" in tiles["spo2"]._bell.accessibleName()
    assert not tiles["pulse"]._bell.isVisible()

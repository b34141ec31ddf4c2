"""A sensor off on purpose: one key, counted down, not while its own alarm is high."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.events import AlarmKind, AlarmState, Priority
from kapmonitor.messages import SourceKnown
from kapmonitor.ports import AlarmView, BoardView
from kapmonitor.vitals import Vital
from ui.live import sample
from ui.live.taken_off import sensor_rows


@pytest.fixture
def visit(open_window):
    """One oximeter and a cuff."""
    return open_window(sample.typical()[0])


def off_asked(window) -> list[c.TakeOff]:
    return [command for command in window.link.asked if isinstance(command, c.TakeOff)]


def high(alarm="SPO2_DESAT", vital=Vital.SPO2, over=False, by="") -> BoardView:
    change = e.AlarmChange(
        alarm, Priority.HIGH, AlarmKind.PHYSIOLOGICAL, AlarmState.RAISED, 3300.0, 84, 85, vital
    )
    return BoardView(3300.0, (AlarmView(change, by, over),))


def press_t(window, qtbot) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_T)


def test_with_one_sensor_it_is_one_key(visit, qtbot):
    press_t(visit, qtbot)

    (command,) = off_asked(visit)
    assert (command.source, command.by) == ("oximeter", "A. Lindqvist, RN")
    assert visit.panel is None


def test_the_tile_says_taken_off_and_counts_down(visit, clock):
    now = sample.typical()[1]
    visit.link.waiting.append(e.Entry(70, now, 0, 0, e.TakenOff("oximeter", 600.0)))
    visit.tick()
    for key in ("pulse", "spo2"):
        assert visit.parts.tiles.tiles[key].view.note == "taken off 10:00"
    assert visit.parts.tiles.tiles["systolic"].view.note == ""

    clock.now += 19.0
    visit.link.waiting.append(sample.beat(now + 19.0))
    visit.tick()
    assert visit.parts.tiles.tiles["spo2"].view.note == "taken off 9:41"
    assert "Sensor on" in visit.parts.keys._buttons["take_off"][1].text()

    visit.link.waiting.append(e.Entry(71, now + 20, 0, 0, e.PutBack("oximeter", "values")))
    visit.tick()
    assert "taken off" not in visit.parts.tiles.tiles["spo2"].view.note
    assert "Sensor off" in visit.parts.keys._buttons["take_off"][1].text()


def test_again_ends_it(visit, qtbot):
    visit.link.waiting.append(e.Entry(70, 3300.0, 0, 0, e.TakenOff("oximeter", 600.0)))
    visit.tick()
    press_t(visit, qtbot)

    assert off_asked(visit)[0].source == "oximeter"


def test_not_while_its_own_alarm_is_high(visit, qtbot):
    visit.link.waiting.append(high())
    visit.tick()
    press_t(visit, qtbot)

    assert off_asked(visit) == []
    assert visit.parts.said.text() == "CMS50D+: not now: its alarm is high (SpO₂ very low)"


def test_an_acknowledged_high_still_refuses_one_that_is_over_does_not(visit):
    for board, refused in ((high(by="Nurse"), True), (high(over=True), False)):
        visit.link.waiting.append(board)
        visit.tick()
        (row,) = sensor_rows(visit.model, 0.0)
        assert bool(row.refused) == refused


def test_the_high_alarm_of_another_vital_does_not_refuse(visit, qtbot):
    visit.link.waiting.append(high("SBP_EXTREME", Vital.SYSTOLIC))
    visit.tick()
    press_t(visit, qtbot)

    assert len(off_asked(visit)) == 1


def test_a_sensor_that_is_off_can_be_watched_again_whatever_alarms(visit, qtbot):
    """Ending it is always offered: it brings watching back."""
    visit.link.waiting += [e.Entry(70, 3300.0, 0, 0, e.TakenOff("oximeter", 600.0)), high()]
    visit.tick()
    press_t(visit, qtbot)

    assert len(off_asked(visit)) == 1


def test_of_several_sensors_one_is_chosen(open_window, qtbot):
    window = open_window([*sample.typical()[0], SourceKnown(replace(sample.STRAP, label="H10"))])
    press_t(window, qtbot)
    panel = window.panels.sensors
    assert window.panel is panel and off_asked(window) == []

    panel._reason.setText("toilet")
    panel._buttons["strap"].click()
    (command,) = off_asked(window)
    assert (command.source, command.reason) == ("strap", "toilet")


def test_a_refused_sensor_is_not_offered_and_says_why(open_window):
    window = open_window([*sample.typical()[0], SourceKnown(sample.STRAP), high()])
    window.actions_of_keys.do("take_off")
    panel = window.panels.sensors

    assert not panel._buttons["oximeter"].isEnabled()
    assert panel._buttons["strap"].isEnabled()


def test_another_sensors_value_names_the_one_that_is_off(open_window):
    """The strap is off, the oximeter still gives the pulse."""
    at = sample.typical()[1]
    off = e.Entry(70, at, 0, 0, e.TakenOff("strap", 600.0))
    window = open_window([*sample.typical()[0], SourceKnown(sample.STRAP), off])

    note = window.parts.tiles.tiles["pulse"].view.note
    assert note == "Polar H10 C0:00:00:00:00:10 off 10:00"


def test_without_a_sensor_the_panel_says_so(open_window):
    window = open_window([SourceKnown(sample.CUFF), sample.beat(5.0)])
    window.actions_of_keys.do("take_off")

    assert window.panel is window.panels.sensors
    assert sensor_rows(window.model, 0.0) == ()

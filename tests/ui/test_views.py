"""Big numbers, dim room, therapist's view, second screen: one key away, and nothing high hidden."""

import pytest
from PySide6.QtCore import Qt

from kapmonitor.events import Priority
from ui.keys import KEYS
from ui.live import sample
from ui.live.alarm_views import alarm_line
from ui.live.view_table import VIEWS

OTHERS = [view.name for view in VIEWS[1:]]


def test_every_view_has_its_key():
    assert {f"view_{view.name}" for view in VIEWS} <= {key.action for key in KEYS}


@pytest.mark.parametrize("view", OTHERS)
def test_one_key_leads_to_a_view_and_the_same_key_back(open_window, qtbot, view):
    window = open_window(sample.typical()[0])
    press = next(key.press for key in KEYS if key.action == f"view_{view}")
    pressed = getattr(Qt.Key, f"Key_{press}")

    window.activateWindow()
    qtbot.keyClick(window, pressed)
    assert window.parts.view.name == view
    qtbot.keyClick(window, pressed)
    assert window.parts.view.name == "live"


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_a_high_alarm_shows_in_every_view(open_window, view):
    window = open_window(sample.worst()[0])
    window.parts.show_view(VIEWS[0])
    if view != "live":
        window.show_view(view)
    window.settle()

    top = alarm_line(window.model, window.options.clock()).rows[0]
    assert top.priority == Priority.HIGH.value
    assert window.parts.alarms.isVisible()
    assert window.parts.alarms.height() > 30


def test_the_therapist_sees_a_calm_page_while_all_is_calm(open_window):
    window = open_window(sample.typical()[0])
    window.show_view("therapist")

    calm = window.parts.calm.view
    assert calm is not None
    assert (calm.clock, calm.state, calm.simulated) == ("t+42:18", "Calm", True)
    assert not window.parts.alarms.isVisible()
    assert not window.parts.tiles.isVisible()
    assert calm.check == "Cuff t+60:00   in 17:42"


def test_missing_values_are_not_called_calm(open_window):
    window = open_window(sample.missing()[0])
    window.show_view("therapist")

    calm = window.parts.calm.view
    assert calm is not None
    assert calm.tone == "medium"
    assert "SpO₂" in calm.state


def test_a_dead_engine_shows_in_the_therapists_view(open_window, clock):
    window = open_window(sample.typical()[0])
    window.show_view("therapist")
    clock.now += 5.0
    window.tick()
    window.show_texts(clock())

    calm = window.parts.calm.view
    assert calm is not None
    assert calm.state == "Monitoring does not run"
    assert window.parts.alarms.isVisible()


def test_a_second_screen_shows_the_same_visit_and_its_keys_work(open_window, qtbot):
    window = open_window(sample.worst()[0])
    window.actions_of_keys.do("second_screen")
    second = window.second.open
    assert second is not None

    shown = second.screen_parts
    assert shown.view.name == "big"
    for key, tile in window.parts.tiles.tiles.items():
        assert shown.tiles.tiles[key].view == tile.view
    assert shown.alarms.isVisible()
    second.activateWindow()
    qtbot.keyClick(second, Qt.Key.Key_A)
    assert window.link.asked

    window.actions_of_keys.do("second_screen")
    assert window.second.open is None


def test_a_dim_view_is_dim_and_the_chosen_theme_comes_back(open_window):
    window = open_window(sample.typical()[0], theme="light")
    window.show_view("dim")
    dim = window.grab().toImage().pixelColor(3, 3).lightness()
    window.show_view("live")
    light = window.grab().toImage().pixelColor(3, 3).lightness()

    assert dim < 30
    assert light > 200

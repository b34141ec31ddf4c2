"""Nothing is clipped or overlaps, at any size, with the longest texts; everything has a name."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from tests.ui.walk import clipped, overlapping, shown
from ui.keys import KEYS
from ui.live import sample
from ui.live.view_table import VIEWS
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.trial_result import Progress

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
PANELS = (
    "", "dose", "round", "note", "enter_cuff", "phase", "end", "help", "person", "alarms", "limits",
    "take_off", "entries", "unsigned", "emergency", "given", "readiness", "baseline", "skip",
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("still", sample.STILLS)
def test_nothing_is_clipped_or_overlaps(open_window, still, size):
    window = open_window(sample.STILLS[still]()[0], size, curves=size == SIZES[0])

    assert clipped(window) == []
    assert overlapping(window) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("still", ["live", "live-alarms", "live-missing"])
@pytest.mark.parametrize("view", [view.name for view in VIEWS[1:]])
def test_no_view_clips_or_overlaps(open_window, view, still, size):
    window = open_window(sample.STILLS[still]()[0], size)
    window.show_view(view)
    window.settle()

    assert clipped(window) == []
    assert overlapping(window) == []


@pytest.mark.parametrize("panel", PANELS)
def test_no_panel_clips_or_covers_the_numerals(open_window, panel):
    window = open_window(sample.worst()[0])
    numerals = [_place(tile.numeral, window) for tile in window.parts.tiles.tiles.values()]
    if panel:
        window.actions_of_keys.do(panel)
        window.settle()

    assert clipped(window) == []
    assert overlapping(window) == []
    for before, tile in zip(numerals, window.parts.tiles.tiles.values(), strict=True):
        assert _place(tile.numeral, window) == before
        if window.panel is not None:
            assert not _place(window.panel, window).intersects(before)


def test_the_help_holds_every_key_at_once_in_the_smallest_window(open_window):
    """Nobody scrolls for a key: each line is in view, beside numerals that stay as they are."""
    window = open_window(sample.worst()[0])
    window.actions_of_keys.do("help")
    window.settle()
    area = window.panels.help.keys

    assert area.verticalScrollBar().maximum() == 0
    texts = {label.text() for label in area.findChildren(QLabel) if label.isVisible()}
    assert texts >= {key.help for key in KEYS} | {key.press for key in KEYS}


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_the_help_clips_nothing_in_any_view_and_leaves_it_as_it_was(open_window, view):
    window = open_window(sample.typical()[0])
    window.show_view(view)
    window.settle()
    before = [(type(part), part.geometry()) for part in shown(window)]
    window.actions_of_keys.do("help")
    window.settle()
    assert clipped(window) == []
    assert overlapping(window) == []

    window.actions_of_keys.do("close")
    window.settle()
    assert [(type(part), part.geometry()) for part in shown(window)] == before


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("page", ["home", "setup"])
def test_the_front_pages_clip_nothing(qtbot, page, size):
    """With the result of a trial and the question about the sound in view."""
    window = MainWindow(sample_services())
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    qtbot.waitUntil(window.home._try.isEnabled)
    window._dress()
    if page == "setup":
        window.show_setup()
        window.setup.sound.show_played("no_output")
        window.setup.show_problem("/dev/ttyUSB0 is in use by another program: close it, try again.")
    else:
        window.home._on_try()
        window.home.trial.show_trial(sample_services().trial("a.kap", "over-65", Progress()))
    shown_page = window.setup if page == "setup" else window.home

    def fits() -> None:
        assert clipped(shown_page) == []
        assert overlapping(shown_page) == []

    qtbot.waitUntil(fits)  # wrapped texts take their height in a second pass of the layout
    window.jobs.close()


def test_a_limit_being_changed_clips_nothing(open_window):
    window = open_window(sample.altered()[0])
    window.actions_of_keys.do("limits")
    card = window.panels.limits.cards["PR_HIGH"]
    card.change.click()
    card.editor.number.type("500")
    card.editor.submit()
    window.settle()

    assert clipped(window) == []
    assert overlapping(window) == []


def _place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def test_numerals_are_26_mm_high_on_a_fourteen_inch_screen(open_window):
    """14 inches at 16:9 and 1920x1080 are 6.2 pixels a millimetre."""
    window = open_window(sample.worst()[0], (1920, 1080))
    pixels_per_mm = 1080 / (14 * 25.4 * 9 / (16**2 + 9**2) ** 0.5)

    for tile in window.parts.tiles.tiles.values():
        assert tile.numeral.digit_height() / pixels_per_mm >= 26


@pytest.mark.parametrize("panel", PANELS)
def test_every_control_has_an_accessible_name_and_role(open_window, panel):
    window = open_window(sample.worst()[0])
    if panel:
        window.actions_of_keys.do(panel)
    for control in shown(window):
        if not isinstance(control, QAbstractButton | QLineEdit):
            continue
        interface = QAccessible.queryAccessibleInterface(control)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name), type(control)
        assert interface.role() != QAccessible.Role.NoRole


def test_tab_reaches_every_soft_key(open_window, qtbot):
    window = open_window(sample.typical()[0])
    reached = set()
    from PySide6.QtCore import Qt

    for _ in range(40):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if isinstance(focused, QPushButton):
            reached.add(focused.text().split()[0])
    assert {"D", "A", "P", "R", "N", "C", "Q", "L", "E", "F1"} <= reached


def test_the_bundled_font_draws_digits(qtbot):
    from ui.theme.fonts import can_draw_digits, load_fonts

    assert can_draw_digits()
    assert load_fonts() == "Inter"

"""Worked by keyboard and by ear: Tab reaches every control, each has a name, the focus shows."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from tests.patience import PATIENCE
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.widgets.basic import Choices

LONG = round(1000 * PATIENCE)
PAGES = ("home", "setup", "settings", "review", "devices")
CONTROLS = (
    QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView, QAbstractSlider,
    Choices,
)  # fmt: skip


@pytest.fixture
def open_page(qtbot):
    opened: list[MainWindow] = []

    def make(page: str) -> tuple[MainWindow, QWidget]:
        window = MainWindow(sample_services())
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        opened.append(window)
        if page == "setup":
            window.show_setup()
        elif page == "settings":
            window.show_settings()
        elif page == "devices":
            window.show_devices()
            qtbot.waitUntil(window.devices.shelf.card.forget.isVisible, timeout=LONG)
        elif page == "review":
            window.show_review("sample.kap")
            qtbot.waitUntil(lambda: window.review.past is not None)
        else:
            qtbot.waitUntil(window.home._review.isEnabled)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        shown = window._pages.currentWidget()
        assert shown is not None
        return window, shown

    yield make
    for window in opened:
        if window.review is not None:
            window.review.leave()
        window.close_jobs()
        window.errands.trials.close()


def controls(page: QWidget) -> list[QWidget]:
    """What a person can work, as it is shown now; parts of a combo box or of Choices are not."""
    return [
        made
        for made in page.findChildren(QWidget)
        if isinstance(made, CONTROLS)
        and made.isVisible()
        and made.isEnabled()
        and not isinstance(made, QScrollBar)
        and not isinstance(made.parentWidget(), Choices | QComboBox | QAbstractSpinBox)
        and made.window() is page.window()
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_and_a_role(open_page, page):
    _, shown = open_page(page)
    for control in controls(shown):
        interface = QAccessible.queryAccessibleInterface(control)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name), (page, type(control).__name__)
        assert interface.role() != QAccessible.Role.NoRole


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control(open_page, qtbot, page):
    window, shown = open_page(page)
    wanted = {made for made in controls(shown) if made.focusPolicy() & Qt.FocusPolicy.TabFocus}
    reached: set[QWidget] = set()
    for _ in range(4 * len(wanted) + 20):
        focused = QApplication.focusWidget()
        if focused is not None:
            reached.add(focused)
        qtbot.keyClick(focused or window, Qt.Key.Key_Tab)

    missing = [f"{type(made).__name__} {made.accessibleName()}" for made in wanted - reached]
    assert missing == []
    unreachable = [
        f"{type(made).__name__} {made.accessibleName()}"
        for made in controls(shown)
        if not made.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert unreachable == []


@pytest.mark.parametrize("page", PAGES)
def test_the_focus_is_seen(open_page, qtbot, page):
    """A control with the focus looks different from one without."""
    _, shown = open_page(page)
    for control in controls(shown):
        if isinstance(control, QCheckBox | QAbstractItemView):
            continue
        shown.setFocus()
        control.clearFocus()  # a page that takes no focus leaves it where it was
        QApplication.processEvents()
        assert not control.hasFocus()
        before = control.grab().toImage()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(control.hasFocus)
        assert control.grab().toImage() != before, f"{type(control).__name__} {page}"

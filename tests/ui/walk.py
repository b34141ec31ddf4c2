"""Walks the widget tree of a window: what is clipped, what overlaps, what sticks out."""

import itertools

from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollBar,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QWidget,
)

from ui.widgets.painted import FitText


def in_scroll_area(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def shown(window: QWidget) -> list[QWidget]:
    return [
        w
        for w in window.findChildren(QWidget)
        if w.isVisible() and w.width() and w.height() and w.window() is window.window()
    ]


def clipped(window: QWidget) -> list[str]:
    """Texts that do not fit into their widget, and widgets that stick out of their parent."""
    found = []
    for widget in shown(window):
        if isinstance(widget, FitText):
            if widget.fitting()[1]:
                found.append(f"shortened: {widget.text()}")
        elif isinstance(widget, QLabel) and widget.text():
            area = widget.contentsRect()
            needed = widget.fontMetrics().boundingRect(
                QRect(0, 0, area.width(), 10_000),
                int(widget.alignment()) | (0x1000 if widget.wordWrap() else 0),
                widget.text(),
            )
            if needed.width() > area.width() + 1 or needed.height() > area.height() + 2:
                found.append(f"label: {widget.text()}")
        elif isinstance(widget, QCheckBox | QComboBox):
            found += _short_of_room(widget)
        elif isinstance(widget, QPushButton) and widget.text():
            needed_width = widget.fontMetrics().horizontalAdvance(widget.text())
            if needed_width > widget.width() - 4 or widget.fontMetrics().height() > widget.height():
                found.append(f"button: {widget.text()}")
        parent = widget.parentWidget()
        outside = parent is not None and not parent.rect().adjusted(-1, -1, 1, 1).contains(
            widget.geometry()
        )
        if outside and not in_scroll_area(widget) and not isinstance(widget, QScrollBar):
            found.append(f"outside its parent: {type(widget).__name__} {widget.accessibleName()}")
    return found


def _short_of_room(widget: QCheckBox | QComboBox) -> list[str]:
    """A check box without room for its text, a combo box without room for what is chosen."""
    style = widget.style()
    if isinstance(widget, QCheckBox):
        option = QStyleOptionButton()
        widget.initStyleOption(option)
        room = style.subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, widget).width()
        text = widget.text()
    else:
        choice = QStyleOptionComboBox()
        widget.initStyleOption(choice)
        field = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        room = style.subControlRect(kind, choice, field, widget).width()
        text = widget.currentText()
    needed = widget.fontMetrics().horizontalAdvance(text)
    # Qt's own hint for a large combo box is a hair short of its text.
    return [f"{type(widget).__name__}: {text}"] if needed > 1.02 * room + 1 else []


def overlapping(window: QWidget) -> list[str]:
    """Visible siblings that lie on one another."""
    found = []
    for parent in [window, *shown(window)]:
        if isinstance(parent, QAbstractScrollArea):
            continue
        children = [
            w
            for w in parent.children()
            if isinstance(w, QWidget) and w.isVisible() and w.width() and not w.isWindow()
        ]
        for one, other in itertools.combinations(children, 2):
            both = one.geometry().intersected(other.geometry())
            if both.width() > 1 and both.height() > 1:
                found.append(f"{type(one).__name__} and {type(other).__name__}")
    return found

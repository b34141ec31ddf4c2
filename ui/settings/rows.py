"""Parts of a settings section: its ground, and a control with what it does written below it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from ui.widgets.basic import label
from ui.widgets.boxes import column


def section_box(part: QWidget) -> QBoxLayout:
    """The column of a section, on the panel's ground."""
    part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    part.setProperty("box", "panel")
    return column(part, margins=(24, 20, 24, 20), gap=18)


def setting(name: str, control: QWidget, help_words: str) -> QBoxLayout:
    """A setting: its name, its control, and one sentence that says what it does."""
    if not control.accessibleName():
        control.setAccessibleName(name)
    control.setAccessibleDescription(help_words)
    box = column(gap=4)
    if name:
        box.addWidget(label(name, "title"))
    box.addWidget(control)
    box.addWidget(label(help_words, "small", wrap=True))
    return box

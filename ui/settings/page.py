"""The settings page: a list of sections at the left, the chosen one at the right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListWidget, QScrollArea, QStackedWidget, QWidget

from kapmonitor.words import tr
from ui.services import Services
from ui.settings.sections import SECTIONS, Beginning, Section
from ui.theme.theme import Theme
from ui.widgets.basic import button, label
from ui.widgets.boxes import column, row
from ui.widgets.jobs import Jobs


class SettingsPage(QWidget):
    """Composes the sections of a table; asks to go back."""

    back_requested = Signal()

    def __init__(self, world: Services, jobs: Jobs, sections: Sequence[Section] = SECTIONS) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._names = [section.name for section in sections]
        self._parts = {section.name: section.make(world, jobs) for section in sections}
        self._list, self._stack = QListWidget(), QStackedWidget()
        self._list.setObjectName("sections")
        self._list.setAccessibleName(tr("Settings"))
        for section in sections:
            self._list.addItem(tr(section.words))
            self._stack.addWidget(_scrolling(self._parts[section.name], tr(section.words)))
        self._list.currentRowChanged.connect(self._on_chosen)
        outer = column(self, margins=(64, 32, 64, 24), gap=16)
        head = row(gap=12)
        head.addWidget(label(tr("Settings"), "heading"), 1)
        head.addWidget(button(tr("Back  Esc"), "", self.back_requested.emit))
        outer.addLayout(head)
        sides = row(gap=16)
        sides.addWidget(self._list)
        sides.addWidget(self._stack, 1)
        outer.addLayout(sides, 1)

    def section(self, name: str) -> QWidget:
        """A section's widget by name; raises KeyError for an unknown one."""
        return self._parts[name]

    @property
    def names(self) -> list[str]:
        """The names of all sections, in order."""
        return list(self._names)

    def begin(self, name: str = "") -> None:
        """The page comes into view, at this section or the one shown last."""
        before = max(0, self._list.currentRow())
        place = self._names.index(name) if name else before
        self._list.setCurrentRow(place)
        self._on_chosen(place)
        self._list.setFocus()

    def _on_chosen(self, place: int) -> None:
        if place < 0:
            return
        self._stack.setCurrentIndex(place)
        part = self._parts[self._names[place]]
        if isinstance(part, Beginning):
            part.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def show_theme(self, theme: Theme) -> None:
        """The list as wide as designed."""
        self._list.setFixedWidth(theme.px(200))


def _scrolling(part: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(name)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(part)
    return area

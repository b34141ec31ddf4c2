"""A list whose lines have columns that stand below one another, and headings between the lines."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme

_DATA = Qt.ItemDataRole.UserRole


class ColumnList(QTreeWidget):
    """Lines, one of which may be chosen; each keeps what it stands for. Headings cannot be."""

    changed = Signal()

    def __init__(self, columns: int, name: str) -> None:
        super().__init__()
        self._theme = load_theme()
        self.setColumnCount(columns)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.header().setStretchLastSection(True)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.itemSelectionChanged.connect(self.changed)

    def add_heading(self, text: str) -> None:
        """A line over others."""
        item = QTreeWidgetItem(self, [text])
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFirstColumnSpanned(True)
        item.setFont(0, ui_font(self._theme.px("small"), bold=True))

    def add_line(self, texts: Sequence[str], data: object) -> None:
        """A line; read aloud as one sentence."""
        item = QTreeWidgetItem(self, list(texts))
        item.setData(0, _DATA, data)
        words = ", ".join(text for text in texts if text)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)
        for place, text in enumerate(texts):
            item.setToolTip(place, text)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.topLevelItem(place) for place in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _lines(self) -> list[QTreeWidgetItem]:
        return [item for item in self._items() if item.data(0, _DATA) is not None]

    @property
    def count(self) -> int:
        """How many lines there are, without the headings."""
        return len(self._lines())

    @property
    def chosen(self) -> object:
        """What the chosen line stands for; None when none is chosen."""
        return next((item.data(0, _DATA) for item in self.selectedItems()), None)

    def choose(self, place: int) -> None:
        """Choose the line at this place, counted from 0 without the headings."""
        lines = self._lines()
        if place < len(lines):
            self.setCurrentItem(lines[place])

    def show_theme(self, theme: Theme) -> None:
        """Headings as large as designed: their own font is not the style sheet's."""
        self._theme = theme
        for item in self._items():
            if item.data(0, _DATA) is None:
                item.setFont(0, ui_font(theme.px("small"), bold=True))

"""Controls that make do with little width: a choice, and a box with a long text."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
)

from ui.widgets.boxes import row


class _BoxWords(QLabel):
    """The text of a box; a click on it is one on the box."""

    def __init__(self, box: QCheckBox, words: str) -> None:
        super().__init__(words)
        self._box = box
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """As on the box's own text."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self._box.click()


def worded(box: QCheckBox, words: str) -> QBoxLayout:
    """A box with its text beside it, in several lines where there is little room."""
    box.setAccessibleName(words)
    line = row(gap=6)
    line.addWidget(box)
    line.addWidget(_BoxWords(box, words), 1)
    return line


class ChosenCombo(QComboBox):
    """Needs room for what is chosen, not for the longest that could be."""

    def __init__(self) -> None:
        super().__init__()
        self.currentTextChanged.connect(lambda _text: self.updateGeometry())
        self.view().setTextElideMode(Qt.TextElideMode.ElideNone)

    def minimumSizeHint(self) -> QSize:
        """Room for what is chosen."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        words = QSize(self.fontMetrics().horizontalAdvance(self.currentText()) + 4, 0)
        kind = QStyle.ContentsType.CT_ComboBox
        wide = self.style().sizeFromContents(kind, option, words, self).width()
        return QSize(wide, super().minimumSizeHint().height())

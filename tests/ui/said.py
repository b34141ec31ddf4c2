"""Everything that a window says: the texts of its widgets, of its pictures, and what is painted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QListWidget,
    QTableWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ui import gallery
from ui.live.window import LiveWindow
from ui.settings.plan_fields import ScalesField


def every_screen(size: tuple[int, int] = (1366, 768)) -> Iterator[tuple[str, QWidget, list[str]]]:
    """Each screen of the gallery with its panels: its name, its window, and what that says."""
    for name, make in gallery.screens("dark", gallery.PANELS).items():
        with painted() as drawn:
            window = make()
            gallery.settle(window, size)
            assert not blank(window.grab().toImage()), name
            yield name, window, [*texts_of(window), *drawn]
            window.dismiss() if isinstance(window, LiveWindow) else window.close()
            window.deleteLater()
            QApplication.processEvents()


def blank(picture: QImage) -> bool:
    """Whether nothing is to be seen: one colour from edge to edge, or next to."""
    small = picture.scaled(96, 54)
    colours = {small.pixel(x, y) for x in range(small.width()) for y in range(small.height())}
    return len(colours) < 8


@contextmanager
def painted() -> Iterator[list[str]]:
    """The texts that the program paints itself, with ``QPainter.drawText``."""
    drawn: list[str] = []
    real: Callable[..., Any] = QPainter.drawText

    def draw(self: QPainter, *given: Any) -> Any:
        drawn.extend(each for each in given if isinstance(each, str))
        return real(self, *given)

    QPainter.drawText = draw  # type: ignore[method-assign, assignment]
    try:
        yield drawn
    finally:
        QPainter.drawText = real  # type: ignore[method-assign]


def texts_of(window: QWidget) -> Iterator[str]:
    """The texts of all widgets of a window, spoken ones too, and of its pyqtgraph pictures."""
    for widget in (window, *window.findChildren(QWidget)):
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        for name in ("text", "placeholderText", "title"):
            said = getattr(widget, name, None)
            # What a field of choices holds is a value; what it shows are its items.
            held = name == "text" and isinstance(widget, QComboBox | ScalesField)
            if callable(said) and not held:
                yield str(said())
        if isinstance(widget, QListWidget):
            yield from (widget.item(number).text() for number in range(widget.count()))
        if isinstance(widget, QTreeWidget):
            lines = [widget.topLevelItem(place) for place in range(widget.topLevelItemCount())]
            yield from (text for line in lines if line is not None for text in _columns(line))
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(number) for number in range(widget.count()))
        if isinstance(widget, QTableWidget):
            yield from _cells(widget)
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            items = widget.scene().items()
            yield from (i.toPlainText() for i in items if isinstance(i, QGraphicsTextItem))


def _columns(line: QTreeWidgetItem) -> list[str]:
    return [line.text(column) for column in range(line.columnCount())]


def _cells(table: QTableWidget) -> Iterator[str]:
    for column in range(table.columnCount()):
        head = table.horizontalHeaderItem(column)
        yield "" if head is None else head.text()
        for line in range(table.rowCount()):
            cell = table.item(line, column)
            yield "" if cell is None else cell.text()

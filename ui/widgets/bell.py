"""The bell of the alarm sound, after the symbols of IEC 60601-1-8: whole, crossed or dashed."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme, load_theme

# ``on``: sounds; ``paused``: a dashed cross, for a limited time; ``off``: crossed out.
STATES = ("on", "paused", "off")


class Bell(QWidget):
    """A bell in one of three states; the words beside it say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._state, self._tone = "on", "dim"
        self._theme = load_theme()

    def show_state(self, state: str, tone: str = "dim", words: str = "") -> None:
        """Show a state in a colour; ``words`` for the tool tip and those who cannot see it."""
        if words != self.accessibleName():
            self.setAccessibleName(words)
            self.setToolTip(words)
        if (state, tone) != (self._state, self._tone):
            self._state, self._tone = state, tone
            self.update()

    @property
    def state(self) -> str:
        """What is shown."""
        return self._state

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self.setFixedSize(theme.px(18), theme.px(18))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bell, and the cross over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        painter.scale(side / 20.0, side / 20.0)
        colour = QColor(self._theme[self._tone])
        if self._state == "on":
            painter.setBrush(colour)
        painter.setPen(QPen(colour, 1.3))
        painter.drawPath(_outline())
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(10, 17.4), 1.8, 1.4)
        if self._state == "on":
            return
        pen = QPen(colour, 2.0)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._state == "paused":
            pen.setDashPattern([2.0, 1.6])
        painter.setPen(pen)
        painter.drawLine(QPointF(2.5, 2.5), QPointF(17.5, 17.5))
        painter.drawLine(QPointF(17.5, 2.5), QPointF(2.5, 17.5))


def _outline() -> QPainterPath:
    """A bell in a square of 20."""
    path = QPainterPath(QPointF(3.5, 15))
    path.cubicTo(6, 13, 5, 9, 5.6, 7)
    path.arcTo(QRectF(5.6, 2.6, 8.8, 8.8), 180, -180)
    path.cubicTo(15, 9, 14, 13, 16.5, 15)
    path.closeSubpath()
    return path

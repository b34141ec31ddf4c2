"""Widgets that paint themselves: big numerals, a text that fits its place, the alarm's symbol."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from kapmonitor.words import tr
from ui.theme.fonts import numeral_font, ui_font
from ui.theme.theme import Theme, load_theme

# The height of a digit as a part of the font's size (Inter: 1490 of 2048 units).
DIGIT_HEIGHT = 0.7275


class Numeral(QWidget):
    """A number as large as its place allows, right-aligned, of one size whatever it shows."""

    def __init__(self, widest: str = "888") -> None:
        super().__init__()
        self._widest = widest
        self._text, self._tone, self._mark = "", "text", ""
        self._theme = load_theme()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_number(self, text: str, tone: str, mark: str = "") -> None:
        """Show this text in this colour; ``mark`` stands small beside it."""
        if (text, tone, mark) != (self._text, self._tone, self._mark):
            self._text, self._tone, self._mark = text, tone, mark
            self.setAccessibleName(f"{text} {mark}".strip())
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours from now on."""
        self._theme = theme
        self.update()

    @property
    def tone(self) -> str:
        """The colour token of the number."""
        return self._tone

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def digit_height(self) -> float:
        """Height of a digit in pixels."""
        return self._pixels() * DIGIT_HEIGHT

    def _pixels(self) -> int:
        by_height = self.height() / DIGIT_HEIGHT * 0.97
        probe = QFontMetrics(numeral_font(200))
        by_width = (self.width() - self._mark_width()) / probe.horizontalAdvance(self._widest) * 200
        return max(8, int(min(by_height, by_width)))

    def _mark_width(self) -> int:
        return self._theme.px(22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number, its baseline so that digits fill the height."""
        pixels = self._pixels()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = numeral_font(pixels)
        painter.setFont(font)
        painter.setPen(QColor(self._theme[self._tone]))
        width = QFontMetrics(font).horizontalAdvance(self._text)
        right = self.width() - self._mark_width()
        base = (self.height() + pixels * DIGIT_HEIGHT) / 2
        painter.drawText(QPointF(right - width, base), self._text)
        if self._mark:
            painter.setFont(ui_font(self._theme.px(18), bold=True))
            painter.setPen(QColor(self._theme["text"]))
            top = base - pixels * DIGIT_HEIGHT
            painter.drawText(
                QPointF(right + self._theme.px(3), top + self._theme.px(15)), self._mark
            )


class FitText(QWidget):
    """One line of text that becomes smaller, down to 70 %, and only then loses its end."""

    def __init__(self, size: str = "alarm", bold: bool = True) -> None:
        super().__init__()
        self._size, self._bold = size, bold
        self._text, self._tone, self._shorter = "", "text", ""
        self._theme = load_theme()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, tone: str = "text", shorter: str = "") -> None:
        """Show this text in this colour; where it would lose its end, the shorter one."""
        if (text, tone, shorter) != (self._text, self._tone, self._shorter):
            self._text, self._tone, self._shorter = text, tone, shorter
            self.setAccessibleName(text)
            self.setToolTip(text)
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What is shown."""
        return self._text

    def sizeHint(self) -> QSize:
        """One line high; the width is whatever there is."""
        return QSize(100, round(self._theme.px(self._size) * 1.3))

    def drawn(self) -> str:
        """The text that is drawn: the shorter one where the whole does not fit."""
        return self._shorter if self._shorter and self._fit(self._text)[1] else self._text

    def fitting(self) -> tuple[int, bool]:
        """The font size in pixels with which the text is drawn, and whether its end is lost."""
        return self._fit(self.drawn())

    def _fit(self, text: str) -> tuple[int, bool]:
        full = self._theme.px(self._size)
        width = QFontMetrics(ui_font(full, self._bold)).horizontalAdvance(text)
        if width <= self.width() or not width:
            return full, False
        wanted = int(full * self.width() / width)
        least = round(full * 0.7)
        return max(wanted, least), wanted < least

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        pixels, lost = self.fitting()
        painter = QPainter(self)
        font = ui_font(pixels, self._bold)
        painter.setFont(font)
        painter.setPen(QColor(self._theme[self._tone]))
        text = self.drawn()
        if lost:
            text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(0, 0, self.width(), self.height()), flags, text)


class AlarmSymbol(QWidget):
    """The shape of a priority: triangle high, diamond medium, ring low; only this flashes."""

    def __init__(self, block: bool = False) -> None:
        super().__init__()
        self._block = block
        self._priority, self._mark, self._lit = "", "", True
        self._theme = load_theme()

    def show_alarm(self, priority: str, mark: str = "") -> None:
        """Show a priority (``high``, ``medium``, ``low``), or nothing."""
        if (priority, mark) != (self._priority, self._mark):
            self._priority, self._mark = priority, mark
            self.setAccessibleName(f"{tr(priority)} {mark}".strip())
            self.update()

    def show_lit(self, lit: bool) -> None:
        """The bright or the dark part of a flash."""
        if lit != self._lit:
            self._lit = lit
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours from now on."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape, on a block of its colour when it leads the alarm line."""
        if not self._priority:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bright = QColor(self._theme[f"{self._priority}_block"])
        dark = QColor(self._theme[f"{self._priority}_ground"])
        fill, sign = (bright, QColor(self._theme[f"on_{self._priority}"])) if self._block else (
            QColor(0, 0, 0, 0), bright)  # fmt: skip
        if not self._lit:
            fill, sign = (dark, bright) if self._block else (fill, dark)
        if self._block:
            radius = self._theme.px("radius")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(sign)
        side = min(self.width(), self.height()) * (0.5 if self._block else 0.9)
        middle_y = self.height() * (0.38 if self._mark else 0.5)
        draw_shape(painter, self._priority, QPointF(self.width() / 2, middle_y), side)
        if self._mark:
            painter.setPen(sign)
            painter.setFont(ui_font(self._theme.px("title"), bold=True))
            lower = QRect(0, int(self.height() * 0.62), self.width(), int(self.height() * 0.38))
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._mark)


def draw_shape(painter: QPainter, priority: str, middle: QPointF, side: float) -> None:
    """The shape of a priority, filled with the painter's brush."""
    x, y, half = middle.x(), middle.y(), side / 2
    if priority == "high":
        corners = [(x, y - half), (x + half, y + half * 0.85), (x - half, y + half * 0.85)]
    elif priority == "medium":
        corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
    else:
        # A ring: a full disc is too like the diamond from across the room.
        ring = QPainterPath()
        ring.addEllipse(middle, half * 0.85, half * 0.85)
        ring.addEllipse(middle, half * 0.4, half * 0.4)
        painter.drawPath(ring)
        return
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

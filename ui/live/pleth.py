"""The pleth strip: a sweep with an erase bar. Only the columns that change are painted."""

import math
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.reading import PlethRun
from kapmonitor.words import tr
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme

# One sweep over the strip; about 25 mm/s on a laptop, the speed of a bedside monitor.
SWEEP_SECONDS = 8.0
# A live strip lags this far behind at most; beyond it catches up.
LAG_SECONDS = 0.5
# After a longer pause what was drawn would be swept over at once: only the end of it is.
BEHIND_SECONDS = 2 * SWEEP_SECONDS
# A demonstration faster than life shows stretches of this length at the speed of life.
EXCERPT_SECONDS = 4.0
FASTER_THAN_LIFE = 2.0
SIGNAL_LOST_SECONDS = 2.0
_ERASE_SHARE = 0.025

Sample = tuple[float, float | None]


class PlethStrip(QWidget):
    """Draws samples from left to right and over again."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._picture = QPixmap()
        self._waiting: deque[Sample] = deque()
        self._waiting_seconds = 0.0
        self._skipping = False
        self._x = 0.0
        self._last: QPointF | None = None
        self._low, self._high = 0.0, 1.0
        self._seen_low, self._seen_high = math.inf, -math.inf
        # What stands on the strip, to be drawn again at another size.
        self._drawn: deque[Sample] = deque()
        self._drawn_seconds = 0.0
        self._silence = math.inf  # nothing has come yet
        self._message = tr("No pleth signal")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Pleth"))

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours from now on; the sweep begins anew."""
        self._theme = theme
        self.setFixedHeight(theme.px("pleth"))
        self._clear()

    def show_samples(self, runs: Iterable[PlethRun], elapsed: float, rate: float) -> None:
        """Take new samples and draw on; ``elapsed`` real seconds have passed since the last."""
        arrived = False
        for run in runs:
            arrived = True
            self._queue(run, rate)
        self._silence = 0.0 if arrived else self._silence + elapsed
        budget = elapsed
        if rate <= FASTER_THAN_LIFE:
            self._leave_out()
            budget = max(elapsed * rate, self._waiting_seconds - LAG_SECONDS)
        self._draw(budget)
        self._say(tr("No pleth signal") if self._silence > SIGNAL_LOST_SECONDS else "")

    def _queue(self, run: PlethRun, rate: float) -> None:
        fast = rate > FASTER_THAN_LIFE
        if fast and self._skipping and self._waiting:
            return
        if self._skipping:
            self._skipping = False
            self._waiting.append((run.interval, None))
        for value in run.values:
            share = None if value is None else value / run.full_scale
            self._waiting.append((run.interval, share))
        self._waiting_seconds += run.interval * len(run.values)
        self._skipping = fast and self._waiting_seconds > EXCERPT_SECONDS

    def _leave_out(self) -> None:
        """Forget what came first when the window stood still for long."""
        while self._waiting_seconds > BEHIND_SECONDS:
            self._waiting_seconds -= self._waiting.popleft()[0]
            self._last = None  # no line over what is left out

    def _draw(self, seconds: float) -> None:
        if self._picture.isNull() or not self._waiting:
            return
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self._theme["cyan"]), max(1.0, 1.6 * self._theme.scale))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        width, start = self.width(), self._x
        while self._waiting and seconds > 0:
            interval, share = self._waiting.popleft()
            self._waiting_seconds = max(0.0, self._waiting_seconds - interval)
            self._keep((interval, share))
            seconds -= interval
            step = interval / SWEEP_SECONDS * width
            if self._x + step >= width:
                self._wrap(start)
                start = 0.0
            self._erase(painter, self._x, step)
            here = None if share is None else QPointF(self._x + step, self._height_of(share))
            if here is not None and self._last is not None:
                painter.setPen(pen)
                painter.drawLine(self._last, here)
            self._x += step
            self._last = here
        painter.end()
        self._dirty(start, self._x)

    def _keep(self, sample: Sample) -> None:
        self._drawn.append(sample)
        self._drawn_seconds += sample[0]
        while self._drawn_seconds > SWEEP_SECONDS * 0.95:
            self._drawn_seconds -= self._drawn.popleft()[0]

    def _erase(self, painter: QPainter, x: float, step: float) -> None:
        bar = _ERASE_SHARE * self.width()
        left = math.floor(x) + 2 if x > 0 else 0
        painter.fillRect(
            left, 0, math.ceil(step + bar), self.height(), QColor(self._theme["panel"])
        )

    def _wrap(self, start: float) -> None:
        """A sweep is full: the next one gets the scale of what was seen in this one."""
        self._dirty(start, self.width())
        self._x, self._last = 0.0, None
        if self._seen_high > self._seen_low:
            span = max(self._seen_high - self._seen_low, 0.15)
            middle = (self._seen_high + self._seen_low) / 2
            self._low, self._high = middle - span * 0.58, middle + span * 0.58
        self._seen_low, self._seen_high = math.inf, -math.inf

    def _height_of(self, share: float) -> float:
        self._seen_low, self._seen_high = min(self._seen_low, share), max(self._seen_high, share)
        # Above stays room for the strip's name.
        margin = 18 * self._theme.scale
        room = self.height() - margin - 6 * self._theme.scale
        part = (share - self._low) / (self._high - self._low)
        return margin + room * (1.0 - min(1.0, max(0.0, part)))

    def _dirty(self, start: float, end: float) -> None:
        bar = math.ceil(_ERASE_SHARE * self.width()) + 6
        left = max(0, math.floor(start) - 3)
        self.update(QRect(left, 0, math.ceil(end) - left + bar, self.height()))

    def _say(self, message: str) -> None:
        if message != self._message:
            self._message = message
            self.update()

    def _clear(self) -> None:
        if self.width() and self.height():
            ratio = self.devicePixelRatioF()
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self._theme["panel"]))
        self._x, self._last = 0.0, None
        if self._drawn:
            self._waiting.extendleft(reversed(self._drawn))
            again, self._drawn_seconds = self._drawn_seconds, 0.0
            self._waiting_seconds += again
            self._drawn.clear()
            self._draw(again)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: the sweep begins anew."""
        self._clear()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the columns that are asked for."""
        painter = QPainter(self)
        area = event.rect()
        ratio = self._picture.devicePixelRatio()
        source = QRect(
            round(area.x() * ratio),
            round(area.y() * ratio),
            round(area.width() * ratio),
            round(area.height() * ratio),
        )
        painter.drawPixmap(area, self._picture, source)
        if self._message:
            veil = QColor(self._theme["panel"])
            veil.setAlpha(225)
            painter.fillRect(area, veil)
        painter.setFont(ui_font(self._theme.px("small")))
        painter.setPen(QColor(self._theme["dim"]))
        pad = self._theme.px(8)
        painter.drawText(pad, self._theme.px(16), tr("Pleth"))
        if self._message:
            painter.setFont(ui_font(self._theme.px("title")))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)

"""The trends of the whole visit: pulse, SpO2 and pressures on one time axis, with what happened.

The only file that knows pyqtgraph; it is imported when the first trend is drawn. Ranges are fixed
and widen in steps; a curve is handed over as its min-max envelope, once a second.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.live.trend_data import Series
from ui.live.trend_frame import AXIS_WIDTH, FramePainter
from ui.live.trend_views import CURVES, CurveSpec, TrendView, curve_label
from ui.live.trend_window import ZOOM_STEP
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import KeyButton
from ui.widgets.boxes import column, row
from ui.widgets.painted import FitText


class Trends(QWidget):
    """Shows a `TrendView`; asks for another stretch of time and for its cursor.

    Wheel and ``+`` ``-`` zoom, dragging and arrows move, End leads back to now.
    """

    zoom_requested = Signal(float, object)
    pan_requested = Signal(float)
    cursor_requested = Signal(object)
    step_requested = Signal(int)
    now_requested = Signal()

    def __init__(self, back: str = "") -> None:
        super().__init__()
        self._theme = load_theme()
        self._away = False
        self._shown: TrendView | None = None
        self._dragged: float | None = None
        self.values = FitText("text", bold=False)
        self.now = KeyButton(back, "small", self.now_requested.emit)
        self.now.setAccessibleName(back)
        self.now.hide()
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.setAccessibleName(tr("Trends of the whole visit"))
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._canvas.setMouseTracking(True)
        self._canvas.viewport().installEventFilter(self)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Trends of the whole visit"))
        self._head = QWidget()
        head = row(self._head, margins=(8, 2, 2, 0), gap=8)
        head.addWidget(self.values, 1)
        head.addWidget(self.now)
        box = column(self, margins=(2, 2, 2, 2), gap=0)
        box.addWidget(self._head)
        box.addWidget(self._canvas, 1)
        self._lane = self._add_plot(0)
        self._plots = {spec.key: self._add_plot(number) for number, spec in enumerate(CURVES, 1)}
        for key, plot in self._plots.items():
            plot.setXLink(self._lane)
            if key != CURVES[-1].key:
                plot.hideAxis("bottom")
        self._lane.hideAxis("bottom")
        self._lane.setYRange(0, 1, padding=0)
        self._painter = FramePainter(self._lane, self._plots, self._theme)
        self._curves: dict[str, Any] = {}
        for spec in CURVES:
            self._add_curves(spec)
        self._cursors = [pg.InfiniteLine(angle=90) for _ in (self._lane, *self._plots)]
        for plot, line in zip((self._lane, *self._plots.values()), self._cursors, strict=True):
            line.hide()
            plot.addItem(line, ignoreBounds=True)
        stretch = self._canvas.ci.layout
        for line_number, share in enumerate((11, 30, 24, 38)):
            stretch.setRowStretchFactor(line_number, share)
        stretch.setSpacing(2)
        stretch.setContentsMargins(2, 2, 6, 2)

    def _add_plot(self, line: int) -> Any:
        plot = self._canvas.addPlot(line, 0)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.getAxis("left").setWidth(AXIS_WIDTH)
        plot.getViewBox().setDefaultPadding(0)
        plot.disableAutoRange()
        return plot

    def _add_curves(self, spec: CurveSpec) -> None:
        plot = self._plots[spec.key]
        if spec.key == "pressure":
            bars = pg.PlotDataItem(connect="pairs")
            ends = pg.ScatterPlotItem(pxMode=True)
            plot.addItem(bars)
            plot.addItem(ends)
            self._curves["pressure"] = (bars, ends)
        else:
            curve = pg.PlotDataItem(connect="finite", skipFiniteCheck=True)
            plot.addItem(curve)
            self._curves[spec.key] = curve

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self._painter.show_theme(theme)
        self._head.setFixedHeight(theme.px(22))
        for line in self._cursors:
            line.setPen(pg.mkPen(theme["accent"], style=Qt.PenStyle.DashLine))
        self._canvas.setBackground(QColor(theme["panel"]))
        small = ui_font(theme.px(11))
        for plot in (self._lane, *self._plots.values()):
            plot.getAxis("left").setWidth(theme.px(AXIS_WIDTH))
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(theme["line"]))
                axis.setTextPen(pg.mkPen(theme["dim"]))
                axis.setTickFont(small)
                axis.setStyle(tickLength=-4, tickTextOffset=4)
        self._lane.getAxis("left").setStyle(showValues=False, tickLength=0)
        for spec in CURVES:
            words = {"color": theme[spec.colour], "font-size": f"{theme.px(11)}px"}
            self._plots[spec.key].getAxis("left").setLabel(curve_label(spec), **words)
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_view(shown, self._away)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: what has room for its words is found anew."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_view(shown, self._away)

    def show_view(self, view: TrendView, away: bool | None = None) -> None:
        """Show this; ``away`` says whether a way back is needed, None to see for itself."""
        self._away = (view.cursor is not None or not view.follows) if away is None else away
        before, self._shown = self._shown, view
        if before is None or before.frame != view.frame:
            self._painter.show(view, self.width() - self._theme.px(AXIS_WIDTH) - 8)
        for key in ("pulse", "spo2"):
            self._show_curve(key, view)
        self._show_pressures(view)
        self._show_cursor(view)

    def _show_cursor(self, view: TrendView) -> None:
        """The cursor with its words, and the way back to now."""
        cursor = view.cursor
        self.now.setVisible(self._away)
        if cursor is not None:
            told = f"{cursor.values}    {cursor.events}".strip()
            self.values.show_text(told)
        else:
            self.values.show_text(view.stretch, "dim" if view.follows else "text")
        for line in self._cursors:
            line.setVisible(cursor is not None)
            if cursor is not None:
                line.setValue(self._minutes(view, cursor.at))

    # Mouse and keys -----------------------------------------------------------------------

    def _time_at(self, x: float) -> float | None:
        """The session time under a pixel of the canvas."""
        if self._shown is None:
            return None
        frame, box = self._shown.frame, self._lane.getViewBox()
        minutes = box.mapSceneToView(self._canvas.mapToScene(round(x), 0)).x()
        at = frame.zero + 60.0 * float(minutes)
        return at if frame.start <= at <= frame.end else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel zooms where it points, dragging moves the time, pointing asks for values."""
        if isinstance(event, QWheelEvent):
            at = self._time_at(event.position().x())
            if event.angleDelta().y():
                factor = ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP
                self.zoom_requested.emit(factor, at)
            return True
        if not isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.Leave and not self.hasFocus():
                self.cursor_requested.emit(None)
            return super().eventFilter(watched, event)
        x = event.position().x()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._dragged = x
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._dragged = None
        elif self._dragged is not None and abs(x - self._dragged) > 3:
            self.pan_requested.emit((self._dragged - x) / max(1, self.width()))
            self._dragged = x
        else:
            self.cursor_requested.emit(self._time_at(x))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cursor, with Shift ten times as far; End leads back to now."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if steps and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_requested.emit(10 * steps if far else steps)
        elif event.key() == Qt.Key.Key_End:
            self.now_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The mark of the focus goes."""
        super().focusOutEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The mark of the focus comes."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame while the keys are for the trends."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme["panel"]))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme["accent"]), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # The parts ----------------------------------------------------------------------------

    def _minutes(self, view: TrendView, at: float) -> float:
        return (at - view.frame.zero) / 60.0

    def _show_curve(self, key: str, view: TrendView) -> None:
        series: Series | None = view.series.get(key)
        curve = self._curves[key]
        if series is None or not series.length:
            curve.setData([], [])
            return
        columns = max(100, self._plots[key].getViewBox().screenGeometry().width() // 2)
        frame = view.frame
        times, values = series.envelope(frame.start, frame.end, columns)
        colour = next(spec.colour for spec in CURVES if spec.key == key)
        curve.setData((times - frame.zero) / 60.0, values, pen=pg.mkPen(self._theme[colour]))

    def _show_pressures(self, view: TrendView) -> None:
        bars, ends = self._curves["pressure"]
        times = np.array([(cuff.at - view.frame.zero) / 60.0 for cuff in view.cuffs])
        high = np.array([cuff.systolic for cuff in view.cuffs])
        low = np.array([cuff.diastolic for cuff in view.cuffs])
        colour = QColor(self._theme["white"])
        bars.setData(
            np.repeat(times, 2), np.column_stack([high, low]).ravel() if len(times) else [],
            pen=pg.mkPen(colour, width=1),
        )  # fmt: skip
        faint = QColor(self._theme["stale"])
        size = self._theme.px(7)
        spots = []
        for when, cuff in zip(times, view.cuffs, strict=True):
            paint = pg.mkBrush(faint if cuff.doubted else colour)
            for value, sign in ((cuff.systolic, "t"), (cuff.diastolic, "t1")):
                spots.append(
                    {"pos": (when, value), "symbol": sign, "brush": paint, "size": size,
                     "pen": pg.mkPen(None)}
                )  # fmt: skip
        ends.setData(spots)

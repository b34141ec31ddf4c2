"""The trends of the whole visit: pulse, SpO2 and pressures on one time axis, with what happened.

The only file that knows pyqtgraph; it is imported when the first trend is drawn. Ranges are fixed
and widen in steps; a curve is handed over as its min-max envelope, once a second.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.live.trend_data import Series
from ui.live.trend_views import CURVES, CurveSpec, Mark, TrendView
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme
from ui.widgets.boxes import column

_MARK_SIGNS = {"dose": "t", "round": "s", "note": "o", "high": "t1", "medium": "d", "low": "o"}
_AXIS_WIDTH = 50


class Trends(QWidget):
    """Shows a `TrendView`."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.setAccessibleName(tr("Trends of the whole visit"))
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = column(self, gap=0)
        box.addWidget(self._canvas)
        self._lane = self._add_plot(0, "")
        self._plots = {
            spec.key: self._add_plot(number, spec.label) for number, spec in enumerate(CURVES, 1)
        }
        for key, plot in self._plots.items():
            plot.setXLink(self._lane)
            if key != CURVES[-1].key:
                plot.hideAxis("bottom")
        self._lane.hideAxis("bottom")
        self._lane.setYRange(0, 1, padding=0)
        self._items: list[tuple[Any, Any]] = []
        self._curves: dict[str, Any] = {}
        self._shown: TrendView | None = None
        for spec in CURVES:
            self._add_curves(spec)
        stretch = self._canvas.ci.layout
        for line, share in enumerate((11, 30, 24, 38)):
            stretch.setRowStretchFactor(line, share)
        stretch.setSpacing(2)
        stretch.setContentsMargins(2, 2, 6, 2)

    def _add_plot(self, line: int, name: str) -> Any:
        plot = self._canvas.addPlot(line, 0)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
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
        self._canvas.setBackground(QColor(theme["panel"]))
        small = ui_font(theme.px(11))
        for plot in (self._lane, *self._plots.values()):
            plot.getAxis("left").setWidth(theme.px(_AXIS_WIDTH))
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(theme["line"]))
                axis.setTextPen(pg.mkPen(theme["dim"]))
                axis.setTickFont(small)
                axis.setStyle(tickLength=-4, tickTextOffset=4)
        self._lane.getAxis("left").setStyle(showValues=False, tickLength=0)
        for spec in CURVES:
            words = {"color": theme[spec.colour], "font-size": f"{theme.px(11)}px"}
            self._plots[spec.key].getAxis("left").setLabel(tr(spec.label), **words)
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_view(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: what has room for its words is found anew."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_view(shown)

    def show_view(self, view: TrendView) -> None:
        """Show this."""
        before, self._shown = self._shown, view
        if before is None or before.frame != view.frame:
            self._show_frame(view)
        for key in ("pulse", "spo2"):
            self._show_curve(key, view)
        self._show_pressures(view)

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

    def _put(self, plot: Any, item: Any) -> None:
        plot.addItem(item, ignoreBounds=True)
        self._items.append((plot, item))

    def _show_frame(self, view: TrendView) -> None:
        """Everything that changes seldom: ranges, limits, baseline, phases, marks."""
        for plot, item in self._items:
            plot.removeItem(item)
        self._items.clear()
        frame, theme = view.frame, self._theme
        left, right = self._minutes(view, frame.start), self._minutes(view, frame.end)
        self._lane.setXRange(left, right, padding=0)
        step = next(s for s in (5, 10, 15, 30, 60, 120, 240) if (right - left) / s <= 13)
        first = np.ceil(left / step) * step
        ticks = [[(float(m), _minute_words(m))
                  for m in np.arange(first, right + 0.1, step)], []]  # fmt: skip
        for plot in (self._lane, *self._plots.values()):
            plot.getAxis("bottom").setTicks(ticks)
            plot.showGrid(x=False, y=False)
        grid = pg.mkPen(theme["line"], width=1)
        for spec in CURVES:
            plot = self._plots[spec.key]
            low, high = frame.ranges[spec.key]
            plot.setYRange(low, high, padding=0)
            first = (low // spec.step + 1) * spec.step
            marks = [float(m) for m in np.arange(first, high, spec.step)]
            plot.getAxis("left").setTicks([[(m, f"{m:.0f}") for m in marks], []])
            for value in marks:
                self._put(plot, pg.InfiniteLine(value, angle=0, pen=grid))
        self._show_bands(view)
        self._show_marks(view, right)

    def _show_bands(self, view: TrendView) -> None:
        theme = self._theme
        for band in view.frame.bands:
            colour = QColor(theme[band.colour])
            colour.setAlpha(34)
            region = pg.LinearRegionItem(
                values=(band.low, band.high),
                orientation="horizontal",
                brush=pg.mkBrush(colour),
                pen=pg.mkPen(None),
                movable=False,
            )
            region.setZValue(-10)
            self._put(self._plots[band.plot], region)
            line = pg.mkPen(theme[band.colour], style=Qt.PenStyle.DotLine)
            self._put(self._plots[band.plot], pg.InfiniteLine(band.middle, angle=0, pen=line))
        quiet = QColor(theme["medium"])
        quiet.setAlpha(120)
        limit = pg.mkPen(quiet, style=Qt.PenStyle.DashLine)
        for key, value in view.frame.limits:
            self._put(self._plots[key], pg.InfiniteLine(value, angle=0, pen=limit))

    def _show_marks(self, view: TrendView, right: float) -> None:
        theme = self._theme
        line = pg.mkPen(theme["line"])
        edge = -np.inf
        for number, (at, words) in enumerate(view.frame.phases):
            minute = self._minutes(view, at)
            following = view.frame.phases[number + 1 :]
            until = self._minutes(view, following[0][0]) if following else right
            for plot in (self._lane, *self._plots.values()):
                self._put(plot, pg.InfiniteLine(minute, angle=90, pen=line))
            text = pg.TextItem(words, color=theme["dim"], anchor=(0, 0))
            text.setFont(ui_font(theme.px(11)))
            text.setPos(max(minute, edge), 1.08)
            per_pixel = self._minutes_per_pixel(view)
            width = text.boundingRect().width() * per_pixel
            if max(minute, edge) + width <= until or not following:
                self._put(self._lane, text)
                edge = max(minute, edge) + width
        spots = [self._spot(view, mark) for mark in view.frame.marks]
        scatter = pg.ScatterPlotItem(spots, pxMode=True)
        self._put(self._lane, scatter)
        for mark in view.frame.marks:
            if mark.kind == "dose":
                pen = pg.mkPen(theme["accent"], width=theme.px(1.5))
                for plot in self._plots.values():
                    self._put(plot, pg.InfiniteLine(self._minutes(view, mark.at), pen=pen))

    def _minutes_per_pixel(self, view: TrendView) -> float:
        width = max(200, self.width() - self._theme.px(_AXIS_WIDTH) - 8)
        return (view.frame.end - view.frame.start) / 60.0 / width

    def _spot(self, view: TrendView, mark: Mark) -> dict[str, object]:
        colours = {"dose": "accent", "round": "good", "note": "text"}
        colour = colours.get(mark.kind, f"{mark.kind}_block")
        return {
            "pos": (self._minutes(view, mark.at), 0.24),
            "symbol": _MARK_SIGNS[mark.kind],
            "brush": pg.mkBrush(self._theme[colour]),
            "pen": pg.mkPen(None),
            "size": self._theme.px(12 if mark.kind == "dose" else 9),
        }


def _minute_words(minute: float) -> str:
    rounded = round(minute)
    return "t0" if rounded == 0 else f"{rounded:+d}".replace("-", "−")

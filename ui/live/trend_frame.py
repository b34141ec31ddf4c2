"""The part of the trends that changes seldom: ranges, grid, limits, baseline, phases and marks.

Imported with pyqtgraph, by `ui.live.trends` alone.
"""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from kapmonitor.words import tr
from ui.live.trend_views import CURVES, Mark, TrendView, axis_lines
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme

AXIS_WIDTH = 50
# How high in the lane expectations stand, from 0 to 1.
_EXPECTED = 0.55
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 240)
_MARK_SIGNS = {"dose": "t", "round": "s", "note": "o", "high": "t1", "medium": "d", "low": "o"}


class FramePainter:
    """Draws a frame into plots, and takes the one before away."""

    def __init__(self, lane: Any, plots: dict[str, Any], theme: Theme) -> None:
        self._lane, self._plots, self._theme = lane, plots, theme
        self._items: list[tuple[Any, Any]] = []

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme

    def _minutes(self, view: TrendView, at: float) -> float:
        return (at - view.frame.zero) / 60.0

    def _put(self, plot: Any, item: Any) -> None:
        plot.addItem(item, ignoreBounds=True)
        self._items.append((plot, item))

    def show(self, view: TrendView, pixels: int) -> None:
        """Draw the frame of a view that is so many pixels wide."""
        self._pixels = max(200, pixels)
        for plot, item in self._items:
            plot.removeItem(item)
        self._items.clear()
        frame, theme = view.frame, self._theme
        left, right = self._minutes(view, frame.start), self._minutes(view, frame.end)
        self._lane.setXRange(left, right, padding=0)
        step = next(s for s in _TICKS if (right - left) / s <= 13)
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
            marks = axis_lines(spec, low, high)
            plot.getAxis("left").setTicks([marks, []])
            for value, _ in marks:
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
        left = self._minutes(view, view.frame.start)
        edge = left
        for number, (at, words) in enumerate(view.frame.phases):
            minute = self._minutes(view, at)
            following = view.frame.phases[number + 1 :]
            until = self._minutes(view, following[0][0]) if following else right
            for plot in (self._lane, *self._plots.values()):
                self._put(plot, pg.InfiniteLine(minute, angle=90, pen=line))
            text = pg.TextItem(words, color=theme["dim"], anchor=(0, 0))
            text.setFont(ui_font(theme.px(11)))
            text.setPos(max(minute, edge), 1.08)
            if until <= left or minute >= right:
                continue
            per_pixel = self._minutes_per_pixel(view)
            width = text.boundingRect().width() * per_pixel
            if max(minute, edge) + width <= until or not following:
                self._put(self._lane, text)
                edge = max(minute, edge) + width
        self._show_expected(view)
        self._show_spans(view)
        spots = [self._spot(view, mark) for mark in view.frame.marks]
        scatter = pg.ScatterPlotItem(spots, pxMode=True)
        self._put(self._lane, scatter)
        for mark in view.frame.marks:
            if mark.kind == "dose":
                pen = pg.mkPen(theme["accent"], width=theme.px(1.5))
                for plot in self._plots.values():
                    self._put(plot, pg.InfiniteLine(self._minutes(view, mark.at), pen=pen))

    def _show_expected(self, view: TrendView) -> None:
        """Dotted and dim between the phases and the marks, with all words at the last end."""
        found = view.frame.expected
        last = max((one.end for one in found), default=view.frame.start)
        if not found or last <= view.frame.start or last >= view.frame.end:
            return
        pen = pg.mkPen(self._theme["dim"], style=Qt.PenStyle.DotLine)
        for one in found:
            start, end = self._minutes(view, one.start), self._minutes(view, one.end)
            line = pg.PlotDataItem(
                [start, start, end, end], [0.42, _EXPECTED, _EXPECTED, 0.42], pen=pen
            )
            self._put(self._lane, line)
        words = tr("expected: {what}", what=", ".join(one.words for one in found))
        # Where they do not fit behind the last end they end at the edge, over the dots.
        ground = pg.mkBrush(self._theme["panel"])
        text = pg.TextItem(words, color=self._theme["dim"], anchor=(0, 0.5), fill=ground)
        text.setFont(ui_font(self._theme.px(10)))
        width = text.boundingRect().width() * self._minutes_per_pixel(view)
        edge = self._minutes(view, view.frame.end) - width
        first = self._minutes(view, view.frame.start)
        text.setPos(max(first, min(self._minutes(view, last), edge)), _EXPECTED)
        self._put(self._lane, text)

    def _show_spans(self, view: TrendView) -> None:
        """How long each alarm lasted, as a bar below its mark, the high ones drawn last."""
        for priority in ("low", "medium", "high"):
            ends = [
                self._minutes(view, at)
                for span in view.frame.spans
                if span.priority == priority
                for at in (span.start, span.end)
            ]
            if ends:
                pen = pg.mkPen(self._theme[f"{priority}_block"], width=self._theme.px(3))
                level = np.full(len(ends), 0.04)
                self._put(self._lane, pg.PlotDataItem(ends, level, connect="pairs", pen=pen))

    def _minutes_per_pixel(self, view: TrendView) -> float:
        return (view.frame.end - view.frame.start) / 60.0 / self._pixels

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

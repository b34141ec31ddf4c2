"""The chart of two visits from their doses on: this one bright, the other one pale and dashed."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.live.trend_data import Floats, steady_range
from ui.live.trend_views import CURVES, axis_lines, curve_label
from ui.review.compare import Overlay
from ui.theme.fonts import ui_font
from ui.theme.theme import Theme, load_theme
from ui.widgets.boxes import column


class CompareChart(QWidget):
    """Shows two `Overlay`s."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._shown: tuple[Overlay, Overlay] | None = None
        self._canvas = pg.GraphicsLayoutWidget()
        self._canvas.setAccessibleName(tr("Two visits from their doses on"))
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(self, gap=0).addWidget(self._canvas)
        self._plots: dict[str, Any] = {}
        for line, spec in enumerate(CURVES):
            plot = self._canvas.addPlot(line, 0)
            plot.setMouseEnabled(x=False, y=False)
            plot.hideButtons()
            plot.setMenuEnabled(False)
            plot.getViewBox().setDefaultPadding(0)
            plot.disableAutoRange()
            self._plots[spec.key] = plot

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self._canvas.setBackground(QColor(theme["panel"]))
        for spec in CURVES:
            plot = self._plots[spec.key]
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(theme["line"]))
                axis.setTextPen(pg.mkPen(theme["dim"]))
                axis.setTickFont(ui_font(theme.px(11)))
            words = {"color": theme[spec.colour], "font-size": f"{theme.px(11)}px"}
            plot.getAxis("left").setWidth(theme.px(56))
            plot.getAxis("left").setLabel(curve_label(spec), **words)
        if self._shown is not None:
            self.show_overlays(*self._shown)

    def show_overlays(self, one: Overlay, other: Overlay) -> None:
        """Show both visits."""
        self._shown = (one, other)
        for plot in self._plots.values():
            plot.clear()
        # The other one lies below.
        self._draw(other, pale=True)
        self._draw(one, pale=False)
        moments = [curve for each in (one, other) for curve, _ in _curves(each) if len(curve)]
        left = min([0.0, *(float(times[0]) for times in moments)])
        right = max([30.0, *(float(times[-1]) for times in moments)])
        for spec in CURVES:
            plot = self._plots[spec.key]
            plot.setXRange(left, right, padding=0)
            values = [
                v for each in (one, other) for v in _values(each, spec.key) if not np.isnan(v)
            ]
            low, high = (min(values), max(values)) if values else spec.base
            bottom, top = steady_range(low, high, spec.base, spec.step)
            top = 101.0 if spec.key == "spo2" else top
            plot.setYRange(bottom, top, padding=0)
            plot.getAxis("left").setTicks([axis_lines(spec, bottom, top), []])
            plot.addItem(pg.InfiniteLine(0.0, pen=pg.mkPen(self._theme["accent"])))

    def _draw(self, each: Overlay, pale: bool) -> None:
        style = Qt.PenStyle.DotLine if pale else Qt.PenStyle.SolidLine
        for spec in CURVES:
            colour = QColor(self._theme["stale" if pale else spec.colour])
            pen = pg.mkPen(colour, style=style)
            plot = self._plots[spec.key]
            if spec.key != "pressure":
                times, values = each.pulse if spec.key == "pulse" else each.spo2
                plot.addItem(pg.PlotDataItem(times, values, pen=pen, connect="finite"))
                continue
            for (times, values), sign in ((each.systolic, "t"), (each.diastolic, "t1")):
                plot.addItem(
                    pg.PlotDataItem(times, values, pen=pen, symbol=sign, symbolBrush=colour,
                                    symbolPen=None, symbolSize=self._theme.px(8))
                )  # fmt: skip


def _curves(each: Overlay) -> tuple[tuple[Floats, Floats], ...]:
    return each.pulse, each.spo2, each.systolic, each.diastolic


def _values(each: Overlay, key: str) -> Floats:
    if key == "pressure":
        return np.concatenate([each.systolic[1], each.diastolic[1]])
    return each.pulse[1] if key == "pulse" else each.spo2[1]

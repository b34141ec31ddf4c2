"""The tiles: big numerals with limits, baseline, age and quality beside them."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from kapmonitor.events import Priority
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.alarm_views import lit
from ui.live.tile_trend import DOWN, STEADY, UP
from ui.live.tile_views import TILES, TileSpec, TileView
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import KeyButton, label, show_text
from ui.widgets.bell import Bell
from ui.widgets.boxes import column, grid, row
from ui.widgets.painted import AlarmSymbol, FitText, Numeral

_TREND_WORDS = {UP: "rising", DOWN: "falling", STEADY: "steady"}


def _trend_words(view: TileView) -> str:
    """The difference to the baseline and the arrow, for who does not see it."""
    return f"{view.difference} {tr(_TREND_WORDS.get(view.trend, ''))}".strip()


class Tile(QWidget):
    """Shows one `TileView`; asks for the list of limits at its own."""

    limits_requested = Signal(str)

    def __init__(self, spec: TileSpec) -> None:
        super().__init__()
        self.spec = spec
        self._view: TileView | None = None
        self._theme = load_theme()
        self._name = FitText("title")
        self._symbol, self._bell = AlarmSymbol(), Bell()
        self._numeral = Numeral()
        self._limits = KeyButton("", "limits", lambda: self.limits_requested.emit(spec.key))
        self._base, self._difference = label("", "small"), label("", "phase")
        self._peak = FitText("small", bold=False)
        self._note, self._age = FitText("title", bold=False), label("", "small")
        self._source = FitText("small", bold=False)
        box = row(self, margins=(12, 6, 12, 6), gap=8)
        box.addLayout(self._side(), 0)
        box.addWidget(self._numeral, 1)

    def _side(self) -> QBoxLayout:
        side = column(gap=1)
        head = row(gap=4)
        head.addWidget(self._name, 1)
        head.addWidget(self._symbol)
        side.addLayout(head)
        limits = row(gap=4)
        limits.addWidget(self._limits)
        limits.addWidget(self._bell)
        limits.addStretch(1)
        side.addLayout(limits)
        baseline = row(gap=8)
        baseline.addWidget(self._base)
        baseline.addWidget(self._difference)
        baseline.addStretch(1)
        side.addLayout(baseline)
        side.addWidget(self._peak)
        side.addStretch(1)
        side.addWidget(self._note)
        side.addWidget(self._age)
        side.addWidget(self._source)
        return side

    @property
    def view(self) -> TileView | None:
        """What is shown now."""
        return self._view

    @property
    def numeral(self) -> Numeral:
        """The big number."""
        return self._numeral

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self._symbol.setFixedSize(theme.px(18), theme.px(18))
        self._name.setFixedWidth(theme.px(112))
        self._note.setFixedWidth(theme.px(140))
        self._peak.setFixedWidth(theme.px(140))
        self._source.setFixedWidth(theme.px(140))
        self.update()

    def show_flash(self, real: float) -> None:
        """The bright or dark part of the symbol's flash."""
        view = self._view
        if view is not None and view.alarm:
            self._symbol.show_lit(lit(Priority(view.alarm), view.acknowledged, real))

    def show_view(self, view: TileView) -> None:
        """Show this; does nothing when it is what stands there."""
        if view == self._view:
            return
        self._view = view
        self._numeral.show_number(view.value, view.tone, view.mark)
        self._name.show_text(f"{view.label}  {view.unit}", self.spec.colour)
        self._show_limits(view)
        show_text(self._base, view.baseline)
        show_text(self._difference, f"{view.difference}  {view.trend}".strip())
        self._difference.setAccessibleName(_trend_words(view))
        self._peak.show_text(view.peak, "dim")
        self._note.show_text(view.note)
        show_text(self._age, view.age)
        self._source.show_text(view.source, "dim")
        self._symbol.show_alarm(view.alarm)
        words = (view.label, view.value, view.unit, view.mark, view.note, view.age)
        self.setAccessibleName(" ".join(word for word in words if word))
        self.update()

    def _show_limits(self, view: TileView) -> None:
        """The limits, ``≠`` where they are not the preset's, and a crossed bell for one off."""
        parts = [f"▲ {view.upper}" if view.upper else "", f"▼ {view.lower}" if view.lower else ""]
        text = "  ".join(part for part in parts if part) or tr("limits")
        text += " ≠" if view.changed else ""
        if self._limits.text() != text:
            self._limits.setText(text)
        words = tr("Limits of {vital}: {limits}", vital=view.label, limits=text)
        words += f", {tr('changed for this visit')}" if view.changed else ""
        self._limits.setAccessibleName(words)
        self._limits.setToolTip(f"{words} ({key_for('limits').press})")
        self._bell.setVisible(bool(view.off))
        self._bell.show_state("off", "text", tr("Switched off: {alarms}", alarms=view.off))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground of a tile in alarm takes the priority's dark tint and a bar of its colour."""
        alarm = "" if self._view is None else self._view.alarm
        if not alarm:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self._theme.px("radius")
        inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(self._theme[f"{alarm}_ground"]))
        painter.setPen(QPen(QColor(self._theme[f"{alarm}_block"]), self._theme.px(2)))
        painter.drawRoundedRect(inner, radius, radius)


# Which tiles stand in one box.
TILE_BOXES = (("pulse",), ("spo2",), ("systolic", "diastolic"))


class Tiles(QWidget):
    """The column of tiles: pulse, SpO2, and the two pressures in one box."""

    limits_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.tiles = {spec.key: Tile(spec) for spec in TILES}
        for tile in self.tiles.values():
            tile.limits_requested.connect(self.limits_requested)
        self._wide = False
        self._box = grid(self, gap=6)
        self._frames = [_frame([self.tiles[key] for key in keys]) for keys in TILE_BOXES]
        self.show_wide(False)

    def show_wide(self, wide: bool, theme: Theme | None = None) -> None:
        """Over the whole width (the pressures beside each other), or as a column."""
        self._wide = wide
        for number, (frame, keys) in enumerate(zip(self._frames, TILE_BOXES, strict=True)):
            place = (number // 2, number % 2, 1, len(keys)) if wide else (number, 0, 1, 1)
            self._box.addWidget(frame, *place)
            inner = frame.layout()
            if isinstance(inner, QBoxLayout):
                beside = QBoxLayout.Direction.LeftToRight
                inner.setDirection(beside if wide else QBoxLayout.Direction.TopToBottom)
            self._box.setRowStretch(number, 0 if wide and number == 2 else len(keys))
            self._box.setColumnStretch(number, 1 if wide and number < 2 else 0)
        if wide:
            for number in (0, 1):
                self._box.setRowStretch(number, 1)
        fixed = QSizePolicy.Policy.Fixed
        wanted = QSizePolicy.Policy.Expanding if wide else fixed
        self.setSizePolicy(wanted, QSizePolicy.Policy.Expanding)
        if theme is not None:
            self.show_theme(theme)

    def show_views(self, views: Sequence[TileView]) -> None:
        """Show each in its tile."""
        for view in views:
            self.tiles[view.key].show_view(view)

    def show_flash(self, real: float) -> None:
        """The bright or dark part of the symbols' flash."""
        for tile in self.tiles.values():
            tile.show_flash(real)

    def show_theme(self, theme: Theme) -> None:
        """The column is as wide as its design says."""
        if self._wide:
            self.setMinimumWidth(theme.px("tiles"))
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(theme.px("tiles"))


def _frame(tiles: Sequence[Tile]) -> QWidget:
    frame = QWidget()
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    frame.setProperty("box", "panel")
    inner = column(frame, gap=0)
    for tile in tiles:
        inner.addWidget(tile, 1)
    return frame

"""Small parts of the review screen: numbers at the playhead, tables, the transport."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QSlider, QTableWidget, QTableWidgetItem, QWidget

from kapmonitor.words import tr
from ui.live.tile_views import TILES, TileView
from ui.review.player import SPEEDS
from ui.review.tables import Table
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import Choices, KeyButton, label, show_text
from ui.widgets.boxes import column, row
from ui.widgets.painted import FitText, Numeral

_SLIDER_STEPS = 1000


class ValueStrip(QWidget):
    """The numbers at the playhead, in a row."""

    def __init__(self) -> None:
        super().__init__()
        self._cells = {spec.key: _ValueCell(spec.colour) for spec in TILES}
        box = row(self, gap=6)
        for cell in self._cells.values():
            box.addWidget(cell, 1)

    def show_views(self, views: Sequence[TileView]) -> None:
        """Show each in its place."""
        for view in views:
            self._cells[view.key].show_view(view)

    def show_theme(self, theme: Theme) -> None:
        """As high as designed."""
        self.setFixedHeight(theme.px(84))


class _ValueCell(QWidget):
    def __init__(self, colour: str) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("box", "panel")
        self._colour = colour
        self._name, self._age = FitText("text"), FitText("small", bold=False)
        self._number = Numeral()
        box = row(self, margins=(10, 6, 10, 6), gap=6)
        words = column(gap=0)
        words.addWidget(self._name)
        words.addWidget(self._age)
        words.addStretch(1)
        box.addLayout(words, 1)
        box.addWidget(self._number, 1)

    def show_view(self, view: TileView) -> None:
        self._name.show_text(f"{view.label}  {view.unit}", self._colour)
        self._age.show_text(view.age or view.difference, "dim")
        self._number.show_number(view.value, view.tone, view.mark)
        self.setAccessibleName(f"{view.label} {view.value} {view.unit} {view.age}".strip())


class TableView(QTableWidget):
    """Shows a `Table`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._theme = load_theme()
        self._table: Table | None = None
        self.setAccessibleName(name)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()

    @property
    def table(self) -> Table | None:
        """What is shown now."""
        return self._table

    def show_table(self, table: Table) -> None:
        """Show this."""
        self._table = table
        self.setColumnCount(len(table.heads))
        self.setHorizontalHeaderLabels(list(table.heads))
        self.setRowCount(len(table.rows))
        for line, entry in enumerate(table.rows):
            for place, text in enumerate(entry.cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                item.setForeground(QColor(self._theme[entry.tone or "text"]))
                self.setItem(line, place, item)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        for place in range(len(table.heads)):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(
                place, mode.Stretch if place == table.wide else mode.ResizeToContents
            )

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self.verticalHeader().setDefaultSectionSize(theme.px(26))
        if self._table is not None:
            self.show_table(self._table)


class Transport(QWidget):
    """Play and pause, speed, and where in the visit the replay is."""

    play_requested = Signal(bool)
    speed_requested = Signal(int)
    seek_requested = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._playing = False
        self._play = KeyButton("", "", lambda: self.play_requested.emit(not self._playing))
        self._speed = Choices([(str(s), f"×{s}") for s in SPEEDS], tr("Speed of the replay"))
        self._speed.chosen.connect(lambda value: self.speed_requested.emit(int(value)))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._slider.setPageStep(_SLIDER_STEPS // 20)
        self._slider.setAccessibleName(tr("Place in the visit"))
        self._slider.valueChanged.connect(
            lambda value: self.seek_requested.emit(value / _SLIDER_STEPS)
        )
        self._time = label("", "phase")
        box = row(self, gap=10)
        box.addWidget(self._play)
        box.addWidget(self._speed)
        box.addWidget(self._slider, 1)
        box.addWidget(self._time)
        self.show_state(False, SPEEDS[1], 0.0, "")

    def show_state(self, playing: bool, speed: int, share: float, time: str) -> None:
        """Show this."""
        self._playing = playing
        words = tr("Pause  Space") if playing else tr("Play  Space")
        if self._play.text() != words:
            self._play.setText(words)
            self._play.setAccessibleName(words)
        self._speed.show_values([str(speed)])
        if not self._slider.isSliderDown():
            self._slider.blockSignals(True)
            self._slider.setValue(round(share * _SLIDER_STEPS))
            self._slider.blockSignals(False)
        show_text(self._time, time)

    def show_theme(self, theme: Theme) -> None:
        """The time never moves its neighbours."""
        self._time.setMinimumWidth(theme.px(110))
        self._play.setMinimumWidth(theme.px(120))

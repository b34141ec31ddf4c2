"""A patient's course: a table of the visits and small pictures of what changed between them."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from kapmonitor.course import PastVisitSummary
from kapmonitor.course_words import COLUMNS, cells, last_time
from kapmonitor.regional import MMHG, shown, unit
from kapmonitor.words import tr
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, row

# Beside and above the words of a cell, both sides together [px].
_PADDING = 22
# Columns of words that may be long.
LONG = ("Dose", "Side effects", "Afterwards")
# What is drawn, one picture each: the field, its words, its unit.
PICTURES = (
    ("dose", "Dose", "mg"),
    ("systolic", "Baseline, systolic", MMHG),
    ("peak_rise", "Peak rise", MMHG),
    ("returned_min", "Back after", "min"),
    ("dissociation", "Dissociation", ""),
    ("left_min", "Left after", "min"),
)


class SmallPicture(QWidget):
    """One quantity over the visits, from zero; a visit without a value leaves a gap."""

    def __init__(self, words: str, unit: str) -> None:
        super().__init__()
        self._words, self._unit = words, unit
        self._theme = load_theme()
        self.values: tuple[float | None, ...] = ()

    def show_values(self, values: Sequence[float | None]) -> None:
        """Show these, the oldest first."""
        self.values = tuple(values)
        known = [shown(value, self._unit) for value in values if value is not None]
        self.setAccessibleName(f"{tr(self._words)}: {', '.join(known)} {unit(self._unit)}".strip())
        self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self.setFixedHeight(theme.px(110))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, last value, points and the line between neighbours."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(theme.px(8), theme.px(4), -theme.px(8), -theme.px(8))
        painter.setPen(QColor(theme["dim"]))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, tr(self._words))
        known = [value for value in self.values if value is not None]
        if not known:
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "–")
            return
        last = self.values[-1]
        words = "–" if last is None else f"{shown(last, self._unit)} {unit(self._unit)}".strip()
        painter.setPen(QColor(theme["text"]))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, words)
        points = self._points(place.adjusted(0, theme.px(28), 0, 0), known)
        painter.setPen(QPen(QColor(theme["line"]), 1))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        for x in self._places(place):  # a visit without a value has its tick all the same
            painter.drawLine(QPointF(x, place.bottom()), QPointF(x, place.bottom() + theme.px(4)))
        painter.setPen(QPen(QColor(theme["accent"]), theme.px(2)))
        for one, other in pairwise(points):
            if one is not None and other is not None:
                painter.drawLine(one, other)
        painter.setBrush(QColor(theme["accent"]))
        for point in points:
            if point is not None:
                painter.drawEllipse(point, theme.px(3), theme.px(3))

    def _points(self, place: QRectF, known: Sequence[float]) -> list[QPointF | None]:
        low, high = min(0.0, *known), max(1.0, *known)
        return [
            None
            if value is None
            else QPointF(x, place.bottom() - place.height() * (value - low) / (high - low))
            for x, value in zip(self._places(place), self.values, strict=True)
        ]

    def _places(self, place: QRectF) -> list[float]:
        """Where each visit stands, from left to right."""
        if len(self.values) < 2:
            return [place.center().x()] * len(self.values)
        step = place.width() / (len(self.values) - 1)
        return [place.left() + number * step for number in range(len(self.values))]


class CoursePage(QWidget):
    """Asks for the course of a code and for the way back; shows what it is told."""

    course_requested = Signal(str)
    back_requested = Signal()
    felt_worse_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._visits: tuple[PastVisitSummary, ...] = ()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.code, self.table = QLineEdit(), QTableWidget(0, len(COLUMNS))
        self.code.setPlaceholderText(tr("patient code"))
        self.code.setAccessibleName(tr("Patient code"))
        self.code.returnPressed.connect(self._on_asked)
        self.table.setHorizontalHeaderLabels([tr(words) for words in COLUMNS])
        self.table.setAccessibleName(tr("Visits"))
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setWordWrap(True)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, words in enumerate(COLUMNS):
            if words in LONG:  # they share the room that is left, and go on in the next line
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._fit_rows)
        header.sectionResized.connect(lambda *_: self._settle.start())
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self._said = label("", "title", wrap=True)
        self.pictures = {key: SmallPicture(words, unit) for key, words, unit in PICTURES}
        outer = column(self, margins=(48, 28, 48, 24), gap=14)
        head = row(gap=12)
        head.addWidget(label(tr("A patient's course"), "heading"), 1)
        head.addWidget(self.code)
        head.addWidget(button(tr("Show"), "main", self._on_asked))
        head.addWidget(button(tr("Back  Esc"), "", self.back_requested.emit))
        outer.addLayout(head)
        outer.addWidget(self._said)
        outer.addWidget(self.table, 1)
        told = row(gap=12)
        self.worse = button(tr("Felt worse after this visit…"), "", self._on_worse)
        told.addWidget(self.worse)
        told.addStretch(1)
        outer.addLayout(told)
        self.worse.setEnabled(False)
        self.table.itemSelectionChanged.connect(self._on_selected)
        small = row(gap=12)
        for picture in self.pictures.values():
            small.addWidget(picture, 1)
        outer.addLayout(small)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def begin(self) -> None:
        """The code first."""
        self.code.setFocus()
        self.code.selectAll()

    def show_course(self, visits: Sequence[PastVisitSummary]) -> None:
        """Show these, the oldest first."""
        self._visits = tuple(visits)
        self.table.setRowCount(len(visits))
        for number, visit in enumerate(visits):
            for place, words in enumerate(cells(visit)):
                self.table.setItem(number, place, QTableWidgetItem(words))
        self._fit_rows()
        for key, picture in self.pictures.items():
            picture.show_values([getattr(visit, key) for visit in visits])
        self.show_said(last_time(visits) if visits else tr("No visit of this code."))
        if visits:
            # What is told later is mostly about the last one.
            self.table.selectRow(len(visits) - 1)
        self._on_selected()

    def _on_selected(self) -> None:
        self.worse.setEnabled(0 <= self.table.currentRow() < len(self._visits))

    def _on_worse(self) -> None:
        self.felt_worse_requested.emit(self._visits[self.table.currentRow()].session)

    def _fit_rows(self) -> None:
        """Each row as high as its longest cell, and the last visit in view.

        Qt's own measure forgets the padding that the theme gives a cell, and cuts a last word off.
        """
        table = self.table
        metrics, wrap = table.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        for line in range(table.rowCount()):
            highest = 0
            for place in range(table.columnCount()):
                item = table.item(line, place)
                room = QRect(0, 0, max(20, table.columnWidth(place) - _PADDING), 10_000)
                words = "" if item is None else item.text()
                highest = max(highest, metrics.boundingRect(room, wrap, words).height())
            table.setRowHeight(line, highest + _PADDING // 2)
        table.scrollToBottom()  # it is what the next one is planned by

    def show_said(self, text: str) -> None:
        """The line about the last visit, or what went wrong."""
        show_text(self._said, text)

    def _on_asked(self) -> None:
        if self.code.text().strip():
            self.show_said("")
            self.course_requested.emit(self.code.text().strip())

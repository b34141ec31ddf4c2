"""The lower lists: what is due with its countdown, and the timeline of what happened."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from kapmonitor.words import tr
from ui.live.entry_words import TimelineRow
from ui.live.views import DueView
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import label, set_tone, show_text
from ui.widgets.boxes import column, row
from ui.widgets.painted import FitText

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class Ring(QWidget):
    """A ring that fills until a check is due."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._share, self._tone = 0.0, "accent"

    def show_share(self, share: float, tone: str) -> None:
        """Fill this part of the ring, 0 to 1."""
        if (round(share, 2), tone) != (round(self._share, 2), self._tone):
            self._share, self._tone = share, tone
            self.update()

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self.setFixedSize(theme.px(26), theme.px(26))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The whole ring faint, the filled part bright."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = self._theme.px(3)
        place = QRectF(self.rect()).adjusted(thick, thick, -thick, -thick)
        painter.setPen(QPen(QColor(self._theme["line"]), thick))
        painter.drawEllipse(place)
        painter.setPen(QPen(QColor(self._theme[self._tone]), thick))
        painter.drawArc(place, 90 * 16, -round(360 * 16 * self._share))


class _DueRow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.ring, self.what, self.when = Ring(), FitText("text", bold=False), label("", "title")
        box = row(self, gap=8)
        box.addWidget(self.ring)
        words = column(gap=0)
        words.addWidget(self.what)
        words.addWidget(self.when)
        box.addLayout(words, 1)

    def show_view(self, view: DueView) -> None:
        late = view.tone == "overdue"
        self.ring.show_share(view.share, "medium" if late else "accent")
        self.what.show_text(view.text)
        show_text(self.when, view.when)
        set_tone(self.when, "overdue" if late else "")
        self.setAccessibleName(f"{view.text}, {view.when}")


class DueList(QWidget):
    """What comes next: at most three checks."""

    SHOWN = 3

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("box", "panel")
        self._words = label("", "dim", wrap=True)
        self._rows = [_DueRow() for _ in range(self.SHOWN)]
        box = column(self, margins=(10, 6, 10, 6), gap=4)
        self._title = label(tr("Due"), "group")
        box.addWidget(self._title)
        box.addWidget(self._words)
        for made in self._rows:
            box.addWidget(made)
        box.addStretch(1)

    def show_views(self, views: Sequence[DueView], words: str) -> None:
        """Show the words, if there are any, and the first of these."""
        self._words.setVisible(bool(words))
        show_text(self._words, words)
        room = self.SHOWN - 1 if words else self.SHOWN
        hidden = len(views) - room
        more = tr("Due, and {number} more: key Z", number=hidden) if hidden > 0 else tr("Due")
        show_text(self._title, more)
        for number, made in enumerate(self._rows):
            made.setVisible(number < min(room, len(views)))
            if number < len(views):
                made.show_view(views[number])

    def show_theme(self, theme: Theme) -> None:
        """As wide as designed."""
        self.setFixedWidth(theme.px(212))


class DueLines(QWidget):
    """What is due beside an open panel, which takes the list's room: what waits, and the next."""

    SHOWN = 3

    def __init__(self) -> None:
        super().__init__()
        self._rows = [FitText("text") for _ in range(self.SHOWN)]
        box = column(self, margins=(10, 0, 10, 0), gap=0)
        for made in self._rows:
            box.addWidget(made)
        self.setAccessibleName(tr("Due"))

    def show_views(self, views: Sequence[DueView]) -> None:
        """Show these; of more than there is room for, the last line tells how many are left out."""
        late = [view for view in views if view.tone == "overdue"]
        # All that waits for somebody, and the next one that comes.
        waiting = [view for view in views if view.tone == "now"]
        coming = [view for view in views if view.tone not in ("overdue", "now")][:1]
        shown = [*late, *waiting, *coming]
        for number, made in enumerate(self._rows):
            view = shown[number] if number < len(shown) else None
            words = "" if view is None else f"{view.text}: {view.when}"
            more = len(shown) - self.SHOWN
            if number == self.SHOWN - 1 and more > 0:
                words += f"  +{more}"
            made.show_text(words, "medium" if view is not None and view in late else "text")
            made.setVisible(bool(words))

    @property
    def lines(self) -> list[str]:
        """What is shown now."""
        return [made.text() for made in self._rows if made.text()]


class _TimelineModel(QAbstractTableModel):
    COLUMNS = 4

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[TimelineRow, ...] = ()
        self.theme = load_theme()

    def show_rows(self, rows: tuple[TimelineRow, ...]) -> None:
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.COLUMNS - 1))

    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _TOP) -> int:
        return self.COLUMNS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.rows[index.row()]
        place = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return ("" if line.saved else "○", line.time, line.text, line.by)[place]
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = line.tone if place == 2 and line.tone else ("text" if place == 2 else "dim")
            return QColor(self.theme[tone])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            unsaved = "" if line.saved else f" ({tr('not yet saved')})"
            return f"{line.time} {line.text} {line.by}{unsaved}".strip()
        if role == Qt.ItemDataRole.TextAlignmentRole and place == 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class Timeline(QTableView):
    """What happened, newest first; a hollow dot marks what is not yet on the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = _TimelineModel()
        self.setModel(self._rows)
        self.setAccessibleName(tr("Timeline"))
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: tuple[TimelineRow, ...]) -> None:
        """Show these."""
        self._rows.show_rows(rows)

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        """What is shown now."""
        return self._rows.rows

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside an open panel there is room for the words only; the tool tip says who."""
        super().resizeEvent(event)
        self.setColumnHidden(3, self.width() < self._rows.theme.px(520))

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._rows.theme = theme
        for place, width in ((0, 18), (1, 76), (3, 124)):
            self.setColumnWidth(place, theme.px(width))
        self.verticalHeader().setDefaultSectionSize(theme.px(21))
        self.viewport().update()

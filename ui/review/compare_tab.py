"""This visit beside another one, both counted from their dose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from kapmonitor.words import tr
from ui.live.model import LiveModel
from ui.review.compare import comparison, overlay
from ui.review.parts import TableView
from ui.setup.choice import PastVisit
from ui.theme.apply import dress
from ui.theme.theme import Theme
from ui.widgets.basic import label, show_text
from ui.widgets.boxes import column, row

if TYPE_CHECKING:  # it brings pyqtgraph, which waits until two visits are compared
    from ui.review.compare_chart import CompareChart

# How each visit's curves are drawn, beside its name.
_DRAWN, _DOTTED = "——", "·····"


class CompareTab(QWidget):
    """Asks for another visit, and shows both."""

    other_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme | None = None
        self._chart: CompareChart | None = None
        self._one: LiveModel | None = None
        self._name = ""
        self.others = QComboBox()
        self.others.setAccessibleName(tr("The other visit"))
        self.others.activated.connect(self._on_chosen)
        self._said = label("", "small")
        self.table = TableView(tr("Key numbers of both visits"))
        box = column(self, gap=8)
        head = row(gap=12)
        head.addWidget(label(tr("Compare with"), "title"))
        head.addWidget(self.others, 1)
        head.addWidget(self._said, 1)
        box.addLayout(head)
        self._place = column(gap=0)
        box.addLayout(self._place, 3)
        box.addWidget(self.table, 2)

    def show_visit(self, model: LiveModel, name: str) -> None:
        """The visit under review; without another one there is nothing to compare."""
        self._one, self._name = model, name
        self.table.hide()
        if self._chart is not None:
            self._chart.hide()

    def show_others(self, visits: Sequence[PastVisit], this: str) -> None:
        """Offer the other visits."""
        self.others.clear()
        self.others.addItem(tr("Choose a visit"), "")
        for visit in visits:
            if visit.path != this:
                self.others.addItem(f"{visit.when}   {visit.detail}", visit.path)
        nothing = tr("There is no other visit yet.") if self.others.count() == 1 else ""
        show_text(self._said, nothing)

    def show_said(self, text: str) -> None:
        """Why the other visit cannot be shown."""
        show_text(self._said, text)

    def show_other(self, other: LiveModel, name: str) -> None:
        """Show both."""
        if self._one is None:
            return
        show_text(self._said, "")
        self._load().show_overlays(overlay(self._one, self._name), overlay(other, name))
        names = (f"{self._name}  {_DRAWN}", f"{name}  {_DOTTED}")
        self.table.show_table(comparison(self._one, other, names))
        self.table.show()

    def _load(self) -> "CompareChart":
        from ui.review.compare_chart import CompareChart

        if self._chart is None:
            self._chart = CompareChart()
            self._place.addWidget(self._chart)
            if self._theme is not None:
                dress(self._chart, self._theme)
        self._chart.show()
        return self._chart

    def _on_chosen(self, _place: int) -> None:
        record = str(self.others.currentData() or "")
        if record:
            self.show_said(tr("Reading…"))
            self.other_requested.emit(record)

    def show_theme(self, theme: Theme) -> None:
        """For the chart when it comes."""
        self._theme = theme

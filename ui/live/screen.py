"""The live screen: where everything lies. A composition and nothing else."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from kapmonitor.words import tr
from ui.live.alarm_line import AlarmLine
from ui.live.lists import DueLines, DueList, Timeline
from ui.live.pleth import PlethStrip
from ui.live.side import Panel
from ui.live.soft_keys import SoftKeys
from ui.live.tiles import Tiles
from ui.live.top_bar import TopBar
from ui.live.trend_views import TrendView
from ui.theme.theme import Theme
from ui.widgets.basic import label
from ui.widgets.boxes import column, row

NOTICE = (
    "Not a medical device. A secondary display: a cleared monitor and qualified staff must watch "
    "the patient."
)


class TrendPlace(QWidget):
    """Holds the place of the trends until pyqtgraph is loaded, after the first frame."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(self, gap=0)
        self._trends: QWidget | None = None
        self._theme: Theme | None = None

    def load(self) -> None:
        """Import pyqtgraph and make the trends; does nothing the second time."""
        if self._trends is None:
            from ui.live.trends import Trends

            self._trends = Trends()
            if self._theme is not None:
                self._trends.show_theme(self._theme)
            self._box.addWidget(self._trends)

    @property
    def loaded(self) -> bool:
        """True once the trends are there."""
        return self._trends is not None

    def show_theme(self, theme: Theme) -> None:
        """Kept for the trends when they come."""
        self._theme = theme

    def show_view(self, view: TrendView) -> None:
        """Show this, if the trends are there."""
        from ui.live.trends import Trends

        if isinstance(self._trends, Trends):
            self._trends.show_view(view)


class Screen(QWidget):
    """The bars above and below, the tiles on the right, everything else between them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.top, self.alarms = TopBar(), AlarmLine()
        self.tiles, self.pleth, self.trends = Tiles(), PlethStrip(), TrendPlace()
        self.due, self.timeline, self.keys = DueList(), Timeline(), SoftKeys()
        self.due_lines = DueLines()
        self.due_lines.hide()
        self.said = label("", "small")
        self.side = QStackedWidget()
        self.side.hide()
        self.notice = label(tr(NOTICE), "small")
        outer = column(self, margins=(6, 0, 6, 2), gap=6)
        outer.addWidget(self.top)
        outer.addWidget(self.alarms)
        middle = row(gap=6)
        middle.addLayout(self._pictures(), 1)
        middle.addWidget(self.side)
        middle.addWidget(self.tiles)
        outer.addLayout(middle, 1)
        outer.addWidget(self.keys)
        foot = row(gap=12)
        foot.addWidget(self.notice)
        foot.addStretch(1)
        foot.addWidget(self.said)
        outer.addLayout(foot)

    def _pictures(self) -> QBoxLayout:
        pictures = column(gap=6)
        pictures.addWidget(self.pleth)
        pictures.addWidget(self.trends, 1)
        self._lower = QWidget()
        lower = row(self._lower, gap=6)
        lower.addWidget(self.due)
        happened = column(gap=2)
        happened.addWidget(self.due_lines)
        happened.addWidget(self.timeline, 1)
        lower.addLayout(happened, 1)
        pictures.addWidget(self._lower)
        return pictures

    def show_theme(self, theme: Theme) -> None:
        """The heights of the bars."""
        self.top.setFixedHeight(theme.px("top_bar"))
        self.alarms.setFixedHeight(theme.px("alarm_line"))
        self._lower.setFixedHeight(theme.px("bottom"))
        self.side.setFixedWidth(theme.px("panel"))

    def add_panel(self, panel: Panel) -> None:
        """Make room for a panel."""
        self.side.addWidget(panel)

    def show_panel(self, panel: Panel | None) -> None:
        """Show a panel at the side, or none."""
        if panel is not None:
            self.side.setCurrentWidget(panel)
        self.side.setVisible(panel is not None)
        # With a panel there is less room: the list of what is due becomes few lines.
        self.due.setVisible(panel is None)
        self.due_lines.setVisible(panel is not None)

    def show_said(self, text: str) -> None:
        """A short word below the keys, gone after some seconds."""
        self.said.setText(text)
        if text:
            QTimer.singleShot(8000, self.said, lambda: self._unsay(text))

    def _unsay(self, text: str) -> None:
        if self.said.text() == text:
            self.said.setText("")

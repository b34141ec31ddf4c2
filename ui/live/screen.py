"""The live screen: where everything lies. A composition and nothing else."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from kapmonitor.words import tr
from ui.live import views
from ui.live.alarm_line import AlarmLine
from ui.live.alarm_views import AlarmLineView, alarm_line
from ui.live.calm import Calm, calm_view
from ui.live.due_words import due_heading
from ui.live.lists import DueLines, DueList, Timeline
from ui.live.model import LiveModel
from ui.live.pleth import PlethStrip
from ui.live.side import Panel
from ui.live.soft_keys import SoftKeys
from ui.live.tile_views import tile_views
from ui.live.tiles import Tiles
from ui.live.top_bar import TopBar
from ui.live.trend_place import TrendPlace
from ui.live.view_table import VIEWS, View, needs_alarm_line
from ui.theme.theme import Theme
from ui.widgets.basic import label
from ui.widgets.boxes import column, row

NOTICE = (
    "Not a medical device. A secondary display: a cleared monitor and qualified staff must watch "
    "the patient."
)

# Qt's own largest width, which PySide does not name.
_ANY_WIDTH = (1 << 24) - 1


class Screen(QWidget):
    """The bars above and below, the tiles on the right, everything else between them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.top, self.alarms = TopBar(), AlarmLine()
        self.tiles, self.pleth, self.trends = Tiles(), PlethStrip(), TrendPlace()
        self.due, self.timeline, self.keys = DueList(), Timeline(), SoftKeys()
        self.due_lines, self.due_below = DueLines(), DueLines()
        self.due_lines.hide()
        self.calm = Calm()
        self.view: View = VIEWS[0]
        self._line: AlarmLineView | None = None
        self._theme: Theme | None = None
        self._wide = False
        self.said = label("", "small")
        self.side = QStackedWidget()
        self.side.hide()
        self.notice = label(tr(NOTICE), "small")
        outer = column(self, margins=(6, 0, 6, 2), gap=6)
        outer.addWidget(self.top)
        outer.addWidget(self.alarms)
        middle = row(gap=6)
        self._left = self._pictures()
        middle.addWidget(self._left, 1)
        middle.addWidget(self.calm, 1)
        middle.addWidget(self.side)
        middle.addWidget(self.tiles)
        self._middle = middle
        outer.addLayout(middle, 1)
        outer.addWidget(self.due_below)
        outer.addWidget(self.keys)
        foot = row(gap=12)
        foot.addWidget(self.notice)
        foot.addStretch(1)
        foot.addWidget(self.said)
        outer.addLayout(foot)
        self.show_view(self.view)

    def _pictures(self) -> QWidget:
        place = QWidget()
        pictures = column(place, gap=6)
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
        return place

    def show_view(self, view: View) -> None:
        """Show the parts of this view. The alarm line is never among those that go for good."""
        self.view = view
        parts = view.parts
        self.top.setVisible("top" in parts)
        self._left.setVisible(bool(parts & {"pleth", "trends", "lower"}) and not self._wide)
        self.calm.setVisible("calm" in parts and not self._wide)
        self.tiles.setVisible("tiles" in parts)
        wide = view.wide and not self._wide
        self.tiles.show_wide(wide, self._theme)
        self._middle.setStretchFactor(self.tiles, 1 if wide else 0)
        self._middle.setStretchFactor(self.side, 1 if self._wide else 0)
        self.due_below.setVisible("due" in parts)
        self.keys.setVisible("keys" in parts)
        self.alarms.setVisible(self._shows_alarm_line())

    def _shows_alarm_line(self) -> bool:
        return not self.view.calm or (self._line is not None and needs_alarm_line(self._line))

    def show_model(self, model: LiveModel, real: float, person: str) -> AlarmLineView:
        """Everything but curves, panels and keys, as it is now; returns the alarm line."""
        line = alarm_line(model, real)
        due = views.due_list(model, real)
        tiles = tile_views(model, real)
        self._line = line
        self.alarms.setVisible(self._shows_alarm_line())
        self.top.show_view(views.top_bar(model, real, person))
        self.alarms.show_view(line)
        self.tiles.show_views(tiles)
        self.due.show_views(due, due_heading(model))
        self.due_lines.show_views(due)
        self.due_below.show_views(due)
        if self.view.calm:
            self.calm.show_view(calm_view(model, real, line, tiles, due))
        return line

    def show_flash(self, real: float) -> None:
        """The bright or dark part of the symbols' flash."""
        self.alarms.show_flash(real)
        self.tiles.show_flash(real)

    def show_theme(self, theme: Theme) -> None:
        """The heights of the bars."""
        self._theme = theme
        self.top.setFixedHeight(theme.px("top_bar"))
        self.alarms.setFixedHeight(theme.px("alarm_line"))
        self._lower.setFixedHeight(theme.px("bottom"))
        self._fit_side()

    def add_panel(self, panel: Panel) -> None:
        """Make room for a panel."""
        self.side.addWidget(panel)

    def show_panel(self, panel: Panel | None) -> None:
        """Show a panel at the side, or none."""
        if panel is not None:
            self.side.setCurrentWidget(panel)
        self._wide = panel is not None and panel.wide
        self.show_view(self.view)
        self._fit_side()
        self.side.setVisible(panel is not None)
        # With a panel there is less room: the list of what is due becomes few lines.
        self.due.setVisible(panel is None)
        self.due_lines.setVisible(panel is not None)

    def _fit_side(self) -> None:
        """As wide as designed, or all that the numerals leave."""
        if self._theme is None:
            return
        if self._wide:
            self.side.setMinimumWidth(self._theme.px("panel"))
            self.side.setMaximumWidth(_ANY_WIDTH)
        else:
            self.side.setFixedWidth(self._theme.px("panel"))

    def show_said(self, text: str) -> None:
        """A short word below the keys, gone after some seconds."""
        self.said.setText(text)
        if text:
            QTimer.singleShot(8000, self.said, lambda: self._unsay(text))

    def _unsay(self, text: str) -> None:
        if self.said.text() == text:
            self.said.setText("")

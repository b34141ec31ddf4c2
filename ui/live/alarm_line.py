"""The alarm line: the highest alarm in words, the others below it, the state of the sound."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.events import Priority
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.views import AlarmLineView, AlarmRow, lit
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, row
from ui.widgets.painted import AlarmSymbol, FitText

_OTHERS_SHOWN = 3


class AlarmLine(QWidget):
    """Shows an `AlarmLineView`; asks for acknowledging the top alarm and for the whole list."""

    acknowledge_requested = Signal(str)
    list_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: AlarmLineView | None = None
        self._theme = load_theme()
        self._symbol = AlarmSymbol(block=True)
        self._text, self._others = FitText("alarm"), FitText("text", bold=False)
        self._sound = label("", "title")
        self._quiet = label("", "small")
        self._seen = button(
            f"{tr('Acknowledge')}  {key_for('acknowledge').press}", "main", self._on_seen
        )
        box = row(self, margins=(0, 0, 10, 0), gap=12)
        box.addWidget(self._symbol)
        words = column(gap=0)
        words.addStretch(1)
        words.addWidget(self._text)
        words.addWidget(self._others)
        words.addStretch(1)
        box.addLayout(words, 1)
        state = column(gap=0)
        state.addStretch(1)
        state.addWidget(self._sound, 0, Qt.AlignmentFlag.AlignRight)
        state.addWidget(self._quiet, 0, Qt.AlignmentFlag.AlignRight)
        state.addStretch(1)
        box.addLayout(state)
        box.addWidget(self._seen)
        self.setAccessibleName(tr("Alarms"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours and sizes from now on."""
        self._theme = theme
        self._symbol.setFixedWidth(theme.px(64))
        self.update()

    def show_flash(self, real: float) -> None:
        """The bright or dark part of the flash at this moment of the window's clock."""
        view = self._view
        if view is None or view.stopped:
            self._symbol.show_lit(lit(Priority.HIGH, False, real))
            return
        if view.rows and not view.rows[0].over:
            top = view.rows[0]
            self._symbol.show_lit(lit(Priority(top.priority), bool(top.acknowledged_by), real))

    def show_view(self, view: AlarmLineView) -> None:
        """Show this; does nothing when it is what stands there."""
        before, self._view = self._view, view
        if view == before:
            return
        self._show_words(view)
        self._others.setVisible(bool(self._others.text()))
        self._show_sound(view)
        # Hidden it would move the words; without an alarm it is only switched off.
        unseen = bool(view.rows) and not view.rows[0].acknowledged_by and not view.stopped
        self._seen.setVisible(unseen)
        self.setAccessibleDescription(self._text.text())
        self.update()

    def _show_words(self, view: AlarmLineView) -> None:
        if view.stopped:
            self._symbol.show_alarm("high", "***")
            self._text.show_text(tr("Monitoring stopped"))
            self._others.show_text(
                tr("The engine does not answer. No value here is live, no alarm is watched.")
            )
        elif view.waiting:
            self._symbol.show_alarm("")
            self._text.show_text(tr("Starting"), "dim")
            self._others.show_text("")
        elif view.ended:
            self._symbol.show_alarm("")
            self._text.show_text(tr("The visit has ended. Nothing is monitored."), "dim")
            self._others.show_text("")
        elif not view.rows:
            self._symbol.show_alarm("")
            self._text.show_text(tr("No alarms"), "dim")
            self._others.show_text(self._without_baseline(view), "dim")
        else:
            top = view.rows[0]
            self._symbol.show_alarm("low" if top.over else top.priority, top.mark)
            self._symbol.show_lit(True)
            self._text.show_text(row_words(top))
            self._others.show_text(others_words(view.rows[1:]) or self._without_baseline(view))

    @staticmethod
    def _without_baseline(view: AlarmLineView) -> str:
        if not view.unavailable:
            return ""
        return tr(
            "No baseline: {number} alarms on rises are not available", number=view.unavailable
        )

    def _show_sound(self, view: AlarmLineView) -> None:
        paused = view.paused_left is not None
        left = view.paused_left or 0
        words = tr("Sound paused {time}", time=f"{left // 60}:{left % 60:02d}") if paused else ""
        paused, quiet = paused and not view.ended, view.quiet and not view.ended
        show_text(self._sound, words)
        show_text(self._quiet, tr("Quiet mode: low alarms are seen, not heard") if quiet else "")
        self._sound.setVisible(paused)
        self._quiet.setVisible(quiet)

    def _on_seen(self) -> None:
        if self._view is not None and self._view.rows:
            self.acknowledge_requested.emit(self._view.rows[0].alarm)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the line opens the list of alarms."""
        self.list_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, in the colour of the highest priority that is not acknowledged."""
        ground = "panel"
        view = self._view
        if view is not None and view.stopped:
            ground = "high_ground"
        elif view is not None and view.rows and not view.rows[0].over:
            ground = f"{view.rows[0].priority}_ground"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme[ground]))
        radius = self._theme.px("radius")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)


def row_words(alarm: AlarmRow) -> str:
    """An alarm with what became of it."""
    if alarm.over:
        return tr("Was active: {alarm}", alarm=alarm.text)
    if alarm.acknowledged_by:
        return tr("{alarm}, seen by {person}", alarm=alarm.text, person=alarm.acknowledged_by)
    return alarm.text


def others_words(rows: tuple[AlarmRow, ...]) -> str:
    """The alarms after the first, as many as have room, and how many more there are."""
    shown = [f"{alarm.mark} {row_words(alarm)}" for alarm in rows[:_OTHERS_SHOWN]]
    if len(rows) > _OTHERS_SHOWN:
        shown.append(tr("and {number} more", number=len(rows) - _OTHERS_SHOWN))
    return "   ·   ".join(shown)

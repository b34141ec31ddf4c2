"""The alarm line: the highest alarm in words, the others below it, the state of the sound."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from kapmonitor.events import Priority
from kapmonitor.words import tr
from ui.keys import key_for
from ui.live.alarm_views import AlarmLineView, lit, row_words
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import button, label, set_tone, show_text
from ui.widgets.bell import Bell
from ui.widgets.boxes import column, row
from ui.widgets.painted import AlarmSymbol, FitText


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
        self._bell, self._sound = Bell(), label("", "title")
        self._ladder = label("", "small")
        self._badge = button("", "small", self.list_requested.emit)
        self._seen = button("", "main", self._on_seen)
        self._all = button("", "small", self.list_requested.emit)
        self._all.hide()
        box = row(self, margins=(0, 0, 10, 0), gap=12)
        box.addWidget(self._symbol)
        words = column(gap=0)
        words.addStretch(1)
        words.addWidget(self._text)
        words.addWidget(self._others)
        words.addStretch(1)
        box.addLayout(words, 1)
        box.addWidget(self._badge)
        box.addLayout(self._state())
        box.addWidget(self._all)
        box.addWidget(self._seen)
        self.setAccessibleName(tr("Alarms"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _state(self) -> QBoxLayout:
        """What can be heard, above; the step of the calm ladder, below. Always there."""
        state = column(gap=0)
        sound = row(gap=6)
        sound.addStretch(1)
        sound.addWidget(self._bell)
        sound.addWidget(self._sound)
        state.addStretch(1)
        state.addLayout(sound)
        state.addWidget(self._ladder, 0, Qt.AlignmentFlag.AlignRight)
        state.addStretch(1)
        return state

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
        if view.rows:
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
        open_ = bool(view.rows) and not view.rows[0].acknowledged_by
        self._seen.setVisible((open_ or bool(view.unseen)) and not view.stopped and not view.ended)
        words = tr("Acknowledge") if view.rows else tr("Seen")
        self._seen.setText(f"{words}  {key_for('acknowledge').press}")
        self._seen.setAccessibleName(f"{words}: {self._text.text()}")
        waiting = sum(not row.acknowledged_by for row in view.rows)
        self._all.setVisible(waiting > 1 and not self._seen.isHidden())
        words = tr("All {number}", number=waiting)
        self._all.setText(f"{words}  {key_for('alarms').press}")
        self._all.setAccessibleName(words)
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
            self._symbol.show_alarm(top.priority, top.mark)
            self._symbol.show_lit(True)
            self._text.show_text(row_words(top))
            self._others.show_text(
                view.others or self._without_baseline(view), shorter=view.one_other
            )

    @staticmethod
    def _without_baseline(view: AlarmLineView) -> str:
        if not view.unavailable:
            return ""
        return tr(
            "No baseline: {number} alarms on rises are not available", number=view.unavailable
        )

    def _show_sound(self, view: AlarmLineView) -> None:
        sound, shown = view.sound, not (view.waiting or view.ended or view.stopped)
        for widget in (self._bell, self._sound, self._ladder):
            widget.setVisible(shown)
        tone = "medium" if sound.bell == "off" else "text" if sound.bell == "paused" else "dim"
        self._bell.show_state(sound.bell, tone, sound.words)
        show_text(self._sound, sound.words)
        set_tone(self._sound, "down" if sound.bell == "off" else "" if view.paused_left else "calm")
        ladder = tr("Quiet: low alarms seen, not heard") if view.quiet else tr("Normal loudness")
        # A pause that hides a dead output would be taken for the reason of the silence.
        failed = sound.trouble if sound.bell == "paused" else ""
        show_text(self._ladder, failed or ladder)
        set_tone(self._ladder, "down" if failed else "")
        unseen = len(view.unseen)
        self._badge.setVisible(bool(unseen) and shown)
        words = tr("{number} ended, not seen", number=unseen)
        self._badge.setText(words)
        self._badge.setAccessibleName(words)

    def _on_seen(self) -> None:
        unseen = None if self._view is None else self._view.next_to_see
        if unseen is not None:
            self.acknowledge_requested.emit(unseen.name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the line opens the list of alarms."""
        self.list_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, in the colour of the highest priority that is not acknowledged."""
        ground = "panel"
        view = self._view
        if view is not None and view.stopped:
            ground = "high_ground"
        elif view is not None and view.rows:
            ground = f"{view.rows[0].priority}_ground"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme[ground]))
        radius = self._theme.px("radius")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)

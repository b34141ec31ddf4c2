"""The visit on one timeline, with its replay: the widgets and fold of the live screen."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live import views
from ui.live.alarm_views import alarm_line, row_words
from ui.live.lists import Timeline
from ui.live.model import LiveModel
from ui.live.pleth import PlethStrip
from ui.live.tile_views import tile_views
from ui.live.trend_place import TrendPlace
from ui.live.trend_window import PAN_STEP, ZOOM_STEP
from ui.review.parts import Transport, ValueStrip
from ui.review.past import PastVisitRead
from ui.review.player import Player
from ui.theme.theme import Theme
from ui.widgets.boxes import column
from ui.widgets.painted import FitText

TICK_MS = 33


class VisitTab(QWidget):
    """Shows a finished visit, and plays it."""

    def __init__(self) -> None:
        super().__init__()
        self.player: Player | None = None
        self._whole: LiveModel | None = None
        self._drawn: tuple[object, ...] = ()
        self.strip, self.trends, self.pleth = ValueStrip(), TrendPlace(finished=True), PlethStrip()
        self.alarms, self.timeline, self.transport = FitText("title"), Timeline(), Transport()
        box = column(self, gap=6)
        box.addWidget(self.strip)
        box.addWidget(self.alarms)
        box.addWidget(self.trends, 5)
        box.addWidget(self.transport)
        box.addWidget(self.pleth)
        box.addWidget(self.timeline, 2)
        self.transport.play_requested.connect(self.play)
        self.transport.speed_requested.connect(self._set_speed)
        self.transport.seek_requested.connect(self._seek_share)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(lambda: self.advance(TICK_MS / 1000))

    def show_visit(self, past: PastVisitRead, whole: LiveModel) -> None:
        """Show this visit from its end, where everything is in view."""
        self._timer.stop()
        self.player, self._whole = Player(past), whole
        self.player.seek(past.start)
        self.trends.load()
        self._seek(past.end)

    def play(self, on: bool) -> None:
        """Play or pause."""
        if self.player is None:
            return
        self.player.play(on)
        if self.player.playing:
            self._timer.start()
        else:
            self._timer.stop()
        self.show_now()

    def advance(self, elapsed: float) -> None:
        """Real seconds pass."""
        if self.player is None:
            return
        self.player.advance(elapsed)
        if not self.player.playing:
            self._timer.stop()
        rate = float(self.player.speed)
        self.pleth.show_samples(self.player.model.taken_pleth(), elapsed, rate)
        self.show_now()

    def show_now(self) -> None:
        """Everything at the playhead."""
        player = self.player
        if player is None or self._whole is None:
            return
        model, t0 = player.model, self._whole.session.t0
        time = session_time(player.position, t0)
        if t0 is None:
            time = tr("{minutes} min", minutes=round((player.position - player.past.start) / 60))
        self.pleth.setVisible(player.playing)
        self.transport.show_state(player.playing, player.speed, player.share, time)
        self.strip.show_views(tile_views(model, player.real))
        line = alarm_line(model, player.real)
        rows = [f"{row.mark} {row_words(row)}" for row in line.rows]
        tone = line.rows[0].priority if line.rows else "dim"
        self.alarms.show_text("   ·   ".join(rows) or tr("No alarms"), tone)
        second = (round(player.position), len(model.session.entries))
        if second != self._drawn:
            self._drawn = second
            self.timeline.show_rows(views.timeline(model))
            self.trends.point(player.position)

    def stop(self) -> None:
        """The screen is left."""
        if self.player is not None:
            self.player.play(False)
        self._timer.stop()

    def _draw_trends(self) -> None:
        if self._whole is not None and self.player is not None:
            past = self.player.past
            self.trends.show_model(self._whole, 0.0, (past.start, max(past.end, past.start + 60)))

    def _seek(self, at: float) -> None:
        if self.player is not None:
            self.player.seek(at)
            self._draw_trends()
            self.show_now()

    def _seek_share(self, share: float) -> None:
        if self.player is not None:
            past = self.player.past
            self._seek(past.start + share * (past.end - past.start))

    def _set_speed(self, speed: int) -> None:
        if self.player is not None:
            self.player.speed = speed
            self.show_now()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays and pauses; plus and minus zoom; Ctrl with arrows moves the stretch."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        zooms = {"+": ZOOM_STEP, "-": 1 / ZOOM_STEP}
        pans = {Qt.Key.Key_Left: -PAN_STEP, Qt.Key.Key_Right: PAN_STEP}
        if event.key() == Qt.Key.Key_Space and self.player is not None:
            self.play(not self.player.playing)
        elif event.text() in zooms:
            self.trends.zoom(zooms[event.text()])
        elif control and Qt.Key(event.key()) in pans:
            self.trends.pan(pans[Qt.Key(event.key())])
        elif control and event.key() == Qt.Key.Key_End:
            self.trends.back_to_now()
        else:
            super().keyPressEvent(event)

    def show_theme(self, theme: Theme) -> None:
        """The line of alarms never moves its neighbours."""
        self.alarms.setFixedHeight(theme.px(22))
        self._drawn = ()
        self._draw_trends()

"""The place of the trends: loads them after the first frame, and keeps which stretch they show."""

from PySide6.QtWidgets import QWidget

from kapmonitor.words import tr
from ui.live.model import LiveModel
from ui.live.trend_views import TrendView, trend_view, whole_visit
from ui.live.trend_window import PAN_STEP, ZOOM_STEP, Stretch, TimeWindow
from ui.theme.apply import dress
from ui.theme.theme import Theme
from ui.widgets.boxes import column


class TrendPlace(QWidget):
    """Holds the place of the trends until pyqtgraph is loaded; answers their wheel and keys."""

    def __init__(self, finished: bool = False) -> None:
        super().__init__()
        # A finished visit has no now to go back to: the cursor is its playhead.
        self._finished = finished
        self._box = column(self, gap=0)
        self._trends: QWidget | None = None
        self._theme: Theme | None = None
        self._model: LiveModel | None = None
        self._real = 0.0
        self._whole: Stretch | None = None
        self.window_shown = TimeWindow()
        self.view: TrendView | None = None

    def load(self) -> None:
        """Import pyqtgraph and make the trends; does nothing the second time."""
        if self._trends is None:
            from ui.live.trends import Trends

            made = Trends(tr("Whole visit  Ctrl+End") if self._finished else tr("Now  Ctrl+End"))
            if self._theme is not None:
                dress(made, self._theme)
            made.zoom_requested.connect(self.zoom)
            made.pan_requested.connect(self.pan)
            if not self._finished:
                made.cursor_requested.connect(self.point)
            made.step_requested.connect(self.step)
            made.now_requested.connect(self.back_to_now)
            self._trends = made
            self._box.addWidget(made)

    @property
    def loaded(self) -> bool:
        """True once the trends are there."""
        return self._trends is not None

    def show_theme(self, theme: Theme) -> None:
        """Kept for the trends when they come."""
        self._theme = theme

    def show_model(self, model: LiveModel, real: float, whole: Stretch | None = None) -> None:
        """Show the trends of this model; ``whole`` is the visit's stretch where it is known."""
        self._model, self._real, self._whole = model, real, whole
        self._draw()

    def zoom(self, factor: float = ZOOM_STEP, around: float | None = None) -> None:
        """So many times as narrow."""
        if self._model is not None:
            self._show(self.window_shown.zoomed(factor, self._stretch(), self._now(), around))

    def pan(self, share: float = PAN_STEP) -> None:
        """Move by a share of what is in view."""
        if self._model is not None:
            self._show(self.window_shown.panned(share, self._stretch(), self._now()))

    def step(self, steps: int) -> None:
        """Move the cursor."""
        if self._model is not None:
            self._show(self.window_shown.stepped(steps, self._stretch(), self._now()))

    def back_to_now(self) -> None:
        """Follow what happens now; asked again, show the whole visit."""
        shown = self.window_shown
        self._show(TimeWindow(cursor=shown.cursor) if self._finished else shown.back_to_now())

    def point(self, at: float | None) -> None:
        """The cursor at a session time, or nowhere."""
        self._show(self.window_shown.pointed(at))

    def _show(self, window: TimeWindow) -> None:
        if window != self.window_shown:
            self.window_shown = window
            self._draw()

    def _now(self) -> float:
        return 0.0 if self._model is None else self._model.now(self._real)

    def _stretch(self) -> Stretch:
        if self._whole is not None or self._model is None:
            return self._whole or (0.0, 1.0)
        return whole_visit(self._model, self._real)

    def _draw(self) -> None:
        from ui.live.trends import Trends

        if self._model is not None and isinstance(self._trends, Trends):
            self.view = trend_view(self._model, self._real, self.window_shown, self._whole)
            away = self.window_shown.width is not None if self._finished else None
            self._trends.show_view(self.view, away)

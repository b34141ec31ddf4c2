"""The therapist's page: time, phase, what comes next and whether all is calm, in little light."""

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kapmonitor.alarm_words import phase_words
from kapmonitor.events import Priority
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.alarm_views import AlarmLineView
from ui.live.entry_words import since_start
from ui.live.model import LiveModel
from ui.live.tile_views import DASHES, TileView
from ui.live.views import DueView
from ui.theme.theme import Theme
from ui.widgets.basic import label, set_tone, show_text
from ui.widgets.boxes import column
from ui.widgets.painted import FitText


class CalmView(Struct, frozen=True):
    """The page at one moment. ``tone`` colours the state: ``calm``, ``medium``, ``high``."""

    clock: str
    phase: str
    state: str
    tone: str
    check: str
    simulated: bool = False


def calm_view(
    model: LiveModel,
    real: float,
    line: AlarmLineView,
    tiles: tuple[TileView, ...],
    due: tuple[DueView, ...],
) -> CalmView:
    """The page at this moment."""
    session, now = model.session, model.now(real)
    start = session.phases[0][0] if session.phases else 0.0
    clock = session_time(now, session.t0) if session.t0 is not None else since_start(now, start)
    state, tone = _state(line, tiles)
    check = f"{due[0].text}   {due[0].when}" if due else ""
    return CalmView(clock, phase_words(session.phase), state, tone, check, model.simulated)


def _state(line: AlarmLineView, tiles: tuple[TileView, ...]) -> tuple[str, str]:
    """In words, whether all is calm; a value that nobody has is never called calm."""
    if line.ended:
        return tr("The visit has ended"), "calm"
    if line.stopped or line.waiting:
        return tr("Monitoring does not run"), "medium"
    priorities = {row.priority for row in line.rows}
    if Priority.HIGH.value in priorities:
        return tr("The nurse is needed now"), "high"
    if Priority.MEDIUM.value in priorities:
        return tr("The nurse looks at a value"), "medium"
    missing = [tile.label for tile in tiles if tile.value == DASHES or tile.tone == "stale"]
    if missing:
        return tr("No value now: {vitals}", vitals=", ".join(missing)), "medium"
    if line.rows:
        return tr("Calm; something small is being looked at"), "calm"
    return tr("Calm"), "calm"


class Calm(QWidget):
    """Shows a `CalmView`, in the middle of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._view: CalmView | None = None
        self._simulated = label(tr("DEMONSTRATION"), "demo")
        self.clock, self.phase = label("", "huge"), label("", "calm")
        self.state, self.check = label("", "calm"), FitText("title", bold=False)
        self.clock.setAccessibleName(tr("Time since the dose"))
        box = column(self, margins=(24, 12, 24, 12), gap=18)
        box.addWidget(self._simulated, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        for made in (self.clock, self.phase, self.state):
            made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            made.setWordWrap(made is self.state)
            box.addWidget(made)
        box.addStretch(1)
        box.addWidget(self.check)

    @property
    def view(self) -> CalmView | None:
        """What is shown now."""
        return self._view

    def show_view(self, view: CalmView) -> None:
        """Show this."""
        if view == self._view:
            return
        self._view = view
        self._simulated.setVisible(view.simulated)
        show_text(self.clock, view.clock)
        show_text(self.phase, view.phase)
        show_text(self.state, view.state)
        set_tone(self.state, "" if view.tone == "calm" else view.tone)
        self.check.show_text(view.check, "dim")

    def show_theme(self, theme: Theme) -> None:
        """As wide as there is room."""
        self.check.setMinimumWidth(theme.px(320))

"""The live window: empties the inbox thirty times a second, shows the model, passes acts on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.checklist import Checklist
from kapmonitor.commands import Amend, AnyCommand
from kapmonitor.emergency import EmergencyList
from kapmonitor.event_words import refusal_words
from kapmonitor.settings import Display
from kapmonitor.words import tr
from ui.keys import KEYS
from ui.live import views
from ui.live.actions import Actions
from ui.live.desk import WindowDesk
from ui.live.link import EngineLink
from ui.live.model import LiveModel
from ui.live.panels.all import Panels
from ui.live.people import PersonView
from ui.live.screen import Screen
from ui.live.second import SecondScreen
from ui.live.side import Panel
from ui.live.view_table import View, view_named
from ui.theme.apply import apply_theme, dress
from ui.theme.theme import THEMES, Theme, load_theme, scale_for
from ui.widgets.boxes import column
from ui.window_state import smallest

if TYPE_CHECKING:
    from ui.beginning import Begun

TICK_MS = 33
TRENDS_EVERY = 1.0
# Texts that count (clock, ages, countdowns) are made anew this often, and with every message.
TEXTS_EVERY = 0.2


@dataclass
class WindowOptions:
    """What the window is told beside the link. ``limits``: alarm to limit; None: as recorded.

    ``people`` are those of the staff file, ``staff`` names without one; ``guarded`` is a visit that
    asks for PINs and is signed at its end. ``emergency`` is the clinic's list,
    ``last_time`` a line about this patient's last visit. ``keep_reflection`` takes a text and who
    wrote it; None where reflections are switched off. ``review`` shows a record that has ended,
    ``home`` tells whether there is a start page to go back to.
    """

    checklist: Checklist | None = None
    staff: tuple[str, ...] = ()
    person: str = ""
    theme: str = "dark"
    limits: Mapping[str, float] | None = None
    clock: Callable[[], float] = time.monotonic
    ticking: bool = True
    view: str = "live"
    second_view: str = ""
    people: tuple[PersonView, ...] = ()
    guarded: bool = False
    emergency: EmergencyList | None = None
    last_time: str = ""
    keep_reflection: Callable[[str, str], None] | None = None
    curves: bool = True
    review: Callable[[str], None] | None = None
    home: bool = True


def options_of(
    begun: "Begun", display: Display, staff: tuple[str, ...] = (), person: str = ""
) -> WindowOptions:
    """The options for a visit that has begun, in the looks that were chosen for this computer."""
    return WindowOptions(
        begun.checklist, staff, person, display.theme,
        view=display.view, second_view=display.second_screen,
        people=begun.people, guarded=begun.guarded, emergency=begun.emergency,
        last_time=begun.last_time, keep_reflection=begun.keep_reflection,
    )  # fmt: skip


class LiveWindow(QWidget):
    """One visit on a screen. Needs a link and options; owns neither the engine nor the record."""

    export_requested = Signal(str)
    open_requested = Signal(str)
    home_requested = Signal()

    def __init__(self, link: EngineLink, options: WindowOptions | None = None) -> None:
        super().__init__()
        self.options = options or WindowOptions()
        self.link = link
        self.model = LiveModel(given_limits=self.options.limits)
        self.person = self.options.person or next(iter(self.options.staff), "")
        self.parts = Screen()
        self.desk = WindowDesk(self)
        self.panels = Panels(self)
        self.actions_of_keys = Actions(self)
        self.parts.show_view(view_named(self.options.view))
        self.second = SecondScreen(self)
        self._theme_name, self._stopped = self.options.theme, False
        self._dressed: Theme | None = None
        self._painted = False
        self._commands = 0
        self._next_texts = self._next_trends = 0.0
        self._last_real: float | None = None
        self._timeline_state: tuple[object, ...] = ()
        self._open: Panel | None = None
        self.setWindowTitle(tr("kapmonitor"))
        self.setMinimumSize(smallest(self))
        column(self, gap=0).addWidget(self.parts)
        self._connect()
        self._rest = QTimer(self, singleShot=True, interval=60)
        self._rest.timeout.connect(self._dress)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)
        if self.options.ticking:
            self._timer.start()
        self.parts.keys.setFocus()

    def _connect(self) -> None:
        do = self.actions_of_keys.do
        for key in KEYS:
            shortcut = QShortcut(QKeySequence(key.press), self)
            shortcut.setAutoRepeat(key.repeats)
            shortcut.activated.connect(lambda action=key.action: do(action))
        self.parts.keys.action_requested.connect(do)
        self.parts.alarms.acknowledge_requested.connect(self.actions_of_keys.acknowledge)
        self.parts.alarms.list_requested.connect(lambda: do("alarms"))
        self.parts.tiles.limits_requested.connect(self._open_limits)
        self.parts.top.person_requested.connect(lambda: do("person"))
        self.parts.top.phase_requested.connect(lambda: do("phase"))
        self.parts.top.unsigned_requested.connect(lambda: do("unsigned"))

    # Time ---------------------------------------------------------------------------------

    def tick(self) -> None:
        """Empty the inbox and draw once."""
        real = self.options.clock()
        if self._last_real is None:
            self.link.watch_window()
        elapsed = 0.0 if self._last_real is None else max(0.0, real - self._last_real)
        self._last_real = real
        news = self.model.take(self.link.take(), real)
        self._answer()
        self.desk.tick(real)
        opened = self.model.session.opened
        if opened is not None and not self.person:
            self.person = next(iter(opened.staff), "")
        if self.model.stopped(real) != self._stopped:
            self._stopped = not self._stopped
            self._dress()
        rate = self.model.beat.rate if self.model.beat is not None else 1.0
        self.parts.pleth.show_samples(self.model.taken_pleth(), elapsed, rate)
        self.parts.show_flash(real)
        self.second.show_flash(real)
        if news or real >= self._next_texts:
            self._next_texts = real + TEXTS_EVERY
            self.show_texts(real)
        if real >= self._next_trends and self._painted:
            self._next_trends = real + TRENDS_EVERY
            self._show_trends(real)

    def show_texts(self, real: float) -> None:
        """Everything but the curves."""
        model = self.model
        line = self.parts.show_model(model, real, self.person)
        self.second.show_model(model, real, self.person)
        self._show_timeline()
        self.actions_of_keys.show_keys(line)
        self.panels.show_model(model, real, line, self._open)
        self._show_passkey()
        if model.finished is not None and not self.panels.is_open(self._open, "finished"):
            self.panels.finished.show_record(model.finished.path, model.finished.sealed)
            self.open_panel(self.panels.finished)

    def _show_passkey(self) -> None:
        """A device that is being paired asks; what is being written is not pushed aside."""
        question = self.model.passkey
        if question is None and not self.panels.has("passkey"):
            return
        panel = self.panels.passkey
        if question is None:
            panel.wanted = None
            if self._open is panel:
                self.close_panel()
        elif question is panel.done:
            pass  # answered; the device has not said so yet
        elif self._open is None and self.model.finished is None:
            panel.show_question(question, views.device_at(self.model, question.address))
            self.open_panel(panel)
        elif self._open is not panel:
            self.parts.show_said(tr("A device waits for its passkey: close the panel to type it."))

    def _show_timeline(self) -> None:
        """The timeline, only when there is something new on it."""
        session = self.model.session
        state = (len(session.entries), self.model.saved_up_to, session.t0, len(self.model.sources))
        if state != self._timeline_state:
            self._timeline_state = state
            self.parts.timeline.show_rows(views.timeline(self.model))

    def _show_trends(self, real: float) -> None:
        if self.isVisible() and self.options.curves:
            if not self.parts.trends.loaded and self._painted and self.model.beat:
                self.parts.trends.load()
            if self.parts.trends.loaded:
                self.parts.trends.show_model(self.model, real)

    # Commands -----------------------------------------------------------------------------

    def ask(self, command: AnyCommand, place: str = "") -> None:
        """Send a command, in the name of the acting person unless it names another."""
        self._commands += 1
        by = command.by or self.person
        stamped = msgspec.structs.replace(command, id=f"w{self._commands}", by=by)
        self.model.ask(stamped, place)
        self.link.ask(stamped)

    def _ask_from_panel(self, command: AnyCommand) -> None:
        panel = self.sender()
        self.ask(command, panel.title if isinstance(panel, Panel) else "")

    def _answer(self) -> None:
        while self.model.replies:
            reply = self.model.replies.popleft()
            panel = self._open if self._open and self._open.title == reply.place else None
            for every in self.panels.made:
                if every.title == reply.place:
                    every.show_answered()
                    if not reply.refused:
                        every.show_done()
            if reply.refused and panel is not None:
                panel.show_refusal(reply.refused, reply.facts)
            elif reply.refused:
                self.parts.show_said(refusal_words(reply.refused, reply.facts))
            elif panel is not None and isinstance(reply.command, Amend):
                self.panels.entries.show_filed()
            elif panel is not None and not panel.stays:
                self.close_panel()

    def act_as(self, person: str) -> None:
        """Somebody without a PIN acts at once; the record says so a moment later."""
        if not self.model.session.locked:
            self.person = person
            self.show_texts(self.options.clock())

    # Panels -------------------------------------------------------------------------------

    def take_panel(self, panel: Panel) -> None:
        """A panel that was just made takes its place at the side."""
        self.parts.add_panel(panel)
        panel.command_requested.connect(self._ask_from_panel)
        panel.close_requested.connect(self.close_panel)
        if self._dressed is not None:
            dress(panel, self._dressed)

    def _open_limits(self, tile: str) -> None:
        """The limits of a tile; from another tile the open list only moves."""
        self.panels.limits.show_tile(tile)
        if self.panels.is_open(self._open, "limits"):
            self.panels.limits.begin()
        else:
            self.actions_of_keys.do("limits")

    def open_panel(self, panel: Panel) -> None:
        """Show a panel at the side; asked for again it closes."""
        if self._open is panel:
            self.close_panel()
            return
        self._put_away()
        self._open = panel
        panel.show_answered()
        panel.show_problem("")
        self.panels.show_model(self.model, self.options.clock(), None, panel)
        self.parts.show_panel(panel)
        panel.begin()

    def close_panel(self) -> None:
        """Put the panel away; after the end its place belongs to the record."""
        if self.model.finished is not None and self.panels.is_open(self._open, "finished"):
            return
        self._put_away()
        self._open = None
        self.parts.show_panel(None)
        self.parts.keys.setFocus()
        self.desk.closed()

    def _put_away(self) -> None:
        """What stands in the open panel and would be lost is kept; under the lock nothing is."""
        if self._open is not None and not self.model.session.locked:
            self._open.put_away()

    def show_again(self, panel: Panel) -> None:
        """A panel comes back as it was left, with what was typed."""
        self._open = panel
        self.parts.show_panel(panel)
        panel.setFocus()

    @property
    def panel(self) -> Panel | None:
        """The panel that is open."""
        return self._open

    # Looks --------------------------------------------------------------------------------

    def next_theme(self) -> None:
        """Dark, light, dim, and over again."""
        self._theme_name = THEMES[(THEMES.index(self._theme_name) + 1) % len(THEMES)]
        self._dress()

    def show_view(self, name: str) -> None:
        """Another view of the same visit; asked for again, the live one."""
        shown = view_named("live" if self.parts.view.name == name else name)
        self.parts.show_view(shown)
        self._dress()
        self.show_texts(self.options.clock())
        if "keys" in shown.parts:
            self.parts.keys.setFocus()

    @property
    def theme_name(self) -> str:
        """The theme that was chosen; a view may ask for its own."""
        return self._theme_name

    def theme_of(self, view: View, width: int, height: int) -> Theme:
        """The theme of a view of this visit on so many pixels, grey when monitoring stopped."""
        scale = scale_for(width, height, self.devicePixelRatioF())
        theme = load_theme(view.theme or self._theme_name, scale)
        return theme.greyed() if self._stopped else theme

    def _dress(self) -> None:
        self._dressed = self.theme_of(self.parts.view, self.width(), self.height())
        apply_theme(self, self._dressed)
        self.second.dress()
        self._next_trends = 0.0

    def sizeHint(self) -> QSize:
        """The size it is designed for."""
        return QSize(1366, 768)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first size is dressed for at once, another one when resizing rests."""
        if self._dressed is None:
            self._dress()
        else:
            self._rest.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curves come after the first frame: pyqtgraph takes as long as all the rest."""
        self._painted = True
        super().paintEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running visit is not ended by closing: the panel asks what is meant.

        A dead engine could not answer the panel, so then the window simply closes; the visit stays
        resumable.
        """
        self.model.take(self.link.take(), self.options.clock())
        dead = self.model.stopped(self.options.clock())
        if self.model.finished is None and self.model.session.opened is not None and not dead:
            event.ignore()
            if not self.panels.is_open(self._open, "end"):
                self.actions_of_keys.do("end")
            if self.panels.is_open(self._open, "end"):
                words = tr("The window closes when the visit has ended. Esc: the visit goes on.")
                self.panels.end.show_problem(words)
            return
        self._timer.stop()
        self.second.close()
        self.link.close()
        event.accept()

    def settle(self) -> None:
        """Dress and draw everything now, without waiting for a timer: for pictures and tests."""
        self._rest.stop()
        self._dress()
        self.tick()
        self._next_trends = self._next_texts = 0.0
        QApplication.processEvents()
        self.tick()
        self._next_trends = 0.0
        self.tick()

    def dismiss(self) -> None:
        """Close without a question: for pictures and tests."""
        self._timer.stop()
        self.second.close()
        self.hide()

    def toggle_fullscreen(self) -> None:
        """Full screen on or off."""
        top = self.window()
        top.setWindowState(top.windowState() ^ Qt.WindowState.WindowFullScreen)

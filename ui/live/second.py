"""A view of the same visit on a second screen: shows what the first window's model knows."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.words import tr
from ui.keys import KEYS
from ui.live.model import LiveModel
from ui.live.screen import Screen
from ui.live.view_table import View, view_named
from ui.theme.apply import apply_theme
from ui.widgets.boxes import column

if TYPE_CHECKING:
    from ui.live.window import LiveWindow

DEFAULT_VIEW = "big"


class SecondWindow(QWidget):
    """A screen without panels; its keys do what they do in the first window."""

    def __init__(self, window: "LiveWindow", view: View) -> None:
        super().__init__()
        self._window = window
        self.screen_parts = Screen()
        self.screen_parts.show_view(view)
        self.screen_parts.keys.hide()
        self.screen_parts.top.tells_name = False
        self.setWindowTitle(tr("kapmonitor"))
        column(self, gap=0).addWidget(self.screen_parts)
        act = window.actions_of_keys
        self.screen_parts.alarms.acknowledge_requested.connect(act.acknowledge)
        self.screen_parts.alarms.list_requested.connect(lambda: act.do("alarms"))
        for key in KEYS:
            shortcut = QShortcut(QKeySequence(key.press), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda action=key.action: act.do(action))

    def dress(self) -> None:
        """In the theme of its view, as large as its own screen allows."""
        view = self.screen_parts.view
        apply_theme(self, self._window.theme_of(view, self.width(), self.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: dressed anew."""
        self.dress()


class SecondScreen:
    """Opens and closes the second window, and keeps it told while it is open."""

    def __init__(self, window: "LiveWindow") -> None:
        self._window = window
        self.open: SecondWindow | None = None

    def toggle(self) -> None:
        """Open the view that was chosen, or close it."""
        if self.open is not None:
            self.close()
        else:
            self.show(self._window.options.second_view or DEFAULT_VIEW)

    def begin(self, view: str) -> None:
        """The view that opens with each visit, where there is a second screen for it."""
        if view and len(QApplication.screens()) > 1:
            self.show(view)

    def show(self, view: str) -> None:
        """Open a view: over the whole of another screen, or beside on the only one."""
        self.close()
        self.open = SecondWindow(self._window, view_named(view))
        home = self._window.screen()
        other = next((screen for screen in QApplication.screens() if screen is not home), None)
        if other is not None:
            self.open.setGeometry(other.availableGeometry())
            self.open.showFullScreen()
        else:
            self.open.resize(1024, 640)
            self.open.show()
        self.open.dress()
        self._window.show_texts(self._window.options.clock())

    def close(self) -> None:
        """Close it, if it is open."""
        if self.open is not None:
            self.open.close()
            self.open.deleteLater()
            self.open = None

    def dress(self) -> None:
        """The theme has changed."""
        if self.open is not None:
            self.open.dress()

    def show_model(self, model: LiveModel, real: float, person: str) -> None:
        """What the model knows now."""
        if self.open is not None and self.open.isVisible():
            self.open.screen_parts.show_model(model, real, person)
        elif self.open is not None:
            self.close()

    def show_flash(self, real: float) -> None:
        """The bright or dark part of the symbols' flash."""
        if self.open is not None:
            self.open.screen_parts.show_flash(real)

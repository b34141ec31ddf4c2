"""The soft keys below the screen, with their letters on them, from the one table of keys."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from kapmonitor.words import tr
from ui.keys import KEYS, Key
from ui.theme.theme import Theme
from ui.widgets.basic import button
from ui.widgets.boxes import row


class SoftKeys(QWidget):
    """A row of buttons; each asks for its action."""

    action_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[str, tuple[Key, QPushButton]] = {}
        box = row(self, gap=6)
        for key in KEYS:
            if not key.soft:
                continue
            made = button("", "soft")
            made.clicked.connect(partial(self._on_pressed, key.action))
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            made.setToolTip(tr(key.help))
            self._buttons[key.action] = (key, made)
            self.show_words(key.action, key.text)
            box.addWidget(made, 1)

    def show_words(self, action: str, words: str, on: bool = False) -> None:
        """Another word on a key (``Resume sound``); ``on`` marks it as switched on."""
        key, made = self._buttons[action]
        text = f"{key.press}  {words}"
        if made.text() != text:
            made.setText(text)
            made.setAccessibleName(f"{words}, {key.press}")
        made.setCheckable(on)
        made.setChecked(on)

    def _on_pressed(self, action: str) -> None:
        self.action_requested.emit(action)

    def show_theme(self, theme: Theme) -> None:
        """As high as designed."""
        self.setFixedHeight(theme.px("soft_keys"))

"""Labels, buttons and rows of choices in the look of the theme."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QPushButton, QSizePolicy, QWidget

from ui.widgets.boxes import column, row


def label(text: str = "", role: str = "", wrap: bool = False) -> QLabel:
    """A text; ``role`` names its place in the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


class _EnterButton(QPushButton):
    """A button that Enter presses like Space; a held key presses once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter too; with Ctrl it belongs to the panel."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not enter or control:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def button(text: str, kind: str = "", on: Callable[[], None] | None = None) -> QPushButton:
    """A push button; ``kind`` is ``main``, ``danger``, ``small``, ``choice`` or plain."""
    made = _EnterButton(text)
    made.setAutoDefault(False)
    made.setAccessibleName(text)
    if kind:
        made.setProperty("kind", kind)
    if on is not None:
        made.clicked.connect(lambda _checked=False: on())
    return made


class KeyButton(_EnterButton):
    """The same, made at once with its kind and what it does."""

    def __init__(self, text: str, kind: str, on: Callable[[], None]) -> None:
        super().__init__(text)
        self.setProperty("kind", kind)
        self.clicked.connect(lambda _checked=False: on())


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a text by a tone of the style sheet; does nothing when it has it already."""
    if widget.property("tone") == tone:
        return
    widget.setProperty("tone", tone)
    restyle(widget)


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def show_text(widget: QLabel, text: str) -> None:
    """Set a text only when it is another one: setting repaints."""
    if widget.text() != text:
        widget.setText(text)


# In a row of digits: the key of the choice that is none.
OTHER_KEY = "."


class Choices(QWidget):
    """One of several buttons; arrow keys, digits or a click choose. Nothing is chosen at first."""

    chosen = Signal(str)
    next_requested = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        name: str,
        kind: str = "scale",
        upright: bool = False,
        several: bool = False,
    ) -> None:
        super().__init__()
        self._values = [value for value, _ in choices]
        self._several = several
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        margins = (2, 2, 2, 2)  # room for the mark of the focus
        box = column(self, margins, 3) if upright else row(self, margins, 4)
        for number, (value, text) in enumerate(choices):
            made = button(text, kind)
            made.setCheckable(True)
            made.setAccessibleName(f"{name}: {text}")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # The style sheet's least width is that of a digit; words are never cut off.
            made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _=False, v=value: self._pressed(v))
            self._group.addButton(made, number)
            box.addWidget(made)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)

    @property
    def values(self) -> list[str]:
        """Everything that is chosen, in order."""
        return [
            v for v, b in zip(self._values, self._group.buttons(), strict=True) if b.isChecked()
        ]

    @property
    def value(self) -> str:
        """What is chosen; empty when nothing is."""
        return next(iter(self.values), "")

    def show_values(self, values: Sequence[str]) -> None:
        """Choose these."""
        for value, made in zip(self._values, self._group.buttons(), strict=True):
            made.setChecked(value in values)

    def _pressed(self, value: str) -> None:
        if self._several:
            kept = [v for v in self.values if v != "none" or value == "none"]
            self.show_values(["none"] if value == "none" and "none" in kept else kept)
        else:
            self.show_values([value])
        self.chosen.emit(value)

    def _meant(self, text: str) -> str:
        """The choice that a key means, empty for none."""
        digits = any(value.isdigit() for value in self._values)
        if text and text in self._values:
            return text
        if digits and text == OTHER_KEY:
            return next((value for value in self._values if not value.isdigit()), "")
        by_place = not digits and text.isdecimal() and 0 < int(text) <= len(self._values)
        return self._values[int(text) - 1] if by_place else ""

    def event(self, event: QEvent) -> bool:
        """A key that chooses here is no shortcut of the window."""
        shortcut = event.type() == QEvent.Type.ShortcutOverride
        if shortcut and isinstance(event, QKeyEvent) and self._meant(event.text()):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose by value or by place; left and right move the choice."""
        meant, key = self._meant(event.text()), event.key()
        if meant:
            self._choose(meant)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._values:
            at = self._values.index(self.value) if self.value else -1
            step = 1 if key == Qt.Key.Key_Right else -1
            self._pressed(self._values[max(0, min(len(self._values) - 1, at + step))])
        else:
            super().keyPressEvent(event)

    def _choose(self, value: str) -> None:
        if self._several and value in self.values:
            self.show_values([v for v in self.values if v != value])
            self.chosen.emit(value)
            return
        if self._several:
            self.show_values([*self.values, value])
            self._pressed_several(value)
            return
        self._pressed(value)
        self.next_requested.emit()

    def _pressed_several(self, value: str) -> None:
        kept = ["none"] if value == "none" else [v for v in self.values if v != "none"]
        self.show_values(kept)
        self.chosen.emit(value)

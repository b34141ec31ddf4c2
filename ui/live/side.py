"""The place at the side where panels come and go. It never covers the numerals."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget

from kapmonitor.commands import AnyCommand
from kapmonitor.event_words import refusal_words
from kapmonitor.words import tr
from ui.theme.apply import dress
from ui.theme.theme import Theme
from ui.widgets.basic import button, label
from ui.widgets.boxes import column, row

# Where a letter chooses a line.
_LETTERS = (QAbstractItemView, QComboBox)
_WITH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Panel(QWidget):
    """A panel: a title, its fields, a line for what was refused, and its buttons."""

    command_requested = Signal(object)
    close_requested = Signal()

    title = ""
    one_at_a_time = True
    # A list stays open when what it asked for was done; a form has done its work.
    stays = False
    # A wide panel lies over waves and trends too; the numerals stay as they are.
    wide = False

    def __init__(self) -> None:
        super().__init__()
        self._waiting = False
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("box", "side")
        self.setAccessibleName(tr(self.title))
        outer = column(self, margins=(14, 10, 14, 12), gap=8)
        head = row()
        head.addWidget(label(tr(self.title), "title"), 1)
        self._close = button(tr("Close  Esc"), "small", self.close_requested.emit)
        head.addWidget(self._close)
        outer.addLayout(head)
        self.body = column(gap=8)
        outer.addLayout(self.body, 1)
        self._said = label("", "wrong", wrap=True)
        self._said.hide()
        outer.addWidget(self._said)
        self.buttons = row(gap=8)
        outer.addLayout(self.buttons)

    def ask(self, command: AnyCommand) -> None:
        """Send a command on; what was refused before is forgotten.

        A second press before the answer must not file the same thing twice.
        """
        if self._waiting and self.one_at_a_time:
            return
        self._waiting = True
        self.show_problem("")
        self.command_requested.emit(command)

    def submit(self) -> None:
        """What Ctrl+Enter does."""

    def begin(self) -> None:
        """The panel comes into view: put the focus where work begins."""

    def put_away(self) -> None:
        """The panel goes out of view: keep what would be lost."""

    def pass_time(self, real: float) -> None:
        """Time passes while the panel is open; ``real`` is the window's steady clock [s]."""

    def show_answered(self) -> None:
        """The engine has answered: the next command may go."""
        self._waiting = False

    def show_done(self) -> None:
        """The engine has done what was asked: what stood here was kept by the record."""

    def show_problem(self, text: str) -> None:
        """Say what is wrong, at the place where it arose."""
        self._said.setText(text)
        self._said.setVisible(bool(text))

    def show_refusal(self, code: str, facts: dict[str, object]) -> None:
        """Say why the engine refused."""
        self.show_problem(refusal_words(code, facts))

    @property
    def problem(self) -> str:
        """What is said to be wrong."""
        return self._said.text()

    def show_theme(self, theme: Theme) -> None:
        """As wide as designed."""
        self._theme = theme
        if not self.wide:
            self.setFixedWidth(theme.px("panel"))

    def dress(self, made: QWidget) -> None:
        """Distances and colours for a part that was made just now."""
        if self._theme is not None:
            dress(made, self._theme)

    def event(self, event: QEvent) -> bool:
        """A digit in a panel belongs to the panel: none of the window's quick events is filed.

        In a list a letter looks for a line that begins with it, so there letters are the list's.
        """
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            letters = isinstance(self.focusWidget(), _LETTERS) and event.text().isprintable()
            plain = not event.modifiers() & _WITH
            if event.text().isdecimal() or (letters and plain and event.text()):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter files what the panel holds."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

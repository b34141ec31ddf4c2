"""The panel that asks for the digits on the display of a device that is being paired."""

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit

from kapmonitor.commands import GivePasskey
from kapmonitor.messages import PasskeyWanted
from kapmonitor.words import tr
from ui.live.side import Panel
from ui.widgets.basic import button, label


class PasskeyPanel(Panel):
    """Asks for `GivePasskey`. Closed without an answer, it refuses to pair."""

    title = "Passkey"

    def __init__(self) -> None:
        super().__init__()
        self.wanted: PasskeyWanted | None = None
        self.done: PasskeyWanted | None = None
        self._device = label("", "title", wrap=True)
        self.digits = QLineEdit()
        self.digits.setAccessibleName(tr("Passkey"))
        self.digits.setMaxLength(6)
        six = QRegularExpression("[0-9]{1,6}")
        self.digits.setValidator(QRegularExpressionValidator(six, self.digits))
        self.body.addWidget(self._device)
        self.body.addWidget(label(tr("It shows six digits. Type them here."), "", wrap=True))
        self.body.addWidget(self.digits)
        words = tr("Monitoring goes on meanwhile. Closed, the device is not paired.")
        self.body.addWidget(label(words, "dim", wrap=True))
        self.body.addStretch(1)
        self.buttons.addWidget(button(tr("Pair  Ctrl+Enter"), "main", self.submit), 1)

    def show_question(self, question: PasskeyWanted, device: str) -> None:
        """Which device asks."""
        self.wanted = question
        self._device.setText(device)

    def begin(self) -> None:
        """Ready for typing."""
        self.digits.clear()
        self.digits.setFocus()

    def submit(self) -> None:
        """Hand the digits over."""
        if len(self.digits.text()) != 6:
            self.show_problem(tr("A passkey has six digits."))
            return
        self.done, self.wanted = self.wanted, None
        self.ask(GivePasskey(passkey=int(self.digits.text())))
        self.digits.clear()

    def put_away(self) -> None:
        """Nobody typed it: whoever waits is told."""
        if self.wanted is not None:
            self.done, self.wanted = self.wanted, None
            self.command_requested.emit(GivePasskey())

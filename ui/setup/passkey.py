"""The line of the set-up page that asks for the digits on the display of a device being paired."""

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.words import tr
from ui.widgets.basic import button, label
from ui.widgets.boxes import column, row

DIGITS = 6


class PasskeyLine(QWidget):
    """Out of sight until a device asks. ``given`` has the digits, or None for "do not pair"."""

    given = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._address = ""
        self._question = label("", "title", wrap=True)
        self.digits = QLineEdit()
        self.digits.setAccessibleName(tr("Passkey"))
        self.digits.setMaxLength(DIGITS)
        six = QRegularExpression("[0-9]{1,6}")
        self.digits.setValidator(QRegularExpressionValidator(six, self.digits))
        self.digits.textChanged.connect(self._on_typed)
        self.digits.returnPressed.connect(self._on_pair)
        self._pair = button(tr("Pair"), "main", self._on_pair)
        outer = column(self, gap=4)
        outer.addWidget(self._question)
        line = row(gap=8)
        line.addWidget(self.digits, 1)
        line.addWidget(self._pair)
        line.addWidget(button(tr("Do not pair"), "", self._on_refused))
        outer.addLayout(line)
        self.hide()

    def show_question(self, address: str, device: str) -> None:
        """Which device waits for its digits now; an empty address: none does any more."""
        if address == self._address:
            return
        self._address = address
        self._question.setText(
            tr("{device} shows six digits. Type them here within a minute.", device=device)
        )
        self.digits.clear()
        self._on_typed()
        self.setVisible(bool(address))
        if address:
            self.digits.setFocus()

    def _on_typed(self, _text: str = "") -> None:
        self._pair.setEnabled(len(self.digits.text()) == DIGITS)

    def _on_pair(self) -> None:
        if len(self.digits.text()) == DIGITS:
            self._answer(int(self.digits.text()))

    def _on_refused(self) -> None:
        self._answer(None)

    def _answer(self, passkey: int | None) -> None:
        """The question stays known until it is closed, so that it is not shown a second time."""
        self.digits.clear()
        self.hide()
        self.given.emit(passkey)

"""The foot of a form of the clinic's own: the copy's name, who changes it, why, and to keep it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.words import tr
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column, row


class KeepRow(QWidget):
    """Asks to keep a copy; says what was refused, or that it is kept."""

    keep_requested = Signal()

    def __init__(self, name_hint: str) -> None:
        super().__init__()
        self._name, self._by, self._why = QLineEdit(), QLineEdit(), QLineEdit()
        self._said = label("", "wrong", wrap=True)
        self._done = label("", "small", wrap=True)
        self.keep = button(tr("Keep as the clinic's own"), "main", self.keep_requested.emit)
        box, foot = column(self, gap=6), row(gap=8)
        for edit, words in (
            (self._name, name_hint),
            (self._by, tr("who changes it")),
            (self._why, tr("why")),
        ):
            edit.setPlaceholderText(words)
            edit.setAccessibleName(words)
            foot.addWidget(edit, 1)
        foot.addWidget(self.keep)
        box.addLayout(foot)
        box.addWidget(self._said)
        box.addWidget(self._done)
        self._said.hide()

    @property
    def name(self) -> str:
        """What the copy is to be called."""
        return self._name.text().strip()

    @property
    def who_and_why(self) -> tuple[str, str]:
        """Who changes it, and why."""
        return self._by.text(), self._why.text()

    def type(self, name: str, by: str, why: str) -> None:
        """Fill it in, as a person would."""
        for edit, text in ((self._name, name), (self._by, by), (self._why, why)):
            edit.setText(text)

    def suggest(self, name: str) -> None:
        """A copy of the clinic's own keeps its name unless another is typed."""
        self._name.setText(name)

    def focus_name(self) -> None:
        """To the field of the copy's name."""
        self._name.setFocus()

    def show_said(self, text: str) -> None:
        """What was refused; empty when nothing is. That a copy is kept stays until `clear`."""
        show_text(self._said, text)
        self._said.setVisible(bool(text))
        if text:
            show_text(self._done, "")

    def clear(self) -> None:
        """Another form is read: nothing was refused or kept of it yet."""
        self.show_said("")
        show_text(self._done, "")

    @property
    def said(self) -> str:
        """What was refused."""
        return self._said.text()

    @property
    def done(self) -> str:
        """That it is kept; empty when nothing was."""
        return self._done.text()

    def show_kept(self) -> None:
        """It is kept; the next change needs a reason of its own."""
        self._why.clear()
        self.show_said("")
        show_text(self._done, tr("Kept; the change log of the clinic says who and why."))

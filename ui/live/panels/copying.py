"""The panel of an emergency copy: the record cannot be written, another disk may do."""

from PySide6.QtWidgets import QFileDialog, QLineEdit

from kapmonitor.commands import EmergencyCopy
from kapmonitor.event_words import event_sentence
from kapmonitor.events import Trouble
from kapmonitor.session import Session
from kapmonitor.words import tr
from ui.live.side import Panel
from ui.widgets.basic import button, label, set_tone, show_text

_HOW = (
    "Nothing is lost while the program runs. A copy in another folder, such as a stick, gets "
    "the whole record and everything that comes, encrypted as the record is."
)
_KINDS = ("write_failed", "write_failed_over", "emergency_copy_asked", "emergency_copy",
          "emergency_copy_failed")  # fmt: skip


class CopyPanel(Panel):
    """Asks for `EmergencyCopy`, and tells what became of it."""

    title = "Emergency copy"
    stays = True

    def __init__(self) -> None:
        super().__init__()
        self._state = label("", "text", wrap=True)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder of the copy"))
        self.folder.setPlaceholderText(tr("a folder on another disk"))
        self.folder.returnPressed.connect(self.submit)
        for widget in (self._state, label(tr(_HOW), "dim", wrap=True), self.folder):
            self.body.addWidget(widget)
        self.body.addWidget(button(tr("Choose the folder…"), "", self._choose))
        self.body.addStretch(1)
        self.buttons.addWidget(button(tr("Copy  Ctrl+Enter"), "main", self.submit), 1)

    def show_session(self, session: Session) -> None:
        """How writing stands, and what became of a copy."""
        told = [
            entry.event
            for entry in session.entries
            if isinstance(entry.event, Trouble) and entry.event.kind in _KINDS
        ]
        well = not told or told[-1].kind in ("write_failed_over", "emergency_copy")
        words = event_sentence(told[-1], {}) if told else tr("The record is being written.")
        show_text(self._state, words)
        set_tone(self._state, "good" if well else "medium")

    def begin(self) -> None:
        """The folder first."""
        self.folder.setFocus()

    def submit(self) -> None:
        """Ask for the copy."""
        self.ask(EmergencyCopy(folder=self.folder.text().strip()))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder of the copy"))
        if chosen:
            self.folder.setText(chosen)

"""The panel of a therapist's reflection, which goes into a file of its own."""

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence, tr
from ui.live.side import Panel
from ui.widgets.basic import button, label, show_text

Keep = Callable[[str, str], None]


class ReflectionPanel(Panel):
    """Hands text and name to ``keep``; nothing of it reaches the record of the visit."""

    title = "Reflection"

    def __init__(self) -> None:
        super().__init__()
        self._keep: Keep | None = None
        self._by, self._role = "", ""
        self._begun_by: dict[str, str] = {}
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(tr("Reflection"))
        self.text.setTabChangesFocus(True)
        self._done = label("", "good", wrap=True)
        words = tr("Kept in a file of its own, apart from the record of the visit and its report.")
        self.body.addWidget(label(words, "dim", wrap=True))
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self._done)
        self.buttons.addWidget(button(tr("Keep  Ctrl+Enter"), "main", self.submit), 1)

    def show_keeper(self, keep: Keep | None) -> None:
        """Where reflections go; None where they are switched off."""
        self._keep = keep

    def show_person(self, name: str, role: str) -> None:
        """Who acts, and as what."""
        if name != self._by:
            # Nobody reads what another has not kept yet; it is there again for them.
            self._begun_by[self._by] = self.text.toPlainText()
            self.text.setPlainText(self._begun_by.pop(name, ""))
        self._by, self._role = name, role

    def begin(self) -> None:
        """Ready for writing."""
        show_text(self._done, "")
        self.show_problem(self._refused())
        self.text.setFocus()

    def submit(self) -> None:
        """Keep what was written."""
        refused = self._refused()
        if refused or self._keep is None:
            self.show_problem(refused)
            return
        try:
            self._keep(self.text.toPlainText(), self._by)
        except KapmonitorError as error:
            self.show_problem(sentence(error.code, error.facts))
            return
        self.show_problem("")
        self.text.clear()
        show_text(self._done, tr("Kept."))

    def _refused(self) -> str:
        if self._keep is None:
            return tr("Reflections are switched off: the settings, under Staff.")
        return "" if self._role == "therapist" else tr("Only a therapist writes reflections.")

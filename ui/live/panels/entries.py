"""All entries with their corrections, and those under the lock that wait for a signature."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFocusEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from kapmonitor.commands import Amend, Sign
from kapmonitor.words import tr
from ui.live.entry_words import TimelineRow
from ui.live.side import Panel
from ui.theme.theme import Theme, load_theme
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import column

_NUMBER = Qt.ItemDataRole.UserRole


class EntryList(QListWidget):
    """Entries, the newest first; a correction stands with its original. Also for a past visit."""

    entry_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._theme = load_theme()
        self._rows: tuple[TimelineRow, ...] = ()
        self.setAccessibleName(tr("Entries"))
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._on_chosen)

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """Show these; what was chosen stays chosen."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        chosen = self.number
        self.blockSignals(True)
        self.clear()
        for line in rows:
            item = QListWidgetItem(f"{line.time}   {line.text}" + (f"   {line.by}" * bool(line.by)))
            item.setData(_NUMBER, line.number)
            item.setForeground(QBrush(QColor(self._theme[line.tone or "text"])))
            self.addItem(item)
            if line.number == chosen:
                self.setCurrentItem(item)
        self.blockSignals(False)

    @property
    def number(self) -> int:
        """The number of the chosen entry, 0 for none."""
        items = [self.item(place) for place in range(self.count()) if place == self.currentRow()]
        return int(items[0].data(_NUMBER)) if items else 0

    def words_of(self, number: int) -> str:
        """The words of an entry that is shown."""
        return next((line.text for line in self._rows if line.number == number), "")

    def _on_chosen(self) -> None:
        self.entry_chosen.emit(self.number)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What the form speaks of is marked: Qt alone would make it current, not chosen."""
        if self.currentRow() < 0 and self.count():
            self.setCurrentRow(0)
        super().focusInEvent(event)

    def show_theme(self, theme: Theme) -> None:
        """Draw with these colours from now on."""
        self._theme = theme
        rows, self._rows = self._rows, ()
        self.show_rows(rows)


class CorrectionForm(QWidget):
    """What is right and why, for one entry; asks for `Amend`. Also for a past visit."""

    amend_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._of = 0
        self._said = label("", "dim", wrap=True)
        self.text, self.reason = QPlainTextEdit(), QLineEdit()
        self.text.setAccessibleName(tr("What is right"))
        self.text.setPlaceholderText(tr("what is right"))
        self.text.setTabChangesFocus(True)
        self.reason.setAccessibleName(tr("Why it is corrected"))
        self.reason.setPlaceholderText(tr("why it is corrected"))
        box = column(self, gap=6)
        for widget in (self._said, self.text, self.reason):
            box.addWidget(widget)
        self.setFocusProxy(self.text)
        self.show_entry(0, "")

    def show_entry(self, number: int, words: str) -> None:
        """Which entry is corrected, as it was written."""
        self._of = number
        said = tr("Entry {number}: {words}", number=number, words=words)
        show_text(self._said, said if number else tr("Choose an entry above."))

    def begin(self) -> None:
        """Empty."""
        self.text.clear()
        self.reason.clear()

    def problem(self) -> str:
        """What is missing, in words; empty when nothing is."""
        if not self._of:
            return tr("Choose the entry that is corrected.")
        if not self.text.toPlainText().strip():
            return tr("Write what is right.")
        return "" if self.reason.text().strip() else tr("Write why it is corrected.")

    def submit(self) -> None:
        """Ask for the correction; does nothing while something is missing."""
        if not self.problem():
            text, reason = self.text.toPlainText().strip(), self.reason.text().strip()
            self.amend_requested.emit(Amend(of=self._of, text=text, reason=reason))


class EntriesPanel(Panel):
    """Asks for `Amend`. The original stays; the correction stands beside it."""

    title = "Entries and corrections"
    stays = True

    def __init__(self) -> None:
        super().__init__()
        self.entries, self.form = EntryList(), CorrectionForm()
        self.body.addWidget(self.entries, 3)
        self.body.addWidget(self.form, 2)
        self.buttons.addWidget(button(tr("File the correction  Ctrl+Enter"), "main", self.submit))
        self.entries.entry_chosen.connect(self._on_chosen)
        self.form.amend_requested.connect(self._on_amend)

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """The entries as they are now."""
        self.entries.show_rows(rows)

    def begin(self) -> None:
        """The list first."""
        self.form.begin()
        self.entries.setFocus()

    def submit(self) -> None:
        """File the correction, or say what is missing."""
        self.show_problem(self.form.problem())
        self.form.submit()

    def show_filed(self) -> None:
        """The correction is on the record."""
        self.form.begin()

    def _on_chosen(self, number: int) -> None:
        self.form.show_entry(number, self.entries.words_of(number))

    def _on_amend(self, command: Amend) -> None:
        self.ask(command)


class UnsignedPanel(Panel):
    """Asks for `Sign`: one press for everything that was done under the lock."""

    title = "To be signed"

    def __init__(self) -> None:
        super().__init__()
        self.entries = EntryList()
        self._none = label(tr("Everything is signed."), "dim")
        words = tr("Done while the visit was locked. Signing says that you stand by it.")
        self.body.addWidget(label(words, "dim", wrap=True))
        self.body.addWidget(self._none)
        self.body.addWidget(self.entries, 1)
        self.body.addStretch()
        self._sign = button(tr("Sign all  Ctrl+Enter"), "main", self.submit)
        self.buttons.addWidget(self._sign, 1)

    def show_rows(self, rows: Sequence[TimelineRow], person: str) -> None:
        """What waits, and who would sign it."""
        self.entries.show_rows(rows)
        self.entries.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._sign.setEnabled(bool(rows))
        self._sign.setText(tr("Sign all as {person}  Ctrl+Enter", person=person))

    def begin(self) -> None:
        """The button first."""
        self._sign.setFocus()

    def submit(self) -> None:
        """Sign everything."""
        if self._sign.isEnabled():
            self.ask(Sign())

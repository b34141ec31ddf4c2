"""Corrections and notes after the seal: the entries, what is right and why, who stands by it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from kapmonitor.commands import Amend
from kapmonitor.events import Amended, Note
from kapmonitor.session import Session
from kapmonitor.words import tr
from ui.later import moment
from ui.live.entry_words import timeline_row
from ui.live.panels.entries import CorrectionForm, EntryList
from ui.live.panels.people import PinField
from ui.live.people import PersonView
from ui.theme.theme import Theme
from ui.widgets.basic import Choices, KeyButton, label, show_text
from ui.widgets.boxes import column, row

KINDS = (("correct", "Correct an entry"), ("note", "Add a note"), ("worse", "Felt worse"))
_HOW = (
    "What was sealed stays as it is. What is filed here follows the seal, with name and time, and "
    "is closed by a new seal; each seal stays valid."
)
_NOT_SEALED = "This visit is not sealed: resume it and end it; then it can be corrected here."


class CorrectTab(QWidget):
    """Asks for a correction or a note to be filed: ``file_requested(event, by, pin, felt)``.

    ``felt`` is when the patient felt worse, in seconds since 1970, else None.
    """

    file_requested = Signal(object, str, str, object)

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[PersonView, ...] = ()
        self.entries, self.form = EntryList(), CorrectionForm()
        self.kind = Choices([(name, tr(words)) for name, words in KINDS], tr("What is filed"),
                            "choice")  # fmt: skip
        self.note = QPlainTextEdit()
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("what became known later"))
        self.note.setTabChangesFocus(True)
        self.felt = QLineEdit()
        self.felt.setPlaceholderText(tr("when it was felt, such as 2026-03-09 18:30"))
        self.felt.setAccessibleName(tr("When it was felt"))
        self.by, self.pin = QComboBox(), PinField()
        self.by.setAccessibleName(tr("Who stands by it"))
        self.file = KeyButton(tr("File and seal again"), "main", self.submit)
        self._said = label("", "", wrap=True)
        self._how = label(tr(_HOW), "dim", wrap=True)
        box = row(self, gap=16)
        box.addWidget(self.entries, 3)
        side = column(gap=8)
        whose = label(tr("Who stands by it"), "group")
        parts: tuple[QWidget, ...] = (self._how, self.kind, self.form, self.felt, self.note,
                                      whose, self.by,
                                      self.pin, self.file, self._said)  # fmt: skip
        for widget in parts:
            side.addWidget(widget)
        side.addStretch(1)
        box.addLayout(side, 2)
        self.kind.chosen.connect(self.show_kind)
        self.by.currentIndexChanged.connect(self._show_pin)
        self.entries.entry_chosen.connect(self._show_entry)
        self.form.amend_requested.connect(self._on_amend)
        self.show_kind("correct")

    def show_visit(self, session: Session, sealed: bool) -> None:
        """The entries of this visit; one that is not sealed cannot be corrected here."""
        start = session.phases[0][0] if session.phases else 0.0
        labels = {name: added.label or name for name, added in session.sources.items()}
        rows = [
            timeline_row(entry, session.t0, start, entry.number, labels)
            for entry in reversed(session.entries)
        ]
        self.entries.show_rows([line for line in rows if line is not None])
        for widget in (self.kind, self.form, self.felt, self.note, self.by, self.pin, self.file):
            widget.setEnabled(sealed)
        show_text(self._how, tr(_HOW if sealed else _NOT_SEALED))
        self.begin()

    def show_people(self, people: Sequence[PersonView]) -> None:
        """Who may stand by it; without a staff list any name can be typed."""
        self._people = tuple(people)
        self.by.clear()
        self.by.setEditable(not any(person.role for person in self._people))
        self.by.addItems([person.words for person in self._people])
        self._show_pin()

    def begin(self) -> None:
        """Empty fields."""
        self.form.begin()
        self.note.clear()
        self.felt.clear()
        self.pin.clear()

    def show_said(self, text: str) -> None:
        """How the filing went."""
        self.file.setEnabled(True)
        show_text(self._said, text)

    @property
    def person(self) -> PersonView | None:
        """Who is chosen among the staff; None for a name that was typed."""
        place = self.by.currentIndex()
        there = 0 <= place < len(self._people)
        return self._people[place] if there and not self.by.isEditable() else None

    @property
    def name(self) -> str:
        """The name that stands by it."""
        return self.person.name if self.person is not None else self.by.currentText().strip()

    def submit(self) -> None:
        """File what was written, or say what is missing."""
        of_entry = self.kind.value == "correct"
        problem = self.form.problem() if of_entry else self._problem_of_note()
        problem = problem or ("" if self.name else tr("Say who stands by it."))
        if problem:
            show_text(self._said, problem)
        elif self.kind.value == "correct":
            self.form.submit()
        elif self.kind.value == "worse":
            note = Note(self.note.toPlainText().strip(), "felt_worse")
            self._file(note, moment(self.felt.text()))
        else:
            self._file(Note(self.note.toPlainText().strip()))

    def _problem_of_note(self) -> str:
        if self.kind.value == "worse" and moment(self.felt.text()) is None:
            return tr("Write when it was felt, such as 2026-03-09 18:30.")
        return "" if self.note.toPlainText().strip() else tr("Write the note.")

    def _on_amend(self, command: Amend) -> None:
        self._file(Amended(command.of, command.text, command.reason))

    def _file(self, event: Amended | Note, felt: float | None = None) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self.file.setEnabled(False)
        show_text(self._said, tr("Sealing…"))
        self.file_requested.emit(event, self.name, pin, felt)

    def show_kind(self, kind: str) -> None:
        """What is filed: ``correct``, ``note`` or ``worse``."""
        self.kind.show_values([kind])
        self.form.setVisible(kind == "correct")
        self.note.setVisible(kind != "correct")
        self.felt.setVisible(kind == "worse")
        words = tr("what was felt") if kind == "worse" else tr("what became known later")
        self.note.setPlaceholderText(words)

    def _show_entry(self, number: int) -> None:
        self.form.show_entry(number, self.entries.words_of(number))
        if number:
            self.show_kind("correct")

    def _show_pin(self) -> None:
        self.pin.setVisible(self.person is not None and self.person.pin)

    def show_theme(self, theme: Theme) -> None:
        """The fields as high as designed."""
        self.entries.show_theme(theme)
        self.form.setMinimumHeight(theme.px(190))
        self.note.setMinimumHeight(theme.px(140))

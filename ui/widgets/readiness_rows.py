"""The questions before the dose, a row each: yes, no or not asked. For set-up and visit."""

from collections.abc import Mapping

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kapmonitor.before_dose import ReadinessItem, ReadinessList
from kapmonitor.given_words import READINESS_WORDS
from kapmonitor.words import tr
from ui.widgets.basic import Choices, label, set_tone, show_text
from ui.widgets.boxes import column, emptied, row

# The item that asks for a name: who takes the patient home.
RIDE = "ride"


class Given(Struct, frozen=True):
    """An answer as it stands: ``by`` whom, and the note beside it."""

    answer: str = ""
    note: str = ""
    by: str = ""


class _Row(QWidget):
    """One question; keys 1, 2, 3 answer it and go on."""

    answered = Signal(str, str, str)

    def __init__(self, item: ReadinessItem) -> None:
        super().__init__()
        self.item = item
        self._given = Given()
        words = tr(item.text)
        choices = [(value, tr(text)) for value, text in READINESS_WORDS.items()]
        self.choices = Choices(choices, words, "scale")
        self.choices.chosen.connect(lambda _value: self._send())
        self.by = label("", "small")
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("who takes the patient home"))
        self.name.setAccessibleName(tr("Who takes the patient home"))
        self.name.editingFinished.connect(self.take_name)
        box = row(self, gap=8)
        said = column(gap=2)
        said.addWidget(label(words, wrap=True))
        said.addWidget(self.by)
        said.addWidget(self.name)
        box.addLayout(said, 1)
        box.addWidget(self.choices)
        self.by.hide()
        if item.id != RIDE:
            self.name.hide()

    @property
    def given(self) -> Given:
        """What stands in the row."""
        return Given(self.choices.value, self.name.text().strip())

    def show_given(self, given: Given) -> None:
        """An answer, by whom; what speaks against going on is marked."""
        if given == self._given:
            return
        self._given = given
        self.choices.show_values([given.answer] if given.answer else [])
        if not self.name.hasFocus() and given.note:
            self.name.setText(given.note)
        said = tr(READINESS_WORDS[given.answer]) if given.answer in READINESS_WORDS else ""
        show_text(self.by, ", ".join(part for part in (said, given.by) if part))
        self.by.setVisible(bool(said))
        set_tone(self.by, "medium" if given.answer != self.item.wanted else "calm")

    def clear(self) -> None:
        """Unanswered."""
        self._given = Given()
        self.choices.show_values([])
        self.name.clear()
        self.by.hide()

    def _send(self) -> None:
        self.answered.emit(self.item.id, self.choices.value, self.name.text().strip())

    def take_name(self) -> None:
        """Send the name when it is another one."""
        name = self.name.text().strip()
        if name and name != self._given.note:
            self.choices.show_values(["yes"])
            self._given = Given("yes", name, self._given.by)
            self._send()


class ReadinessRows(QWidget):
    """All the questions of a list."""

    answered = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._form: ReadinessList | None = None
        self._rows: list[_Row] = []
        self._box = column(self, gap=4)

    def show_form(self, form: ReadinessList) -> bool:
        """The rows of this list; True when they were made anew."""
        if form == self._form:
            return False
        self._form = form
        emptied(self._box)
        self._rows = [_Row(item) for item in form.item]
        for number, made in enumerate(self._rows):
            made.answered.connect(self.answered)
            after = self._rows[number + 1] if number + 1 < len(self._rows) else None
            follow = made.name if made.item.id == RIDE else after and after.choices
            if follow is not None:
                made.choices.next_requested.connect(follow.setFocus)
            self._box.addWidget(made)
        return True

    def show_given(self, given: Mapping[str, Given]) -> None:
        """The answers so far, by item."""
        for made in self._rows:
            made.show_given(given.get(made.item.id, Given()))

    def given(self) -> dict[str, Given]:
        """What stands on the rows, of those that were answered."""
        return {made.item.id: made.given for made in self._rows if made.given.answer}

    def take_names(self) -> None:
        """A name that is still being typed is sent."""
        for made in self._rows:
            made.take_name()

    def clear(self) -> None:
        """All unanswered."""
        for made in self._rows:
            made.clear()

    def focus_open(self) -> None:
        """The first question without an answer, else the first."""
        first = next((made for made in self._rows if not made.given.answer), None)
        target = first or (self._rows[0] if self._rows else None)
        if target is not None:
            target.choices.setFocus()

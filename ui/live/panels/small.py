"""The small panels: note, cuff reading by hand, help."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QWidget

from kapmonitor.commands import AddNote, AskCuff
from kapmonitor.event_words import QUICK_NOTES
from kapmonitor.regional import MMHG
from kapmonitor.words import tr
from ui.keys import KEYS, PANEL_KEYS
from ui.live.panels.fields import BackTime, NumberField
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label
from ui.widgets.boxes import grid, row

# What can be typed in: the ranges beyond which a reading cannot be (plausibility refuses them too).
PRESSURE_FIELDS = (
    ("systolic", "Systolic", MMHG, 50, 270, True),
    ("diastolic", "Diastolic", MMHG, 10, 210, True),
    ("pulse", "Pulse", "/min", 20, 300, False),
)
SITES = (("left_arm", "left arm"), ("right_arm", "right arm"), ("wrist", "wrist"))


class NotePanel(Panel):
    """Asks for `AddNote`: free text, or a quick event with or without text."""

    title = "Note"

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._by = ""
        self._begun_by: dict[str, str] = {}
        self._text = QPlainTextEdit()
        self._text.setAccessibleName(tr("Note"))
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText(tr("What happened"))
        self._when = BackTime()
        self.body.addWidget(label(tr("Quick events, filed at once"), "group"))
        quick = grid(gap=6)
        for number, (kind, words) in enumerate(QUICK_NOTES.items()):
            quick.addWidget(button(tr(words), on=partial(self._quick, kind)), *divmod(number, 2))
        self.body.addLayout(quick)
        self.body.addWidget(label(tr("Text"), "group"))
        self._begun = label(tr("Begun and not filed."), "dim")
        self._begun.hide()
        self.body.addWidget(self._begun)
        self.body.addWidget(self._text, 1)
        self.body.addWidget(self._when)
        self.buttons.addWidget(button(tr("File the note  Ctrl+Enter"), "main", self.submit), 1)

    def show_now(self, now: float) -> None:
        """The session time, for a time set back."""
        self._now = now

    def show_person(self, name: str) -> None:
        """Who acts: nobody reads what another has begun, and it is there again for them."""
        if name != self._by:
            self._begun_by[self._by] = self._text.toPlainText()
            self._text.setPlainText(self._begun_by.pop(name, ""))
        self._by = name

    def begin(self) -> None:
        """Ready for writing; what was begun and not filed is still there."""
        self._begun.setVisible(bool(self._text.toPlainText().strip()))
        self._when.begin()
        self._text.setFocus()

    def show_done(self) -> None:
        """It is on the record: the next note begins empty."""
        self._text.clear()

    def submit(self) -> None:
        """File the text."""
        text = self._text.toPlainText().strip()
        if not text:
            self.show_problem(tr("The note is empty."))
            return
        self.ask(AddNote(text=text, happened=self._when.happened(self._now)))

    def _quick(self, kind: str) -> None:
        text = self._text.toPlainText().strip()
        self.ask(AddNote(text=text, kind=kind, happened=self._when.happened(self._now)))


class CuffPanel(Panel):
    """Asks for a cuff reading entered by hand; impossible numbers are refused at the field."""

    title = "Blood pressure by hand"

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self.fields: dict[str, NumberField] = {}
        for key, name, unit, low, high, required in PRESSURE_FIELDS:
            self.fields[key] = NumberField(tr(name), unit, low, high, required)
            self.body.addWidget(self.fields[key])
        self._site = Choices([(value, tr(words)) for value, words in SITES], tr("Where"), "small")
        self._when = BackTime()
        self.body.addWidget(label(tr("Where"), "group"))
        self.body.addWidget(self._site)
        self.body.addWidget(label(tr("When"), "group"))
        self.body.addWidget(self._when)
        self.body.addWidget(label(tr("It is marked M, by hand, on every screen."), "dim", True))
        self.body.addStretch(1)
        self.buttons.addWidget(button(tr("File the reading  Ctrl+Enter"), "main", self.submit), 1)

    def show_now(self, now: float, site: str) -> None:
        """The session time, and where the last reading was taken."""
        self._now = now
        self._site.show_values([site] if site else [])

    def begin(self) -> None:
        """Empty, the systolic first."""
        for field in self.fields.values():
            field.begin()
        self._when.begin()
        self.fields["systolic"].setFocus()

    def submit(self) -> None:
        """File the reading."""
        checked = {key: field.checked() for key, field in self.fields.items()}
        wrong = next((key for key, (fits, _) in checked.items() if not fits), None)
        if wrong is not None:
            self.fields[wrong].setFocus()
            return
        values = {key: number for key, (_, number) in checked.items()}
        systolic, diastolic = values["systolic"], values["diastolic"]
        if systolic is None or diastolic is None or diastolic >= systolic:
            self.show_problem(tr("The systolic pressure must be above the diastolic."))
            self.fields["systolic"].setFocus()
            return
        self.ask(
            AskCuff(
                action="enter",
                systolic=systolic,
                diastolic=diastolic,
                pulse=values["pulse"],
                site=self._site.value,
                happened=self._when.happened(self._now),
            )
        )


def key_table() -> QScrollArea:
    """Every key of the live screen with what it does, from the one table, in two columns."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inside = QWidget()
    sides = row(inside, margins=(0, 0, 4, 0), gap=12)
    lines = [(key.press, tr(key.help)) for key in KEYS]
    lines += [(press, tr(words)) for press, words in PANEL_KEYS]
    half = len(lines) // 2
    for part in (lines[:half], lines[half:]):
        table = grid(gap=0)
        for line, (press, words) in enumerate(part):
            key = label(press, "group")
            key.setContentsMargins(0, 0, 14, 0)
            table.addWidget(key, line, 0, Qt.AlignmentFlag.AlignTop)
            table.addWidget(label(words, wrap=True), line, 1)
        table.setColumnStretch(1, 1)
        table.setRowStretch(len(part), 1)
        sides.addLayout(table, 1)
    area.setWidget(inside)
    return area


class HelpPanel(Panel):
    """The keys, all of them at once."""

    title = "Keys"
    wide = True

    def __init__(self) -> None:
        super().__init__()
        self.keys = key_table()
        self.body.addWidget(self.keys, 1)

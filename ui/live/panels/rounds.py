"""The observation round, filled in by keyboard: a form made from the checklist's data file."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from kapmonitor.checklist import SEVERITIES, Checklist, Item, ItemKind
from kapmonitor.commands import FileRound
from kapmonitor.events import Answer
from kapmonitor.regional import number
from kapmonitor.words import tr
from ui.live.panels.fields import BackTime, NumberField
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label
from ui.widgets.boxes import column, emptied, row

_ROWS_OF_BUTTONS = (ItemKind.SCALE, ItemKind.SEVERITY)


class _Field(QWidget):
    """One item of the form."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.choices: Choices | None = None
        self.number: NumberField | None = None
        self.text: QLineEdit | None = None
        words = tr(item.text) + (" *" if item.required else "")
        if item.kind in _ROWS_OF_BUTTONS:
            self._beside(words)
        elif item.kind is ItemKind.NUMBER:
            low = 0.0 if item.minimum is None else item.minimum
            high = 999.0 if item.maximum is None else item.maximum
            self.number = NumberField(words, item.unit, low, high, item.required)
            row(self).addWidget(self.number)
            self.setFocusProxy(self.number)
        elif item.kind is ItemKind.TEXT:
            self.text = QLineEdit()
            self.text.setAccessibleName(words)
            box = column(self, gap=2)
            box.addWidget(label(words))
            box.addWidget(self.text)
            self.setFocusProxy(self.text)
        else:
            self._below(words)

    def _beside(self, words: str) -> None:
        values = self.item.values
        shown = [tr(value) if value in SEVERITIES else value for value in values]
        self.choices = Choices(list(zip(values, shown, strict=True)), tr(self.item.text), "scale")
        box = row(self, gap=8)
        box.addWidget(label(words, wrap=True), 1)
        box.addWidget(self.choices)
        self.setFocusProxy(self.choices)

    def _below(self, words: str) -> None:
        item = self.item
        several = item.kind is ItemKind.FLAGS
        choices = [(choice.value, tr(choice.text)) for choice in item.choices]
        if several:
            choices.insert(0, ("none", tr("none of these")))
        upright = item.kind is not ItemKind.CHOICE
        if item.kind is ItemKind.LEVEL:
            choices = [(v, f"{v}   {t}" if v.isdigit() else t) for v, t in choices]
        kind = "choice" if upright else "scale"
        self.choices = Choices(choices, tr(item.text), kind, upright, several)
        box = column(self, gap=3) if upright else row(self, gap=8)
        box.addWidget(label(words), 0 if upright else 1)
        box.addWidget(self.choices)
        self.setFocusProxy(self.choices)

    @property
    def answer(self) -> Answer:
        """What was answered, None when nothing was."""
        if self.choices is not None:
            return ",".join(self.choices.values) or None
        if self.number is not None:
            return self.number.checked()[1]
        return (self.text.text().strip() or None) if self.text is not None else None

    @property
    def fits(self) -> bool:
        """False when what was typed cannot be."""
        return self.number is None or self.number.checked()[0]

    def show_answer(self, answer: Answer) -> None:
        """Put an answer in; None empties the field."""
        text = "" if answer is None else str(answer)
        if self.choices is not None:
            self.choices.show_values(text.split(",") if text else [])
        elif self.number is not None:
            self.number.begin()
            self.number.type(number(answer) if isinstance(answer, int | float) else text)
        elif self.text is not None:
            self.text.setText(text)


class _Form(QScrollArea):
    """The scrolling part; Qt keeps the field with the focus in view."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self.box = column(inside, margins=(0, 0, 8, 0), gap=5)
        self.setWidget(inside)


class RoundPanel(Panel):
    """Asks for `FileRound`."""

    title = "Observation round"

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._before: dict[str, Answer] = {}
        self._fields: list[_Field] = []
        self._form = _Form()
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("remark"))
        self._note.setAccessibleName(tr("Remark"))
        self._when = BackTime()
        self._as_before = button(tr("As before"), "", self._copy_last)
        self._rest_none = button(tr("Nothing else"), "", self._fill_rest)
        self._rest_none.setToolTip(tr("Everything not answered yet: none"))
        tools = row(gap=8)
        tools.addWidget(self._as_before)
        tools.addWidget(self._rest_none)
        tools.addStretch(1)
        self.body.addLayout(tools)
        self.body.addWidget(self._form, 1)
        self.body.addWidget(self._note)
        self.body.addWidget(self._when)
        self.buttons.addWidget(button(tr("File the round  Ctrl+Enter"), "main", self.submit), 1)

    def show_checklist(self, checklist: Checklist) -> None:
        """Make the form of this checklist."""
        emptied(self._form.box)
        self._fields = []
        for group in checklist.group:
            self._form.box.addWidget(label(tr(group.title), "group"))
            for item in checklist.item:
                if item.group == group.id:
                    field = _Field(item)
                    if field.choices is not None:
                        field.choices.next_requested.connect(self._go_on)
                    self._fields.append(field)
                    self._form.box.addWidget(field)
        self._form.box.addStretch(1)

    def show_before(self, answers: dict[str, Answer], now: float) -> None:
        """The last round's answers, for "as before"."""
        self._before, self._now = answers, now
        self._as_before.setEnabled(bool(answers))

    def begin(self) -> None:
        """An empty form, the first field first."""
        for field in self._fields:
            field.show_answer(None)
        self._note.clear()
        self._when.begin()
        self._form.verticalScrollBar().setValue(0)
        if self._fields:
            self._fields[0].setFocus()

    def answers(self) -> dict[str, Answer]:
        """What was answered so far."""
        return {f.item.id: f.answer for f in self._fields if f.answer is not None}

    def submit(self) -> None:
        """File the round; a field that cannot be is refused where it stands."""
        for field in self._fields:
            missing = field.item.required and field.answer is None
            if missing or not field.fits:
                words = tr("{item} is missing", item=tr(field.item.text))
                self.show_problem(words if missing else tr("A number does not fit."))
                field.setFocus()
                self._form.ensureWidgetVisible(field)
                return
        answers = self.answers()
        happened = self._when.happened(self._now)
        self.ask(FileRound(answers=answers, note=self._note.text().strip(), happened=happened))

    def _copy_last(self) -> None:
        for field in self._fields:
            field.show_answer(self._before.get(field.item.id))

    def _fill_rest(self) -> None:
        """Everything that stands unanswered becomes "none", by this one visible act."""
        nothing: dict[ItemKind, Answer] = {
            ItemKind.SCALE: 0,
            ItemKind.SEVERITY: "none",
            ItemKind.FLAGS: "none",
        }
        for field in self._fields:
            if field.answer is None and field.item.kind in nothing:
                field.show_answer(nothing[field.item.kind])

    def _go_on(self) -> None:
        self._form.focusNextPrevChild(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The focus belongs to the first field."""
        if self._fields:
            self._fields[0].setFocus()

"""One item of the round's form: its words, its answer, and what was answered before."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QWidget

from kapmonitor.checklist import SEVERITIES, Item, ItemKind
from kapmonitor.events import Answer
from kapmonitor.regional import number
from kapmonitor.words import tr
from ui.live.panels.fields import NumberField
from ui.widgets.basic import OTHER_KEY, Choices, label, show_text
from ui.widgets.boxes import column, row

# So many letters of choices fit in a row of the panel.
SHORT_CHOICES = 32
_ROWS_OF_BUTTONS = (ItemKind.SCALE, ItemKind.SEVERITY)


class RoundField(QWidget):
    """One item of the form."""

    changed = Signal()

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.choices: Choices | None = None
        self.number: NumberField | None = None
        self.text: QLineEdit | None = None
        self._history = label("", "small")
        self._history.hide()
        words = tr(item.text) + (" *" if item.required else "")
        if item.kind in _ROWS_OF_BUTTONS:
            self._beside(words)
        elif item.kind is ItemKind.NUMBER:
            low = 0.0 if item.minimum is None else item.minimum
            high = 999.0 if item.maximum is None else item.maximum
            self.number = NumberField(words, item.unit, low, high, item.required)
            box = column(self, gap=0)
            box.addWidget(self.number)
            box.addWidget(self._history)
            self.setFocusProxy(self.number)
        elif item.kind is ItemKind.TEXT:
            self.text = QLineEdit()
            self.text.setAccessibleName(words)
            box = column(self, gap=2)
            box.addWidget(label(words))
            box.addWidget(self.text)
            box.addWidget(self._history)
            self.setFocusProxy(self.text)
        else:
            self._below(words)
        if self.choices is not None:
            self.choices.chosen.connect(lambda _value: self.changed.emit())
        elif self.number is not None:
            self.number.edited.connect(self.changed)
        elif self.text is not None:
            self.text.textEdited.connect(lambda _text: self.changed.emit())

    def _beside(self, words: str) -> None:
        values = self.item.values
        shown = [tr(value) if value in SEVERITIES else value for value in values]
        self.choices = Choices(list(zip(values, shown, strict=True)), tr(self.item.text), "scale")
        box = row(self, gap=8)
        box.addLayout(self._said(words), 1)
        box.addWidget(self.choices)
        self.setFocusProxy(self.choices)

    def _said(self, words: str) -> QBoxLayout:
        """The words, and below them what was answered before."""
        said = column(gap=0)
        said.addWidget(label(words, wrap=True))
        said.addWidget(self._history)
        return said

    def _below(self, words: str) -> None:
        item = self.item
        several = item.kind is ItemKind.FLAGS
        choices = [(choice.value, tr(choice.text)) for choice in item.choices]
        if several:
            choices.insert(0, ("none", tr("none of these")))
        # Short choices stand beside each other; anchors of a scale are sentences, one a line.
        long = sum(len(text) for _, text in choices) > SHORT_CHOICES
        upright = item.kind is not ItemKind.CHOICE or long
        numbered = upright and all(value.isdigit() for value in item.values)
        if item.kind is ItemKind.LEVEL or (numbered and not several):
            choices = [(v, f"{v if v.isdigit() else OTHER_KEY}   {t}") for v, t in choices]
        kind = "choice" if upright else "scale"
        self.choices = Choices(choices, tr(item.text), kind, upright, several)
        box = column(self, gap=3) if upright else row(self, gap=8)
        box.addLayout(self._said(words), 0 if upright else 1)
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
    def typed(self) -> Answer:
        """The answer as far as it can be kept, without a word about what does not fit."""
        return self.answer if self.number is None else self.number.number

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

    def show_history(self, last: Answer, before: Answer) -> None:
        """What the last round said, and the one before the dose as the reference."""
        parts = []
        if last is not None:
            parts.append(tr("last: {value}", value=self._words_of(last)))
        if before is not None:
            parts.append(tr("before the dose: {value}", value=self._words_of(before)))
        show_text(self._history, "   ".join(parts))
        self._history.setVisible(bool(parts))

    def _words_of(self, answer: Answer) -> str:
        text = number(answer) if isinstance(answer, float) else str(answer)
        if self.item.kind is ItemKind.LEVEL and text.isdigit():
            return text
        shown = {choice.value: tr(choice.text) for choice in self.item.choices}
        if self.item.kind is ItemKind.SEVERITY or text == "none":
            return tr(text)
        return ", ".join(shown.get(part, part) for part in text.split(","))

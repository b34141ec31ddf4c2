"""The items of a form below each other, made from its data file: for rounds and for scales."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from kapmonitor.checklist import Checklist
from kapmonitor.events import Answer
from kapmonitor.words import tr
from ui.live.panels.round_field import RoundField
from ui.widgets.basic import label
from ui.widgets.boxes import column, emptied


class ItemForm(QScrollArea):
    """Shows a form and what was answered; Qt keeps the field with the focus in view."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[RoundField] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._box = column(inside, margins=(0, 0, 8, 0), gap=5)
        self.setWidget(inside)

    def show_checklist(self, checklist: Checklist) -> None:
        """Make the form of this checklist."""
        emptied(self._box)
        self.fields = []
        for group in checklist.group:
            self._box.addWidget(label(tr(group.title), "group"))
            for item in checklist.item:
                if item.group == group.id:
                    field = RoundField(item)
                    if field.choices is not None:
                        field.choices.next_requested.connect(self._go_on)
                    field.changed.connect(self.changed)
                    self.fields.append(field)
                    self._box.addWidget(field)
        self._box.addStretch(1)

    def show_answers(self, answers: Mapping[str, Answer]) -> None:
        """Put these in; what is not among them is emptied."""
        for field in self.fields:
            field.show_answer(answers.get(field.item.id))

    def show_history(self, last: Mapping[str, Answer], before: Mapping[str, Answer]) -> None:
        """What was answered the last time, and before the dose."""
        for field in self.fields:
            field.show_history(last.get(field.item.id), before.get(field.item.id))

    @property
    def answers(self) -> dict[str, Answer]:
        """What was answered so far; a number that cannot be is marked at its field."""
        return {f.item.id: f.answer for f in self.fields if f.answer is not None}

    @property
    def typed(self) -> dict[str, Answer]:
        """What can be kept so far; nothing is marked."""
        return {f.item.id: f.typed for f in self.fields if f.typed is not None}

    def problem(self) -> str:
        """What is missing or does not fit, in words, with the focus at its field; else empty."""
        for field in self.fields:
            missing = field.item.required and field.answer is None
            if missing or not field.fits:
                field.setFocus()
                self.ensureWidgetVisible(field)
                words = tr("{item} is missing", item=tr(field.item.text))
                return words if missing else tr("A number does not fit.")
        return ""

    def begin(self) -> None:
        """From the top, the first field first."""
        self.verticalScrollBar().setValue(0)
        if self.fields:
            self.fields[0].setFocus()

    def _go_on(self) -> None:
        self.focusNextPrevChild(True)

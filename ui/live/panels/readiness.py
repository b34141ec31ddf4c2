"""The panel of what is asked before the dose: each answer is filed at once, by whom."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from kapmonitor.before_dose import ReadinessList
from kapmonitor.commands import AnswerReadiness
from kapmonitor.words import tr
from ui.live.side import Panel
from ui.widgets.basic import button, label
from ui.widgets.boxes import UprightArea, column
from ui.widgets.readiness_rows import Given, ReadinessRows


class ReadinessPanel(Panel):
    """Asks for `AnswerReadiness`; stays open until all is asked."""

    title = "Before the dose"
    stays = True
    one_at_a_time = False

    def __init__(self) -> None:
        super().__init__()
        self.body.addWidget(label(tr("1 yes, 2 no, 3 not asked. Filed at once."), "dim", wrap=True))
        inside = QWidget()
        box = column(inside, margins=(0, 0, 8, 0), gap=4)
        self.rows = ReadinessRows()
        self.rows.answered.connect(self._answer)
        box.addWidget(self.rows)
        box.addStretch(1)
        self.body.addWidget(UprightArea(inside), 1)
        self.buttons.addWidget(button(tr("Done  Ctrl+Enter"), "main", self.submit), 1)

    def show_state(self, form: ReadinessList, given: Mapping[str, Given]) -> None:
        """The list of this visit, with its answers so far."""
        if self.rows.show_form(form):
            self.dress(self.rows)
        self.rows.show_given(given)

    def begin(self) -> None:
        """The first open question first."""
        self.rows.focus_open()

    def submit(self) -> None:
        """Everything is filed already: a name being typed is taken, then it closes."""
        self.rows.take_names()
        self.close_requested.emit()

    def _answer(self, item: str, answer: str, note: str) -> None:
        self.ask(AnswerReadiness(item=item, answer=answer, note=note))

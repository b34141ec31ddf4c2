"""What is due, to be left out with a reason, or said to have been done early."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtWidgets import QLineEdit

from kapmonitor.commands import CountEarly, SkipCheck
from kapmonitor.words import tr
from ui.live.side import Panel
from ui.widgets.basic import Choices, button, label, show_text
from ui.widgets.boxes import column, emptied


class DueChoice(Struct, frozen=True):
    """One thing that is due: what and when in words; ``early`` tells what may count for it."""

    check: str
    instrument: str
    words: str
    when: str
    early: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.check} {self.instrument}".strip()


class DuePanel(Panel):
    """Asks for `SkipCheck` and `CountEarly`."""

    title = "What is due"
    # The words stand in a line of their own; what is due changes while one reads.
    stays = False

    def __init__(self) -> None:
        super().__init__()
        self._due: dict[str, DueChoice] = {}
        self._place = column()
        self._which: Choices | None = None
        self._none = label(tr("Nothing is due."), "dim")
        self._when = label("", "title", wrap=True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("why it is left out"))
        self.reason.setAccessibleName(tr("Why it is left out"))
        self._early_said = label("", "small", wrap=True)
        self._early = button(tr("Done early: it counts"), "", self.count_early)
        self._skip = button(tr("Leave it out  Ctrl+Enter"), "main", self.submit)
        self.body.addWidget(self._none)
        self.body.addLayout(self._place)
        self.body.addWidget(self._when)
        self.body.addWidget(label(tr("Leave it out"), "group"))
        self.body.addWidget(self.reason)
        self.body.addWidget(self._early_said)
        self.body.addWidget(self._early)
        self.body.addStretch(1)
        self.buttons.addWidget(self._skip, 1)

    def show_due(self, due: Sequence[DueChoice]) -> None:
        """These, the first one chosen; what was chosen stays chosen."""
        before = {key: one.words for key, one in self._due.items()}
        self._due = {one.key: one for one in due}
        if {one.key: one.words for one in due} != before:
            self._offer()
        self._show_chosen()

    def begin(self) -> None:
        """The first that is due; the reason is what is written."""
        self.reason.clear()
        if self._which is not None and self._due:
            self._which.show_values([next(iter(self._due))])
        self._show_chosen()
        self.reason.setFocus()

    def submit(self) -> None:
        """Leave out what is chosen."""
        chosen, why = self.chosen, self.reason.text().strip()
        if chosen is None:
            self.show_problem(tr("Nothing is due."))
        elif not why:
            self.show_problem(tr("Write why it is left out."))
            self.reason.setFocus()
        else:
            self.ask(SkipCheck(check=chosen.check, instrument=chosen.instrument, reason=why))

    def count_early(self) -> None:
        """The last reading or round counts for it."""
        if self.chosen is not None:
            self.ask(CountEarly(check=self.chosen.check))

    @property
    def chosen(self) -> DueChoice | None:
        """What is chosen."""
        return self._due.get(self._which.value) if self._which is not None else None

    def _offer(self) -> None:
        kept = self._which.value if self._which is not None else ""
        emptied(self._place)
        self._which = Choices(
            [(key, one.words) for key, one in self._due.items()],
            tr("What is due"), "choice", upright=True,
        )  # fmt: skip
        self._which.show_values([kept if kept in self._due else next(iter(self._due), "")])
        self._which.chosen.connect(lambda _key: self._show_chosen())
        self._place.addWidget(self._which)
        self.dress(self._which)

    def _show_chosen(self) -> None:
        chosen = self.chosen
        self._none.setVisible(not self._due)
        self._skip.setEnabled(chosen is not None)
        show_text(self._when, "" if chosen is None else chosen.when)
        early = "" if chosen is None else chosen.early
        show_text(self._early_said, early)
        self._early_said.setVisible(bool(early))
        self._early.setVisible(bool(early))

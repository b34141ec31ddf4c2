"""What is said later: more about an event, and another baseline than the frozen one."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from kapmonitor import regional
from kapmonitor.commands import AddDetail, ChangeBaseline
from kapmonitor.events import Baseline
from kapmonitor.words import tr
from ui.live.entry_words import TimelineRow
from ui.live.panels.fields import NumberField
from ui.live.side import Panel
from ui.widgets.basic import button, label

# The vitals of a baseline, with their unit and what they may be (the ranges of plausibility).
BASELINE_FIELDS = (
    ("systolic", "Systolic", "mmHg", 50, 270),
    ("diastolic", "Diastolic", "mmHg", 10, 210),
    ("pulse", "Pulse", "/min", 20, 300),
    ("spo2", "SpO₂", "%", 50, 100),
)


class DetailPanel(Panel):
    """Asks for `AddDetail`: the newest event is chosen, Up and Down choose another."""

    title = "Add to an event"

    def __init__(self) -> None:
        super().__init__()
        self._events = QListWidget()
        self._events.setAccessibleName(tr("Events"))
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("what is to be added"))
        self.text.setAccessibleName(tr("What is to be added"))
        self.body.addWidget(label(tr("Which event; the newest first"), "group"))
        self.body.addWidget(self._events, 1)
        self.body.addWidget(self.text)
        self.buttons.addWidget(button(tr("Add it  Ctrl+Enter"), "main", self.submit), 1)
        self._rows: tuple[TimelineRow, ...] = ()

    def show_events(self, rows: Sequence[TimelineRow]) -> None:
        """These events; what was chosen stays chosen."""
        if tuple(rows) == self._rows:
            return
        chosen = self._chosen()
        self._rows = tuple(rows)
        self._events.clear()
        for number, line in enumerate(self._rows):
            self._events.addItem(QListWidgetItem(f"{line.time}  {line.text}"))
            if line.number == chosen:
                self._events.setCurrentRow(number)

    def begin(self) -> None:
        """The newest event, ready for writing."""
        self.text.clear()
        self._events.setCurrentRow(0)
        self.text.setFocus()

    def submit(self) -> None:
        """File it."""
        number, text = self._chosen(), self.text.text().strip()
        if number is None:
            self.show_problem(tr("There is no event yet."))
        elif not text:
            self.show_problem(tr("Write what is to be added."))
            self.text.setFocus()
        else:
            self.ask(AddDetail(of=number, text=text))

    def _chosen(self) -> int | None:
        at = self._events.currentRow()
        return self._rows[at].number if 0 <= at < len(self._rows) else None


class BaselinePanel(Panel):
    """Asks for `ChangeBaseline`; what is left empty stays as it is."""

    title = "Another baseline"

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, NumberField] = {}
        self._now = label("", "dim", wrap=True)
        words = tr("The frozen baseline stays in the record. An empty field stays as it is.")
        self.body.addWidget(label(words, "dim", wrap=True))
        self.body.addWidget(self._now)
        for key, name, unit, low, high in BASELINE_FIELDS:
            self.fields[key] = NumberField(tr(name), unit, low, high, required=False)
            self.body.addWidget(self.fields[key])
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("why the baseline is changed"))
        self.reason.setAccessibleName(tr("Why the baseline is changed"))
        self.body.addWidget(self.reason)
        self.body.addStretch(1)
        self.buttons.addWidget(
            button(tr("Change the baseline  Ctrl+Enter"), "main", self.submit), 1
        )

    def show_baseline(self, baseline: Baseline | None) -> None:
        """What counts now."""
        if baseline is None:
            self._now.setText(tr("There is no baseline yet: the dose freezes it."))
            return
        values = ", ".join(
            f"{tr(name)} {regional.baseline(value, unit)}"
            for key, name, unit, _, _ in BASELINE_FIELDS
            if (value := getattr(baseline, key)) is not None
        )
        self._now.setText(tr("Now: {values}", values=values or tr("nothing")))

    def begin(self) -> None:
        """Empty, the systolic first."""
        for field in self.fields.values():
            field.begin()
        self.reason.clear()
        self.fields["systolic"].setFocus()

    def submit(self) -> None:
        """Ask for it; a number that cannot be is refused at its field."""
        checked = {key: field.checked() for key, field in self.fields.items()}
        wrong = next((key for key, (fits, _) in checked.items() if not fits), "")
        reason = self.reason.text().strip()
        if wrong:
            self.fields[wrong].setFocus()
        elif all(value is None for _, value in checked.values()):
            self.show_problem(tr("Type at least one value."))
        elif not reason:
            self.show_problem(tr("Write why the baseline is changed."))
            self.reason.setFocus()
        else:
            values = {key: value for key, (_, value) in checked.items()}
            self.ask(
                ChangeBaseline(
                    reason=reason,
                    systolic=values["systolic"],
                    diastolic=values["diastolic"],
                    pulse=values["pulse"],
                    spo2=values["spo2"],
                )
            )

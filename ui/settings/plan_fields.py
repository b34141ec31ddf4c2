"""Fields of a plan that are chosen and not typed: yes or no, a file that there is, scales."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from kapmonitor.errors import Refused
from kapmonitor.plan_form import NO, YES, PlanField, Scale, scales, scales_text
from kapmonitor.words import tr
from ui.widgets.basic import label
from ui.widgets.boxes import column, emptied, row

Named = tuple[str, str]


class ChoiceField(QComboBox):
    """One of what there is. A value that is not there stays, and is said to be missing."""

    def __init__(self, choices: Sequence[Named] = ()) -> None:
        super().__init__()
        self._known: tuple[Named, ...] = tuple(choices)
        self.show_value("")

    def show_choices(self, choices: Sequence[Named]) -> None:
        """Offer these, as (value, words); what was chosen stays."""
        chosen = self.text()
        self._known = tuple(choices)
        self.show_value(chosen)

    def text(self) -> str:
        """The chosen value."""
        return str(self.currentData() or "")

    def show_value(self, text: str) -> None:
        """Choose this value."""
        self.clear()
        for value, words in self._known:
            self.addItem(words, value)
        if text and self.findData(text) < 0:
            missing = tr("{name}: not there", name=text) if self._known else text
            self.addItem(missing, text)
        self.setCurrentIndex(self.findData(text))


class ScalesField(QWidget):
    """A line for each scale of the clinic: offered, before the dose, at which minutes."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(self, gap=4)
        self._titles: dict[str, str] | None = None
        self._rows: dict[str, _ScaleRow] = {}
        self._build("")

    def show_choices(self, choices: Sequence[Named]) -> None:
        """Offer these scales, as (name, title); what was entered stays."""
        entered = self.text()
        self._titles = dict(choices)
        self._build(entered)

    def text(self) -> str:
        """The scales as the plan keeps them."""
        return "; ".join(filter(None, (line.text() for line in self._rows.values())))

    def show_value(self, text: str) -> None:
        """Show these."""
        self._build(text)

    def row_of(self, name: str) -> "_ScaleRow":
        """The line of a scale."""
        return self._rows[name]

    def _build(self, text: str) -> None:
        try:
            chosen = {one.name: one for one in scales(text)}
        except Refused:
            return  # what is no number stays as it was typed, to be refused at the field
        emptied(self._box)
        self._rows = {}
        for name in dict.fromkeys((*(self._titles or ()), *chosen)):
            line = _ScaleRow(name, self._title(name), chosen.get(name))
            self._rows[name] = line
            self._box.addWidget(line)
        if not self._rows:
            words = tr("none yet: a file in the clinic's folder, see the help on clinic files")
            self._box.addWidget(label(words, "small", wrap=True))

    def _title(self, name: str) -> str:
        if self._titles is None:
            return name
        return self._titles.get(name) or tr("{name}: not there", name=name)


class _ScaleRow(QWidget):
    """One scale; it is offered as soon as it is due once."""

    def __init__(self, name: str, title: str, chosen: Scale | None) -> None:
        super().__init__()
        self._name = name
        self.offered = QCheckBox(title)
        self.before = QCheckBox(tr("before the dose"))
        self.minutes = QLineEdit()
        self.minutes.setPlaceholderText(tr("minutes, as in 40, 120"))
        for part, words in (
            (self.offered, tr("Scale {name}", name=name)),
            (self.before, tr("Scale {name} before the dose", name=name)),
            (self.minutes, tr("Minutes of the scale {name}", name=name)),
        ):
            part.setAccessibleName(words)
        if chosen is not None:
            self.offered.setChecked(True)
            self.before.setChecked(chosen.before_dose)
            self.minutes.setText(", ".join(f"{minute:g}" for minute in chosen.at_min))
        box = row(self, gap=8)
        box.addWidget(self.offered, 1)
        box.addWidget(self.before)
        box.addWidget(self.minutes, 1)

    def text(self) -> str:
        """As the plan keeps it; empty where it is not offered."""
        minutes = self.minutes.text().replace(";", ",").strip()
        if not (self.offered.isChecked() or self.before.isChecked() or minutes):
            return ""
        head = scales_text([Scale(self._name, self.before.isChecked())])
        if not minutes:
            return head
        return f"{head}, {minutes}" if self.before.isChecked() else f"{head}: {minutes}"


Editor = QLineEdit | ChoiceField | ScalesField


def show_in(edit: Editor, text: str) -> None:
    """Show a value in a field, from its beginning."""
    if isinstance(edit, QLineEdit):
        edit.setText(text)
        edit.setCursorPosition(0)
    else:
        edit.show_value(text)


def editor(field: PlanField) -> Editor:
    """What a field of the form is entered with."""
    if field.kind == "scales":
        return ScalesField()
    if field.kind == "yes_no":
        return ChoiceField(((YES, tr("yes")), (NO, tr("no"))))
    if field.kind in ("preset", "form"):
        return ChoiceField()
    return QLineEdit()

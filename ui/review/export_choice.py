"""How an export is made: paper, what it tells of the patient, and the worksheet's form."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from kapmonitor.words import tr
from ui.exporting import ExportWish
from ui.widgets.basic import Choices, label, show_text
from ui.widgets.boxes import column, row

PAPERS = (("a4", "A4"), ("letter", "Letter"))
TOLD = (("pseudonymous", "Pseudonymous"), ("no_free_text", "Without free text"))
_MOST_DAYS = 36_500
_RESEARCH = (
    "For research: the files go into the folder research beside the others. Pseudonymous is not "
    "anonymous: rare values and dates can betray a person. The pages below are those of the filed "
    "report."
)


class ExportChoicePart(QWidget):
    """A row of choices, and a line that says what they mean."""

    def __init__(self) -> None:
        super().__init__()
        self.paper = Choices([(name, tr(words)) for name, words in PAPERS], tr("Paper"), "choice")
        self.paper.show_values([ExportWish().page])
        words = [(name, tr(words)) for name, words in TOLD]
        self.told = Choices(words, tr("What it tells"), "choice", several=True)
        self.days = QSpinBox()
        self.days.setRange(-_MOST_DAYS, _MOST_DAYS)
        self.days.setAccessibleName(tr("Dates moved by days"))
        self.form = QComboBox()
        self.form.setAccessibleName(tr("Form of the worksheet"))
        self.form.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._said = label("", "small", wrap=True)
        line = row(gap=12)
        for made in (
            self.paper,
            self.told,
            label(tr("dates moved by"), "dim"),
            self.days,
            label(tr("days"), "dim"),
            self.form,
        ):
            line.addWidget(made)
        line.addStretch(1)
        box = column(self, gap=4)
        box.addLayout(line)
        box.addWidget(self._said)
        self._said.hide()
        self.told.chosen.connect(lambda _value: self._show_meaning())
        self.days.valueChanged.connect(lambda _days: self._show_meaning())
        self.show_forms(())

    def show_forms(self, names: Sequence[str]) -> None:
        """The clinic's own worksheets, after the program's."""
        chosen = str(self.form.currentData() or "")
        self.form.clear()
        self.form.addItem(tr("Worksheet: esketamine form"), "")
        for name in names:
            self.form.addItem(tr("Worksheet: {name}", name=name), name)
        self.form.setCurrentIndex(max(0, self.form.findData(chosen)))
        self.form.setVisible(bool(names))

    def show_formats(self, formats: Sequence[str]) -> None:
        """Which formats are chosen: a form is of use to the worksheet alone."""
        self.form.setEnabled("worksheet" in formats)

    def show_ordinary(self) -> None:
        """As for the file of the patient: each visit begins with that."""
        self.told.show_values([])
        self.days.setValue(0)
        self._show_meaning()

    def wish(self, formats: Sequence[str]) -> ExportWish:
        """What is chosen, for these formats."""
        return ExportWish(
            formats=tuple(formats),
            page=self.paper.value or ExportWish().page,
            pseudonymous="pseudonymous" in self.told.values,
            shift_days=self.days.value(),
            free_text="no_free_text" not in self.told.values,
            worksheet=str(self.form.currentData() or ""),
        )

    def _show_meaning(self) -> None:
        masks = bool(self.told.values) or self.days.value() != 0
        show_text(self._said, tr(_RESEARCH) if masks else "")
        self._said.setVisible(masks)

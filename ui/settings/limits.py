"""The alarm limits in a form: each row with default, range and source; kept as the clinic's own."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from alarms.limits import LimitSpec, TechnicalSpec
from alarms.preset_form import HEAD, OFF, ON, Cell, FormRow, ListedPreset, changed, head, rows
from alarms.presets import Preset
from kapmonitor.alarm_words import MARKS, PRIORITY_WORDS
from kapmonitor.errors import PlanError, Refused
from kapmonitor.event_words import alarm_name
from kapmonitor.events import Priority
from kapmonitor.regional import MMHG, pressure_entered, shown, unit
from kapmonitor.words import sentence, tr
from ui.live.limit_views import NAMES
from ui.live.panels.fields import number_of
from ui.services import Services
from ui.settings.keeping import KeepRow
from ui.settings.rows import section_box
from ui.widgets.basic import label, show_text
from ui.widgets.boxes import emptied, grid
from ui.widgets.jobs import Jobs

HEAD_WORDS = {
    "averaging": "Running average of pulse and SpO₂",
    "reminder_min": "Reminder while an alarm is off, every",
    "cuff_repeats": "Repeats of a failed cuff on the schedule",
}
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
Editor = QLineEdit | QComboBox | QCheckBox


class LimitsSection(QWidget):
    """Shows a preset and keeps a changed copy, by whom and why."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._preset: Preset | None = None
        self._own: set[str] = set()
        self._cells: dict[str, Cell] = {}
        self._units: dict[str, str] = {}
        self.editors: dict[str, Editor] = {}
        self._wrong: dict[str, QLabel] = {}
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Preset of alarm limits"))
        self.choice.activated.connect(lambda _place: self._read())
        self.foot = KeepRow(tr("name of the copy, as in our-limits"))
        self.foot.keep_requested.connect(self._on_keep)
        box = section_box(self)
        words = tr(
            "Each number is a default with its source. A clinic changes it in a copy of its own; "
            "one called default is used wherever a plan names no other. An alarm that can be high "
            "is never off, and changes only within its range. A visit keeps the limits that it "
            "began with."
        )
        box.addWidget(label(words, "small", wrap=True))
        box.addWidget(self.choice)
        self._table = grid(gap=6)
        box.addLayout(self._table)
        box.addWidget(self.foot)
        box.addStretch(1)

    def begin(self) -> None:
        """The presets as they are now."""
        self._jobs.run(self, self._world.clinic.presets, self.show_presets, self.foot.show_said)

    def show_presets(self, presets: Sequence[ListedPreset]) -> None:
        """List these; a wrong one with what is wrong."""
        before = self.choice.currentData()
        self.choice.clear()
        for preset in presets:
            words = preset.name
            if preset.problem is not None:
                words = sentence(preset.problem.code, preset.problem.facts)
            own = f"   {tr('the clinic’s own')}" if preset.own else ""
            self.choice.addItem(words + own, preset.name)
        self._own = {preset.name for preset in presets if preset.own}
        self.choice.setCurrentIndex(max(0, self.choice.findData(before)))
        self._read()

    def show_preset(self, preset: Preset) -> None:
        """Fill in the form."""
        self._preset = preset
        emptied(self._table)
        self.editors.clear()
        self._wrong.clear()
        for cell, (name, _, measure) in zip(head(preset), HEAD, strict=True):
            place = self._line
            self._table.addWidget(label(tr(HEAD_WORDS[name])), place, 0)
            self._editor(cell, QLineEdit(), place, 2, measure)
            self._table.addWidget(label(measure, "dim"), place, 3)
            self._explain(self._range(cell), [cell])
        for found in rows(preset):
            self._add(found)
        self._table.setColumnStretch(0, 3)
        self.foot.show_said("")
        # A copy of the program's own needs a name; another change of a copy keeps it.
        self.foot.suggest(preset.name if self.choice.currentData() in self._own else "")

    @property
    def _line(self) -> int:
        return self._table.rowCount()

    def _add(self, found: FormRow) -> None:
        """One alarm: its words, its cells in columns, and below where the numbers come from."""
        spec, cells, place = found.spec, found.cells, self._line
        name = alarm_name(spec.id)
        self._table.addWidget(label(f"{MARKS[spec.highest]} {name}", wrap=True), place, 0)
        if isinstance(spec, LimitSpec):
            self._numbers(spec, cells, place)
        if "on" in cells:
            self._editor(cells["on"], QCheckBox(tr("on")), place, 8)
        told = [tr("Source: {source}", source=spec.source)]
        if "value" in cells:
            told.insert(0, self._range(cells["value"]))
        if "other" in cells:
            told.insert(1, self._range(cells["other"]))
        if isinstance(spec, TechnicalSpec):
            told.insert(0, _steps(spec))
        self._explain(". ".join(told), list(cells.values()))

    def _numbers(self, spec: LimitSpec, cells: dict[str, Cell], place: int) -> None:
        kept = "%" if spec.percent else NAMES[spec.vital][1]
        sign = _SIGNS[spec.condition.value]
        words = f"{tr('rise')} {sign}" if spec.over_baseline else sign
        self._table.addWidget(label(words, "dim"), place, 1)
        self._editor(cells["value"], QLineEdit(), place, 2, kept)
        self._table.addWidget(label(unit(kept), "dim"), place, 3)
        if "other" in cells and spec.other is not None:
            self._editor(cells["other"], QLineEdit(), place, 4, NAMES[spec.other.vital][1])
        self._editor(cells["delay"], QLineEdit(), place, 5, "s")
        self._table.addWidget(label(tr("s delay"), "dim"), place, 6)
        choice = QComboBox()
        for value in cells["priority"].choices:
            choice.addItem(tr(PRIORITY_WORDS[Priority(value)]), value)
        self._editor(cells["priority"], choice, place, 7)

    def _editor(self, cell: Cell, editor: Editor, place: int, side: int, kept: str = "") -> None:
        row_of, _, part = cell.id.partition(".")
        head_words = HEAD_WORDS.get(row_of)
        editor.setAccessibleName(tr(head_words) if head_words else f"{alarm_name(row_of)}: {part}")
        self._cells[cell.id], self._units[cell.id] = cell, kept
        self.editors[cell.id] = editor
        if isinstance(editor, QLineEdit):
            editor.setText(shown(float(cell.value), MMHG) if kept == MMHG else cell.value)
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(cell.value)))
        else:
            editor.setChecked(cell.value == ON)
        self._table.addWidget(editor, place, side)

    def _explain(self, words: str, cells: Sequence[Cell]) -> None:
        """Default, range and source below a row, and there what is wrong with it."""
        self._table.addWidget(label(words, "small", wrap=True), self._line, 0, 1, 9)
        wrong = label("", "wrong", wrap=True)
        wrong.hide()
        self._table.addWidget(wrong, self._line, 2, 1, 7)
        for cell in cells:
            self._wrong[cell.id] = wrong

    def _range(self, cell: Cell) -> str:
        kept = self._units.get(cell.id, "")
        default, low, high = (
            shown(float(number), kept) if kept == MMHG else f"{float(number):g}"
            for number in (cell.default, cell.low, cell.high)
        )
        words = tr("Default {default}, {low} to {high}", default=default, low=low, high=high)
        return f"{words} {unit(kept)}".strip()

    def typed(self) -> dict[str, str]:
        """What stands in the cells, pressures in mmHg again."""
        return {name: self._typed(name, editor) for name, editor in self.editors.items()}

    def _typed(self, name: str, editor: Editor) -> str:
        if isinstance(editor, QComboBox):
            return str(editor.currentData())
        if isinstance(editor, QCheckBox):
            return ON if editor.isChecked() else OFF
        text = editor.text()
        number = number_of(text) if self._units[name] == MMHG else None
        return text if number is None else f"{pressure_entered(number):g}"

    def _read(self) -> None:
        self.foot.clear()
        name = self.choice.currentData()
        if name is not None:
            self._jobs.run(
                self,
                lambda: self._world.clinic.preset(str(name)),
                self.show_preset,
                self.foot.show_said,
            )

    def _on_keep(self) -> None:
        before = self._preset
        if before is None:
            return
        for wrong in self._wrong.values():
            wrong.hide()
        self.foot.show_said("")
        try:
            new = changed(before, self.foot.name, self.typed())
        except Refused as refused:
            self._show_refused(refused)
            return
        except PlanError as error:
            self.foot.show_said(sentence(error.code, error.facts))
            return
        by, why = self.foot.who_and_why
        self._jobs.run(
            self,
            lambda: self._world.clinic.save_preset(new, before, by, why),
            self._on_kept,
            self.foot.show_said,
        )

    def _show_refused(self, refused: Refused) -> None:
        name = str(refused.facts.get("field", ""))
        if name not in self.editors:
            self.foot.show_said(sentence(refused.code, refused.facts))
            return
        cell = self._cells[name]
        part = name.partition(".")[2]
        words = self._range(cell) if cell.kind != "choice" else ", ".join(cell.choices)
        show_text(self._wrong[name], f"{tr('delay')}: {words}" if part == "delay" else words)
        self._wrong[name].show()
        self.editors[name].setFocus()

    def wrong(self, cell: str) -> str:
        """What is wrong with a cell, empty when nothing is."""
        told = self._wrong[cell]
        return "" if told.isHidden() else told.text()

    def _on_kept(self, presets: Sequence[ListedPreset]) -> None:
        self.show_presets(presets)
        self.foot.show_kept()


def _steps(spec: TechnicalSpec) -> str:
    """When an alarm of the equipment reaches which priority."""
    return ", ".join(
        tr("{priority} after {seconds} s", priority=tr(PRIORITY_WORDS[step.priority]),
           seconds=f"{step.after:g}")
        for step in spec.steps
    )  # fmt: skip

"""The plans in a form: read one, change numbers, keep it as the clinic's own."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from alarms.preset_form import ListedPreset
from kapmonitor.checklist_form import ListedForm
from kapmonitor.errors import PlanError, Refused
from kapmonitor.plan import Plan
from kapmonitor.plan_form import FIELDS, ListedPlan, PlanField, changed, shown, source
from kapmonitor.plan_words import unprompted_words
from kapmonitor.regional import MMHG, pressure_entered, unit
from kapmonitor.regional import shown as shown_in
from kapmonitor.words import sentence, tr
from ui.live.panels.fields import number_of
from ui.services import Services
from ui.settings.keeping import KeepRow
from ui.settings.plan_fields import ChoiceField, Editor, ScalesField, editor, show_in
from ui.settings.rows import section_box
from ui.widgets.basic import label, show_text
from ui.widgets.boxes import grid
from ui.widgets.jobs import Jobs


class PlansSection(QWidget):
    """Every number with its source; a changed plan is a copy with a name, by whom and why."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._plan: Plan | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Plan"))
        self.choice.activated.connect(lambda _place: self._read())
        self.fields: dict[str, Editor] = {}
        self._wrong: dict[str, QLabel] = {}
        self._sources: dict[str, QLabel] = {}
        self.foot = KeepRow(tr("name of the copy, as in our-spray"))
        self.foot.keep_requested.connect(self._on_keep)
        box = section_box(self)
        words = tr(
            "Each number is a default with its source; a clinic changes it in a copy of its own. A "
            "visit keeps the plan that it began with."
        )
        box.addWidget(label(words, "small", wrap=True))
        box.addWidget(self.choice)
        self.unprompted = label("", "", wrap=True)
        box.addWidget(self.unprompted)
        table = grid(gap=6)
        for place, field in enumerate(FIELDS):
            self._add(table, place, field)
        table.setColumnStretch(1, 1)
        table.setColumnStretch(3, 2)
        box.addLayout(table)
        box.addWidget(self.foot)
        box.addStretch(1)

    def begin(self) -> None:
        """The plans as they are now."""
        self._jobs.run(self, self._world.plans, self.show_plans, self.foot.show_said)
        clinic = self._world.clinic
        self._jobs.run(self, clinic.presets, self.show_presets, self.foot.show_said)
        self._jobs.run(self, clinic.forms, self.show_forms, self.foot.show_said)

    def show_presets(self, presets: Sequence[ListedPreset]) -> None:
        """The presets of limits that a plan can name."""
        there = [(one.name, one.name) for one in presets if one.problem is None]
        limits = self.fields["limits"]
        assert isinstance(limits, ChoiceField)
        limits.show_choices(there)

    def show_forms(self, forms: Sequence[ListedForm]) -> None:
        """The forms of a round and the clinic's scales that a plan can name."""
        whole = [one for one in forms if one.problem is None]
        rounds, own = self.fields["checklist"], self.fields["scales"]
        assert isinstance(rounds, ChoiceField) and isinstance(own, ScalesField)
        rounds.show_choices([(x.name, _named(x.title, x.name)) for x in whole if x.sedation])
        own.show_choices([(x.name, x.title) for x in whole if x.own and not x.sedation])

    def show_plans(self, plans: Sequence[ListedPlan]) -> None:
        """List these; a wrong one with what is wrong."""
        before = self.choice.currentData()
        self.choice.clear()
        for plan in plans:
            words = f"{tr(plan.title)}   {plan.name}"
            if plan.problem is not None:
                words = sentence(plan.problem.code, plan.problem.facts)
            own = f"   {tr('the clinic’s own')}" if plan.own else ""
            self.choice.addItem(words + own, plan.name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(before)))
        self._read()

    def show_plan(self, plan: Plan) -> None:
        """Fill in the form."""
        self._plan = plan
        values = shown(plan)
        for field in FIELDS:
            show_in(self.fields[field.id], _as_shown(field, values[field.id]))
            self._sources[field.id].setText(source(plan, field.id))
            show_text(self._wrong[field.id], "")
        show_text(self.unprompted, " ".join(unprompted_words(plan)))
        self.foot.show_said("")

    def typed(self) -> dict[str, str]:
        """What stands in the fields, pressures in mmHg again."""
        return {field.id: _typed(field, self.fields[field.id].text()) for field in FIELDS}

    def _add(self, table: QGridLayout, place: int, field: PlanField) -> None:
        edit = editor(field)
        edit.setAccessibleName(tr(field.words))
        # Sources are long: they take the room that is left, in small letters.
        told, wrong = label("", "small", wrap=True), label("", "wrong", wrap=True)
        self.fields[field.id], self._sources[field.id], self._wrong[field.id] = edit, told, wrong
        table.addWidget(label(tr(field.words)), 2 * place, 0)
        table.addWidget(edit, 2 * place, 1)
        table.addWidget(label(unit(field.unit), "dim"), 2 * place, 2)
        table.addWidget(told, 2 * place, 3)
        table.addWidget(wrong, 2 * place + 1, 1, 1, 3)
        wrong.hide()

    def _read(self) -> None:
        name = self.choice.currentData()
        if name is None:
            return
        self.foot.clear()
        self._jobs.run(
            self, lambda: self._world.plan(str(name)), self.show_plan, self.foot.show_said
        )

    def _on_keep(self) -> None:
        before = self._plan
        if before is None:
            return
        for wrong in self._wrong.values():
            show_text(wrong, "")
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
            lambda: self._world.save_plan(new, before, by, why),
            self._on_kept,
            self.foot.show_said,
        )

    def _show_refused(self, refused: Refused) -> None:
        said = sentence(refused.code, refused.facts)
        field = str(refused.facts.get("field", ""))
        if field not in self.fields:
            self.foot.show_said(said)
            self.foot.focus_name()
            return
        known = next(one for one in FIELDS if one.id == field)
        words = tr(
            "{low} to {high}",
            low=shown_in(known.low, known.unit),
            high=shown_in(known.high, known.unit),
        )
        if known.kind in ("preset", "form"):
            words = tr("choose one")
        show_text(self._wrong[field], words)
        self.fields[field].setFocus()

    def _on_kept(self, plans: Sequence[ListedPlan]) -> None:
        self.show_plans(plans)
        self.foot.show_kept()


def _named(title: str, name: str) -> str:
    return f"{tr(title)}   {name}"


def _as_shown(field: PlanField, kept: str) -> str:
    """A field's text; a pressure in the unit in which the clinic reads it."""
    return shown_in(float(kept), MMHG) if field.unit == MMHG else kept


def _typed(field: PlanField, text: str) -> str:
    """What was typed as the form keeps it; what is no number stays, to be refused by name."""
    number = number_of(text) if field.unit == MMHG else None
    return text if number is None else f"{pressure_entered(number):g}"

"""The left part of the set-up page: the patient, what is to be given, and who is there."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QBoxLayout, QComboBox, QGridLayout, QLineEdit, QWidget

from kapmonitor.acts_dose import LARGEST_DOSE
from kapmonitor.course import LastTime, drug_key
from kapmonitor.course_words import local_day
from kapmonitor.plan import AGE_BANDS
from kapmonitor.regional import number
from kapmonitor.staff import Role
from kapmonitor.words import tr
from ui.live.panels.fields import NumberField
from ui.setup.from_last import Field, FromLast
from ui.setup.start import PlanOffer, SetupStart, plan_offers
from ui.widgets.basic import label, set_tone, show_text
from ui.widgets.boxes import grid, row
from ui.widgets.narrow import ChosenCombo

# Nobody in these rooms weighs less or more; the record takes none else.
WEIGHTS = (20.0, 300.0)
# Names without a known role stand in the last line.
OTHERS = ""
# What may stand on the page because it did last time.
REMEMBERED = {"name": "name", "age": "age band", "weight": "weight", "lot": "lot"}
CONFIRM = "Enter in the field of the weight confirms it."
ROLE_WORDS = {**{role.value: role.value for role in Role}, OTHERS: "others"}


class PatientBox(QWidget):
    """The fields. `wrong_field` names what cannot be; everything else may stay empty."""

    def __init__(self, staff: Sequence[str] = (), patient: str = "") -> None:
        super().__init__()
        self.patient, self.age, self.plan = QLineEdit(patient), QComboBox(), ChosenCombo()
        self.drug, self.lot, self.person = QLineEdit(), QLineEdit(), QComboBox()
        self.intentions, self.name = QLineEdit(), QLineEdit()
        self.weight = NumberField(tr("Weight"), "kg", *WEIGHTS, False, named=False)
        self.dose = NumberField(tr("Usual dose"), "mg", 0.1, 9999, True, named=False)
        self.per_kg = label("", "small")
        self._remembered = label("", "small", wrap=True)
        self._remembered.hide()
        self._last: LastTime | None = None
        self._lots: dict[str, str] = {}
        self._names = self.training = False
        self.from_last = FromLast(self._show_remembered)
        self.roles = {role: QLineEdit() for role in ROLE_WORDS}
        self._plans: dict[str, PlanOffer] = {}
        self._table = grid(self, gap=8)
        self._lay_out()
        self.age.addItem(tr("not said"), "")
        for band in AGE_BANDS:
            self.age.addItem(band, band)
        self.plan.currentIndexChanged.connect(self._on_plan)
        for field in self.roles.values():
            field.textChanged.connect(self._show_acting)
        self.weight.edited.connect(self._show_per_kg)
        self.weight.returned.connect(lambda: self.from_last.own("weight"))
        self.drug.textEdited.connect(lambda _text: self._offer_lot())
        for name, offered in self._offered().items():
            self.from_last.watch(name, offered)
        self.dose.edited.connect(self._show_per_kg)
        self.show_plans(plan_offers())
        self._show_people(tuple((name, OTHERS) for name in staff))
        self.show_intentions(False)
        self.show_names(False)

    def _offered(self) -> dict[str, Field]:
        """The fields that the last visit can fill, by their names in `REMEMBERED`."""
        return {"name": self.name, "age": self.age, "weight": self.weight, "lot": self.lot}

    def _lay_out(self) -> None:
        self.patient.setPlaceholderText(tr("a pseudonym is made when this is empty"))
        self.patient.setToolTip(tr("No name: the record keeps only this code."))
        self.plan.setToolTip(tr("Chooses checks, limits, observation time."))
        self.lot.setPlaceholderText(tr("lot number"))
        self.intentions.setPlaceholderText(tr("kept apart from the record"))
        first = row(gap=8)
        first.addWidget(self.patient, 1)
        first.addWidget(label(tr("Age")))
        first.addWidget(self.age)
        self.age.setAccessibleName(tr("Age band"))
        self.dose.add_beside(self.per_kg)
        drug = row(gap=8)
        drug.addWidget(self.drug, 1)
        drug.addWidget(self.lot, 1)
        self.lot.setAccessibleName(tr("Lot number"))
        self._line(tr("Patient code"), self.patient, first)
        self._name_caption = self._line(tr("Name"), self.name)
        self.name.setAccessibleName(tr("Patient's name"))
        self._table.addWidget(self._remembered, self._table.rowCount(), 0, 1, 2)
        self._line(tr("Plan"), self.plan)
        self._line(tr("Drug, lot"), self.drug, drug)
        self._line(tr("Weight"), self.weight)
        self._line(tr("Usual dose"), self.dose)
        self._table.addLayout(self._staff(), self._table.rowCount(), 0, 1, 2)
        self._line(tr("Acting now"), self.person)
        self._intentions = self._line(tr("Intentions"), self.intentions)
        self._table.setRowStretch(self._table.rowCount(), 1)

    def _line(self, name: str, field: QWidget, box: QBoxLayout | None = None) -> QWidget:
        caption, place = label(name), self._table.rowCount()
        caption.setBuddy(field)
        field.setAccessibleName(name)
        self._table.addWidget(caption, place, 0)
        if box is None:
            self._table.addWidget(field, place, 1)
        else:
            self._table.addLayout(box, place, 1)
        self._table.setColumnStretch(1, 1)
        return caption

    def _staff(self) -> QGridLayout:
        table = grid(gap=4)
        for place, (role, field) in enumerate(self.roles.items()):
            name = tr(ROLE_WORDS[role]).capitalize()
            field.setAccessibleName(name)
            field.setToolTip(tr("names, separated by semicolons"))
            line, side = divmod(place, 2)
            table.addWidget(label(name, "small"), 2 * line, side)
            table.addWidget(field, 2 * line + 1, side)
        return table

    def begin(self) -> None:
        """Another patient: nothing of the last one stays; people and plan do."""
        self.patient.clear()
        self.forget_last()
        self.name.clear()
        self.age.setCurrentIndex(0)
        self.weight.begin()
        self.lot.clear()
        self.intentions.clear()
        self._on_plan()
        self.patient.setFocus()

    def show_start(self, start: SetupStart) -> None:
        """The clinic's plans and people, and what was chosen last time."""
        if start.plans:
            self.show_plans(start.plans)
        at = self.plan.findData(start.last.plan)
        if at >= 0:
            self.plan.setCurrentIndex(at)
        remembered = tuple((name, start.last.roles.get(name, "")) for name in start.last.staff)
        people = start.people or remembered
        if people:
            self._show_people(people)
        self.person.setCurrentIndex(max(0, self.person.findText(start.last.person)))
        self.show_intentions(start.intentions)
        self.show_names(start.names)

    def show_plans(self, plans: Sequence[PlanOffer]) -> None:
        """The plans that can be chosen; what was chosen stays."""
        chosen = self.plan.currentData()
        self._plans = {plan.value: plan for plan in plans}
        self.plan.blockSignals(True)
        self.plan.clear()
        for plan in plans:
            self.plan.addItem(plan.title, plan.value)
        self.plan.setCurrentIndex(max(0, self.plan.findData(chosen)))
        self.plan.blockSignals(False)
        self._on_plan()

    def show_intentions(self, on: bool) -> None:
        """They are asked for only where a therapist's notes have a place of their own."""
        self.intentions.setVisible(on)
        self._intentions.setVisible(on)

    def show_names(self, on: bool) -> None:
        """The patient's name is asked for only where the clinic chose to keep names."""
        self._names = on
        shown = on and not self.training
        self.name.setVisible(shown)
        self._name_caption.setVisible(shown)

    def show_training(self, on: bool) -> None:
        """A training has no patient: no name, and nothing from a patient's visit or the stock."""
        self.training = on
        self.forget_last()
        self.show_names(self._names)
        self._offer_lot()

    # From last time -----------------------------------------------------------------------

    def show_lots(self, lots: Mapping[str, str]) -> None:
        """The lots that this clinic's drugs were given from last."""
        self._lots = dict(lots)
        self._offer_lot()

    def show_last(self, last: LastTime | None) -> None:
        """Offer what stood in this patient's last visit, where nothing was typed yet."""
        self.forget_last()
        self._last = last
        if last is None:
            return
        if not self.name.isHidden():
            self.from_last.offer("name", self.name, last.name)
        self.from_last.offer("age", self.age, last.age_band)
        weight = "" if last.weight_kg is None else number(last.weight_kg)
        self.from_last.offer("weight", self.weight, weight)
        self._show_per_kg()

    def forget_last(self) -> None:
        """Another patient: what was offered from the one before goes, what was typed stays."""
        self._last = None
        self.from_last.take_back("name", "age", "weight")
        self._show_per_kg()

    def unconfirmed(self) -> NumberField | None:
        """The weight while it is last time's and nobody has said that it still holds."""
        return self.weight if "weight" in self.from_last else None

    def _offer_lot(self) -> None:
        self.from_last.take_back("lot")
        if self.training:
            return
        self.from_last.offer("lot", self.lot, self._lots.get(drug_key(self.drug.text()), ""))

    def _show_remembered(self) -> None:
        """Which fields stand as they did, and what is to be done about it."""
        parts = [tr(words) for name, words in REMEMBERED.items() if name in self.from_last]
        words = ""
        if parts:
            words = tr("From last visit: {what}.", what=", ".join(parts))
            if self._last is not None and any(n != "lot" for n in self.from_last.names):
                when = local_day(self._last.opened, self._last.zone_minutes)
                words = tr("From last visit ({when}): {what}.", when=when, what=", ".join(parts))
        if "weight" in self.from_last:
            words = f"{words} {tr(CONFIRM)}"
        show_text(self._remembered, words)
        self._remembered.setVisible(bool(words))
        set_tone(self._remembered, "accent" if "weight" in self.from_last else "")

    @property
    def chosen_plan(self) -> PlanOffer | None:
        """The plan as it is offered."""
        return self._plans.get(str(self.plan.currentData()))

    @property
    def people(self) -> dict[str, str]:
        """Who is there, by name with the role; empty for others."""
        found: dict[str, str] = {}
        for role, field in self.roles.items():
            for name in names_in(field.text()):
                found.setdefault(name, role)
        return found

    def wrong_field(self) -> NumberField | None:
        """The first field that cannot be; it says so itself."""
        fields = (self.weight, self.dose)
        return next((field for field in fields if not field.checked()[0]), None)

    def planned_dose(self) -> float | None:
        """The dose where another than the plan's usual one was chosen."""
        plan, dose = self.chosen_plan, self.dose.number
        return None if plan is None or dose == plan.usual_dose else dose

    def planned_drug(self) -> str:
        """The drug where it is another than the plan's."""
        plan, drug = self.chosen_plan, self.drug.text().strip()
        return "" if plan is None or drug == plan.drug else drug

    def _show_people(self, people: Sequence[tuple[str, str]]) -> None:
        for role, field in self.roles.items():
            field.setText("; ".join(name for name, theirs in people if theirs == role))
            field.setCursorPosition(0)  # a long list is read from its beginning
        self._show_acting()

    def _show_acting(self) -> None:
        acting = self.person.currentText()
        self.person.clear()
        self.person.addItems(list(self.people))
        self.person.setCurrentIndex(max(0, self.person.findText(acting)))

    def _on_plan(self) -> None:
        plan = self.chosen_plan
        if plan is None:
            return
        self.drug.setText(plan.drug)
        self.dose.begin()
        largest = LARGEST_DOSE * max(plan.usual_dose, *plan.doses, 0.0)
        self.dose.show_range(0.1, largest, plan.unit)
        self.dose.type(number(plan.usual_dose))
        self._offer_lot()
        self._show_per_kg()

    def _show_per_kg(self) -> None:
        plan, weight, dose = self.chosen_plan, self.weight.number, self.dose.number
        words = ""
        if plan is not None and weight and dose:
            each = number(round(dose / weight, 2))
            words = tr("{amount} {unit}/kg", amount=each, unit=plan.unit)
        show_text(self.per_kg, words)
        self.per_kg.setVisible(bool(words))


def names_in(text: str) -> list[str]:
    """The names of a line; a semicolon parts them, for a comma belongs to a title."""
    return [name.strip() for name in text.split(";") if name.strip()]

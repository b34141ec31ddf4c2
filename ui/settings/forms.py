"""The forms of a round in a form: which items, in whose words; kept as the clinic's own."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from kapmonitor.checklist import Checklist, Group, Item, ItemKind
from kapmonitor.checklist_form import (
    ADDED_KINDS,
    ItemForm,
    ListedForm,
    NewItem,
    changed,
    needed,
)
from kapmonitor.errors import PlanError, Refused
from kapmonitor.words import sentence, tr
from ui.services import Services
from ui.settings.keeping import KeepRow
from ui.settings.rows import section_box
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import emptied, grid, row
from ui.widgets.jobs import Jobs

KIND_WORDS = {
    ItemKind.SEVERITY: "none, mild, moderate, severe",
    ItemKind.SCALE: "0 to 4",
    ItemKind.LEVEL: "one of",
    ItemKind.CHOICE: "one of",
    ItemKind.FLAGS: "several of",
    ItemKind.NUMBER: "a number",
    ItemKind.TEXT: "free text",
}
_APART = "; "


class FormsSection(QWidget):
    """Shows a form of a round and keeps a changed copy, by whom and why."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._form: Checklist | None = None
        self._used: dict[str, tuple[str, ...]] = {}
        self._own: set[str] = set()
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Form of a round"))
        self.choice.activated.connect(lambda _place: self._read())
        self.title = QLineEdit()
        self.title.setAccessibleName(tr("Title"))
        self.kept: dict[str, QCheckBox] = {}
        self.texts: dict[str, QLineEdit] = {}
        self.choices: dict[str, QLineEdit] = {}
        self.added: list[NewItem] = []
        self._plans, self._more = label("", "small", wrap=True), label("", "", wrap=True)
        self.new_text, self.new_kind, self.new_group = QLineEdit(), QComboBox(), QComboBox()
        self.foot = KeepRow(tr("name of the copy, as in our-round"))
        self.foot.keep_requested.connect(self._on_keep)
        self._lay_out()

    def _lay_out(self) -> None:
        box = section_box(self)
        words = tr(
            "Which questions a round has, and in whose words. Items that alarms, scores or the "
            "readiness to leave are judged by can be reworded and not left out. A plan names its "
            "form: Settings, Plans, Form of a round."
        )
        box.addWidget(label(words, "small", wrap=True))
        box.addWidget(self.choice)
        box.addWidget(self._plans)
        box.addWidget(self.title)
        self._table = grid(gap=6)
        self._table.setColumnStretch(1, 2)
        self._table.setColumnStretch(2, 3)
        box.addLayout(self._table)
        line = row(gap=8)
        self.new_text.setPlaceholderText(tr("another item, in your own words"))
        self.new_text.setAccessibleName(tr("Another item"))
        self.new_text.returnPressed.connect(self._on_add)
        self.new_kind.setAccessibleName(tr("How it is answered"))
        self.new_group.setAccessibleName(tr("Below which heading"))
        for kind in ADDED_KINDS:
            self.new_kind.addItem(tr(KIND_WORDS[kind]), kind.value)
        line.addWidget(self.new_text, 2)
        line.addWidget(self.new_kind)
        line.addWidget(self.new_group)
        line.addWidget(button(tr("Add"), "", self._on_add))
        box.addLayout(line)
        box.addWidget(self._more)
        box.addWidget(self.foot)
        box.addStretch(1)

    def begin(self) -> None:
        """The forms as they are now."""
        self._jobs.run(self, self._world.clinic.forms, self.show_forms, self.foot.show_said)

    def show_forms(self, forms: Sequence[ListedForm]) -> None:
        """List these; a wrong one with what is wrong."""
        before = self.choice.currentData()
        self.choice.clear()
        for form in forms:
            words = f"{tr(form.title)}   {form.name}"
            if form.problem is not None:
                words = sentence(form.problem.code, form.problem.facts)
            own = f"   {tr('the clinic’s own')}" if form.own else ""
            self.choice.addItem(words + own, form.name)
            self._used[form.name] = form.used_by
        self._own = {form.name for form in forms if form.own}
        self.choice.setCurrentIndex(max(0, self.choice.findData(before)))
        self._read()

    def show_form(self, form: Checklist) -> None:
        """Fill in the form."""
        self._form = form
        emptied(self._table)
        for fields in (self.kept, self.texts, self.choices):
            fields.clear()
        self.added.clear()
        self._show_added()
        self.title.setText(tr(form.title))
        used = self._used.get(form.name, ())
        plans = ", ".join(used) if used else tr("no plan")
        show_text(self._plans, tr("Used by: {plans}", plans=plans))
        fixed = needed(form)
        self.new_group.clear()
        for group in form.group:
            self.new_group.addItem(tr(group.title), group.id)
            self._add_group(group)
            for item in form.item:
                if item.group == group.id:
                    self._add_item(item, item.id in fixed)
        self.foot.show_said("")
        self.foot.suggest(form.name if form.name in self._own else "")

    def _add_group(self, group: Group) -> None:
        place = self._table.rowCount()
        self._table.addWidget(label(tr(group.title), "title"), place, 0, 1, 3)
        if group.source:
            words = tr("Source: {source}", source=group.source)
            self._table.addWidget(label(words, "small", wrap=True), place + 1, 0, 1, 3)

    def _add_item(self, item: Item, fixed: bool) -> None:
        place = self._table.rowCount()
        kept, text = QCheckBox(), QLineEdit(tr(item.text))
        kept.setChecked(True)
        kept.setEnabled(not fixed)
        kept.setAccessibleName(tr("Ask: {item}", item=tr(item.text)))
        text.setAccessibleName(tr(item.text))
        text.setCursorPosition(0)
        self.kept[item.id], self.texts[item.id] = kept, text
        if fixed:
            always = label(tr("always"), "dim")
            always.setToolTip(tr("Alarms, scores or leaving are judged by it."))
            self._table.addWidget(always, place, 0)
        else:
            self._table.addWidget(kept, place, 0)
        self._table.addWidget(text, place, 1)
        if item.choices:
            words = QLineEdit(_APART.join(tr(choice.text) for choice in item.choices))
            words.setAccessibleName(tr("Choices: {item}", item=tr(item.text)))
            words.setCursorPosition(0)
            self.choices[item.id] = words
            self._table.addWidget(words, place, 2)
        else:
            kind = tr(KIND_WORDS[item.kind])
            words_of = f"{kind} ({item.unit})" if item.unit else kind
            self._table.addWidget(label(words_of, "dim"), place, 2)

    def typed(self) -> dict[str, ItemForm]:
        """The items as they stand; what was not reworded keeps the words of the file."""
        assert self._form is not None
        return {item.id: self._typed(item) for item in self._form.item}

    def _typed(self, item: Item) -> ItemForm:
        text = self.texts[item.id].text()
        text = item.text if text == tr(item.text) else text
        choices = tuple(choice.text for choice in item.choices)
        if item.id in self.choices:
            words = self.choices[item.id].text()
            if words != _APART.join(tr(choice) for choice in choices):
                choices = tuple(part.strip() for part in words.split(";"))
        return ItemForm(text, choices, self.kept[item.id].isChecked())

    def _on_add(self) -> None:
        text = self.new_text.text().strip()
        if text:
            kind, group = self.new_kind.currentData(), self.new_group.currentData()
            self.added.append(NewItem(str(kind), str(group), text))
            self.new_text.clear()
            self._show_added()

    def _show_added(self) -> None:
        names = ", ".join(item.text for item in self.added)
        show_text(self._more, tr("New with this copy: {items}", items=names) if names else "")

    def _read(self) -> None:
        self.foot.clear()
        name = self.choice.currentData()
        if name is not None:
            self._jobs.run(
                self,
                lambda: self._world.clinic.form(str(name)),
                self.show_form,
                self.foot.show_said,
            )

    def _on_keep(self) -> None:
        before = self._form
        if before is None:
            return
        self.foot.show_said("")
        title = self.title.text()
        title = before.title if title == tr(before.title) else title
        try:
            new = changed(before, self.foot.name, title, self.typed(), tuple(self.added))
        except (Refused, PlanError) as error:
            self.foot.show_said(sentence(error.code, error.facts))
            return
        by, why = self.foot.who_and_why
        self._jobs.run(
            self,
            lambda: self._world.clinic.save_form(new, before, by, why),
            self._on_kept,
            self.foot.show_said,
        )

    def _on_kept(self, forms: Sequence[ListedForm]) -> None:
        self.show_forms(forms)
        self.foot.show_kept()

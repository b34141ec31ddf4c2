"""Who works here: a list with roles and PINs, and a form that adds or changes one person."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from kapmonitor.people_words import role_words
from kapmonitor.staff import Person, Role
from kapmonitor.words import tr
from ui.live.panels.people import PinField
from ui.services import Services
from ui.settings.rows import section_box
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import row
from ui.widgets.columns import ColumnList
from ui.widgets.jobs import Jobs


class StaffSection(QWidget):
    """Adds people, changes role and PIN, retires; nobody is deleted."""

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self._world, self._jobs = world, jobs
        self._people: dict[str, Person] = {}
        self.list = ColumnList(4, tr("Staff"))
        self.name, self.role, self.pin = QLineEdit(), QComboBox(), PinField()
        self.name.setPlaceholderText(tr("name, as it stands in the record"))
        self.name.setAccessibleName(tr("Name"))
        self.role.setAccessibleName(tr("Role"))
        for role in Role:
            self.role.addItem(role_words(role.value), role.value)
        self.pin.setPlaceholderText(tr("PIN, 4 to 12 digits"))
        self.add = button(tr("Add"), "main", self._on_add)
        self.set_role = button(tr("Change the role"), "", self._on_role)
        self.set_pin = button(tr("Change the PIN"), "", self._on_pin)
        self.retire = button(tr("Retire"), "", self._on_retire)
        self._said = label("", "wrong", wrap=True)
        box = section_box(self)
        words = tr(
            "Without a list anybody acts by name. With a PIN a visit begins locked and asks for "
            "it. A PIN guards against a wrong name, not against somebody who copies the file."
        )
        box.addWidget(label(words, "small", wrap=True))
        box.addWidget(self.list, 1)
        fields, tools = row(gap=8), row(gap=8)
        for field, share in ((self.name, 3), (self.role, 2), (self.pin, 2)):
            fields.addWidget(field, share)
        for made in (self.add, self.set_role, self.set_pin, self.retire):
            tools.addWidget(made)
        tools.addStretch(1)
        box.addLayout(fields)
        box.addLayout(tools)
        box.addWidget(self._said)
        self.reflections = QCheckBox(tr("Therapists write reflections, in a file of their own"))
        self.reflections.clicked.connect(self._on_reflections)
        box.addWidget(self.reflections)
        self.list.changed.connect(self._on_chosen)
        self.name.textEdited.connect(lambda _text: self._show_tools())
        self._show_tools()

    def begin(self) -> None:
        """The list as it is now."""
        self._jobs.run(self, self._world.people, self.show_people, self.show_said)
        self.reflections.setChecked(self._world.settings().reflections)

    def show_people(self, people: Sequence[Person]) -> None:
        """Show these."""
        chosen = self.name.text()
        self._people = {person.name: person for person in people}
        self.list.clear()
        for person in people:
            pin = tr("PIN") if person.pin else tr("no PIN")
            retired = tr("retired") if person.retired else ""
            role = role_words(person.role.value)
            self.list.add_line((person.name, role, pin, retired), person.name)
        if chosen in self._people:
            self.list.choose(list(self._people).index(chosen))
        self._show_tools()

    def show_said(self, text: str) -> None:
        """What was refused."""
        show_text(self._said, text)

    def _on_chosen(self) -> None:
        person = self._people.get(str(self.list.chosen))
        if person is not None:
            self.name.setText(person.name)
            self.role.setCurrentIndex(self.role.findData(person.role.value))
            self.pin.clear()
        self._show_tools()

    def _show_tools(self) -> None:
        person = self._people.get(self.name.text().strip())
        self.add.setEnabled(person is None and bool(self.name.text().strip()))
        for made in (self.set_role, self.set_pin, self.retire):
            made.setEnabled(person is not None)
        back = person is not None and person.retired
        self.retire.setText(tr("Bring back") if back else tr("Retire"))

    def _on_reflections(self, on: bool) -> None:
        self._jobs.run(
            self,
            lambda: self._world.change_settings(reflections=on),
            lambda _done: None,
            self.show_said,
        )

    def _on_add(self) -> None:
        self._do("add", role=str(self.role.currentData()), pin=self.pin.text())

    def _on_role(self) -> None:
        self._do("role", role=str(self.role.currentData()))

    def _on_pin(self) -> None:
        self._do("pin", pin=self.pin.text())

    def _on_retire(self) -> None:
        person = self._people.get(self.name.text().strip())
        self._do("back" if person is not None and person.retired else "retire")

    def _do(self, action: str, role: str = "", pin: str = "") -> None:
        name = self.name.text().strip()
        self.pin.clear()
        self.show_said("")
        self._jobs.run(
            self,
            lambda: self._world.change_staff(action, name, role, pin),
            self.show_people,
            self.show_said,
        )

"""The set-up page: one page for patient, route, staff and devices; then the visit begins."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QWidget,
)

from kapmonitor.plan import ROUTES
from kapmonitor.words import tr
from ui.home.help import PageHelp
from ui.setup.choice import SetupChoice
from ui.setup.devices import DeviceBox
from ui.setup.sound_test import SoundTest
from ui.widgets.basic import button, label
from ui.widgets.boxes import column, grid, panel_box, row


class SetupPage(QWidget):
    """Asks for the start of a visit, and for the way back."""

    start_requested = Signal(object)
    back_requested = Signal()
    sound_requested = Signal()
    patient_named = Signal(str)
    experimental_switched = Signal(bool)
    cuff_start_switched = Signal(bool)

    def __init__(self, staff: Sequence[str] = (), patient: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._patient, self._staff, self._person = QLineEdit(patient), QLineEdit(), QComboBox()
        self._route, self._address = QComboBox(), QLineEdit()
        self.devices = DeviceBox()
        self._experimental = QCheckBox(tr("Experimental devices: nobody has tried them yet"))
        self._experimental.clicked.connect(self.experimental_switched)
        self._cuff_start = QCheckBox(tr("Start commands to cuffs: nobody has tried them yet"))
        self._cuff_start.clicked.connect(self.cuff_start_switched)
        self._problem = label("", "wrong", wrap=True)
        self.sound = SoundTest()
        self.sound.test_requested.connect(self.sound_requested)
        self._start = button(tr("Start the visit"), "main", self._on_start)
        for code, name in ROUTES.items():
            self._route.addItem(tr(name).capitalize(), code)
        self._staff.setText("; ".join(staff))
        self._staff.textChanged.connect(self._show_people)
        self._person.setEditable(False)
        self._show_people(self._staff.text())
        outer = column(self, margins=(48, 28, 48, 24), gap=16)
        outer.addWidget(label(tr("Set up a visit"), "heading"))
        sides = row(gap=16)
        for share, part in ((2, self._left()), (3, self._right())):
            box, inside = panel_box()
            inside.addLayout(part, 1)
            sides.addWidget(box, share)
        outer.addLayout(sides, 1)
        self._last_time = label("", "title", wrap=True)
        self._patient.editingFinished.connect(self._on_patient)
        self._last_time.hide()
        outer.addWidget(self._last_time)
        outer.addWidget(self._problem)
        foot = row(gap=12)
        foot.addWidget(button(tr("Back"), "", self.back_requested.emit))
        self.help = PageHelp(self)
        foot.addWidget(button(tr("Keys  F1"), "small", self.help.show_keys))
        foot.addStretch(1)
        foot.addWidget(self._start)
        outer.addLayout(foot)

    def _left(self) -> QLayout:
        table = grid(gap=10)
        self._patient.setPlaceholderText(tr("a pseudonym is made when this is empty"))
        self._staff.setPlaceholderText(tr("names, separated by semicolons"))
        fields = (
            (tr("Patient code"), self._patient, tr("No name: the record keeps only this code.")),
            (tr("Route"), self._route, tr("Chooses the plan: checks, limits, observation time.")),
            (tr("Staff"), self._staff, tr("Who may act during the visit.")),
            (tr("Acting now"), self._person, tr("Entries carry this name; it can change later.")),
        )
        for number, (name, field, words) in enumerate(fields):
            caption = label(name, "title")
            caption.setBuddy(field)
            field.setAccessibleName(name)
            table.addWidget(caption, 3 * number, 0)
            table.addWidget(field, 3 * number + 1, 0)
            table.addWidget(label(words, "small", wrap=True), 3 * number + 2, 0)
        table.setRowStretch(3 * len(fields), 1)
        table.addWidget(self.sound, 3 * len(fields) + 1, 0)
        return table

    def _right(self) -> QLayout:
        side = column(gap=8)
        side.addWidget(self.devices, 1)
        self._address.setPlaceholderText(tr("another one, such as nonin-serial@serial:COM3"))
        self._address.setAccessibleName(tr("Another device's address"))
        side.addWidget(self._address)
        self._experimental.setToolTip(
            tr("Their tiles and the record say so. Which they are: docs/devices/experimental.md")
        )
        side.addWidget(self._experimental)
        self._cuff_start.setToolTip(
            tr("For the cuffs of docs/devices/jamr-bpm188.md "
               "and docs/devices/suntech-nibp.md. Stop always works.")
        )  # fmt: skip
        side.addWidget(self._cuff_start)
        return side

    def begin(self) -> None:
        """The first field first; the sound is tested anew before each visit."""
        self.sound.begin()
        self.devices.begin()
        self._patient.setFocus()

    def show_cuff_start(self, on: bool) -> None:
        """Whether cuffs may be started that nobody has started yet."""
        self._cuff_start.setChecked(on)

    def show_experimental(self, on: bool) -> None:
        """Whether devices that nobody has tried may be used."""
        self._experimental.setChecked(on)

    def show_last_time(self, code: str, text: str) -> None:
        """What happened in this patient's last visit; nothing for another code."""
        if code == self._patient.text().strip():
            self._last_time.setText(text)
            self._last_time.setVisible(bool(text))

    def _on_patient(self) -> None:
        code = self._patient.text().strip()
        self._last_time.hide()
        if code:
            self.patient_named.emit(code)

    def show_problem(self, text: str) -> None:
        """Say what is wrong; the visit can be tried again."""
        self._problem.setText(text)
        self.show_starting(False)

    def show_played(self, state: str) -> None:
        """The test burst was played; ``state`` is what the output says of itself."""
        self.sound.show_played(state)

    def show_starting(self, starting: bool) -> None:
        """While devices are looked for."""
        self._start.setEnabled(not starting)
        self._start.setText(tr("Looking for the devices…") if starting else tr("Start the visit"))

    def choice(self) -> SetupChoice:
        """What stands on the page."""
        typed = self._address.text().strip()
        staff = tuple(names_in(self._staff.text()))
        return SetupChoice(
            route=str(self._route.currentData()),
            patient_code=self._patient.text().strip(),
            devices=(*self.devices.chosen, *((typed,) if typed else ())),
            staff=staff,
            person=self._person.currentText(),
            heard=self.sound.heard,
            experimental=self._experimental.isChecked(),
            cuff_start=self._cuff_start.isChecked(),
            from_rooms=self.devices.from_rooms,
            wait_for=self.devices.wait_for,
        )

    def _show_people(self, text: str) -> None:
        acting = self._person.currentText()
        self._person.clear()
        self._person.addItems(names_in(text))
        self._person.setCurrentIndex(max(0, self._person.findText(acting)))

    def _on_start(self) -> None:
        self._problem.setText("")
        self.show_starting(True)
        self.start_requested.emit(self.choice())


def names_in(text: str) -> list[str]:
    """The names of a line; a semicolon parts them, for a comma belongs to a title."""
    return [name.strip() for name in text.split(";") if name.strip()]

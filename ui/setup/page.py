"""The set-up page: one page for patient, route, staff and devices; then the visit begins."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLayout, QLineEdit, QWidget

from kapmonitor.before_dose import load_readiness
from kapmonitor.course import LastTime
from kapmonitor.words import tr
from ui.home.help import PageHelp
from ui.setup.choice import SetupChoice
from ui.setup.devices import DeviceBox
from ui.setup.patient import PatientBox
from ui.setup.sound_test import SoundTest
from ui.setup.start import SetupStart
from ui.widgets.basic import button, label, show_text
from ui.widgets.boxes import UprightArea, column, panel_box, row
from ui.widgets.narrow import worded
from ui.widgets.readiness_rows import ReadinessRows

TRAINING = "TRAINING: only virtual devices are chosen, this is no patient's visit"


class SetupPage(QWidget):
    """Asks for the start of a visit, and for the way back."""

    start_requested = Signal(object)
    back_requested = Signal()
    sound_requested = Signal()
    patient_named = Signal(str)
    experimental_switched = Signal(bool)
    cuff_start_switched = Signal(bool)
    made = Signal(QWidget)

    def __init__(self, staff: Sequence[str] = (), patient: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.visit, self.readiness = PatientBox(staff, patient), ReadinessRows()
        self._patient, self._route = self.visit.patient, self.visit.plan
        self._code = ""
        self._person = self.visit.person
        self._address = QLineEdit()
        self.devices = DeviceBox()
        self.devices.chosen_changed.connect(self._show_training)
        self._experimental = QCheckBox()
        self._experimental.clicked.connect(self.experimental_switched)
        self._cuff_start = QCheckBox()
        self._cuff_start.clicked.connect(self.cuff_start_switched)
        self._problem = label("", "wrong", wrap=True)
        self.sound = SoundTest()
        self.sound.test_requested.connect(self.sound_requested)
        self._start = button(tr("Start the visit  Ctrl+Enter"), "main", self._on_start)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._on_start)
        outer = column(self, margins=(24, 16, 24, 16), gap=10)
        head = row(gap=16)
        head.addWidget(label(tr("Set up a visit"), "heading"))
        self._training = label(tr(TRAINING), "demo")
        self._training.hide()
        head.addWidget(self._training)
        head.addStretch(1)
        outer.addLayout(head)
        sides = row(gap=16)
        for share, part in ((4, self._left()), (4, self._middle()), (4, self._right())):
            box, inside = panel_box()
            inside.addLayout(part, 1)
            sides.addWidget(box, share)
        outer.addLayout(sides, 1)
        self._last_time = label("", "title", wrap=True)
        self._patient.editingFinished.connect(self._on_patient)
        # The way by Enter: code, weight, questions. Everything else stands as it did last time.
        self._patient.returnPressed.connect(self.visit.weight.setFocus)
        self.visit.weight.returned.connect(self._on_weight)
        self._last_time.hide()
        outer.addWidget(self._last_time)
        outer.addWidget(self._problem)
        self._problem.hide()
        foot = row(gap=12)
        foot.addWidget(button(tr("Back"), "", self.back_requested.emit))
        self.help = PageHelp(self)
        foot.addWidget(button(tr("Keys  F1"), "small", self.help.show_keys))
        foot.addStretch(1)
        foot.addWidget(self._start)
        outer.addLayout(foot)
        self.readiness.show_form(load_readiness())

    def _left(self) -> QLayout:
        side = column(gap=8)
        side.addWidget(self.visit, 1)
        side.addWidget(self.sound)
        return side

    def _middle(self) -> QLayout:
        side = column(gap=6)
        side.addWidget(label(tr("Before the dose"), "title"))
        hint = tr(
            "Enter leads here from code and weight. 1 yes, 2 no, 3 not asked, or in the visit."
        )
        side.addWidget(label(hint, "small", wrap=True))
        inside = QWidget()
        box = column(inside, margins=(0, 0, 8, 0), gap=4)
        box.addWidget(self.readiness)
        box.addStretch(1)
        side.addWidget(UprightArea(inside), 1)
        return side

    def _right(self) -> QLayout:
        side = column(gap=8)
        side.addWidget(self.devices, 1)
        self._address.setPlaceholderText(tr("another one, such as nonin-serial@serial:COM3"))
        self._address.setAccessibleName(tr("Another device's address"))
        side.addWidget(self._address)
        self._experimental.setToolTip(
            tr("Their tiles and the record say so. Which they are: docs/devices/experimental.md")
        )
        side.addLayout(
            worded(self._experimental, tr("Experimental devices: nobody has tried them yet"))
        )
        self._cuff_start.setToolTip(
            tr("For the cuffs of docs/devices/jamr-bpm188.md "
               "and docs/devices/suntech-nibp.md. Stop always works.")
        )  # fmt: skip
        side.addLayout(
            worded(self._cuff_start, tr("Start commands to cuffs: nobody has tried them yet"))
        )
        return side

    def begin(self) -> None:
        """The first field first; the sound is tested anew before each visit."""
        self.sound.begin()
        self.devices.begin()
        self.visit.begin()
        self.readiness.clear()
        self._last_time.hide()
        self._code = ""
        self._patient.setFocus()

    def show_start(self, start: SetupStart) -> None:
        """The clinic's plans, people and questions, and what is remembered."""
        self.visit.show_start(start)
        if self.readiness.show_form(start.readiness or load_readiness()):
            self.made.emit(self.readiness)

    def show_cuff_start(self, on: bool) -> None:
        """Whether cuffs may be started that nobody has started yet."""
        self._cuff_start.setChecked(on)

    def show_experimental(self, on: bool) -> None:
        """Whether devices that nobody has tried may be used."""
        self._experimental.setChecked(on)

    def show_last_time(self, code: str, text: str, facts: LastTime | None = None) -> None:
        """What happened in this patient's last visit and stood then; nothing for another code."""
        if code == self._patient.text().strip():
            self._last_time.setText(text)
            self._last_time.setVisible(bool(text))
            self.visit.show_last(facts)

    def _on_patient(self) -> None:
        """Another code: what was told of the one before is put away."""
        code = self._patient.text().strip()
        if code == self._code:
            return
        self._code = code
        self._last_time.hide()
        self.visit.forget_last()
        if code:
            self.patient_named.emit(code)

    @property
    def training(self) -> bool:
        """Whether nothing but virtual devices is chosen: such a visit lies apart from patients'."""
        chosen = self.devices.chosen
        return bool(chosen) and all("virtual:" in source for source in chosen)

    def _show_training(self) -> None:
        """What was told of a patient goes when it becomes a training, and the other way round."""
        training = self.training
        if training == self.visit.training:
            return
        self._training.setVisible(training)
        self.visit.show_training(training)
        self._last_time.hide()
        if self._code:
            self.patient_named.emit(self._code)

    def _on_weight(self) -> None:
        """Confirmed, typed or left empty: on to what is asked, where the number can be."""
        if self.visit.weight.checked()[0]:
            self._say("")
            self.readiness.focus_open()

    def show_problem(self, text: str) -> None:
        """Say what is wrong; the visit can be tried again."""
        self._say(text)
        self.show_starting(False)

    def _say(self, text: str) -> None:
        show_text(self._problem, text)
        self._problem.setVisible(bool(text))

    def show_played(self, state: str) -> None:
        """The test burst was played; ``state`` is what the output says of itself."""
        self.sound.show_played(state)

    def show_starting(self, starting: bool) -> None:
        """While devices are looked for."""
        self._start.setEnabled(not starting)
        self._start.setText(
            tr("Looking for the devices…") if starting else tr("Start the visit  Ctrl+Enter")
        )

    def choice(self) -> SetupChoice:
        """What stands on the page."""
        typed = self._address.text().strip()
        people = self.visit.people
        return SetupChoice(
            route=str(self._route.currentData()),
            patient_code=self._patient.text().strip(),
            devices=(*self.devices.chosen, *((typed,) if typed else ())),
            staff=tuple(people),
            person=self._person.currentText(),
            roles={name: role for name, role in people.items() if role},
            age_band=str(self.visit.age.currentData()),
            weight_kg=self.visit.weight.number,
            drug=self.visit.planned_drug(),
            dose=self.visit.planned_dose(),
            lot=self.visit.lot.text().strip(),
            readiness={
                item: (given.answer, given.note) for item, given in self.readiness.given().items()
            },
            intentions=self.visit.intentions.text().strip(),
            patient_name="" if self.visit.name.isHidden() else self.visit.name.text().strip(),
            heard=self.sound.heard,
            experimental=self._experimental.isChecked(),
            cuff_start=self._cuff_start.isChecked(),
            from_rooms=self.devices.from_rooms,
            wait_for=self.devices.wait_for,
        )

    def _on_start(self) -> None:
        wrong = self.visit.wrong_field()
        if wrong is not None:
            self._say(tr("A number does not fit: {range}.", range=wrong.wrong))
            wrong.setFocus()
            return
        if not self._start.isEnabled():
            return
        weight = self.visit.unconfirmed()
        if weight is not None:
            self._say(
                tr("{weight} kg is from the last visit. Enter confirms it, or type another.",
                   weight=weight.text())
            )  # fmt: skip
            weight.setFocus()
            return
        self._say("")
        self.show_starting(True)
        self.start_requested.emit(self.choice())

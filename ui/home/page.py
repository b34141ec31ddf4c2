"""The start page: begin a visit, try a demonstration, see the earlier visits."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from kapmonitor.words import tr
from ui.home.help import PageHelp
from ui.home.key_box import KeyBox
from ui.home.trial import TrialBox
from ui.home.visits import VisitList
from ui.keys import key_for
from ui.setup.choice import PastVisit
from ui.widgets.basic import button, label, restyle, show_text
from ui.widgets.boxes import column, panel_box, row
from ui.widgets.export_run import ExportRun

SPEEDS = (1, 5, 20)
VISIT = "Patient, route, staff and devices on one page; then monitoring begins."
KEY_FIRST = "A visit needs the key of the records first: at the right. A demonstration does not."
NOTICE = (
    "kapmonitor records, displays and exports vital signs, checklists and notes, as an aid to the "
    "supervising clinician. It is a secondary display. It has not been reviewed by any regulator, "
    "must not be the only means of monitoring a patient, and does not replace a cleared monitor's "
    "own alarms, which must stay switched on, nor observation by qualified staff. It does not "
    "recommend treatment."
)


class HomePage(QWidget):
    """Asks for a visit, a demonstration, the export of an earlier visit, or other limits on it."""

    visit_requested = Signal()
    demo_requested = Signal(str, float)
    resume_requested = Signal(str)
    training_switched = Signal()
    export_requested = Signal(str)
    trial_requested = Signal(str, str)
    settings_requested = Signal()
    devices_requested = Signal()
    course_requested = Signal()
    review_requested = Signal(str)

    def __init__(self, scenarios: Sequence[str] = ("ordinary",)) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._visit = button(tr("Start a visit"), "big", self.visit_requested.emit)
        self._demo = button(tr("Open the demonstration"), "", self._on_demo)
        self._scenario, self._speed = QComboBox(), QComboBox()
        self._scenario.addItems(list(scenarios))
        self._scenario.setAccessibleName(tr("Scenario"))
        for speed in SPEEDS:
            self._speed.addItem(tr("{speed} × as fast", speed=speed), float(speed))
        self._speed.setAccessibleName(tr("Speed"))
        self._training = QCheckBox(tr("Training and demonstrations"))
        self._training.toggled.connect(self._on_training)
        self._past = VisitList()
        self._review = button(tr("Review"), "main", self._on_review)
        self._past.itemActivated.connect(lambda _item: self._on_review())
        self._resume = button(tr("Resume the visit"), "", self._on_resume)
        self._export = button(tr("Export PDF and CSV"), "", self._on_export)
        self._try = button(tr("Try other limits"), "", self._on_try)
        self.keys = KeyBox()
        self.trial = TrialBox()
        self.trial.hide()
        for made in (self._review, self._resume, self._export, self._try):
            made.setEnabled(False)  # until there is a visit
        self._past.changed.connect(self._show_tools)
        self.trial.run_requested.connect(self._on_trial)
        self._said = label("", "", wrap=True)
        self._problem = label("", "wrong", wrap=True)
        self._problem.hide()
        self._reminders = label("", "title", wrap=True)
        self._reminders.hide()
        self.exporting = ExportRun(self._export, self.show_said)
        outer = column(self, margins=(64, 44, 64, 24), gap=20)
        head = column(gap=2)
        head.addWidget(label("kapmonitor", "heading"))
        head.addWidget(label(tr("One timeline for a ketamine-assisted visit"), "dim"))
        outer.addLayout(head)
        outer.addWidget(self._problem)
        outer.addWidget(self._reminders)
        sides = row(gap=16)
        sides.addWidget(self._left(), 2)
        self._visits, (self._lock, inside) = self._right(), panel_box()
        inside.addWidget(self.keys)
        self._lock.hide()
        sides.addWidget(self._visits, 3)
        sides.addWidget(self._lock, 3)
        outer.addLayout(sides, 1)
        outer.addWidget(label(tr(NOTICE), "small", wrap=True))

    def _left(self) -> QWidget:
        box, side = panel_box()
        side.addWidget(label(tr("Visit"), "title"))
        self._about_visit = label(tr(VISIT), "small", wrap=True)
        side.addWidget(self._about_visit)
        side.addWidget(self._visit)
        side.addSpacing(20)
        side.addWidget(label(tr("Training and demonstration"), "title"))
        words = tr(
            "A virtual patient with a scenario by name. Its record lies apart and is marked."
        )
        side.addWidget(label(words, "small", wrap=True))
        choices = row(gap=8)
        choices.addWidget(self._scenario, 3)
        choices.addWidget(self._speed, 2)
        side.addLayout(choices)
        side.addWidget(self._demo)
        side.addStretch(1)
        self.help = PageHelp(self)
        side.addWidget(button(tr("A patient's course"), "", self.course_requested.emit))
        devices = key_for("devices")
        words = f"{devices.text}  {devices.press}"
        side.addWidget(button(words, "", self.devices_requested.emit))
        made = QShortcut(QKeySequence(devices.press), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(self.devices_requested)
        side.addWidget(button(tr("Settings"), "", self.settings_requested.emit))
        side.addWidget(button(tr("Keys  F1"), "", self.help.show_keys))
        return box

    def _right(self) -> QWidget:
        box, side = panel_box()
        head = row(gap=12)
        self._past_title = label(tr("Visits"), "title")
        head.addWidget(self._past_title)
        head.addStretch(1)
        head.addWidget(self._training)
        side.addLayout(head)
        side.addWidget(self._past, 1)
        tools = row(gap=12)
        tools.addWidget(self._resume)
        tools.addWidget(self._review)
        tools.addWidget(self._export)
        tools.addWidget(self._try)
        tools.addWidget(self._said, 1)
        side.addLayout(tools)
        side.addWidget(self.trial)
        return box

    def begin(self) -> None:
        """The main button first."""
        self._visit.setFocus()

    def show_key_asked(self, asked: bool) -> None:
        """While the key of the records is asked for, the box for it stands in the visits' place."""
        if asked == self._lock.isHidden():
            self._lock.setVisible(asked)
            self._visits.setVisible(not asked)
            if not asked:
                self.begin()

    def show_may_begin(self, may: bool) -> None:
        """A visit needs a key for its record; a demonstration never does."""
        self._visit.setEnabled(may)
        show_text(self._about_visit, tr(VISIT if may else KEY_FIRST))

    def show_past(self, visits: Sequence[PastVisit]) -> None:
        """Show the earlier visits, the newest first."""
        self._past.show_visits(visits)
        self._export.setEnabled(bool(visits))
        self._try.setEnabled(bool(visits))
        self._review.setEnabled(bool(visits))
        self._show_tools()

    @property
    def shows_training(self) -> bool:
        """Whether the list is of training and demonstrations instead of patients' visits."""
        return self._training.isChecked()

    def show_training(self) -> None:
        """The list of training and demonstrations instead."""
        self._training.setChecked(True)

    def _on_training(self, on: bool) -> None:
        show_text(self._past_title, tr("TRAINING, no patients") if on else tr("Visits"))
        self._past_title.setProperty("role", "demo" if on else "title")
        restyle(self._past_title)
        self.training_switched.emit()

    def _show_tools(self) -> None:
        """Only an interrupted visit can be gone on with; then that is the main thing to do."""
        resumable = self._past.resumable
        self._resume.setEnabled(resumable)
        for made, kind in ((self._resume, resumable), (self._review, not resumable)):
            made.setProperty("kind", "main" if kind else "")
            restyle(made)

    def show_problem(self, text: str) -> None:
        """What is wrong with this installation, for as long as it is; empty when nothing is."""
        show_text(self._problem, text)
        self._problem.setVisible(bool(text))

    def show_reminders(self, text: str) -> None:
        """Appointments for integration that come."""
        show_text(self._reminders, text)
        self._reminders.setVisible(bool(text))

    def show_said(self, text: str) -> None:
        """How the export went, or what went wrong."""
        show_text(self._said, text)

    def _on_resume(self) -> None:
        if self._past.resumable:
            self.resume_requested.emit(self._past.record)

    def _on_demo(self) -> None:
        self.demo_requested.emit(self._scenario.currentText(), self._speed.currentData())

    def _on_review(self) -> None:
        if self._past.record:
            self.review_requested.emit(self._past.record)

    def _on_export(self) -> None:
        if not self.exporting.cancel() and self._past.record:
            self.export_requested.emit(self._past.record)

    def show_trial_box(self) -> None:
        """The box for other limits, open."""
        if self.trial.isHidden():
            self._on_try()

    def _on_try(self) -> None:
        """The box for other limits comes and goes."""
        self.trial.setVisible(self.trial.isHidden())
        if not self.trial.isHidden():
            self.trial.limits.setFocus()

    def _on_trial(self, limits: str) -> None:
        if self._past.record:
            self.trial_requested.emit(self._past.record, limits)

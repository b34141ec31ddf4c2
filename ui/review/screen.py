"""The review of a finished visit: its tabs, and what they fetch. A composition and nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from kapmonitor.record.amend import Later
from kapmonitor.staff import Person, working
from kapmonitor.words import tr
from ui.exporting import ExportWish
from ui.live.model import LiveModel
from ui.live.people import PersonView
from ui.review.compare_tab import CompareTab
from ui.review.correct_tab import CorrectTab
from ui.review.parts import TableView
from ui.review.past import PastVisitRead
from ui.review.report import PagePicture
from ui.review.report_tab import ReportTab
from ui.review.tables import alarm_table, check_table, event_table, round_table, scale_table
from ui.review.visit_tab import VisitTab
from ui.services import Services
from ui.setup.choice import PastVisit
from ui.trial_result import Progress
from ui.widgets.basic import Choices, button, label, show_text
from ui.widgets.boxes import column, row
from ui.widgets.jobs import Jobs

TABS = (
    ("visit", "Visit"),
    ("alarms", "Alarms"),
    ("rounds", "Rounds"),
    ("checks", "Checks"),
    ("events", "Events"),
    ("correct", "Correct"),
    ("compare", "Compare"),
    ("report", "Report"),
)


class ReviewScreen(QWidget):
    """Shows a record; asks to go back."""

    back_requested = Signal()

    def __init__(self, world: Services, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._world, self._jobs = world, jobs
        self._record = ""
        self._previewed = ""
        self.past: PastVisitRead | None = None
        self._simulated = label(tr("DEMONSTRATION"), "demo")
        self._title, self._said = label("", "title"), label("", "small")
        self.tabs = Choices([(name, tr(words)) for name, words in TABS], tr("Part of the review"),
                            "choice")  # fmt: skip
        self.visit, self.compare, self.report = VisitTab(), CompareTab(), ReportTab()
        self.alarms, self.rounds = TableView(tr("Alarms")), TableView(tr("Rounds"))
        self.checks, self.scales = TableView(tr("Checks")), TableView(tr("Clinic's scales"))
        self.events, self.correct = TableView(tr("Events")), CorrectTab()
        self._stack = QStackedWidget()
        shown = (self.visit, self.alarms, self._rounds_and_scales(), self.checks, self.events,
                 self.correct)  # fmt: skip
        for tab in (*shown, self.compare, self.report):
            self._stack.addWidget(tab)
        outer = column(self, margins=(12, 8, 12, 8), gap=8)
        head = row(gap=12)
        for widget in (self._simulated, self._title, self._said):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.tabs)
        head.addWidget(button(tr("Back  Esc"), "", self.back_requested.emit))
        outer.addLayout(head)
        outer.addWidget(self._stack, 1)
        self._simulated.hide()
        self.tabs.chosen.connect(self.show_tab)
        self.compare.other_requested.connect(self._read_other)
        self.report.export_requested.connect(self._export)
        self.correct.file_requested.connect(self._file)

    def _rounds_and_scales(self) -> QWidget:
        """The rounds, and below them the clinic's scales where there are any."""
        both, self._of_scales = QWidget(), QWidget()
        below = column(self._of_scales, gap=4)
        below.addWidget(label(tr("Clinic's scales"), "group"))
        below.addWidget(self.scales, 1)
        box = column(both, gap=8)
        box.addWidget(self.rounds, 3)
        box.addWidget(self._of_scales, 1)
        return both

    def open_record(self, record: str, tab: str = "visit") -> None:
        """Read a record and show it."""
        self._record, self.past = record, None
        show_text(self._title, "")
        show_text(self._said, tr("Reading…"))
        self.show_tab(tab)
        self._jobs.run(self, lambda: self._world.review(record), self._show_past, self._say)
        self._jobs.run(
            self,
            lambda: self._of_its_kind(record),
            lambda past: self.compare.show_others(past, record),
            self._say,
        )
        self._jobs.run(self, self._world.people, self._show_people, self._say)
        self.report.choice.show_ordinary()
        forms = self.report.choice.show_forms
        self._jobs.run(self, self._world.worksheets, forms, self.report.show_said)

    def _of_its_kind(self, record: str) -> list[PastVisit]:
        """Visits to compare with: a training's are trainings, a patient's are patients'."""
        trainings = self._world.past_training()
        if any(visit.path == record for visit in trainings):
            return trainings
        return self._world.past()

    def _show_past(self, read: tuple[PastVisitRead, LiveModel]) -> None:
        past, whole = read
        self.past = past
        self._simulated.setVisible(past.opened.simulated)
        show_text(self._title, visit_name(past))
        show_text(self._said, tr("sealed") if past.sealed else tr("not sealed"))
        self.visit.show_visit(past, whole)
        self.alarms.show_table(alarm_table(whole.session))
        self.rounds.show_table(round_table(whole.session))
        self.scales.show_table(scale_table(whole.session))
        self._of_scales.setVisible(bool(whole.session.instruments))
        self.checks.show_table(check_table(whole.session))
        self.events.show_table(event_table(whole.session))
        self.correct.show_visit(whole.session, past.sealed)
        self.compare.show_visit(whole, visit_name(past))

    def _show_people(self, people: Sequence[Person]) -> None:
        known = [PersonView(p.name, p.role.value, bool(p.pin)) for p in working(people)]
        names = [PersonView(name) for name in self._world.staff]
        self.correct.show_people(known or names)

    def show_tab(self, name: str) -> None:
        """Show a part; the report is made when it is first looked at."""
        names = [tab for tab, _ in TABS]
        self.tabs.show_values([name])
        self._stack.setCurrentIndex(names.index(name))
        if name != "visit":
            self.visit.stop()
        if name == "report" and self._previewed != self._record:
            record = self._previewed = self._record
            self.report.show_pages(())
            self.report.show_said(tr("Making the pages…"))
            self._jobs.run(
                self, lambda: self._world.preview(record), self._show_pages, self.report.show_said
            )

    def _show_pages(self, pages: Sequence[PagePicture]) -> None:
        self.report.show_pages(pages)
        self.report.show_said("")

    def leave(self) -> None:
        """The screen is left: nothing plays on."""
        self.visit.stop()
        self.report.exporting.cancel()

    def _read_other(self, record: str) -> None:
        def done(read: tuple[PastVisitRead, LiveModel]) -> None:
            self.compare.show_other(read[1], visit_name(read[0]))

        self._jobs.run(self, lambda: self._world.review(record), done, self.compare.show_said)

    def _export(self, wish: ExportWish) -> None:
        progress, tab, record = Progress(), self.report, self._record
        tab.exporting.begin(progress)

        def done(files: list[Path]) -> None:
            names = ", ".join(file.name for file in files)
            folder = files[0].parent if files else ""
            failed(tr("Exported: {files} in {folder}", files=names, folder=folder))

        def failed(text: str) -> None:
            tab.exporting.end()
            tab.show_said(text)

        export = partial(self._world.export_as, record, wish, progress)
        self._jobs.run(self, export, done, failed)

    def _file(self, event: Later, by: str, pin: str, felt: float | None) -> None:
        """Add a correction or a note to the record, then read it again."""
        record = self._record

        def done(code: str) -> None:
            self.correct.show_said(tr("Filed and sealed again, short code {code}.", code=code))
            self._previewed = ""
            self._jobs.run(self, lambda: self._world.review(record), self._show_past, self._say)

        amend = partial(self._world.amend, record, event, by, pin, felt)
        self._jobs.run(self, amend, done, self.correct.show_said)

    def _say(self, text: str) -> None:
        show_text(self._said, text)

    def begin(self) -> None:
        """The screen comes into view."""
        QTimer.singleShot(0, self.visit, self.visit.setFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)


def visit_name(past: PastVisitRead) -> str:
    """Patient code, date and time of a visit."""
    first = past.entries[0]
    local = datetime.fromtimestamp(first.utc, UTC) + timedelta(minutes=first.zone_minutes)
    return f"{past.opened.patient_code or '–'}   {local:%Y-%m-%d %H:%M}"

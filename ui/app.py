"""The application: one window, its pages, and the way between them. Nothing happens at import."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
from PySide6.QtCore import QSize, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kapmonitor.afterwards import Advice
from kapmonitor.checklist import Checklist
from kapmonitor.commands import AddNote
from kapmonitor.course import PastVisitSummary
from kapmonitor.course_words import last_time
from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.keys import Keys
from kapmonitor.settings import Display
from kapmonitor.words import tr
from ui.home.course import CoursePage
from ui.home.key_desk import KeyDesk
from ui.home.page import HomePage
from ui.live.link import EngineLink
from ui.live.window import LiveWindow, WindowOptions
from ui.services import Begun, Services, services
from ui.settings.display import DisplaySection
from ui.settings.page import SettingsPage
from ui.setup.choice import DEMO, SetupChoice
from ui.setup.filing import file_answers
from ui.setup.looking import Looking
from ui.setup.page import SetupPage
from ui.theme.apply import apply_theme
from ui.theme.fonts import can_draw_digits, load_fonts
from ui.theme.theme import load_theme, scale_for
from ui.trial_result import Progress
from ui.widgets.boxes import column
from ui.widgets.jobs import Jobs
from ui.window_state import keep_on_top, put_back, where_it_is

if TYPE_CHECKING:
    from ui.review.screen import ReviewScreen


class VisitSetting(Protocol):
    """Of a visit's data files the window needs the checklist."""

    @property
    def checklist(self) -> Checklist:
        """The form of a round."""


def make_application() -> QApplication:
    """The one QApplication; raises KapmonitorError when it cannot draw digits."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("kapmonitor")
    app.setStyle("Fusion")
    load_fonts()
    if not can_draw_digits():
        raise KapmonitorError("no_font")
    return app


def run_begun(begun: Begun, export: Callable[[str, Progress], list[Path]]) -> int:
    """Show a visit that has begun until its window is closed; the exit code."""
    options = WindowOptions(
        begun.checklist,
        people=begun.people,
        guarded=begun.guarded,
        emergency=begun.emergency,
        keep_reflection=begun.keep_reflection,
    )
    return run_window(begun.link, begun, export, options)


def run_window(
    link: EngineLink,
    setting: VisitSetting,
    export: Callable[[str, Progress], list[Path]],
    options: WindowOptions | None = None,
) -> int:
    """Show one visit until its window is closed; the exit code. ``export`` is `Services.export`."""
    app = make_application()
    given = options or WindowOptions()
    given.checklist = given.checklist or setting.checklist
    window = LiveWindow(link, given)
    exporter = Exporter(window, export)
    window.home_requested.connect(window.close)
    put_back(window, Display())
    code = app.exec()
    exporter.close()
    return code


def open_home(data: Path, keys: Keys) -> int:
    """Show the start page until the window is closed; the exit code."""
    app = make_application()
    world = services(data, keys)
    window = MainWindow(world)
    put_back(window, world.settings().display)
    code = app.exec()
    window.home.exporting.cancel()
    window.close_jobs()
    return code


class Exporter:
    """Exports for a live window whose visit has ended, and opens the report."""

    def __init__(self, window: LiveWindow, export: Callable[[str, Progress], list[Path]]) -> None:
        self.jobs = Jobs(window)
        self._window, self._export = window, export
        window.export_requested.connect(self.run)
        window.open_requested.connect(open_file)

    def run(self, record: str) -> None:
        """Export a record and tell how it went."""
        panel, progress = self._window.panels.finished, Progress()
        panel.exporting.begin(progress)
        self.jobs.run(lambda: self._export(record, progress), self._done, self._failed)

    def close(self) -> None:
        """Take no more, and call back what runs."""
        self._window.panels.finished.exporting.cancel()
        self.jobs.close()

    def _failed(self, text: str) -> None:
        panel = self._window.panels.finished
        panel.exporting.end()
        panel.show_progress(text)

    def _done(self, files: list[Path]) -> None:
        report = next((str(path) for path in files if path.suffix == ".pdf"), "")
        folder = files[0].parent if files else ""
        words = tr("Exported: {files} in {folder}", files=", ".join(p.name for p in files),
                   folder=folder)  # fmt: skip
        panel = self._window.panels.finished
        panel.exporting.end()
        panel.show_progress(words, report)


def open_file(path: str) -> None:
    """Open a file with the system's own program."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


class MainWindow(QWidget):
    """Home, set-up and the live screen, one at a time."""

    def __init__(self, world: Services, theme: str = "") -> None:
        super().__init__()
        self.world, self.jobs = world, Jobs(self)
        # Trials and exports may last; scans do not wait for them.
        self._trials = Jobs(self)
        self._trial = Progress()
        self._display = world.settings().display
        self._theme = theme or self._display.theme
        self._visit: Begun | None = None
        self.live: LiveWindow | None = None
        self.review: ReviewScreen | None = None
        self.home, self.setup = HomePage(world.scenarios), SetupPage(world.staff)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.home)
        self._pages.addWidget(self.setup)
        self.settings, self.course = SettingsPage(world, self.jobs), CoursePage()
        self._pages.addWidget(self.settings)
        self._pages.addWidget(self.course)
        column(self, gap=0).addWidget(self._pages)
        self.setWindowTitle(tr("kapmonitor"))
        self.setMinimumSize(1024, 640)
        self._rest = QTimer(self, singleShot=True, interval=60)
        self._rest.timeout.connect(self._dress)
        self.home.visit_requested.connect(self.show_setup)
        self.home.demo_requested.connect(self._demo)
        self.home.resume_requested.connect(self._resume)
        self.home.export_requested.connect(self._export)
        self.home.trial_requested.connect(self._try_limits)
        self.home.training_switched.connect(self._show_past)
        self.home.settings_requested.connect(self.show_settings)
        self.home.course_requested.connect(self.show_course)
        self.course.back_requested.connect(self.show_home)
        self.course.course_requested.connect(self._find_course)
        self.setup.patient_named.connect(self._find_last_time)
        self.home.review_requested.connect(self.show_review)
        self.settings.back_requested.connect(self.show_home)
        display = self.settings.section("display")
        assert isinstance(display, DisplaySection)
        display.changed.connect(self._show_as)
        self.home.trial.cancel_requested.connect(self._cancel_trial)
        self.setup.sound_requested.connect(self._try_sound)
        self.setup.sound.output_chosen.connect(self._choose_output)
        self.setup.sound.floor_chosen.connect(self._choose_floor)
        self.setup.back_requested.connect(self.show_home)
        self._looking = Looking(self.setup.devices, world)
        self.setup.start_requested.connect(self.start)
        self.setup.made.connect(lambda _made: self._dress())
        self.setup.experimental_switched.connect(self._switch_experimental)
        self.setup.cuff_start_switched.connect(self._switch_cuff_start)
        self._keys = KeyDesk(self.home.keys, self.jobs, world.keys)
        self._keys.may_begin.connect(self.home.show_may_begin)
        self._keys.shown.connect(self.home.show_key_asked)
        self._keys.unlocked.connect(self._show_past)
        self._dress()
        self.show_home()

    def close_jobs(self) -> None:
        """Take no more work; what runs is left to end by itself."""
        self.jobs.close()
        self._looking.close()

    def show_home(self) -> None:
        """The start page, with the visits as they are now."""
        self._let_go()
        self._pages.setCurrentWidget(self.home)
        self.home.begin()
        self._keys.look()
        self.jobs.run(self.world.settings_problem, self.home.show_problem, self.home.show_said)
        self._show_past()
        self.jobs.run(self.world.reminders, self.home.show_reminders, self.home.show_said)
        self.jobs.run(self.world.presets, self.home.trial.show_presets, self.home.trial.show_said)

    def _let_go(self) -> None:
        """Of the visit that was live, and of a replay."""
        if self.review is not None:
            self.review.leave()
        if self.live is not None:
            self._pages.removeWidget(self.live)
            self.live.close()
            self.live.deleteLater()
            self.live = None
        if self._visit is not None:
            self._visit.close()
            self._visit = None

    def _show_past(self) -> None:
        """Patients' visits, or training: never both in one list."""
        past = self.world.past_training if self.home.shows_training else self.world.past
        self.jobs.run(past, self.home.show_past, self.home.show_said)

    def show_setup(self) -> None:
        """The set-up page, with the serial ports that there are."""
        self._pages.setCurrentWidget(self.setup)
        self.setup.begin()
        self._looking.begin()
        sound = self.setup.sound
        self.jobs.run(self.world.outputs, sound.show_outputs, sound.show_failed)
        self.jobs.run(
            lambda: self.world.settings().experimental,
            self.setup.show_experimental,
            self.setup.show_problem,
        )
        self.jobs.run(
            lambda: self.world.settings().cuff_start,
            self.setup.show_cuff_start,
            self.setup.show_problem,
        )
        self.jobs.run(self.world.setup_start, self.setup.show_start, self.setup.show_problem)

    def show_review(self, record: str) -> None:
        """A finished visit, read back."""
        self._let_go()
        if self.review is None:
            from ui.review.screen import ReviewScreen

            self.review = ReviewScreen(self.world, self._trials)
            self.review.back_requested.connect(self.show_home)
            self._pages.addWidget(self.review)
            self._dress()
        self._pages.setCurrentWidget(self.review)
        self.review.open_record(record)
        self.review.begin()

    def show_course(self) -> None:
        """A patient's earlier visits, by code."""
        self._pages.setCurrentWidget(self.course)
        self.course.begin()

    def _find_course(self, code: str) -> None:
        page = self.course
        self.jobs.run(lambda: self.world.course(code), page.show_course, page.show_said)

    def _find_last_time(self, code: str) -> None:
        def show(visits: list[PastVisitSummary]) -> None:
            self.setup.show_last_time(code, last_time(visits))

        self.jobs.run(lambda: self.world.course(code), show, self.setup.show_problem)

    def show_settings(self) -> None:
        """What this installation has chosen for itself."""
        self._pages.setCurrentWidget(self.settings)
        self.settings.begin()

    def _show_as(self, display: Display) -> None:
        """Other display settings: they hold at once, and from now on."""
        self._display, self._theme = display, display.theme
        self._dress()
        keep_on_top(self, display.on_top)
        self._keep(self.home.show_said, display=display)

    def start(self, choice: SetupChoice) -> None:
        """Begin a visit; what goes wrong is said on the page that asked."""
        self._looking.rest()
        asked_at_home = self._pages.currentWidget() is self.home
        failed = self.home.show_said if asked_at_home else self.setup.show_problem
        self.jobs.run(
            lambda: self.world.begin(choice), lambda begun: self._show_live(begun, choice), failed
        )

    def _show_live(self, begun: Begun, choice: SetupChoice) -> None:
        self._visit = begun
        self.setup.show_starting(False)
        self.home.show_said("")
        options = WindowOptions(
            begun.checklist, choice.staff, choice.person, self._theme,
            view=self._display.view, second_view=self._display.second_screen,
            people=begun.people, guarded=begun.guarded, emergency=begun.emergency,
            last_time=begun.last_time, keep_reflection=begun.keep_reflection,
        )  # fmt: skip
        live = LiveWindow(begun.link, options)
        live.home_requested.connect(self.show_home)
        live.panels.finished.offer_review(self.show_review)
        self.jobs.run(self.world.advice, partial(self._offer_after, live), self.home.show_said)
        self._exporter = Exporter(live, self.world.export)
        if choice.heard:
            live.desk.ask_unlocked(AddNote(text=tr(choice.heard), kind="sound_test"))
        file_answers(live, begun, choice)
        self.live = live
        self._pages.addWidget(live)
        self._pages.setCurrentWidget(live)
        if self._display.second_screen and len(QApplication.screens()) > 1:
            live.second.show(self._display.second_screen)

    def _offer_after(self, live: LiveWindow, advice: Advice) -> None:
        """What there is after the seal: the advice, and the appointment for integration."""

        def keep(days: int, hour: int, minute: int) -> str:
            opened = live.model.session.opened
            session = "" if opened is None else opened.session
            return self.world.keep_appointment(session, days, hour, minute)

        live.panels.finished.afterwards.offer(advice, keep)
        self._dress()

    def _demo(self, scenario: str, speed: float) -> None:
        self.home.show_said(tr("Starting the demonstration…"))
        self.start(msgspec.structs.replace(DEMO, scenario=scenario, speed=speed))

    def _resume(self, record: str) -> None:
        self.home.show_said(tr("Resuming the visit…"))
        choice = SetupChoice(DEMO.route, "", ())
        self.jobs.run(
            lambda: self.world.resume(record),
            lambda begun: self._show_live(begun, choice),
            self.home.show_said,
        )

    def _export(self, record: str) -> None:
        def done(files: list[Path]) -> None:
            folder = str(files[0].parent) if files else ""
            failed(tr("Exported to {folder}", folder=folder))

        def failed(text: str) -> None:
            self.home.exporting.end()
            self.home.show_said(text)

        progress = Progress()
        self.home.exporting.begin(progress)
        self._trials.run(lambda: self.world.export(record, progress), done, failed)

    def _try_limits(self, record: str, limits: str) -> None:
        self._trial = Progress()
        progress, box = self._trial, self.home.trial
        box.show_running(progress)
        self._trials.run(
            lambda: self.world.trial(record, limits, progress), box.show_trial, box.show_said
        )

    def _cancel_trial(self) -> None:
        self._trial.cancelled = True

    def _try_sound(self) -> None:
        self.jobs.run(self.world.try_sound, self.setup.show_played, self.setup.sound.show_failed)

    def _keep(self, failed: Callable[[str], None], **chosen: object) -> None:
        self.jobs.run(lambda: self.world.change_settings(**chosen), lambda _done: None, failed)

    def _choose_output(self, output: str) -> None:
        self._keep(self.setup.sound.show_failed, sound_output=output)

    def _choose_floor(self, floor: float) -> None:
        self._keep(self.setup.sound.show_failed, volume_floor=floor)

    def _switch_cuff_start(self, on: bool) -> None:
        self._keep(self.setup.show_problem, cuff_start=on)

    def _switch_experimental(self, on: bool) -> None:
        self._keep(self.setup.show_problem, experimental=on)

    def _dress(self) -> None:
        theme = load_theme(self._theme, scale_for(self.width(), self.height()))
        for page in (self.home, self.setup, self.settings, self.course, self.review):
            if page is not None:
                apply_theme(page, theme)

    def sizeHint(self) -> QSize:
        """The size it is designed for."""
        return QSize(1366, 768)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size: dressed anew once resizing rests."""
        self._rest.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running visit is not ended by closing; the live screen asks what is meant."""
        if self.live is not None and not self.live.close():
            event.ignore()
            return
        if self._visit is not None:
            self._visit.close()
            self._visit = None
        self._cancel_trial()
        self._trials.close()
        self._keep_place()
        event.accept()

    def _keep_place(self) -> None:
        """Where the window stood is kept; that it could not be is no reason to stay open."""
        with suppress(KapmonitorError):
            self.world.change_settings(display=where_it_is(self, self._display))

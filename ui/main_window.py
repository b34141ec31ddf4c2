"""The window of the pages: home, set-up, settings, a course, review and the live visit.

A composition and the way between its pages; what the pages ask for is done by `ui.errands`.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from kapmonitor.afterwards import Advice
from kapmonitor.errors import KapmonitorError
from kapmonitor.settings import Display
from kapmonitor.words import sentence, tr
from ui.beginning import Begun
from ui.errands import Errands
from ui.home.key_desk import KeyDesk
from ui.home.page import HomePage
from ui.services import Services
from ui.setup.choice import DEMO, SetupChoice
from ui.theme.apply import apply_theme
from ui.theme.theme import load_theme, scale_for
from ui.widgets.boxes import column
from ui.widgets.jobs import Jobs
from ui.window_state import keep_on_top, smallest

if TYPE_CHECKING:
    from ui.devices.page import DevicesPage
    from ui.home.course import CoursePage
    from ui.live.window import LiveWindow
    from ui.review.screen import ReviewScreen
    from ui.settings.page import SettingsPage
    from ui.setup.page import SetupPage


class MainWindow(QWidget):
    """One page at a time. A page other than home is made when it is first asked for."""

    def __init__(self, world: Services, theme: str = "") -> None:
        super().__init__()
        self.world, self.jobs = world, Jobs(self)
        self.display = world.settings().display
        self._theme = theme or self.display.theme
        self._visit: Begun | None = None
        self._starting = False
        self.live: LiveWindow | None = None
        self.review: ReviewScreen | None = None
        self._pages = QStackedWidget()
        self._themed: list[QWidget] = []
        self._dressed = False
        self.home = HomePage(world.scenarios)
        self.errands = Errands(self)
        column(self, gap=0).addWidget(self._pages)
        self.setWindowTitle(tr("kapmonitor"))
        self.setMinimumSize(smallest(self))
        self._rest = QTimer(self, singleShot=True, interval=60)
        self._rest.timeout.connect(self._dress)
        self._add(self.home)
        self._connect_home()
        self._keys = KeyDesk(self.home.keys, self.jobs, world.keys)
        self._keys.may_begin.connect(self.home.show_may_begin)
        self._keys.shown.connect(self.home.show_key_asked)
        self._keys.unlocked.connect(self.errands.show_past)
        self.show_home()

    def _connect_home(self) -> None:
        home, errands = self.home, self.errands
        home.visit_requested.connect(self.show_setup)
        home.demo_requested.connect(self._demo)
        home.resume_requested.connect(self._resume)
        home.export_requested.connect(errands.export)
        home.trial_requested.connect(errands.try_limits)
        home.training_switched.connect(errands.show_past)
        home.settings_requested.connect(self.show_settings)
        home.devices_requested.connect(self.show_devices)
        home.course_requested.connect(self.show_course)
        home.review_requested.connect(self.show_review)
        home.trial.cancel_requested.connect(errands.cancel_trial)

    @cached_property
    def setup(self) -> "SetupPage":
        """The set-up page."""
        from ui.setup.page import SetupPage

        page = SetupPage(self.world.staff)
        page.back_requested.connect(self.show_home)
        page.start_requested.connect(self.start)
        page.made.connect(lambda _made: self._dress())
        self.errands.serve_setup(page)
        self._add(page)
        return page

    @cached_property
    def settings(self) -> "SettingsPage":
        """What this installation has chosen for itself."""
        from ui.settings.display import DisplaySection
        from ui.settings.page import SettingsPage

        page = SettingsPage(self.world, self.jobs)
        page.back_requested.connect(self.show_home)
        display = page.section("display")
        assert isinstance(display, DisplaySection)
        display.changed.connect(self._show_as)
        self._add(page)
        return page

    @cached_property
    def devices(self) -> "DevicesPage":
        """The devices in reach and those remembered."""
        from ui.devices.page import DevicesPage

        page = DevicesPage()
        page.back_requested.connect(self.show_home)
        page.supported.untried_requested.connect(partial(self.show_settings, "untried"))
        self.errands.serve_devices(page)
        self._add(page)
        return page

    @cached_property
    def course(self) -> "CoursePage":
        """A patient's earlier visits."""
        from ui.home.course import CoursePage

        page = CoursePage()
        page.back_requested.connect(self.show_home)
        page.course_requested.connect(self.errands.find_course)
        page.felt_worse_requested.connect(self._tell_worse)
        self._add(page)
        return page

    def _add(self, page: QWidget) -> None:
        """A page joins the others, in the theme of the window as it is now."""
        self._pages.addWidget(page)
        self._themed.append(page)
        if self._dressed:
            self._dress_one(page)

    def close_jobs(self) -> None:
        """Take no more work; what runs is left to end by itself."""
        self.jobs.close()
        self.errands.rest(for_good=True)

    @property
    def at_home(self) -> bool:
        """Whether the start page is the one in view."""
        return self._pages.currentWidget() is self.home

    def show_home(self) -> None:
        """The start page, with the visits as they are now."""
        self._let_go()
        self._pages.setCurrentWidget(self.home)
        self.home.begin()
        self._keys.look()
        self.errands.look_at_home()

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

    def show_setup(self) -> None:
        """The set-up page, with the serial ports that there are."""
        self._pages.setCurrentWidget(self.setup)
        self.setup.begin()
        self.errands.look_at_setup(self.setup)

    def _tell_worse(self, session: str) -> None:
        """Something was felt after a visit: its record, ready to be told."""
        try:
            record = self.world.record_of(session)
        except KapmonitorError as problem:
            self.course.show_said(sentence(problem.code, problem.facts))
            return
        self.show_review(record)
        if self.review is not None:
            self.review.show_tab("correct")
            self.review.correct.show_kind("worse")

    def show_review(self, record: str) -> None:
        """A finished visit, read back."""
        self._let_go()
        if self.review is None:
            from ui.review.screen import ReviewScreen

            self.review = ReviewScreen(self.world, self.errands.trials)
            self.review.back_requested.connect(self.show_home)
            self._add(self.review)
        self._pages.setCurrentWidget(self.review)
        self.review.open_record(record)
        self.review.begin()

    def show_course(self) -> None:
        """A patient's earlier visits, by code."""
        self._pages.setCurrentWidget(self.course)
        self.course.begin()

    def show_devices(self) -> None:
        """The page of the devices."""
        self._pages.setCurrentWidget(self.devices)
        self.devices.begin()
        self.errands.look_at_devices()

    def show_settings(self, section: str = "") -> None:
        """What this installation has chosen for itself, at this section or the one shown last."""
        self._pages.setCurrentWidget(self.settings)
        self.settings.begin(section)

    def _show_as(self, display: Display) -> None:
        """Other display settings: they hold at once, and from now on."""
        self.display, self._theme = display, display.theme
        self._dress()
        keep_on_top(self, display.on_top)
        self.errands.keep(self.home.show_said, display=display)

    def start(self, choice: SetupChoice) -> None:
        """Begin a visit; what goes wrong is said on the page that asked."""
        self.errands.rest()
        failed = self.home.show_said if self.at_home else self.setup.show_problem
        self._begin(lambda: self.world.begin(choice), choice, failed)

    def _begin(
        self, work: Callable[[], Begun], choice: SetupChoice, failed: Callable[[str], None]
    ) -> None:
        def not_begun(text: str) -> None:
            self._starting = False
            failed(text)

        self._starting = True
        self.jobs.run(self, work, lambda begun: self._show_live(begun, choice), not_begun)

    def _show_live(self, begun: Begun, choice: SetupChoice) -> None:
        from ui.live.exporter import Exporter
        from ui.live.window import LiveWindow, options_of
        from ui.setup.filing import file_answers

        self._visit, self._starting = begun, False
        if "setup" in self.__dict__:
            self.setup.show_starting(False)
        self.home.show_said("")
        options = options_of(begun, self.display, choice.staff, choice.person)
        options.theme, options.review = self._theme, self.show_review
        live = LiveWindow(begun.link, options)
        live.home_requested.connect(self.show_home)
        self._exporter = Exporter(live, self.world.export)
        self.errands.tell_sound_test(live, choice)
        file_answers(live, begun, choice)
        offer = partial(self._offer_after, live)
        self.jobs.run(live, self.world.advice, offer, self.home.show_said)
        self.live = live
        self._pages.addWidget(live)
        self._pages.setCurrentWidget(live)
        live.parts.keys.setFocus()  # on no control: a chance press of Space does nothing
        live.second.begin(self.display.second_screen)

    def _offer_after(self, live: "LiveWindow", advice: Advice) -> None:
        """What there is after the seal: the advice, and the appointment for integration."""

        def keep(days: int, hour: int, minute: int) -> str:
            opened = live.model.session.opened
            session = "" if opened is None else opened.session
            return self.world.keep_appointment(session, days, hour, minute)

        panel = live.panels.finished
        panel.afterwards.offer(advice, keep)
        panel.dress(panel)

    def _demo(self, scenario: str, speed: float) -> None:
        self.home.show_said(tr("Starting the demonstration…"))
        self.start(msgspec.structs.replace(DEMO, scenario=scenario, speed=speed))

    def _resume(self, record: str) -> None:
        self.home.show_said(tr("Resuming the visit…"))
        choice = SetupChoice(DEMO.route, "", ())
        self._begin(lambda: self.world.resume(record), choice, self.home.show_said)

    def settle(self) -> None:
        """Dress everything now, without waiting for a timer: for pictures and tests."""
        self._rest.stop()
        self._dress()

    def _dress(self) -> None:
        self._dressed = True
        for page in self._themed:
            self._dress_one(page)

    def _dress_one(self, page: QWidget) -> None:
        scale = scale_for(self.width(), self.height(), self.devicePixelRatioF())
        apply_theme(page, load_theme(self._theme, scale))

    def sizeHint(self) -> QSize:
        """The size it is designed for."""
        return QSize(1366, 768)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first size is dressed for at once, another one when resizing rests."""
        if self._dressed:
            self._rest.start()
        else:
            self._dress()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running visit is not ended by closing; the live screen asks what is meant."""
        if self._starting or (self.live is not None and not self.live.close()):
            # A visit that is just beginning would be left running with nobody to end it.
            event.ignore()
            return
        if self._visit is not None:
            self._visit.close()
            self._visit = None
        self.errands.close()
        event.accept()

"""The pages before and after a visit, for the gallery and for tests: by name, at rest."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QElapsedTimer, QThread
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.errors import KapmonitorError
from ui.main_window import MainWindow
from ui.review.screen import TABS
from ui.sample_devices import many_devices, no_bluetooth
from ui.sample_services import SAMPLE_CODE, SAMPLE_OXIMETER, LockedKeys, NewKeys, sample_services
from ui.services import Services
from ui.settings.sections import SECTIONS
from ui.setup.seeking import BLUETOOTH, PORTS
from ui.trial_result import Progress

# How long a page may take until it has fetched what it shows [ms].
_PATIENCE = 20_000


def rest(window: MainWindow, ready: Callable[[], bool] = lambda: True) -> None:
    """Let the window's jobs come to their end, and wait until it is ``ready``."""
    waited = QElapsedTimer()
    waited.start()
    while waited.elapsed() < _PATIENCE:
        QApplication.processEvents()
        busy = window.jobs.busy or window.errands.trials.busy or window.errands.busy_with_devices
        if not busy and ready():
            return
        QThread.msleep(5)


def _home(window: MainWindow) -> None:
    """As it is."""


def _training(window: MainWindow) -> None:
    window.home.show_training()


def _trial(window: MainWindow) -> None:
    rest(window)
    window.home.show_trial_box()
    window.home.trial.show_trial(window.world.trial("a.kap", "over-65", Progress()))


def _help(window: MainWindow) -> None:
    window.home.help.show_keys()


def _course(window: MainWindow) -> None:
    window.show_course()
    window.course.code.setText(SAMPLE_CODE)
    window.course.course_requested.emit(SAMPLE_CODE)


def _devices(tab: str, window: MainWindow) -> None:
    """What there is, without waiting for a scan; the page asks again by itself."""
    window.show_devices()
    page, world = window.devices, window.world
    rest(window, lambda: page.supported.list.count > 0)
    for where, look in ((PORTS, world.ports), (BLUETOOTH, world.scan)):
        with suppress(KapmonitorError):
            page.shelf.show_seen(where, look())
    page.shelf.show_amiss(world.devices.amiss())
    page.shelf.list.choose(SAMPLE_OXIMETER)
    if page.shelf.list.current_source == SAMPLE_OXIMETER:
        page.shelf.card.show_values(world.preview_device(SAMPLE_OXIMETER))
    page.show_tab(tab)


def _setup(window: MainWindow) -> None:
    window.show_setup()


def _settings(section: str, window: MainWindow) -> None:
    window.show_settings()
    window.settings.begin(section)


def _review(tab: str, window: MainWindow) -> None:
    """The sample's visit in review, compared with its worst day."""
    from ui.review.sample import past_visit

    window.show_review("sample.kap")
    review = window.review
    assert review is not None
    rest(window, lambda: review.past is not None)
    review.show_tab(tab)
    if tab == "report":
        rest(window, lambda: review.report.page_count > 0)
    if tab == "compare":
        past, other = past_visit(), past_visit("live-alarms")
        review.compare.show_visit(past.folded(), SAMPLE_CODE)
        review.compare.show_other(other.folded(), "P-HOHENSTEIN")


PAGES: dict[str, Callable[[MainWindow], None]] = {
    "home": _home,
    "home-first": _home,
    "home-training": _training,
    "home-locked": _home,
    "home-new-key": _home,
    "home-trial": _trial,
    "help": _help,
    "course": _course,
    "devices": partial(_devices, "here"),
    "devices-many": partial(_devices, "here"),
    "devices-missing": partial(_devices, "here"),
    "devices-supported": partial(_devices, "supported"),
    "setup": _setup,
    **{f"settings-{section.name}": partial(_settings, section.name) for section in SECTIONS},
    **{"review" if tab == "visit" else f"review-{tab}": partial(_review, tab) for tab, _ in TABS},
}


def _world(name: str) -> Services:
    """The invented clinic: on its first day, or with the key of its records still to be given."""
    world = sample_services()
    if name == "home-first":
        return replace(world, past=list, past_training=list)
    if name == "home-locked":
        return replace(world, keys=LockedKeys())
    if name == "home-new-key":
        return replace(world, keys=NewKeys())
    if name == "devices-many":
        return many_devices()
    if name == "devices-missing":
        return no_bluetooth()
    return world


def page_of(name: str, theme: str = "") -> MainWindow:
    """A window at a page of `PAGES`; not shown yet."""
    window = MainWindow(_world(name), theme)
    PAGES[name](window)
    return window


def in_view(window: MainWindow) -> QWidget:
    """What a person looks at: the help, where it is open, else the page."""
    shown = window.home.help if window.home.help.isVisible() else window._pages.currentWidget()
    assert shown is not None
    return shown

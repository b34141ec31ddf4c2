"""The settings page: what is chosen holds at once and the next time, by keyboard too."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from kapmonitor import settings
from kapmonitor.settings import Display, Settings, load, save
from ui.main_window import MainWindow
from ui.sample_services import sample_services
from ui.settings.display import DisplaySection
from ui.settings.language import LanguageSection
from ui.settings.sections import SECTIONS
from ui.settings.untried import UntriedSection
from ui.window_state import put_back, where_it_is


@pytest.fixture
def open_main(qtbot):
    opened = []

    def make(**changes) -> MainWindow:
        window = MainWindow(dataclasses.replace(sample_services(), **changes))
        qtbot.addWidget(window)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.jobs.close()


def test_a_chosen_theme_holds_at_once_and_is_kept(open_main, qtbot):
    kept: list[Display] = []
    window = open_main(change_settings=lambda **chosen: kept.append(chosen["display"]))
    window.show_settings()
    section = window.settings.section("display")
    assert isinstance(section, DisplaySection)

    section.theme.setFocus()
    qtbot.keyClick(section.theme, Qt.Key.Key_2)

    assert window._theme == "light"
    qtbot.waitUntil(lambda: bool(kept))
    assert kept[-1].theme == "light"


def test_keeping_awake_is_a_setting_of_its_own(open_main, qtbot):
    kept: list[dict[str, object]] = []
    window = open_main(change_settings=lambda **chosen: kept.append(chosen))
    window.show_settings()
    section = window.settings.section("display")
    assert isinstance(section, DisplaySection)
    section.begin()
    assert section.awake.isChecked()

    section.awake.click()

    qtbot.waitUntil(lambda: bool(kept))
    assert kept == [{"keep_awake": False}]


def test_every_section_opens_and_says_what_its_settings_do(open_main):
    """Each section has its words on the page; none is empty."""
    window = open_main()
    for section in SECTIONS:
        window.settings.begin(section.name)
        shown = [
            made.text()
            for made in window.settings.section(section.name).findChildren(QLabel)
            if made.isVisibleTo(window.settings)
        ]
        assert any(len(text) > 30 for text in shown), section.name


def test_escape_leads_back_to_the_start_page(open_main, qtbot):
    window = open_main()
    window.show_settings()

    qtbot.keyClick(window.settings._list, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: window._pages.currentWidget() is window.home)


def test_display_settings_survive_beside_what_others_have_written(tmp_path):
    save(tmp_path, Settings(sound_output="desk"))

    settings.change(
        tmp_path, display=Display(theme="light", place=(10, 20, 1200, 800), maximized=False)
    )

    assert load(tmp_path)[0].sound_output == "desk"
    assert settings.load(tmp_path)[0].display.place == (10, 20, 1200, 800)


def test_a_window_comes_back_where_it_stood_unless_that_screen_is_gone(open_main):
    window = open_main()
    put_back(window, Display(place=(40, 30, 1100, 700), maximized=False))
    assert where_it_is(window, Display()).place == (40, 30, 1100, 700)

    put_back(window, Display(place=(9000, 9000, 1100, 700), maximized=False))
    assert window.isMaximized()


def test_a_language_is_kept_and_comes_with_the_next_start(open_main, qtbot):
    kept: list[dict[str, object]] = []
    window = open_main(change_settings=lambda **chosen: kept.append(chosen))
    window.show_settings()
    window.settings.begin("language")
    section = window.settings.section("language")
    assert isinstance(section, LanguageSection)

    section.language.setFocus()
    qtbot.keyClick(section.language, Qt.Key.Key_3)
    section.pressure.setFocus()
    qtbot.keyClick(section.pressure, Qt.Key.Key_2)

    qtbot.waitUntil(lambda: len(kept) == 2)
    assert kept == [{"language": "de"}, {"pressure_unit": "kPa"}]
    qtbot.waitUntil(lambda: "next start" in section.said.text())


def test_neither_switch_for_what_is_untried_implies_the_other(open_main, qtbot):
    kept: list[dict[str, bool]] = []
    window = open_main(change_settings=lambda **chosen: kept.append(chosen))
    window.show_settings()
    window.settings.begin("untried")
    section = window.settings.section("untried")
    assert isinstance(section, UntriedSection)

    section.experimental.click()
    section.cuff_start.click()

    qtbot.waitUntil(lambda: len(kept) == 2)
    assert kept == [{"experimental": True}, {"cuff_start": True}]

"""The start page asks for the key of the records, calmly, and keeps the demonstration at hand."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from kapmonitor.keys.keys import Keys
from kapmonitor.keys.recovery import read
from tests.kapmonitor.keys.rings import NO_RING, MemoryRing
from ui.home.key_words import PAGES
from ui.main_window import MainWindow
from ui.sample_services import sample_services


@pytest.fixture
def open_main(qtbot):
    opened = []

    def make(keys: Keys) -> MainWindow:
        window = MainWindow(dataclasses.replace(sample_services(), keys=keys))
        qtbot.addWidget(window)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.jobs.close()
        window.errands.trials.close()


def type_in(window: MainWindow, name: str, text: str) -> None:
    window.home.keys._fields[name].setText(text)


def press(qtbot, window: MainWindow) -> None:
    qtbot.mouseClick(window.home.keys._act, Qt.MouseButton.LeftButton)


def shows(window: MainWindow, page: str) -> bool:
    return window.home.keys.page == page and window.home.keys.isVisible()


def test_the_first_start_without_a_keyring(open_main, qtbot, tmp_path):
    """A passphrase is chosen, the recovery key is shown until it is kept, then visits begin."""
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "new_passphrase"))
    assert not window.home._visit.isEnabled()
    assert window.home.keys._fields["passphrase"].echoMode() is QLineEdit.EchoMode.Password

    type_in(window, "passphrase", "four words are best")
    type_in(window, "again", "four words are beast")
    press(qtbot, window)
    assert "not the same" in window.home.keys._problem.text()

    type_in(window, "again", "four words are best")
    press(qtbot, window)
    qtbot.waitUntil(lambda: shows(window, "paper"))
    letters = "-".join(group.text() for group in window.home.keys.groups)
    assert not window.home.keys._act.hasFocus()
    assert read(letters) == Keys(tmp_path, "four words are best", ring=NO_RING).open()
    assert window.home._visit.isEnabled()

    press(qtbot, window)
    qtbot.waitUntil(window.home._past.isVisible)
    assert {group.text() for group in window.home.keys.groups} == {""}
    assert Keys(tmp_path, ring=NO_RING).standing().recovery_kept


def test_the_first_start_with_a_keyring_types_nothing(open_main, qtbot, tmp_path):
    window = open_main(Keys(tmp_path, ring=MemoryRing()))
    qtbot.waitUntil(lambda: shows(window, "new_ring"))
    assert not any(field.isVisible() for field in window.home.keys._fields.values())

    press(qtbot, window)
    qtbot.waitUntil(lambda: shows(window, "paper"))


@pytest.mark.parametrize("ring", [NO_RING, MemoryRing()])
def test_a_passphrase_given_in_advance_is_named_as_the_keeper(open_main, qtbot, tmp_path, ring):
    """It comes before a keyring, and the page must not claim that the keyring keeps the key."""
    window = open_main(Keys(tmp_path, "four words are best", ring=ring))
    qtbot.waitUntil(lambda: shows(window, "new_given"))
    assert "keyring" not in PAGES["new_given"].words

    press(qtbot, window)
    qtbot.waitUntil(lambda: shows(window, "paper"))
    assert Keys(tmp_path, ring=ring).standing().by == "passphrase"


def test_a_later_start_asks_for_the_passphrase(open_main, qtbot, tmp_path):
    made = Keys(tmp_path, "four words are best", ring=NO_RING)
    made.create()
    made.recovery_is_kept()
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "locked"))

    type_in(window, "passphrase", "five words are best")
    press(qtbot, window)
    qtbot.waitUntil(lambda: "not the right one" in window.home.keys._problem.text())
    assert "Passphrase forgotten" in window.home.keys._problem.text()
    assert "kapmonitor keys" not in window.home.keys._problem.text()
    assert shows(window, "locked")
    type_in(window, "passphrase", "")
    press(qtbot, window)
    qtbot.waitUntil(lambda: "Type the passphrase" in window.home.keys._problem.text())
    type_in(window, "passphrase", "four words are best")
    press(qtbot, window)
    qtbot.waitUntil(window.home._past.isVisible)
    assert window.home._visit.isEnabled()


def test_a_forgotten_passphrase_is_replaced_on_the_page(open_main, qtbot, tmp_path):
    made = Keys(tmp_path, "forgotten words", ring=NO_RING)
    made.create()
    paper = made.recovery_key()
    made.recovery_is_kept()
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "locked"))
    qtbot.mouseClick(window.home.keys._other, Qt.MouseButton.LeftButton)
    assert shows(window, "recover")

    for name, text in (
        ("letters", paper[:-1]),
        ("passphrase", "new words"),
        ("again", "new words"),
    ):
        type_in(window, name, text)
    press(qtbot, window)
    qtbot.waitUntil(lambda: "64" in window.home.keys._problem.text())
    type_in(window, "letters", paper)
    press(qtbot, window)
    qtbot.waitUntil(window.home._past.isVisible)
    assert Keys(tmp_path, "new words", ring=NO_RING).open() == made.open()


def test_a_demonstration_needs_no_key(open_main, qtbot, tmp_path):
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "new_passphrase"))
    window.home._on_demo()
    qtbot.waitUntil(lambda: window.live is not None)

    assert not list(tmp_path.iterdir())
    window.live.dismiss()
    window.live = None


def test_damaged_keys_are_said_on_the_page(open_main, qtbot, tmp_path):
    (tmp_path / "keys.json").write_text("half")
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "broken"))

    assert "damaged" in window.home.keys._problem.text()
    assert not window.home._visit.isEnabled()


def test_a_question_that_comes_late_takes_no_key_from_another_page(open_main, qtbot, tmp_path):
    window = open_main(Keys(tmp_path, ring=NO_RING))
    qtbot.waitUntil(lambda: shows(window, "new_passphrase"))
    window.show_setup()
    code = window.setup.visit.patient
    qtbot.waitUntil(lambda: window.focusWidget() is code)

    window.home.keys.show_page("new_passphrase")

    assert window.focusWidget() is code

"""Every page before and after a visit, in each language and a longer one: nothing is cut off."""

import gettext
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QPushButton, QWidget

from kapmonitor import words
from tests.ui.walk import clipped, overlapping
from ui.gallery_pages import PAGES, in_view, page_of, rest
from ui.main_window import MainWindow

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
LANGUAGES = ("en", "de", "es", "longer")


class Longer(gettext.NullTranslations):
    """Each text 35 % longer, as a language may be that is not there yet."""

    def gettext(self, message: str) -> str:
        more = round(0.35 * len(message))
        return message + (" " + "lengthen " * (more // 9 + 1))[: more + 1].rstrip()


@pytest.fixture
def speak() -> Iterator[Callable[[str], None]]:
    before = words._Chosen.language, words._Chosen.texts

    def choose(language: str) -> None:
        if language == "longer":
            words._Chosen.texts = Longer()
        else:
            words.use_language(language)

    yield choose
    words._Chosen.language, words._Chosen.texts = before


def settled(window: MainWindow, size: tuple[int, int]) -> QWidget:
    """The page in view, in this size, when its labels have taken their heights."""
    window.resize(*size)
    window.settle()
    for _ in range(6):  # wrapped texts take their height in a second pass of the layout
        QApplication.processEvents()
    return in_view(window)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_nothing_on_a_page_is_clipped_or_overlaps(qtbot, speak, page, language):
    speak(language)
    window = page_of(page)
    qtbot.addWidget(window)
    window.resize(*SIZES[0])
    window.show()
    rest(window)
    wrong = {}
    # A larger window is the same picture, larger: most languages are tried where room is least.
    for size in SIZES if language in ("en", "longer") else SIZES[:1]:
        shown = settled(window, size)
        found = clipped(shown) + overlapping(shown)
        if found:
            wrong[size] = found

    assert wrong == {}
    window.close()
    window.jobs.close()


def test_what_is_cut_off_or_lies_on_another_is_found(qtbot):
    """The walkers themselves, on a page on which everything is wrong."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(300, 200)
    choice = QComboBox(page)
    choice.addItem("A choice without room")
    made = (QLabel("A label without room", page), QCheckBox("A box without room", page),
            QPushButton("A button without room", page), choice)  # fmt: skip
    for place, widget in enumerate(made):
        widget.setGeometry(10, 40 * place, 60, 30)
    over = QLabel("", page)
    over.setGeometry(20, 10, 400, 10)
    page.show()

    found = clipped(page)

    for kind in ("label", "QCheckBox", "button", "QComboBox", "outside its parent"):
        assert any(line.startswith(kind) for line in found), kind
    assert overlapping(page) == ["QLabel and QLabel"]

"""Every screen in a language in which each translated text stands in brackets."""

import gettext
import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QListWidget, QWidget

from kapmonitor import words
from tests.texts.collect import texts
from ui import gallery
from ui.live.window import LiveWindow

# What is the same in every language: names and codes of the invented clinic, units, keys,
# addresses, names of files and of devices.
SAME_EVERYWHERE = re.compile(
    r"kapmonitor [\d.]+|A\. Lindqvist|Dr\. M\. Okafor|J\. Brandt|LMFT|HOHENSTEIN|Maximiliane "
    r"Hohens\S*|Konstantinos \S*|Oberdörffer|English|Deutsch|Español|Shift|Ctrl|Alt|Esc|Tab|Left|"
    r"Right|Enter|End|mmHg|kPa|/min|CMS50D|UA-651BLE|Polar H10|kapmonitor|esketamine|dev/tty\w+"
)
# Names that a clinic or a person gives: of scenarios, presets, sound outputs, and free text.
GIVEN = re.compile(r"ordinary|hypertension|desaturation|default|athletes|over-65|USB loudspeaker.*")
# What the sample devices are called by the system is asked for, but never in a catalogue.
NOT_OURS = re.compile(r"/dev/tty.*|contec-.*|\d+")


class Bracketed(gettext.NullTranslations):
    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"⟦{message}⟧"


@pytest.fixture(scope="module")
def screens(qapp: QApplication) -> Iterator[tuple[Bracketed, dict[str, list[str]]]]:
    """Each screen's texts, and what was asked of the catalogue."""
    before = words._Chosen.texts
    bracketed = words._Chosen.texts = Bracketed()
    shown: dict[str, list[str]] = {}
    try:
        for name, make in gallery.screens("dark", gallery.PANELS).items():
            window = make()
            gallery.settle(window, (1366, 768))
            shown[name] = list(_texts(window))
            window.dismiss() if isinstance(window, LiveWindow) else window.close()
            window.deleteLater()
            QApplication.processEvents()
        yield bracketed, shown
    finally:
        words._Chosen.texts = before


def _texts(window: QWidget) -> Iterator[str]:
    for widget in (window, *window.findChildren(QWidget)):
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        for name in ("text", "placeholderText", "title"):
            said = getattr(widget, name, None)
            if callable(said):
                yield str(said())
        if isinstance(widget, QListWidget):
            yield from (widget.item(number).text() for number in range(widget.count()))
        if isinstance(widget, QComboBox):
            yield from (widget.itemText(number) for number in range(widget.count()))


def _untranslated(text: str) -> str:
    """What is left of a text when brackets, given names and units are taken away."""
    left, before = text, ""
    while left != before:
        left, before = re.sub(r"⟦[^⟦⟧]*⟧", "", left), left
    if left.count("⟦") != left.count("⟧"):
        return ""  # shortened to fit
    return SAME_EVERYWHERE.sub("", GIVEN.sub("", left))


def test_each_text_of_each_screen_is_translated(screens) -> None:
    _, shown = screens
    wrong = {
        f"{name}: {text}"
        for name, found in shown.items()
        for text in found
        if re.search(r"[A-Za-z]{3,}", _untranslated(text))
    }

    assert len(shown) > 20
    assert sorted(wrong) == []


def test_each_text_that_is_asked_for_stands_in_the_catalogue(screens) -> None:
    bracketed, _ = screens
    known = texts().keys()

    missing = sorted(t for t in bracketed.asked if t not in known and not NOT_OURS.fullmatch(t))

    assert len(bracketed.asked) > 300
    assert missing == []

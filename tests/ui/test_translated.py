"""Every screen in a language in which each translated text stands in brackets."""

import gettext
import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from kapmonitor import words
from tests.texts.collect import texts
from tests.ui.said import every_screen

# What is the same in every language: names and codes of the invented clinic, units, keys,
# addresses, protocols, names of files and of devices.
SAME_EVERYWHERE = re.compile(
    r"kapmonitor [\d.]+|P-2QXN8V|P-HOHENS\S*|DEMO|K\. Former|Maximilian…rffer|LOT [\d-]+B?|"
    r"A\. Lindqvist|Dr\. M\. Okafor|J\. Brandt|LMFT|HOHENSTEIN|Maximiliane "
    r"Hohens\S*|Konstantinos \S*|Oberdörffer|English|Deutsch|Español|Shift|Ctrl|Alt|Esc|Tab|Left|"
    r"Right|Enter|End|mmHg|kPa|/min|\bmin\b|CMS50D|UA-651BLE|Polar H10|kapmonitor|esketamine|"
    r"dev/tty\w+|(?<=·  )[a-z\d]+(-[a-z\d]+)+|[a-z\d-]+ @ ble:|SpO₂ 97 %"
)
# Names that a clinic or a person gives: of scenarios, presets, plans, sound outputs, free text;
# and the source of a number, which stays in the language of its source.
GIVEN = re.compile(
    r"ordinary|hypertension|desaturation|default|athletes|over-65|USB loudspeaker.*|standard|"
    r"intranasal|intravenous|intramuscular|sublingual|subcutaneous|Ketamine|"
    r"our schedule.*|Room \d|SPRAVATO US.*|Aldrete: .*"
)
# What the sample devices are called by the system is asked for, but never in a catalogue.
NOT_OURS = re.compile(
    r"/dev/tty.*|contec-.*|\d+|A&D_.*|Nonin3230.*|Polar H10.*|CMS50D\+|UA-651BLE|"
    r".*, pulse|"  # put together
    # The invented clinic's own scale.
    r"Anything else|Calm, 0 to 7|From 0 to 100, how close.*|Heaviness of the body.*|How calm and.*|"
    r"I feel at ease.*|Thoughts are clear|Within the last quarter.*|a little, with much effort|"
    r"entirely|mostly|not at all, I would rather stop"
)


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
        for name, _, said in every_screen():
            shown[name] = said
        yield bracketed, shown
    finally:
        words._Chosen.texts = before


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

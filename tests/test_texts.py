"""The catalogue of texts, and how a region writes numbers and dates."""

from collections.abc import Iterator
from datetime import date

import pytest

from kapmonitor import regional, words
from tests.texts import catalogues
from tests.texts.collect import literals, texts


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    words.use_language("en", regional.MMHG)


def test_a_text_is_found_in_tr_however_it_is_called_and_both_ways_of_a_choice() -> None:
    source = 'a = tr("Dose" " given")\nb = words.tr("Left" if left else "Still here", n=1)\n'

    assert list(literals(source)) == ["Dose given", "Left", "Still here"]


def test_texts_in_code_in_tables_and_in_data_files_are_all_collected() -> None:
    found = texts()

    assert "ui/live/views.py" in str(found)
    assert found["SpO₂ low: {value} (limit {limit})"] == ["kapmonitor/alarm_words.py"]
    assert found["Record the dose, or take it back"] == ["ui/keys.py"]
    assert found["promptly to the name in a normal voice"] == [
        "kapmonitor/checklists/standard.toml"
    ]


def test_a_catalogue_says_what_is_missing_and_what_has_other_gaps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"Dose": "Dosis", "{n} min": "{m} min", "gone": "weg"}
    monkeypatch.setattr(catalogues, "read", lambda language: known)

    said = list(catalogues.wrong("de", {"Dose": ["a"], "{n} min": ["a"], "Round": ["a"]}))

    assert said == [
        "de: other gaps than '{n} min': '{m} min'",
        "de: not translated: 'Round'",
        "de: no longer used: 'gone'",
    ]


def test_the_same_texts_give_the_same_bytes() -> None:
    found = {"Dose": ["ui/keys.py"], "{n} min": ["ui/services.py"]}
    made = [catalogues.catalogue("de", found, {"Dose": "Dosis"}) for _ in range(2)]

    assert catalogues.as_po(made[0]) == catalogues.as_po(made[1])
    assert b'msgstr "Dosis"' in catalogues.as_po(made[0])
    assert catalogues.as_mo(made[0]) == catalogues.as_mo(made[1])


def test_german_and_spanish_write_a_decimal_comma_and_their_own_dates() -> None:
    words.use_language("de")

    assert words.tr("{value:.1f} an hour", value=0.5).startswith("0,5")
    assert regional.number(1.25) == "1,25"
    assert regional.day(date(2026, 3, 9)) == "09.03.2026"

    words.use_language("es")

    assert regional.day(date(2026, 3, 9)) == "09/03/2026"

    words.use_language("en")

    assert words.tr("{value:.1f} an hour", value=0.5) == "0.5 an hour"
    assert regional.day(date(2026, 3, 9)) == "2026-03-09"


def test_a_pressure_is_shown_in_kilopascals_where_chosen_and_comes_back_as_it_was() -> None:
    assert regional.pressure(162) == "162"

    words.use_language("de", "kPa")

    # By hand: 162 x 0.133322387 = 21.598, and +40 is 5.333.
    assert regional.pressure(162) == "21,6"
    assert regional.pressure(40, "+.0f") == "+5,3"
    assert regional.pressure_unit() == "kPa"
    assert regional.pressure_entered(21.6) == pytest.approx(162.01, abs=0.01)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "es_ES.UTF-8"}, "es"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_system_says_the_language_where_there_is_a_catalogue(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert words.language_of_system() == language


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_german_and_spanish_say_all_that_english_says_with_the_same_gaps(language: str) -> None:
    assert list(catalogues.wrong(language, texts())) == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_what_runs_is_what_the_translators_wrote(language: str) -> None:
    found = texts()
    made = catalogues.catalogue(language, found, catalogues.read(language))

    assert catalogues.po_path(language).read_bytes() == catalogues.as_po(made)
    assert catalogues.po_path(language).with_suffix(".mo").read_bytes() == catalogues.as_mo(made)

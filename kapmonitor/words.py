"""Words for people: the one catalogue that window, command line and report share.

Below ``ui`` events, alarms and errors are identifiers and numbers; here they become sentences, in
the language chosen with ``use_language``.
"""

import gettext
import os
import sys
from importlib import resources

from kapmonitor.regional import MMHG, LocalFloat, pressure_unit, shown, use_region
from kapmonitor.sentences import SENTENCES

# Each with its name in its own words, as people look for it.
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}


class _Chosen:
    """The language in use in this process: set once at the start, read everywhere."""

    language = "en"
    texts = gettext.NullTranslations()


def use_language(language: str, pressure_unit: str = "") -> None:
    """Speak this language (``en``, ``de``, ``es``) from now on; English where a text is missing."""
    folder = resources.files("kapmonitor") / "locale"
    _Chosen.language = language
    _Chosen.texts = gettext.translation(
        "kapmonitor", localedir=str(folder), languages=[language], fallback=True
    )
    use_region(language, pressure_unit)


def language() -> str:
    """The language in use."""
    return _Chosen.language


def language_of_system() -> str:
    """The system's language where there is a catalogue for it, else English."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    if sys.platform == "win32":
        import ctypes
        import locale

        number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        names.append(locale.windows_locale.get(number, ""))
    first = next((name for name in names if name), "")
    return first[:2] if first[:2] in LANGUAGES else "en"


def tr(text: str, /, **facts: object) -> str:
    """The text in the chosen language, its gaps filled with facts."""
    translated = _Chosen.texts.gettext(text) if text else ""
    if not facts:
        return translated
    return translated.format(
        **{
            name: LocalFloat(value) if isinstance(value, float) else value
            for name, value in facts.items()
        }
    )


def sentence(code: str, facts: dict[str, object]) -> str:
    """The sentence of an error or refusal."""
    text = SENTENCES.get(code)
    facts = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in _as_shown(facts).items()
    }
    if text is None:
        listed = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{code.replace('_', ' ')}: {listed}" if listed else code.replace("_", " ")
    facts["pressure_unit"] = pressure_unit()
    try:
        return tr(text, **facts)
    except (KeyError, ValueError):
        # A fact is missing, or is a text where a number belongs: better a gap than no sentence.
        loose = {n: _Loose(v) if isinstance(v, str) else v for n, v in facts.items()}
        return tr(text).format_map(_Gaps(loose))


# The facts that are pressures in mmHg; ``low`` and ``high`` are where their unit says so.
_PRESSURES = ("systolic", "diastolic", "most_systolic", "most_diastolic")


def _as_shown(facts: dict[str, object]) -> dict[str, object]:
    """Pressures in the unit in which they are shown."""
    kept = dict.fromkeys(_PRESSURES, MMHG) | dict.fromkeys(("low", "high"), str(facts.get("unit")))
    return {
        name: shown(value, kept[name]) if name in kept and isinstance(value, int | float) else value
        for name, value in facts.items()
    }


class _Loose(str):
    """A text that stands also where a number would be formatted."""

    def __format__(self, spec: str) -> str:
        return str(self)


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return _Loose("?")

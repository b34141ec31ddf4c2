"""Words for people: the one catalogue that window, command line and report share.

Below ``ui`` events, alarms and errors are identifiers and numbers; here they become sentences, in
the language chosen with ``use_language``.
"""

import gettext
from importlib import resources

_chosen: list[gettext.NullTranslations] = [gettext.NullTranslations()]


def use_language(language: str) -> None:
    """Speak this language (``en``, ``de``, ...) from now on; English where a text is missing."""
    folder = resources.files("kapmonitor") / "locale"
    _chosen[0] = gettext.translation(
        "kapmonitor", localedir=str(folder), languages=[language], fallback=True
    )


def tr(text: str, **facts: object) -> str:
    """The text in the chosen language, its gaps filled with facts."""
    translated = _chosen[0].gettext(text) if text else ""
    return translated.format(**facts) if facts else translated


def sentence(code: str, facts: dict[str, object]) -> str:
    """The sentence of an error or refusal."""
    text = SENTENCES.get(code)
    if text is None:
        listed = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{code.replace('_', ' ')}: {listed}" if listed else code.replace("_", " ")
    try:
        return tr(text, **facts)
    except (KeyError, IndexError):
        return tr(text)


SENTENCES: dict[str, str] = {}

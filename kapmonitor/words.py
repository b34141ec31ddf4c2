"""Words for people: the one catalogue that window, command line and report share.

Below ``ui`` events, alarms and errors are identifiers and numbers; here they become sentences, in
the language chosen with ``use_language``.
"""

import gettext
from importlib import resources

from kapmonitor.sentences import SENTENCES

_chosen: list[gettext.NullTranslations] = [gettext.NullTranslations()]


def use_language(language: str) -> None:
    """Speak this language (``en``, ``de``, ...) from now on; English where a text is missing."""
    folder = resources.files("kapmonitor") / "locale"
    _chosen[0] = gettext.translation(
        "kapmonitor", localedir=str(folder), languages=[language], fallback=True
    )


def tr(text: str, /, **facts: object) -> str:
    """The text in the chosen language, its gaps filled with facts."""
    translated = _chosen[0].gettext(text) if text else ""
    return translated.format(**facts) if facts else translated


def sentence(code: str, facts: dict[str, object]) -> str:
    """The sentence of an error or refusal."""
    text = SENTENCES.get(code)
    facts = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in facts.items()
    }
    if text is None:
        listed = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{code.replace('_', ' ')}: {listed}" if listed else code.replace("_", " ")
    try:
        return tr(text, **facts)
    except (KeyError, ValueError):
        # A fact that the sentence wants was not given: better a gap than no sentence.
        return tr(text).format_map(_Gaps(facts))


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"

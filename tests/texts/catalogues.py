"""The catalogues on disk: one .po file a language for people, one .mo file beside it to run."""

import io
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.texts.collect import ROOT

FOLDER = ROOT / "kapmonitor" / "locale"
TRANSLATED = ("de", "es")
# The same texts give the same bytes, whenever the catalogue was made.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def po_path(language: str) -> Path:
    """Where a translation lies."""
    return FOLDER / language / "LC_MESSAGES" / "kapmonitor.po"


def read(language: str) -> dict[str, str]:
    """The translations of a language, empty strings where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id}


def catalogue(language: str, texts: dict[str, list[str]], known: dict[str, str]) -> Catalog:
    """The catalogue of a language: the texts of today with the translations that are known."""
    made = Catalog(
        locale=language,
        project="kapmonitor",
        copyright_holder="the kapmonitor engineers",
        creation_date=_DATE,
        revision_date=_DATE,
        last_translator="",
        fuzzy=False,
    )
    for text, places in texts.items():
        flags = ["python-brace-format"] if "{" in text else []
        made.add(text, known.get(text, ""), locations=[(p, 0) for p in places], flags=flags)
    return made


def as_po(made: Catalog) -> bytes:
    """The bytes of a .po file."""
    target = io.BytesIO()
    write_po(target, made, width=100, include_lineno=False)
    return target.getvalue()


def as_mo(made: Catalog) -> bytes:
    """The bytes of a .mo file."""
    target = io.BytesIO()
    write_mo(target, made)
    return target.getvalue()


def write(language: str, texts: dict[str, list[str]], known: dict[str, str]) -> None:
    """Bring both files of a language up to date; texts that are no longer used go."""
    made = catalogue(language, texts, known)
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_po(made))
    path.with_suffix(".mo").write_bytes(as_mo(made))


def wrong(language: str, texts: dict[str, list[str]]) -> Iterator[str]:
    """What keeps a language from being complete, a line each."""
    known = read(language)
    for text in texts:
        translated = known.get(text, "")
        if not translated:
            yield f"{language}: not translated: {text!r}"
        elif gaps(text) != gaps(translated):
            yield f"{language}: other gaps than {text!r}: {translated!r}"
    for text in known.keys() - texts.keys():
        yield f"{language}: no longer used: {text!r}"


def gaps(text: str) -> set[str]:
    """The names of the gaps in a text, ``{value:g}`` as ``value``."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"(not a format)"}

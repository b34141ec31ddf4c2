"""Whatever is said asks for texts that stand in the catalogue, so that all are translated."""

import gettext
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_origin

import msgspec
import pytest

from kapmonitor import events as e
from kapmonitor import words
from kapmonitor.alarm_words import ALARM_WORDS, alarm_sentence
from kapmonitor.event_words import event_sentence
from kapmonitor.sentences import SENTENCES
from tests.texts.collect import texts


class Asked(gettext.NullTranslations):
    """Translates nothing and remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """What is asked of the catalogue; after the test each of it must stand there."""
    made = Asked()
    monkeypatch.setattr(words._Chosen, "texts", made)
    yield made
    assert made.texts
    assert sorted(made.texts - texts().keys()) == []


def variants(kind: type) -> Iterator[e.Event]:
    """Events of a kind: each value of each enumeration, each switch on and off."""
    made = {field.name: _least(field.type) for field in msgspec.structs.fields(kind)}
    yield kind(**made)
    for field in msgspec.structs.fields(kind):
        for value in _values(field.type):
            yield kind(**{**made, field.name: value})


def _least(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if get_origin(kind) in (dict, tuple, list):
        return get_origin(kind)()
    for plain, value in ((bool, False), (float, 1.0), (int, 1), (str, "")):
        if kind is plain or plain in get_args(kind):
            return value
    return None if type(None) in get_args(kind) else ()


def _values(kind: Any) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from kind
    elif kind is bool:
        yield from (False, True)
    elif kind is float or (float in get_args(kind) and get_origin(kind) not in (dict, tuple, list)):
        yield from (0.0, 90.0, *([None] if type(None) in get_args(kind) else []))


def test_every_kind_of_event_is_told_in_texts_of_the_catalogue(asked: Asked) -> None:
    kinds = get_args(e.Event)
    for kind in kinds:
        for event in variants(kind):
            assert event_sentence(event, {}) is not None

    assert len(kinds) > 20


def test_every_alarm_is_told_in_texts_of_the_catalogue(asked: Asked) -> None:
    change = next(variants(e.AlarmChange))
    assert isinstance(change, e.AlarmChange)
    for alarm in ALARM_WORDS:
        assert alarm_sentence(msgspec.structs.replace(change, alarm=alarm))


def test_every_error_is_told_in_texts_of_the_catalogue(asked: Asked) -> None:
    for code in SENTENCES:
        assert words.sentence(code, {})

"""At a terminal the digits on a device's display are typed; elsewhere nobody is asked."""

import asyncio

import click
import pytest

from ui.passkey_prompt import at_terminal, type_passkey


@pytest.mark.parametrize(
    ("typed", "passkey"),
    [("027182", 27182), (" 271828 ", 271828), ("", None), ("1234567", None), ("no", None)],
)
def test_what_is_no_passkey_refuses(monkeypatch: pytest.MonkeyPatch, typed: str, passkey):
    asked: list[str] = []

    def prompt(question: str, **_options: object) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr(click, "prompt", prompt)

    assert type_passkey("C0:00:00:00:00:11") == passkey
    assert "C0:00:00:00:00:11" in asked[0]


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(click, "prompt", lambda *_words, **_options: "271828")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert at_terminal() is None

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    ask = at_terminal()

    assert ask is not None

    async def typed() -> int | None:
        return await ask("C0")

    assert asyncio.run(typed()) == 271828

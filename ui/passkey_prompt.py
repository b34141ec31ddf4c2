"""Asking at the terminal for the digits on the display of a device that is being paired."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import click

from kapmonitor.words import tr


def type_passkey(address: str) -> int | None:
    """The digits; nothing typed, or what is no passkey, refuses."""
    question = tr("Passkey on the display of {device}", device=address)
    typed = str(click.prompt(question, default="", show_default=False, err=True)).strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 else None


def at_terminal() -> Callable[[str], Awaitable[int | None]] | None:
    """The same on a thread of its own, beside the loop; None where there is no terminal."""
    if not sys.stdin.isatty():
        return None

    async def ask(address: str) -> int | None:
        return await asyncio.to_thread(type_passkey, address)

    return ask

"""How long a test waits for what must come: long, for a busy machine may be ten times slower.

A condition that comes ends the wait at once, so the length costs only a test that fails anyway. No
test sleeps for a fixed time in the hope that something has happened by then.
"""

import asyncio
import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds."""
_LOOK_EVERY = 0.005


async def until(holds: Callable[[], object]) -> None:
    """Let the loop go on until this holds; fails when it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(_LOOK_EVERY)


def wait_until(holds: Callable[[], object], what: str = "it") -> None:
    """Let other threads and processes go on until this holds; fails when it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{what} never came"
        time.sleep(_LOOK_EVERY)

"""Asking a person for the digits on a device's display, across the line to the window.

One device is paired at a time, so one question is open at a time. In a visit (`Passkeys`) the next
waits for its turn; before a visit (`PasskeyDoor`) it is refused, and the person tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kapmonitor.errors import Refused

# The start page makes a `PasskeyDoor`; asyncio and the messages would make its first frame wait.
if TYPE_CHECKING:
    import asyncio

    from kapmonitor.messages import PasskeyWanted

LARGEST = 999_999
"""Bluetooth passkeys have six digits (Core Specification, volume 3, part C, 3.2.3.3)."""


class Passkeys:
    """Lives on the acquisition loop; ``emit`` tells the window or the command line."""

    def __init__(self, emit: Callable[[PasskeyWanted], None]) -> None:
        import asyncio

        self._emit = emit
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[int | None] | None = None

    async def ask(self, address: str) -> int | None:
        """The digits for the device with this address, None when a person refuses.

        Whoever asks limits the time; when that is over the question is taken back.
        """
        import asyncio

        from kapmonitor.messages import PasskeyWanted

        async with self._turn:
            self._answer = asyncio.get_running_loop().create_future()
            self._emit(PasskeyWanted(address))
            try:
                return await self._answer
            finally:
                self._answer = None
                self._emit(PasskeyWanted(address, wanted=False))

    def give(self, passkey: int | None) -> None:
        """Answer the open question.

        Raises Refused: ``no_passkey_wanted``, ``passkey_malformed``.
        """
        if self._answer is None or self._answer.done():
            raise Refused("no_passkey_wanted")
        _check(passkey)
        self._answer.set_result(passkey)


def _check(passkey: int | None) -> None:
    if passkey is not None and not 0 <= passkey <= LARGEST:
        raise Refused("passkey_malformed")


class PasskeyDoor:
    """Where there is no visit yet: asked on the loop of whoever connects, answered on any thread.

    There is no line to the window then; a page looks at ``wanted`` while it is in sight.
    """

    def __init__(self) -> None:
        self._open: tuple[str, asyncio.AbstractEventLoop, asyncio.Future[int | None]] | None = None

    @property
    def wanted(self) -> str:
        """The address of the device whose digits are wanted now; empty when none are."""
        asked = self._open
        return "" if asked is None else asked[0]

    async def ask(self, address: str) -> int | None:
        """The digits for the device with this address; None when a person refuses.

        Whoever asks limits the time. A second question at the same time is refused.
        """
        import asyncio

        if self._open is not None:
            return None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int | None] = loop.create_future()
        self._open = (address, loop, answer)
        try:
            return await answer
        finally:
            self._open = None

    def give(self, passkey: int | None) -> None:
        """Answer the open question; None refuses to pair.

        Raises Refused: ``no_passkey_wanted``, ``passkey_malformed``.
        """
        asked = self._open
        if asked is None:
            raise Refused("no_passkey_wanted")
        _check(passkey)
        _, loop, answer = asked

        def settle() -> None:
            if not answer.done():
                answer.set_result(passkey)

        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError as error:  # whoever asked has gone meanwhile
            raise Refused("no_passkey_wanted") from error

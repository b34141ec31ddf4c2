"""Asking a person for the digits on a device's display, across the line to the window.

One device is paired at a time, so one question is open at a time; the next waits for its turn.
"""

import asyncio
from collections.abc import Callable

from kapmonitor.errors import Refused
from kapmonitor.messages import PasskeyWanted

LARGEST = 999_999
"""Bluetooth passkeys have six digits (Core Specification, volume 3, part C, 3.2.3.3)."""


class Passkeys:
    """Lives on the acquisition loop; ``emit`` tells the window or the command line."""

    def __init__(self, emit: Callable[[PasskeyWanted], None]) -> None:
        self._emit = emit
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[int | None] | None = None

    async def ask(self, address: str) -> int | None:
        """The digits for the device with this address, None when a person refuses.

        Whoever asks limits the time; when that is over the question is taken back.
        """
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
        if passkey is not None and not 0 <= passkey <= LARGEST:
            raise Refused("passkey_malformed")
        self._answer.set_result(passkey)

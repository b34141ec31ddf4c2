"""Notices from a thread of its own that the engine has stopped ticking.

A dead or stuck engine cannot raise an alarm about itself; the sounder can still be told.
"""

import threading
from collections.abc import Callable

from kapmonitor.clock import awake_seconds

# Table of alarms: ENGINE_LOST.
SILENT_SECONDS = 2.0
_LOOK_EVERY = 0.25


class Watchdog:
    """Calls ``on_silence`` once when nothing has been ``seen`` for too long.

    ``seen`` tells whether it had been silent, and arms it again. Sleep of the machine does not
    count: the engine slept as well.
    """

    def __init__(self, on_silence: Callable[[], None], silent_seconds: float = SILENT_SECONDS):
        self._on_silence = on_silence
        self._silent_seconds = silent_seconds
        self._seen = awake_seconds()
        self._silent = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def seen(self) -> bool:
        """A sign of life; True when the engine had been given up."""
        self._seen = awake_seconds()
        silent, self._silent = self._silent, False
        return silent

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK_EVERY):
            if not self._silent and awake_seconds() - self._seen > self._silent_seconds:
                self._silent = True
                self._on_silence()

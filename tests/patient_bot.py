"""The hands of a test on a window, which wait long before they give up."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE


class PatientBot(QtBot):
    """As pytest-qt's own, with more patience."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 0) -> None:  # noqa: N802
        """Work on events until the callback says yes; fails when it never does."""
        super().waitUntil(callback, timeout=max(timeout, round(1000 * PATIENCE)))

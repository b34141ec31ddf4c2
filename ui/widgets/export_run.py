"""The button of an export: while one runs it cancels it, and a line says how far it is."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QPushButton

from kapmonitor.words import tr
from ui.trial_result import Progress

_LOOK_EVERY_MS = 200


class ExportRun(QObject):
    """At most one export at a time, with its progress."""

    def __init__(self, button: QPushButton, say: Callable[[str], None]) -> None:
        super().__init__(button)
        self._button, self._say = button, say
        self._words = button.text()
        self._progress: Progress | None = None
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def begin(self, progress: Progress) -> None:
        """It runs: the button cancels it from now on."""
        self._progress = progress
        self._button.setText(tr("Cancel the export"))
        self._timer.start()
        self._look()

    def end(self) -> None:
        """It is over, whatever came of it."""
        self._progress = None
        self._button.setText(self._words)
        self._timer.stop()

    def cancel(self) -> bool:
        """Cancel the export that runs; whether there was one."""
        if self._progress is None:
            return False
        self._progress.cancelled = True
        self._look()
        return True

    def _look(self) -> None:
        progress = self._progress
        if progress is None:
            return
        if progress.cancelled:
            self._say(tr("Cancelling…"))
        else:
            self._say(tr("Exporting: {percent} % done", percent=round(100 * progress.share)))

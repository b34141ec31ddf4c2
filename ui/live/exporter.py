"""Exports for a live window whose visit has ended, and opens the report."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from kapmonitor.words import tr
from ui.live.window import LiveWindow
from ui.trial_result import Progress
from ui.widgets.jobs import Jobs


class Exporter:
    """Exports for a live window whose visit has ended, and opens the report."""

    def __init__(self, window: LiveWindow, export: Callable[[str, Progress], list[Path]]) -> None:
        self.jobs = Jobs(window)
        self._window, self._export = window, export
        window.export_requested.connect(self.run)
        window.open_requested.connect(open_file)

    def run(self, record: str) -> None:
        """Export a record and tell how it went."""
        panel, progress = self._window.panels.finished, Progress()
        panel.exporting.begin(progress)
        export = partial(self._export, record, progress)
        self.jobs.run(self._window, export, self._done, self._failed)

    def close(self) -> None:
        """Take no more, and call back what runs."""
        if self._window.model.finished is not None:
            self._window.panels.finished.exporting.cancel()
        self.jobs.close()

    def _failed(self, text: str) -> None:
        panel = self._window.panels.finished
        panel.exporting.end()
        panel.show_progress(text)

    def _done(self, files: list[Path]) -> None:
        report = next((str(path) for path in files if path.suffix == ".pdf"), "")
        folder = files[0].parent if files else ""
        words = tr("Exported: {files} in {folder}", files=", ".join(p.name for p in files),
                   folder=folder)  # fmt: skip
        panel = self._window.panels.finished
        panel.exporting.end()
        panel.show_progress(words, report)


def open_file(path: str) -> None:
    """Open a file with the system's own program."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))

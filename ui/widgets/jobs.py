"""Work that would hold up the window: done on another thread, its result fetched by a timer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence, tr

T = TypeVar("T")
_LOOK_EVERY_MS = 50


@dataclass(frozen=True, eq=False)
class _Job:
    owner: QObject
    future: "Future[Any]"
    done: Callable[[Any], None]
    failed: Callable[[str], None]

    def tell(self) -> None:
        """What came of it, unless nobody is left to hear it."""
        error = self.future.exception()
        if not shiboken6.isValid(self.owner):
            return
        if error is None:
            self.done(self.future.result())
        elif isinstance(error, KapmonitorError):
            self.failed(sentence(error.code, error.facts))
        else:
            self.failed(tr("That did not work: {reason}", reason=str(error)))


class Jobs(QObject):
    """Runs one job after the other. No signal crosses a thread: a timer looks for the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "window-job")
        self._waiting: list[_Job] = []
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[str], None],
    ) -> None:
        """Do ``work`` elsewhere; here ``done`` gets its result, or ``failed`` a sentence.

        ``owner`` is the widget that the two tell: a job may outlast its page, and when the owner is
        gone by the end of the work neither is called.
        """
        self._waiting.append(_Job(owner, self._pool.submit(work), done, failed))
        self._timer.start()

    @property
    def busy(self) -> bool:
        """Whether anything waits, runs, or has not told its end yet."""
        return bool(self._waiting)

    def close(self) -> None:
        """Take no more; what runs is left to end by itself."""
        self._timer.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        # One at a time: what is told may open a dialog, and its loop looks here again.
        while (job := next((job for job in self._waiting if job.future.done()), None)) is not None:
            self._waiting.remove(job)
            job.tell()
        if not self._waiting:
            self._timer.stop()

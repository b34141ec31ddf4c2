"""Work that would hold up the window: done on another thread, its result fetched by a timer."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence, tr

T = TypeVar("T")
_LOOK_EVERY_MS = 50


class Jobs(QObject):
    """Runs one job after the other. No signal crosses a thread: a timer looks for the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "window-job")
        self._waiting: list[tuple[Future[object], Callable[[object], None], Callable[[str], None]]]
        self._waiting = []
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Do ``work`` elsewhere; here ``done`` gets its result, or ``failed`` a sentence."""

        def deliver(result: object) -> None:
            done(result)  # type: ignore[arg-type]

        self._waiting.append((self._pool.submit(work), deliver, failed))
        self._timer.start()

    def close(self) -> None:
        """Take no more; what runs is left to end by itself."""
        self._timer.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        ready = [item for item in self._waiting if item[0].done()]
        self._waiting = [item for item in self._waiting if not item[0].done()]
        if not self._waiting:
            self._timer.stop()
        for future, done, failed in ready:
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, KapmonitorError):
                failed(sentence(error.code, error.facts))
            else:
                failed(tr("That did not work: {reason}", reason=str(error)))

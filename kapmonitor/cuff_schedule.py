"""Starts a cuff by itself when the plan says that a reading is due, once a person switched that on.

Time is an argument; what is due comes from `kapmonitor.schedule`, what the cuff did as events.
"""

from collections.abc import Sequence

from kapmonitor.events import Cuff, CuffCycle, Event
from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind
from kapmonitor.reading import Origin, Quality

REST = 32.0
"""Seconds between a cycle that failed and the next: the cuff's own rest and a little more."""

LONGEST = 240.0
"""Seconds after a start by which a cycle has said what it found, or has failed."""

RESULT = 10.0
"""Seconds after the end of a cycle by which its result is there: the module is asked for it."""

FAILURES = 2
"""Failed cycles in a row after which a person has to look at the cuff."""

_NOT_YET = ("cuff_busy", "cuff_resting")


class CuffSchedule:
    """When to start the cuff, and when to stop doing so.

    ``repeats`` is how often a reading is tried again by itself (a cycle that failed, a very high
    pressure that is to be confirmed) before the next planned one.
    """

    def __init__(self, repeats: int) -> None:
        self._repeats = repeats
        self.switch("", 0.0)

    def switch(self, source: str, now: float) -> None:
        """On for this cuff, or (empty) off; nothing of before counts."""
        self.source = source
        self._not_before = now
        self._result_by: float | None = None
        self._check: float | None = None
        self._tried_again = self._failures = 0
        self._stopped = False

    @property
    def over(self) -> str:
        """Why the cuff is not to be started by itself any more; empty while it is."""
        if self._stopped:
            return "stopped"
        failed = self._failures >= FAILURES or self._failures > self._repeats
        return "failed_again" if failed else ""

    def due(self, views: Sequence[CheckView], now: float) -> bool:
        """Whether to start now; ``views`` are the checks that are open, repeats among them."""
        if not self.source:
            return False
        if self._result_by is not None:
            if now >= self._result_by:
                self._failed(now)
            return False
        if now < self._not_before:
            return False
        wanted = [view for view in views if view.check == CheckKind.CUFF and view.due <= now]
        planned = next((view for view in wanted if not view.repeat), None)
        if planned is not None and planned.due != self._check:
            self._check, self._tried_again = planned.due, 0
            return True
        # A reading of before is not repeated unasked.
        if wanted and self._check is not None and self._tried_again < self._repeats:
            self._tried_again += 1
            return True
        return False

    def started(self, now: float) -> None:
        """The cuff was asked; what became of it is told as events."""
        self._result_by = now + LONGEST

    def hear(self, event: Event, at: float) -> None:
        """What the cuff did, whoever started it."""
        if not self.source or not isinstance(event, Cuff | CuffCycle):
            return
        if event.source != self.source:
            return
        if isinstance(event, Cuff):
            self._measured(event, at)
        elif self._result_by is None:
            return
        elif event.action == "refused" and event.reason in _NOT_YET:
            # Somebody has just measured: that is no failure, and may have been all that was wanted.
            self._result_by, self._check, self._not_before = None, None, at + REST
        elif event.action == "refused":
            self._failed(at)
        elif event.action == "ended" and event.reason == "stopped":
            self._stopped = True  # at the cuff itself
        elif event.action == "ended":
            self._result_by = min(self._result_by, at + RESULT)

    def _measured(self, cuff: Cuff, at: float) -> None:
        if cuff.origin is Origin.STORED:
            return
        if cuff.quality is Quality.GOOD:
            self._failures, self._result_by = 0, None
        elif self._result_by is not None:
            self._failed(at)

    def _failed(self, at: float) -> None:
        self._failures += 1
        self._result_by, self._not_before = None, at + REST

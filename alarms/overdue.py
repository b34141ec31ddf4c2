"""What is due and has not come: the next cuff reading and the next round, after the dose."""

from alarms.technical import Timed
from kapmonitor.ports import Schedule


class Overdue:
    """Counts from what is due next. What was due is met by what comes at its time or later."""

    def __init__(self, cuff: Timed, check: Timed) -> None:
        self.schedule = Schedule()
        self._watches = {"CUFF_OVERDUE": cuff, "CHECK_OVERDUE": check}
        self._met: dict[str, float | None] = {}

    def expect(self, counts: bool) -> None:
        """Begin to count; not before the dose, and not once the patient has left."""
        for name, due in self._dues().items():
            watch = self._watches[name]
            if due is None or not counts or due == self._met.get(name):
                watch.stop()
            elif watch.since != due:
                watch.stop()
                watch.start(due)

    def came(self, name: str, at: float) -> None:
        """A reading, or a round, that happened then."""
        due = self._dues()[name]
        if due is not None and at >= due:
            self._meet(name, due)

    def skipped(self, name: str) -> None:
        """What counts now was left out on purpose."""
        since = self._watches[name].since
        if since is not None:
            self._meet(name, since)

    def _dues(self) -> dict[str, float | None]:
        return {"CUFF_OVERDUE": self.schedule.cuff_due, "CHECK_OVERDUE": self.schedule.round_due}

    def _meet(self, name: str, due: float) -> None:
        self._met[name] = due
        self._watches[name].stop()

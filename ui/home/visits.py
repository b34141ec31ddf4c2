"""The list of visits on the start page: to be resumed first, then today's, then earlier ones."""

from collections.abc import Sequence

from kapmonitor.words import tr
from ui.setup.choice import PastVisit
from ui.widgets.columns import ColumnList

# The groups in their order.
GROUPS = RESUMABLE, TODAY, EARLIER = (
    "Interrupted, can be resumed",
    "Today",
    "Earlier visits",
)


def grouped(visits: Sequence[PastVisit]) -> list[tuple[str, list[PastVisit]]]:
    """Heading and visits of each group that has any; within a group the order stays."""
    groups: dict[str, list[PastVisit]] = {RESUMABLE: [], TODAY: [], EARLIER: []}
    for visit in visits:
        groups[RESUMABLE if visit.resumable else TODAY if visit.today else EARLIER].append(visit)
    return [(heading, found) for heading, found in groups.items() if found]


class VisitList(ColumnList):
    """Shows visits in their groups: when, whose, how it stands, how long."""

    def __init__(self) -> None:
        super().__init__(4, tr("Visits"))
        self._visits: dict[str, PastVisit] = {}

    def show_visits(self, visits: Sequence[PastVisit]) -> None:
        """Show these, the newest first in each group; the first of them is chosen."""
        self.clear()
        self._visits = {visit.path: visit for visit in visits}
        for heading, found in grouped(visits):
            self.add_heading(tr(heading))
            for visit in found:
                self.add_line((visit.when, visit.patient, visit.state, visit.detail), visit.path)
        if not visits:
            self.add_heading(tr("No visit has been recorded yet."))
        self.choose(0)

    @property
    def record(self) -> str:
        """The record of the chosen visit, empty when there is none."""
        return str(self.chosen or "")

    @property
    def resumable(self) -> bool:
        """Whether the chosen visit was interrupted and can be gone on with."""
        visit = self._visits.get(self.record)
        return visit is not None and visit.resumable

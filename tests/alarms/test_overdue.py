"""What is due and has not come, by itself."""

from alarms import presets
from alarms.limits import TechnicalSpec
from alarms.overdue import Overdue
from alarms.technical import Timed
from kapmonitor.ports import Schedule


def timed(name: str) -> Timed:
    spec = presets.load().find(name)
    assert isinstance(spec, TechnicalSpec)
    return Timed(spec)


def test_what_comes_at_its_very_time_has_come():
    cuff, check = timed("CUFF_OVERDUE"), timed("CHECK_OVERDUE")
    overdue = Overdue(cuff, check)
    overdue.schedule = Schedule(600.0, 900.0)
    overdue.expect(counts=True)
    overdue.came("CUFF_OVERDUE", 599.0)  # that was the one before
    assert (cuff.since, check.since) == (600.0, 900.0)
    overdue.came("CUFF_OVERDUE", 600.0)
    overdue.expect(counts=True)
    assert (cuff.since, check.since) == (None, 900.0)
    overdue.skipped("CHECK_OVERDUE")
    overdue.expect(counts=True)
    assert check.since is None


def test_nothing_is_overdue_before_the_dose():
    cuff = timed("CUFF_OVERDUE")
    overdue = Overdue(cuff, timed("CHECK_OVERDUE"))
    overdue.schedule = Schedule(600.0, None)
    overdue.expect(counts=False)
    assert cuff.since is None

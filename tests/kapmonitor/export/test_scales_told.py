"""A clinic's scale and the checks of the plan in review, report and tables."""

import csv
import io

import pytest

from kapmonitor import events as e
from kapmonitor.due_outcomes import check_rows, timing
from kapmonitor.events import Entry
from kapmonitor.export.csv_tables import instruments_csv
from kapmonitor.export.pdf_checks import checks_table, scales_table
from kapmonitor.export.pdf_style import load_fonts
from kapmonitor.plan import load_plan
from kapmonitor.reading import Quality
from kapmonitor.session import Session, fold
from tests.kapmonitor.test_instruments import MOOD
from ui.review.tables import check_table, scale_table

T0 = 600.0
PLAN, TEXT = load_plan("in")
SCALED = TEXT + '\n[[instrument]]\nname = "mood"\nbefore_dose = true\nat_min = [40]\n'


def told() -> list[Entry]:
    opened = e.Opened(
        "abc", "kapmonitor", "P-1", "in", SCALED, "in", instrument_texts={"mood": MOOD}
    )
    scale: dict[str, e.Answer] = {"q1": 3, "q2": 7.0}
    events: list[tuple[float, e.Event, str]] = [
        (0.0, opened, ""),
        (300.0, e.Instrument("mood", "3", "Mood today", scale, {"mood": 10}, part="reference"),
         "Ana"),
        (T0, e.Dose("in", 56.0, "mg"), "Ben"),
        (T0 + 20 * 60, e.Cuff(130, 80, None, None, Quality.GOOD), ""),
        (T0 + 33 * 60, e.Cuff(140, 85, None, None, Quality.GOOD), ""),
        (T0 + 34 * 60, e.CheckEarly("cuff", T0 + 40 * 60, T0 + 33 * 60), "Ana"),
        (T0 + 18 * 60, e.Round("standard", "2", {"moaas": 5}, due=T0 + 600), "Ana"),
        (T0 + 40 * 60, e.CheckSkipped("round", T0 + 40 * 60, "asleep"), "Ben"),
        (T0 + 52 * 60, e.Instrument("mood", "3", "Mood today", scale, {"mood": 4}, "=1+1",
                                    T0 + 40 * 60), "Ana"),
    ]  # fmt: skip
    return [Entry(n, at, at, 0, event, by) for n, (at, event, by) in enumerate(events, 1)]


@pytest.fixture
def session() -> Session:
    return fold(told())


def test_each_check_says_what_became_of_it(session):
    rows = {(row.what, row.due): (row.done, row.how, row.by) for row in check_rows(session)}

    assert rows["Round before the dose", "before the dose"] == ("", "not done", "")
    assert rows["Mood today", "before the dose"] == ("t-05:00", "in time", "Ana")
    assert rows["Blood pressure", "t+20:00"] == ("t+20:00", "in time", "")
    assert rows["Blood pressure", "t+40:00"] == ("t+33:00", "done 7 min early", "")
    assert rows["Observation round", "t+10:00"] == ("t+18:00", "done 8 min late", "Ana")
    assert rows["Observation round", "t+20:00"] == ("t+18:00", "done 2 min early", "Ana")
    assert rows["Observation round", "t+40:00"] == ("", "left out: asleep", "Ben")
    assert rows["Mood today", "t+40:00"] == ("t+52:00", "done 12 min late", "Ana")
    # This record breaks off before.
    assert rows["Round at the discharge check", "t+120:00"][1] == (
        "its time came after the end of the record"
    )


def test_what_was_not_done_in_its_time_is_said_beside_it(session):
    assert timing(PLAN, session)[5] == "done 7 min early"
    # The round at 18 min is late for the one at 10 and early for the one at 20: it is the latter.
    assert timing(PLAN, session)[7] == "done 2 min early"
    assert timing(None, session) == {}


def test_the_review_has_the_same(session):
    checks = check_table(session)
    assert ("Blood pressure", "t+40:00", "t+33:00", "done 7 min early", "") in [
        row.cells for row in checks.rows
    ]
    first, second = scale_table(session).rows
    assert first.cells[:4] == ("t-05:00", "Mood today", "3", "Mood, 0 to 27: 10")
    assert (
        second.cells[4:] == ("Little joy: 3; On paper: 7", "=1+1", "Ana")
        or "nearly" in (second.cells[4])
    )


def test_the_report_has_a_table_of_scales_and_one_of_checks(session):
    load_fonts()

    class Told:
        def __init__(self) -> None:
            self.session = session

        def since_dose(self, at: float) -> str:
            return f"{at:g}"

        clock = since_dose

    scales = scales_table(Told())  # type: ignore[arg-type]
    checks = checks_table(Told())  # type: ignore[arg-type]
    assert len(scales[1]._cellvalues) == 3
    assert len(checks[1]._cellvalues) == 1 + len(check_rows(session))


def test_the_table_for_people_has_a_row_for_each_item_and_score():
    rows = list(csv.DictReader(io.StringIO(instruments_csv(told(), "identified").decode())))

    assert [(r["kind"], r["name"], r["value"]) for r in rows[:3]] == [
        ("item", "q1", "3"), ("item", "q2", "7"), ("score", "mood", "10"),
    ]  # fmt: skip
    assert {r["version"] for r in rows} == {"3"}
    assert [r["before dose"] for r in rows] == ["yes"] * 3 + ["no"] * 3
    assert rows[-1]["note"] == "'=1+1"

"""What is due beside the plan's fixed checks: reference and last round, scales, the next spray."""

import msgspec
import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.before_dose import load_readiness
from kapmonitor.checklist import parse_checklist
from kapmonitor.due_outcomes import check_rows
from kapmonitor.event_words import event_sentence
from kapmonitor.events import Phase
from kapmonitor.messages import CheckView
from kapmonitor.plan import ROUTES, PlannedInstrument
from kapmonitor.prompts import due_now, every_outcome
from tests.kapmonitor.bedside import Bedside
from tests.kapmonitor.test_instruments import MOOD

MINUTE = 60.0
DOSE = 300.0
AWAKE: dict[str, e.Answer] = {"moaas": 5}


def visit(route: str = "in", planned: float | None = None, **plan: object) -> Bedside:
    """A visit with a baseline, before its dose; ``plan`` changes fields of the route's plan."""
    bedside = Bedside(route)
    bedside.engine.plan = msgspec.structs.replace(bedside.engine.plan, **plan)
    bedside.opened = msgspec.structs.replace(bedside.opened, planned_dose=planned)
    bedside.engine.instruments = {"mood": parse_checklist(MOOD, "mood")}
    bedside.open()
    bedside.cuff(30.0, 120, 80)
    return bedside


def dosed(bedside: Bedside, amount: float | None = None) -> Bedside:
    bedside.ask(DOSE, c.RecordDose(by="Ana", amount=amount, gate_reason="seen"))
    return bedside


def due(bedside: Bedside, now: float, check: str = "") -> list[CheckView]:
    bedside.at(now)
    views = due_now(bedside.engine.plan, bedside.engine.session, now)
    return [view for view in views if check in ("", view.check)]


def state_of(bedside: Bedside, check: str, part: str = "") -> list[str]:
    found = every_outcome(bedside.engine.plan, bedside.engine.session)
    return [one.state for one in found if (one.check, one.part) == (check, part)]


# The round before the dose -------------------------------------------------------------------


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_every_plan_asks_for_a_round_before_the_dose_and_names_it(route: str):
    bedside = visit(route)

    (asked,) = due(bedside, 60.0)
    assert (asked.check, asked.part, asked.overdue) == ("round", "reference", False)

    bedside.ask(90.0, c.FileRound(answers=AWAKE, by="Ana"))

    assert due(bedside, 100.0) == []
    filed = bedside.engine.session.rounds[-1].event
    assert isinstance(filed, e.Round)
    assert filed.part == "reference"
    assert event_sentence(filed, {}).startswith("Round before the dose")
    dosed(bedside)
    assert state_of(bedside, "round", "reference") == ["in_time"]


def test_a_dose_without_that_round_is_told_and_the_prompt_is_over():
    bedside = dosed(visit())

    assert not [view for view in due(bedside, DOSE + 60) if view.part == "reference"]
    assert state_of(bedside, "round", "reference") == ["open"]


def test_it_can_be_left_out_with_a_reason():
    bedside = visit()

    assert bedside.ask(60.0, c.SkipCheck(check="round", reason="", by="Ana")).refused
    assert not bedside.ask(61.0, c.SkipCheck(check="round", reason="anxious", by="Ana")).refused

    assert due(bedside, 70.0) == []
    dosed(bedside)
    assert state_of(bedside, "round", "reference") == ["skipped"]
    skipped = bedside.events(e.CheckSkipped)[0].event
    assert event_sentence(skipped, {}) == "Left out: round before the dose, anxious"
    # The first round after the dose is asked for all the same.
    assert [view.due for view in due(bedside, DOSE + 60, "round")] == [DOSE + 10 * MINUTE]


def test_a_dose_taken_back_asks_for_nothing_that_was_done():
    bedside = visit()
    bedside.ask(90.0, c.FileRound(answers=AWAKE, by="Ana"))
    dosed(bedside)
    bedside.ask(DOSE + 30, c.WithdrawDose(reason="by mistake", by="Ana"))

    assert due(bedside, DOSE + 40) == []


# The round at the discharge check ------------------------------------------------------------


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_opening_the_discharge_check_asks_for_one_round(route: str):
    bedside = dosed(visit(route))
    opened = DOSE + 131 * MINUTE
    for minute in (10, 20, 40, 60, 90, 120):
        bedside.ask(DOSE + minute * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))
    bedside.ask(opened, c.SetPhase(phase=Phase.DISCHARGE, by="Ana"))

    rounds = due(bedside, opened + 60, "round")
    assert [(view.part, view.due, view.overdue) for view in rounds] == [
        ("discharge", opened, False)
    ]
    assert due(bedside, opened + 6 * MINUTE, "round")[0].overdue

    bedside.ask(opened + 7 * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))
    assert due(bedside, opened + 8 * MINUTE, "round") == []
    filed = bedside.engine.session.rounds[-1].event
    assert event_sentence(filed, {}).startswith("Round at the discharge check")
    assert state_of(bedside, "round", "discharge")[-1] == "late"


def test_the_plans_last_round_is_the_one_at_the_discharge_check_and_asked_for_once():
    bedside = dosed(visit())
    for minute in (10, 20, 40, 60, 90):
        bedside.ask(DOSE + minute * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))
    opened = DOSE + 118 * MINUTE
    bedside.ask(opened, c.SetPhase(phase=Phase.DISCHARGE, by="Ana"))

    (last,) = due(bedside, opened + 10, "round")
    assert (last.part, last.due) == ("discharge", DOSE + 120 * MINUTE)

    bedside.ask(opened + 20, c.SkipCheck(check="round", reason="has left the room", by="Ana"))
    assert due(bedside, opened + 30, "round") == []
    assert state_of(bedside, "round", "discharge") == ["skipped", "skipped"]


def test_nothing_is_due_once_the_patient_has_left_and_the_table_says_so():
    bedside = dosed(visit("iv"))
    left = DOSE + 103 * MINUTE
    bedside.ask(left, c.MarkLeft(with_whom="sister", by="Ana"))

    assert due(bedside, left + 20 * MINUTE) == []
    rows = [row for row in check_rows(bedside.engine.session) if row.due == "t+115:00"]
    assert [row.how for row in rows] == ["the patient had left"]


def test_what_was_due_after_the_end_of_a_visit_is_told_as_such():
    bedside = dosed(visit())
    bedside.ask(DOSE + 65 * MINUTE, c.EndSession(by="Ana"))

    told = {row.due: row.how for row in check_rows(bedside.engine.session)}
    assert told["t+60:00"] == "not done"
    assert told["t+90:00"] == "the visit had ended"


def test_a_check_that_was_due_after_the_record_breaks_off_is_not_told_as_not_done():
    bedside = dosed(visit())
    bedside.ask(DOSE + 22 * MINUTE, c.AddNote(text="the battery is low", by="Ana"))

    hows = {(row.what, row.due): row.how for row in check_rows(bedside.engine.session)}
    assert hows["Blood pressure", "t+20:00"] == "not done"
    later = {how for (_what, due), how in hows.items() if due > "t+22:00"}
    assert later == {"its time came after the end of the record"}


# The next spray or lozenge -------------------------------------------------------------------


def test_three_sprays_are_asked_for_five_minutes_apart_and_no_fourth():
    bedside = dosed(visit(planned=84), amount=28)

    (second,) = due(bedside, DOSE + 60, "device")
    assert (second.number, second.of, second.due) == (2, 3, DOSE + 5 * MINUTE)
    bedside.ask(DOSE + 6 * MINUTE, c.RecordDose(by="Ana", amount=28))
    (third,) = due(bedside, DOSE + 7 * MINUTE, "device")
    # Counted from when the second one was really given.
    assert (third.number, third.of, third.due) == (3, 3, DOSE + 11 * MINUTE)
    bedside.ask(DOSE + 11 * MINUTE, c.RecordDose(by="Ana", amount=28))
    assert due(bedside, DOSE + 12 * MINUTE, "device") == []
    assert bedside.engine.session.t0 == DOSE


def test_the_whole_dose_at_once_asks_for_no_further_spray():
    bedside = dosed(visit(planned=84), amount=84)

    assert due(bedside, DOSE + 60, "device") == []


def test_the_next_spray_is_left_out_with_a_reason_and_comes_back_with_another_dose():
    bedside = dosed(visit(planned=84), amount=28)
    bedside.ask(DOSE + 60, c.SkipCheck(check="device", reason="pressure too high", by="Ana"))
    assert due(bedside, DOSE + 20 * MINUTE, "device") == []

    bedside.ask(DOSE + 21 * MINUTE, c.RecordDose(by="Ana", amount=28))
    (third,) = due(bedside, DOSE + 22 * MINUTE, "device")
    assert (third.number, third.due) == (3, DOSE + 26 * MINUTE)


def test_a_second_lozenge_is_asked_for_where_the_plan_has_one():
    assert due(dosed(visit("sl"), 100), DOSE + 60, "device") == []

    bedside = dosed(visit("sl", devices_apart_min=15, device_dose=100), 100)
    (second,) = due(bedside, DOSE + 60, "device")
    assert (second.number, second.of, second.due) == (2, 2, DOSE + 15 * MINUTE)
    assert due(bedside, DOSE + 18 * MINUTE, "device")[0].overdue


# A clinic's own scale ------------------------------------------------------------------------


MOOD_DUE = (PlannedInstrument("mood", True, (40, 90)),)


def test_a_scale_is_due_before_the_dose_and_at_its_minutes():
    bedside = visit(instrument=MOOD_DUE)
    filed = c.FileInstrument(instrument="mood", answers={"q1": 0, "q2": 7}, by="Ana")

    (before,) = due(bedside, 60.0, "instrument")
    assert (before.instrument, before.part) == ("mood", "reference")
    bedside.ask(70.0, filed)
    assert due(bedside, 80.0, "instrument") == []
    dosed(bedside)
    assert [v.due for v in due(bedside, DOSE + 60, "instrument")] == [DOSE + 40 * MINUTE]
    assert due(bedside, DOSE + 51 * MINUTE, "instrument")[0].overdue
    bedside.ask(DOSE + 51 * MINUTE, filed)
    bedside.ask(DOSE + 60 * MINUTE, c.SkipCheck(check="instrument", reason="asleep", by="Ana"))
    assert due(bedside, DOSE + 100 * MINUTE, "instrument") == []

    assert state_of(bedside, "instrument", "reference") == ["in_time"]
    assert state_of(bedside, "instrument") == ["late", "skipped"]
    last = bedside.engine.session.instruments[-1].event
    assert isinstance(last, e.Instrument)
    assert last.due == DOSE + 40 * MINUTE


def test_a_scale_begun_is_kept_as_a_draft_of_its_own():
    bedside = visit(instrument=MOOD_DUE)
    draft = c.KeepDraft(instrument="mood", answers={"q1": "3", "moaas": 5}, note="half", by="Ana")

    assert not bedside.ask(60.0, draft).refused

    session = bedside.engine.session
    assert session.draft is None
    assert session.drafts["mood"].answers == {"q1": "3"}
    bedside.ask(70.0, c.FileInstrument(instrument="mood", answers={"q1": 3, "q2": 1}, by="Ana"))
    assert session.drafts == {}
    unknown = c.KeepDraft(instrument="other", answers={}, by="Ana")
    assert bedside.ask(80.0, unknown).refused == "unknown_instrument"


# Done early ----------------------------------------------------------------------------------


def test_a_round_may_count_for_the_next_check_by_a_persons_word():
    bedside = dosed(visit())
    bedside.ask(DOSE + 10 * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))

    bedside.ask(DOSE + 16 * MINUTE, c.FileRound(answers=AWAKE, by="Ana", early=True))

    assert [v.due for v in due(bedside, DOSE + 17 * MINUTE, "round")] == [DOSE + 40 * MINUTE]
    rounds = [x for x in every_outcome(bedside.engine.plan, bedside.engine.session)
              if x.check == "round" and not x.part]  # fmt: skip
    assert [x.state for x in rounds][:3] == ["in_time", "early", "open"]
    assert rounds[1].due - (rounds[1].at or 0) == 4 * MINUTE


def test_too_early_is_refused_and_an_ordinary_round_counts_for_nothing_later():
    bedside = dosed(visit())
    bedside.ask(DOSE + 10 * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))

    early = c.FileRound(answers=AWAKE, by="Ana", early=True)
    assert bedside.ask(DOSE + 12 * MINUTE, early).refused == "not_early"
    bedside.ask(DOSE + 16 * MINUTE, c.FileRound(answers=AWAKE, by="Ana"))

    assert [v.due for v in due(bedside, DOSE + 17 * MINUTE, "round")] == [DOSE + 20 * MINUTE]


def test_a_cuff_reading_taken_early_counts_when_somebody_says_so():
    bedside = dosed(visit())
    bedside.cuff(DOSE + 20 * MINUTE, 125, 80)
    bedside.cuff(DOSE + 33 * MINUTE, 140, 85)
    assert due(bedside, DOSE + 34 * MINUTE, "cuff")[0].due == DOSE + 40 * MINUTE

    bedside.ask(DOSE + 34 * MINUTE, c.CountEarly(check="cuff", by="Ana"))

    assert due(bedside, DOSE + 34 * MINUTE, "cuff")[0].due == DOSE + 60 * MINUTE
    said = bedside.events(e.CheckEarly)[0].event
    assert event_sentence(said, {}) == "Done 7 min early: blood pressure"
    found = [x for x in every_outcome(bedside.engine.plan, bedside.engine.session)
             if x.check == "cuff"]  # fmt: skip
    assert [x.state for x in found][:2] == ["in_time", "early"]
    assert bedside.engine.deadline() > 0


@pytest.mark.parametrize("check", ["cuff", "round", "device"])
def test_nothing_that_was_done_cannot_have_been_done_early(check: str):
    bedside = dosed(visit())

    answer = bedside.ask(DOSE + 60, c.CountEarly(check=check, by="Ana"))

    assert answer.refused in ("nothing_done", "nothing_due")


# The readiness before a scripted dose --------------------------------------------------------


def test_a_dose_before_the_readiness_was_asked_is_saved_and_told():
    bedside = visit()

    answer = bedside.ask(DOSE, c.RecordDose(by="Ana", route="in", amount=56, unit="mg"))

    assert not answer.refused
    dose = bedside.events(e.Dose)[0].event
    assert isinstance(dose, e.Dose)
    assert "consent" in dose.unready
    (note,) = bedside.events(e.Note)
    assert note.event == e.Note("", "readiness_not_asked")
    assert note.by == ""


def test_a_dose_after_the_readiness_or_with_a_reason_is_told_without():
    asked = visit()
    for item in load_readiness().item:
        asked.ask(60.0, c.AnswerReadiness(item=item.id, answer=item.wanted, by="Ana"))
    asked.ask(DOSE, c.RecordDose(by="Ana"))
    reasoned = dosed(visit())

    assert not asked.events(e.Note)
    assert not reasoned.events(e.Note)
    decided = reasoned.events(e.Dose)[0].event
    assert "Not confirmed before: consent" in event_sentence(decided, {})
    second = c.RecordDose(by="Ana", amount=28)
    assert not asked.ask(DOSE + 300, second).refused
    assert not asked.events(e.Note)

"""A visit by time as an argument: gate, doses, a pump, oxygen, readiness, leaving."""

import msgspec
import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.event_words import event_sentence
from kapmonitor.leaving import CRITERIA, criteria, missing_minutes
from kapmonitor.schedule import outcomes, upcoming
from tests.kapmonitor.bedside import Bedside, oximetry

MINUTE = 60.0


def opened(bedside: Bedside, **fields: object) -> Bedside:
    for name, value in fields.items():
        bedside.opened = msgspec.structs.replace(bedside.opened, **{name: value})
    return bedside.open()


def dosed(route: str = "in") -> Bedside:
    """Dosed at 300 s on a baseline of 120/80, 70 /min, 97 %."""
    bedside = Bedside(route).open()
    bedside.cuff(30.0, 120, 80)
    bedside.cuff(160.0, 120, 80)
    bedside.at(299.0, *oximetry(299.0, 97.0, 70.0))
    assert not bedside.ask(300.0, c.RecordDose(by="Ana")).refused
    return bedside


def test_above_the_gate_a_first_dose_needs_a_reason_which_is_kept():
    bedside = Bedside().open()
    bedside.cuff(30.0, 152, 84)

    answer = bedside.ask(60.0, c.RecordDose(by="Ana"))
    assert (answer.refused, answer.facts["systolic"], answer.facts["most_systolic"]) == (
        "predose_gate", 152, 140,
    )  # fmt: skip
    assert bedside.engine.session.t0 is None

    bedside.ask(70.0, c.RecordDose(by="Ana", gate_reason="known, weighed by Dr. K"))
    (dose,) = bedside.events(e.Dose)
    assert dose.event.gate_reason == "known, weighed by Dr. K"
    bedside.ask(370.0, c.RecordDose(by="Ana"))
    assert len(bedside.events(e.Dose)) == 2, "a second spray is no first dose"


@pytest.mark.parametrize(
    ("systolic", "diastolic", "refused"),
    [(140, 90, ""), (141, 90, "predose_gate"), (140, 91, "predose_gate"), (90, 60, "")],
)
def test_the_gate_is_above_140_over_90(systolic: float, diastolic: float, refused: str):
    bedside = Bedside().open()
    bedside.cuff(30.0, systolic, diastolic)

    assert bedside.ask(60.0, c.RecordDose(by="Ana")).refused == refused


def test_a_clinic_may_let_those_over_65_start_higher():
    plan = Bedside().engine.plan
    gate = msgspec.structs.replace(plan.predose, older_systolic=150)
    for band, refused in (("65+", ""), ("40-64", "predose_gate"), ("", "predose_gate")):
        bedside = Bedside()
        bedside.engine.plan = msgspec.structs.replace(plan, predose=gate)
        opened(bedside, age_band=band).cuff(30.0, 148, 84)
        assert bedside.ask(60.0, c.RecordDose(by="Ana")).refused == refused


def test_only_readings_before_a_dose_set_back_are_judged():
    bedside = Bedside().open()
    bedside.cuff(30.0, 120, 80)
    bedside.cuff(200.0, 170, 95)

    assert not bedside.ask(240.0, c.RecordDose(by="Ana", happened=120.0)).refused


def test_a_pump_starts_changes_and_stops_and_its_start_freezes_the_baseline():
    bedside = opened(Bedside("iv"), t0_rule="infusion_start")
    bedside.cuff(30.0, 120, 80)
    assert bedside.ask(60.0, c.Infuse(by="Ana", action="rate", rate=1)).refused == "no_infusion"
    bedside.ask(100.0, c.Infuse(by="Ana", action="start", rate=0.9, lot="L7"))
    session = bedside.engine.session

    assert (session.t0, session.infusing, session.phase) == (100.0, 0.9, e.Phase.ADMINISTRATION)
    assert session.baseline is not None
    assert session.baseline.systolic == 120
    again = bedside.ask(110.0, c.Infuse(by="Ana", action="start", rate=1))
    assert again.refused == "infusion_runs"
    bedside.ask(700.0, c.Infuse(by="Ana", action="rate", rate=0.5))
    assert session.infusing == 0.5
    bedside.ask(3100.0, c.Infuse(by="Ana", action="stop"))
    assert (session.infusing, session.infusion_end) == (None, 3100.0)

    # 100 min from the start, and at least 60 after the real end (3100 s): until 6700 s.
    plan = bedside.engine.plan
    assert missing_minutes(plan, session, 6100.0) == 10
    assert missing_minutes(plan, session, 6700.0) == 0


def test_a_pump_started_by_mistake_is_taken_back_with_its_rates():
    bedside = Bedside("iv").open()
    bedside.cuff(30.0, 120, 80)
    bedside.ask(100.0, c.Infuse(by="Ana", action="start", rate=0.9))
    bedside.ask(110.0, c.Infuse(by="Ana", action="rate", rate=1.2))
    bedside.ask(120.0, c.WithdrawDose(by="Ana", reason="wrong patient's pump"))

    session = bedside.engine.session
    assert (session.t0, session.infusing, session.baseline) == (None, None, None)
    assert session.phase is e.Phase.BASELINE


@pytest.mark.parametrize(
    ("rule", "t0"), [("first_dose", 100.0), ("infusion_start", 400.0), ("last_dose", 400.0)]
)
def test_t0_is_what_the_plan_says(rule: str, t0: float):
    bedside = opened(Bedside("iv"), t0_rule=rule)
    bedside.ask(100.0, c.RecordDose(by="Ana", amount=5))
    bedside.ask(400.0, c.Infuse(by="Ana", action="start", rate=0.5))

    assert bedside.engine.session.t0 == t0


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (c.GiveOxygen(litres=-1), "bad_oxygen"),
        (c.GiveOxygen(litres=float("nan")), "bad_oxygen"),
        (c.GiveOxygen(litres=0), "no_oxygen"),
        (c.GiveMedicine(drug="ondansetron", dose="", route="iv"), "medicine_incomplete"),
        (c.AddNote(text="x", kind="tea"), "unknown_note_kind"),
        (c.AddDetail(of=1, text="x"), "no_such_event"),
        (c.AnswerReadiness(item="mood", answer="yes"), "unknown_readiness_item"),
        (c.AnswerReadiness(item="ride", answer="maybe"), "bad_answer"),
        (c.Infuse(action="start", rate=1), "route_of_another_plan"),
        (c.ChangeBaseline(reason="x", systolic=120), "baseline_not_frozen"),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(command: c.AnyCommand, refused: str):
    bedside = Bedside().open()
    bedside.at(60.0)
    before = len(bedside.record.entries)

    assert bedside.ask(60.0, command).refused == refused
    assert len(bedside.record.entries) == before


def test_a_baseline_is_changed_only_with_a_reason():
    bedside = dosed()
    assert bedside.ask(400.0, c.ChangeBaseline(reason=" ", systolic=130)).refused == (
        "reason_missing"
    )
    bedside.ask(410.0, c.ChangeBaseline(by="Ana", reason="cuff was loose", systolic=130))

    baseline = bedside.engine.session.baseline
    assert baseline is not None
    assert (baseline.systolic, baseline.diastolic, baseline.reason) == (130, 80, "cuff was loose")
    assert baseline in bedside.board.heard


def test_a_draft_is_kept_until_its_round_is_filed_and_judged_by_nobody():
    bedside = dosed()
    bedside.ask(400.0, c.KeepDraft(answers={"moaas": "1"}, by="Ana"))
    assert bedside.engine.session.draft is not None
    assert bedside.engine.session.rounds == []

    bedside.ask(420.0, c.FileRound(answers={"moaas": 5}, by="Ana"))
    assert bedside.engine.session.draft is None


def test_high_readings_shorten_the_interval_until_they_decline():
    """By hand: 165 at 20 and 165 at 24 min -> every 10 min from the last: 34; 130 ends it."""
    bedside = dosed()
    bedside.cuff(300 + 20 * MINUTE, 165, 85)
    assert not bedside.events(e.ScheduleAdapted)
    bedside.cuff(300 + 24 * MINUTE, 165, 85)
    bedside.at(300 + 24 * MINUTE + 2)
    (on,) = bedside.events(e.ScheduleAdapted)
    assert (on.event.rule, on.event.on, on.event.every_min) == ("high", True, 10)
    session, plan = bedside.engine.session, bedside.engine.plan

    first = next(v for v in upcoming(plan, session, 300 + 25 * MINUTE) if v.check == "cuff")
    assert ((first.due - 300) / MINUTE, first.adapted) == (34, "high")

    bedside.cuff(300 + 34 * MINUTE, 130, 80)
    bedside.at(300 + 34 * MINUTE + 2)
    assert [x.event.on for x in bedside.events(e.ScheduleAdapted)] == [True, False]
    dues = [v for v in upcoming(plan, session, 300 + 35 * MINUTE) if v.check == "cuff"]
    assert [((v.due - 300) / MINUTE, v.adapted) for v in dues] == [(40, ""), (60, "")]


def test_after_the_plans_end_readings_go_on_every_15_min_until_decline():
    bedside = dosed()
    bedside.cuff(300 + 120 * MINUTE, 142, 85)
    session, plan = bedside.engine.session, bedside.engine.plan

    later = [v for v in upcoming(plan, session, 300 + 121 * MINUTE) if v.check == "cuff"]
    assert [((v.due - 300) / MINUTE, v.adapted) for v in later] == [(135, "until_decline")]
    bedside.cuff(300 + 135 * MINUTE, 130, 82)
    assert not [v for v in upcoming(plan, session, 300 + 136 * MINUTE) if v.check == "cuff"]


def test_a_check_is_done_early_in_time_late_or_skipped():
    """Cuffs of the spray: 20 (18-22), 40 (35-50), 60 (58-62), 90 (88-92), 120 (115-125) min."""
    bedside = dosed()
    for minute in (21.0, 36.0, 64.0):
        bedside.cuff(300 + minute * MINUTE, 122, 80)
    bedside.at(300 + 89 * MINUTE)
    bedside.ask(300 + 89 * MINUTE, c.SkipCheck(check="cuff", reason="asleep", by="Ana"))

    found = outcomes(bedside.engine.plan, bedside.engine.session)
    states = [one.state for one in found if one.check == "cuff"]
    assert states == ["in_time", "early", "late", "skipped", "open"]


def leaving(bedside: Bedside, now: float) -> dict[str, bool | None]:
    engine = bedside.engine
    found = criteria(engine.plan, engine.session, engine.vitals(now), now)
    return {one.id: one.met for one in found}


WELL: dict[str, e.Answer] = {
    "moaas": 5, "orientation": "yes", "gait": "steady", "nausea": "mild", "red_flags": "none",
    **dict.fromkeys(("d_time", "d_surroundings", "d_detached", "d_body", "d_lost", "d_senses"), 0),
}  # fmt: skip


def test_ready_to_leave_names_all_that_is_missing_and_then_nothing():
    bedside = dosed()
    unknown = leaving(bedside, 310.0)
    assert not any(unknown[name] for name in CRITERIA if name not in ("oxygen", "pulse", "spo2"))

    end = 300 + 120 * MINUTE
    bedside.cuff(end - 60, 138, 88)
    bedside.ask(end - 50, c.FileRound(answers=WELL, by="Ana"))
    bedside.ask(end - 40, c.AnswerReadiness(item="ride", answer="yes", note="Ms B.", by="Ana"))
    bedside.at(end, *oximetry(end, 96.0, 80.0))

    assert all(leaving(bedside, end).values())
    bedside.ask(end + 1, c.MarkReady(by="Ana"))
    (ready,) = bedside.events(e.Ready)
    assert ready.event.missing == ()


@pytest.mark.parametrize(
    ("item", "value", "criterion"),
    [
        ("moaas", 4, "sedation"),
        ("orientation", "partly", "orientation"),
        ("gait", "unsteady", "gait"),
        ("nausea", "moderate", "nausea"),
        ("red_flags", "chest_pain", "red_flags"),
        ("d_time", 3, "dissociation"),
    ],
)
def test_what_is_not_well_is_named(item: str, value: e.Answer, criterion: str):
    bedside = dosed()
    bedside.ask(600.0, c.FileRound(answers=WELL | {item: value}, by="Ana"))

    assert leaving(bedside, 610.0)[criterion] is False


def test_on_oxygen_and_above_the_tolerance_nobody_is_ready():
    """20 % above 120 is 144."""
    bedside = dosed()
    bedside.ask(400.0, c.GiveOxygen(litres=2, by="Ana"))
    bedside.cuff(500.0, 145, 80)
    assert (leaving(bedside, 510.0)["oxygen"], leaving(bedside, 510.0)["pressure"]) == (
        False,
        False,
    )
    bedside.ask(520.0, c.GiveOxygen(litres=0, by="Ana"))
    bedside.cuff(540.0, 144, 80)
    assert (leaving(bedside, 550.0)["oxygen"], leaving(bedside, 550.0)["pressure"]) == (True, True)


@pytest.mark.parametrize(
    ("asked", "kept", "words"),
    [
        (c.EndSession(by="Ana"), "", "no reason given"),
        (c.EndSession(by="Ana", early_reason=" fire alarm "), "fire alarm", "fire alarm"),
    ],
)
def test_an_end_before_the_minimum_is_never_refused_and_says_so(asked, kept, words):
    """A script ends with one word; the record tells what was missing, and why, if anybody said."""
    bedside = dosed()
    missing = missing_minutes(bedside.engine.plan, bedside.engine.session, 900.0)
    assert missing > 60

    assert bedside.ask(900.0, asked).refused == ""

    (ended,) = bedside.events(e.Ended)
    assert ended.event == e.Ended("ended", missing, kept)
    told = f"Visit ended {missing} min before the minimum observation: {words}"
    assert event_sentence(ended.event, {}) == told


def test_an_end_after_the_patient_left_has_nothing_to_explain():
    bedside = dosed()
    bedside.ask(920.0, c.MarkLeft(by="Ana", early_reason="wants to go", with_whom="Ms B."))
    bedside.ask(930.0, c.EndSession(by="Ana", early_reason="typed all the same"))

    (ended,) = bedside.events(e.Ended)
    assert ended.event == e.Ended()
    assert event_sentence(ended.event, {}) == "Visit ended"


def test_an_interrupted_visit_is_sealed_as_it_was():
    bedside = dosed()
    bedside.engine.interrupt(900.0)

    (ended,) = bedside.events(e.Ended)
    assert ended.event == e.Ended("interrupted")
    assert bedside.record.sealed_at is not None


def test_an_end_from_an_older_record_still_reads():
    assert msgspec.json.decode(b'{"type":"ended","reason":"ended"}', type=e.Event) == e.Ended()


def test_leaving_early_needs_a_reason_and_a_name():
    bedside = dosed()
    assert bedside.ask(900.0, c.MarkLeft(by="Ana")).refused == "leaving_early"
    nameless = c.MarkLeft(early_reason="wants to go")
    assert bedside.ask(910.0, nameless).refused == "leaving_early_name"

    bedside.ask(920.0, c.MarkLeft(by="Ana", early_reason="wants to go", with_whom="Ms B."))
    (left,) = bedside.events(e.Left)
    assert "minimum_time" in left.event.missing
    assert "ride" not in left.event.missing

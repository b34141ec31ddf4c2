"""A cuff on the plan's schedule (intranasal: at 20, 40, 60, 90, 120 min): when it is started."""

import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import DeviceError
from kapmonitor.ports import AlarmView, BoardView
from kapmonitor.reading import Notice, Quality, Reading
from kapmonitor.vitals import Vital
from tests.kapmonitor.bedside import CUFF, OXIMETER, Bedside, cuff_packet

DOSE = 300.0


@pytest.fixture
def bedside() -> Bedside:
    """Dosed, the cuff on the schedule."""
    bed = Bedside().open()
    bed.cuff(10.0, 120, 80)
    bed.ask(DOSE, c.RecordDose(id=1, by="Ana"))
    bed.ask(DOSE + 10, c.AskCuff(id=2, by="Ana", action="schedule"))
    return bed


def minute(number: float) -> float:
    return DOSE + 60 * number


def starts(bed: Bedside) -> list[float]:
    """Minutes after the dose at which the cuff was started by itself."""
    return [round((x.at - DOSE) / 60, 1) for x in bed.events(e.CuffCycle) if _by_itself(x.event)]


def _by_itself(event: e.Event) -> bool:
    return isinstance(event, e.CuffCycle) and event.reason == "schedule"


def switches(bed: Bedside) -> list[tuple[bool, str, str]]:
    """On or off, the reason, and by whom."""
    found = bed.events(e.CuffScheduled)
    return [(x.event.on, x.event.reason, x.by) for x in found]


def fails(bed: Bedside, at: float) -> None:
    """The cycle ends with an error in place of a pressure."""
    values = [
        Reading(vital, None, at, Quality.INVALID, "motion", packet=int(at), source="cuff")
        for vital in (Vital.SYSTOLIC, Vital.DIASTOLIC)
    ]
    bed.at(at, *values)
    bed.at(at + 1, Notice("cuff_ended", at + 1, {"reason": ""}, source="cuff"))


def measures(bed: Bedside, at: float, systolic: float = 130) -> None:
    bed.at(at, *cuff_packet(at, systolic, 80, int(at)))


def test_nothing_is_started_before_somebody_switches_it_on():
    bed = Bedside().open()
    bed.cuff(10.0, 120, 80)
    bed.ask(DOSE, c.RecordDose(id=1, by="Ana"))

    bed.at(minute(41))

    assert starts(bed) == []
    assert bed.asked == []


def test_the_cuff_is_started_at_the_times_of_the_plan_and_never_twice_for_one(bedside: Bedside):
    bedside.at(minute(20) + 2)
    assert bedside.asked == [("cuff", "start")]
    measures(bedside, minute(20) + 40)
    bedside.at(minute(40) + 2)
    measures(bedside, minute(40) + 40)
    bedside.at(minute(59))

    assert starts(bedside) == [20.0, 40.0]
    assert switches(bedside) == [(True, "", "Ana")]


def test_a_reading_that_somebody_took_in_the_window_is_enough(bedside: Bedside):
    measures(bedside, minute(19))
    bedside.at(minute(35))

    assert starts(bedside) == []


def test_a_failed_cycle_is_repeated_once_after_a_rest_and_the_second_failure_ends_it(
    bedside: Bedside,
):
    bedside.at(minute(20) + 1)
    fails(bedside, minute(20) + 30)
    bedside.at(minute(20) + 60)
    assert starts(bedside) == [20.0], "the arm rests"
    bedside.at(minute(20) + 70)
    assert len(starts(bedside)) == 2
    fails(bedside, minute(20) + 100)
    bedside.at(minute(60))

    assert len(starts(bedside)) == 2
    assert switches(bedside)[-1] == (False, "failed_again", "")


def test_a_cuff_that_never_answers_is_a_failure_too(bedside: Bedside):
    bedside.at(minute(40))

    assert len(starts(bedside)) == 2
    assert switches(bedside)[-1] == (False, "failed_again", "")


def test_a_very_high_reading_is_repeated_as_often_as_the_preset_says(bedside: Bedside):
    """The board asks for a repeat two minutes later; once is what the default preset allows."""
    change = e.AlarmChange(
        "SBP_VHIGH", e.Priority.MEDIUM, e.AlarmKind.PHYSIOLOGICAL, e.AlarmState.RAISED, 0.0, 190,
        180, Vital.SYSTOLIC,
    )  # fmt: skip
    bedside.at(minute(20) + 1)
    bedside.board.view = lambda at: BoardView(at, (AlarmView(change),))  # type: ignore[method-assign]
    measures(bedside, minute(20) + 40, 190)
    bedside.at(minute(22) + 50)
    measures(bedside, minute(23) + 30, 190)
    bedside.at(minute(30))

    assert starts(bedside) == [20.0, 22.7]


def test_stop_ends_the_schedule_at_once_whoever_presses_it(bedside: Bedside):
    bedside.at(minute(20) + 1)
    bedside.ask(minute(20) + 5, c.AskCuff(id=3, by="Ben", action="stop"))
    bedside.at(minute(60))

    assert bedside.asked == [("cuff", "start"), ("cuff", "stop")]
    assert switches(bedside)[-1] == (False, "stopped", "Ben")
    assert bedside.engine.session.cuff_schedule == ""


def test_stop_pressed_at_the_cuff_ends_it_too(bedside: Bedside):
    bedside.at(minute(20) + 1)
    at = minute(20) + 9
    bedside.at(at, Notice("cuff_ended", at, {"reason": "stopped"}, source="cuff"))
    bedside.at(minute(60))

    assert len(starts(bedside)) == 1
    assert switches(bedside)[-1] == (False, "stopped", "")


def test_a_person_switches_it_off(bedside: Bedside):
    bedside.ask(minute(5), c.AskCuff(id=3, by="Ana", action="schedule", on=False))
    bedside.at(minute(60))

    assert starts(bedside) == []
    assert switches(bedside)[-1] == (False, "", "Ana")


def test_a_cuff_that_still_rests_is_asked_again_and_has_not_failed(bedside: Bedside):
    resting = DeviceError("cuff_resting", source="cuff", seconds=20)

    def refuse(source: str, command: c.AskCuff) -> None:
        raise resting

    bedside.engine.ask_source = refuse
    bedside.at(minute(20) + 1)
    bedside.engine.ask_source = lambda source, command: bedside.asked.append((source, "start"))
    bedside.at(minute(20) + 40)

    assert bedside.asked == [("cuff", "start")]
    assert switches(bedside) == [(True, "", "Ana")]


def test_after_leaving_nothing_inflates(bedside: Bedside):
    bedside.ask(
        minute(15), c.MarkLeft(id=3, by="Ana", with_whom="sister", early_reason="wanted to go")
    )
    bedside.at(minute(60))

    assert starts(bedside) == []
    assert switches(bedside)[-1] == (False, "left", "")


def test_a_resumed_visit_begins_with_the_schedule_off(bedside: Bedside):
    again = Bedside()
    again.engine.resume(list(bedside.record.entries), minute(12))
    again.engine.add_source(CUFF, minute(12))
    again.at(minute(60))

    assert starts(again) == []
    assert switches(again)[-1] == (False, "interrupted", "")


def test_a_cuff_that_cannot_be_started_cannot_be_put_on_the_schedule():
    bed = Bedside().open(OXIMETER)

    answer = bed.ask(1.0, c.AskCuff(id=1, by="Ana", action="schedule"))

    assert answer.refused == "no_cuff_to_command"

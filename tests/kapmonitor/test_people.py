"""Who acts, the lock, signatures, corrections and the emergency list, through the engine."""

import msgspec
import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.desk import Desk
from kapmonitor.session import fold
from kapmonitor.staff import Person, Role, hashed
from tests.kapmonitor.bedside import OXIMETER, Bedside, oximetry

NURSE = Person("A. Lindqvist", Role.NURSE, hashed("4711"))
DOCTOR = Person("Dr. M. Okafor", Role.PRESCRIBER, hashed("0815"))
GUEST = Person("S. Guest", Role.OBSERVER)


def desk(lock_minutes: float = 10.0, people=(NURSE, DOCTOR, GUEST)) -> Desk:
    return Desk(people, guarded=True, lock_after=60 * lock_minutes)


@pytest.fixture
def bed() -> Bedside:
    """A guarded visit that nobody has unlocked yet."""
    return Bedside(desk=desk()).open()


def unlock(bed: Bedside, now: float, person: Person = NURSE, pin: str = "4711"):
    return bed.ask(now, c.ActAs(by=person.name, pin=pin))


def note(bed: Bedside, now: float, by: str = NURSE.name):
    return bed.ask(now, c.AddNote(by=by, text="music on"))


def test_a_visit_with_pins_begins_locked_and_one_pin_unlocks_it(bed):
    assert note(bed, 5).refused == "locked"

    unlock(bed, 10)

    assert note(bed, 11).refused == ""
    kinds = [kind for kind in bed.kinds() if kind in ("locked", "unlocked", "acting", "note")]
    assert kinds == ["locked", "unlocked", "acting", "note"]
    acting = bed.events(e.Acting)[0].event
    assert (acting.person, acting.role, acting.checked) == (NURSE.name, "nurse", True)


def test_no_pin_is_ever_on_the_record(bed):
    unlock(bed, 10)
    bed.ask(20, c.ActAs(by=DOCTOR.name, pin="0815"))
    bed.ask(30, c.SignOff(by=NURSE.name, pin="4711"))

    stored = b"".join(e.encode_entry(entry) for entry in bed.record.entries)
    shown = msgspec.json.encode(bed.messages)
    assert b"4711" not in stored + shown
    assert b"0815" not in stored + shown


def test_five_wrong_pins_wait_a_minute_for_this_person_only(bed):
    for second in range(5):
        assert unlock(bed, second, pin="0000").refused == "pin_wrong"

    assert unlock(bed, 6).refused == "pin_wait"
    assert unlock(bed, 7, DOCTOR, "0815").refused == ""
    assert unlock(bed, 61).refused == ""


def test_under_the_lock_alarms_are_acknowledged_and_paused_and_nothing_else_is_entered(bed):
    bed.at(20, *oximetry(20, 85))

    assert bed.ask(21, c.PauseAudio(by=NURSE.name)).refused == ""
    assert bed.ask(22, c.Acknowledge(by=NURSE.name)).refused == ""
    assert bed.ask(23, c.AskCuff(action="stop")).refused == ""
    refused = [
        bed.ask(24, command).refused
        for command in (
            c.RecordDose(by=NURSE.name),
            c.AskCuff(action="start", by=NURSE.name),
            c.SetLimit(alarm="SPO2_LOW", limit=85, by=NURSE.name),
            c.FileRound(answers={}, by=NURSE.name),
            c.EndSession(by=NURSE.name),
            c.Sign(by=NURSE.name),
            c.Amend(of=1, text="x", reason="y", by=NURSE.name),
        )
    ]
    assert refused == ["locked"] * 7
    assert bed.board.acknowledged_by == "unnamed"


def test_an_act_under_the_lock_is_unsigned_until_somebody_signs_it(bed):
    bed.at(20, *oximetry(20, 85))
    pause = bed.ask(21, c.PauseAudio(by=NURSE.name)).entry
    seen = bed.ask(22, c.Acknowledge()).entry
    assert set(bed.engine.session.unsigned) == {pause, seen}

    unlock(bed, 30)
    assert bed.ask(31, c.SignOff(by=NURSE.name, pin="4711")).refused == "unsigned_acts"
    signed = bed.ask(32, c.Sign(by=NURSE.name))

    assert bed.engine.session.unsigned == {}
    event = bed.record.entries[signed.entry - 1].event
    assert (event.of, event.role, event.checked) == ((pause, seen), "nurse", True)
    # What was done stays as it was done; and another fold tells the same.
    assert bed.record.entries[pause - 1].unsigned
    assert fold(bed.record.entries).unsigned == {}
    assert bed.ask(33, c.Sign(by=NURSE.name)).refused == "nothing_to_sign"


def test_what_the_program_does_under_the_lock_is_not_unsigned(bed):
    bed.at(20, *oximetry(20, 85))
    bed.at(40, *oximetry(40, 97))

    assert bed.events(e.AlarmChange)
    assert bed.engine.session.unsigned == {}


def test_it_locks_by_itself_after_ten_minutes_without_input(bed):
    unlock(bed, 10)
    bed.ask(300, c.Present(by=NURSE.name))
    bed.at(899)
    assert not bed.engine.session.locked

    bed.at(901)

    assert bed.engine.session.locked
    locked = bed.events(e.Locked)[-1]
    assert (locked.event.reason, locked.by) == ("idle", "")
    assert note(bed, 902).refused == "locked"


def test_a_machine_that_slept_is_locked_when_it_wakes(bed):
    unlock(bed, 10)
    bed.clock.at = 2000.0

    bed.engine.tick(2000.0)

    assert bed.engine.session.locked


def test_zero_minutes_never_lock():
    bed = Bedside(desk=desk(0)).open()
    unlock(bed, 10)
    bed.at(7200)

    assert not bed.engine.session.locked


def test_somebody_without_a_pin_may_act_but_not_unlock(bed):
    assert bed.ask(5, c.ActAs(by=GUEST.name)).refused == "pin_to_unlock"
    assert bed.ask(6, c.ActAs(by="Somebody else")).refused == "pin_to_unlock"

    unlock(bed, 10)
    assert bed.ask(11, c.ActAs(by=GUEST.name)).refused == ""

    assert note(bed, 12, GUEST.name).refused == ""
    assert bed.events(e.Acting)[-1].event.checked is False


def test_nobody_writes_under_a_name_that_has_a_pin(bed):
    unlock(bed, 10)

    assert note(bed, 11, DOCTOR.name).refused == "not_acting"
    assert note(bed, 12, GUEST.name).refused == "who_acts"
    assert unlock(bed, 13, DOCTOR, "4711").refused == "pin_wrong"
    assert unlock(bed, 14, DOCTOR, "0815").refused == ""
    assert note(bed, 15, DOCTOR.name).refused == ""
    assert note(bed, 16, NURSE.name).refused == "not_acting"


def test_an_acknowledgement_is_never_refused_for_a_name(bed):
    unlock(bed, 10)
    bed.at(20, *oximetry(20, 85))

    bed.ask(21, c.Acknowledge(by=DOCTOR.name))

    assert bed.board.acknowledged_by == NURSE.name


def test_a_retired_person_cannot_act():
    gone = msgspec.structs.replace(DOCTOR, retired=True)
    bed = Bedside(desk=desk(people=(NURSE, gone))).open()

    assert unlock(bed, 5, gone, "0815").refused == "pin_to_unlock"


def test_a_resumed_visit_asks_again_who_it_is(bed):
    unlock(bed, 10)
    later = Bedside(desk=desk())
    later.clock.at = 500.0

    later.engine.resume(list(bed.record.entries), 500.0)

    assert later.engine.session.locked
    assert note(later, 501).refused == "locked"


def test_commands_of_a_script_need_no_pin_and_lock_only_when_asked():
    bed = Bedside(desk=Desk((NURSE, DOCTOR))).open()
    bed.at(7200)
    assert note(bed, 7201).refused == ""

    bed.ask(7202, c.Lock(by=NURSE.name))

    assert note(bed, 7203).refused == "locked"
    assert bed.ask(7204, c.EndSession(by=NURSE.name)).refused == "locked"
    assert unlock(bed, 7205).refused == ""
    assert bed.ask(7206, c.EndSession(by=NURSE.name)).refused == ""


def test_without_staff_the_lock_opens_by_name_and_says_so():
    bed = Bedside(desk=Desk(guarded=True)).open(OXIMETER)
    assert note(bed, 1, "Nurse").refused == ""
    bed.ask(2, c.Lock(by="Nurse"))

    assert bed.ask(3, c.ActAs(by="Nurse")).refused == ""

    assert bed.events(e.Unlocked)[0].event.checked is False


# Signing the visit --------------------------------------------------------------------------------


def test_a_visit_ends_with_its_signature(bed):
    unlock(bed, 10)
    assert bed.ask(20, c.EndSession(by=NURSE.name)).refused == "signature_missing"
    assert bed.ask(21, c.SignOff(by=NURSE.name, pin="1111")).refused == "pin_wrong"
    assert bed.ask(22, c.SignOff(by=NURSE.name, pin="4711")).refused == ""
    assert bed.ask(23, c.SignOff(by=NURSE.name, pin="4711")).refused == "signed_already"

    assert bed.ask(24, c.EndSession(by=NURSE.name)).refused == ""

    (signature,) = bed.events(e.SignedOff)
    assert signature.event == e.SignedOff(NURSE.name, "nurse", checked=True)
    assert bed.record.sealed_at is not None


def test_a_plan_may_ask_for_two_signatures_of_two_people(bed):
    bed.engine.plan = msgspec.structs.replace(bed.engine.plan, signatures=2)
    unlock(bed, 10)
    bed.ask(20, c.SignOff(by=NURSE.name, pin="4711"))
    answer = bed.ask(21, c.EndSession(by=NURSE.name))
    assert (answer.refused, answer.facts) == ("signature_missing", {"missing": 1})

    assert bed.ask(22, c.SignOff(by=DOCTOR.name, pin="0815")).refused == ""

    assert bed.ask(23, c.EndSession(by=NURSE.name)).refused == ""
    assert [entry.event.role for entry in bed.events(e.SignedOff)] == ["nurse", "prescriber"]


def test_a_missing_signature_needs_a_reason_which_is_kept(bed):
    unlock(bed, 10)

    bed.ask(20, c.EndSession(by=NURSE.name, reason="the doctor was called away"))

    assert bed.record.sealed_at is not None
    missing = bed.events(e.Note)[-1].event
    assert (missing.kind, missing.text) == ("signature_missing", "the doctor was called away")


def test_without_pins_a_signature_says_that_it_was_not_checked():
    bed = Bedside(desk=Desk(guarded=True)).open()

    bed.ask(20, c.SignOff(by="Nurse"))

    assert bed.events(e.SignedOff)[0].event == e.SignedOff("Nurse", "", checked=False)


# Corrections and the emergency list ---------------------------------------------------------------


def test_a_correction_leaves_the_original_as_it_was(bed):
    unlock(bed, 10)
    wrong = note(bed, 20).entry

    bed.ask(30, c.Amend(of=wrong, text="music off", reason="mistyped", by=NURSE.name))

    assert bed.record.entries[wrong - 1].event == e.Note("music on")
    (amended,) = bed.engine.session.amendments
    assert amended.event == e.Amended(wrong, "music off", "mistyped")
    assert amended.by == NURSE.name


def test_a_correction_names_an_entry_a_text_and_a_reason(bed):
    unlock(bed, 10)

    def refused(**fields):
        return bed.ask(20, c.Amend(by=NURSE.name, **fields)).refused

    assert refused(of=0, text="x", reason="y") == "no_such_entry"
    assert refused(of=999, text="x", reason="y") == "no_such_entry"
    assert refused(of=1, text=" ", reason="y") == "note_empty"
    assert refused(of=1, text="x", reason=" ") == "reason_missing"
    assert bed.events(e.Amended) == []


def test_the_emergency_list_works_under_the_lock(bed):
    called = bed.ask(20, c.MarkEmergency(action="called", by=NURSE.name)).entry
    bed.ask(21, c.MarkEmergency(action="step", text="Fetch the kit"))
    assert bed.ask(22, c.MarkEmergency(action="panic")).refused == "unknown_emergency"

    assert [entry.event.text for entry in bed.engine.session.emergency] == ["", "Fetch the kit"]
    assert called in bed.engine.session.unsigned

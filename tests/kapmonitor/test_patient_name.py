"""The patient's name: kept where the clinic chose so, told by nothing but the report of its own."""

import msgspec
import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.desk import Desk
from kapmonitor.event_words import event_sentence
from kapmonitor.export.csv_files import events_csv
from kapmonitor.export.masking import open_for_export
from kapmonitor.messages import Answered
from kapmonitor.record.amend import add_later
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.session import fold
from tests.kapmonitor.bedside import Bedside
from tests.kapmonitor.export.test_masking import PSEUDONYM
from tests.kapmonitor.record.stories import OPENED, entry
from ui.output import event_line

NAME = "Marisol Quintanar-Ebo"


def named(bed: Bedside, name: str = NAME) -> Answered:
    return bed.ask(60, c.NamePatient(name=name, by="Nurse"))


def test_a_name_is_kept_where_the_clinic_keeps_names():
    bed = Bedside(desk=Desk(names=True)).open()
    named(bed, f"  {NAME.replace(' ', '   ')} ")

    assert fold(bed.record.entries).patient_name == NAME


@pytest.mark.parametrize(
    ("desk", "name", "code"),
    [
        (Desk(), NAME, "names_not_kept"),
        (Desk(names=True), "  ", "patient_name_missing"),
        (Desk(names=True), "x" * 121, "patient_name_long"),
    ],
)
def test_a_name_that_is_not_wanted_is_refused_and_not_repeated(desk: Desk, name: str, code: str):
    bed = Bedside(desk=desk).open()

    answer = named(bed, name)

    assert answer.refused == code
    assert NAME not in str(answer)
    assert fold(bed.record.entries).patient_name == ""


def test_no_name_goes_into_a_record_that_anybody_can_open():
    bed = Bedside(desk=Desk(names=True))
    bed.opened = msgspec.structs.replace(bed.opened, simulated=True)
    bed.open()

    assert named(bed).refused == "name_in_training"


def test_no_line_no_list_and_no_table_has_the_name():
    told = entry(2, 5.0, e.PatientNamed(NAME), by="Nurse")

    assert NAME not in str(event_line(told))
    assert event_line(told)["event"] == "patient_name"
    assert NAME not in event_sentence(told.event, {})
    assert NAME.encode() not in events_csv([entry(1, 0.0, OPENED), told])


def test_a_pseudonymous_record_has_neither_the_name_nor_its_parts_in_a_note(tmp_path):
    path = tmp_path / "s.kap"
    recorder = Recorder(path)
    for told in (
        entry(1, 0.0, OPENED),
        entry(2, 5.0, e.PatientNamed(NAME), by="Nurse"),
        entry(3, 9.0, e.Note(f"{NAME} sleeps; MARISOL said ebony is dark, Ebo smiled"), by="Nurse"),
    ):
        recorder.put(told)
    recorder.close()

    masked = open_for_export(path, None, PSEUDONYM).entries()

    assert masked[1].event == e.PatientNamed("")
    assert masked[2].event.text == (
        "S-0A1B2C3D4E sleeps; S-0A1B2C3D4E said ebony is dark, S-0A1B2C3D4E smiled"
    )


def test_a_mistyped_name_is_corrected_during_the_visit_and_no_list_tells_it():
    bed = Bedside(desk=Desk(names=True)).open()
    number = named(bed, "Marisol Quintanar-Ebbo").entry

    answer = bed.ask(90, c.Amend(of=number, text=NAME, reason="mistyped", by="Nurse"))

    assert answer.refused == ""
    assert fold(bed.record.entries).patient_name == NAME
    first, second = bed.events(e.PatientNamed)
    assert first.event.name == "Marisol Quintanar-Ebbo", "the original stays"
    assert (second.by, second.event.reason) == ("Nurse", "mistyped")
    assert event_sentence(second.event, {}) == "The patient's name was entered"
    assert not bed.events(e.Amended)
    assert NAME.encode() not in events_csv(bed.record.entries)


def test_a_mistyped_name_is_corrected_after_the_seal(tmp_path):
    path = tmp_path / "s.kap"
    recorder = Recorder(path)
    for told in (
        entry(1, 0.0, OPENED),
        entry(2, 5.0, e.PatientNamed("Marisol Quintanar-Ebbo"), by="Nurse"),
    ):
        recorder.put(told)
    recorder.seal(told.utc, 10.0)
    recorder.close()

    amended = e.Amended(2, NAME, "mistyped")
    added = add_later(path, [amended], "Nurse", told.utc + 3600, 0)

    assert [x.event for x in added] == [e.PatientNamed(NAME, "mistyped")]
    with_both = Record.open(path, None)
    assert with_both.sealed
    assert fold(with_both.entries()).patient_name == NAME

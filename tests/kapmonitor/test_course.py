"""The course: what earlier visits tell, computed by hand beside."""

import json
from pathlib import Path

from click.testing import CliRunner
from msgspec.structs import replace

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.course import LastTime, course, last_facts, last_lots, same_code, summary
from kapmonitor.course_words import cells, last_time
from kapmonitor.keys.published import anybodys_key
from kapmonitor.record.folder import make_folder, record_path
from kapmonitor.record.recorder import Recorder
from kapmonitor.session import fold
from tests.kapmonitor.bedside import Bedside
from ui.cli import cli

CALM = dict.fromkeys(("d_time", "d_surroundings", "d_detached", "d_body", "d_lost", "d_senses"), 0)


def visit(peak: float = 165) -> list[e.Entry]:
    """118/76 before, a peak 20 min after the dose, back at 60, left at 125 min."""
    bed = Bedside().open()
    bed.cuff(60, 120, 78)
    bed.cuff(240, 116, 74)
    bed.ask(600, c.RecordDose(amount=56, by="Nurse"))
    for minute, systolic in ((10, 140), (20, peak), (40, 131), (60, 128), (90, 120)):
        bed.cuff(600 + 60 * minute, systolic, 80)
    bed.ask(600 + 60 * 41, c.FileRound(answers={"moaas": 5, **CALM, "d_body": 3, "d_lost": 4,
                                                "nausea": "mild"}))  # fmt: skip
    bed.ask(600 + 60 * 91, c.FileRound(answers={"moaas": 5, **CALM, "nausea": "none",
                                                "dizziness": "moderate"}))  # fmt: skip
    bed.ask(600 + 60 * 125, c.MarkLeft(with_whom="sister", by="Nurse"))
    bed.ask(600 + 60 * 130, c.AddNote(text="felt worse in the evening", by="Nurse"))
    return list(bed.record.entries)


def test_a_visit_in_numbers():
    told = summary(fold(visit()))

    assert (told.dose, told.unit, told.doses) == (56.0, "mg", 1)
    assert (told.systolic, told.diastolic) == (118.0, 76.0)
    assert (told.peak_rise, told.peak_min) == (47.0, 20.0)
    # 131 is 13 above, 128 is exactly 10 above.
    assert told.returned_min == 60.0
    assert told.dissociation == 7.0
    assert told.side_effects == {"nausea": "mild", "dizziness": "moderate"}
    assert told.left_min == 125.0
    assert told.adverse == ("felt worse in the evening",)


def test_what_was_not_measured_is_none_and_nothing_is_invented():
    bed = Bedside().open()
    told = summary(fold(bed.record.entries))

    assert (told.dose, told.systolic, told.peak_rise, told.returned_min) == (None,) * 4
    assert (told.dissociation, told.left_min, told.side_effects) == (None, None, {})
    assert last_time([told]) == ""


def test_an_infusion_is_counted_from_rate_to_rate():
    """0.5 mg/min for 20 min and 1 mg/min for 10: 20 mg, and 5 mg by hand before."""
    bed = Bedside(route="iv").open()
    bed.ask(600, c.RecordDose(amount=5, drug="ketamine", by="Nurse"))
    bed.ask(660, c.Infuse(action="start", rate=0.5, drug="ketamine", by="Nurse"))
    bed.ask(660 + 20 * 60, c.Infuse(action="rate", rate=1.0, by="Nurse"))
    bed.ask(660 + 30 * 60, c.Infuse(action="stop", by="Nurse"))

    told = summary(fold(bed.record.entries))

    assert (told.drug, told.dose, told.unit, told.doses) == ("ketamine", 25.0, "mg", 2)
    assert "25 mg ketamine in 2 doses" in last_time([told])


def test_a_pressure_that_never_came_back_has_no_return():
    entries = [entry for entry in visit() if not (entry.at > 600 + 60 * 45
               and isinstance(entry.event, e.Cuff))]  # fmt: skip

    assert summary(fold(entries)).returned_min is None


def test_the_line_before_the_next_dose():
    line = last_time([summary(fold(visit(150))), summary(fold(visit()))])

    assert line.startswith("Last time, 2026-")
    assert "systolic +47 at 20 min, back after 60 min, dissociation 7" in line
    assert "felt worse in the evening" in line


def test_what_was_felt_after_the_visit_is_told_with_its_hour_and_by_whom():
    entries = visit()
    end = entries[-1]
    entries.append(e.Entry(end.number + 1, end.at + 60, end.utc + 60, 0, e.Ended()))
    felt, now = 600 + 6.5 * 3600, 600 + 48 * 3600.0
    note = e.Note("dizzy, slept badly", "felt_worse")
    entries.append(e.Entry(end.number + 2, felt, end.utc, 0, note, "Ana", now))
    told = summary(fold(entries))

    assert told.adverse == ("felt worse in the evening",)
    assert cells(told)[-1] == (
        "felt worse in the evening; felt worse 6.5 h after the dose: dizzy, slept badly (Ana)"
    )
    assert "dizzy, slept badly" in last_time([told])


def test_codes_are_the_same_whatever_their_case():
    assert same_code(" p-1", "P-1 ")
    assert not same_code("P-1", "P-10")
    assert not same_code("", "")


def keep(data: Path, name: str, entries: list[e.Entry], training: bool = False) -> None:
    path = record_path(data, name, training)
    make_folder(path.parent)
    recorder = Recorder(path)
    for entry in entries:
        recorder.put(entry)
    assert recorder.flush()
    recorder.close()


def test_training_is_no_part_of_a_course(tmp_path):
    keep(tmp_path, "one", visit())
    keep(tmp_path, "two", visit(), training=True)

    assert len(course(tmp_path, "p-1", anybodys_key)) == 1
    assert len(course(tmp_path, "p-1", anybodys_key, training=True)) == 1
    assert course(tmp_path, "P-2", anybodys_key) == []


def test_the_verb_prints_a_table_and_json(tmp_path):
    keep(tmp_path, "one", visit())
    told = CliRunner().invoke(cli, ["--data", str(tmp_path), "course", "P-1"])
    asked = CliRunner().invoke(cli, ["--data", str(tmp_path), "course", "P-1", "--json"])

    assert "+47 (20 min)" in told.output
    assert json.loads(asked.output)["peak_rise"] == 47.0
    assert cells(summary(fold(visit())))[4] == "60 min"


def test_what_the_next_set_up_is_offered_is_the_last_that_was_given():
    first, second = visit(), visit()
    opened = first[0].event
    first[0] = replace(first[0], event=replace(opened, age_band="65+", weight_kg=71.0))
    second[0] = replace(second[0], utc=first[0].utc + 7 * 86_400)
    named = e.Entry(len(first) + 1, 700.0, 0.0, 0, e.PatientNamed("M. Quintanar"))

    last = last_facts([fold([*first, named]), fold(second)])

    assert last == LastTime(second[0].utc, 60, "65+", 71.0, "M. Quintanar")
    assert last_facts([]) is None


def test_the_lot_of_a_drug_is_that_of_its_last_dose_in_the_clinic(tmp_path: Path):
    given = [("old", "esketamine", "A1", 0), ("new", "Esketamine ", "B2", 1), ("iv", "k", "K9", 2)]
    for name, drug, lot, day in given:
        bed = Bedside().open()
        bed.ask(60, c.RecordDose(amount=56, drug=drug, lot=lot, by="Nurse"))
        entries = [replace(one, utc=one.utc + 86_400 * day) for one in bed.record.entries]
        _write(tmp_path, name, entries)
    unused = Bedside()
    unused.opened = replace(unused.opened, lot="never given")
    _write(tmp_path, "unused", unused.open().record.entries)
    (tmp_path / "records" / "broken.kap").write_bytes(b"no record")

    assert last_lots(tmp_path, anybodys_key) == {"esketamine": "B2", "k": "K9"}


def _write(data: Path, name: str, entries: list[e.Entry]) -> None:
    path = record_path(data, name)
    make_folder(path.parent)
    recorder = Recorder(path)
    for one in entries:
        recorder.put(one)
    recorder.close()

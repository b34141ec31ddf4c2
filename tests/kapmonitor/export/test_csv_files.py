"""The CSV files tell what the record tells: every value once, readable, and the same each time."""

import csv
import io
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.events import (
    Cuff,
    Dose,
    DoseWithdrawn,
    Note,
    Round,
    Trouble,
    decode_entry,
    encode_entry,
)
from kapmonitor.export.csv_files import all_readings, events_csv, export_csv, readings_csv
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.vitals import Vital
from tests.kapmonitor.record.stories import (
    OPENED,
    SECONDS,
    UTC_AT_ZERO,
    VISIT,
    block,
    entry,
    write_visit,
)


def table(content):
    """A CSV file's rows as dicts, as a script would read them."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def readings_of(entries, *samples):
    return table(readings_csv(entries, all_readings(entries, samples)))


@pytest.fixture
def exported(tmp_path):
    """The two files of the visit."""
    record = Record.open(write_visit(tmp_path / "s.kap"))
    return export_csv(record, tmp_path / "out")


def test_the_files_have_their_promised_names(exported):
    names = ["readings.csv", "events.csv", "cuffs.csv", "alarms.csv", "rounds.csv"]
    assert [path.name for path in exported] == names
    assert sorted(path.name for path in exported[0].parent.iterdir()) == sorted(names)


def test_the_columns_name_units_and_zone(exported):
    readings, events, *_ = (path.read_text("utf-8").splitlines()[0] for path in exported)

    assert readings == (
        "at [s],UTC,local [UTC+01:00],t [s],vital,value,unit,quality,reason,source,origin,"
        "device time,simulated"
    )
    assert events == (
        "at [s],UTC,local [UTC+01:00],t [s],event,by,details,number,entered [s],data,simulated"
        ",unsigned"
    )


def test_every_reading_of_the_record_is_there_once(exported):
    """Sixty seconds of three numerics, and one cuff reading of four values."""
    rows = table(exported[0].read_bytes())
    found = [(float(row["at [s]"]), row["vital"], float(row["value"])) for row in rows]
    samples = [reading for second in range(SECONDS) for reading in block(second).readings]
    cuff = [("systolic", 128.0), ("diastolic", 82.0), ("mean_pressure", 97.0), ("pulse_rate", 71.0)]

    assert sorted(found) == sorted(
        [(reading.at, reading.vital.value, reading.value) for reading in samples]
        + [(10.0, vital, value) for vital, value in cuff]
    )
    assert [row[0] for row in found] == sorted(row[0] for row in found)


def test_a_reading_has_all_its_times(exported):
    first = table(exported[0].read_bytes())[0]

    assert first["at [s]"] == "0.2137"
    assert first["UTC"] == "2025-03-01T09:00:00.214Z"
    assert first["local [UTC+01:00]"] == "2025-03-01T10:00:00.214+01:00"
    assert first["t [s]"] == "-19.7863"
    assert (first["vital"], first["value"], first["unit"]) == ("spo2", "97", "%")
    assert (first["quality"], first["reason"]) == ("good", "")
    assert (first["source"], first["origin"], first["simulated"]) == ("oximeter", "live", "yes")


def test_every_event_of_the_record_is_there_once(exported):
    rows = table(exported[1].read_bytes())

    assert [int(row["number"]) for row in rows] == [entry.number for entry in VISIT]
    assert [row["event"] for row in rows] == ["opened", "source", "cuff", "dose", "note", "ended"]
    dose = rows[3]
    assert (dose["by"], dose["t [s]"]) == ("Dr. Weiß", "0")
    assert dose["details"] == "route=in; amount=56.0; unit=mg; drug=esketamine; index=1"
    note = rows[4]
    assert note["details"].startswith('text=ruhig, "alles gut"; atmet tief')
    assert json.loads(note["data"])["text"] == 'ruhig, "alles gut"; atmet tief'


def test_an_event_can_be_made_again_from_its_row(exported):
    """What the file tells of an event is everything."""
    for row, told in zip(table(exported[1].read_bytes()), VISIT, strict=True):
        raw = msgspec.json.decode(encode_entry(told))
        raw["event"] = {"type": row["event"]} | json.loads(row["data"])
        assert decode_entry(msgspec.json.encode(raw)) == told


def test_the_same_record_gives_the_same_bytes(tmp_path):
    record = Record.open(write_visit(tmp_path / "s.kap"))

    first = [path.read_bytes() for path in export_csv(record, tmp_path / "first")]
    again = [path.read_bytes() for path in export_csv(record, tmp_path / "first")]

    assert first == again
    assert b"\r" not in first[0]


def test_an_interrupted_record_is_exported_too(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    for one in VISIT[:5]:
        recorder.put(one)
    recorder.put_block(block(41))
    assert recorder.flush()

    readings, events, *_ = export_csv(Record.open(tmp_path / "s.kap"), tmp_path)

    assert len(table(readings.read_bytes())) == 4 + 3
    assert len(table(events.read_bytes())) == 5
    recorder.close()


def test_a_record_without_a_dose_has_no_time_from_it():
    rows = readings_of(VISIT[:3])

    assert {row["t [s]"] for row in rows} == {""}


def test_a_dose_that_was_taken_back_does_not_count():
    again = entry(6, 50.0, Dose("in", 56.0, "mg", index=1))
    entries = [*VISIT[:5], entry(6, 45.0, DoseWithdrawn(4, "wrong patient"))]
    assert {row["t [s]"] for row in readings_of(entries)} == {""}

    entries.append(msgspec.structs.replace(again, number=7))
    assert {row["t [s]"] for row in readings_of(entries)} == {"-40"}


def test_an_invalid_cuff_cycle_has_rows_without_values():
    """The cuff gave up: nothing was measured, and the reason is told."""
    failed = Cuff(None, None, None, None, Quality.INVALID, "movement", source="cuff")

    rows = readings_of([VISIT[0], entry(2, 5.0, failed)])

    assert [row["vital"] for row in rows] == ["systolic", "diastolic"]
    assert {(row["value"], row["quality"], row["reason"]) for row in rows} == {
        ("", "invalid", "movement")
    }


def test_a_typed_and_a_stored_cuff_reading_say_so():
    typed = Cuff(130.0, 85.0, None, None, Quality.GOOD, origin=Origin.MANUAL)
    stored = msgspec.structs.replace(typed, origin=Origin.STORED, device_time="2025-02-28T21:14:00")

    rows = readings_of([VISIT[0], entry(2, 5.0, typed), entry(3, 6.0, stored)])

    assert [row["origin"] for row in rows] == ["manual", "manual", "stored", "stored"]
    assert rows[2]["device time"] == "2025-02-28T21:14:00"


def test_utc_follows_a_clock_that_was_set_right():
    """At 100 s the clock was found an hour late; later readings carry the new UTC."""
    jumped = msgspec.structs.replace(
        entry(2, 100.0, Trouble("clock_jump", 3600.0)), utc=UTC_AT_ZERO + 3700
    )
    before, after = (Reading(Vital.SPO2, 97.0, at) for at in (99.0, 101.0))

    rows = readings_of([VISIT[0], jumped], before, after)

    assert [row["UTC"] for row in rows] == ["2025-03-01T09:01:39.000Z", "2025-03-01T10:01:41.000Z"]


def test_an_act_that_was_set_back_has_both_times():
    late = msgspec.structs.replace(entry(2, 60.0, Dose("in", 56.0, "mg")), entered=180.0)

    (_, row) = table(events_csv([VISIT[0], late]))

    assert (row["at [s]"], row["entered [s]"], row["t [s]"]) == ("60", "180", "0")


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_is_a_formula(text):
    """A spreadsheet must not carry out what a note, a name or a device says."""
    note = msgspec.structs.replace(entry(2, 1.0, Note(text)), by=text)
    odd = Reading(Vital.SPO2, None, 1.0, Quality.INVALID, text, source=text, device_time=text)

    cells = [
        cell
        for row in [*table(events_csv([VISIT[0], note])), *readings_of([VISIT[0]], odd)]
        for name, cell in row.items()
        if not name.endswith("[s]")
    ]

    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


@given(st.text(), st.text())
def test_any_text_comes_back(text, by):
    note = msgspec.structs.replace(entry(2, 1.0, Note(text)), by=by)

    (_, row) = table(events_csv([VISIT[0], note]))

    assert json.loads(row["data"])["text"] == text
    assert row["by"].removeprefix("'") == by.removeprefix("'")


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(0, 1e6))
def test_any_number_comes_back(value, at):
    (row,) = readings_of([VISIT[0]], Reading(Vital.SPO2, value, at))

    assert float(row["value"]) == value
    assert float(row["at [s]"]) == at


def test_a_round_keeps_its_answers():
    filled = Round("standard", "2", {"sedation": 2, "note": "müde"}, {"total": 3.0}, due=900.0)

    (_, row) = table(events_csv([VISIT[0], entry(2, 905.0, filled)]))

    assert 'answers={"sedation": 2, "note": "müde"}' in row["details"]
    assert json.loads(row["data"])["answers"] == {"sedation": 2, "note": "müde"}


def test_the_plan_is_not_among_the_details_for_people():
    opened = msgspec.structs.replace(OPENED, plan_text="a whole file")

    (row,) = table(events_csv([entry(1, 0.0, opened)]))

    assert "plan_text" not in row["details"]
    assert json.loads(row["data"])["plan_text"] == "a whole file"


def test_a_folder_that_takes_no_file_is_an_error(tmp_path):
    record = Record.open(write_visit(tmp_path / "s.kap"))
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(KapmonitorError) as error:
        export_csv(record, tmp_path / "file")
    assert error.value.code == "folder_unwritable"


def test_a_record_with_an_impossible_date_is_an_error(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(msgspec.structs.replace(VISIT[0], utc=1e30))
    recorder.close()

    with pytest.raises(RecordError) as error:
        export_csv(Record.open(tmp_path / "s.kap"), tmp_path / "out")
    assert error.value.code == "record_damaged"
    assert not (tmp_path / "out").exists()

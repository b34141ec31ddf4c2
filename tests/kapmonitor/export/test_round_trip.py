"""Random sessions: every value in CSV, FHIR and the PDF's table equals the record."""

import csv
import io
import json
import re
import tempfile
from pathlib import Path

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kapmonitor.events import (
    AlarmState,
    Amended,
    Cuff,
    Detail,
    Dose,
    DoseWithdrawn,
    Emergency,
    Ended,
    Entry,
    Infusion,
    Medicine,
    Note,
    Oxygen,
    Priority,
    Round,
    SignedOff,
)
from kapmonitor.export.csv_files import cuff_readings, export_csv
from kapmonitor.export.fhir import bundle, bundle_json
from kapmonitor.export.fhir_parts import text as fhir_text
from kapmonitor.export.fhir_vitals import chosen
from kapmonitor.export.pdf_style import load_fonts, plain
from kapmonitor.export.pdf_tables import alarm_table, cuff_table, timeline
from kapmonitor.export.visit import read_visit
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.session import fold
from kapmonitor.vitals import Vital
from tests.kapmonitor.export.fhir_rules import (
    coded,
    resources,
    value_of,
    vital_signs,
    wrong_others,
    wrong_references,
    wrong_vital_signs,
)
from tests.kapmonitor.export.pdf_visits import alarm, opened
from tests.kapmonitor.record.stories import UTC_AT_ZERO

# Whatever a person types, formulas among it.
text = st.one_of(
    st.text(max_size=20).filter(lambda words: words.isprintable()),
    st.sampled_from(["=1+1", "@SUM(A1)", "-2+3", "\t=1", "\r\n+1", 'a,"b"\nc', "\uff1d1", "'=x"]),
)
person = st.sampled_from(["", "Dr. Weiß", "=N+1", "N. Yıldız"])
at = st.integers(0, 40_000).map(lambda tenths: tenths / 10)
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
pressure = st.integers(500, 2700).map(lambda tenths: tenths / 10)


@st.composite
def cuffs(draw):
    quality = draw(st.sampled_from(Quality))
    if quality is Quality.INVALID:
        return Cuff(None, None, None, None, quality, "cuff_loose", "cuff")
    mean, pulse = draw(st.none() | pressure), draw(st.none() | pressure)
    reason = "" if quality is Quality.GOOD else "motion"
    origin = draw(st.sampled_from(Origin))
    return Cuff(draw(pressure), draw(pressure), mean, pulse, quality, reason, "cuff", "", origin)


answers = st.dictionaries(
    st.sampled_from(["moaas", "nausea", "respiratory_rate", "strange"]),
    st.none() | st.integers(0, 60) | st.sampled_from(["mild", "none"]) | pressure,
)
events = st.one_of(
    cuffs(),
    st.builds(Dose, st.sampled_from(["in", "iv"]), pressure, st.just("mg"), st.just("ketamine")),
    st.builds(
        Round,
        st.just("standard"),
        st.just("1"),
        answers,
        st.dictionaries(st.just("dissociation"), st.integers(0, 24).map(float)),
        st.none() | at,
        text,
    ),
    st.builds(Note, text, st.sampled_from(["note", "moved", "nausea"])),
    st.builds(Infusion, st.sampled_from(["start", "rate"]), pressure, st.just("mg/min"), text),
    st.just(Infusion("stop")),
    st.builds(Oxygen, pressure, text),
    st.builds(Medicine, text, text | st.just("4 mg"), text, text),
    st.builds(Detail, st.integers(1, 9), text),
    st.builds(DoseWithdrawn, st.integers(1, 9), text),
    st.builds(Emergency, st.just("step"), text, st.booleans()),
    st.builds(SignedOff, text),
    st.builds(Ended),
    st.builds(Amended, st.integers(1, 9), text, text),
    st.builds(
        lambda state, priority, value: alarm(
            "SBP_VHIGH", state, 0.0, priority=priority, value=value, vital=Vital.SYSTOLIC
        ),
        st.sampled_from(AlarmState),
        st.sampled_from(Priority),
        st.none() | pressure,
    ),
)


@st.composite
def readings(draw):
    quality = draw(st.sampled_from(Quality))
    vital = draw(st.sampled_from([Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX]))
    value = None if quality is Quality.INVALID else draw(st.integers(10, 1000)) / 10
    reason = "" if quality is Quality.GOOD else "motion"
    return Reading(vital, value, draw(at), quality, reason, source="ox")


@st.composite
def sessions(draw):
    """Entries in the order in which they came, and samples."""
    told = draw(st.lists(st.tuples(at, events, person), max_size=12))
    rows = [(0.0, opened(), ""), *sorted(told, key=lambda one: one[0])]
    entries = [
        Entry(number, when, UTC_AT_ZERO + when, 60, event, by)
        for number, (when, event, by) in enumerate(rows, 1)
    ]
    return entries, tuple(draw(st.lists(readings(), max_size=30)))


def recorded(folder, entries, samples):
    recorder = Recorder(folder / "s.kap")
    for entry in entries:
        recorder.put(entry)
    if samples:
        recorder.put_block(SampleBlock(0, samples))
    recorder.close()
    assert recorder.pending == 0
    return Record.open(folder / "s.kap")


def table(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def number(cell):
    return float(cell) if cell else None


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sessions())
def test_every_value_comes_out_as_it_went_in(session):
    entries, samples = session
    with tempfile.TemporaryDirectory() as name:
        record = recorded(Path(name), entries, samples)
        paths = export_csv(record, Path(name))
        files = {path.name: table(path) for path in paths}
        visit = read_visit(record)
        check_the_same_again(paths, record, visit)
    check_csv(files, entries, samples)
    check_no_formula(files)
    check_fhir(json.loads(bundle_json(bundle(visit))), visit)
    check_pdf(visit)


def check_the_same_again(paths, record, visit):
    """Read anew, the same record gives the same bytes."""
    before = [path.read_bytes() for path in paths]
    again = Record.open(record.path)
    assert [path.read_bytes() for path in export_csv(again, paths[0].parent)] == before
    assert bundle_json(bundle(read_visit(again))) == bundle_json(bundle(visit))


def check_no_formula(files):
    """A cell that a spreadsheet would calculate is a plain number or none."""
    for rows in files.values():
        for cell in (cell for row in rows for pair in row.items() for cell in pair):
            if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")):
                assert NUMBER.fullmatch(cell), cell


def check_csv(files, entries, samples):
    told = fold(entries)
    assert [int(row["number"]) for row in files["events.csv"]] == [e.number for e in entries]
    parts = sum(len(cuff_readings(entry)) for entry in entries)
    assert len(files["readings.csv"]) == len(samples) + parts
    for row, entry in zip(files["events.csv"], entries, strict=True):
        kept = json.loads(msgspec.json.encode(entry.event))
        assert json.loads(row["data"]) | {"type": row["event"]} == kept
        assert float(row["at [s]"]) == entry.at
    pressures = [[e.event.systolic, e.event.diastolic, e.event.pulse] for e in told.cuffs]
    columns = ("systolic [mmHg]", "diastolic [mmHg]", "pulse [/min]")
    assert [[number(r[c]) for c in columns] for r in files["cuffs.csv"]] == pressures
    assert [(number(r["value"]), r["priority"]) for r in files["alarms.csv"]] == [
        (one.value, one.priority.value) for one in told.alarms
    ]
    assert len(files["rounds.csv"]) == len(told.rounds)
    for row, entry in zip(files["rounds.csv"], told.rounds, strict=True):
        for item, answer in entry.event.answers.items():
            shown = row[item]
            assert shown == ("" if answer is None else shown)
            if isinstance(answer, int | float):
                assert float(shown) == answer
    found = [r for r in files["readings.csv"] if r["source"] == "ox"]
    assert sorted((float(r["at [s]"]), r["vital"], number(r["value"]) or -1) for r in found) == (
        sorted((r.at, r.vital.value, r.value or -1) for r in samples)
    )


def check_fhir(made, visit):
    Bundle.model_validate(made)
    assert wrong_vital_signs(made) == []
    assert wrong_references(made) == []
    assert wrong_others(made) == []
    panels = vital_signs(made, "85354-9")
    assert [(value_of(p, "8480-6"), value_of(p, "8462-4")) for p in panels] == [
        (e.event.systolic, e.event.diastolic) for e in visit.session.cuffs
    ]
    wanted = [r.value for r in chosen(visit.readings) if r.vital is Vital.SPO2]
    assert [value_of(one) for one in vital_signs(made, "2708-6")] == wanted
    check_what_was_given(resources(made, "MedicationAdministration"), visit.session.entries)
    assert len(resources(made, "QuestionnaireResponse")) == len(visit.session.rounds)
    told = resources(made, "Observation")
    alarms = [one for one in told if one["code"]["coding"][0]["system"].endswith(":alarm")]
    assert [coded(one["valueCodeableConcept"])[0] for one in alarms] == [
        one.priority.value for one in visit.session.alarms
    ]
    said = [one.get("valueString", "") for one in told if coded(one["code"]) == ["note"]]
    notes = [e.event for e in visit.session.entries if isinstance(e.event, Note)]
    assert said == [fhir_text(one.text) for one in notes if one.kind == "note"]
    whose = [p for p in resources(made, "Provenance") if "author" in coded(p["agent"][0]["type"])]
    assert len(whose) == len(visit.session.amendments)


def check_what_was_given(made, entries):
    """Each dose and each rate with its number; a stop is the end of one."""
    doses = [one["dosage"]["dose"]["value"] for one in made if "route" in one.get("dosage", {})]
    rates = [one["dosage"]["rateQuantity"]["value"] for one in made if "effectivePeriod" in one]
    given = [entry.event for entry in entries]
    told = [event for event in given if isinstance(event, Infusion) and event.action != "stop"]
    assert rates == [event.rate for event in told]
    medicines = [event for event in given if isinstance(event, Medicine)]
    assert len(made) == len(rates) + len(medicines) + sum(isinstance(e, Dose) for e in given)
    amounts = [event.amount for event in given if isinstance(event, Dose)]
    assert [one for one in doses if one != 4] == [one for one in amounts if one != 4]


def check_pdf(visit):
    """The rows as they are drawn: a pressure is shown to a tenth, a doubtful one in brackets."""
    load_fonts()
    alarms = visit.session.alarms
    listed = alarm_table(visit)[1]
    cells = [[cell.text for cell in row] for row in listed._cellvalues[1:]] if alarms else []
    for row, one in zip(cells, alarms, strict=True):
        # A sentence has as many decimals as the window; the CSV and the bundle have all.
        assert one.value is None or f"{one.value:.0f} mmHg" in row[1]
        assert row[0].split()[-1] == one.priority.value
        assert plain(one.acknowledged_by) in row[3]
    listed = timeline(visit)[1]
    lines = listed._cellvalues[1:] if hasattr(listed, "_cellvalues") else []
    during = [one for one in visit.session.entries if not visit.session.is_later(one)]
    assert len(lines) >= sum(isinstance(one.event, Note | Dose) for one in during)
    listed = cuff_table(visit)[1]
    if not visit.session.cuffs:
        return
    shown = [row[2].text for row in listed._cellvalues[1:]]
    for words, entry in zip(shown, visit.session.cuffs, strict=True):
        cuff = entry.event
        parts = words.strip("()").split(" / ")
        told = [None if part == "–" else float(part) for part in parts]
        assert told == [cuff.systolic, cuff.diastolic]
        assert words.startswith("(") == (cuff.quality is Quality.QUESTIONABLE)

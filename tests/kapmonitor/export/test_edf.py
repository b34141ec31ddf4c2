"""The EDF+ file gives back what the record holds, and says where it holds nothing."""

import builtins
import io

import edfio
import numpy as np
import pytest

from kapmonitor.errors import KapmonitorError
from kapmonitor.export import export
from kapmonitor.export.choice import ExportChoice
from kapmonitor.export.edf import MISSING, edf, export_edf
from kapmonitor.export.visit import read_visit
from kapmonitor.reading import PlethRun, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.vitals import Vital
from tests.kapmonitor.export.pdf_visits import entries, opened, ordinary, write
from tests.kapmonitor.record.stories import SECONDS, block, write_visit


def read(content):
    return edfio.read_edf(io.BytesIO(content))


def signals(file):
    return {signal.label: signal for signal in file.signals}


@pytest.fixture
def visit(tmp_path):
    """A minute of an oximeter with pleth."""
    record = Record.open(write_visit(tmp_path / "s.kap"))
    return read(export_edf(record, tmp_path).read_bytes())


def test_every_numeric_comes_back_exactly(visit):
    found = signals(visit)

    assert list(found) == ["perfusion_index", "pulse_rate", "spo2", "pleth"]
    told = [reading for second in range(SECONDS) for reading in block(second).readings]
    for vital in (Vital.PULSE_RATE, Vital.SPO2, Vital.PERFUSION_INDEX):
        values = [reading.value for reading in told if reading.vital is vital]
        assert found[vital.value].data[:SECONDS] == pytest.approx(values, abs=1e-9)
    assert (found["spo2"].physical_dimension, found["spo2"].sampling_frequency) == ("%", 1)


def test_every_sample_of_the_pleth_comes_back(visit):
    wave = signals(visit)["pleth"]
    told = [value or 0 for second in range(SECONDS) for value in block(second).pleth[0].values]

    measured = wave.data[wave.data != MISSING]
    assert wave.sampling_frequency == 60
    assert np.array_equal(measured, told)


def test_events_are_annotations_without_what_people_wrote(visit):
    told = [(note.onset, note.text) for note in visit.annotations]

    assert told == [(10, "cuff 128/82 mm[Hg] good"), (20, "dose 56 mg")]


def test_the_header_says_whose_and_when_and_that_it_is_simulated(visit):
    assert visit.patient.code == "P-017"
    assert (visit.startdate.isoformat(), visit.starttime.isoformat()) == ("2025-03-01", "10:00:00")
    assert list(visit.recording.additional) == ["identified", "SIMULATED"]


def test_all_marks_together_have_room_in_the_header(tmp_path):
    choice = ExportChoice(pseudonym="S-" + "A" * 70, shift_days=-36000, free_text=False)
    write_visit(tmp_path / "s.kap")

    (path,) = export(tmp_path / "s.kap", tmp_path, ("edf",), ExportChoice("a4", "S-1", 7, False))

    file = edfio.read_edf(path)
    marks = ["pseudonymous", "shifted", "notext", "SIMULATED"]
    assert (file.patient.code, list(file.recording.additional)) == ("S-1", marks)
    with pytest.raises(KapmonitorError):  # EDF has no year before 1985
        export(tmp_path / "s.kap", tmp_path, ("edf",), choice)


def test_a_second_without_a_good_reading_is_missing_not_held(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(entries((0.0, opened(patient_code="Ä B")))[0])
    readings = (
        Reading(Vital.SPO2, 97.0, 0.5, source="ox"),
        Reading(Vital.SPO2, 88.0, 1.5, Quality.QUESTIONABLE, "motion", source="ox"),
        Reading(Vital.SPO2, None, 2.5, Quality.INVALID, "sensor_off", source="ox"),
        Reading(Vital.SPO2, 95.0, 3.5, source="ox"),
    )
    wave = PlethRun(1.0, 0.02, (5, None, 7), 127, source="ox")
    recorder.put_block(SampleBlock(0, readings, (wave,)))
    recorder.close()
    record = Record.open(tmp_path / "s.kap")

    file = read(edf(read_visit(record), list(record.pleth())))

    assert list(signals(file)["spo2"].data[:4]) == [97, MISSING, MISSING, 95]
    assert list(signals(file)["pleth"].data[49:54]) == [MISSING, 5, MISSING, 7, MISSING]
    assert file.patient.code == "__B"


def test_a_visit_without_samples_still_has_its_events(tmp_path):
    record = write(tmp_path / "s.kap", ordinary())

    texts = [note.text for note in read(export_edf(record, tmp_path).read_bytes()).annotations]

    assert "alarm SBP_VHIGH medium acknowledged" in texts
    assert "cuff invalid cuff_loose" in texts
    assert "round" in texts and "left" in texts


def test_without_the_optional_part_a_sentence_says_so(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *given):
        if name == "edfio":
            raise ImportError(name)
        return real(name, *given)

    record = write(tmp_path / "s.kap", ordinary())
    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(KapmonitorError) as refused:
        export_edf(record, tmp_path)

    assert (refused.value.code, refused.value.facts["extra"]) == ("extra_missing", "research")

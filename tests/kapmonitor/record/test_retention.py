"""A record leaves by a person's act alone, and its trace stays."""

import json
import os

import pytest

from kapmonitor.errors import KapmonitorError, RecordError, Refused
from kapmonitor.events import Entry, Note, encode_entry
from kapmonitor.record.chain import Kind
from kapmonitor.record.retention import FILE, YEAR, Why, archive, delete, read_log
from kapmonitor.record.verify import verify
from kapmonitor.record.writing import ChainWriter
from tests.kapmonitor.record.stories import OPENED, UTC_AT_ZERO, write_visit

KEY = bytes(range(32))
LATER = UTC_AT_ZERO + 11 * YEAR


@pytest.fixture
def data(tmp_path):
    """A data folder with one sealed visit and the exports that the window left beside it."""
    folder = tmp_path / "data" / "records"
    (folder / "s3cret").mkdir(parents=True)
    (folder / "s3cret" / "report.pdf").write_bytes(b"%PDF")
    write_visit(folder / "s3cret.kap", key=KEY)
    return tmp_path / "data"


@pytest.fixture
def record(data):
    return data / "records" / "s3cret.kap"


def test_an_archived_record_is_copied_checked_removed_and_told(data, record, tmp_path):
    before = record.read_bytes()

    copy = archive(data, record, tmp_path / "vault", "Ana", Why.MOVED, LATER, KEY)

    assert copy.read_bytes() == before
    assert verify(copy, KEY).whole
    assert (tmp_path / "vault" / "s3cret" / "report.pdf").exists()
    assert list((data / "records").iterdir()) == []
    (trace,), unbroken = read_log(data)
    assert unbroken
    assert (trace.act, trace.session, trace.by, trace.why) == ("archived", "s3cret", "Ana", "moved")
    assert trace.opened == UTC_AT_ZERO


def test_an_archiving_that_was_interrupted_goes_on(data, record, tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / record.name).write_bytes(record.read_bytes())

    archive(data, record, tmp_path / "vault", "Ana", Why.MOVED, LATER, KEY)

    assert not record.exists()


def test_another_record_of_that_name_is_not_written_over(data, record, tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / record.name).write_bytes(b"something else")

    with pytest.raises(RecordError) as refused:
        archive(data, record, tmp_path / "vault", "Ana", Why.MOVED, LATER, KEY)

    assert refused.value.code == "archive_differs"
    assert (tmp_path / "vault" / record.name).read_bytes() == b"something else"
    assert record.exists()


def test_what_is_not_whole_or_in_use_stays(data, record, tmp_path):
    open_one = write_visit(data / "records" / "open.kap", seal=False, key=KEY)
    for path, code in ((open_one, "not_whole"), (record, "record_in_use")):
        writer = ChainWriter(record, KEY, new=False)
        with pytest.raises(RecordError) as refused:
            archive(data, path, tmp_path / "vault", "Ana", Why.MOVED, LATER, KEY)
        writer.close()
        assert refused.value.code == code
        assert path.exists()
    assert read_log(data) == ([], True)


def test_a_record_is_deleted_when_its_time_is_over_and_not_before(data, record):
    with pytest.raises(Refused) as refused:
        delete(data, record, "Ana", Why.PERIOD_OVER, UTC_AT_ZERO + 9.9 * YEAR, KEY, 10.0)
    assert refused.value.code == "too_young"
    assert record.exists()

    delete(data, record, "Ana", Why.PERIOD_OVER, LATER, KEY, 10.0)

    assert list((data / "records").iterdir()) == []
    assert [trace.act for trace in read_log(data)[0]] == ["deleted"]


def test_a_patients_own_wish_does_not_wait_but_needs_a_name(data, record):
    with pytest.raises(Refused) as refused:
        delete(data, record, " ", Why.PATIENT_ASKED, UTC_AT_ZERO + 9, KEY, 10.0)
    assert refused.value.code == "who_acts"

    delete(data, record, "Ana", Why.PATIENT_ASKED, UTC_AT_ZERO + 9, KEY, 10.0)

    assert not record.exists()


def test_the_trace_holds_nothing_of_the_patient_and_shows_when_it_was_changed(data, tmp_path):
    for name in ("one", "two", "three"):
        path = write_visit(data / "records" / f"{name}.kap", key=KEY)
        delete(data, path, "Ana", Why.NO_PATIENT, LATER, KEY, 0.0)
    log = data / FILE
    text = log.read_text(encoding="utf-8")
    assert OPENED.patient_code not in text
    assert set(json.loads(text.splitlines()[0])) == {
        "act", "session", "by", "why", "utc", "opened", "last", "before",
    }  # fmt: skip
    assert read_log(data)[1]

    lines = text.splitlines(keepends=True)
    log.write_text(lines[0] + lines[2], encoding="utf-8")
    assert not read_log(data)[1]
    log.write_text(text.replace('"Ana"', '"Bob"', 1), encoding="utf-8")
    assert not read_log(data)[1]
    log.write_text("no log", encoding="utf-8")
    with pytest.raises(KapmonitorError) as damaged:
        read_log(data)
    assert damaged.value.code == "log_damaged"


def test_a_folder_beside_a_record_elsewhere_is_not_ours(data, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "visit").mkdir(parents=True)
    (elsewhere / "visit" / "thesis.txt").write_text("mine", encoding="utf-8")
    path = write_visit(elsewhere / "visit.kap", key=KEY)

    delete(data, path, "Ana", Why.NO_PATIENT, LATER, KEY, 0.0)

    assert not path.exists()
    assert (elsewhere / "visit" / "thesis.txt").exists()


def test_a_record_is_not_archived_onto_itself(data, record, tmp_path):
    """The copy would be compared with itself, and then the only one removed."""
    folders = [record.parent]
    if os.name == "posix":
        (tmp_path / "vault").symlink_to(record.parent)
        folders.append(tmp_path / "vault")
    for folder in folders:
        with pytest.raises(RecordError) as refused:
            archive(data, record, folder, "Ana", Why.MOVED, LATER, KEY)
        assert refused.value.code == "archive_same"
    assert verify(record, KEY).whole
    assert read_log(data) == ([], True)


def test_a_correction_that_lies_in_a_log_beside_is_not_left_behind(data, record, tmp_path):
    """Somebody read the record while it was amended; the file alone ends at the seal before."""
    writer = ChainWriter(record, KEY, new=False)
    late = Entry(7, 99.0, LATER, 60, Note("late"), "Ana")
    writer.append_sealed([(Kind.EVENT, encode_entry(late))], LATER)
    log = record.with_name(record.name + "-wal").read_bytes()
    content = record.read_bytes()
    writer.close()
    record.write_bytes(content)
    record.with_name(record.name + "-wal").write_bytes(log)
    assert verify(record, KEY).events == 7

    with pytest.raises(RecordError) as refused:
        archive(data, record, tmp_path / "vault", "Ana", Why.MOVED, LATER, KEY)

    assert refused.value.code == "archive_differs"
    assert verify(record, KEY).events == 7

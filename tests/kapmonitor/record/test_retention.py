"""A record leaves by a person's act alone, and its trace stays."""

import hashlib
import json
import os

import msgspec
import pytest

from kapmonitor.errors import KapmonitorError, RecordError, Refused
from kapmonitor.events import Entry, Note, encode_entry
from kapmonitor.keys.key_file import read_key_file, write_key_file
from kapmonitor.keys.keys import Keys
from kapmonitor.record.chain import Kind
from kapmonitor.record.retention import YEAR, Why, archive, delete
from kapmonitor.record.trace import FILE, LogState, read_log
from kapmonitor.record.verify import verify
from kapmonitor.record.writing import ChainWriter
from tests.kapmonitor.keys.rings import NO_RING, MemoryRing
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
    (trace,), state = read_log(data)
    assert state is LogState.UNCHECKED  # nobody kept its end
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
    assert read_log(data) == ([], LogState.WHOLE)


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
    assert read_log(data)[1] is LogState.UNCHECKED

    lines = text.splitlines(keepends=True)
    log.write_text(lines[0] + lines[2], encoding="utf-8")
    assert read_log(data)[1] is LogState.CHANGED
    log.write_text(text.replace('"Ana"', '"Bob"', 1), encoding="utf-8")
    assert read_log(data)[1] is LogState.CHANGED
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
    assert read_log(data) == ([], LogState.WHOLE)


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


@pytest.fixture
def keys(data):
    """The installation's keys, which keep the end of the log."""
    made = Keys(data, ring=MemoryRing())
    made.create()
    return made


def leave(data, keys, *names):
    for name in names:
        path = write_visit(data / "records" / f"{name}.kap", key=KEY)
        delete(data, path, "Ana", Why.NO_PATIENT, LATER, KEY, 0.0, keeper=keys)


def test_an_end_that_was_cut_off_is_found(data, keys):
    assert read_log(data, keys) == ([], LogState.WHOLE)
    leave(data, keys, "one", "two")
    assert read_log(data, keys)[1] is LogState.WHOLE

    log = data / FILE
    lines = log.read_bytes().splitlines(keepends=True)
    cuts: tuple[list[bytes], ...] = (lines[:1], [])
    for left in cuts:
        log.write_bytes(b"".join(left))
        assert read_log(data, keys)[1] is LogState.CUT
    log.unlink()
    assert read_log(data, keys)[1] is LogState.CUT


def test_a_log_written_anew_as_a_whole_is_found(data, keys, tmp_path):
    """By somebody without the key: its lines fit each other, and not what was noted."""
    leave(data, keys, "one", "two")
    log = data / FILE
    forged = log.read_bytes().replace(b'"by":"Ana"', b'"by":"Bob"', 1).splitlines()
    second = json.loads(forged[1]) | {"before": hashlib.sha256(forged[0]).hexdigest()}
    forged[1] = json.dumps(second, separators=(",", ":")).encode()
    log.write_bytes(b"\n".join(forged) + b"\n")

    assert read_log(data)[1] is LogState.UNCHECKED
    assert read_log(data, keys)[1] is LogState.CHANGED


def test_no_later_act_hides_that_the_end_was_cut(data, keys):
    leave(data, keys, "one", "two")
    log = data / FILE
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])

    leave(data, keys, "three", "four")

    assert len(read_log(data, keys)[0]) == 3
    assert read_log(data, keys)[1] is LogState.CHANGED


def test_an_act_broken_off_before_its_end_was_noted_is_no_damage(data, keys):
    leave(data, keys, "one")
    leave(data, None, "two")  # the line is there, the note is not

    assert read_log(data, keys)[1] is LogState.WHOLE
    leave(data, keys, "three")
    (data / FILE).write_bytes((data / FILE).read_bytes().splitlines(keepends=True)[0])
    assert read_log(data, keys)[1] is LogState.CUT


def test_locked_keys_and_older_installations_say_that_they_cannot_tell(data, keys):
    leave(data, keys, "one")
    assert read_log(data, Keys(data, ring=NO_RING))[1] is LogState.UNCHECKED

    kept = read_key_file(data)
    assert kept is not None
    write_key_file(data, msgspec.structs.replace(kept, trace=b""))
    assert read_log(data, keys)[1] is LogState.UNCHECKED
    leave(data, keys, "two")
    assert read_log(data, keys)[1] is LogState.WHOLE


def test_a_note_made_without_the_key_does_not_pass(data, keys):
    leave(data, keys, "one")
    kept = read_key_file(data)
    assert kept is not None
    write_key_file(data, msgspec.structs.replace(kept, trace=bytes(60)))

    assert read_log(data, keys)[1] is LogState.CHANGED


def test_a_key_made_where_records_have_left_before_does_not_vouch_for_them(data):
    leave(data, None, "one")
    made = Keys(data, ring=MemoryRing())
    made.create()

    assert read_log(data, made)[1] is LogState.UNCHECKED

"""A record can be read while it is written, after its writer died, and years later."""

import shutil
import sqlite3
from contextlib import closing

import msgspec
import pytest

from kapmonitor.errors import RecordError
from kapmonitor.events import EVENT_VERSION, encode_entry
from kapmonitor.record import opening, steps
from kapmonitor.record.opening import Mode, open_database
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import OPENED, SECONDS, VISIT, block, entry, write_visit


@pytest.fixture
def sealed(tmp_path):
    """A sealed visit."""
    return write_visit(tmp_path / "s.kap")


def refused(path):
    """The code with which opening a file is refused."""
    with pytest.raises(RecordError) as error:
        Record.open(path)
    return error.value.code


def test_everything_comes_back_as_it_was_put(sealed):
    record = Record.open(sealed)

    assert record.entries() == list(VISIT)
    assert list(record.blocks()) == [block(second) for second in range(SECONDS)]
    assert len(list(record.readings())) == 3 * SECONDS
    assert sum(len(run.values) for run in record.pleth()) == 60 * SECONDS
    assert record.sealed
    assert record.simulated
    assert record.opened == OPENED


def died(path, folder):
    """What lies there after the writer was killed: copies of the files as they are just now."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, folder / file.name)
    return folder / path.name


def test_an_interrupted_record_is_read_without_changing_it(tmp_path):
    """The events are still in the write-ahead log; reading leaves file and log as they are."""
    recorder = Recorder(tmp_path / "s.kap")
    for one in VISIT[:4]:
        recorder.put(one)
    assert recorder.flush()
    left = died(tmp_path / "s.kap", tmp_path / "after")
    before = {file.name: file.read_bytes() for file in left.parent.iterdir()}
    assert len(before["s.kap-wal"]) > 0

    record = Record.open(left)

    assert record.entries() == list(VISIT[:4])
    assert not record.sealed
    assert verify(left).first_wrong is None
    assert before.items() <= {f.name: f.read_bytes() for f in left.parent.iterdir()}.items()
    recorder.close()


def test_a_change_that_died_half_way_is_taken_back(sealed, tmp_path):
    """Killed between two journal modes, a record has a rollback journal beside it."""
    with closing(open_database(sealed, None, Mode.WRITE)) as connection:
        # A cache of one page: half of the change is in the file before it is committed.
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.execute("UPDATE chain SET hash = zeroblob(32)")
        left = died(sealed, tmp_path / "after")
        connection.execute("ROLLBACK")
    assert left.read_bytes() != sealed.read_bytes()
    assert left.with_name("s.kap-journal").exists()

    assert Record.open(left).entries() == list(VISIT)
    assert verify(left).whole


def test_a_record_can_be_read_while_it_is_written(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(VISIT[0])
    assert recorder.flush()
    record = Record.open(tmp_path / "s.kap")

    recorder.put(VISIT[1])
    assert recorder.flush()

    assert record.entries() == list(VISIT[:2])
    recorder.close()


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + bytes(84), bytes(8192)])
def test_a_file_that_is_no_record_is_refused(tmp_path, content):
    path = tmp_path / "s.kap"
    path.write_bytes(content)

    assert refused(path) in ("not_a_record", "record_unreadable")
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / "s.kap")) as other:
        other.execute("CREATE TABLE chain(number INTEGER PRIMARY KEY)")

    assert refused(tmp_path / "s.kap") == "not_a_record"


def test_a_missing_record_is_refused(tmp_path):
    assert refused(tmp_path / "s.kap") == "no_such_session"
    assert refused(tmp_path) == "no_such_session"
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_newer_program_is_refused(sealed):
    with closing(open_database(sealed, None, Mode.WRITE)) as connection:
        connection.execute(f"PRAGMA user_version = {opening.RECORD_VERSION + 1}")

    assert refused(sealed) == "record_newer"


def test_names_with_odd_signs_can_be_opened(tmp_path):
    """A path becomes part of an address, in which %, ? and # mean something."""
    folder = tmp_path / "50% a?b#c ü"
    folder.mkdir()

    path = write_visit(folder / "s.kap")

    assert verify(path).whole
    assert [file.name for file in folder.iterdir()] == ["s.kap"]


def test_an_encrypted_record_needs_its_key(tmp_path):
    """The way is there from the first day: with a key, nothing of the file can be read."""
    key = bytes(range(32))
    recorder = Recorder(tmp_path / "s.kap", key=key)
    recorder.put(entry(1, 0.0, OPENED))
    assert recorder.seal(1.74e9)

    assert b"P-017" not in (tmp_path / "s.kap").read_bytes()
    assert Record.open(tmp_path / "s.kap", key).opened == OPENED
    assert verify(tmp_path / "s.kap", key).whole
    assert refused(tmp_path / "s.kap") == "not_a_record"
    with pytest.raises(RecordError) as error:
        Record.open(tmp_path / "s.kap", bytes(32))
    assert error.value.code == "wrong_key"


def test_an_event_of_an_older_version_goes_through_all_later_steps(monkeypatch):
    """In version 1 a note's text was called words, in version 2 it had no kind; 3 is today's."""

    def rename(raw):
        event = dict(raw["event"])
        event["text"] = event.pop("words")
        return raw | {"event": event}

    def add_kind(raw):
        return raw | {"event": raw["event"] | {"kind": "note"}}

    monkeypatch.setattr(steps, "EVENT_VERSION", 3)
    monkeypatch.setattr(steps, "STEPS", (rename, add_kind))
    raw = msgspec.json.decode(encode_entry(VISIT[4]))
    raw["event"]["words"] = raw["event"].pop("text")
    raw["version"] = 1

    read = steps.read_entry(msgspec.json.encode(raw))

    assert read == msgspec.structs.replace(VISIT[4], version=3)


def test_there_is_a_step_for_every_older_version():
    assert len(steps.STEPS) == EVENT_VERSION - 1


def test_an_event_of_a_newer_program_is_refused():
    body = encode_entry(msgspec.structs.replace(VISIT[4], version=EVENT_VERSION + 1))

    with pytest.raises(RecordError) as error:
        steps.read_entry(body)
    assert error.value.code == "record_newer"

"""The recorder loses nothing that it called saved, and never gives up."""

import os
import threading

import pytest

from kapmonitor.errors import RecordError
from kapmonitor.events import Amended, Note
from kapmonitor.record.opening import DatabaseError
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import (
    OPENED,
    SECONDS,
    UTC_AT_ZERO,
    VISIT,
    block,
    entry,
    write_visit,
)
from tests.patience import PATIENCE

QUICK = 0.02


class Heard:
    """What a recorder told: numbers saved, troubles; waits for news instead of sleeping."""

    def __init__(self):
        self.saved = []
        self.troubles = []
        self._news = threading.Condition()

    def on_saved(self, number):
        self._tell(self.saved, number)

    def on_trouble(self, code):
        self._tell(self.troubles, code)

    def _tell(self, news, what):
        with self._news:
            news.append(what)
            self._news.notify_all()

    def wait_for_trouble(self, *codes):
        with self._news:
            assert self._news.wait_for(lambda: self.troubles == list(codes), PATIENCE), (
                self.troubles
            )


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def recorder(tmp_path, heard):
    """A recorder that has written its first event."""
    recorder = Recorder(
        tmp_path / "s.kap",
        on_saved=heard.on_saved,
        on_trouble=heard.on_trouble,
        retry_seconds=QUICK,
    )
    recorder.put(entry(1, 0.0, OPENED))
    assert recorder.flush()
    yield recorder
    recorder.close()


def notes(first, last):
    return [
        entry(number, float(number), Note(f"note {number}")) for number in range(first, last + 1)
    ]


def command(recorder, sql):
    """Give the writer's own connection an order, while it has nothing to write."""
    return recorder._writer._connection.execute(sql).fetchall()


def test_what_is_called_saved_can_be_read_at_once(tmp_path, heard, recorder):
    """A second connection sees it, so it has left the writer's process for good."""
    recorder.put(entry(2, 1.0, Note("here")))
    recorder.put_block(block(1))
    assert recorder.flush()

    assert heard.saved[-1] == 2
    assert Record.open(tmp_path / "s.kap").entries() == [
        entry(1, 0.0, OPENED),
        entry(2, 1.0, Note("here")),
    ]
    assert list(Record.open(tmp_path / "s.kap").blocks()) == [block(1)]


def test_every_commit_waits_for_the_disk(recorder):
    """With synchronous NORMAL (1) a power cut takes commits that were called saved."""
    assert command(recorder, "PRAGMA journal_mode") == [("wal",)]
    assert command(recorder, "PRAGMA synchronous") == [(2,)]


@pytest.mark.skipif(os.name != "posix", reason="Windows folders of a user are his own already")
def test_a_record_is_its_owners_alone(recorder):
    for file in recorder.path.parent.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_saved_numbers_only_rise_and_reach_the_last(heard, recorder):
    for one in notes(2, 500):
        recorder.put(one)
    assert recorder.flush()

    assert heard.saved == sorted(set(heard.saved))
    assert heard.saved[-1] == 500


def test_blocks_alone_are_not_called_saved_events(heard, recorder):
    recorder.put_block(block(1))
    assert recorder.flush()

    assert heard.saved == [1]


def test_a_sealed_record_is_one_file(tmp_path):
    """Whoever copies that file has a backup: no write-ahead log and no lock beside it."""
    write_visit(tmp_path / "s.kap")

    assert [path.name for path in tmp_path.iterdir()] == ["s.kap"]


def test_nothing_can_be_put_after_the_seal(recorder):
    assert recorder.seal(UTC_AT_ZERO)

    with pytest.raises(RecordError) as refused:
        recorder.put(entry(2, 1.0, Note("too late")))
    assert refused.value.code == "record_sealed"


def test_an_interrupted_record_goes_on_where_it_stopped(tmp_path):
    path = write_visit(tmp_path / "s.kap", seal=False)

    again = Recorder.resume(path)
    again.put(entry(7, 90.0, Note("back")))
    assert again.seal(UTC_AT_ZERO + 91)

    assert Record.open(path).entries() == [*VISIT, entry(7, 90.0, Note("back"))]
    assert verify(path).whole


def test_a_sealed_record_takes_amendments_and_a_new_seal(tmp_path):
    path = write_visit(tmp_path / "s.kap")
    with pytest.raises(RecordError) as refused:
        Recorder.resume(path)
    assert refused.value.code == "record_sealed"

    again = Recorder.resume(path, after_seal=True)
    again.put(entry(7, 4000.0, Amended(5, "atmet ruhig", "wrong word"), by="Dr. Weiß"))
    assert again.flush()
    assert not verify(path).sealed
    assert again.seal(UTC_AT_ZERO + 4001)

    assert verify(path).whole
    assert [statement.events for statement in Record.open(path).statements()] == [6, 7]


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path, recorder):
    with pytest.raises(RecordError) as refused:
        Recorder.resume(tmp_path / "s.kap")
    assert refused.value.code == "record_in_use"

    recorder.put(entry(2, 1.0, Note("still here")))
    assert recorder.flush()


def test_an_older_record_is_never_written_over(tmp_path):
    path = write_visit(tmp_path / "s.kap")
    before = path.read_bytes()

    with pytest.raises(RecordError) as refused:
        Recorder(path)

    assert refused.value.code == "record_exists"
    assert path.read_bytes() == before


def test_a_folder_that_takes_no_file_is_an_error_at_the_start(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(RecordError) as refused:
        Recorder(tmp_path / "file" / "s.kap")
    assert refused.value.code == "folder_unwritable"


def test_a_full_disk_is_told_once_and_nothing_is_lost(tmp_path, heard, recorder):
    """The disk fills up, many events later there is room again: all of them, in order."""
    (limit,) = command(recorder, "PRAGMA max_page_count = 4")
    assert limit[0] < 20

    for one in notes(2, 400):
        recorder.put(one)
        recorder.put_block(block(one.number))
    heard.wait_for_trouble("disk_full")
    assert not recorder.flush(QUICK * 5)
    assert recorder.pending > 0
    assert recorder.trouble == "disk_full"

    command(recorder, "PRAGMA max_page_count = 1000000")
    assert recorder.flush()
    heard.wait_for_trouble("disk_full", None)
    assert recorder.seal(UTC_AT_ZERO + 400)

    assert heard.saved[-1] == 400
    assert verify(tmp_path / "s.kap").whole
    assert [one.number for one in Record.open(tmp_path / "s.kap").entries()] == [*range(1, 401)]


def test_a_record_that_may_not_be_written_is_told_and_tried_again(tmp_path, heard, recorder):
    command(recorder, "PRAGMA query_only = ON")
    recorder.put(entry(2, 1.0, Note("kept in memory")))
    heard.wait_for_trouble("read_only")

    command(recorder, "PRAGMA query_only = OFF")
    assert recorder.flush()
    heard.wait_for_trouble("read_only", None)
    assert len(Record.open(tmp_path / "s.kap").entries()) == 2


def test_a_stick_that_was_pulled_out_and_comes_back(tmp_path, heard):
    """The folder goes away with the record; when it is back, everything is written."""
    stick = tmp_path / "stick"
    stick.mkdir()
    recorder = Recorder(stick / "s.kap", on_trouble=heard.on_trouble, retry_seconds=QUICK)
    recorder.put(entry(1, 0.0, OPENED))
    assert recorder.flush()

    stick.rename(tmp_path / "pulled")
    recorder.put(entry(2, 1.0, Note("without a stick")))
    heard.wait_for_trouble("write_failed")
    (tmp_path / "pulled").rename(stick)

    assert recorder.seal(UTC_AT_ZERO + 2)
    heard.wait_for_trouble("write_failed", None)
    assert verify(stick / "s.kap").whole
    assert verify(stick / "s.kap").events == 2


def test_another_record_in_the_place_of_ours_is_not_written_to(tmp_path, heard):
    """Another stick with a record of the same name: ours waits, the other stays as it is."""
    stick, other = tmp_path / "stick", tmp_path / "other"
    stick.mkdir()
    other.mkdir()
    before = write_visit(other / "s.kap").read_bytes()
    recorder = Recorder(stick / "s.kap", on_trouble=heard.on_trouble, retry_seconds=QUICK)
    recorder.put(entry(1, 5.0, OPENED))
    assert recorder.flush()

    stick.rename(tmp_path / "pulled")
    recorder.put(entry(2, 6.0, Note("ours")))
    heard.wait_for_trouble("write_failed")
    other.rename(stick)
    assert not recorder.flush(QUICK * 10)
    recorder.close()

    assert recorder.pending == 1
    assert recorder.path.read_bytes() == before


def test_closing_in_trouble_says_what_was_not_written(heard, recorder):
    command(recorder, "PRAGMA query_only = ON")
    for one in notes(2, 4):
        recorder.put(one)
    heard.wait_for_trouble("read_only")

    recorder.close()

    assert recorder.pending == 3


def test_a_seal_in_trouble_says_so(heard, recorder):
    command(recorder, "PRAGMA query_only = ON")

    assert recorder.seal(UTC_AT_ZERO, timeout=QUICK * 5) is False

    command(recorder, "PRAGMA query_only = OFF")
    recorder.close()
    assert verify(recorder.path).whole


def test_a_listener_that_fails_does_not_stop_the_record(tmp_path):
    def fails(number):
        raise RuntimeError("the window is gone")

    recorder = Recorder(tmp_path / "s.kap", on_saved=fails)
    recorder.put(entry(1, 0.0, OPENED))
    assert recorder.flush()
    recorder.put(entry(2, 1.0, Note("goes on")))

    assert recorder.seal(UTC_AT_ZERO)
    assert verify(tmp_path / "s.kap").events == 2


class CommitsButComplains:
    """A connection whose first commit reaches the disk and whose answer does not reach us."""

    def __init__(self, real):
        self._real = real
        self.complained = False

    def execute(self, sql, *values):
        result = self._real.execute(sql, *values)
        if sql == "COMMIT" and not self.complained:
            self.complained = True
            raise DatabaseError("the answer got lost")
        return result

    def __getattr__(self, name):
        return getattr(self._real, name)


def test_rows_that_a_failed_attempt_wrote_after_all_are_not_written_twice(heard, recorder):
    """The next attempt recognises them, although by then there are more."""
    connection = CommitsButComplains(recorder._writer._connection)
    recorder._writer._connection = connection

    for one in notes(2, 30):
        recorder.put(one)
    assert recorder.seal(UTC_AT_ZERO)

    assert connection.complained
    assert heard.troubles == ["write_failed", None]
    assert heard.saved[-1] == 30
    assert verify(recorder.path).whole
    assert [one.number for one in Record.open(recorder.path).entries()] == [*range(1, 31)]


def test_a_reader_that_stays_does_not_keep_a_record_from_its_seal(tmp_path, monkeypatch):
    """Then the record is sealed with its write-ahead log beside it, and is whole all the same."""
    monkeypatch.setattr("kapmonitor.record.opening.BUSY_SECONDS", 0.01)
    path = write_visit(tmp_path / "s.kap", seal=False)
    recorder = Recorder.resume(path, retry_seconds=QUICK)
    reader = Record.open(path)._connect()
    assert reader.execute("SELECT count(*) FROM chain").fetchone()[0] > 6

    assert recorder.seal(UTC_AT_ZERO + 61)

    reader.close()
    assert verify(path).whole


class Copied:
    """What became of an emergency copy; waits for it."""

    def __init__(self):
        self._told = threading.Event()
        self.code = "nothing yet"

    def __call__(self, code):
        self.code = code
        self._told.set()

    def wait(self):
        assert self._told.wait(PATIENCE)
        return self.code


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["clear", "encrypted"])
def test_an_emergency_copy_is_the_whole_record_and_gets_what_follows(tmp_path, heard, key):
    """The stick was resumed from and is pulled out; the copy lies on the laptop, sealed."""
    stick, laptop, copied = tmp_path / "stick", tmp_path / "laptop", Copied()
    stick.mkdir()
    laptop.mkdir()
    write_visit(stick / "s.kap", seal=False, key=key)
    recorder = Recorder.resume(
        stick / "s.kap",
        key=key,
        on_saved=heard.on_saved,
        on_trouble=heard.on_trouble,
        on_copy=copied,
        retry_seconds=QUICK,
    )
    stick.rename(tmp_path / "pulled")
    recorder.put(entry(7, 70.0, Note("without a stick")))
    heard.wait_for_trouble("write_failed")

    recorder.copy_to(laptop / "s.kap")
    assert copied.wait() == ""
    assert heard.saved[-1] == 7
    recorder.put(entry(8, 71.0, Note("goes on")))
    recorder.put_block(block(71))
    assert recorder.seal(UTC_AT_ZERO + 72)
    recorder.close(QUICK)

    assert recorder.path == laptop / "s.kap"
    assert verify(laptop / "s.kap", key).whole
    found = Record.open(laptop / "s.kap", key)
    assert [one.number for one in found.entries()] == [*range(1, 9)]
    assert list(found.blocks()) == [*map(block, range(SECONDS)), block(71)]


def test_a_copy_and_a_record_that_works_again_are_the_same_chain(tmp_path, recorder):
    copied = Copied()
    recorder._on_copy = copied
    (tmp_path / "laptop").mkdir()
    command(recorder, "PRAGMA query_only = ON")
    recorder.put(entry(2, 1.0, Note("in memory")))
    recorder.copy_to(tmp_path / "laptop" / "s.kap")
    assert copied.wait() == ""
    command(recorder, "PRAGMA query_only = OFF")
    assert recorder.flush()
    assert recorder.seal(UTC_AT_ZERO + 2)

    hashes = [Record.open(path).statements()[-1].last for path in tmp_path.rglob("*.kap")]
    assert len(hashes) == 2
    assert len(set(hashes)) == 1
    assert recorder.path == tmp_path / "s.kap"


def test_a_copy_that_cannot_begin_says_why_and_the_record_goes_on(tmp_path, recorder):
    for path, code in (
        (tmp_path / "s.kap", "record_in_use"),
        (tmp_path / "gone" / "s.kap", "folder_unwritable"),
    ):
        copied = Copied()
        recorder._on_copy = copied
        recorder.copy_to(path)
        assert copied.wait() == code
    recorder.put(entry(2, 1.0, Note("goes on")))
    assert recorder.seal(UTC_AT_ZERO + 2)

"""The data folder lists its sessions and finds them; names say nothing about patients."""

import msgspec
import pytest

from kapmonitor.errors import KapmonitorError, RecordError
from kapmonitor.record.folder import (
    data_folder,
    find_record,
    list_sessions,
    make_folder,
    new_session_id,
    record_path,
)
from kapmonitor.record.lock import RecordLock, is_locked
from kapmonitor.record.recorder import Recorder
from tests.kapmonitor.record.stories import OPENED, UTC_AT_ZERO, entry, write_visit


@pytest.fixture(autouse=True)
def records(tmp_path):
    """The folder for records is there."""
    make_folder(tmp_path / "records")


def test_the_list_tells_sealed_interrupted_and_open(tmp_path):
    write_visit(record_path(tmp_path, "sealed1"))
    write_visit(record_path(tmp_path, "broken1"), seal=False)
    writing = Recorder(record_path(tmp_path, "writing1"))
    writing.put(msgspec.structs.replace(entry(1, 0.0, OPENED), utc=UTC_AT_ZERO + 9))
    assert writing.flush()

    sessions = {session.id: session for session in list_sessions(tmp_path, training=True)}

    assert {name: session.state for name, session in sessions.items()} == {
        "sealed1": "sealed",
        "broken1": "interrupted",
        "writing1": "open",
    }
    assert sessions["sealed1"].events == 6
    assert sessions["sealed1"].minutes == 1.0
    assert sessions["sealed1"].opened == UTC_AT_ZERO
    assert sessions["sealed1"].simulated
    assert next(iter(sessions)) == "writing1"
    writing.close()


def test_a_file_that_cannot_be_read_is_listed_with_the_reason(tmp_path):
    record_path(tmp_path, "noise").write_bytes(b"not a database, surely" * 100)
    record_path(tmp_path, "nothing").write_bytes(b"")

    assert {session.id: session.state for session in list_sessions(tmp_path)} == {
        "noise": "not_a_record",
        "nothing": "not_a_record",
    }


def test_a_folder_that_is_not_there_has_no_sessions(tmp_path):
    assert list_sessions(tmp_path / "nowhere") == []


def test_a_session_is_found_by_its_id_and_by_its_path(tmp_path):
    path = write_visit(record_path(tmp_path, "k3x9"))

    assert find_record(tmp_path, "k3x9") == path
    assert find_record(tmp_path, str(path)) == path


@pytest.mark.parametrize("name", ["other", "../records/k3x9", "", "..", "k3x9.kap"])
def test_a_session_that_is_not_there_is_an_error(tmp_path, name):
    write_visit(record_path(tmp_path, "k3x9"))

    with pytest.raises(RecordError) as error:
        find_record(tmp_path, name)
    assert error.value.code == "no_such_session"


def test_the_folder_is_the_one_given_then_the_environments(tmp_path, monkeypatch):
    monkeypatch.setenv("KAPMONITOR_DATA", str(tmp_path / "environment"))
    assert data_folder(tmp_path / "given") == tmp_path / "given"
    assert data_folder() == tmp_path / "environment"

    monkeypatch.delenv("KAPMONITOR_DATA")
    assert data_folder().name == "kapmonitor"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(KapmonitorError) as error:
        make_folder(tmp_path / "file" / "records")
    assert error.value.code == "folder_unwritable"


def test_session_ids_are_random_and_plain():
    ids = {new_session_id() for _ in range(200)}

    assert len(ids) == 200
    assert all(len(one) == 12 and one.isalnum() and one.islower() for one in ids)


def test_the_lock_is_free_again_after_its_holder(tmp_path):
    """A lock file that a dead program left behind holds nothing."""
    path = tmp_path / "s.kap"
    path.with_name("s.kap-lock").touch()
    assert not is_locked(path)

    lock = RecordLock(path)
    assert is_locked(path)
    with pytest.raises(RecordError) as error:
        RecordLock(path)
    assert error.value.code == "record_in_use"
    lock.release()

    RecordLock(path).release()
    assert [file.name for file in tmp_path.iterdir()] == ["records"]


def test_training_is_never_listed_among_patients_records(tmp_path):
    """Nor is a demonstration that an older version put among them."""
    make_folder(tmp_path / "training")
    real = msgspec.structs.replace(OPENED, simulated=False)
    for path, opened in (
        (record_path(tmp_path, "patient1"), real),
        (record_path(tmp_path, "olddemo1"), OPENED),
        (record_path(tmp_path, "trained1", training=True), OPENED),
    ):
        writing = Recorder(path)
        writing.put(entry(1, 0.0, opened))
        assert writing.flush()
        writing.close()

    assert [session.id for session in list_sessions(tmp_path)] == ["patient1"]
    listed = list_sessions(tmp_path, training=True)
    assert {session.id for session in listed} == {"olddemo1", "trained1"}
    assert all(session.training for session in listed)
    assert find_record(tmp_path, "trained1").parent.name == "training"


def test_a_patient_with_one_virtual_device_is_no_training(tmp_path):
    """Its record has the installation's key: it may be a patient after all."""
    path = record_path(tmp_path, "mixed1")
    key = bytes(range(32))
    writing = Recorder(path, key=key)
    writing.put(entry(1, 0.0, OPENED))
    assert writing.flush()
    writing.close()

    assert [s.id for s in list_sessions(tmp_path, lambda _path: key)] == ["mixed1"]
    assert list_sessions(tmp_path, lambda _path: key, training=True) == []

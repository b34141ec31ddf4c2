"""The worker process: it exports what is asked, leaves when called back, and tells no secrets."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kapmonitor.errors import KapmonitorError
from kapmonitor.export import errand, export
from kapmonitor.export.choice import ExportChoice
from kapmonitor.export.errand import run_errand
from kapmonitor.export.job import ExportJob, decode_job, encode
from kapmonitor.export.worker import WORD
from kapmonitor.export.writing import remove_unfinished
from kapmonitor.record.recorder import Recorder
from tests.kapmonitor.export.pdf_visits import ordinary, write
from tests.kapmonitor.record.stories import UTC_AT_ZERO
from tests.patience import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def record(tmp_path):
    return write(tmp_path / "s.kap", ordinary(), range(600, 700))


def job(record, folder, *formats, **more):
    return ExportJob(str(record.path), str(folder), formats, **more)


def test_the_worker_leaves_the_same_bytes_as_an_export_here(record, tmp_path):
    shares: list[float] = []

    files = run_errand(job(record, tmp_path / "there", "csv", "fhir"), shares.append)

    here = export(record.path, tmp_path / "here", ("csv", "fhir"))
    assert [path.name for path in files] == [path.name for path in here]
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in here]
    assert shares == [0.5, 1.0, 1.0]


def test_what_goes_wrong_there_is_said_here(record, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(KapmonitorError) as refused:
        run_errand(job(record, blocked, "csv"))
    assert refused.value.code == "folder_unwritable"

    with pytest.raises(KapmonitorError) as missing:
        run_errand(ExportJob(str(tmp_path / "gone.kap"), str(tmp_path), ("csv",)))
    assert missing.value.code == "no_such_session"


def test_a_cancelled_export_leaves_nothing_behind(record, tmp_path, monkeypatch):
    """No process, and no unfinished file, even one that the worker itself could not remove."""
    folder = tmp_path / "out"
    folder.mkdir()
    started = []
    start = errand._start

    def watched():
        started.append(start())
        return started[0]

    monkeypatch.setattr(errand, "_start", watched)
    monkeypatch.setattr("secrets.token_hex", lambda _length: "abcd1234")

    def cancelled():
        (folder / ".report.pdf.abcd1234").write_text("half")
        return True

    with pytest.raises(KapmonitorError) as refused:
        run_errand(job(record, folder, "pdf"), cancelled=cancelled)

    assert refused.value.code == "export_cancelled"
    assert started[0].poll() is not None
    assert list(folder.iterdir()) == []


def test_a_worker_whose_program_died_leaves_too(record, tmp_path):
    """The pipe is its lifeline: a window that is gone must not leave a process with a key."""
    given = encode(job(record, tmp_path / "out", *["pdf"] * 50, mark="abcd1234"))
    worker = subprocess.Popen(
        [sys.executable, "-m", "kapmonitor", WORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    with worker:
        worker.stdin.write(given)
        worker.stdin.flush()
        worker.stdout.readline()  # it is at work
        worker.stdin.close()
        assert worker.wait(PATIENCE) == 1

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.pdf"]


def test_a_worker_that_dies_is_no_success(record, tmp_path, monkeypatch):
    start = errand._start

    def killed():
        worker = start()
        worker.kill()
        return worker

    monkeypatch.setattr(errand, "_start", killed)

    with pytest.raises(KapmonitorError) as failed:
        run_errand(job(record, tmp_path / "out", "csv"))
    assert failed.value.code == "export_failed"


def test_the_key_is_in_neither_arguments_nor_environment(record, tmp_path, monkeypatch):
    key = bytes(range(32))
    monkeypatch.setenv("KAPMONITOR_PASSPHRASE", "open sesame")
    seen = []
    start = errand._start

    def watched():
        worker = start()
        process = psutil.Process(worker.pid)
        wait_until(process.environ, "the environment")  # the system fills both in a moment later
        wait_until(process.cmdline, "the arguments")
        seen.append((process.cmdline(), process.environ()))
        return worker

    monkeypatch.setattr(errand, "_start", watched)

    with pytest.raises(KapmonitorError):  # the record is not encrypted: the key does not fit
        run_errand(job(record, tmp_path / "out", "csv", key=key))

    arguments, environment = seen[0]
    assert arguments[-1] == WORD
    told = repr((arguments, environment))
    assert key.hex() not in told and "open sesame" not in told
    assert "PATH" in environment or os.name == "nt"


def test_an_encrypted_record_is_exported_with_its_key(tmp_path):
    key = bytes(range(32))
    recorder = Recorder(tmp_path / "s.kap", key=key)
    for one in ordinary():
        recorder.put(one)
    assert recorder.seal(UTC_AT_ZERO + 9000)
    recorder.close()
    asked = ExportJob(str(tmp_path / "s.kap"), str(tmp_path / "out"), ("csv",), key=key)

    files = run_errand(asked)

    assert "187,104" in (tmp_path / "out" / "cuffs.csv").read_text("utf-8")
    assert len(files) == 5


def test_a_job_survives_its_way_through_the_pipe():
    asked = ExportJob(
        "/tmp/a b\n.kap", "/tmp/ä", ("csv",), ExportChoice("letter", "S-1", 7, False), bytes(32)
    )

    line = encode(asked)

    assert decode_job(line) == asked
    assert line.count(b"\n") == 1


def test_only_unfinished_files_of_this_export_are_removed(tmp_path):
    for name in (".a.csv.1111", ".b.csv.2222", "c.1111"):
        (tmp_path / name).write_text("")

    remove_unfinished(tmp_path, "1111")
    remove_unfinished(tmp_path, "")
    remove_unfinished(tmp_path / "gone", "1111")

    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.csv.2222", "c.1111"]

"""A whole visit with a random patient: the grep over everything it leaves finds nothing of her."""

import os
import secrets
import signal
import sys
from pathlib import Path

import pypdf
import pytest

from kapmonitor import settings
from kapmonitor.keys.keys import Keys
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.session import fold
from tests.end_to_end.program import PASSPHRASE, RunningVisit, kapmonitor, lines_of
from tests.kapmonitor.record.stories import VISIT, entry


def files_with(folder: Path, *words: str) -> list[str]:
    """The files below a folder that hold one of these words as text of any usual kind."""
    forms = [form for word in words for form in (word.encode(), word.encode("utf-16-le"))]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


@pytest.fixture
def patient():
    """Her code and her name; random, so that nothing else holds them by accident."""
    return f"C{secrets.token_hex(6)}", f"Name{secrets.token_hex(6)}"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A home and a folder for temporary files of the visit's own, beside its data."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        monkeypatch.setenv(name, str(folder))
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="kills the program as only POSIX can")
def test_a_visit_leaves_nothing_of_the_patient_in_the_clear(machine, patient):
    """Looked at while it runs, after it was killed, after it went on, and after its seal."""
    code, name = patient
    data = machine / "data"
    with RunningVisit(data, "--patient", code) as visit:
        visit.ask(id=1, command="note", text=f"{name} is calm", by="Ana")
        assert "saved" in visit.answer(1)
        assert [path.suffix for path in data.rglob("*.kap-wal")]
        assert files_with(machine, code, name) == []
        os.kill(visit.process.pid, signal.SIGKILL)
    assert files_with(machine, code, name) == []

    (record,) = data.rglob("*.kap")
    with RunningVisit(data, "--resume", record.stem) as visit:
        visit.ask(id=2, command="note", text=f"{name} is awake", by="Ana")
        assert "saved" in visit.answer(2)
        visit.ask(id=3, command="end", by="Ana")
        assert visit.end() == 0
    assert files_with(machine, code, name) == []

    assert lines_of(kapmonitor(data, "verify", record.stem, "--json"))[0]["whole"]
    # Later she is noted upon, and the record is archived: log and trace name her neither.
    noted = ("--text", f"{name} called", "--by", "Ana")
    assert kapmonitor(data, "amend", record.stem, *noted).returncode == 0
    assert files_with(machine, code, name) == []
    vault = ("--archive", str(machine / "vault"), "--by", "Ana", "--why", "moved")
    assert kapmonitor(data, "retain", record.stem, *vault).returncode == 0
    assert (data / "retention.jsonl").exists()
    assert files_with(machine, code, name) == []
    record = machine / "vault" / record.name

    files = machine / "files"
    assert kapmonitor(data, "export", str(record), "--to", str(files)).returncode == 0
    # The control: the patient was in the record, and the grep finds her where she is readable.
    assert "files/events.csv" in files_with(machine, code, name)
    assert [name for name in files_with(machine, code, name) if "files/" not in name] == []


def test_her_name_is_in_her_record_and_in_the_report_that_tells_whose_it_is(machine, patient):
    """Where a clinic keeps names: not in lines, file names, logs, tables or what goes to research.

    Looked at while the visit runs, after its seal, and in each export.
    """
    code, name = patient
    name = f"{name} of Exeter"
    data = machine / "data"
    settings.change(data, patient_names=True)
    with RunningVisit(data, "--patient", code) as visit:
        visit.ask(id=1, command="patient_name", name=name, by="Ana")
        assert "saved" in visit.answer(1)
        assert [path.suffix for path in data.rglob("*.kap-wal")]
        assert files_with(machine, name, name.split()[0]) == []
        visit.ask(id=2, command="end", by="Ana")
        assert visit.end() == 0
    assert [line["event"] for line in visit.seen if "event" in line].count("patient_name") == 1
    assert name.split()[0] not in str(visit.seen)
    (record,) = data.rglob("*.kap")
    key = Keys(data, PASSPHRASE).for_record(record)
    assert fold(Record.open(record, key).entries()).patient_name == name

    told = [
        ("files",),
        ("research", "--pseudonymous"),
        ("shifted", "--pseudonymous", "--no-free-text"),
    ]
    for folder, *words in told:
        to = ("--to", str(machine / folder), "--format", "pdf", "--format", "csv")
        done = kapmonitor(data, "export", str(record), *to, "--format", "fhir", *words)
        assert done.returncode == 0, done.stderr.decode()
        assert name.split()[0] not in done.stdout.decode()
    assert files_with(machine, name.split()[0]) == []
    for folder, *_ in told:
        pages = pypdf.PdfReader(machine / folder / "report.pdf").pages
        whole = " ".join(page.extract_text() for page in pages)
        assert (name.split()[0] in whole) == (folder == "files")
    assert not any(name.split()[0] in str(path) for path in machine.rglob("*"))


def test_the_grep_finds_her_in_a_record_that_is_not_encrypted(tmp_path, patient):
    from kapmonitor.events import Note

    recorder = Recorder(tmp_path / "clear.kap")
    recorder.put(VISIT[0])
    recorder.put(entry(2, 1.0, Note(f"{patient[1]} is calm")))
    assert recorder.flush()
    assert "clear.kap-wal" in files_with(tmp_path, patient[1])
    recorder.close()

    locked = Recorder(tmp_path / "locked.kap", key=bytes(32))
    locked.put(VISIT[0])
    locked.put(entry(2, 1.0, Note(f"{patient[1]} is calm")))
    assert locked.flush()
    assert files_with(tmp_path, patient[1]) == ["clear.kap"]
    locked.close()


def test_the_passphrase_opens_what_the_program_left(tmp_path, patient):
    """And another one does not: exit 1 and one line."""
    done = kapmonitor(tmp_path, "run", "--headless", "--silent", "--minutes", "0.01")
    assert done.returncode == 0, done.stderr.decode()
    (record,) = tmp_path.rglob("*.kap")
    assert Keys(tmp_path, PASSPHRASE).for_record(record) is not None

    wrong = tmp_path / "wrong.txt"
    wrong.write_text("something else\n")
    refused = kapmonitor(tmp_path, "--passphrase-file", str(wrong), "verify", record.stem)

    assert refused.returncode == 1
    assert refused.stderr.decode().count("\n") == 1
    assert "passphrase" in refused.stderr.decode()


def test_without_keyring_and_passphrase_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv("KAPMONITOR_PASSPHRASE")
    data = tmp_path / "data"

    refused = kapmonitor(data, "run", "--headless", "--silent", "--minutes", "0.01")

    assert refused.returncode == 1
    assert refused.stderr.decode().count("\n") == 1
    assert "KAPMONITOR_PASSPHRASE" in refused.stderr.decode()
    assert not list(tmp_path.rglob("*"))
    simulated = kapmonitor(data, "simulate", "--out", str(tmp_path / "v"), "--minutes", "0.5")
    assert simulated.returncode == 0, simulated.stderr.decode()
    assert kapmonitor(data, "verify", str(tmp_path / "v" / "session.kap")).returncode == 0

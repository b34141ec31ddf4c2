"""A sealed file elsewhere: who signed it, what paper says of it, and that nothing rewrites it."""

import hashlib
import re
import shutil
from contextlib import closing
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from kapmonitor.errors import KapmonitorError
from kapmonitor.events import Note
from kapmonitor.export import export, pdf_seal
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import anybodys_key
from kapmonitor.record.amend import add_later
from kapmonitor.record.folder import list_sessions
from kapmonitor.record.opening import RECORD_VERSION, Mode, open_database
from kapmonitor.record.reading import Record
from kapmonitor.record.signing import fingerprint
from kapmonitor.record.verify import verify
from kapmonitor.session import fold
from tests.kapmonitor.keys.rings import NO_RING
from tests.kapmonitor.record.stories import UTC_AT_ZERO, write_visit
from ui.cli import cli

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"
STORED = sorted(RECORDINGS.glob("record-*.kap"))


def by_passphrase(data: Path) -> Keys:
    return Keys(data, "correct horse", lambda _: None, NO_RING)


@pytest.fixture
def backup(tmp_path):
    """A copy of a record of another laptop, that laptop's keys, and its recovery key on paper."""
    laptop = by_passphrase(tmp_path / "laptop")
    record = write_visit(tmp_path / "s.kap", key=laptop.for_new(), signer=laptop.signer())
    (tmp_path / "here" / "records").mkdir(parents=True)
    copy = tmp_path / "here" / "records" / "s.kap"
    shutil.copyfile(record, copy)
    return copy, laptop, laptop.recovery_key()


def call(data: Path, *words: str):
    return CliRunner().invoke(cli, ["--data", str(data), *words])


def test_a_backup_needs_the_recovery_key_and_says_so(backup, tmp_path, monkeypatch):
    monkeypatch.setenv("KAPMONITOR_PASSPHRASE", "another one here")
    copy, _, paper = backup
    refused = call(tmp_path / "here", "verify", str(copy))
    assert isinstance(refused.exception, KapmonitorError)
    assert refused.exception.code == "key_unknown"

    (tmp_path / "paper").write_text(paper, encoding="utf-8")
    call(tmp_path / "here", "keys", "recover", "--recovery-file", str(tmp_path / "paper"))

    assert call(tmp_path / "here", "verify", str(copy)).exit_code == 0


def test_verify_on_another_machine_knows_the_signer_by_the_fingerprint(
    backup, tmp_path, monkeypatch
):
    """The signer is unknown there; the fingerprint of the printed report tells whose it is."""
    monkeypatch.setenv("KAPMONITOR_PASSPHRASE", "another one here")
    copy, laptop, paper = backup
    here = Keys(tmp_path / "here", "another one here", lambda _: None, NO_RING)
    here.open(make=True)
    here.recover(paper)
    print_ = fingerprint(laptop.signer().public_key)

    plain = call(tmp_path / "here", "verify", str(copy), "--json")
    assert '"signer":"unknown"' in plain.output.replace(" ", "")
    assert call(tmp_path / "here", "verify", str(copy), "--signer", print_).exit_code == 0
    shout = print_.upper().replace(" ", "")
    assert call(tmp_path / "here", "verify", str(copy), "--signer", shout).exit_code == 0
    wrong = fingerprint(bytes(32))
    refused = call(tmp_path / "here", "verify", str(copy), "--signer", wrong)
    assert refused.exit_code == 1
    assert print_ in refused.output


def test_paper_and_file_agree_after_an_amendment_too(backup, tmp_path, monkeypatch):
    """Short code, hash, fingerprint and the scanned code of the report are verify's."""
    scanned = []

    class Code(pdf_seal._QrCode):
        def __init__(self, text, size):
            scanned.append(text)
            super().__init__(text, size)

    monkeypatch.setattr(pdf_seal, "_QrCode", Code)
    copy, laptop, _ = backup
    key = laptop.for_record(copy)
    add_later(
        copy, [Note("slept well")], "Ana", UTC_AT_ZERO + 9e5, 60, key=key, signer=laptop.signer()
    )
    verdict = verify(copy, key)
    seal = Record.open(copy, key).statements()[-1]

    export(copy, tmp_path / "out", ("pdf",), key=key)

    pages = pypdf.PdfReader(tmp_path / "out" / "report.pdf").pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    assert verdict.code in text
    assert seal.last in text
    assert verdict.fingerprint.replace(" ", "") in text
    assert scanned == [f"kapmonitor seal 1 k3x9 {seal.events} {seal.last}"]
    assert seal.last.upper().startswith(verdict.code.replace("-", ""))


@pytest.mark.parametrize("path", STORED, ids=lambda p: p.stem)
def test_looking_at_a_sealed_record_never_changes_a_byte(path, tmp_path):
    """Opened, listed, read, folded, verified and exported: the same file, and nothing beside it."""
    (tmp_path / "records").mkdir()
    copy = tmp_path / "records" / "s.kap"
    shutil.copyfile(path, copy)
    before = hashlib.sha256(copy.read_bytes()).digest()
    key = anybodys_key(copy)

    record = Record.open(copy, key)
    assert fold(record.entries()).entries
    assert list(record.blocks())
    assert verify(copy, key).whole
    assert list_sessions(tmp_path, training=True)
    export(copy, tmp_path / "out", ("pdf", "csv", "fhir"), key=key)

    assert hashlib.sha256(copy.read_bytes()).digest() == before
    assert [file.name for file in (tmp_path / "records").iterdir()] == ["s.kap"]


def test_the_stored_amended_record_has_two_seals_that_hold():
    path = RECORDINGS / "record-amended-v1.kap"
    key = anybodys_key(path)
    verdict = verify(path, key)

    assert [seal.events for seal in verdict.seals] == [6, 8]
    session = fold(Record.open(path, key).entries())
    assert [type(entry.event).__name__ for entry in session.amendments] == ["Amended", "Note"]


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["clear", "encrypted"])
def test_a_newer_file_is_refused_with_a_clear_sentence(tmp_path, key):
    path = write_visit(tmp_path / "s.kap", key=key)
    with closing(open_database(path, key, Mode.WRITE)) as connection:
        connection.execute(f"PRAGMA user_version = {RECORD_VERSION + 1}")
    before = path.read_bytes()

    for act in (lambda: Record.open(path, key), lambda: verify(path, key),
                lambda: add_later(path, [Note("x")], "Ana", 0.0, 0, key=key)):  # fmt: skip
        with pytest.raises(KapmonitorError) as refused:
            act()
        assert refused.value.code == "record_newer"
    assert path.read_bytes() == before

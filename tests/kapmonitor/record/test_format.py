"""The format is what docs/records.md says, and what an older program wrote opens for ever."""

import hashlib
import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from kapmonitor.keys.published import PUBLISHED_KEY, anybodys_key
from kapmonitor.record.reading import Record
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import SECONDS, VISIT, block, write_visit

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("record-v*.kap")), ids=lambda p: p.stem)
def test_a_record_of_every_version_is_understood(path):
    """These files were written by the program of their time and are never changed."""
    key = anybodys_key(path)
    record = Record.open(path, key)

    assert verify(path, key).whole
    assert record.entries() == list(VISIT)
    assert list(record.blocks()) == [block(second) for second in range(SECONDS)]


def test_the_recorded_version_is_among_them():
    for name, key in (("record-v1", None), ("record-v1-encrypted", PUBLISHED_KEY)):
        assert anybodys_key(RECORDINGS / f"{name}.kap") == key


def test_an_encrypted_record_opens_without_this_program():
    """With nothing but SQLCipher and the published passphrase, as docs/records.md says."""
    key = hashlib.sha256(b"kapmonitor demonstration").hexdigest()
    path = RECORDINGS / "record-v1-encrypted.kap"
    with closing(dbapi2.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.execute(f"PRAGMA key = \"x'{key}'\"")
        (rows,) = database.execute("SELECT count(*) FROM chain").fetchone()

    assert rows == len(VISIT) + SECONDS + 1
    assert (
        path.read_bytes()[:8]
        == hashlib.sha256(b"kapmonitor key id\0" + bytes.fromhex(key)).digest()[:8]
    )


def test_the_chain_can_be_checked_without_this_program(tmp_path):
    """Written from the page alone, with nothing but SQLite, SHA-256 and JSON."""
    path = write_visit(tmp_path / "s.kap")
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT * FROM chain ORDER BY number").fetchall()
        (digest,) = database.execute("SELECT digest FROM file_check").fetchone()

    last = bytes(32)
    for place, (number, kind, body, stored) in enumerate(rows, 1):
        assert number == place
        row = struct.pack(">QI", number, len(kind)) + kind.encode()
        row += struct.pack(">Q", len(body)) + body
        if kind == "seal":
            statement = json.loads(json.loads(body)["statement"])
            assert statement["last"] == last.hex()
            assert statement["rows"] == len(rows) - 1
            assert statement["events"] == len(VISIT)
        last = hashlib.sha256(b"kapmonitor record row 1\0" + last + row).digest()
        assert last == stored

    placeholder = hashlib.sha256(b"kapmonitor: here will stand the digest of this file").digest()
    assert hashlib.sha256(path.read_bytes().replace(digest, placeholder)).digest() == digest

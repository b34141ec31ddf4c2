"""What was changed in a record is found, and the first wrong place is named.

Random changes by the hundred are in `tests/proofs/tamper_record.py`; here each kind is told once.
"""

import json
from contextlib import closing

import pytest

from kapmonitor.errors import RecordError
from kapmonitor.events import Note
from kapmonitor.record.chain import GENESIS, row_hash
from kapmonitor.record.opening import Mode, open_database
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey, fingerprint
from kapmonitor.record.verify import Wrong, verify
from tests.kapmonitor.record.stories import OPENED, UTC_AT_ZERO, VISIT, entry, write_visit


@pytest.fixture
def own(tmp_path):
    """The key of this installation."""
    return InstallationKey.generate()


@pytest.fixture
def path(tmp_path, own):
    """A sealed and signed visit."""
    return write_visit(tmp_path / "s.kap", signer=own)


def edit(path, *statements):
    """Change a record as somebody with a database program would."""
    with closing(open_database(path, None, Mode.WRITE)) as connection:
        for statement in statements:
            connection.execute(statement)


def rows(path):
    with closing(open_database(path, None, Mode.READ)) as connection:
        return connection.execute("SELECT * FROM chain ORDER BY number").fetchall()


def number_of(path, text):
    """The row whose body holds a text."""
    return next(number for number, _, body, _ in rows(path) if text.encode() in body)


def first_wrong(path):
    verdict = verify(path)
    assert not verdict.whole
    return verdict.first_wrong


def test_a_complete_sealed_record_is_whole(path, own):
    verdict = verify(path, own=own.public_key)

    assert verdict.as_json() == {
        "whole": True,
        "sealed": True,
        "events": len(VISIT),
        "signer": "own",
        "first_wrong": None,
        "seals": [
            {
                "events": len(VISIT),
                "utc": UTC_AT_ZERO + 61,
                "code": verdict.code,
                "signer": "own",
                "fingerprint": fingerprint(own.public_key),
            }
        ],
    }
    assert json.dumps(verdict.as_json())


def test_a_record_without_a_seal_is_not_whole(tmp_path):
    verdict = verify(write_visit(tmp_path / "s.kap", seal=False))

    assert (verdict.whole, verdict.sealed, verdict.first_wrong) == (False, False, None)
    assert verdict.events == len(VISIT)


def test_a_changed_word_is_found_in_its_event(path):
    row = number_of(path, "alles gut")
    words = "CAST(replace(body, 'ruhig', 'krank') AS BLOB)"
    edit(path, f"UPDATE chain SET body = {words} WHERE number = {row}")

    assert first_wrong(path) == Wrong("hash", row, 5)


def test_a_changed_hash_is_found(path):
    edit(path, "UPDATE chain SET hash = zeroblob(32) WHERE number = 9")

    assert first_wrong(path) == Wrong("hash", 9)


def test_a_gap_is_found(path):
    edit(path, "DELETE FROM chain WHERE number = 9")

    assert first_wrong(path) == Wrong("missing", 9)


def test_a_swap_is_found(path):
    edit(
        path,
        "UPDATE chain SET number = -1 WHERE number = 9",
        "UPDATE chain SET number = 9 WHERE number = 10",
        "UPDATE chain SET number = 10 WHERE number = -1",
    )

    assert first_wrong(path) == Wrong("hash", 9)


def test_an_insertion_is_found(path):
    edit(
        path,
        "UPDATE chain SET number = -1 - number WHERE number >= 9",
        "UPDATE chain SET number = -number WHERE number < 0",
        "INSERT INTO chain SELECT 9, kind, body, hash FROM chain WHERE number = 8",
    )

    assert first_wrong(path) == Wrong("hash", 9)


def test_a_cut_tail_is_not_sealed(path):
    edit(path, "DELETE FROM chain WHERE number > 20")
    verdict = verify(path)

    assert not verdict.whole
    assert not verdict.sealed


def test_a_tail_cut_before_the_seal_is_found(path):
    """The rest is made to fit, but the seal knows how many rows there were."""
    kept = rows(path)[:20] + rows(path)[-1:]
    previous, fitting = GENESIS, []
    for number, (_, kind, body, _) in enumerate(kept, 1):
        previous = row_hash(previous, number, kind, body)
        fitting.append((number, kind, body, previous))
    with closing(open_database(path, None, Mode.WRITE)) as connection:
        connection.execute("DELETE FROM chain")
        connection.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", fitting)

    assert first_wrong(path) == Wrong("seal", 21)


def test_a_row_after_the_seal_leaves_no_sealed_record(path):
    edit(path, "INSERT INTO chain SELECT number + 1, 'event', body, hash FROM chain"
               " ORDER BY number DESC LIMIT 1")  # fmt: skip

    assert first_wrong(path).problem == "hash"


def test_numbers_of_events_must_count(tmp_path):
    """A chain that fits, but a session in which an event was left out."""
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(entry(1, 0.0, OPENED))
    recorder.put(entry(3, 1.0, Note("where is the second?")))
    assert recorder.seal(UTC_AT_ZERO)

    assert first_wrong(tmp_path / "s.kap") == Wrong("event_number", 2, 2)


def test_a_record_begins_by_being_opened(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    recorder.put(entry(1, 0.0, Note("who opened?")))
    assert recorder.seal(UTC_AT_ZERO)

    assert first_wrong(tmp_path / "s.kap") == Wrong("not_opened", 1, 1)


def test_an_empty_record_is_not_whole(tmp_path):
    recorder = Recorder(tmp_path / "s.kap")
    assert recorder.seal(UTC_AT_ZERO)

    assert first_wrong(tmp_path / "s.kap") == Wrong("not_opened")


def test_a_table_that_does_not_belong_is_found(path):
    edit(path, "CREATE TABLE hidden(text)")

    assert first_wrong(path) == Wrong("layout")


def test_a_byte_between_the_rows_is_found(path):
    """The end of a page's cell list belongs to no row; a reader never sees it."""
    content = bytearray(path.read_bytes())
    place = content.index(bytes(16), 200)
    content[place + 8] = 1
    path.write_bytes(content)

    assert first_wrong(path) == Wrong("file")


def test_a_page_of_noise_is_found_without_a_traceback(path):
    content = bytearray(path.read_bytes())
    content[8192:12288] = bytes(range(256)) * 16
    path.write_bytes(content)

    assert first_wrong(path) is not None


@pytest.mark.parametrize("text", [b"CREATE TABLE chain", b"event", b"block"])
def test_text_that_is_no_text_any_more_is_found_without_a_traceback(path, text):
    """SQLite even quotes such text in its error message, which then cannot be decoded."""
    content = path.read_bytes()
    place = content.rindex(text) + len(text) - 3
    path.write_bytes(content[:place] + b"\xce" + content[place + 1 :])

    try:
        verdict = verify(path)
    except RecordError:
        return
    assert not verdict.whole
    assert verdict.first_wrong is not None


def test_half_a_file_is_found_without_a_traceback(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    try:
        verdict = verify(path)
    except RecordError:
        return
    assert not verdict.whole


def test_a_record_signed_by_another_installation_says_so(tmp_path, own):
    other = InstallationKey.generate()
    path = write_visit(tmp_path / "s.kap", signer=other)

    verdict = verify(path, own=own.public_key)

    assert verdict.whole
    assert verdict.signer == "unknown"
    assert verdict.fingerprint == fingerprint(other.public_key)


def test_an_unsigned_record_has_an_unknown_signer(tmp_path, own):
    verdict = verify(write_visit(tmp_path / "s.kap"), own=own.public_key)

    assert (verdict.whole, verdict.signer, verdict.fingerprint) == (True, "unknown", "")


def test_a_demanded_signer_must_be_the_one(path, own):
    mine = fingerprint(own.public_key)

    assert verify(path, signer=mine).whole
    assert verify(path, signer=mine.replace(" ", "").upper()).whole
    assert not verify(path, signer="0000 " + mine[5:]).whole


def test_amendments_by_another_installation_make_the_signer_unknown(path, tmp_path, own):
    other = InstallationKey.generate()
    recorder = Recorder.resume(path, after_seal=True, signer=other)
    recorder.put(entry(7, 4000.0, Note("later")))
    assert recorder.seal(UTC_AT_ZERO + 4000)

    verdict = verify(path, own=own.public_key)

    assert verdict.whole
    assert verdict.signer == "unknown"


@pytest.mark.parametrize("name", ["head", "cut", "halved"])
def test_a_record_of_this_key_that_does_not_even_open_is_damaged(tmp_path, name):
    """The head of the file names the key, so it is a record and not something else."""
    key = bytes(range(32))
    path = write_visit(tmp_path / "s.kap", key=key)
    content = path.read_bytes()
    broken = {
        "head": content[:40] + bytes([content[40] ^ 1]) + content[41:],
        "cut": content[:-4096],
        "halved": content[: len(content) // 8192 * 4096],
    }
    path.write_bytes(broken[name])

    verdict = verify(path, key)

    assert (verdict.whole, verdict.sealed) == (False, False)
    assert verdict.first_wrong is not None
    assert verdict.first_wrong.problem == "damaged"


def test_another_key_is_no_damage(tmp_path):
    path = write_visit(tmp_path / "s.kap", key=bytes(range(32)))

    with pytest.raises(RecordError) as refused:
        verify(path, bytes(32))

    assert refused.value.code == "wrong_key"

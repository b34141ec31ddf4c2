"""Random changes to a sealed record, half to the file's bytes and half through a database."""

import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from kapmonitor.errors import RecordError
from kapmonitor.record.chain import (
    GENESIS,
    Kind,
    Seal,
    decode_seal,
    encode_seal,
    encode_statement,
    row_hash,
    signed_bytes,
)
from kapmonitor.record.file_check import withdraw_digest
from kapmonitor.record.opening import Mode, open_database
from kapmonitor.record.signing import InstallationKey
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import write_visit

NAME = "tamper_record"
ABOUT = (
    "Every random change to a sealed, signed record is found, in its bytes and in its rows, "
    "encrypted (with the key at hand) and not."
)
KEY = bytes(range(32))

Rows = list[tuple[int, str, bytes, bytes]]


def run(long: bool) -> dict[str, str | int]:
    """Change 10,000 (short: 600) copies of a record, and look whether verify notices.

    Two thirds of them encrypted, with the key at hand.
    """
    rng = random.Random(20250301)
    times = 10_000 if long else 600
    unnoticed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = InstallationKey.generate()
        other = InstallationKey.generate()
        keys: tuple[bytes | None, ...] = (KEY, KEY, None)
        originals = {
            key: write_visit(folder / f"{number}.kap", signer=own, key=key)
            for number, key in enumerate(set(keys))
        }
        assert all(verify(file, key, own=own.public_key).whole for key, file in originals.items())
        copy = folder / "copy.kap"
        for turn in range(times):
            key = keys[turn // 2 % len(keys)]
            original = originals[key]
            shutil.copyfile(original, copy)
            change = change_bytes(copy, rng) if turn % 2 else change_rows(copy, rng, other, key)
            changed = copy.read_bytes() != original.read_bytes()
            if changed and not is_noticed(copy, own.public_key, key):
                unnoticed.append(change)
    assert not unnoticed, f"{len(unnoticed)} of {times} unnoticed: {unnoticed[:5]}"
    return {"changes": times, "unnoticed": len(unnoticed)}


def is_noticed(path: Path, own: bytes, key: bytes | None) -> bool:
    """Refused, not whole, or not signed by the installation."""
    try:
        verdict = verify(path, key, own=own)
    except RecordError:
        return True
    return not verdict.whole or verdict.signer != "own"


def change_bytes(path: Path, rng: random.Random) -> str:
    """Change the file itself; says what was done."""
    content = bytearray(path.read_bytes())
    place = rng.randrange(len(content))
    kind = rng.choice(["bit", "bit", "byte", "zeros", "cut", "longer"])
    if kind == "bit":
        content[place] ^= 1 << rng.randrange(8)
    elif kind == "byte":
        content[place] = rng.randrange(256)
    elif kind == "zeros":
        content[place : place + 512] = bytes(len(content[place : place + 512]))
    elif kind == "cut":
        del content[place:]
    else:
        content += rng.randbytes(rng.randrange(1, 5000))
    path.write_bytes(content)
    return f"{kind} at {place}"


def change_rows(
    path: Path, rng: random.Random, other: InstallationKey, key: bytes | None = None
) -> str:
    """Change the rows as somebody would who has a database program and the key."""
    with closing(open_database(path, key, Mode.WRITE)) as connection:
        rows: Rows = connection.execute("SELECT * FROM chain ORDER BY number").fetchall()
        change = rng.choice(CHANGES)
        changed = change(rows, rng, other)
        connection.execute("BEGIN")
        connection.execute("DELETE FROM chain")
        connection.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", changed)
        if rng.random() < 0.9:
            # Without its digest the file tells nothing, so that only the chain can.
            withdraw_digest(connection)
        connection.execute("COMMIT")
    if changed == rows:
        change_bytes(path, rng)
    return change.__name__


def one_bit(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """One bit of a body or of a hash."""
    place = rng.randrange(len(rows))
    number, kind, body, digest = rows[place]
    if rng.random() < 0.7:
        body = _flip(body, rng)
    else:
        digest = _flip(digest, rng)
    return [*rows[:place], (number, kind, body, digest), *rows[place + 1 :]]


def another_kind(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """A row says that it is something else."""
    place = rng.randrange(len(rows))
    number, kind, body, digest = rows[place]
    kind = rng.choice([one for one in ("event", "block", "seal", "note", "") if one != kind])
    return [*rows[:place], (number, kind, body, digest), *rows[place + 1 :]]


def swap(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """Two rows change places."""
    first, second = sorted(rng.sample(range(len(rows)), 2))
    rows = list(rows)
    rows[first], rows[second] = rows[second], rows[first]
    return _numbered(rows)


def delete(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """A row is taken out, leaving a gap in the numbers or closing it."""
    place = rng.randrange(len(rows))
    rest = rows[:place] + rows[place + 1 :]
    return rest if rng.random() < 0.5 else _numbered(rest)


def insert(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """A row that was there once is put in again."""
    place = rng.randrange(len(rows) + 1)
    return _numbered([*rows[:place], rng.choice(rows), *rows[place:]])


def cut(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """The end is cut off, seal and all."""
    return rows[: -rng.randrange(1, len(rows))]


def cut_before_the_seal(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """The end is cut off but the seal put back."""
    return _numbered([*rows[: -rng.randrange(2, len(rows))], rows[-1]])


def cut_to_fit(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """Something before the seal is cut out and the chain made to fit; the seal is the true one."""
    first, last = sorted(rng.sample(range(1, len(rows)), 2))
    return _rechained([*rows[:first], *rows[last:]])


def rewrite(rows: Rows, rng: random.Random, other: InstallationKey) -> Rows:
    """An event is changed and everything after it made to fit, the seal signed by another key."""
    place = rng.choice([place for place, row in enumerate(rows) if row[1] == Kind.EVENT])
    _, kind, body, digest = rows[place]
    entry = msgspec.json.decode(body)
    rows = list(rows)
    rows[place] = (0, kind, msgspec.json.encode(entry | {"by": "somebody else"}), digest)
    seal, statement = decode_seal(rows[-1][2])
    last = _rechained(rows[:-1])
    public = rng.choice([other.public_key.hex(), statement.public_key, ""])
    text = encode_statement(
        msgspec.structs.replace(statement, last=last[-1][3].hex(), public_key=public)
    )
    signature = other.sign(signed_bytes(text)).hex() if public else ""
    forged = Seal(text, signature)
    assert forged != seal
    return _rechained([*last, (0, Kind.SEAL.value, encode_seal(forged), b"")])


CHANGES: list[Callable[[Rows, random.Random, InstallationKey], Rows]] = [
    one_bit,
    one_bit,
    another_kind,
    swap,
    delete,
    insert,
    cut,
    cut_before_the_seal,
    cut_to_fit,
    rewrite,
]


def _flip(data: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def _numbered(rows: Rows) -> Rows:
    return [(number, *row[1:]) for number, row in enumerate(rows, 1)]


def _rechained(rows: Rows) -> Rows:
    """The same rows with numbers and hashes that fit."""
    fitting: Rows = []
    previous = GENESIS
    for number, (_, kind, body, _) in enumerate(rows, 1):
        previous = row_hash(previous, number, kind, body)
        fitting.append((number, kind, body, previous))
    return fitting

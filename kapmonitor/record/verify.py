"""Looking for anything that was changed in a record: its rows, their order, its end, its file."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kapmonitor.errors import RecordError
from kapmonitor.events import Opened
from kapmonitor.record.blocks import decode_block
from kapmonitor.record.chain import GENESIS, Kind, Statement, decode_seal, row_hash, signed_bytes
from kapmonitor.record.file_check import file_unchanged
from kapmonitor.record.opening import (
    SCHEMA,
    Connection,
    DatabaseError,
    Mode,
    key_id,
    key_id_of,
    open_database,
)
from kapmonitor.record.signing import fingerprint, is_signed
from kapmonitor.record.steps import read_entry


class Wrong(Struct, frozen=True):
    """The first wrong place. ``row`` counts all rows of the chain from 1, ``event`` the events.

    ``problem`` is one of: ``missing`` (a row is not there, or one too many), ``hash`` (the row is
    not what it was), ``unreadable``, ``event_number``, ``not_opened`` (no session begins here),
    ``seal`` (states something else), ``signature``, ``other_signer``, ``damaged`` (the database
    itself), ``layout`` (tables that do not belong), ``file`` (bytes outside the rows).
    """

    problem: str
    row: int | None = None
    event: int | None = None


class SealFound(Struct, frozen=True):
    """A seal that holds: how many events it covers, from when it is, and whose it is."""

    events: int
    utc: float
    code: str
    signer: str
    fingerprint: str


class Verdict(Struct, frozen=True):
    """What was found. ``whole`` only for a complete, sealed record in which nothing is wrong.

    ``signer`` is ``own`` when every seal is signed by the key of this installation, else
    ``unknown``. ``fingerprint`` is the signer's, empty without a signature; ``code`` the short code
    of the last seal, which the report prints too. ``seals`` are those before the first wrong place,
    the first one first: each stays valid for what it covers.
    """

    whole: bool
    sealed: bool
    events: int
    signer: str
    first_wrong: Wrong | None
    fingerprint: str = ""
    code: str = ""
    seals: tuple[SealFound, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What ``verify --json`` prints."""
        wrong = self.first_wrong
        return {
            "whole": self.whole,
            "sealed": self.sealed,
            "events": self.events,
            "signer": self.signer,
            "first_wrong": None if wrong is None else msgspec.to_builtins(wrong),
            "seals": [msgspec.to_builtins(seal) for seal in self.seals],
        }


def verify(
    path: Path | str,
    key: bytes | None = None,
    *,
    own: bytes | None = None,
    training: bytes | None = None,
    signer: str = "",
) -> Verdict:
    """Check a whole record.

    ``own`` is the public key of this installation, ``training`` the one that signs its simulations
    and nothing else; ``signer`` is the fingerprint that the record must be signed by, if one is
    demanded. Raises RecordError when the file cannot be opened as a record at all; whatever is
    wrong inside, or keeps a record of this very key from being opened, is in the verdict.
    """
    walk = _Walk()
    path = Path(path)
    try:
        wrong = _wrong(walk, path, key)
    except RecordError as problem:
        if not _is_damage(problem, path, key):
            raise
        wrong = Wrong("damaged", 1)
    prints = {fingerprint(public) if public else "" for public in walk.signers}
    only_print = prints.pop() if len(prints) == 1 else ""
    if wrong is None and signer and walk.sealed and _plain(signer) != _plain(only_print):
        wrong = Wrong("other_signer", walk.number)
    return Verdict(
        whole=walk.sealed and wrong is None,
        sealed=walk.sealed,
        events=walk.events,
        signer="own" if walk.is_signed_by(own, training) else "unknown",
        first_wrong=wrong,
        fingerprint=only_print,
        code=walk.code,
        seals=tuple(walk.found(own, training)),
    )


def _wrong(walk: "_Walk", path: Path, key: bytes | None) -> Wrong | None:
    with closing(open_database(path, key, Mode.READ)) as connection:
        try:
            return walk.first_wrong(connection) or _wrong_in_file(connection, path, key)
        except (DatabaseError, UnicodeError):
            # SQLite quotes damaged text in its own messages, which then cannot be read either.
            return Wrong("damaged", walk.number + 1)


def _is_damage(problem: RecordError, path: Path, key: bytes | None) -> bool:
    """Whether it is our record, by the key that its head names, and its first page is broken."""
    if problem.code == "wrong_key":
        return key is not None and key_id_of(path) == key_id(key)
    return problem.code == "record_unreadable" and problem.facts.get("name") == "SQLITE_CORRUPT"


class _Walk:
    """Goes along the chain, row by row, and remembers where it is."""

    def __init__(self) -> None:
        self.number = 0
        self.events = 0
        self.sealed = False
        self.signers: set[bytes] = set()
        self.simulated = False
        self.code = ""
        self._seals: list[tuple[Statement, bytes]] = []
        self._previous = GENESIS

    def is_signed_by(self, own: bytes | None, training: bytes | None) -> bool:
        """Whether every seal was signed by the one key, or every seal of a simulation the other."""
        if own is not None and self.signers == {own}:
            return True
        return training is not None and self.simulated and self.signers == {training}

    def found(self, own: bytes | None, training: bytes | None) -> Iterator[SealFound]:
        """The seals that hold."""
        for statement, public in self._seals:
            mine = public and public in (own, training if self.simulated else None)
            yield SealFound(
                events=statement.events,
                utc=statement.utc,
                code=statement.short_code,
                signer="own" if mine else "unknown",
                fingerprint=fingerprint(public) if public else "",
            )

    def first_wrong(self, connection: Connection) -> Wrong | None:
        """The first row that is not as it was written."""
        for number, kind, body, digest in _rows(connection):
            if number != self.number + 1:
                return Wrong("missing", self.number + 1)
            self.sealed = False
            if digest != row_hash(self._previous, number, kind, body):
                return Wrong("hash", number, self.events + 1 if kind == Kind.EVENT else None)
            problem = self._problem_in(kind, body)
            if problem:
                return Wrong(problem, number, self.events if kind == Kind.EVENT else None)
            self.number, self._previous = number, digest
        return None if self.events else Wrong("not_opened")

    def _problem_in(self, kind: str, body: bytes) -> str:
        try:
            match kind:
                case Kind.EVENT:
                    return self._problem_in_event(body)
                case Kind.BLOCK:
                    decode_block(body)
                    return "" if self.events else "not_opened"
                case Kind.SEAL:
                    return self._problem_in_seal(body)
        except (msgspec.DecodeError, ValueError, RecordError):
            pass
        return "unreadable"

    def _problem_in_event(self, body: bytes) -> str:
        self.events += 1
        entry = read_entry(body)
        if (self.events == 1) != isinstance(entry.event, Opened):
            return "not_opened"
        if isinstance(entry.event, Opened):
            self.simulated = entry.event.simulated
        return "" if entry.number == self.events else "event_number"

    def _problem_in_seal(self, body: bytes) -> str:
        seal, statement = decode_seal(body)
        stated = (statement.rows, statement.events, statement.last)
        if stated != (self.number, self.events, self._previous.hex()):
            return "seal"
        public = bytes.fromhex(statement.public_key)
        if public or seal.signature:
            signature = bytes.fromhex(seal.signature)
            if not is_signed(public, signature, signed_bytes(seal.statement)):
                return "signature"
        self.signers.add(public)
        self._seals.append((statement, public))
        self.sealed, self.code = True, statement.short_code
        return ""


def _rows(connection: Connection) -> Iterator[tuple[int, str, bytes, bytes]]:
    # In a damaged file a column may hold anything; the row is named all the same.
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    for number, kind, body, digest in connection.execute("SELECT * FROM chain ORDER BY number"):
        sound = isinstance(kind, str) and isinstance(body, bytes) and isinstance(digest, bytes)
        yield (number, kind, body, digest) if sound else (number, "", b"", b"")


def _wrong_in_file(connection: Connection, path: Path, key: bytes | None) -> Wrong | None:
    """What is wrong with the file around the rows."""
    tables = connection.execute("SELECT sql FROM sqlite_schema").fetchall()
    if sorted(str(sql) for (sql,) in tables) != sorted(SCHEMA):
        return Wrong("layout")
    if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        return Wrong("damaged")
    if key is not None:
        if _log_beside(path):
            # After a power cut pages of the file may be torn whose whole form is in the log; the
            # check of the pages looks at the file alone. Every row was read through the log.
            return None
        pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        return Wrong("damaged") if pages else None
    digests = connection.execute("SELECT digest FROM file_check").fetchall()
    if len(digests) != 1 or not file_unchanged(path, digests[0][0]):
        return Wrong("file")
    return None


def _log_beside(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _plain(print_: str) -> str:
    return "".join(print_.split()).lower()

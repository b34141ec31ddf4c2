"""Adding rows to one record: the connection, the end of the chain, the seal. No threads here."""

from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Protocol

from kapmonitor.errors import RecordError
from kapmonitor.record import file_check
from kapmonitor.record.chain import (
    GENESIS,
    Kind,
    Seal,
    Statement,
    encode_seal,
    encode_statement,
    row_hash,
    signed_bytes,
)
from kapmonitor.record.lock import RecordLock
from kapmonitor.record.opening import (
    Connection,
    DatabaseError,
    Mode,
    error_name,
    open_database,
    sync_folder,
)

Row = tuple[Kind, bytes]
_Stored = tuple[int, str, bytes, bytes]
_COUNT = "SELECT count(*) FROM chain WHERE kind = ? AND number <= ?"


class Signer(Protocol):
    """The key of an installation (`kapmonitor.record.signing`)."""

    @property
    def public_key(self) -> bytes:
        """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class ChainWriter:
    """Adds rows to a record. Used by one thread at a time; keeps the lock until ``close``."""

    def __init__(self, path: Path, key: bytes | None = None, *, new: bool) -> None:
        """Begin a record or go on with one. Raises RecordError as `open_database` does."""
        self._path = path
        self._key = key
        self._lock = RecordLock(path)
        self._connection: Connection | None = None
        self._doubtful = False
        self.number, self.hash, self.sealed = 0, GENESIS, False
        try:
            self._connect(Mode.CREATE if new else Mode.WRITE)
            self._find_end()
        except DatabaseError as problem:
            self.close(forget=new)
            full = trouble_code(problem) == "disk_full"
            code = "disk_full" if full else "record_unreadable"
            raise RecordError(code, path=str(path), reason=str(problem)) from problem
        except RecordError:
            self.close()
            raise

    def append(self, rows: Sequence[Row]) -> None:
        """Add rows in one transaction: when this returns they survive ``kill -9`` and a power cut.

        When it raises (DatabaseError, or OSError for a file that is gone), try again with the same
        rows first: what the failed attempt did write after all is recognised, not written twice.
        """
        stored = self._chained(rows)
        connection = self._connected()
        missing = self._not_yet_there(stored) if self._doubtful else stored
        self._doubtful = True
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", missing)
            connection.execute("COMMIT")
        except DatabaseError:
            self._undo()
            raise
        self._doubtful = False
        if stored:
            self.number, _, _, self.hash = stored[-1]
            self.sealed = stored[-1][1] == Kind.SEAL

    def rows(self) -> list[Row]:
        """Every row so far."""
        found = self._connected().execute("SELECT kind, body FROM chain ORDER BY number").fetchall()
        return [(Kind(kind), body) for kind, body in found]

    @property
    def events(self) -> int:
        """How many events the chain holds, without what a failed attempt may have written."""
        counted = self._connected().execute(_COUNT, (Kind.EVENT, self.number))
        (events,) = counted.fetchone()
        return int(events)

    def seal(self, utc: float, signer: Signer | None = None) -> None:
        """Add a seal at the end of the chain. Raises as ``append`` does."""
        self.append_sealed([], utc, signer)

    def append_sealed(self, rows: Sequence[Row], utc: float, signer: Signer | None = None) -> None:
        """Add rows and a seal over them and all before, in one transaction; as ``append``."""
        stored = self._chained(rows)
        number, last = (stored[-1][0], stored[-1][3]) if stored else (self.number, self.hash)
        statement = encode_statement(
            Statement(
                utc=utc,
                rows=number,
                events=self.events + sum(kind == Kind.EVENT for kind, _ in rows),
                last=last.hex(),
                program=program_version(),
                public_key=signer.public_key.hex() if signer else "",
            )
        )
        signature = signer.sign(signed_bytes(statement)).hex() if signer else ""
        self.append([*rows, (Kind.SEAL, encode_seal(Seal(statement, signature)))])

    def fold(self) -> None:
        """Make one plain file of the record, as a copy or a backup needs it, and disconnect.

        Raises DatabaseError while somebody reads the record or the disk is full; nothing is lost
        then, the record only keeps its write-ahead log beside it.
        """
        connection = self._connected()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
        finally:
            # Half way between two journal modes a connection can get stuck; a new one is not.
            self._disconnect()
        # A power cut must not bring the last journal back: it would undo what follows.
        sync_folder(self._path.parent)
        if self._key is None:
            # An encrypted file needs no digest: each of its pages carries its own check.
            file_check.put_digest(self._path)

    def close(self, forget: bool = False) -> None:
        """Disconnect and give the lock back; ``forget`` takes away a record that never began."""
        self._disconnect()
        if forget:
            for ending in ("", "-wal", "-shm", "-journal"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._lock.release()

    def _connect(self, mode: Mode) -> None:
        connection = open_database(self._path, self._key, mode)
        self._connection = connection
        self._refuse_another_record(connection)
        connection.execute("PRAGMA synchronous = FULL")
        # Before anything else in the file changes, so that it never contradicts its digest.
        file_check.withdraw_digest(connection)
        connection.execute("PRAGMA journal_mode = WAL")

    def _connected(self) -> Connection:
        if not self._path.exists():
            # Linux would go on writing into a file that has no name any more.
            self._disconnect()
            raise FileNotFoundError(str(self._path))
        if self._connection is None:
            self._connect(Mode.WRITE)
            self._doubtful = True
        assert self._connection is not None
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(DatabaseError):
                self._connection.close()
            self._connection = None

    def _undo(self) -> None:
        connection = self._connection
        assert connection is not None
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except DatabaseError:
            self._disconnect()

    def _find_end(self) -> None:
        query = "SELECT number, hash, kind FROM chain ORDER BY number DESC LIMIT 1"
        row = self._connected().execute(query).fetchone()
        if row is not None:
            self.number, self.hash, self.sealed = row[0], row[1], row[2] == Kind.SEAL

    def _refuse_another_record(self, connection: Connection) -> None:
        """After a stick was pulled out, another file may lie where ours was."""
        if self.number:
            query = "SELECT hash FROM chain WHERE number = ?"
            if connection.execute(query, (self.number,)).fetchone() != (self.hash,):
                self._disconnect()
                raise RecordError("record_changed", path=str(self._path))

    def _chained(self, rows: Sequence[Row]) -> list[_Stored]:
        stored: list[_Stored] = []
        number, previous = self.number, self.hash
        for kind, body in rows:
            number += 1
            previous = row_hash(previous, number, kind, body)
            stored.append((number, kind.value, body, previous))
        return stored

    def _not_yet_there(self, rows: list[_Stored]) -> list[_Stored]:
        """Those rows that an earlier attempt has not written after all."""
        query = "SELECT number, hash FROM chain WHERE number > ? ORDER BY number"
        there = self._connected().execute(query, (self.number,)).fetchall()
        if there != [(number, digest) for number, _, _, digest in rows[: len(there)]]:
            raise RecordError("record_changed", path=str(self._path))
        return rows[len(there) :]


def trouble_code(problem: BaseException) -> str:
    """Why writing failed: ``disk_full``, ``read_only`` or ``write_failed``."""
    name = error_name(problem)
    if name.startswith("SQLITE_FULL"):
        return "disk_full"
    return "read_only" if name.startswith("SQLITE_READONLY") else "write_failed"


def program_version() -> str:
    """Name and version of this program, as they stand in a seal."""
    try:
        return f"kapmonitor {metadata.version('kapmonitor')}"
    except metadata.PackageNotFoundError:
        return "kapmonitor"

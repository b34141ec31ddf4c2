"""The one place where a record's database is opened, and where its key is applied."""

import hashlib
import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from kapmonitor.errors import RecordError

if TYPE_CHECKING:
    # sqlcipher3 has the interface of the standard module, and no types of its own.
    import sqlite3 as database
else:
    try:
        from sqlcipher3 import dbapi2 as database
    except ImportError as problem:
        raise RecordError("database_missing", reason=str(problem)) from problem

Connection = database.Connection
DatabaseError = database.Error

# "KAPM": in the header of every record, so that no other SQLite file is taken for one.
APPLICATION_ID = 0x4B41504D
RECORD_VERSION = 1

SCHEMA = (
    "CREATE TABLE chain(number INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT",
    "CREATE TABLE file_check(digest BLOB NOT NULL) STRICT",
)
NO_DIGEST = hashlib.sha256(b"kapmonitor: here will stand the digest of this file").digest()
"""What the table ``file_check`` holds until a seal (`kapmonitor.record.file_check`)."""

BUSY_SECONDS = 5.0

_CLEAR = b"SQLite f"
_ID_BYTES = 8
_PAGE = 4096
# SQLCipher 5 may choose other ciphers; a record stays what it was when it was made.
_CIPHER_VERSION = 4


class Mode(Enum):
    """What a database is opened for."""

    CREATE = "create"
    WRITE = "write"
    READ = "read"


def key_id(key: bytes) -> bytes:
    """Eight bytes that name a key and tell nothing else of it; a record's file begins with them."""
    return hashlib.sha256(b"kapmonitor key id\0" + key).digest()[:_ID_BYTES]


def key_id_of(path: Path) -> bytes | None:
    """The id of the key that a record was made with; None when it is not encrypted.

    Raises RecordError ``no_such_session``, ``record_unreadable``, and ``not_a_record`` for a file
    that cannot be one.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_ID_BYTES)
            size = file.seek(0, os.SEEK_END)
    except FileNotFoundError as problem:
        raise RecordError("no_such_session", session=str(path)) from problem
    except OSError as problem:
        reason = problem.strerror or ""
        raise RecordError("record_unreadable", path=str(path), reason=reason) from problem
    if head == _CLEAR:
        return None
    if not size or size % _PAGE:
        raise RecordError("not_a_record", path=str(path))
    return head


def open_database(path: Path, key: bytes | None, mode: Mode) -> Connection:
    """Open a record's database; ``key`` is 32 bytes, or None for a record that is not encrypted.

    CREATE makes a new file, readable by its owner alone. READ changes neither the file nor a
    write-ahead log that an interrupted writer left beside it.

    Raises RecordError: ``record_exists``, ``folder_unwritable``, ``no_such_session``,
    ``not_a_record``, ``wrong_key``, ``record_newer``, ``record_unreadable``.
    """
    if mode is Mode.CREATE:
        _make_empty(path)
    elif not path.is_file():
        raise RecordError("no_such_session", session=str(path))
    try:
        return _open(path, key, mode)
    except RecordError as problem:
        if mode is not Mode.READ or problem.facts.get("name") != "SQLITE_READONLY":
            raise
    # A program that died while it turned the record from one journal mode to the other has left
    # half a change, which only a connection that may write can take back.
    _open(path, key, Mode.WRITE).close()
    return _open(path, key, mode)


def _open(path: Path, key: bytes | None, mode: Mode) -> Connection:
    access = "ro" if mode is Mode.READ else "rw"
    try:
        connection = database.connect(
            f"{_uri(path)}?mode={access}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            # A writer is opened by its caller and then used by its own thread alone.
            check_same_thread=False,
        )
    except DatabaseError as problem:
        raise _explained(path, key, problem) from problem
    try:
        _prepare(connection, key, mode)
        _check_identity(connection, path)
    except (DatabaseError, UnicodeError, RecordError) as problem:
        connection.close()
        if mode is Mode.CREATE:
            path.unlink(missing_ok=True)
        if isinstance(problem, RecordError):
            raise
        raise _explained(path, key, problem) from problem
    if mode is Mode.CREATE:
        sync_folder(path.parent)
    return connection


def _make_empty(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError as problem:
        raise RecordError("record_exists", path=str(path)) from problem
    except OSError as problem:
        raise RecordError(
            "folder_unwritable", path=str(path.parent), reason=problem.strerror
        ) from problem


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe: what was made there, and what was taken away."""
    # On POSIX a new file's name is safe only when its folder is. Windows cannot open a folder.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _uri(path: Path) -> str:
    # Not Path.as_uri(): SQLite takes a Windows share only with an empty host, file:////server/...
    return "file://" + _rooted(quote_from_bytes(os.fsencode(path.absolute().as_posix())))


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"


def _prepare(connection: Connection, key: bytes | None, mode: Mode) -> None:
    if key is not None:
        _apply_key(connection, key, mode)
    # Nothing in a file that came from elsewhere may run code or reach the disk unseen.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    if mode is Mode.READ:
        connection.execute("PRAGMA query_only = ON")
        return
    # macOS answers a plain fsync before the disk has it.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA secure_delete = ON")
    if mode is Mode.CREATE:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {RECORD_VERSION}")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO file_check VALUES (?)", (NO_DIGEST,))
        connection.execute("COMMIT")


def _apply_key(connection: Connection, key: bytes, mode: Mode) -> None:
    # It would tell stderr about every page that does not open.
    connection.execute("PRAGMA cipher_log_level = NONE")
    # SQLCipher's salt stands in the clear at the head of the file. A raw key needs none to be
    # stretched with, so half of it can say which key this is; the other half is random as ever.
    salt = key_id(key) + os.urandom(16 - _ID_BYTES) if mode is Mode.CREATE else b""
    connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
    connection.execute(f"PRAGMA cipher_compatibility = {_CIPHER_VERSION}")


def _check_identity(connection: Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version < 1:
        raise RecordError("not_a_record", path=str(path))
    if version > RECORD_VERSION:
        raise RecordError("record_newer", path=str(path), version=version, known=RECORD_VERSION)


def _explained(path: Path, key: bytes | None, problem: Exception) -> RecordError:
    if error_name(problem) == "SQLITE_NOTADB":
        # With the wrong key every page looks like noise, and so does a file that is no record.
        return RecordError("not_a_record" if key is None else "wrong_key", path=str(path))
    return RecordError(
        "record_unreadable", path=str(path), reason=str(problem), name=error_name(problem)
    )


def error_name(problem: BaseException) -> str:
    """SQLite's own name of an error (``SQLITE_FULL``), empty for any other exception."""
    return str(getattr(problem, "sqlite_errorname", ""))

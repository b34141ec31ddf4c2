"""A digest over a whole sealed file that is not encrypted, kept inside that file.

The chain covers every row. A database file also has bytes that belong to no row; a change there
shows nothing to a reader, but is still a change. The digest is taken while its own 32 bytes are a
fixed marker, which it then replaces.
"""

import hashlib
import os
from pathlib import Path

from kapmonitor.record.opening import NO_DIGEST, Connection


def withdraw_digest(connection: Connection) -> None:
    """Put the marker back before a sealed file is written to again."""
    connection.execute("UPDATE file_check SET digest = ? WHERE digest <> ?", (NO_DIGEST, NO_DIGEST))


def put_digest(path: Path) -> None:
    """Put the file's digest where the marker is. The database must be closed.

    A power cut before the end of this leaves the marker, which says that there is no digest yet.
    """
    with path.open("r+b") as file:
        content = file.read()
        if content.count(NO_DIGEST) != 1:
            return
        file.seek(content.find(NO_DIGEST))
        file.write(hashlib.sha256(content).digest())
        file.flush()
        os.fsync(file.fileno())


def file_unchanged(path: Path, stored: bytes) -> bool:
    """Whether the file still is what its digest says; True where it has none yet."""
    if stored == NO_DIGEST:
        return True
    content = path.read_bytes()
    if content.count(stored) != 1:
        return False
    return hashlib.sha256(content.replace(stored, NO_DIGEST)).digest() == stored

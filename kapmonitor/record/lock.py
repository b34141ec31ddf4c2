"""The lock that keeps a second program from writing to a record.

It is a lock of the operating system on a small file beside the record. The system itself gives it
back when its holder dies, however that happens, so that there is no stale lock to clear away; the
file that may stay behind means nothing.
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from kapmonitor.errors import RecordError

SUFFIX = "-lock"


def lock_path(record: Path) -> Path:
    """Where the lock of a record lies."""
    return record.with_name(record.name + SUFFIX)


class RecordLock:
    """Held from the moment it is made until ``release``.

    Raises RecordError ``record_in_use`` when another holder has it, in this process or another, and
    ``folder_unwritable``.
    """

    def __init__(self, record: Path) -> None:
        self._path = lock_path(record)
        while True:
            try:
                self._handle = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            except OSError as problem:
                raise RecordError(
                    "folder_unwritable", path=str(record.parent), reason=problem.strerror
                ) from problem
            if not _patiently(self._handle):
                os.close(self._handle)
                raise RecordError("record_in_use", path=str(record))
            if _same_file(self._handle, self._path):
                return
            # The last holder took the file away between our opening and our locking it.
            os.close(self._handle)

    def release(self) -> None:
        """Give the lock back and take its file away."""
        if self._handle < 0:
            return
        if sys.platform == "win32":
            # Windows takes no open file away; another program that has it by now keeps it.
            os.close(self._handle)
            _unlink(self._path)
        else:
            _unlink(self._path)
            os.close(self._handle)
        self._handle = -1


def is_locked(record: Path) -> bool:
    """Whether somebody is writing to the record right now."""
    try:
        handle = os.open(lock_path(record), os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_lock(handle)
    finally:
        os.close(handle)


def _patiently(handle: int) -> bool:
    # Whoever looks at a list of sessions (is_locked) holds the lock for a blink.
    for _ in range(4):
        if _try_lock(handle):
            return True
        time.sleep(0.05)
    return _try_lock(handle)


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()

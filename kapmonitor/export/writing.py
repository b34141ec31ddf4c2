"""Writing an exported file whole or not at all."""

import os
import secrets
from pathlib import Path

from kapmonitor.errors import KapmonitorError


class _Unfinished:
    """What is in the names of this process's unfinished files."""

    mark = ""


def mark_unfinished(mark: str) -> None:
    """Put ``mark`` into the names of unfinished files, so that another process can tell them."""
    _Unfinished.mark = mark


def remove_unfinished(folder: Path, mark: str) -> None:
    """Remove the unfinished files with this mark; they are of an export that was broken off."""
    if mark and folder.is_dir():
        for half in folder.glob(f".*.{mark}"):
            half.unlink(missing_ok=True)


def write_file(path: Path, content: bytes) -> Path:
    """Write a file, replacing an older one only when the new one is safely on the disk.

    Makes the folder when there is none. Raises KapmonitorError ``folder_unwritable``.
    """
    half = path.with_name(f".{path.name}.{_Unfinished.mark or secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            # Like the record itself, for its owner's eyes alone.
            handle = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as problem:
        raise KapmonitorError(
            "folder_unwritable", path=str(path.parent), reason=problem.strerror
        ) from problem
    return path

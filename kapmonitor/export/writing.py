"""Writing an exported file whole or not at all."""

import os
import secrets
from pathlib import Path

from kapmonitor.errors import KapmonitorError


def write_file(path: Path, content: bytes) -> Path:
    """Write a file, replacing an older one only when the new one is safely on the disk.

    Makes the folder when there is none. Raises KapmonitorError ``folder_unwritable``.
    """
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
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

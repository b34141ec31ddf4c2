"""Small files of the data folder: written whole or not at all."""

import os
from pathlib import Path

from kapmonitor.errors import KapmonitorError


def write_whole(path: Path, content: bytes, private: bool = False) -> None:
    """Write a small file so that a crash leaves the old one or the new one, never half of one.

    ``private`` makes it its owner's alone. Raises KapmonitorError ``folder_unwritable``.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        reason = error.strerror or ""
        raise KapmonitorError("folder_unwritable", path=str(path.parent), reason=reason) from None

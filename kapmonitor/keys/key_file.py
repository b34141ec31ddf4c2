"""``keys.json`` in the data folder: the installation's keys, each wrapped, none in the clear."""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.wrapping import Stretching

FILE = "keys.json"
VERSION = 1


class ByKeyring(Struct, frozen=True, tag="keyring"):
    """The key in a box; what opens it lies in the system's keyring under ``name``."""

    name: str
    box: bytes


class ByPassphrase(Struct, frozen=True, tag="passphrase"):
    """The key in a box that a passphrase opens."""

    box: bytes
    stretching: Stretching


class KeyFile(Struct, frozen=True):
    """What is kept. ``id`` names the installation's key, as the head of its records does.

    ``signing`` is the signing key in a box under the installation's key, ``public`` its public
    half. ``others`` are keys of other installations, by their ids, in boxes under this one's.
    ``recovery_kept`` says that a person has kept the recovery key; it is not shown again then.
    ``earlier`` are those of ``others`` that were this installation's own, the oldest first.
    ``trace`` is the end of the retention log in a box under this key, empty when none was noted.
    """

    id: str
    holder: ByKeyring | ByPassphrase
    signing: bytes
    public: bytes
    others: dict[str, bytes] = {}
    recovery_kept: bool = False
    trace: bytes = b""
    earlier: tuple[str, ...] = ()
    version: int = VERSION


def read_key_file(data: Path) -> KeyFile | None:
    """The keys of a data folder, None when there are none yet.

    Raises KapmonitorError ``keys_damaged``, ``keys_newer``.
    """
    path = data / FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as problem:
        raise KapmonitorError("keys_damaged", path=str(path), reason=str(problem)) from None
    if found.version > VERSION:
        raise KapmonitorError("keys_newer", path=str(path))
    return found


def write_whole(path: Path, content: bytes, new: bool = False) -> bool:
    """Write a small file whole or not at all, readable by its owner alone.

    With ``new`` it never takes the place of one that came meanwhile: False then. Raises
    KapmonitorError ``folder_unwritable``.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if new and not _took_place(half, path):
            return False
        half.replace(path)
    except OSError as problem:
        raise KapmonitorError(
            "folder_unwritable", path=str(path.parent), reason=problem.strerror or ""
        ) from None
    finally:
        half.unlink(missing_ok=True)
    return True


def write_key_file(data: Path, keys: KeyFile, new: bool = False) -> bool:
    """Keep the keys; as `write_whole`."""
    return write_whole(data / FILE, msgspec.json.format(msgspec.json.encode(keys)) + b"\n", new)


def _took_place(half: Path, path: Path) -> bool:
    try:
        os.link(half, path)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links: between looking and writing lies a blink.
        return not path.exists()
    return True

"""The signing key of an installation: its signature on a seal makes a rewritten record show."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kapmonitor.errors import KapmonitorError

KEY_FILE = "signing.key"


class InstallationKey:
    """An Ed25519 private key that lies in the data folder, readable by its owner alone."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private

    @classmethod
    def load_or_create(cls, folder: Path) -> "InstallationKey":
        """The key in ``folder/signing.key``; made when there is none.

        Raises KapmonitorError ``folder_unwritable``, ``signing_key_broken``.
        """
        path = folder / KEY_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return cls(_read(path) if path.exists() else _make(path))
        except OSError as problem:
            raise KapmonitorError(
                "folder_unwritable", path=str(folder), reason=problem.strerror
            ) from problem

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)


def own_public_key(folder: Path) -> bytes | None:
    """The public key of this installation, None when it has never signed."""
    path = folder / KEY_FILE
    if not path.is_file():
        return None
    return InstallationKey(_read(path)).public_key


def fingerprint(public_key: bytes) -> str:
    """What people compare: the first 128 bits of SHA-256 of a public key, in groups of four."""
    digits = hashlib.sha256(public_key).hexdigest()[:32]
    return " ".join(digits[place : place + 4] for place in range(0, 32, 4))


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this key made this signature over this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as problem:
        raise KapmonitorError("signing_key_broken", path=str(path)) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KapmonitorError("signing_key_broken", path=str(path))
    return key


def _make(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Written whole under another name first: half a key would be no key for ever.
    half = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        # Unlike replace, this does not take the place of a key that came meanwhile.
        os.link(half, path)
    except FileExistsError:
        return _read(path)
    except OSError:
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return key

"""The signing key of an installation: its signature on a seal makes a rewritten record show.

The library is loaded on first use: the command line imports this module whatever it does.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor.errors import KapmonitorError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OLD_FILE = "signing.key"
"""Where earlier versions kept it in the clear."""


class InstallationKey:
    """An Ed25519 private key. Where it is kept is the business of `kapmonitor.keys`."""

    def __init__(self, private: "Ed25519PrivateKey") -> None:
        self._private = private

    @classmethod
    def generate(cls) -> "InstallationKey":
        """A new key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_secret(cls, secret: bytes) -> "InstallationKey":
        """The key of these 32 secret bytes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.from_private_bytes(secret))

    @property
    def secret(self) -> bytes:
        """32 bytes that must be kept wrapped."""
        return self._private.private_bytes_raw()

    @property
    def public_key(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(message)


def read_old(folder: Path) -> InstallationKey | None:
    """The key that an earlier version left in the clear, None when there is none.

    Raises KapmonitorError ``signing_key_broken``.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = folder / OLD_FILE
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as problem:
        raise KapmonitorError("signing_key_broken", path=str(path)) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KapmonitorError("signing_key_broken", path=str(path))
    return InstallationKey(key)


def fingerprint(public_key: bytes) -> str:
    """What people compare: the first 128 bits of SHA-256 of a public key, in groups of four."""
    digits = hashlib.sha256(public_key).hexdigest()[:32]
    return " ".join(digits[place : place + 4] for place in range(0, 32, 4))


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this key made this signature over this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

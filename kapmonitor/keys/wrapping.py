"""Wrapping a secret: AES-256-GCM under a key, and a key made from a passphrase by Argon2id."""

import os

from msgspec import Struct

_NONCE = 12
KEY_BYTES = 32


def wrap(key: bytes, secret: bytes, purpose: str) -> bytes:
    """The secret, readable only with ``key`` (32 bytes) and only for this purpose."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret, purpose.encode())


def unwrap(key: bytes, box: bytes, purpose: str) -> bytes | None:
    """The secret again; None with another key or purpose, or when the box was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError):
        return None


class Stretching(Struct, frozen=True):
    """How a passphrase becomes a key; kept beside what it wraps, so that it may become stronger.

    The defaults are the second choice of RFC 9106 section 4 (64 MiB, three passes, four lanes).
    """

    salt: bytes
    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 4

    def key_from(self, passphrase: str) -> bytes:
        """32 bytes; takes about a tenth of a second, on purpose."""
        from argon2.low_level import Type, hash_secret_raw

        return hash_secret_raw(
            passphrase.encode(),
            self.salt,
            self.passes,
            self.memory_kib,
            self.lanes,
            KEY_BYTES,
            Type.ID,
        )


def fresh_stretching() -> Stretching:
    """The present parameters with a new salt."""
    return Stretching(os.urandom(16))

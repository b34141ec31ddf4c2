"""The system's keyring, which keeps the secret that unwraps the installation's key."""

import base64
import binascii
from typing import Protocol

from kapmonitor.errors import KapmonitorError

SERVICE = "kapmonitor"
_RECOMMENDED = 1.0  # keyring's own mark between a safe place and a makeshift


class Ring(Protocol):
    """A place for small secrets, by name."""

    def there(self) -> bool:
        """Whether there is such a place at all."""

    def get(self, name: str) -> bytes | None:
        """The secret, None when there is none. Raises KapmonitorError ``keyring_failed``."""

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret; False when it is not kept. Raises KapmonitorError ``keyring_failed``."""

    def forget(self, name: str) -> None:
        """Let a secret go, if there is one."""


class SystemRing:
    """The keyring of the operating system. Nothing is loaded before it is asked."""

    def there(self) -> bool:
        """A backend that says of itself that it is safe; files in the clear do not count."""
        import keyring

        backend = keyring.get_keyring()
        # Of several, the best one comes first.
        best = next(iter(getattr(backend, "backends", ())), backend)
        return float(best.priority) >= _RECOMMENDED

    def get(self, name: str) -> bytes | None:
        """The secret, None when there is none."""
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(SERVICE, name)
        except (KeyringError, OSError, RuntimeError) as problem:
            raise _failed(problem) from None
        try:
            return None if text is None else base64.b64decode(text, validate=True)
        except binascii.Error:
            return None

    def put(self, name: str, secret: bytes) -> bool:
        """Keep a secret, and look whether it is there."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, name, base64.b64encode(secret).decode())
        except (KeyringError, OSError, RuntimeError) as problem:
            raise _failed(problem) from None
        return self.get(name) == secret

    def forget(self, name: str) -> None:
        """Let a secret go, if there is one."""
        import contextlib

        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError, OSError, RuntimeError):
            keyring.delete_password(SERVICE, name)


def _failed(problem: Exception) -> KapmonitorError:
    return KapmonitorError("keyring_failed", reason=str(problem) or type(problem).__name__)

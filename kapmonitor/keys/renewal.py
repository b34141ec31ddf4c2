"""Another installation key in the place of the one before, without touching a record.

Why a new key and not a new wrapping: docs/decisions/0011-new-recovery-key.md.
"""

import msgspec

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.key_file import KeyFile
from kapmonitor.keys.wrapping import unwrap, wrap
from kapmonitor.record.opening import key_id

KEY, SIGNING, OTHER, TRACE = (
    "installation key",
    "signing key",
    "other key",
    "end of the retention log",
)
"""What a box holds; one made for another purpose does not open."""


def renewed(kept: KeyFile, old: bytes, new: bytes, keeper: bytes) -> KeyFile:
    """The key file with ``new`` as the installation's key and ``old`` among those it opens.

    ``keeper`` is what opens the holder's box (the secret in the keyring, or the stretched
    passphrase); it goes on to open it. Signing key and the end of the retention log stay the same.
    Raises KapmonitorError ``keys_damaged`` for a box that does not open.
    """

    def again(box: bytes, purpose: str) -> bytes:
        secret = unwrap(old, box, purpose)
        if secret is None:
            raise KapmonitorError("keys_damaged", path="keys.json")
        return wrap(new, secret, purpose)

    others = {name: again(box, OTHER + name) for name, box in kept.others.items()}
    return msgspec.structs.replace(
        kept,
        id=key_id(new).hex(),
        holder=msgspec.structs.replace(kept.holder, box=wrap(keeper, new, KEY)),
        signing=again(kept.signing, SIGNING),
        others=others | {kept.id: wrap(new, old, OTHER + kept.id)},
        earlier=(*kept.earlier, kept.id),
        trace=again(kept.trace, TRACE) if kept.trace else b"",
        recovery_kept=False,
    )

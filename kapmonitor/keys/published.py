"""The key that everybody has: demonstrations and simulations hold no patient, and open anywhere."""

import hashlib
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.record.opening import key_id, key_id_of

PUBLISHED_PASSPHRASE = "kapmonitor demonstration"
"""It keeps nothing secret; it stands here and in ``docs/records.md``, so that it opens anywhere."""

PUBLISHED_KEY = hashlib.sha256(PUBLISHED_PASSPHRASE.encode()).digest()


def anybodys_key(path: Path) -> bytes | None:
    """The key of a record that anybody can open; None for one that is not encrypted at all.

    Raises RecordError as `key_id_of`, and ``key_unknown`` for any other record.
    """
    wanted = key_id_of(path)
    if wanted is not None and wanted != key_id(PUBLISHED_KEY):
        raise RecordError("key_unknown", path=str(path), id=wanted.hex())
    return None if wanted is None else PUBLISHED_KEY

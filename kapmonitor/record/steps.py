"""Steps that make an older record understood. Applied when reading; the stored bytes stay.

The list of steps only grows: a record written years ago goes through all steps from its version on.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from kapmonitor.errors import RecordError
from kapmonitor.events import EVENT_VERSION, Entry, decode_entry

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: tuple[Step, ...] = ()
"""``STEPS[n]`` turns an entry of event version n + 1, as plain JSON, into one of version n + 2."""


class _Version(msgspec.Struct):
    version: int = EVENT_VERSION


_version_decoder = msgspec.json.Decoder(_Version)


def read_entry(body: bytes) -> Entry:
    """Understand an event row's body, of whatever version.

    Raises ``msgspec.DecodeError`` for a body that is no entry, RecordError ``record_newer`` for one
    that a newer program wrote.
    """
    version = _version_decoder.decode(body).version
    if version == EVENT_VERSION:
        return decode_entry(body)
    if version > EVENT_VERSION:
        raise RecordError("record_newer", version=version, known=EVENT_VERSION)
    if version < 1:
        raise msgspec.ValidationError(f"event version {version}")
    raw = msgspec.json.decode(body)
    for step in STEPS[version - 1 :]:
        raw = step(raw)
    return msgspec.convert(raw | {"version": EVENT_VERSION}, Entry)

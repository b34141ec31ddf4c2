"""What crosses from the engine to the window and the command line: frozen structs and nothing else.

The same line carries commands the other way (`kapmonitor.commands`). Each struct can be encoded to
bytes and back, so that the engine can become a process of its own.
"""

import msgspec
from msgspec import Struct

from kapmonitor.commands import AnyCommand
from kapmonitor.events import Entry
from kapmonitor.ports import BoardView, SourceInfo
from kapmonitor.reading import Link, Notice, PlethRun, Reading


class Observed(Struct, frozen=True, tag="observed"):
    """A reading after plausibility, as the limits judge it.

    ``in_use`` is False for a second source of the same vital. ``averaged`` is True where the value
    is an average and not what was measured now.
    """

    reading: Reading
    in_use: bool = True
    averaged: bool = False


class Earlier(Struct, frozen=True, tag="earlier"):
    """Pulse and SpO2 of this visit from before it was interrupted: its history, never live."""

    readings: tuple[Reading, ...]


class Saved(Struct, frozen=True, tag="saved"):
    """Every event up to this number is on the disk."""

    up_to: int


class Answered(Struct, frozen=True, tag="answered"):
    """The answer to a command: the number of the event it led to, or why not.

    ``refused`` is a code of `kapmonitor.words`, ``facts`` fill its gaps. ``entry`` is 0 where a
    command leads to no event.
    """

    id: str | int
    entry: int = 0
    refused: str = ""
    facts: dict[str, str | float | int | None] = {}


class CheckView(Struct, frozen=True):
    """What is due: ``due`` and its window in session seconds.

    ``check`` is ``cuff``, ``round``, ``instrument`` (a clinic's own scale of that name) or
    ``device``: the next spray or lozenge, the ``number``-th ``of`` so many.
    ``repeat`` is a cuff reading asked for again, after a failed or a first very high one.
    ``adapted`` names the plan's rule that asks for it, beyond the planned checks.
    ``part`` is ``reference`` for what is wanted before the dose, which has no time of its own,
    and ``discharge`` for the round at the discharge check.
    """

    check: str
    due: float
    opens: float
    closes: float
    overdue: bool
    repeat: bool = False
    adapted: str = ""
    part: str = ""
    instrument: str = ""
    number: int = 0
    of: int = 0


class Pulse(Struct, frozen=True, tag="pulse"):
    """The engine's heartbeat, about once a second: it is alive, and what comes next.

    ``oximetry`` are the seconds of good SpO2 that a baseline would have; 0 after the dose.
    """

    at: float
    utc: float
    checks: tuple[CheckView, ...] = ()
    recording: str = ""
    sound: str = ""
    rate: float = 1.0
    oximetry: float = 0.0


class Finished(Struct, frozen=True, tag="finished"):
    """The session was ended and its record closed; ``sealed`` tells whether the seal is on it."""

    path: str
    sealed: bool


class SourceKnown(Struct, frozen=True, tag="source_known"):
    """A source and who it is."""

    info: SourceInfo


class PasskeyWanted(Struct, frozen=True, tag="passkey_wanted"):
    """A Bluetooth device shows digits that somebody must type (`GivePasskey`) for it to be paired.

    ``address`` is the device's; ``wanted`` is False once nobody waits for the digits any more.
    """

    address: str
    wanted: bool = True


Message = (
    Observed
    | Earlier
    | PlethRun
    | Notice
    | Link
    | Entry
    | Saved
    | Answered
    | BoardView
    | Pulse
    | Finished
    | SourceKnown
    | PasskeyWanted
)

_encoder = msgspec.msgpack.Encoder()
_messages = msgspec.msgpack.Decoder(Message)
_commands = msgspec.msgpack.Decoder(AnyCommand)


def encode(message: Message | AnyCommand) -> bytes:
    """The bytes of a message or command."""
    return _encoder.encode(message)


def decode_message(data: bytes) -> Message:
    """Read a message back; raises ``msgspec.ValidationError``."""
    message: Message = _messages.decode(data)
    return message


def decode_command_bytes(data: bytes) -> AnyCommand:
    """Read a command back; raises ``msgspec.ValidationError``."""
    command: AnyCommand = _commands.decode(data)
    return command

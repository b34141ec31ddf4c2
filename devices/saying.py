"""Saying something to a device: what its speaker wants, as far as its protocol allows it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from devices.decoders.base import Speaker
from devices.transports import Connection
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Notice


@runtime_checkable
class Commanded(Protocol):
    """A speaker whose device takes commands (``start``, ``stop``)."""

    def ask(self, command: str, at: float) -> list[bytes]:
        """What to write for a command."""


@runtime_checkable
class Following(Protocol):
    """A speaker that takes over what must outlast a connection."""

    def follow(self, earlier: Speaker) -> None:
        """The connection before this one had this speaker."""


async def ask(
    info: SourceInfo,
    speaker: Speaker | None,
    connection: Connection | None,
    command: str,
    at: float,
) -> None:
    """Send a command.

    Raises DeviceError: ``command_unknown``, ``not_connected``, ``write_refused``, and what the
    speaker refuses (``cuff_busy``, ``cuff_resting``).
    """
    if command not in info.commands:
        raise DeviceError("command_unknown", source=info.id, command=command)
    if not isinstance(speaker, Commanded):
        raise DeviceError("not_connected", source=info.id)
    try:
        writes = speaker.ask(command, at)
    except DeviceError as error:
        raise DeviceError(error.code, **{**error.facts, "source": info.id}) from error
    for data in writes:
        await _write(info, speaker, connection, data)


async def say(
    info: SourceInfo,
    speaker: Speaker | None,
    connection: Connection | None,
    writes: Sequence[bytes],
    at: float,
) -> list[Notice]:
    """Write what the speaker wants; returns a notice for each write that is not allowed."""
    told = []
    for data in writes:
        try:
            await _write(info, speaker, connection, data)
        except DeviceError as error:
            told.append(Notice("write_refused", at, {"code": error.code, "hex": data.hex()}))
    return told


async def _write(
    info: SourceInfo, speaker: Speaker | None, connection: Connection | None, data: bytes
) -> None:
    if speaker is None or connection is None:
        raise DeviceError("not_connected", source=info.id)
    if not speaker.allows(data):
        raise DeviceError("write_refused", source=info.id, hex=data.hex())
    await connection.send(data)

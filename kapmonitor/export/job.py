"""What is asked of the worker process that exports, and what it answers: one JSON object a line.

The job comes on the worker's stdin, with the record's key inside: a pipe is seen by nobody else,
unlike arguments and environment. The end of stdin means that nobody waits any more.
"""

from typing import Any

import msgspec
from msgspec import Struct

from kapmonitor.export.choice import ORDINARY, ExportChoice


class ExportJob(Struct, frozen=True):
    """One export. ``key`` opens an encrypted record; ``mark`` is in the names of unfinished files.

    ``language`` and ``pressure_unit`` are those of the program that asks.
    """

    record: str
    folder: str
    formats: tuple[str, ...]
    choice: ExportChoice = ORDINARY
    key: bytes | None = None
    mark: str = ""
    language: str = "en"
    pressure_unit: str = ""


class Told(Struct, frozen=True):
    """A line of the worker's: how far it is (0..1), the files so far, or what went wrong."""

    share: float = 0.0
    files: tuple[str, ...] = ()
    finished: bool = False
    error: str = ""
    facts: dict[str, Any] = {}


def encode(line: ExportJob | Told) -> bytes:
    """A line, with its end."""
    return msgspec.json.encode(line) + b"\n"


def decode_job(line: bytes) -> ExportJob:
    """Read a job; raises ``msgspec.DecodeError``."""
    return msgspec.json.decode(line, type=ExportJob)


def decode_told(line: bytes) -> Told:
    """Read an answer; raises ``msgspec.DecodeError``."""
    return msgspec.json.decode(line, type=Told)

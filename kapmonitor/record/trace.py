"""The trace of records that have left: ``retention.jsonl`` in the data folder.

One JSON line an act, each holding the SHA-256 of the line before. It tells the session's id, who,
when and why, and the end of the record's chain, by which an archived copy can be told; nothing of
the patient. How many lines there are, and the hash of the last, is noted elsewhere (`Keeper`), so
that a cut end shows as well as a changed line.
"""

import hashlib
import os
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from kapmonitor.errors import KapmonitorError
from kapmonitor.record.opening import sync_folder

FILE = "retention.jsonl"
FIRST = "0" * 64


class Trace(Struct, frozen=True):
    """One line of the log. ``act`` is ``archived`` or ``deleted``; ``last`` the chain's last hash.

    ``opened`` and ``utc`` are seconds since 1970; ``before`` is the hash of the line before.
    """

    act: str
    session: str
    by: str
    why: str
    utc: float
    opened: float
    last: str
    before: str = FIRST


class TraceEnd(Struct, frozen=True):
    """How many lines the log had after the last act, and the hash of the last of them."""

    lines: int
    last: str = FIRST


class LogState(StrEnum):
    """What can be said of the log.

    ``unchecked``: its lines fit each other, but whether its end was cut cannot be told, because no
    end was noted (older installations) or the keys are locked.
    """

    WHOLE = "whole"
    CHANGED = "changed"
    CUT = "cut"
    UNCHECKED = "unchecked"


class Keeper(Protocol):
    """Who keeps the end of the log: `kapmonitor.keys.keys.Keys`, under the installation's key."""

    def trace_end(self) -> TraceEnd | None:
        """What was noted; None when nothing was, or when the keys are locked.

        Raises KapmonitorError ``keys_damaged`` for a note that was not made by this installation.
        """

    def keep_trace_end(self, end: TraceEnd) -> None:
        """Note it, if the keys are open. Raises KapmonitorError ``folder_unwritable``."""


def read_log(data: Path, keeper: Keeper | None = None) -> tuple[list[Trace], LogState]:
    """Everything archived and deleted so far, and what can be said of the log.

    Raises KapmonitorError ``log_damaged`` for a line that is none of ours.
    """
    lines = _lines(data)
    try:
        traces = [msgspec.json.decode(line, type=Trace) for line in lines]
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise KapmonitorError("log_damaged", path=str(data / FILE)) from problem
    return traces, _state([trace.before for trace in traces], lines, keeper)


def add_line(data: Path, trace: Trace, keeper: Keeper | None = None) -> None:
    """Put a line at the end of the log, on the disk when this returns, and note the new end.

    A log that is not whole stays so: its end is noted no more, so that no later act hides it.
    Raises KapmonitorError ``folder_unwritable``, ``log_damaged``.
    """
    _, state = read_log(data, keeper)
    lines = _lines(data)
    trace = msgspec.structs.replace(trace, before=_digest(lines[-1]) if lines else FIRST)
    line = msgspec.json.encode(trace)
    path = data / FILE
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(data)
    except OSError as problem:
        reason = problem.strerror or ""
        raise KapmonitorError("folder_unwritable", path=str(data), reason=reason) from problem
    if keeper is not None and state in (LogState.WHOLE, LogState.UNCHECKED):
        keeper.keep_trace_end(TraceEnd(len(lines) + 1, _digest(line)))


def _lines(data: Path) -> list[bytes]:
    try:
        return (data / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []


def _state(before: list[str], lines: list[bytes], keeper: Keeper | None) -> LogState:
    digests = [FIRST, *map(_digest, lines)]
    if before != digests[: len(lines)]:
        return LogState.CHANGED
    try:
        noted = keeper.trace_end() if keeper is not None else None
    except KapmonitorError:
        return LogState.CHANGED
    if noted is None:
        return LogState.UNCHECKED if lines else LogState.WHOLE
    if noted.lines > len(lines):
        return LogState.CUT
    # One line more is an act that was interrupted before its end was noted, or one without a key.
    return LogState.WHOLE if digests[noted.lines] == noted.last else LogState.CHANGED


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()

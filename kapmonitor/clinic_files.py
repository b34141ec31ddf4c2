"""A clinic's own data files as forms keep them: what kind a file is, writing it, the change log.

Plans, presets of limits and forms of rounds lie side by side in one folder; one with the name of a
file of ours takes its place. What was changed, by whom and why is appended to ``changes.jsonl``.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from kapmonitor.errors import KapmonitorError, Refused
from kapmonitor.whole_files import write_whole

LOG = "changes.jsonl"
PLAN, PRESET, FORM = "plan", "preset", "form"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# Other files of the clinic, which no form may write over.
_OTHERS = frozenset({"readiness", "emergency", "advice", "devices"})
# What a file is, by what stands at the beginning of one of its lines: a file that is broken must
# still be listed where it belongs.
_SIGNS = (
    (PLAN, re.compile(r"^\s*(\[\[check\]\]|route\s*=)", re.MULTILINE)),
    (
        PRESET,
        re.compile(
            r"^\s*(\[\[(limit|technical|entered)\]\]|(averaging|reminder_min|cuff_repeats)\s*=)",
            re.MULTILINE,
        ),
    ),
    (FORM, re.compile(r"^\s*(\[\[(item|group)\]\]|(item|group)\s*=)", re.MULTILINE)),
)


class Change(Struct, frozen=True):
    """A change of a clinic's file; ``utc`` in seconds since 1970, each field old and new."""

    utc: float
    by: str
    reason: str
    file: str
    changed: dict[str, tuple[str, str]]


def kind_of(path: Path) -> str:
    """``plan``, ``preset`` or ``form``; empty for any other file."""
    if path.stem in _OTHERS:
        return ""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return next((kind for kind, sign in _SIGNS if sign.search(text)), "")


def own_files(folder: Path, kind: str) -> Iterator[Path]:
    """The clinic's files of one kind, by name."""
    return (path for path in sorted(folder.glob("*.toml")) if kind_of(path) == kind)


def check_name(folder: Path | None, kind: str, name: str) -> None:
    """Raise Refused ``plan_name`` for what no file is called, ``name_taken`` by another kind."""
    if not _NAME.fullmatch(name) or name in _OTHERS:
        raise Refused("plan_name", name=name)
    if folder is not None:
        path = folder / f"{name}.toml"
        if path.is_file() and kind_of(path) != kind:
            raise Refused("name_taken", name=name)


def save(
    folder: Path,
    kind: str,
    name: str,
    text: str,
    changed: Mapping[str, tuple[str, str]],
    by: str,
    reason: str,
    utc: float,
) -> Path:
    """Write a clinic's file whole and append what changed; returns the file.

    Raises Refused ``plan_name``, ``name_taken``, ``name_missing`` or ``reason_missing``, and
    KapmonitorError ``folder_unwritable``.
    """
    check_name(folder, kind, name)
    if not by.strip():
        raise Refused("name_missing")
    if not reason.strip():
        raise Refused("reason_missing")
    path = folder / f"{name}.toml"
    write_whole(path, text.encode())
    append_change(folder, Change(utc, by.strip(), reason.strip(), path.name, dict(changed)))
    return path


def append_change(folder: Path, change: Change) -> None:
    """Add a line to the clinic's change log. Raises KapmonitorError ``folder_unwritable``."""
    try:
        with (folder / LOG).open("ab") as log:
            log.write(msgspec.json.encode(change) + b"\n")
            log.flush()
            os.fsync(log.fileno())
    except OSError as error:
        reason = error.strerror or ""
        raise KapmonitorError("folder_unwritable", path=str(folder), reason=reason) from None


def changes(folder: Path) -> list[Change]:
    """The change log, the oldest first; a line that cannot be read is left out."""
    try:
        lines = (folder / LOG).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=Change))
        except msgspec.DecodeError:
            continue
    return found

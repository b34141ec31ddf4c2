"""Captures (``.kapcap``): a device's raw bytes with their arrival times, for support and replay.

A capture is JSON lines. The first says what it is, each other one what arrived:

    {"kapcap": 1, "protocol": "contec-cms50-serial", "transport": "serial", "started_utc": 1.7e9}
    {"at": 12.345678, "channel": "v7", "hex": "01e085b396c1e1ffff"}
    {"at": 14.5, "link": "down"}

``at`` counts seconds on the clock of whoever wrote it. No names, no device addresses, no patient.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

from devices.transports import Chunk
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.reading import LinkState

VERSION = 1


class Header(Struct, frozen=True):
    """The first line; ``protocol`` is empty when it was not known, ``settings`` when not a port."""

    kapcap: int
    protocol: str = ""
    transport: str = ""
    started_utc: float = 0.0
    settings: str = ""


class LinkLine(Struct, frozen=True):
    """The link came up or went down."""

    at: float
    link: LinkState


CaptureLine = Chunk | LinkLine


class Capture(Struct, frozen=True):
    """A capture in memory. ``cut`` says that the last line was incomplete and was left out."""

    header: Header
    lines: tuple[CaptureLine, ...]
    cut: bool = False

    def chunks(self) -> Iterator[Chunk]:
        """Only the bytes."""
        return (line for line in self.lines if isinstance(line, Chunk))


class CaptureWriter:
    """Writes a capture; every line is handed to the system at once.

    A disk that fails must not take the device down with it: the writer then stops and ``failed``
    tells why (an identifier of the system, such as ``ENOSPC``).
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises UsageError ``capture_not_ours`` rather than overwrite a file that is no capture, and
        DeviceError ``capture_unwritable`` when it cannot be opened.
        """
        self.path = path
        self.failed = ""
        self.bytes_written = 0
        self._begun = False
        self._last = -math.inf
        try:
            if path.exists() and path.stat().st_size and not _is_capture(path):
                raise UsageError("capture_not_ours", file=path.name)
            self._file: TextIO = path.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            reason = error.strerror or "?"
            raise DeviceError("capture_unwritable", file=path.name, reason=reason) from error

    def begin(self, protocol: str, transport: str, started_utc: float, settings: str = "") -> None:
        """Write the first line; a second call (after a reconnect) does nothing."""
        if not self._begun:
            self._begun = True
            self._write(
                msgspec.to_builtins(
                    Header(VERSION, protocol, transport, round(started_utc, 3), settings)
                )
            )

    def chunk(self, at: float, data: bytes, channel: str = "") -> None:
        """Write what arrived."""
        self._write({"at": self._time(at), "channel": channel, "hex": data.hex()})
        self.bytes_written += len(data)

    def link(self, at: float, state: LinkState) -> None:
        """Write that the link changed."""
        self._write({"at": self._time(at), "link": state.value})

    def close(self) -> None:
        """End the file; may be called twice."""
        try:
            self._file.close()
        except OSError as error:
            self.failed = self.failed or (error.strerror or "?")

    def _time(self, at: float) -> float:
        """Bytes may be handed over a moment after the link's change that they came before."""
        self._last = max(self._last, round(at, 6))
        return self._last

    def _write(self, line: dict[str, object]) -> None:
        if self.failed or self._file.closed:
            return
        try:
            self._file.write(msgspec.json.encode(line).decode() + "\n")
            self._file.flush()
        except OSError as error:
            self.failed = error.strerror or "?"


class _Line(Struct, frozen=True, forbid_unknown_fields=False):
    at: float
    channel: str = ""
    hex: str | None = None
    link: LinkState | None = None


def read_capture(path: Path) -> Capture:
    """Read a capture; a last line that was cut (a crash, a full disk) is left out.

    Raises UsageError: ``capture_missing``, ``capture_not_a_capture``, ``capture_too_new``, and
    ``capture_broken`` with the ``line`` (from 1) and the ``reason``.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError("capture_missing", file=path.name, reason=error.strerror) from error
    first, *rest = text.split(b"\n")
    header = _read_header(first, path)
    lines: list[CaptureLine] = []
    last = -math.inf
    for number, raw in enumerate(rest, start=2):
        if not raw.strip():
            continue
        try:
            line = _read_line(raw)
            if line.at < last:
                raise ValueError("time goes backwards")
        except ValueError as error:
            # Only what lacks its end of line can have been cut; anything else is damage.
            if number == len(rest) + 1:
                return Capture(header, tuple(lines), cut=True)
            raise UsageError(
                "capture_broken", file=path.name, line=number, reason=str(error)
            ) from error
        last = line.at
        lines.append(line)
    return Capture(header, tuple(lines))


def _read_header(raw: bytes, path: Path) -> Header:
    try:
        header = msgspec.json.decode(raw, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError("capture_not_a_capture", file=path.name) from error
    if header.kapcap > VERSION:
        raise UsageError("capture_too_new", file=path.name, version=header.kapcap)
    return header


def _read_line(raw: bytes) -> CaptureLine:
    """Read one line; raises ValueError (of which msgspec's errors are kinds)."""
    line = msgspec.json.decode(raw, type=_Line)
    if line.link is not None:
        return LinkLine(line.at, line.link)
    if line.hex is None:
        raise ValueError("neither hex nor link")
    return Chunk(line.at, bytes.fromhex(line.hex), line.channel)


def _is_capture(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b'{"kapcap"')

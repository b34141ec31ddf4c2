"""What the verb ``decode`` does, without printing: a file's bytes in, JSON-ready dicts out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import msgspec
from msgspec import Struct

from devices.catalogue import short_uuid
from devices.decoders import Decoder, ProtocolSpec, protocol
from kapmonitor.errors import UsageError
from kapmonitor.lines import notice_line, reading_line
from kapmonitor.reading import Decoded, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital

Piece = tuple[float, str | None, bytes]
"""Arrival time in seconds, channel if the input names one, and the bytes."""

T = TypeVar("T", bound=Struct)

_CAPTURE_VERSION = 1
_ONE_DIGIT = re.compile(r"(?:0|\\)[xX]([0-9A-Fa-f])(?![0-9A-Fa-f])")
_HEX_SEPARATORS = re.compile(r"(?:(?:0|\\)[xX]|[\s,:;-])+")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_PRINTED = re.compile(r"SPO2\s*=|^\d\d/\d\d/\d\d \d\d:\d\d:\d\d", re.IGNORECASE | re.MULTILINE)


def read_input(data: bytes, *, printed: bool = False) -> list[Piece]:
    """Recognise by its content what a file holds: a capture, hex text, or the raw bytes themselves.

    Hex text has one packet a line; spaces, ``:``, ``-``, ``,`` and ``0x`` between the bytes are
    ignored, and so is everything after ``#``. Raw bytes come as one piece with the time 0.
    ``printed``: the device sends lines of text, so that text which is no hex is its bytes.

    Raises UsageError: ``input_empty``; ``input_bad_hex`` with ``line`` and ``text``;
    ``capture_too_new``; ``capture_silent``; ``capture_broken`` with ``line`` and ``reason``.
    """
    if not data:
        raise UsageError("input_empty")
    text = _as_text(data)
    if text is None:
        return [(0.0, None, data)]
    if text.lstrip().startswith('{"kapcap"') or re.match(r'\s*\{\s*"kapcap"', text):
        return _read_capture(text)
    return _read_hex(text, data, printed)


def _as_text(data: bytes) -> str | None:
    """The text that the bytes are, or None when they are no text."""
    # Windows PowerShell writes UTF-16 when a command's output is sent to a file.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if any(ord(c) < 32 and c not in "\t\r\n\f" for c in text) else text


def _read_hex(text: str, data: bytes, printed: bool) -> list[Piece]:
    pieces: list[Piece] = []
    wrong: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        digits = _digits(line)
        if not digits:
            continue
        # Each group by itself: of "1 2" nobody knows whether it means 12 or 01 02.
        if all(_HEX.fullmatch(group) for group in digits):
            pieces.append((0.0, None, bytes.fromhex("".join(digits))))
        elif wrong is None:
            wrong = (number, line.strip()[:40])
    if wrong is None and not pieces:
        raise UsageError("input_empty")
    if wrong is None:
        return pieces
    if printed or _PRINTED.search(text):
        # A printer's lines are text and not hex: they are the device's bytes.
        return [(0.0, None, data)]
    raise UsageError("input_bad_hex", line=wrong[0], text=wrong[1])


def _digits(line: str) -> list[str]:
    """The groups of hex digits of a line, without what people write around them."""
    told = _ONE_DIGIT.sub(r" 0\1", line.partition("#")[0])
    return [group for group in _HEX_SEPARATORS.split(told) if group]


class _Header(Struct):
    kapcap: int


class _Line(Struct):
    at: float
    channel: str = ""
    hex: str | None = None
    link: str | None = None


def _read_capture(text: str) -> list[Piece]:
    first, *lines = text.lstrip().split("\n")
    version = _decode_line(first, _Header, 1).kapcap
    if version > _CAPTURE_VERSION:
        raise UsageError("capture_too_new", version=version)
    pieces: list[Piece] = []
    for number, raw in enumerate(lines, start=2):
        if not raw.strip():
            continue
        try:
            line = _decode_line(raw, _Line, number)
            found = None if line.hex is None else bytes.fromhex(line.hex)
        except (UsageError, ValueError) as error:
            # Only the very last line can have been cut, when the program or the disk stopped.
            if number == len(lines) + 1:
                break
            if isinstance(error, UsageError):
                raise
            raise UsageError("capture_broken", line=number, reason=str(error)) from None
        if found is not None:
            pieces.append((line.at, line.channel or None, found))
        elif line.link == "down":
            pieces.append((line.at, _LINK_DOWN, b""))
    if not any(data for _, _, data in pieces):
        raise UsageError("capture_silent")
    return pieces


_LINK_DOWN = "\0down"
"""Stands as the channel of a piece that is no data: the link was lost here."""


def _decode_line(raw: str, shape: type[T], number: int) -> T:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.DecodeError as error:
        raise UsageError("capture_broken", line=number, reason=str(error)) from None


def decode_stream(
    protocol_name: str,
    pieces: Iterable[Piece],
    channel: str | None = None,
    chunk: int | None = None,
) -> Iterator[dict[str, object]]:
    """Decode pieces (see `read_input`) and give one dict for each reading, sample or notice.

    A reading has ``at``, ``vital``, ``value``, ``unit``, ``quality``, ``reason``, ``stored``,
    ``device_time`` and ``packet``; what is no reading has ``at``, ``notice`` and its detail.

    ``channel`` decodes everything as that channel; of a capture of Bluetooth packets it takes the
    packets of that channel only. ``chunk`` feeds a stream in pieces of so many bytes; packets with
    a border are never cut.

    Raises UsageError at once: ``unknown_protocol``, ``unknown_channel``, ``bad_chunk``.
    """
    spec = protocol(protocol_name)
    channel = check_channel(protocol_name, channel)
    if chunk is not None and chunk < 1:
        raise UsageError("bad_chunk", value=chunk)
    return _lines(spec, pieces, channel, None if spec.packets else chunk)


def check_channel(protocol_name: str, channel: str | None) -> str:
    """The channel as the protocol calls it; empty when none was named.

    Raises UsageError ``unknown_protocol`` or ``unknown_channel``.
    """
    spec = protocol(protocol_name)
    if not channel:
        return ""
    return spec.channel(short_uuid(channel) if spec.packets else channel)


def is_printed(protocol_name: str, channel: str | None) -> bool:
    """Whether a device sends lines of text on this channel.

    Raises UsageError ``unknown_protocol`` or ``unknown_channel``.
    """
    spec = protocol(protocol_name)
    return (check_channel(protocol_name, channel) or spec.default_channel) in spec.printed


def _lines(
    spec: ProtocolSpec, pieces: Iterable[Piece], wanted: str, chunk: int | None
) -> Iterator[dict[str, object]]:
    decoders: dict[str, Decoder] = {}
    at = 0.0
    for (at, name), group in groupby(pieces, key=lambda piece: piece[:2]):
        if name == _LINK_DOWN:
            yield from _finish(decoders, at)
            continue
        known = _channel_of(spec, name or "", wanted)
        if known is None:
            continue
        if known not in decoders:
            decoders[known] = spec.make(known)
        for data in _cut([piece[2] for piece in group], chunk):
            yield from _as_dicts(decoders[known].feed(data, at))
    yield from _finish(decoders, at)


def _finish(decoders: dict[str, Decoder], at: float) -> Iterator[dict[str, object]]:
    """What each decoder has left when its bytes end. They are kept, so that packets count on."""
    for decoder in decoders.values():
        yield from _as_dicts(decoder.finish(at))


def _channel_of(spec: ProtocolSpec, named: str, wanted: str) -> str | None:
    """The channel to decode a piece as, None to leave it out."""
    if not spec.packets or not named:
        # A stream's bytes have no channel of their own: it is how one looks at them.
        return wanted or _known(spec, named) or spec.default_channel
    known = _known(spec, short_uuid(named))
    return known if not wanted or wanted == known else None


def _known(spec: ProtocolSpec, name: str) -> str | None:
    try:
        return spec.channel(name) if name else None
    except UsageError:
        return None


def _cut(pieces: Sequence[bytes], size: int | None) -> Sequence[bytes]:
    if size is None:
        return pieces
    data = b"".join(pieces)
    return [data[start : start + size] for start in range(0, len(data), size)]


def _as_dicts(items: Iterable[Decoded]) -> Iterator[dict[str, object]]:
    for item in items:
        if isinstance(item, Reading):
            yield reading_line(item)
        elif isinstance(item, PlethRun):
            yield from pleth_lines(item)
        else:
            yield notice_line(item)


def pleth_lines(run: PlethRun) -> Iterator[dict[str, object]]:
    """One line a sample, in the device's own steps."""
    for index, value in enumerate(run.values):
        missing = value is None
        quality, reason = (Quality.INVALID, "no_value") if missing else (Quality.GOOD, "")
        at = round(run.at + index * run.interval, 6)
        sample = Reading(Vital.PLETH, value, at, quality, reason, run.packet)
        yield reading_line(sample)

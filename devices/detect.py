"""Which serial ports there are, and which protocol is spoken at one: found by listening only.

Nothing is ever written to find out: a stray byte could inflate a cuff at the other end.
"""

import asyncio
import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from devices.catalogue import SerialSettings, catalogue
from devices.decoders import PROTOCOLS
from devices.transports import Chunk, LinkLost
from devices.transports.serial_port import PortSettings, SerialTransport
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Notice, Reading

LISTEN_SECONDS = 2.0

SETTINGS = (PortSettings(115200), PortSettings(19200, "O"), PortSettings(9600))
"""In the order in which they are tried: Contec's newer and older units, Nonin and Masimo."""


class PortInfo(Struct, frozen=True):
    """A serial port of this machine; ``likely`` are the protocols that its USB chip hints at.

    ``usb`` are the ids of the chip (``10C4:EA60``) and ``serial`` its serial number, where it has
    any.
    """

    port: str
    label: str
    usb: str = ""
    likely: tuple[str, ...] = ()
    serial: str = ""


def list_ports() -> list[PortInfo]:
    """The serial ports that a device could be plugged into, in natural order.

    Built-in ports that lead nowhere (Linux lists thirty-two of them) are left out: without a
    hardware description there is nothing behind them.
    """
    from serial.tools import list_ports as system

    hints = [(usb, entry.name) for entry in catalogue().protocol for usb in entry.usb]
    ports = []
    for found in sorted(system.comports()):
        if found.hwid in (None, "n/a"):
            continue
        usb = "" if found.vid is None else f"{found.vid:04X}:{found.pid:04X}"
        likely = tuple(name for known, name in hints if known == usb)
        label = found.description or found.device
        ports.append(PortInfo(found.device, label, usb, likely, found.serial_number or ""))
    return ports


def port_of(serial: str, usb: str, ports: Sequence[PortInfo]) -> str:
    """Where the USB chip with this serial number is plugged in now; empty when it is not.

    Empty too when several have it: cheap chips all say ``0001``, and the wrong one is worse than
    none.
    """
    found = [port.port for port in ports if serial and (port.serial, port.usb) == (serial, usb)]
    return found[0] if len(found) == 1 else ""


def list_hid() -> list[PortInfo]:
    """USB devices without a serial port whose ids the catalogue knows; none without hidapi."""
    from devices.transports.hid import load_hidapi, parse_ids

    try:
        hidapi = load_hidapi()
    except DeviceError:
        return []
    found = []
    for entry in catalogue().protocol:
        for ids in entry.hid:
            found += [
                PortInfo(ids, device.get("product_string") or ids, ids, (entry.name,))
                for device in hidapi.enumerate(*parse_ids(ids))
            ]
    return found


class Guess(Struct, frozen=True):
    """A protocol and the channel of it that the bytes look like."""

    protocol: str
    channel: str


class Found(Struct, frozen=True):
    """What listening at a port has shown."""

    protocol: str
    channel: str
    settings: PortSettings


def guess(data: bytes, settings: PortSettings | None = None) -> Guess | None:
    """Name the protocol of some seconds of bytes, or None when they are too few or fit none.

    Nearly everything that came must fit the frame; noise at a wrong speed does not. With
    ``settings`` only what is spoken at them is considered. Nonin's data formats 1 and 8 are
    never guessed: their few bytes a second have no checksum.
    """
    for protocol, channel, spoken_at, shape in _SHAPES:
        if settings in (None, spoken_at) and shape(data):
            return Guess(protocol, channel)
    return None


def _covered(pattern: re.Pattern[bytes], data: bytes, frames: int) -> bool:
    """Whether at least so many frames make up nine tenths of the bytes, the cut ends aside."""
    found = list(pattern.finditer(data))
    if len(found) < frames:
        return False
    inside = found[-1].end() - found[0].start()
    longest = max(match.end() - match.start() for match in found)
    framed = sum(match.end() - match.start() for match in found)
    return framed >= 0.9 * inside and inside + 2 * longest >= len(data)


def _sums(data: bytes, start: re.Pattern[bytes], frames: int) -> bool:
    """Whether five-byte frames with a right sum make up nine tenths of the bytes."""
    place = count = 0
    while place + 5 <= len(data):
        frame = data[place : place + 5]
        right = start.match(frame) is not None and sum(frame[:4]) & 0xFF == frame[4]
        count += right
        place += 5 if right else 1
    return count >= frames and 5 * count >= 0.9 * (len(data) - 8)


# Contec V7.0 specification: a type byte below 0x80, all others above; 01 is the real-time frame.
_CONTEC_V7 = re.compile(rb"\x01[\x80-\xff]{8}|[\x02-\x1f][\x80-\xff]{1,8}")
_CONTEC_V7_LIVE = re.compile(rb"\x01[\x80-\xff]{8}")
# Older Contec: only the first of five bytes has its top bit set.
_CONTEC_V5 = re.compile(rb"[\x80-\xff][\x00-\x7f]{4}")
# Nonin 9560 data formats: 2 begins with 01 and a status above 0x80, 7 with the status itself.
_NONIN_2 = re.compile(rb"\x01[\x80-\xff]")
_NONIN_7 = re.compile(rb"[\x80-\xff]")
# Masimo Rad-8 and old Nonin printers speak in lines of text.
_MASIMO = re.compile(rb"SPO2=[ 0-9-]{3}%? +BPM=[ 0-9-]{3}")
_NONIN_TEXT = re.compile(rb"\d\d:\d\d:\d\d SPO2=[0-9-]{3} HR=[0-9-]{3}")

# Those with a checksum or words come first; a frame without either is believed last.
_FAST, _CONTEC_OLD, _SLOW = SETTINGS
_SHAPES: tuple[tuple[str, str, PortSettings, Callable[[bytes], bool]], ...] = (
    ("masimo-ascii", "line", _SLOW, lambda data: _MASIMO.search(data) is not None),
    ("nonin-serial", "ascii", _SLOW, lambda data: _NONIN_TEXT.search(data) is not None),
    ("nonin-serial", "df2", _SLOW, lambda data: _sums(data, _NONIN_2, 5)),
    ("nonin-serial", "df7", _SLOW, lambda data: _sums(data, _NONIN_7, 10)),
    (
        "contec-cms50-serial",
        "v7",
        _FAST,
        lambda data: bool(_CONTEC_V7_LIVE.search(data)) and _covered(_CONTEC_V7, data, 5),
    ),
    ("contec-cms50-serial", "v5", _CONTEC_OLD, lambda data: _covered(_CONTEC_V5, data, 8)),
)


async def find_protocol(port: str, clock: Clock, listen_seconds: float = LISTEN_SECONDS) -> Found:
    """Listen at a port with each setting in turn until the bytes show a protocol.

    Raises DeviceError: what opening the port can raise; ``device_silent`` when no byte came at any
    setting; ``protocol_not_found`` (with ``bytes``) when what came fits no protocol.
    """
    heard = 0
    for settings in SETTINGS:
        data = b"".join(
            chunk.data for chunk in await _listen(port, settings, clock, listen_seconds)
        )
        heard += len(data)
        guessed = guess(data, settings)
        if guessed is not None:
            return Found(guessed.protocol, guessed.channel, settings)
    if not heard:
        raise DeviceError("device_silent", port=port)
    raise DeviceError("protocol_not_found", port=port, bytes=heard)


async def find_channel(
    port: str, protocol: str, clock: Clock, listen_seconds: float = LISTEN_SECONDS
) -> str:
    """Which channel of a protocol that the user has named is spoken; empty when none can be told.

    Raises DeviceError as opening the port does, UsageError for a protocol that is not serial.
    """
    ports = catalogue().protocol_entry(protocol).ports
    # One stop bit or two is all the same to a listener.
    different = {(entry.baud, entry.parity): entry for entry in reversed(ports)}
    for entry in sorted(different.values(), key=ports.index):
        settings = port_settings(entry)
        chunks = await _listen(port, settings, clock, listen_seconds, protocol)
        guessed = guess(b"".join(chunk.data for chunk in chunks), settings)
        if guessed is not None and guessed.protocol == protocol:
            return guessed.channel
        channels = [other.channel for other in ports if port_settings(other) == settings]
        found = _by_decoding(protocol, channels, chunks)
        if found:
            return found
    return ""


def port_settings(entry: SerialSettings) -> PortSettings:
    """The catalogue's settings as the transport takes them."""
    return PortSettings(entry.baud, entry.parity, entry.bytesize, entry.stopbits)


def _by_decoding(protocol: str, channels: Sequence[str], chunks: Sequence[Chunk]) -> str:
    """The first channel whose decoder finds a number and refuses nothing."""
    for channel in channels:
        decoder = PROTOCOLS[protocol].make(channel)
        items = [item for chunk in chunks for item in decoder.feed(chunk.data, chunk.at)]
        refused = any(isinstance(item, Notice) and item.kind == "refused" for item in items)
        if not refused and any(isinstance(item, Reading) and item.value for item in items):
            return channel
    return ""


async def _listen(
    port: str, settings: PortSettings, clock: Clock, seconds: float, protocol: str = ""
) -> list[Chunk]:
    """Gather what comes within so many seconds, or until it shows a protocol (or this one)."""
    chunks: list[Chunk] = []
    data = b""
    connection = await SerialTransport(port, settings, clock).open()
    try:
        async with asyncio.timeout(clock.real_seconds(seconds)):
            while True:
                item = await connection.receive()
                if isinstance(item, Notice):
                    continue
                chunks.append(item)
                data += item.data
                guessed = guess(data, settings)
                if guessed is not None and protocol in ("", guessed.protocol):
                    return chunks
    except TimeoutError:
        return chunks
    except LinkLost as lost:
        raise DeviceError(lost.reason, port=port) from lost
    finally:
        await connection.close()

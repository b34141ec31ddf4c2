"""One-second blocks of samples: how dense readings and pleth go into a record."""

import math
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from kapmonitor.reading import Detail, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital


class SampleBlock(Struct, frozen=True, gc=False):
    """The readings and pleth of one second of the session, in the order in which they came.

    ``start`` is the session second (a whole number). An item that arrives late is in the block of
    the second in which it came; each carries its own time. ``notices`` are those that an alarm is
    judged by (`kapmonitor.reading.JUDGED_NOTICES`).
    """

    start: int
    readings: tuple[Reading, ...] = ()
    pleth: tuple[PlethRun, ...] = ()
    notices: tuple[Notice, ...] = ()


class Blocker:
    """Gathers samples into blocks of one second. Pure: time comes with the items."""

    def __init__(self) -> None:
        self._second: int | None = None
        self._readings: list[Reading] = []
        self._pleth: list[PlethRun] = []
        self._notices: list[Notice] = []

    def add(self, item: Reading | PlethRun | Notice) -> list[SampleBlock]:
        """Take in one item; returns the block that it ended, if it belongs to a later second."""
        finished = self.tick(item.at)
        if self._second is None:
            self._second = math.floor(item.at)
        if isinstance(item, Reading):
            self._readings.append(item)
        elif isinstance(item, Notice):
            self._notices.append(item)
        else:
            self._add_pleth(item)
        return finished

    def tick(self, now: float) -> list[SampleBlock]:
        """Let time pass; returns the block of a second that is over."""
        if self._second is None or now < self._second + 1:
            return []
        return self.flush()

    def flush(self) -> list[SampleBlock]:
        """Everything gathered so far, as one block or none."""
        if self._second is None:
            return []
        block = SampleBlock(
            self._second, tuple(self._readings), tuple(self._pleth), tuple(self._notices)
        )
        self._second, self._readings, self._pleth, self._notices = None, [], [], []
        return [block]

    def _add_pleth(self, run: PlethRun) -> None:
        for place in reversed(range(len(self._pleth))):
            if self._pleth[place].source == run.source:
                joined = join_pleth(self._pleth[place], run)
                if joined is not None:
                    self._pleth[place] = joined
                    return
                break
        self._pleth.append(run)


def join_pleth(first: PlethRun, second: PlethRun) -> PlethRun | None:
    """Both runs as one, or None where they do not follow each other.

    Devices that send one sample a packet would fill a record with times. Samples are evenly spaced
    at the device; what arrives up to 100 ms early or late is the jitter of the link.
    """
    expected = first.at + len(first.values) * first.interval
    alike = first.interval == second.interval and first.full_scale == second.full_scale
    if not alike or not abs(second.at - expected) <= max(first.interval, 0.1):
        return None
    return msgspec.structs.replace(first, values=first.values + second.values)


# --- The stored form: short names, and what is not said is the default -------------------------
# They hold no cycles; a long record has hundreds of thousands, which need not be looked through.


class _Value(
    Struct, omit_defaults=True, gc=False, rename={"vital": "v", "value": "x", "reason": "r"}
):
    vital: Vital
    value: int | float | None = None
    quality: Quality = msgspec.field(default=Quality.GOOD, name="q")
    reason: str = ""


class _Packet(Struct, omit_defaults=True, gc=False):
    """Neighbouring readings that share time, source, packet, origin and device time."""

    values: list[_Value] = msgspec.field(name="m")
    at: float = msgspec.field(name="t")
    source: str = msgspec.field(default="", name="s")
    packet: int = msgspec.field(default=0, name="p")
    origin: Origin = msgspec.field(default=Origin.LIVE, name="o")
    device_time: str = msgspec.field(default="", name="d")


class _Pleth(Struct, omit_defaults=True, gc=False):
    """A pleth run: unsigned little-endian numbers of ``width`` bytes.

    Each is one more than its sample; 0 is a sample that the device marked as no signal.
    """

    samples: bytes = msgspec.field(name="b")
    at: float = msgspec.field(name="t")
    interval: float = msgspec.field(name="i")
    full_scale: int = msgspec.field(name="f")
    width: int = msgspec.field(default=1, name="w")
    source: str = msgspec.field(default="", name="s")
    packet: int = msgspec.field(default=0, name="p")


class _Notice(Struct, omit_defaults=True, gc=False):
    kind: str = msgspec.field(name="k")
    at: float = msgspec.field(name="t")
    detail: dict[str, Detail] = msgspec.field(default_factory=dict, name="d")
    packet: int = msgspec.field(default=0, name="p")
    source: str = msgspec.field(default="", name="s")


class _Block(Struct, omit_defaults=True, gc=False):
    start: int = msgspec.field(name="t")
    packets: list[_Packet] = msgspec.field(default_factory=list, name="r")
    pleth: list[_Pleth] = msgspec.field(default_factory=list, name="w")
    notices: list[_Notice] = msgspec.field(default_factory=list, name="n")


_ONE_LESS = bytes([0, *range(255)])

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Block)


def encode_block(block: SampleBlock) -> bytes:
    """The bytes of a block as they are stored and hashed.

    Raises OverflowError for a pleth sample below zero.
    """
    pleth = [_packed(run) for run in block.pleth]
    notices = [_Notice(n.kind, n.at, n.detail, n.packet, n.source) for n in block.notices]
    return _encoder.encode(_Block(block.start, _packets(block.readings), pleth, notices))


def decode_block(data: bytes) -> SampleBlock:
    """Read a block back; raises ``msgspec.DecodeError``, or ValueError for a broken pleth run."""
    block = _decoder.decode(data)
    readings = tuple([reading for packet in block.packets for reading in _readings(packet)])
    notices = [Notice(n.kind, n.at, n.detail, n.packet, n.source) for n in block.notices]
    pleth = tuple(_unpacked(run) for run in block.pleth)
    return SampleBlock(block.start, readings, pleth, tuple(notices))


def _packets(readings: Iterable[Reading]) -> list[_Packet]:
    packets: list[_Packet] = []
    last: tuple[object, ...] | None = None
    for reading in readings:
        shared = (
            reading.at, reading.source, reading.packet, reading.origin, reading.device_time
        )  # fmt: skip
        if shared != last:
            packets.append(_Packet([], *shared))
            last = shared
        value = reading.value
        short = int(value) if value is not None and _fits_whole(value) else value
        packets[-1].values.append(_Value(reading.vital, short, reading.quality, reading.reason))
    return packets


def _fits_whole(value: float) -> bool:
    # A whole number takes one byte instead of nine; minus zero would lose its sign.
    return abs(value) < 2**31 and value == int(value) and math.copysign(1, value) > 0


def _readings(packet: _Packet) -> Iterable[Reading]:
    shared = (packet.packet, packet.origin, packet.device_time, packet.source)
    return [
        Reading(
            value.vital,
            None if value.value is None else float(value.value),
            packet.at,
            value.quality,
            value.reason,
            *shared,
        )
        for value in packet.values
    ]


def _packed(run: PlethRun) -> _Pleth:
    stored = [0 if value is None else value + 1 for value in run.values]
    width = max(1, (max(stored, default=0).bit_length() + 7) // 8)
    samples = b"".join(value.to_bytes(width, "little") for value in stored)
    return _Pleth(samples, run.at, run.interval, run.full_scale, width, run.source, run.packet)


def _unpacked(run: _Pleth) -> PlethRun:
    if run.width < 1 or len(run.samples) % run.width:
        raise ValueError("pleth samples do not fit their width")
    if run.width == 1 and 0 not in run.samples:
        # Nearly every run, and millions of samples in a visit: twenty times as fast.
        values: tuple[int | None, ...] = tuple(run.samples.translate(_ONE_LESS))
    else:
        places = range(0, len(run.samples), run.width)
        pieces = (run.samples[place : place + run.width] for place in places)
        stored = (int.from_bytes(piece, "little") for piece in pieces)
        values = tuple(value - 1 if value else None for value in stored)
    return PlethRun(run.at, run.interval, values, run.full_scale, run.packet, run.source)

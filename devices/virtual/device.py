"""What every virtual device does: make real bytes, run the real decoder on them, deliver."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from devices.decoders import protocol
from devices.hearing import Hearing
from devices.transports import Chunk
from devices.virtual.patient import VirtualPatient
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo
from kapmonitor.reading import Decoded, Delivery, Link, LinkState, Notice, PlethRun
from kapmonitor.vitals import Vital

DEVICE_ZERO = datetime(2026, 1, 1, 9, 0)  # noqa: DTZ001 - a device's clock knows no zone
Spans = tuple[tuple[float, float], ...]


class Faults(Struct, frozen=True):
    """How a virtual device misbehaves; times are session seconds.

    - ``cut_frames`` N: every Nth frame loses its last bytes
    - ``wrong_checksums`` N: every Nth frame arrives with a flipped bit (where frames can show it)
    - ``sentinel``: spans in which "no value" is sent in place of numbers
    - ``silence``: spans without a byte, the link being up
    - ``errors``: spans in which the device tells a fault of its own in place of numbers
    - ``unplugged_at``: the device is gone from then on, or until ``back_at``
    - ``memory_dump`` N: it begins each connection with N stored records (where it has any)
    - ``clock_off``: seconds by which its own clock is wrong (where it has one)
    """

    cut_frames: int = 0
    wrong_checksums: int = 0
    sentinel: Spans = ()
    silence: Spans = ()
    errors: Spans = ()
    unplugged_at: float | None = None
    back_at: float | None = None
    memory_dump: int = 0
    clock_off: float = 0.0


class VirtualDevice:
    """A device driven by time as an argument; fits `kapmonitor.ports.SteppedSource`.

    A device sends ``chunks_per_second`` chunks; each depends on its number and the patient only, so
    that the step size changes nothing.
    """

    protocol = ""
    label = ""
    channel = ""
    measures: tuple[Vital, ...] = ()
    continuous = True
    commands: tuple[str, ...] = ()
    chunks_per_second = 1
    frame_size = 0  # bytes; 0 when a chunk is one frame
    checked = False  # whether frames of no fixed size carry a check

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        source: str = "",
        site: str = "",
        faults: Faults | None = None,
        start_at: float = 0.0,
    ) -> None:
        self.patient = patient
        self.faults = faults or Faults()
        self.info = SourceInfo(
            id=source or f"virtual-{self.protocol}",
            protocol=self.protocol,
            address=f"virtual:{self.protocol}",
            label=self.label,
            measures=self.measures,
            continuous=self.continuous,
            commands=self.commands,
            site=site,
            simulated=True,
        )
        self._next_chunk = int(start_at * self.chunks_per_second)
        self._stepped = start_at
        self._linked = False
        self._begun, self._dumped_until = start_at, start_at - 1.0
        self.device_zero = DEVICE_ZERO
        self._hearing = Hearing(self.protocol, protocol(self.protocol).make, self.continuous)

    def chunk(self, number: int) -> bytes:
        """The bytes of one chunk, by its number since session time 0; may be empty."""
        raise NotImplementedError

    def memory(self, number: int, at: float) -> bytes:
        """A stored record, as it is sent unasked after connecting; empty without a memory."""
        return b""

    def frames_of(self, data: bytes) -> list[bytes]:
        """The frames of a chunk."""
        size = self.frame_size or len(data)
        return [data[place : place + size] for place in range(0, len(data), size)]

    def device_time(self, at: float) -> datetime:
        """What its own clock shows at a session time (local time, without a zone)."""
        return self.device_zero + timedelta(seconds=at + self.faults.clock_off)

    def dump_until(self, now: float) -> list[Chunk]:
        """The stored records of the connections that began since the last call."""
        if not self.faults.memory_dump:
            return []
        since, self._dumped_until = self._dumped_until, max(self._dumped_until, now)
        begun = [self._begun, *(end for _, end in self._down_spans())]
        return [
            Chunk(at, data, self.channel)
            for at in begun
            if since < at <= now
            for number in range(self.faults.memory_dump)
            if (data := self.memory(number, at))
        ]

    def bytes_until(self, now: float) -> list[Chunk]:
        """Everything sent since the last call up to ``now``, each chunk with its own time."""
        chunks = self.dump_until(now)
        silent = self._down_spans() + self.faults.silence
        while (self._next_chunk + 1) / self.chunks_per_second <= now + 1e-9:
            number = self._next_chunk
            at = (number + 1) / self.chunks_per_second
            self._next_chunk += 1
            began = number / self.chunks_per_second
            if not within(silent, at) and not within(silent, began):
                data = self._spoiled(number, self.chunk(number))
                if data:
                    chunks.append(Chunk(at, data, self.channel))
        return chunks

    def step(self, now: float) -> Sequence[Delivery]:
        """Everything delivered since the last step up to ``now``, in order of time."""
        events: list[Chunk | Link | Notice] = [*self._link_changes(now), *self.bytes_until(now)]
        events += self.notices(now)
        self._stepped = max(self._stepped, now)
        delivered: list[Delivery] = []
        for event in sorted(events, key=lambda event: event.at):
            if isinstance(event, Chunk):
                delivered += self._meaning(event)
            else:
                delivered += self._hearing.finish(event.at) if isinstance(event, Link) else ()
                delivered.append(event)
        return [_signed(item, self.info.id) for item in join_pleth(delivered)]

    def _meaning(self, chunk: Chunk) -> list[Decoded]:
        """What a host makes of a chunk."""
        return self._hearing.hear(chunk)

    def notices(self, now: float) -> list[Notice]:
        """What the device tells besides its bytes, since the last step up to ``now``."""
        return []

    def command(self, command: str, now: float) -> None:
        """Ask for a command; this device knows none. Raises DeviceError."""
        self.require_link(now)
        raise DeviceError("command_unknown", source=self.info.id, command=command)

    def write(self, data: bytes, now: float) -> None:
        """Take bytes that a host wrote; a device that listens to nothing ignores them."""

    def require_link(self, now: float) -> None:
        """Raise DeviceError("not_connected") while the link is down."""
        if within(self._down_spans(), now):
            raise DeviceError("not_connected", source=self.info.id)

    def down_windows(self) -> list[tuple[float, float]]:
        """Spans in which the scenario takes the link down."""
        return []

    def _down_spans(self) -> Spans:
        gone = self.faults.unplugged_at
        spans = tuple(self.down_windows())
        back = float("inf") if self.faults.back_at is None else self.faults.back_at
        return spans if gone is None else (*spans, (gone, back))

    def _link_changes(self, now: float) -> list[Link]:
        """What became of the link since the last step."""
        changes = []
        if not self._linked:
            self._linked = True
            changes.append(Link(self.info.id, LinkState.UP, self._stepped))
        for start, end in self._down_spans():
            if self._stepped < start <= now:
                pulled = start == self.faults.unplugged_at
                reason = "port_gone" if pulled else "link_lost"
                changes.append(Link(self.info.id, LinkState.DOWN, start, reason))
            if self._stepped < end <= now:
                changes.append(Link(self.info.id, LinkState.UP, end))
        return sorted(changes, key=lambda link: link.at)

    def _spoiled(self, number: int, data: bytes) -> bytes:
        """The chunk as it arrives when the device misbehaves."""
        cut, wrong = self.faults.cut_frames, self.faults.wrong_checksums
        if not (cut or wrong) or not data:
            return data
        frames = self.frames_of(data)
        for place, frame in enumerate(frames):
            count = number * len(frames) + place + 1
            if wrong and count % wrong == 0 and (self.frame_size or self.checked):
                frames[place] = frame[:-1] + bytes((frame[-1] ^ 0x80,))
            if cut and count % cut == 0:
                frames[place] = frame[: len(frame) * 2 // 3]
        return b"".join(frames)


def join_pleth(items: Sequence[Delivery]) -> list[Delivery]:
    """The same deliveries, pleth runs that follow each other made one where the first stood."""
    joined: list[Delivery] = []
    place = -1  # of the run that may still grow
    samples: list[int | None] = []
    for item in items:
        if isinstance(item, PlethRun) and place >= 0:
            first = joined[place]
            assert isinstance(first, PlethRun)
            end = first.at + len(samples) * first.interval
            if (first.interval, first.full_scale) == (item.interval, item.full_scale) and abs(
                item.at - end
            ) < 2 * item.interval:
                samples += item.values
                continue
        if isinstance(item, PlethRun | Link):
            _close_run(joined, place, samples)
            place, samples = (
                (len(joined), list(item.values)) if isinstance(item, PlethRun) else (-1, [])
            )
        joined.append(item)
    _close_run(joined, place, samples)
    return joined


def _close_run(items: list[Delivery], place: int, samples: list[int | None]) -> None:
    if place >= 0:
        items[place] = msgspec.structs.replace(items[place], values=tuple(samples))


def _signed(item: Delivery, source: str) -> Delivery:
    return item if item.source else msgspec.structs.replace(item, source=source)


def within(spans: Iterable[tuple[float, float]], at: float) -> bool:
    """Whether a time lies in one of these spans, their ends excluded."""
    return any(start <= at < end for start, end in spans)

"""How fast each stream decoder is, against what its device sends and against a bare frame loop."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from devices.decoders import PROTOCOLS
from kapmonitor.reading import PlethRun

# Real bytes of a CMS50 (headrotor/contec_data), and frames composed by the written rules.
_V7 = bytes.fromhex("01e085b396c1e1ffff")
_V5 = bytes.fromhex("8532044161")
_DF8 = bytes.fromhex("80486100")


def _df2_packet() -> bytes:
    slots = {2: 72, 3: 97}
    frames = bytearray()
    for slot in range(1, 26):
        frame = bytes((1, 0x81 if slot == 1 else 0x80, 100 + slot, slots.get(slot, 0)))
        frames += frame + bytes((sum(frame) & 0xFF,))
    return bytes(frames)


def _df7_packet() -> bytes:
    slots = {2: 72, 3: 97}
    frames = bytearray()
    for slot in range(1, 26):
        frame = bytes((0x81 if slot == 1 else 0x80, 100 + slot, slot, slots.get(slot, 0)))
        frames += frame + bytes((sum(frame) & 0xFF,))
    return bytes(frames)


def _top_bit_first(frame: bytes) -> bool:
    return frame[0] >= 0x80 and frame[1:].isascii()


def _summed(frame: bytes) -> bool:
    return sum(frame[:-1]) & 0xFF == frame[-1]


def _type_first(frame: bytes) -> bool:
    return frame[0] == 1 and min(frame[1:]) >= 0x80


# Protocol, channel, some frames, how many they are, how many a second the device sends, and what
# tells a frame.
_STREAMS = (
    ("contec-cms50-serial", "v7", _V7, 1, 60, _type_first),
    ("contec-cms50-serial", "v5", _V5, 1, 60, _top_bit_first),
    ("nonin-serial", "df2", _df2_packet(), 25, 75, _summed),
    ("nonin-serial", "df7", _df7_packet(), 25, 75, _summed),
    ("nonin-serial", "df8", _DF8, 1, 1, _top_bit_first),
)


def run(short: bool) -> list[dict[str, Any]]:
    """Frames a second of one core for each stream.

    ``ratio`` is against a plain decoder that makes one tuple of each frame where ours makes two to
    five readings, samples and notices, taken in alternating rounds; ``device_rate`` is how many
    frames the device sends in a second.
    """
    frames, rounds = (5_000, 3) if short else (100_000, 7)
    lines = []
    for protocol, channel, unit, count, rate, good in _STREAMS:
        stream = unit * (frames // count)
        chunks = list(_chunks(stream))
        size = len(unit) // count
        spec = PROTOCOLS[protocol]
        bare, ours = [], []
        for _ in range(rounds):
            bare.append(_seconds(_bare(size, good), chunks))
            ours.append(_seconds(spec.make(channel).feed, chunks))
        per_second = frames / min(ours)
        lines.append(
            {
                "name": f"decode {channel}: frames a second",
                "value": round(per_second),
                "unit": "1/s",
                "ratio": round(min(bare) / min(ours), 3),
                "device_rate": rate,
            }
        )
        lines.append(
            {
                "name": f"decode {channel}: share of a core for one device",
                "value": round(100 * rate / per_second, 5),
                "unit": "%",
            }
        )
    lines.append(_wrong(100_000 if short else 1_000_000))
    return lines


def _chunks(stream: bytes) -> Iterator[bytes]:
    """Pieces as a serial port gives them."""
    rng, start = random.Random(5), 0
    while start < len(stream):
        size = rng.randrange(1, 60)
        yield stream[start : start + size]
        start += size


def _seconds(feed: Callable[[bytes, float], object], chunks: list[bytes]) -> float:
    began = time.process_time()
    for chunk in chunks:
        feed(chunk, 0.0)
    return time.process_time() - began


def _bare(size: int, good: Callable[[bytes], bool]) -> Callable[[bytes, float], object]:
    """A plain decoder: finds the frames again after noise and makes one tuple of each, no more."""
    tail = bytearray()

    def feed(data: bytes, at: float) -> list[tuple[float, bytes]]:
        tail.extend(data)
        out, start = [], 0
        while len(tail) - start >= size:
            frame = bytes(tail[start : start + size])
            if good(frame):
                out.append((at, frame))
                start += size
            else:
                start += 1
        del tail[:start]
        return out

    return feed


def _wrong(frames: int) -> dict[str, Any]:
    """How many samples of a clean stream come out wrong."""
    decoder = PROTOCOLS["contec-cms50-serial"].make("v7")
    wrong = seen = 0
    for start in range(0, frames, 1000):
        sent = [n % 128 for n in range(start, start + 1000)]
        stream = b"".join(bytes((*_V7[:3], 0x80 | pleth, *_V7[4:])) for pleth in sent)
        items = decoder.feed(stream, 0.0)
        found = [run.values[0] for run in items if isinstance(run, PlethRun)]
        wrong += sum(a != b for a, b in zip(sent, found, strict=False)) + abs(1000 - len(found))
        seen += len(found)
    return {"name": f"decode v7: wrong of {seen:,} clean frames", "value": wrong, "unit": "frames"}

"""How fast each stream decoder is, against what its device sends and against a bare frame loop."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Notice, PlethRun

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

_MASIMO = (
    b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% "
    b"DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800\r\n"
).hex()
_JKS50F = "ff440100614829" + "03" + "00" * 60 + "1a"

# The others, each with frames that were recorded or composed by the written rule, how many they
# are, and how many the device sends a second (a cuff: while it inflates).
_OTHERS = (
    ("ble-heart-rate", "2A37", "104372038a03", 1, 1.0),
    ("ble-blood-pressure", "2A35", "167c0056006100e807060f11111b33000000", 1, 1.0),
    ("ble-blood-pressure", "2A36", "009600ff07ff07", 1, 2.0),
    ("ble-pulse-oximeter-plx", "2A5F", "1f610050005f00530061004e0000012000007de0", 1, 1.0),
    ("nonin-serial", "df1", "804861", 1, 1.0),
    ("nonin-serial", "df13", "0002000d000e20261121091011000200004e00605203", 1, 1.0),
    ("nonin-serial", "ascii", b"00:03:27 SPO2=097 HR=072\r\n".hex(), 1, 1.0),
    ("nonin-ble", "0aad7ea0", "0a541e01a90007610048", 1, 1.0),
    ("pc60fw-creative", "stream", "aa550f08016144000000c094aa550f07024dcb494643aa", 2, 11.0),
    ("contec-eb", "message", "eb010453637f0025eb000348093f", 2, 61.0),
    ("masimo-ascii", "line", _MASIMO, 1, 1.0),
    ("jamr-bpm188", "2af0", "0240dd0204c15a", 1, 1.25),
    ("suntech-nibp", "module", "3e050201ba", 1, 5.0),
    ("viatom-o2ring", "frame", "5500ff00000d0061580000000000500003190100d0", 1, 1.0),
    ("berry-bci", "packet", "883107585f", 1, 100.0),
    ("berry-bci", "v15", "ffaa070861614849a6002d2c3dc7cfffff586497", 1, 200.0),
    ("pc60fw-creative", "pc100-pc300", "aa55420300961b", 1, 10.0),
    ("masimo-mightysat", "54c21002", "7711050000000000620048101400260200100e", 1, 1.0),
    ("viatom-bp2", "frame-bp2w", "a508f701000500000150960017", 1, 1.0),
    ("viatom-airbp", "frame", "a5000004040000004023ee02a4", 1, 25.0),
    ("qardioarm", "2A35", "04a000000000000000", 1, 2.0),
    ("small-ble-vendors", "cdeacb81", "81386344", 1, 1.0),
    ("small-ble-vendors", "ffe4", "fe0a55005c640774b24c", 1, 1.0),
    ("small-ble-vendors", "ffe1", _JKS50F, 1, 1.0),
    ("omron-ble-proprietary", "record", "6558541a331ade1800004c00ba00", 1, 1.0),
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
    lines += [_other(*row, frames // 5, rounds) for row in _OTHERS]
    lines.append(_wrong(100_000 if short else 1_000_000))
    return lines


def _other(
    protocol: str, channel: str, text: str, count: int, rate: float, frames: int, rounds: int
) -> dict[str, Any]:
    """Frames a second of a protocol, each of them fed as it comes over Bluetooth."""
    spec, unit = PROTOCOLS[protocol], bytes.fromhex(text)
    chunks = [unit] * (frames // count)
    seen = spec.make(channel).feed(unit, 0.0)
    if any(isinstance(item, Notice) and item.kind == "refused" for item in seen):
        raise ValueError(f"{protocol} {channel}: the frame of the benchmark is no good one")
    per_second = frames / min(_seconds(spec.make(channel).feed, chunks) for _ in range(rounds))
    return {
        "name": f"decode {protocol} {channel}: frames a second",
        "value": round(per_second),
        "unit": "1/s",
        "device_rate": rate,
        "times_the_device": round(per_second / rate),
    }


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

"""What the decoder tests share: the public vectors, frames built by the written rule, questions."""

import json
from pathlib import Path
from typing import Any

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Decoded, Detail, Notice, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital

VECTORS = Path(__file__).resolve().parents[2] / "recordings" / "vectors"


def vectors(protocol: str) -> list[dict[str, Any]]:
    """The public test packets of a protocol; their fields are described in the folder's README."""
    lines = (VECTORS / f"{protocol}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def decode(protocol: str, channel: str, *pieces: bytes | str, quirk: str = "") -> list[Decoded]:
    """Feed pieces (bytes or hex) to a fresh decoder, a second apart, to the end of the stream."""
    decoder = PROTOCOLS[protocol].make(channel, quirk)
    out: list[Decoded] = []
    for at, piece in enumerate(pieces):
        data = bytes.fromhex(piece) if isinstance(piece, str) else piece
        out += decoder.feed(data, float(at))
    return out + decoder.finish(float(len(pieces)))


def readings(items: list[Decoded], vital: Vital | None = None) -> list[Reading]:
    """The readings, of one vital or of all."""
    return [r for r in items if isinstance(r, Reading) and vital in (None, r.vital)]


def values(items: list[Decoded]) -> dict[str, float | None]:
    """The last value of each vital."""
    return {r.vital.value: r.value for r in readings(items)}


def verdicts(items: list[Decoded]) -> dict[str, str]:
    """For each vital ``good``, or the quality and its reason."""
    return {
        r.vital.value: "good" if r.quality is Quality.GOOD else f"{r.quality}: {r.reason}"
        for r in readings(items)
    }


def samples(items: list[Decoded]) -> list[int | None]:
    """All pleth samples, in order."""
    return [sample for run in items if isinstance(run, PlethRun) for sample in run.values]


def notices(items: list[Decoded], kind: str) -> list[dict[str, Detail]]:
    """The details of all notices of a kind."""
    return [n.detail for n in items if isinstance(n, Notice) and n.kind == kind]


# --- frames by the written rule, apart from the program's own encoders -------------------------


def v7_frame(
    spo2: int = 97,
    pulse: int = 65,
    pleth: int = 50,
    *,
    index: int = 0xFFFF,
    signal: int = 5,
    flags: int = 0,
    searching: bool = False,
    bar: int = 5,
) -> bytes:
    """A 9-byte Contec packet; ``index`` is the perfusion index times 100."""
    payload = [
        signal | flags,
        pleth | searching << 7,
        bar,
        pulse,
        spo2,
        index & 0xFF,
        index >> 8,
    ]
    tops = sum((byte >> 7) << place for place, byte in enumerate(payload))
    return bytes((0x01, 0x80 | tops, *(0x80 | byte & 0x7F for byte in payload)))


def v5_frame(spo2: int = 97, pulse: int = 65, pleth: int = 50, *, flags: int = 0) -> bytes:
    """A 5-byte Contec packet; ``flags`` go to the upper half of the third byte."""
    return bytes((0x85, pleth, 4 | flags | (pulse >> 7) << 6, pulse & 0x7F, spo2))


def df2_frame(status: int, pleth: int, value: int) -> bytes:
    """A frame of Nonin data format 2."""
    frame = bytes((0x01, 0x80 | status, pleth, value))
    return frame + bytes((sum(frame) & 0xFF,))


def df7_frame(status: int, pleth: int, value: int) -> bytes:
    """A frame of Nonin data format 7."""
    frame = bytes((0x80 | status, pleth >> 8, pleth & 0xFF, value))
    return frame + bytes((sum(frame) & 0xFF,))


def nonin_frames(
    spo2: int = 97, pulse: int = 72, *, status: int = 0, battery: int = 0, df7: bool = False
) -> list[bytes]:
    """The 25 frames of one Nonin packet; the pleth samples count from 100."""
    slots = {1: pulse >> 7, 2: pulse & 0x7F, 3: spo2, 4: 48, 8: battery, 9: spo2}
    build = df7_frame if df7 else df2_frame
    return [build(status | (slot == 1), 100 + slot, slots.get(slot, 0)) for slot in range(1, 26)]


def nonin_packet(
    spo2: int = 97, pulse: int = 72, *, status: int = 0, battery: int = 0, df7: bool = False
) -> bytes:
    """One whole Nonin packet."""
    return b"".join(nonin_frames(spo2, pulse, status=status, battery=battery, df7=df7))


def aa55(token: int, kind: int, data: bytes) -> bytes:
    """A frame of the Creative and Viatom family."""
    frame = bytes((0xAA, 0x55, token, len(data) + 2, kind)) + data
    return frame + bytes((crc_bit_by_bit(frame, 0x8C, reflected=True),))


def pc60_values(
    spo2: int, pulse: int, *, index: int = 75, status: int = 0, battery: int = 3
) -> bytes:
    """The numbers of a PC-60FW; ``index`` is the perfusion index times 10."""
    data = bytes((spo2, pulse & 0xFF, pulse >> 8, index, status, battery << 6))
    return aa55(0x0F, 0x01, data)


def crc_bit_by_bit(data: bytes, polynomial: int, *, reflected: bool) -> int:
    """CRC-8 without a table, as the text books write it."""
    rest = 0
    for byte in data:
        rest ^= byte
        for _ in range(8):
            if reflected:
                rest = rest >> 1 ^ (polynomial if rest & 0x01 else 0)
            else:
                rest = (rest << 1 ^ (polynomial if rest & 0x80 else 0)) & 0xFF
    return rest


def eb_pleth(sample: int, *, flags: int = 0, bar: int = 5) -> bytes:
    """A pleth message of Contec's "EB" protocol."""
    message = bytes((0xEB, 0x00, 0x03, sample, flags << 4 | bar))
    return message + bytes((sum(message) & 0x7F,))


def eb_values(spo2: int, pulse: int, *, index: int | None = None) -> bytes:
    """The numbers of an "EB" unit; ``index`` is the perfusion index times 100."""
    low, high = (0x7F, 0) if index is None else (index & 0x7F, index >> 7)
    message = bytes((0xEB, 0x01, 0x04 | (pulse >> 7) << 1, pulse & 0x7F, spo2, low, high))
    return message + bytes((sum(message) & 0x7F,))


def masimo_line(
    spo2: str = "098", pulse: str = "072", index: str = "03.60", *, exc: str = "000800"
) -> bytes:
    """A line of a Masimo Rad-8, as its manual has it."""
    return (
        f"02/22/16 22:47:45 SN=0000056661 SPO2={spo2}% BPM={pulse} PI={index}% SPCO=--.-% "
        f"SPMET=--.-% DESAT=-- PIDELTA=+-- ALARM=0000 EXC={exc}\r\n"
    ).encode()


def nonin_ble(
    spo2: int = 97, pulse: int = 72, *, status: int = 0x10, index: int = 425, counter: int = 7
) -> bytes:
    """A notification of Nonin's own Bluetooth service; ``index`` is the PAI times 100."""
    head = bytes((10, status, 30)) + index.to_bytes(2, "big") + counter.to_bytes(2, "big")
    return head + bytes((spo2,)) + pulse.to_bytes(2, "big")


def jamr(*data: int) -> bytes:
    """A frame of an "02 40 DD" cuff."""
    frame = bytes((0x02, 0x40, 0xDD, len(data), *data))
    check = 0
    for byte in frame[1:]:
        check ^= byte
    return frame + bytes((check,))


def jamr_pressure(hundredths: int) -> bytes:
    """The live pressure of a BPM-188."""
    return jamr(*hundredths.to_bytes(2, "big"))


def jamr_result(systolic: int = 124, diastolic: int = 80, pulse: int = 72) -> bytes:
    """A result without a date."""
    return jamr(0x1C, 0, systolic, 0, diastolic, 0, 0, 0, pulse, 0, 0, 0)


def suntech(*data: int) -> bytes:
    """A frame of a SunTech module."""
    frame = bytes((0x3E, len(data) + 3, *data))
    return frame + bytes((-sum(frame) & 0xFF,))


def suntech_pressure(pressure: int) -> bytes:
    """The answer to a look at the pressure."""
    return suntech(pressure & 0xFF, pressure >> 8)


def suntech_result(
    systolic: int = 124, diastolic: int = 80, pulse: int = 72, mean: int = 95, *, error: int = 0
) -> bytes:
    """The result of a cycle, 24 bytes."""
    pressures = (systolic & 0xFF, systolic >> 8, diastolic, 0, 12, 1, *bytes(8))
    return suntech(*pressures, pulse, 0, mean, 0, error, 0, 0)


def ring_reply(data: bytes, *, status: int = 0) -> bytes:
    """A reply of a Viatom ring."""
    frame = bytes((0x55, status, status ^ 0xFF, 0, 0, len(data) & 0xFF, len(data) >> 8)) + data
    return frame + bytes((crc_bit_by_bit(frame, 0x07, reflected=False),))


def ring_values(
    spo2: int,
    pulse: int,
    *,
    index: int = 25,
    state: int = 1,
    battery: int = 80,
    motion: int = 3,
) -> bytes:
    """The reply to "get params"; ``index`` is the perfusion index times 10."""
    numbers = (spo2, pulse & 0xFF, pulse >> 8, 0, 0, 0, 0, battery, 0, motion, index, state, 0)
    return ring_reply(bytes(numbers))


def bci(spo2: int = 97, pulse: int = 72, pleth: int = 50, *, flags: int = 0, bar: int = 5) -> bytes:
    """A 5-byte packet of a BerryMed; ``flags`` and ``bar`` have the bits of the paper."""
    return bytes((0x88 | flags, pleth, bar | (pulse >> 7) << 6, pulse & 0x7F, spo2))


def berry_v15(
    spo2: int,
    pulse: int,
    *,
    index: int = 45,
    pleth: int = 50,
    status: int = 0,
    interval: int = 0,
    rate: int = 100,
    number: int = 7,
    instant: tuple[int, int, int] = (0, 0, 0),
) -> bytes:
    """A 20-byte packet of a newer BerryMed; ``instant`` are its SpO2, pulse and index of now."""
    head = (0xFF, 0xAA, number, status, spo2, instant[0], pulse, instant[1])
    beats = (interval & 0xFF, interval >> 8, index, instant[2], pleth)
    frame = bytes((*head, *beats, 0xC7, 0xCF, 0xFF, 0xFF, 88, rate))
    return frame + bytes((sum(frame) & 0xFF,))

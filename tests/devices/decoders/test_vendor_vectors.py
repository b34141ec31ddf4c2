"""Every public packet of the vendors' own protocols decodes to every field that is expected of it.

The vectors name things as their sources do; the tables here say where our decoders put them.
"""

from typing import Any

import pytest

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Decoded, Notice, PlethRun, Reading
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, samples, values, vectors

VENDORS = (
    "pc60fw-creative",
    "contec-eb",
    "masimo-ascii",
    "nonin-ble",
    "jamr-bpm188",
    "suntech-nibp",
    "viatom-o2ring",
    "berry-bci",
)

NAMES = {
    "spo2": Vital.SPO2,
    "pulse": Vital.PULSE_RATE,
    "pi": Vital.PERFUSION_INDEX,
    "pai": Vital.PERFUSION_INDEX,
    "systolic": Vital.SYSTOLIC,
    "diastolic": Vital.DIASTOLIC,
    "map": Vital.MEAN_PRESSURE,
    "cuff_pressure": Vital.CUFF_PRESSURE,
    "pressure": Vital.CUFF_PRESSURE,
}

# What the sources call a wrong check, and what stands in our refusals.
REASONS = {"crc": "checksum", "xor": "checksum", "checksum": "checksum", None: "noise"}


def said(items: list[Decoded]) -> dict[str, object]:
    """Everything that the notices say, in one dict."""
    out: dict[str, object] = {}
    for item in items:
        if isinstance(item, Notice) and item.kind != "refused":
            out |= item.detail
    return out


def kind(items: list[Decoded]) -> str:
    """What the sources would call these items."""
    vitals = {r.vital for r in readings(items)}
    if Vital.SYSTOLIC in vitals:
        return "result"
    if Vital.CUFF_PRESSURE in vitals:
        return "live"
    if Vital.SPO2 in vitals:
        return "values"
    if any(isinstance(item, PlethRun) for item in items):
        return "pleth"
    keys = {"mode": "work_status", "level": "battery", "code": "ack"}
    return next((word for key, word in keys.items() if key in said(items)), "")


def field(items: list[Decoded], key: str) -> object:
    """What was decoded for a field of a vector."""
    notice = said(items)
    if key in NAMES:
        return values(items).get(NAMES[key].value)
    if key == "kind":
        return kind(items)
    if key == "pleth":
        found = samples(items)
        return found if len(found) > 1 else found[-1]
    if key == "rr_ms":
        intervals = [round((r.value or 0) * 1000) for r in readings(items, Vital.RR_INTERVAL)]
        return intervals[0] if intervals else None
    if key == "packets":
        return max(item.packet for item in items)
    if key == "battery":
        return notice.get("percent")
    if key == "samples":
        return samples(items)
    if key == "beat" and "beat" not in notice:
        marked = [n["sample"] for n in notices(items, "beat")]
        return [place in marked for place in range(len(samples(items)))]
    if key == "raw":
        return round((values(items)["cuff_pressure"] or 0) * 100)
    if key == "battery_level":
        return notice.get("level")
    if key == "timestamp":
        stamps = {r.device_time for r in readings(items)} - {""}
        return stamps.pop() if stamps else notice.get("timestamp")
    if key == "code":
        return notice.get("code", notice.get("error"))
    return notice.get(key)


KINDS = {"nibp_live": "live", "live_pressure": "live", "cuff_pressure": "live"}
KINDS |= {"nibp_result": "result", "error": "result"}


def expected(value: Any, key: str) -> Any:
    """A vector's value in our words."""
    if key in ("pai", "pi", "pleth") and value == 0:
        return None  # some vectors have the raw number, which means "no value"
    if key == "pi" and isinstance(value, int):
        return value / 10  # those of the ring are raw: tenths of a percent
    if key == "kind":
        return KINDS.get(value, value)
    if key == "command":
        return value.split(":")[0]  # what follows is advice
    return pytest.approx(value) if isinstance(value, float) else value


def check(items: list[Decoded], expect: dict[str, Any], told: dict[str, object]) -> None:
    """Compare all fields; ``told`` is what earlier frames said and this one need not repeat."""
    for key, value in expect.items():
        found = field(items, key)
        if found is None and key in told:
            found = told[key]
        assert found == expected(value, key), key


def cases() -> list[Any]:
    return [
        pytest.param(name, vector, id=vector["id"]) for name in VENDORS for vector in vectors(name)
    ]


@pytest.mark.parametrize(("name", "vector"), cases())
def test_public_packet(name: str, vector: dict[str, Any]):
    expect = vector["expect"]

    items = decode(name, vector["channel"], vector["hex"])

    if expect.get("reject"):
        assert readings(items) == []
        assert samples(items) == []
        refusals = [n["reason"] for n in notices(items, "refused")]
        assert refusals == [REASONS[expect.get("reason")]]
        return
    assert notices(items, "refused") == []
    if "frames" not in expect:
        check(items, expect, {})


@pytest.mark.parametrize(("name", "vector"), [c for c in cases() if "chunks" in c.values[1]])
def test_packet_in_the_pieces_in_which_it_came(name: str, vector: dict[str, Any]):
    data = bytes.fromhex(vector["hex"])
    decoder, out, start = PROTOCOLS[name].make(vector["channel"]), [], 0
    for size in vector["chunks"]:
        out += decoder.feed(data[start : start + size], 0.0)
        start += size

    assert start == len(data)
    # Not even the end has to come: the last frame was whole.
    assert out == PROTOCOLS[name].make(vector["channel"]).feed(data, 0.0)
    assert decoder.finish(0.0) == []


def test_every_frame_of_a_real_stream():
    """Forty-eight frames of a PC-60FW: all values, samples, beats, battery and mode."""
    vector = vectors("pc60fw-creative")[0]
    frames = vector["expect"]["frames"]

    items = decode("pc60fw-creative", "stream", vector["hex"])

    told: dict[str, object] = {}
    for number, expect in enumerate(frames, start=1):
        own = [item for item in items if item.packet == number]
        told |= said(own)
        if expect["kind"] in ("battery", "work_status"):
            check([], {k: v for k, v in expect.items() if k != "kind"}, told)
        else:
            check(own, expect, told)
    assert {item.packet for item in items if isinstance(item, Reading | PlethRun)} == {
        number
        for number, expect in enumerate(frames, start=1)
        if expect["kind"] in ("pleth", "values")
    }
    assert len(notices(items, "refused")) == vector["expect"]["crc_errors"]
    assert vector["expect"]["trailing_bytes"] == 0

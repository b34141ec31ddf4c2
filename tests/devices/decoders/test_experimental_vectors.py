"""Every public packet of the experimental protocols decodes to what is expected of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from devices.decoders import PROTOCOLS
from kapmonitor.reading import Decoded, Origin, PlethRun, Reading
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import decode, notices, readings, values, vectors
from tests.devices.decoders.test_vendor_vectors import NAMES, said

EXPERIMENTAL = (
    "masimo-mightysat",
    "qardioarm",
    "small-ble-vendors",
    "viatom-airbp",
    "viatom-bp2",
    "omron-ble-proprietary",
    "bedside-second-wave",
)

# What the vectors have and we do not tell: which of several vendors it is (the channel says so), a
# counter, a check that was checked, and the signal on top of a cuff's pressure.
NOT_TOLD = {"device", "counter", "xor", "pulse_pressure_x100", "partial"}


def field(vector: dict[str, Any], items: list[Decoded], key: str) -> object:
    """What was decoded for a field of a vector."""
    notice = said(items)
    if key in NAMES:
        return values(items).get(NAMES[key].value)
    if key == "resp":
        return notice.get("respiration")
    if key == "kind":
        return notice.get("reply", "live")
    if key == "static_pressure_x100":
        return round((values(items)["cuff_pressure"] or 0) * 100)
    if key == "cmd":
        return notice.get("cmd", 4 if readings(items, Vital.CUFF_PRESSURE) else None)
    if key == "pi_raw" and vector["channel"] == "ffe4":
        return round((values(items)["perfusion_index"] or 0) * 1000)
    if key in ("timestamp", "device_clock"):
        stamps = {r.device_time for r in readings(items)} - {""}
        return stamps.pop() if stamps else notice.get("timestamp")
    if key == "records":
        return [record(items)]
    return notice.get(key)


def record(items: list[Decoded]) -> dict[str, Any]:
    """The one stored reading among the items, in the words of the vectors."""
    stored = [r for r in readings(items) if r.origin is Origin.STORED]
    (stamp,) = {r.device_time for r in stored}
    found = values(items)
    return {
        "timestamp_unix": datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp(),
        "user": said(items)["user_id"],
        "irregular": said(items)["irregular"],
        "systolic": found["systolic"],
        "diastolic": found["diastolic"],
        "map": found["mean_pressure"],
        "pulse": found["pulse_rate"],
    }


@pytest.mark.parametrize(
    ("name", "vector"),
    [pytest.param(name, v, id=v["id"]) for name in EXPERIMENTAL for v in vectors(name)],
)
def test_public_packet(name: str, vector: dict[str, Any]):
    expect = vector["expect"]

    items = decode(name, vector["channel"], vector["hex"])

    if expect.get("reject"):
        assert not any(isinstance(item, Reading | PlethRun) for item in items)
        assert [n["reason"] for n in notices(items, "refused")] == ["checksum"]
        return
    assert notices(items, "refused") == []
    assert expect.keys() - NOT_TOLD
    for key in expect.keys() - NOT_TOLD:
        assert field(vector, items, key) == expect[key], key


@pytest.mark.parametrize(
    ("name", "vector"),
    [pytest.param(n, v, id=v["id"]) for n in EXPERIMENTAL for v in vectors(n) if "chunks" in v],
)
def test_packet_in_the_pieces_in_which_it_came(name: str, vector: dict[str, Any]):
    data, start, out = bytes.fromhex(vector["hex"]), 0, []
    decoder = PROTOCOLS[name].make(vector["channel"])
    for size in vector["chunks"]:
        out += decoder.feed(data[start : start + size], 0.0)
        start += size

    assert out == PROTOCOLS[name].make(vector["channel"]).feed(data, 0.0)
    assert decoder.finish(0.0) == []

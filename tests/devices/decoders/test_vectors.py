"""Every public packet decodes to every field that its source or the written rule expects."""

import pytest

from kapmonitor.reading import Decoded, Quality
from kapmonitor.vitals import VITALS, Vital
from tests.devices.decoders.helping import decode, notices, readings, samples, values, vectors

PROTOCOLS = (
    "ble-heart-rate",
    "ble-blood-pressure",
    "ble-pulse-oximeter-plx",
    "contec-cms50-serial",
    "nonin-serial",
)

# The vectors' names for vitals.
NAMES = {
    "heart_rate": Vital.HEART_RATE,
    "pulse": Vital.PULSE_RATE,
    "spo2": Vital.SPO2,
    "pi": Vital.PERFUSION_INDEX,
    "pai": Vital.PERFUSION_INDEX,
    "systolic": Vital.SYSTOLIC,
    "diastolic": Vital.DIASTOLIC,
    "map": Vital.MEAN_PRESSURE,
    "current_cuff_pressure": Vital.CUFF_PRESSURE,
}
NOT_NUMBERS = {"unit", "valid", "plausible", "reject"}

# A single frame of a packet does not say which it is: that is known from the frames before it.
BEFORE = {"nonin-p06": "nonin-p05"}


def said(items: list[Decoded]) -> dict[str, object]:
    """Everything that the notices say, in one dict."""
    out: dict[str, object] = {}
    for kind in ("status", "reply", "command", "features", "device_time"):
        for detail in notices(items, kind):
            out |= detail
    return out


def found(items: list[Decoded], key: str) -> object:
    """What was decoded for a field of a vector, in the vector's own terms."""
    notice = said(items)
    if key in NAMES:
        return values(items).get(NAMES[key].value)
    if key == "rr_ms":
        return [round((r.value or 0) * 1000, 3) for r in readings(items, Vital.RR_INTERVAL)]
    if key == "timestamp":
        stamps = {r.device_time for r in readings(items)} - {""}
        return stamps.pop() if stamps else notice.get("timestamp")
    if key == "status" and "raw" in notice:
        return {k: v for k, v in notice.items() if k not in ("user_id", "quirk")}
    if key in ("fast", "slow"):
        pair = [notice.get(f"{key}_spo2"), notice.get(f"{key}_pulse_rate")]
        return None if pair == [None, None] else pair
    if key == "pleth":
        return samples(items)[-1]
    if key == "kind":
        frame = "frame" if "slot" in notice else "realtime"
        return notice.get("reply", frame)
    return notice.get(key)


def expected(vector: dict, key: str) -> object:
    """What the vector asks for, with our rules on top: mmHg, and no pleth without a finger."""
    expect = vector["expect"]
    value = expect[key]
    if expect.get("unit") == "kPa" and value is not None:
        return pytest.approx(value * 7.50062)
    if key == "pleth" and (expect.get("probe_error") or expect.get("finger_out")):
        return None
    if isinstance(value, float):
        return pytest.approx(value)
    return value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_vector_of_the_protocol_is_there(protocol):
    assert len(vectors(protocol)) >= 4


@pytest.mark.parametrize(
    ("protocol", "vector"),
    [
        pytest.param(protocol, vector, id=vector["id"])
        for protocol in PROTOCOLS
        for vector in vectors(protocol)
    ],
)
def test_public_packet(protocol, vector):
    known = {v["id"]: v["hex"] for v in vectors(protocol)}
    before = [known[BEFORE[vector["id"]]]] if vector["id"] in BEFORE else []
    expect = vector["expect"]

    items = decode(
        protocol, vector["channel"], *before, vector["hex"], quirk=vector.get("quirk", "")
    )

    if expect.get("reject"):
        assert readings(items) == []
        assert samples(items) == []
        assert [bool(notice["reason"]) for notice in notices(items, "refused")] == [True]
        return
    assert notices(items, "refused") == []
    if expect.get("plausible") is False:
        assert {(r.value, r.reason) for r in readings(items)} == {(None, "out_of_range")}
        return
    if expect.get("valid") is False:
        assert {(r.quality, r.reason) for r in readings(items)} == {
            (Quality.INVALID, "measurement_failed")
        }
    if "unit" in expect:
        assert {
            VITALS[r.vital].unit for r in readings(items) if r.vital is not Vital.PULSE_RATE
        } == {"mm[Hg]"}
    for key in expect.keys() - NOT_NUMBERS:
        assert found(items, key) == expected(vector, key), key

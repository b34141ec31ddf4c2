"""Straps and oximeters: they stream, drop, return, and fall silent."""

from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed
from tests.devices.ble.sensors import Strap


async def test_a_strap_streams_its_heart_rate(bed: Bed):
    """From an address alone: what it is, who it is, its battery, and then the values."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: 72 in nurse.values(Vital.HEART_RATE))
        strap.bpm = 95
        await nurse.until(lambda: 95 in nurse.values(Vital.HEART_RATE))
        await nurse.until(lambda: nurse.notices("battery"))

    assert source.info.protocol == "ble-heart-rate"
    assert source.info.continuous
    assert nurse.links[:2] == [("connecting", "", False), ("up", "", False)]
    assert nurse.notices("battery") == [{"percent": 87}]
    assert nurse.notices("device_info")[0]["serial"] == "SN-1"
    assert {item.source for item in nurse.seen} == {source.info.id}

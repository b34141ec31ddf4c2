"""A cuff that tells its idle pressure all the time: its measurement waits for no silence."""

import pytest
from bumble.gatt import Characteristic

from kapmonitor.reading import Origin
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.sensors import NOTIFY, WRITE, WRITEABLE, Sensor
from tests.devices.decoders.helping import jamr_pressure

# 121/79 mmHg, 68 /min, without a time, as a BPM-188 frames it.
FIRST = bytes.fromhex("0240dd0c1c0079004f00000044000000ff")
SECOND = bytes.fromhex("0240dd0c1c0083005100000046000000ff")


class TalkativeCuff(Sensor):
    """A BPM-188 that rests and says so, twenty times a second."""

    name, address, service = "BPM-188", "C0:00:00:00:00:32", 0x18F0

    def characteristics(self) -> list[Characteristic]:
        self.heard = self.characteristic(0x2AF1, WRITE, WRITEABLE, self.remember_writes(0x2AF1))
        self.sent = self.characteristic(0x2AF0, NOTIFY)
        return [self.heard, self.sent]

    def next_value(self) -> tuple[Characteristic, bytes]:
        return self.sent, jamr_pressure(0)


def with_check(frame: bytes) -> bytes:
    check = 0
    for byte in frame[1:-1]:
        check ^= byte
    return frame[:-1] + bytes((check,))


@pytest.mark.skipif(not has_dbus(), reason="the stand-in for BlueZ needs Linux and dbus-daemon")
async def test_measurements_of_a_cuff_that_never_falls_silent_are_live(bed: Bed):
    cuff = await bed.put_on(TalkativeCuff())
    source = await bed.source(f"jamr-bpm188@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.CUFF_PRESSURE, 0)
        await cuff.send(cuff.sent, with_check(FIRST))
        await nurse.until_value(Vital.SYSTOLIC, 121)
        await cuff.send(cuff.sent, with_check(SECOND))
        await nurse.until_value(Vital.SYSTOLIC, 131)

    origins = [item.origin for item in nurse.readings if item.vital is Vital.SYSTOLIC]
    assert origins == [Origin.LIVE, Origin.LIVE]

"""Bluetooth devices that must be spoken to: greeted, kept alive, asked, stopped."""

from typing import Any

import pytest
from bumble.core import UUID
from bumble.gatt import Characteristic

from devices.decoders.contec_eb import HELLO, HELLO_AGAIN, KEEP_ALIVE, PLETH_ON, VALUES_ON
from devices.decoders.cuff import SETTLE
from devices.decoders.jamr_bpm188 import START, STOP
from devices.decoders.viatom_oxyii import GET_LIVE, GREETING, SETUP
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed
from tests.devices.ble.sensors import NOTIFY, WRITE, WRITEABLE, Sensor
from tests.devices.decoders.helping import eb_pleth, eb_values, jamr_pressure, jamr_result
from tests.devices.decoders.test_viatom_oxyii import live as ring_live


class ContecBt(Sensor):
    """A CMS50D-BT: silent until it was greeted and its values were switched on."""

    name, address, service = "SpO2", "C0:00:00:00:00:31", 0xFF12

    def characteristics(self) -> list[Characteristic]:
        self.heard = self.characteristic(0xFF01, WRITE, WRITEABLE, self.remember_writes(0xFF01))
        self.sent = self.characteristic(0xFF02, NOTIFY)
        return [self.heard, self.sent, self.characteristic(0xFF04, NOTIFY)]

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        started = ("FF01", VALUES_ON) in self.written
        return (self.sent, eb_pleth(50) + eb_values(97, 131)) if started else None


class Bpm188(Sensor):
    """A cuff that tells its pressure until it is stopped."""

    name, address, service = "BPM-188", "C0:00:00:00:00:32", 0x18F0

    def characteristics(self) -> list[Characteristic]:
        self.heard = self.characteristic(0x2AF1, WRITE, WRITEABLE, self.remember_writes(0x2AF1))
        self.sent = self.characteristic(0x2AF0, NOTIFY)
        return [self.heard, self.sent]

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        return None if self.written else (self.sent, jamr_pressure(12345))


class EmptyCuff(Bpm188):
    """A cuff at rest, which tells so."""

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        return self.sent, jamr_pressure(0)


class RingS(Sensor):
    """An O2Ring-S: silent until it is asked, on characteristics of its vendor."""

    name, address, service = "S8-AW 0012", "C0:00:00:00:00:33", 0xFE33

    def characteristics(self) -> list[Characteristic]:
        def vendor(number: str, properties: Any, permissions: Any, value: Any) -> Characteristic:
            uuid = UUID(f"E8FB{number}-A14B-98F9-831B-4E2941D01248")
            return Characteristic(uuid, properties, permissions, value)

        self.heard = vendor("0002", WRITE, WRITEABLE, self.remember_writes(0x0002))
        self.sent = vendor("0003", NOTIFY, 0, b"")
        return [self.heard, self.sent]

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        return (self.sent, ring_live(97, 64)) if GET_LIVE in writes(self) else None


def writes(sensor: Sensor) -> list[Any]:
    return [data for _, data in sensor.written]


async def test_an_oximeter_that_waits_for_a_greeting_streams(bed: Bed):
    oximeter = await bed.put_on(ContecBt())
    source = await bed.source(f"contec-eb@ble:{oximeter.address}")

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.PULSE_RATE, 131)

    assert writes(oximeter)[:4] == [HELLO, HELLO_AGAIN, PLETH_ON, VALUES_ON]
    assert set(writes(oximeter)) <= {HELLO, HELLO_AGAIN, PLETH_ON, VALUES_ON, KEEP_ALIVE}
    assert nurse.notices("write_refused") == []


async def test_an_oximeter_that_returns_is_greeted_anew(bed: Bed):
    oximeter = await bed.put_on(ContecBt())
    source = await bed.source(f"contec-eb@ble:{oximeter.address}")

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.PULSE_RATE, 131)
        oximeter.written.clear()
        await oximeter.drop()
        await nurse.until(lambda: ("FF01", VALUES_ON) in oximeter.written)
        before = len(nurse.values(Vital.SPO2))
        await nurse.until(lambda: len(nurse.values(Vital.SPO2)) > before)


async def test_a_cuff_is_stopped_and_never_started(bed: Bed):
    cuff = await bed.put_on(Bpm188())
    source = await bed.source(f"ble:{cuff.address}")
    with pytest.raises(DeviceError) as early:
        await source.ask("stop")
    assert early.value.code == "not_connected"

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.CUFF_PRESSURE, 123.45)
        assert nurse.notices("cuff_started") == [{}]
        assert source.info.commands == ("stop",)
        with pytest.raises(DeviceError) as start:
            await source.ask("start")
        assert start.value.code == "command_unknown"
        assert writes(cuff) == []
        await source.ask("stop")
        await nurse.until(lambda: writes(cuff) == [STOP])


async def test_a_cuff_is_started_only_with_the_switch_for_starting_cuffs(bed: Bed):
    cuff = await bed.put_on(EmptyCuff())
    source = await bed.source(f"ble:{cuff.address}", may_start=True)

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.CUFF_PRESSURE, 0)
        connected = bed.clock.now()
        assert source.info.commands == ("start", "stop")
        with pytest.raises(DeviceError) as early:
            await source.ask("start")
        assert early.value.code == "cuff_resting"
        await nurse.until(lambda: bed.clock.now() > connected + SETTLE)
        await source.ask("start")
        await nurse.until(lambda: writes(cuff) == [START])
        with pytest.raises(DeviceError) as busy:
            await source.ask("start")
        assert busy.value.code == "cuff_busy"
        await source.ask("stop")
        await nurse.until(lambda: writes(cuff) == [START, STOP])


async def test_an_experimental_ring_is_spoken_to_as_its_name_says(bed: Bed):
    ring = await bed.put_on(RingS())
    with pytest.raises(UsageError) as off:
        await bed.source(f"ble:{ring.address}")
    assert off.value.code == "experimental_off"
    source = await bed.source(f"ble:{ring.address}", experimental=True)

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.SPO2, 97)

    assert source.info.experimental
    assert writes(ring)[:3] == [GREETING, SETUP, GET_LIVE]
    assert set(writes(ring)) == {GREETING, SETUP, GET_LIVE}


async def test_a_result_without_a_date_that_comes_alone_is_of_now(bed: Bed):
    cuff = Bpm188()
    cuff.streaming = False
    await bed.put_on(cuff)
    source = await bed.source(f"ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await cuff.listened_to(cuff.sent)
        await cuff.send(cuff.sent, jamr_result(124, 80, 72))
        await nurse.until_value(Vital.SYSTOLIC, 124)
        assert [r.origin for r in nurse.readings if r.vital is Vital.SYSTOLIC] == ["live"]

"""Cuffs: they come when they have measured, send, and leave."""

import asyncio
from datetime import timedelta

import pytest

from kapmonitor.errors import DeviceError
from kapmonitor.reading import Origin, Reading
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed
from tests.devices.ble.packets import blood_pressure, date_time
from tests.devices.ble.sensors import AndCuff, BloodPressureCuff, OmronCuff, local_stamp
from tests.patience import until


def wall(bed: Bed):
    """The time on the wall, as a cuff with a right clock tells it."""
    now = bed.clock.now()
    return local_stamp(bed.clock.utc(now), bed.clock.zone_minutes(now))


@pytest.mark.both_ways
async def test_a_cuff_comes_sends_one_measurement_and_leaves(bed: Bed):
    """Twice in a visit. That it leaves is expected, and waiting for it is no alarm."""
    cuff = await bed.put_on(BloodPressureCuff(), advertise=False)
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    await source.probe()  # no error: before it has measured it is not there
    async with bed.watched(source) as nurse:
        for systolic in (121, 134):
            await cuff.advertise(True)
            await cuff.measured(blood_pressure(systolic, 80, 95, 70, wall(bed)))
            await nurse.until_value(Vital.SYSTOLIC, systolic)
            await cuff.drop(away=None)
            await nurse.until(lambda: nurse.links[-1][0] == "down")

    assert nurse.links == [
        ("connecting", "", False),
        ("up", "", False),
        ("down", "left", True),
        ("up", "", True),
        ("down", "left", True),
    ]
    assert nurse.values(Vital.SYSTOLIC) == [121, 134]
    assert nurse.values(Vital.DIASTOLIC) == [80, 80]
    assert nurse.values(Vital.MEAN_PRESSURE) == [95, 95]
    assert nurse.values(Vital.PULSE_RATE) == [70, 70]
    assert {item.origin for item in nurse.readings} == {Origin.LIVE}
    packets = [item.packet for item in nurse.readings]
    assert packets == [1] * 4 + [2] * 4


async def test_a_cuff_that_leaves_at_once_loses_nothing(bed: Bed):
    """Its clock is wrong, so the reading is held; that it hangs up settles that it was alone."""
    cuff = await bed.put_on(BloodPressureCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")
    long_ago = wall(bed) - timedelta(days=400)

    async with bed.watched(source) as nurse:
        await cuff.measured(blood_pressure(121, 80, 95, 70, long_ago))
        await cuff.drop(away=None)
        await nurse.until(lambda: nurse.links[-1] == ("down", "left", True))

    assert nurse.values(Vital.SYSTOLIC) == [121]
    assert nurse.readings[0].origin is Origin.LIVE
    assert nurse.readings[0].device_time == long_ago.isoformat()


async def test_a_cuff_that_stays_is_believed_after_a_moment(bed: Bed):
    cuff = await bed.put_on(BloodPressureCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await cuff.measured(blood_pressure(118, 76, 90, 66))
        await nurse.until_value(Vital.SYSTOLIC, 118)
        assert cuff.connection is not None

    assert nurse.readings[0].origin is Origin.LIVE


async def test_a_cuff_that_sends_its_memory_is_not_taken_for_now(bed: Bed):
    cuff = await bed.put_on(BloodPressureCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")
    now = wall(bed)

    async with bed.watched(source) as nurse:
        for days, systolic in ((3, 111), (2, 112), (1, 113), (0, 127)):
            then = now - timedelta(days=days)
            await cuff.measured(blood_pressure(systolic, 80, 95, 70, then))
        await nurse.until_value(Vital.SYSTOLIC, 127)

    origins = {item.value: item.origin for item in nurse.readings if item.vital is Vital.SYSTOLIC}
    assert origins == {
        111: Origin.STORED,
        112: Origin.STORED,
        113: Origin.STORED,
        127: Origin.LIVE,
    }


async def test_an_indication_that_is_sent_again_after_a_reconnect_counts_once(bed: Bed):
    cuff = await bed.put_on(BloodPressureCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")
    packet = blood_pressure(121, 80, 95, 70, wall(bed))

    async with bed.watched(source) as nurse:
        await cuff.measured(packet)
        await nurse.until_value(Vital.SYSTOLIC, 121)
        await cuff.drop(radio_lost=True)
        await nurse.until(lambda: nurse.links[-1][0] == "down")
        await nurse.until(lambda: nurse.links[-1][0] == "up")
        await cuff.measured(packet)
        await cuff.measured(blood_pressure(135, 84, 99, 74, wall(bed)))
        await nurse.until_value(Vital.SYSTOLIC, 135)

    assert nurse.values(Vital.SYSTOLIC) == [121, 135]


async def test_a_failed_measurement_is_told_without_numbers(bed: Bed):
    cuff = await bed.put_on(BloodPressureCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await cuff.measured(blood_pressure(None, None, None, None, wall(bed)))
        await nurse.until(lambda: nurse.readings)
        await cuff.measured(b"\x02\x79\x00")
        await nurse.until(lambda: nurse.notices("refused"))

    assert {item.value for item in nurse.readings} == {None}
    assert {item.reason for item in nurse.readings} == {"measurement_failed"}


@pytest.mark.parametrize("text", ["ble:A&D_UA-651BLE", f"ble-blood-pressure@ble:{AndCuff.address}"])
async def test_an_and_cuff_sends_when_its_clock_was_set(bed: Bed, text: str):
    """Named by the front of its name, as it stands on the box, or known only by its address."""
    cuff = await bed.put_on(AndCuff())
    source = await bed.source(text)

    async with bed.watched(source) as nurse:
        await cuff.measured(blood_pressure(129, 83, 98, 71, wall(bed)))
        await nurse.until_value(Vital.SYSTOLIC, 129)

    (number, written), *more = cuff.written
    assert not more
    assert number == "2A08"
    recent = [date_time(wall(bed) - timedelta(seconds=back)) for back in range(30)]
    assert written in recent


@pytest.mark.parametrize(("minutes_off", "written"), [(9, False), (11, True)])
async def test_an_omron_cuff_gets_its_clock_after_the_first_indication(
    bed: Bed, minutes_off: int, written: bool
):
    """And only when it is off by more than ten minutes: else it drops the transfer."""
    cuff = await bed.put_on(OmronCuff())
    cuff.clock = date_time(wall(bed) - timedelta(minutes=minutes_off)) + bytes(3)
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.notices("battery"))
        assert cuff.written == []
        await cuff.measured(blood_pressure(121, 80, 95, 70, wall(bed)))
        await nurse.until_value(Vital.SYSTOLIC, 121)
        if written:
            await until(lambda: cuff.written)
        else:
            await asyncio.sleep(bed.limits.call / 2)

    assert [number for number, _ in cuff.written] == (["2A2B"] if written else [])
    assert all(len(value) == 10 for _, value in cuff.written)


async def test_no_other_cuff_is_written_to(bed: Bed):
    """It has the same clock characteristic, but nobody said that it may be set."""

    class Lookalike(AndCuff):
        name, address = "Some Cuff", "C0:00:00:00:00:66"

    cuff = await bed.put_on(Lookalike())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await cuff.listened_to(cuff.measurement)
        await nurse.until(lambda: nurse.notices("battery"))
        assert source._connection is not None
        with pytest.raises(DeviceError) as error:
            await source._connection._write("2A08", bytes(7))

    assert error.value.code == "write_refused"
    assert cuff.written == []


@pytest.mark.both_ways
async def test_an_encrypted_cuff_is_paired_and_known_again(bed: Bed):
    """The first visit pairs; after the next measurement the bond is enough."""
    cuff = await bed.put_on(BloodPressureCuff(encrypted=True))
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        for systolic in (121, 122):
            await cuff.measured(blood_pressure(systolic, 80, 95, 70, wall(bed)))
            await nurse.until_value(Vital.SYSTOLIC, systolic)
            assert cuff.connection is not None
            assert cuff.connection.is_encrypted
            await cuff.drop()
            await nurse.until(lambda: nurse.links[-1][0] == "down")

    assert nurse.values(Vital.SYSTOLIC) == [121, 122]


@pytest.mark.needs_bluez
async def test_without_an_agent_an_encrypted_cuff_asks_for_pairing(bed: Bed):
    """Nothing hangs: the person is told what to do, and when there is an agent it works."""
    cuff = await bed.put_on(BloodPressureCuff(encrypted=True))
    alone = await bed.source(f"ble-blood-pressure@ble:{cuff.address}", pairing=False)

    with pytest.raises(DeviceError) as error:
        await alone.probe()
    assert error.value.code == "needs_pairing"

    async with bed.watched(alone) as nurse:
        await nurse.until(lambda: ("down", "needs_pairing", False) in nurse.links)
        await asyncio.sleep(0.5)
        assert nurse.links.count(("down", "needs_pairing", False)) == 1

    helped = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")
    async with bed.watched(helped) as nurse:
        await cuff.measured(blood_pressure(121, 80, 95, 70, wall(bed)))
        await nurse.until_value(Vital.SYSTOLIC, 121)


@pytest.mark.needs_bluez
@pytest.mark.parametrize(("typed", "works"), [(271828, True), (111111, False), (None, False)])
async def test_a_cuff_with_a_display_asks_for_its_passkey(bed: Bed, typed: int | None, works: bool):
    cuff = await bed.put_on(BloodPressureCuff(passkey=271828))
    asked = []

    async def ask(address: str) -> int | None:
        asked.append(address)
        await asyncio.sleep(1.5 * bed.limits.call)  # a person takes longer than a radio
        return typed

    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}", ask_passkey=ask)
    if works:
        await source.probe()
        async with bed.watched(source) as nurse:
            await cuff.measured(blood_pressure(121, 80, 95, 70, wall(bed)))
            await nurse.until_value(Vital.SYSTOLIC, 121)
    else:
        with pytest.raises(DeviceError) as error:
            await source.probe()
        assert error.value.code == "needs_pairing"

    assert asked
    assert set(asked) == {cuff.address}


async def test_cuff_pressure_and_measurement_are_packets_of_their_own(bed: Bed):
    """Two channels, each counted by its own decoder: what they send must not be joined."""
    from bumble.gatt import Characteristic

    class LiveCuff(BloodPressureCuff):
        def characteristics(self) -> list[Characteristic]:
            self.pressure = self.characteristic(0x2A36, Characteristic.Properties.NOTIFY)
            return [*super().characteristics(), self.pressure]

    cuff = await bed.put_on(LiveCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    async with bed.watched(source) as nurse:
        await cuff.listened_to(cuff.pressure)
        await cuff.send(cuff.pressure, b"\x00\x8c\x00\xff\x07\xff\x07")
        await nurse.until_value(Vital.CUFF_PRESSURE, 140)
        await cuff.measured(blood_pressure(121, 80, 95, 70, wall(bed)))
        await nurse.until_value(Vital.SYSTOLIC, 121)

    by_vital = {item.vital: item.packet for item in nurse.seen if isinstance(item, Reading)}
    assert by_vital[Vital.CUFF_PRESSURE] != by_vital[Vital.SYSTOLIC]
    assert by_vital[Vital.SYSTOLIC] == by_vital[Vital.PULSE_RATE]


async def test_a_cuff_without_its_measurement_is_no_cuff(bed: Bed):
    """It has the pressure while inflating, and nothing that could ever be a result."""
    from bumble.gatt import Characteristic

    class HalfCuff(BloodPressureCuff):
        def characteristics(self) -> list[Characteristic]:
            return [self.characteristic(0x2A36, Characteristic.Properties.NOTIFY)]

    cuff = await bed.put_on(HalfCuff())
    source = await bed.source(f"ble-blood-pressure@ble:{cuff.address}")

    with pytest.raises(DeviceError) as error:
        await source.probe()
    assert (error.value.code, error.value.facts["uuid"]) == ("connect_failed", "2A35")

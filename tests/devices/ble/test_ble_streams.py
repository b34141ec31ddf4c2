"""Straps and oximeters: they stream, drop, return, and fall silent."""

import asyncio

import pytest

from kapmonitor.errors import DeviceError
from kapmonitor.reading import Quality, Reading
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed
from tests.devices.ble.sensors import Oximeter, Strap
from tests.patience import until


@pytest.mark.both_ways
async def test_a_strap_streams_its_heart_rate(bed: Bed):
    """From an address alone: what it is, who it is, its battery, and then the values."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.HEART_RATE, 72)
        strap.bpm = 95
        await nurse.until_value(Vital.HEART_RATE, 95)
        await nurse.until(lambda: nurse.notices("battery"))

    assert source.info.protocol == "ble-heart-rate"
    assert source.info.continuous
    assert nurse.links[:2] == [("connecting", "", False), ("up", "", False)]
    assert nurse.notices("battery") == [{"percent": 87}]
    assert nurse.notices("device_info")[0]["serial"] == "SN-1"
    assert {item.source for item in nurse.seen} == {source.info.id}


async def test_an_oximeter_is_found_by_its_name(bed: Bed):
    oximeter = await bed.put_on(Oximeter())
    source = await bed.source(f'ble:"{oximeter.name}"')

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.SPO2, 97)
        oximeter.spo2 = oximeter.pulse = None
        await nurse.until(lambda: nurse.values(Vital.SPO2)[-1:] == [None])
        oximeter.spo2, oximeter.pulse = 91, 104
        await nurse.until(lambda: nurse.values(Vital.SPO2)[-1:] == [91])

    assert source.info.protocol == "ble-pulse-oximeter-plx"
    assert 71 in nurse.values(Vital.PULSE_RATE)
    missing = [item for item in nurse.readings if item.value is None]
    assert missing
    assert all(item.quality is Quality.INVALID for item in missing)


async def test_two_devices_at_one_bed(bed: Bed):
    strap, oximeter = await bed.put_on(Strap()), await bed.put_on(Oximeter())
    first = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    second = await bed.source(f"ble-pulse-oximeter-plx@ble:{oximeter.address}")

    async with bed.watched(first) as one, bed.watched(second) as two:
        await one.until(lambda: one.values(Vital.HEART_RATE))
        await two.until(lambda: two.values(Vital.SPO2))

    assert not one.values(Vital.SPO2)
    assert not two.values(Vital.HEART_RATE)


@pytest.mark.both_ways
@pytest.mark.parametrize("radio_lost", [False, True], ids=["hangs_up", "out_of_range"])
async def test_a_strap_that_drops_is_taken_up_again(bed: Bed, radio_lost: bool):
    """The loss is said at once, the return too, and the packets are numbered on."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
        before = max(reading.packet for reading in nurse.readings)
        nurse.forget()
        await strap.drop(radio_lost=radio_lost, away=0.3)
        await nurse.until(lambda: ("down", "link_lost", False) in nurse.links)
        strap.bpm = 88
        await nurse.until_value(Vital.HEART_RATE, 88)

    assert nurse.links == [("down", "link_lost", False), ("up", "", False)]
    returned = next(item for item in nurse.readings if item.value == 88)
    assert returned.packet > before


async def test_silence_with_the_link_up_is_a_loss(bed: Bed):
    """The radio holds the connection, the sensor says nothing: it is asked anew."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
        strap.streaming = False
        await nurse.until(lambda: ("down", "silent", False) in nurse.links)
        strap.streaming = True
        strap.bpm = 61
        await nurse.until_value(Vital.HEART_RATE, 61)

    assert strap.connections >= 2


@pytest.mark.both_ways
async def test_nonsense_from_the_air_hurts_nobody(bed: Bed):
    """An empty notification does arrive, and so does half a packet: no value, and life goes on."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
        strap.streaming = False
        for nonsense in (b"", b"\x1f", b"\x01\x48", bytes(20)):
            await strap.send(strap.measurement, nonsense)
        await nurse.until(lambda: len(nurse.notices("refused")) >= 3)
        strap.bpm, strap.streaming = 77, True
        await nurse.until_value(Vital.HEART_RATE, 77)

    assert [notice["hex"] for notice in nurse.notices("refused")] == ["", "1f", "0148"]
    assert set(nurse.values(Vital.HEART_RATE)) <= {72, 77, None}
    assert nurse.links[-1] == ("up", "", False)


async def test_a_decoder_that_fails_costs_one_packet(bed: Bed, monkeypatch: pytest.MonkeyPatch):
    """No decoder should raise; if one does, the strap goes on streaming."""
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    hear = source._hearing.hear

    def fails_at_100(item):
        if item.data[1:2] == b"\x64":
            raise ZeroDivisionError
        return hear(item)

    monkeypatch.setattr(source._hearing, "hear", fails_at_100)

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.HEART_RATE, 72)
        strap.bpm = 100
        await nurse.until(lambda: nurse.notices("refused"))
        strap.bpm = 73
        await nurse.until_value(Vital.HEART_RATE, 73)

    assert nurse.notices("refused")[0]["reason"] == "decoder_failed"
    assert 100 not in nurse.values(Vital.HEART_RATE)


async def test_an_oximeter_for_spot_checks_is_allowed_to_be_silent(bed: Bed):
    """Only its name tells: set up by its address, it is recognised when it connects."""

    class SpotCheck(Oximeter):
        name, address = "MightySat 1234", "C0:00:00:00:00:23"

    oximeter = await bed.put_on(SpotCheck())
    source = await bed.source(f"ble-pulse-oximeter-plx@ble:{oximeter.address}")

    async with bed.watched(source) as nurse:
        await nurse.until_value(Vital.SPO2, 97)
        assert not source.info.continuous
        oximeter.streaming = False
        await asyncio.sleep(1.5 * bed.limits.silence)

    assert nurse.links[-1] == ("up", "", False)


async def test_a_device_that_is_not_there_is_an_error_at_once(bed: Bed):
    for text in ("ble-heart-rate@ble:C0:00:00:00:00:99", "ble-heart-rate@ble:Nobody"):
        source = await bed.source(text)
        with pytest.raises(DeviceError) as error:
            await source.probe()
        assert error.value.code == "device_not_found"
        assert text.endswith(str(error.value.facts["address"]))


async def test_a_device_that_comes_later_is_waited_for(bed: Bed):
    strap = await bed.put_on(Strap(), advertise=False)
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: ("down", "device_not_found", False) in nurse.links)
        await strap.advertise(True)
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))

    assert nurse.links == [
        ("connecting", "", False),
        ("down", "device_not_found", False),
        ("up", "", False),
    ]


async def test_a_probed_source_is_connected_when_it_runs(bed: Bed):
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    await source.probe()
    assert strap.connections == 1
    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))

    assert strap.connections == 1


async def test_a_source_that_is_closed_lets_the_device_go(bed: Bed):
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
    await until(lambda: strap.connection is None)

    assert strap.connection is None


async def test_nothing_here_takes_commands(bed: Bed):
    source = await bed.source("ble-blood-pressure@ble:C0:00:00:00:00:10")

    with pytest.raises(DeviceError) as error:
        await source.ask("start")
    assert error.value.code == "command_unknown"


async def test_a_device_without_its_characteristic_is_refused(bed: Bed):
    """An oximeter that was set up as a strap."""
    oximeter = await bed.put_on(Oximeter())
    source = await bed.source(f"ble-heart-rate@ble:{oximeter.address}")

    with pytest.raises(DeviceError) as error:
        await source.probe()
    assert error.value.code == "connect_failed"
    assert error.value.facts["reason"] == "characteristic_missing"


async def test_readings_carry_the_time_of_their_arrival(bed: Bed):
    strap = await bed.put_on(Strap())
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    begun = bed.clock.now()

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
    ended = bed.clock.now()

    times = [item.at for item in nurse.seen if isinstance(item, Reading)]
    assert times == sorted(times)
    assert begun < times[0] <= times[-1] < ended

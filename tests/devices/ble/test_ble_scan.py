"""Looking around: what is there, what it is, and what is wrong when nothing is."""

import sys

import pytest

from devices.transports.ble import bluetooth_state
from devices.transports.ble_scan import (
    Found,
    ear_of,
    find,
    is_address,
    is_meant,
    kind_of,
    live_scan,
    radio_state,
    scan,
)
from kapmonitor.errors import DeviceError
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed, environment
from tests.devices.ble.sensors import AndCuff, Oximeter, Sensor, Strap
from tests.patience import until


class Lamp(Sensor):
    """Something else with Bluetooth."""

    name, address, service = "Lamp", "C0:00:00:00:00:77", 0x1801

    def characteristics(self) -> list:
        return []


@pytest.mark.both_ways
async def test_a_scan_tells_what_is_there(bed: Bed):
    for sensor in (Strap(), Oximeter(), AndCuff(), Lamp()):
        await bed.put_on(sensor)

    found: dict[str, Found] = {}
    while len(found) < 4:  # a slow machine needs more than one look
        found |= {item.name: item for item in await scan(1.0, bed.radio)}

    assert {name: (item.kind, item.protocol) for name, item in found.items()} == {
        "Virtual Strap": ("strap", "ble-heart-rate"),
        "Virtual Oximeter": ("oximeter", "ble-pulse-oximeter-plx"),
        "A&D_UA-651BLE_A1B2C3": ("cuff", "ble-blood-pressure"),
        "Lamp": ("", ""),
    }
    assert found["Virtual Strap"].address == Strap.address
    assert -100 < found["Virtual Strap"].rssi < 0
    assert Vital.SPO2 in found["Virtual Oximeter"].measures


async def test_a_live_scan_shows_who_comes(bed: Bed):
    oximeter = await bed.put_on(Oximeter(), advertise=False)
    await bed.put_on(Strap())
    seen = set()

    sightings = live_scan(bed.radio)
    try:
        async for found in sightings:
            seen.add(found.name)
            if "Virtual Strap" in seen and not oximeter.connections:
                await oximeter.advertise(True)
            if "Virtual Oximeter" in seen:
                break
    finally:
        await sightings.aclose()

    assert seen >= {"Virtual Strap", "Virtual Oximeter"}


async def test_a_scan_beside_a_source_that_waits(bed: Bed):
    """The set-up screen looks around while a cuff is awaited: one scanner serves both."""
    await bed.put_on(Strap())
    waiting = await bed.source("ble-blood-pressure@ble:C0:00:00:00:00:10")

    async with bed.watched(waiting):
        await until(lambda: ear_of(bed.radio)._scanner is not None)
        names: set[str] = set()
        while "Virtual Strap" not in names:
            names |= {found.name for found in await scan(0.6, bed.radio)}

    assert "Virtual Strap" in names


async def test_a_listener_that_fails_makes_nobody_deaf(bed: Bed):
    strap = await bed.put_on(Strap())

    def fails(*_seen):
        raise ZeroDivisionError

    async with ear_of(bed.radio).listening(fails):
        found = await find(strap.address, 5.0, bed.radio)

    assert found.name == strap.name


async def test_an_unknown_device_needs_a_protocol(bed: Bed):
    lamp = await bed.put_on(Lamp())

    with pytest.raises(DeviceError) as error:
        await bed.source(f"ble:{lamp.address}")
    assert error.value.code == "protocol_not_found"


async def test_what_is_not_there_cannot_be_opened_without_a_protocol(bed: Bed):
    with pytest.raises(DeviceError) as error:
        await bed.source("ble:C0:00:00:00:00:99")
    assert error.value.code == "device_not_found"


async def test_bluetooth_is_ready(bed: Bed):
    assert await radio_state(bed.radio) == "ready"


@pytest.mark.needs_bluez
@pytest.mark.no_guest
async def test_bluetooth_is_off(bed: Bed):
    """It is told as such, and a source that waits goes on when somebody switches it on."""
    strap = await bed.put_on(Strap())
    bed.bluez.power(False)

    assert await radio_state() == "bluetooth_off"
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    with pytest.raises(DeviceError) as error:
        await source.probe()
    assert error.value.code == "bluetooth_off"

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: ("down", "bluetooth_off", False) in nurse.links)
        bed.bluez.power(True)
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))


@pytest.mark.needs_bluez
@pytest.mark.no_guest
async def test_no_bluetooth_service(bed: Bed):
    """A bus, and nobody who answers for Bluetooth on it."""
    await bed.bluez.die()

    assert await radio_state() == "bluetooth_missing"
    with pytest.raises(DeviceError) as error:
        await scan(0.1)
    assert error.value.code == "bluetooth_missing"


@pytest.mark.needs_bluez
@pytest.mark.no_guest
async def test_no_system_bus(bed: Bed):
    """A container, or a system without D-Bus at all."""
    with environment("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all"):
        assert await radio_state() == "bluetooth_missing"
        source = await bed.source("ble-heart-rate@ble:C0:00:00:00:00:0D")
        with pytest.raises(DeviceError) as error:
            await source.probe()
    assert error.value.code == "bluetooth_missing"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a system bus to lack")
def test_the_doctor_asks_without_a_loop():
    with environment("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all"):
        assert bluetooth_state() == "bluetooth_missing"


@pytest.mark.parametrize(
    ("wanted", "address", "name", "meant"),
    [
        ("C0:00:00:00:00:10", "C0:00:00:00:00:10", "", True),
        ("c0:00:00:00:00:10", "C0:00:00:00:00:10", "", True),
        ("C0:00:00:00:00:10", "C0:00:00:00:00:11", "C0:00:00:00:00:10", False),
        ("Polar H10 1234", "C0:00:00:00:00:10", "Polar H10 1234", True),
        ("A&D_UA-651BLE", "C0:00:00:00:00:10", "A&D_UA-651BLE_A1B2C3", True),
        ("Polar H1", "C0:00:00:00:00:10", "Polar H10", False),
        ("Polar H10", "C0:00:00:00:00:10", "", False),
    ],
)
def test_who_is_meant(wanted: str, address: str, name: str, meant: bool):
    assert is_meant(wanted, address, name) is meant


def test_an_address_is_no_name():
    assert is_address("C0:00:00:00:00:10")
    assert is_address("6b7fbb1e-4c28-4d5d-9a0b-3f6a2f0a1c11")  # macOS
    assert not is_address("A&D_UA-651BLE")
    assert not is_address("C0:00:00:00:00")


@pytest.mark.parametrize(
    ("measures", "kind"),
    [
        ((Vital.SYSTOLIC, Vital.PULSE_RATE), "cuff"),
        ((Vital.SPO2, Vital.PULSE_RATE), "oximeter"),
        ((Vital.HEART_RATE,), "strap"),
        ((), ""),
    ],
)
def test_what_a_person_calls_it(measures: tuple, kind: str):
    assert kind_of(measures) == kind


def test_a_device_to_be_avoided_is_meant_only_by_its_address():
    """Another room's cuff has the same front of its name; nobody takes it by that."""
    theirs = "C0:00:00:00:00:10"

    assert not is_meant("A&D_UA-651BLE", theirs, "A&D_UA-651BLE_A1", lambda at: at == theirs)
    assert is_meant(
        "A&D_UA-651BLE", "C0:00:00:00:00:11", "A&D_UA-651BLE_B2", lambda at: at == theirs
    )
    assert is_meant(theirs, theirs, "A&D_UA-651BLE_A1", lambda at: at == theirs)

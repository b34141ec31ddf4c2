"""What goes wrong between the program and BlueZ, and what the program makes of it."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from devices.transports.ble_errors import trouble_code
from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed
from tests.devices.ble.sensors import BloodPressureCuff, Strap

pytestmark = [pytest.mark.needs_bluez, pytest.mark.no_guest]

Reason = BleakBluetoothNotAvailableReason


async def test_a_connect_that_fails_is_tried_again(bed: Bed):
    """ "Failed to discover services, device disconnected" is ordinary when the radio is quick."""
    strap = await bed.put_on(Strap())
    bed.bluez.broken_connects = 2
    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")

    await source.probe()
    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))

    assert bed.bluez.broken_connects == 0
    assert nurse.links == [("connecting", "", False), ("up", "", False)]


@pytest.mark.parametrize("sensor", [Strap, BloodPressureCuff])
async def test_a_bluetoothd_that_dies_is_noticed(bed: Bed, sensor: type):
    """bleak says nothing and goes on believing in the connection, also to a cuff that is idle."""
    device = await bed.put_on(sensor())
    source = await bed.source(f"{_protocol(device)}@ble:{device.address}")

    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.notices("battery"))
        assert nurse.links[-1][0] == "up"
        await bed.bluez.die()
        await nurse.until(lambda: nurse.links[-1][0] == "down")

    assert nurse.links[-1] == ("down", "bluetooth_missing", False)


async def test_a_connection_left_by_a_crash_is_taken_over(bed: Bed):
    """BlueZ keeps it, so the strap does not advertise: waiting to see it would be for ever."""
    strap = await bed.put_on(Strap())
    before = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    await before.probe()
    assert before._connection is not None
    before._connection._client = None  # it died without hanging up
    assert strap.connection is not None

    source = await bed.source(f"ble-heart-rate@ble:{strap.address}")
    async with bed.watched(source) as nurse:
        await nurse.until(lambda: nurse.values(Vital.HEART_RATE))
    await before.aclose()

    assert strap.connections == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FileNotFoundError(2, "no bus"), "bluetooth_missing"),
        (ConnectionRefusedError(), "bluetooth_missing"),
        (PermissionError(), "bluetooth_no_permission"),
        (BleakBluetoothNotAvailableError("", Reason.NO_BLUETOOTH), "bluetooth_missing"),
        (BleakBluetoothNotAvailableError("", Reason.NO_BLE_CENTRAL_ROLE), "bluetooth_missing"),
        (BleakBluetoothNotAvailableError("", Reason.POWERED_OFF), "bluetooth_off"),
        (BleakBluetoothNotAvailableError("", Reason.DENIED_BY_USER), "bluetooth_no_permission"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []), "bluetooth_missing"),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", []), "bluetooth_no_permission"),
        (BleakDBusError("org.bluez.Error.NotReady", []), "bluetooth_off"),
        (BleakDBusError("org.bluez.Error.AuthenticationFailed", []), "needs_pairing"),
        (BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), "needs_pairing"),
        (BleakDBusError("org.bluez.Error.Failed", ["br-connection-unknown"]), "connect_failed"),
        (BleakGATTProtocolError(0x05), "needs_pairing"),
        (BleakGATTProtocolError(0x0F), "needs_pairing"),
        (BleakGATTProtocolError(0x0E), "connect_failed"),
        (BleakDeviceNotFoundError("C0:00:00:00:00:10"), "device_not_found"),
        (BleakError("failed to discover services, device disconnected"), "connect_failed"),
        (TimeoutError(), "connect_failed"),
    ],
)
def test_errors_have_codes(error: Exception, code: str):
    assert trouble_code(error) == code


def _protocol(sensor: object) -> str:
    return "ble-heart-rate" if isinstance(sensor, Strap) else "ble-blood-pressure"

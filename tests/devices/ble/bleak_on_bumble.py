"""A backend for bleak on bumble's host, where there is neither D-Bus nor radio."""

from collections.abc import Callable
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bumble import att, hci
from bumble.device import Connection, Device, Peer

from tests.devices.ble.gatt import (
    LinkGone,
    advertised,
    long_uuid,
    plain_address,
    property_names,
    while_connected,
)


def backends_for(central: Device) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
    """A scanner and a client class that use this host."""
    scanner = type("BumbleScanner", (_Scanner,), {"central": central})
    client = type("BumbleClient", (_Client,), {"central": central})
    return scanner, client


class _Scanner(BaseBleakScanner):
    central: Any = None

    def __init__(self, callback: Any, services: Any, mode: str, **_other: Any) -> None:
        super().__init__(callback, services)
        self._mode = mode

    async def start(self) -> None:
        if not self.central.powered_on:
            raise BleakBluetoothNotAvailableError(
                "off", BleakBluetoothNotAvailableReason.POWERED_OFF
            )
        self.seen_devices = {}
        self.central.on("advertisement", self._on_advertisement)
        await self.central.start_scanning(legacy=True, active=self._mode == "active")

    async def stop(self) -> None:
        self.central.remove_listener("advertisement", self._on_advertisement)
        await self.central.stop_scanning(legacy=True)

    def _on_advertisement(self, seen: Any) -> None:
        address = plain_address(seen.address)
        name, services = advertised(seen.data)
        _, before = self.seen_devices.get(address, (None, None))
        if before is not None:
            name, services = name or before.local_name or "", services or before.service_uuids
        advertisement = AdvertisementData(
            local_name=name or None,
            manufacturer_data={},
            service_data={},
            service_uuids=services,
            tx_power=None,
            rssi=seen.rssi,
            platform_data=(),
        )
        device = self.create_or_update_device(
            address, address, advertisement.local_name, seen.address, advertisement
        )
        self.call_detection_callbacks(device, advertisement)


class _Client(BaseBleakClient):
    central: Any = None

    def __init__(
        self,
        device: BLEDevice | str,
        services: set[str] | None = None,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **_other: Any,
    ) -> None:
        super().__init__(device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._wait = timeout
        self._on_gone = disconnected_callback
        self._peer: Peer | None = None
        self._connection: Connection | None = None
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_other: Any) -> None:
        try:
            self._connection = await self.central.connect(
                hci.Address(self.address),
                own_address_type=hci.OwnAddressType.PUBLIC,
                timeout=self._wait,
            )
        except Exception as error:  # bumble has many words for it
            raise BleakDeviceNotFoundError(self.address, str(error)) from error
        self._connection.on("disconnection", self._on_disconnection)
        self._peer = Peer(self._connection)
        try:
            await while_connected(self._connection, self._peer.discover_all())
        except LinkGone as error:
            raise BleakError("failed to discover services, device disconnected") from error
        self.services = self._collect(self._peer)

    def _collect(self, peer: Peer) -> BleakGATTServiceCollection:
        collection = BleakGATTServiceCollection()
        for service in peer.services:
            known = BleakGATTService(service, service.handle, long_uuid(service.uuid))
            collection.add_service(known)
            for item in service.characteristics:
                collection.add_characteristic(
                    BleakGATTCharacteristic(
                        item,
                        item.handle,
                        long_uuid(item.uuid),
                        property_names(item),  # type: ignore[arg-type]
                        lambda: 20,
                        known,
                    )
                )
        return collection

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self.services = None
        if self._on_gone is not None:
            self._on_gone()

    async def disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.disconnect()

    async def pair(self, *_args: Any, **_other: Any) -> None:
        if self._connection is not None:
            await self._connection.pair()

    async def unpair(self) -> None:
        raise NotImplementedError

    async def _exchange(self, work: Callable[[Peer], Any]) -> Any:
        if self._connection is None or self._peer is None:
            raise BleakError("Not connected")
        try:
            return await while_connected(self._connection, work(self._peer))
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except LinkGone as error:
            raise BleakError("disconnected") from error

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **_other: Any
    ) -> bytearray:
        return bytearray(await self._exchange(lambda peer: peer.read_value(characteristic.obj)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        await self._exchange(
            lambda peer: peer.write_value(characteristic.obj, bytes(data), with_response=response)
        )

    async def read_gatt_descriptor(self, descriptor: Any, **_other: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None:
        raise NotImplementedError

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Any, **_other: Any
    ) -> None:
        def on_value(value: bytes) -> None:
            callback(bytearray(value))

        self._listeners[characteristic.handle] = on_value
        await self._exchange(lambda peer: peer.subscribe(characteristic.obj, on_value))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        on_value = self._listeners.pop(characteristic.handle, None)
        await self._exchange(lambda peer: peer.unsubscribe(characteristic.obj, on_value))

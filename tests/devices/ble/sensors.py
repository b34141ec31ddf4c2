"""Virtual sensors: a strap, an oximeter and two blood-pressure cuffs, steered by the test."""

import asyncio
import struct
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from bumble import att, hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate

from tests.devices.ble import packets
from tests.devices.ble.radio import Air, CentralController, SensorController

NOTIFY, INDICATE = Characteristic.Properties.NOTIFY, Characteristic.Properties.INDICATE
READ, WRITE = Characteristic.Properties.READ, Characteristic.Properties.WRITE
READABLE, WRITEABLE = att.Attribute.READABLE, att.Attribute.WRITEABLE
_SECRET_READ = att.Attribute.Permissions.READ_REQUIRES_ENCRYPTION
_SECRET_WRITE = att.Attribute.Permissions.WRITE_REQUIRES_ENCRYPTION


class ShownPasskey(PairingDelegate):
    """A sensor with a display, which shows the passkey for pairing."""

    def __init__(self, passkey: int) -> None:
        super().__init__(PairingDelegate.IoCapability.DISPLAY_OUTPUT_ONLY)
        self.passkey = passkey

    async def generate_passkey(self) -> int:
        """The number that the test's person will read off."""
        return self.passkey


class Sensor:
    """A GATT server that advertises, takes one connection and (perhaps) streams.

    ``encrypted`` asks for a bond, as real cuffs do; with a ``passkey`` it has a display.
    """

    name = "Sensor"
    address = "C0:00:00:00:00:00"
    service = 0x0000

    def __init__(self, *, encrypted: bool = False, passkey: int | None = None) -> None:
        self.encrypted = encrypted or passkey is not None
        self.passkey = passkey
        self.rate_hz = 20.0
        self.streaming = True
        self.battery = 87
        self.away: float | None = 0.1
        self.connection: Connection | None = None
        self.connections = 0
        self.written: list[tuple[str, bytes]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    # What a kind of sensor is made of.

    def characteristics(self) -> list[Characteristic]:
        """The characteristics of its main service."""
        raise NotImplementedError

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        """What it streams; None for one that only speaks when asked to."""
        return None

    def characteristic(
        self, number: int, properties: Any, permissions: Any = 0, value: Any = b""
    ) -> Characteristic:
        """A characteristic which wants encryption when the sensor does."""
        secret = 0
        if self.encrypted:
            secret |= _SECRET_READ if permissions & READABLE else 0
            secret |= _SECRET_WRITE if permissions & WRITEABLE else 0
        made = Characteristic(UUID.from_16_bits(number), properties, permissions | secret, value)
        if self.encrypted and properties & (NOTIFY | INDICATE):
            switch = self.device.gatt_server.make_descriptor_value(made)
            rights = READABLE | WRITEABLE | _SECRET_READ | _SECRET_WRITE
            made.descriptors = (Descriptor(UUID.from_16_bits(0x2902), rights, switch),)
        return made

    def remember_writes(
        self, number: int, read: Callable[[], bytes] = lambda: bytes(7)
    ) -> CharacteristicValue:
        """A value that keeps what was written to it in ``written``."""

        def write(_connection: Any, value: bytes) -> None:
            self.written.append((f"{number:04X}", bytes(value)))

        return CharacteristicValue(read=lambda _connection: read(), write=write)

    def _services(self) -> list[Service]:
        level = CharacteristicValue(read=lambda _connection: bytes([self.battery]))
        facts = {0x2A29: "Virtual", 0x2A24: type(self).__name__, 0x2A25: "SN-1", 0x2A26: "1.0"}
        numbers = UUID.from_16_bits
        information = [
            Characteristic(numbers(number), READ, READABLE, text.encode() + b"\x00")
            for number, text in facts.items()
        ]
        return [
            Service(numbers(self.service), self.characteristics()),
            Service(numbers(0x180F), [Characteristic(numbers(0x2A19), READ, READABLE, level)]),
            Service(numbers(0x180A), information),
        ]

    # Life.

    async def start(self, air: Air, central: CentralController, advertise: bool = True) -> None:
        """Switch the sensor on."""
        self._central = central
        self.controller = SensorController(self.name, link=air)
        address = hci.Address(self.address)
        config = DeviceConfiguration(
            name=self.name,
            address=address,
            advertising_interval_min=30,
            advertising_interval_max=30,
            irk=bytes(address) * 2 + b"kap!",
        )
        self.device = Device(config=config, host=Host(self.controller, self.controller))
        self.device.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True,
            mitm=self.passkey is not None,
            bonding=True,
            delegate=ShownPasskey(self.passkey)
            if self.passkey is not None
            else PairingDelegate(PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT),
        )
        self.device.add_services(self._services())
        self.device.keystore = MemoryKeyStore()
        air.scan_responses[address] = self.scan_response()
        self.device.on("connection", self._on_connection)
        await self.device.power_on()
        await self.advertise(advertise)
        self._spawn(self._stream())

    async def stop(self) -> None:
        """Switch it off."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.device.power_off()

    async def advertise(self, on: bool) -> None:
        """Say that it is there, or be silent."""
        await self.device.stop_advertising()
        if not on:
            return
        advertisement = AdvertisingData(
            [
                (AdvertisingData.FLAGS, b"\x06"),
                (
                    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                    struct.pack("<H", self.service),
                ),
            ]
        )
        await self.device.start_advertising(
            advertising_data=bytes(advertisement),
            scan_response_data=self.scan_response(),
            auto_restart=False,
            own_address_type=hci.OwnAddressType.RANDOM,
        )

    def scan_response(self) -> bytes:
        """The name, which a sensor tells only when asked."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]))

    async def drop(self, *, radio_lost: bool = False, away: float | None = 0.1) -> None:
        """End the connection: hang up, or lose the radio at both ends.

        It advertises again after ``away`` seconds, None for never.
        """
        assert self.connection is not None, "not connected"
        self.away = away
        if not radio_lost:
            leaving = hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR
            await self.connection.disconnect(leaving)
            return
        peer = self.connection.peer_address
        self._central.lose(hci.Address(self.address))
        self.controller.lose(peer)

    def subscribed(self, characteristic: Characteristic) -> bool:
        """Whether somebody listens to it."""
        listeners = self.device.gatt_server.subscribers.values()
        switches = (listener.get(characteristic.handle) for listener in listeners)
        return any(switch and switch[0] for switch in switches)

    async def send(self, characteristic: Characteristic, packet: bytes) -> None:
        """Notify or indicate, as the characteristic does; nobody listening is no error."""
        if self.connection is None or not self.subscribed(characteristic):
            return
        server = self.device.gatt_server
        if characteristic.properties & INDICATE:
            await server.indicate_subscribers(characteristic, packet)
        else:
            await server.notify_subscribers(characteristic, packet)

    async def listened_to(self, characteristic: Characteristic) -> None:
        """Wait until somebody listens."""
        while not self.subscribed(characteristic):
            await asyncio.sleep(0.01)

    def _on_connection(self, connection: Connection) -> None:
        self.connection = connection
        self.connections += 1
        connection.on("disconnection", self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self.connection = None
        self._spawn(self._come_back(self.away))

    async def _come_back(self, away: float | None) -> None:
        if away is not None:
            await asyncio.sleep(away)
            await self.advertise(True)

    async def _stream(self) -> None:
        while True:
            await asyncio.sleep(1 / self.rate_hz)
            if self.streaming and (value := self.next_value()):
                await self.send(*value)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Strap(Sensor):
    """A chest strap."""

    name, address, service = "Virtual Strap", "C0:00:00:00:00:0D", 0x180D
    bpm = 72

    def characteristics(self) -> list[Characteristic]:
        """Heart rate, and where the strap sits."""
        self.measurement = self.characteristic(0x2A37, NOTIFY)
        return [self.measurement, self.characteristic(0x2A38, READ, READABLE, b"\x01")]

    def next_value(self) -> tuple[Characteristic, bytes]:
        """The rate."""
        return self.measurement, packets.heart_rate(self.bpm)


class Oximeter(Sensor):
    """A finger oximeter."""

    name, address, service = "Virtual Oximeter", "C0:00:00:00:00:22", 0x1822
    spo2: float | None = 97
    pulse: float | None = 71

    def characteristics(self) -> list[Characteristic]:
        """Continuous and spot-check measurement."""
        self.measurement = self.characteristic(0x2A5F, NOTIFY)
        return [self.measurement, self.characteristic(0x2A60, READ, READABLE, b"\x00\x00")]

    def next_value(self) -> tuple[Characteristic, bytes]:
        """SpO2 and pulse."""
        return self.measurement, packets.oximetry(self.spo2, self.pulse)


class BloodPressureCuff(Sensor):
    """A cuff that sends after a measurement."""

    name, address, service = "Virtual Cuff", "C0:00:00:00:00:10", 0x1810

    def characteristics(self) -> list[Characteristic]:
        """The measurement, and what the cuff can tell."""
        self.measurement = self.characteristic(0x2A35, INDICATE)
        return [self.measurement, self.characteristic(0x2A49, READ, READABLE, b"\x15\x00")]

    async def measured(self, packet: bytes) -> None:
        """Indicate a measurement as soon as somebody listens."""
        await self.listened_to(self.measurement)
        await self.send(self.measurement, packet)


class AndCuff(BloodPressureCuff):
    """An A&D UA-651BLE, which wants its clock set before it sends."""

    name, address = "A&D_UA-651BLE_A1B2C3", "C0:00:00:00:00:65"

    def characteristics(self) -> list[Characteristic]:
        """As any cuff, with its clock inside the same service."""
        clock = self.characteristic(
            0x2A08, READ | WRITE, READABLE | WRITEABLE, self.remember_writes(0x2A08)
        )
        return [*super().characteristics(), clock]

    async def send(self, characteristic: Characteristic, packet: bytes) -> None:
        """Send nothing before the clock was set."""
        if self.written:
            await super().send(characteristic, packet)


class OmronCuff(BloodPressureCuff):
    """An Omron BLESmart, which drops the transfer when its clock is written too early."""

    name, address = "BLESmart_0000", "C0:00:00:00:00:0A"
    clock = bytes(10)

    def characteristics(self) -> list[Characteristic]:
        """As any cuff, with its clock as Current Time."""
        value = self.remember_writes(0x2A2B, lambda: self.clock)
        clock = self.characteristic(0x2A2B, READ | WRITE, READABLE | WRITEABLE, value)
        return [*super().characteristics(), clock]


def local_stamp(utc: float, zone_minutes: int) -> datetime:
    """A device's own clock, set right: local time without a zone."""
    local = datetime.fromtimestamp(utc, tz=UTC) + timedelta(minutes=zone_minutes)
    return local.replace(tzinfo=None, microsecond=0)

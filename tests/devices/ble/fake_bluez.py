"""A stand-in for bluetoothd: ``org.bluez`` on a private bus, before bumble's host and the sensors.

bleak's own BlueZ backend runs unchanged against it. It behaves like bluetoothd where the program
depends on it: objects come and go, nothing pairs without an agent, a discovery ends when the
adapter is switched off, and a bluetoothd that dies says nothing.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from bumble import att, hci
from bumble.device import Connection, Device, Peer
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.devices.ble.gatt import (
    LinkGone,
    advertised,
    long_uuid,
    plain_address,
    property_names,
    while_connected,
)
from tests.devices.ble.radio import CENTRAL

ADAPTER_PATH = "/org/bluez/hci0"
ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
UNPAIRED_SECONDS = 0.3  # bluetoothd takes two seconds to say that it cannot pair

_CAPABILITIES = {
    "NoInputNoOutput": PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT,
    "KeyboardDisplay": PairingDelegate.IoCapability.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT,
}

Properties = dict[str, Variant]
Answer = tuple[str, list[Any]] | None


class BluezError(Exception):
    """An answer that is an error."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name, text)
        self.name = name if "." in name else f"org.bluez.Error.{name}"
        self.text = text


class AskTheAgent(PairingDelegate):
    """Hands the questions of a pairing to the program's agent."""

    def __init__(self, bluez: "FakeBluez", path: str) -> None:
        super().__init__(_CAPABILITIES[bluez.agent[2] if bluez.agent else "NoInputNoOutput"])
        self._bluez, self._path = bluez, path

    async def confirm(self, auto: bool = False) -> bool:
        """Just works: BlueZ asks for an authorization."""
        answer = await self._bluez.ask_agent("RequestAuthorization", "o", [self._path])
        return answer is not None

    async def get_number(self) -> int | None:
        """The passkey on the sensor's display."""
        answer = await self._bluez.ask_agent("RequestPasskey", "o", [self._path])
        return answer[0] if answer else None


class FakeBluez:
    """The service. ``broken_connects`` says how many connections end before they are ready."""

    def __init__(self, central: Device) -> None:
        self.central = central
        self.agent: tuple[str, str, str] | None = None  # sender, path, capability
        self.broken_connects = 0
        self.alive = True
        self._connections: dict[str, tuple[Connection, Peer]] = {}
        self._characteristics: dict[str, Any] = {}
        self._subscriptions: dict[str, Any] = {}
        self._discoverers: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._objects: dict[str, dict[str, Properties]] = {
            "/org/bluez": {"org.bluez.AgentManager1": {}},
            ADAPTER_PATH: {
                ADAPTER: {
                    "Address": Variant("s", CENTRAL),
                    "Alias": Variant("s", "test"),
                    "Powered": Variant("b", True),
                    "Discovering": Variant("b", False),
                    "Roles": Variant("as", ["central"]),
                }
            },
        }

    async def start(self, bus_address: str) -> None:
        """Take the name on the bus."""
        self.central.keystore = MemoryKeyStore()
        self.central.on("advertisement", self._on_advertisement)
        self.bus = await MessageBus(bus_address=bus_address).connect()
        self.bus.add_message_handler(self._on_message)
        await self.bus.request_name("org.bluez")

    async def stop(self) -> None:
        """Leave the bus."""
        self.alive = False
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.bus.disconnect()
        await self.bus.wait_for_disconnect()

    async def die(self) -> None:
        """Stop as a killed bluetoothd does: the name is free, and nothing more is said."""
        self.alive = False
        await self.bus.release_name("org.bluez")

    def power(self, on: bool) -> None:
        """Switch the adapter."""
        if not on:
            self._discoverers.clear()
            self._change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))
        self._change(ADAPTER_PATH, ADAPTER, Powered=Variant("b", on))

    # What it says by itself.

    def _signal(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> None:
        if self.alive:
            self.bus.send(Message.new_signal(path, interface, member, signature, body))

    def _add(self, path: str, interface: str, properties: Properties) -> None:
        self._objects[path] = {interface: properties}
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, self._objects[path]])

    def _remove(self, path: str) -> None:
        for below in [key for key in self._objects if key == path or key.startswith(path + "/")]:
            interfaces = list(self._objects.pop(below))
            self._signal("/", OBJECTS, "InterfacesRemoved", "oas", [below, interfaces])

    def _change(self, path: str, interface: str, always: bool = False, **values: Variant) -> None:
        known = self._objects.get(path, {}).get(interface)
        if known is None:
            return
        changed = {key: value for key, value in values.items() if always or known.get(key) != value}
        known.update(changed)
        if changed:
            body = [interface, changed, []]
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def _on_advertisement(self, advertisement: Any) -> None:
        if not self._discoverers:
            return
        address = plain_address(advertisement.address)
        name, services = advertised(advertisement.data)
        path = f"{ADAPTER_PATH}/dev_{address.replace(':', '_')}"
        news = {"RSSI": Variant("n", advertisement.rssi)}
        if services:
            news["UUIDs"] = Variant("as", services)
        if name:
            news |= {"Name": Variant("s", name), "Alias": Variant("s", name)}
        if path in self._objects:
            self._change(path, DEVICE, always=True, **news)
            return
        flags = ("Paired", "Bonded", "Trusted", "Blocked", "Connected", "ServicesResolved")
        first = {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "random"),
            "Adapter": Variant("o", ADAPTER_PATH),
            "Alias": Variant("s", address.replace(":", "-")),
            "UUIDs": Variant("as", []),
            **{flag: Variant("b", False) for flag in flags},
        }
        self._add(path, DEVICE, first | news)

    # What it is asked.

    def _on_message(self, message: Message) -> bool | None:
        if message.message_type is not MessageType.METHOD_CALL or not self.alive:
            return None
        if (message.interface or "").startswith(
            "org.freedesktop.DBus."
        ) and message.interface not in (
            PROPERTIES,
            OBJECTS,
        ):
            return None
        self._spawn(self._answer(message))
        return True

    async def _answer(self, message: Message) -> None:
        interface = (message.interface or "").rsplit(".", 1)[-1].lower()
        method = getattr(self, f"on_{interface}_{(message.member or '').lower()}", None)
        try:
            if method is None:
                raise BluezError("org.freedesktop.DBus.Error.UnknownMethod", str(message.member))
            if message.path not in self._objects and message.interface != OBJECTS:
                raise BluezError("org.freedesktop.DBus.Error.UnknownObject", str(message.path))
            signature, body = await method(message) or ("", [])
            reply = Message.new_method_return(message, signature, body)
        except BluezError as error:
            reply = Message.new_error(message, error.name, error.text)
        except LinkGone:
            text = "Operation failed with ATT error: 0x0e"
            reply = Message.new_error(message, "org.bluez.Error.Failed", text)
        if self.alive:
            self.bus.send(reply)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def on_objectmanager_getmanagedobjects(self, message: Message) -> Answer:
        return "a{oa{sa{sv}}}", [self._objects]

    async def on_properties_set(self, message: Message) -> Answer:
        interface, name, value = message.body
        self._change(str(message.path), interface, **{name: value})
        return None

    async def on_agentmanager1_registeragent(self, message: Message) -> Answer:
        path, capability = message.body
        if self.agent:
            raise BluezError("AlreadyExists")
        self.agent = (str(message.sender), path, capability)
        return None

    async def on_agentmanager1_requestdefaultagent(self, message: Message) -> Answer:
        return None

    async def on_agentmanager1_unregisteragent(self, message: Message) -> Answer:
        if not self.agent:
            raise BluezError("DoesNotExist")
        self.agent = None
        return None

    async def ask_agent(self, member: str, signature: str, body: list[Any]) -> list[Any] | None:
        """Ask the program's agent; None when it refuses or there is none."""
        if not self.agent:
            return None
        sender, path, _capability = self.agent
        question = Message(
            destination=sender,
            path=path,
            interface="org.bluez.Agent1",
            member=member,
            signature=signature,
            body=body,
        )
        reply = await self.bus.call(question)
        return None if reply.message_type is MessageType.ERROR else reply.body

    async def on_adapter1_setdiscoveryfilter(self, message: Message) -> Answer:
        return None

    async def on_adapter1_startdiscovery(self, message: Message) -> Answer:
        if not self._objects[ADAPTER_PATH][ADAPTER]["Powered"].value:
            raise BluezError("NotReady", "Resource Not Ready")
        if message.sender in self._discoverers:
            raise BluezError("InProgress", "Operation already in progress")
        self._discoverers.add(str(message.sender))
        if not self.central.scanning:
            await self.central.start_scanning(legacy=True)
        self._change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", True))
        return None

    async def on_adapter1_stopdiscovery(self, message: Message) -> Answer:
        if message.sender not in self._discoverers:
            raise BluezError("Failed", "No discovery started")
        self._discoverers.discard(str(message.sender))
        if not self._discoverers:
            if self.central.scanning:
                await self.central.stop_scanning(legacy=True)
            self._change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))
        return None

    async def on_device1_connect(self, message: Message) -> Answer:
        path = str(message.path)
        if path in self._connections:
            return None
        await self.connect(path)
        if self.broken_connects > 0:
            self.broken_connects -= 1
            await self._connections[path][0].disconnect()
        else:
            self._spawn(self._resolve(path))
        return None

    async def connect(self, path: str) -> None:
        """Connect as bluetoothd would, for whoever asks."""
        target = hci.Address(self._objects[path][DEVICE]["Address"].value)
        try:
            connection = await self.central.connect(
                target, own_address_type=hci.OwnAddressType.PUBLIC, timeout=3
            )
        except Exception as error:  # bumble has many words for it
            raise BluezError("Failed", "Connection timed out") from error
        self._connections[path] = (connection, Peer(connection))
        connection.on("disconnection", lambda _reason: self._on_disconnection(path))
        self._change(path, DEVICE, Connected=Variant("b", True))

    async def _resolve(self, path: str) -> None:
        connection, peer = self._connections[path]
        try:
            await while_connected(connection, peer.discover_all())
        except (LinkGone, TimeoutError):
            return
        services = []
        for service in peer.services:
            services.append(long_uuid(service.uuid))
            service_path = f"{path}/service{service.handle:04x}"
            self._add(
                service_path,
                SERVICE,
                {
                    "UUID": Variant("s", services[-1]),
                    "Device": Variant("o", path),
                    "Primary": Variant("b", True),
                    "Includes": Variant("ao", []),
                },
            )
            for characteristic in service.characteristics:
                self._add_characteristic(service_path, characteristic)
        self._change(path, DEVICE, UUIDs=Variant("as", services))
        self._change(path, DEVICE, ServicesResolved=Variant("b", True))

    def _add_characteristic(self, service_path: str, characteristic: Any) -> None:
        path = f"{service_path}/char{characteristic.handle - 1:04x}"
        flags = property_names(characteristic)
        properties = {
            "UUID": Variant("s", long_uuid(characteristic.uuid)),
            "Service": Variant("o", service_path),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", flags),
            "MTU": Variant("q", 23),
        }
        if "notify" in flags or "indicate" in flags:
            properties["Notifying"] = Variant("b", False)
        self._characteristics[path] = characteristic
        self._add(path, CHARACTERISTIC, properties)

    def _on_disconnection(self, path: str) -> None:
        self._connections.pop(path, None)
        self._change(
            path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False)
        )
        for below in [key for key in self._objects if key.startswith(path + "/service")]:
            self._remove(below)

    async def on_device1_disconnect(self, message: Message) -> Answer:
        if link := self._connections.get(str(message.path)):
            await link[0].disconnect()
        return None

    async def on_device1_pair(self, message: Message) -> Answer:
        path = str(message.path)
        if path not in self._connections:
            await self.on_device1_connect(message)
        await self._pair(path)
        return None

    async def _pair(self, path: str) -> None:
        connection, _peer = self._connections[path]
        if not self.agent:
            await asyncio.sleep(UNPAIRED_SECONDS)
            raise BluezError("AuthenticationFailed", "Authentication Failed")
        self.central.pairing_config_factory = lambda _connection: PairingConfig(
            mitm=self.agent is not None and self.agent[2] == "KeyboardDisplay",
            delegate=AskTheAgent(self, path),
        )
        try:
            await while_connected(connection, connection.pair())
        except LinkGone:
            raise
        except Exception as error:  # bumble has many words for it
            raise BluezError("AuthenticationFailed", "Authentication Failed") from error
        self._change(path, DEVICE, Paired=Variant("b", True), Bonded=Variant("b", True))

    # GATT: the daemon raises the security of the link by itself when the other side asks for it.

    async def _exchange(self, message: Message, work: Any) -> Any:
        device = str(message.path).split("/service", maxsplit=1)[0]
        if device not in self._connections:
            raise BluezError("Failed", "Not connected")
        connection, peer = self._connections[device]
        try:
            return await while_connected(connection, work(peer))
        except att.ATT_Error as error:
            if error.error_code not in (0x05, 0x0F):
                text = f"Operation failed with ATT error: 0x{error.error_code:02x}"
                raise BluezError("Failed", text) from error
        await self._secure(device, connection)
        return await while_connected(connection, work(peer))

    async def _secure(self, device: str, connection: Connection) -> None:
        if self._objects[device][DEVICE]["Paired"].value:
            await while_connected(connection, connection.encrypt())
        elif self.agent:
            await self._pair(device)
        else:
            forever = asyncio.Event().wait()
            await while_connected(connection, forever)

    def _gatt(self, message: Message) -> Any:
        return self._characteristics[str(message.path)]

    async def on_gattcharacteristic1_readvalue(self, message: Message) -> Answer:
        def read(peer: Peer) -> Awaitable[bytes]:
            answer: Awaitable[bytes] = peer.read_value(self._gatt(message))
            return answer

        return "ay", [bytes(await self._exchange(message, read))]

    async def on_gattcharacteristic1_writevalue(self, message: Message) -> Answer:
        data, options = message.body
        with_response = "type" not in options or options["type"].value == "request"

        def write(peer: Peer) -> Any:
            return peer.write_value(self._gatt(message), bytes(data), with_response=with_response)

        await self._exchange(message, write)
        return None

    async def on_gattcharacteristic1_startnotify(self, message: Message) -> Answer:
        path = str(message.path)

        def on_value(value: bytes) -> None:
            self._change(path, CHARACTERISTIC, always=True, Value=Variant("ay", bytes(value)))

        await self._exchange(message, lambda peer: peer.subscribe(self._gatt(message), on_value))
        self._subscriptions[path] = on_value
        self._change(path, CHARACTERISTIC, Notifying=Variant("b", True))
        return None

    async def on_gattcharacteristic1_stopnotify(self, message: Message) -> Answer:
        on_value = self._subscriptions.pop(str(message.path), None)
        await self._exchange(message, lambda peer: peer.unsubscribe(self._gatt(message), on_value))
        self._change(str(message.path), CHARACTERISTIC, Notifying=Variant("b", False))
        return None

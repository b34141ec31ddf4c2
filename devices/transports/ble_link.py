"""One connection to a Bluetooth LE device: from the first word to the last packet.

Every call has a limit in time, for some hang for ever: enabling the notifications of an encrypted
cuff without a bond is one of them, and the reason to try pairing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from devices.catalogue import Characteristic, ClockWrite, DeviceEntry, full_uuid
from devices.decoders import protocol
from devices.decoders.ble_common import date_time, encode_current_time, encode_date_time
from devices.transports import Chunk, LinkLost
from devices.transports.ble_agent import AskPasskey, agent, bluez_owner, needed
from devices.transports.ble_cuff import is_near_now, local_time
from devices.transports.ble_errors import trouble_code
from devices.transports.ble_scan import Radio, ear_of
from kapmonitor.clock import Clock
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Detail, Notice

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.device import BLEDevice

log = logging.getLogger(__name__)


BATTERY, FIRMWARE = "2A19", "2A26"

# Device Information Service 1.1.
_FACTS = {
    "manufacturer": "2A29",
    "model": "2A24",
    "serial": "2A25",
    "firmware": FIRMWARE,
    "hardware": "2A27",
    "software": "2A28",
}

_CLOCK_FORMS = {"date_time": encode_date_time, "current_time": encode_current_time}
_CLOCK_SIZES = {"date_time": 7, "current_time": 10}


class Limits(Struct, frozen=True):
    """How long things may take, in real seconds.

    ``silence`` is how long a continuous device may send nothing while the link seems to be up.
    ``pair`` leaves a person the time to type a passkey.
    """

    search: float = 10.0
    connect: float = 20.0
    attempts: int = 3
    call: float = 10.0
    pair: float = 60.0
    goodbye: float = 5.0
    silence: float = 15.0
    settle: float = 2.0
    look: float = 15.0
    battery: float = 600.0
    first_pause: float = 0.25
    longest_pause: float = 10.0


class BleConnection:
    """An open connection. Made by `connect`."""

    def __init__(self, device: DeviceEntry, clock: Clock, radio: Radio, limits: Limits) -> None:
        self._device = device
        self._clock = clock
        self._radio = radio
        self._limits = limits
        self._inbox: asyncio.Queue[Chunk | Notice | LinkLost] = asyncio.Queue()
        self._client: BleakClient | None = None
        self._gone = asyncio.Event()
        self._first_packet = asyncio.Event()
        self._ask: AskPasskey | None = None
        self._asking = False
        self._was_asked = self._refused = False
        self._background: list[asyncio.Task[None]] = []

    async def receive(self) -> Chunk | Notice:
        """Wait for what comes next; a cancelled wait loses nothing. Raises LinkLost."""
        item = await self._inbox.get()
        if isinstance(item, LinkLost):
            self._inbox.put_nowait(item)  # whoever asks again gets the same answer
            raise item
        return item

    async def close(self) -> None:
        """Hang up, which takes BlueZ some seconds; may be called twice."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(Exception):
            async with asyncio.timeout(self._limits.goodbye):
                await client.disconnect()

    # --- from the radio: these two are called by bleak and must never raise -------------------

    def _on_packet(self, channel: str, data: bytearray) -> None:
        self._inbox.put_nowait(Chunk(self._clock.now(), bytes(data), channel))
        self._first_packet.set()

    def _on_gone(self, client: Any) -> None:
        if client is self._client:
            self._gone.set()
            self._inbox.put_nowait(LinkLost("link_lost"))

    # --- making the connection ----------------------------------------------------------------

    async def open(self, device: "BLEDevice", pairing: bool, ask: AskPasskey | None) -> None:
        """Connect, make ready and listen. Raises DeviceError."""
        self._ask = ask
        async with contextlib.AsyncExitStack() as stack:
            if pairing and self._radio.client is None:
                ask_person = self._ask_person if ask else None
                await stack.enter_async_context(agent(device.address, ask_person))
            await self._connect(device)
            try:
                await self._make_ready()
            except DeviceError:
                raise
            except Exception as error:
                code = "connect_failed" if self._gone.is_set() else trouble_code(error)
                # Some devices hang up, and BlueZ has many words for it, when the digits were wrong.
                code = "needs_pairing" if self._was_asked else code
                raise DeviceError(code, reason=_words(error)) from error
        self._do_beside(self._tell())
        if self._device.clock and self._device.clock.when == "first_indication":
            self._do_beside(self._set_clock_late(self._device.clock))
        if needed() and self._radio.client is None:
            self._do_beside(self._watch_bluez())

    async def _connect(self, device: "BLEDevice") -> None:
        """Connect, more than once: "failed to discover services" is an ordinary failure."""
        from bleak import BleakClient

        error: Exception | None = None
        for _ in range(self._limits.attempts):
            self._gone.clear()
            self._inbox = asyncio.Queue()
            client = BleakClient(
                device,
                disconnected_callback=self._on_gone,
                timeout=self._limits.connect,
                backend=self._radio.client,
            )
            self._client = client
            try:
                async with ear_of(self._radio).quiet(), asyncio.timeout(self._limits.connect):
                    await client.connect()
                return
            except Exception as failure:
                error = failure
                self._client = None
                if isinstance(failure, TimeoutError):
                    break  # it has gone away: better to hear first whether it is back
                await asyncio.sleep(self._limits.first_pause)
        assert error is not None
        code = trouble_code(error)
        raise DeviceError(code, reason=_words(error)) from error

    async def _make_ready(self) -> None:
        clock = self._device.clock
        if clock and clock.when == "connected":
            await self._secured(partial(self._set_clock, clock))
        listened = 0
        for item in self._device.characteristics:
            if item.how != "read" and self._has(item.uuid):
                await self._secured(partial(self._listen, item))
                listened += 1
            elif item.required:
                raise DeviceError("connect_failed", reason="characteristic_missing", uuid=item.uuid)
        if not listened:
            raise DeviceError("connect_failed", reason="characteristic_missing")

    async def _listen(self, item: Characteristic) -> None:
        # The first value often comes within a tenth of a second: bleak registers before it enables.
        await self._bleak.start_notify(
            full_uuid(item.uuid), lambda _sender, data: self._on_packet(item.channel, data)
        )

    async def _set_clock(self, clock: ClockWrite) -> None:
        """Write the time of now, unless the cuff's own is near enough."""
        if not self._has(clock.uuid) or await self._clock_is_near(clock):
            return
        if self._has(FIRMWARE):
            await self._bleak.read_gatt_char(full_uuid(FIRMWARE))
        await asyncio.sleep(clock.wait_ms / 1000)
        await self._write(clock.uuid, _CLOCK_FORMS[clock.form](self._local_now()))

    async def _clock_is_near(self, clock: ClockWrite) -> bool:
        if not clock.off_by_s:
            return False
        there = date_time((await self._try_read(clock.uuid))[:7].ljust(7, b"\0"))
        return is_near_now(there, self._local_now(), clock.off_by_s)

    def _local_now(self) -> datetime:
        now = self._clock.now()
        return local_time(self._clock.utc(now), self._clock.zone_minutes(now))

    async def _write(self, uuid: str, data: bytes) -> None:
        """Set a clock: beside `send` all that is ever written, and only as the catalogue says.

        Raises DeviceError ``write_refused`` for anything but the time of a clock that is to be set.
        """
        clock = self._device.clock
        if clock is None or uuid != clock.uuid or len(data) != _CLOCK_SIZES[clock.form]:
            raise DeviceError("write_refused", protocol=self._device.protocol, hex=data.hex())
        response = "write" in self._properties(uuid)
        await self._bleak.write_gatt_char(full_uuid(uuid), data, response=response)

    async def send(self, data: bytes) -> None:
        """Write what the protocol's speaker wants, which was judged before (`devices.source`).

        Raises DeviceError ``write_refused`` for a device to which nothing is ever written, and
        LinkLost when it does not arrive.
        """
        uuid = self._device.write
        if not uuid:
            raise DeviceError("write_refused", protocol=self._device.protocol, hex=data.hex())
        try:
            async with asyncio.timeout(self._limits.call):
                response = "write" in self._properties(uuid)
                await self._bleak.write_gatt_char(full_uuid(uuid), data, response=response)
        except Exception as error:
            raise LinkLost("link_lost") from error

    async def _secured(self, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Make a call; when it wants a bond, or hangs as if it did, pair once and make it again."""
        try:
            return await self._in_time(call)
        except DeviceError:
            raise
        except Exception as error:
            wants_bond = isinstance(error, TimeoutError) or trouble_code(error) == "needs_pairing"
            if not wants_bond or self._gone.is_set():
                raise
        await self._pair()
        await self._in_time(call)

    async def _in_time(self, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Make a call within its time, which stands still while a person is asked for a passkey.

        BlueZ pairs by itself when a call needs it. Raises TimeoutError.
        """
        task = asyncio.get_running_loop().create_task(call())
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=self._limits.call)
                if done:
                    return task.result()
                if not self._asking:
                    raise TimeoutError
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _ask_person(self, address: str) -> int | None:
        """The digits. Whoever refused once is not asked again when pairing is tried once more."""
        assert self._ask is not None
        if self._refused:
            return None
        self._asking = self._was_asked = True
        passkey: int | None = None
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.pair):
                    passkey = await self._ask(address)
            self._refused = passkey is None
        finally:
            self._asking = False
        return passkey

    async def _pair(self) -> None:
        try:
            async with asyncio.timeout(self._limits.pair):
                await self._bleak.pair()
        except NotImplementedError:
            pass  # macOS asks the person by itself, at the next access
        except Exception as error:
            raise DeviceError("needs_pairing", reason=_words(error)) from error

    # --- beside the stream --------------------------------------------------------------------

    def _do_beside(self, work: Coroutine[Any, Any, None]) -> None:
        self._background.append(asyncio.get_running_loop().create_task(work))

    async def _tell(self) -> None:
        """Who the device is and what else it lets us read, once; its battery from time to time."""
        facts: dict[str, Detail] = {}
        for name, uuid in _FACTS.items():
            text = (await self._try_read(uuid)).split(b"\0")[0].decode("utf-8", "replace").strip()
            if text:
                facts[name] = text
        if facts:
            self._inbox.put_nowait(Notice("device_info", self._clock.now(), facts))
        for item in self._device.characteristics:
            if item.how == "read" and item.uuid != BATTERY:
                self._tell_read(item.channel, await self._try_read(item.uuid))
        while level := await self._try_read(BATTERY):
            self._tell_read(BATTERY, level)
            if not self._device.continuous:
                return
            await asyncio.sleep(self._limits.battery)

    def _tell_read(self, channel: str, packet: bytes) -> None:
        if packet:
            decoder = protocol(self._device.protocol).make(channel, self._device.quirk)
            for item in decoder.feed(packet, self._clock.now()):
                if isinstance(item, Notice):
                    self._inbox.put_nowait(msgspec.structs.replace(item, packet=0))

    async def _set_clock_late(self, clock: ClockWrite) -> None:
        """Omron cuffs drop the transfer when their clock is written before the first indication."""
        await self._first_packet.wait()
        try:
            async with asyncio.timeout(self._limits.call):
                await self._set_clock(clock)
        except Exception as error:  # the cuff has left meanwhile; the next time will do
            log.info("clock not set: %s", type(error).__name__)

    async def _try_read(self, uuid: str) -> bytes:
        """What a characteristic says; empty where there is none or it will not tell."""
        try:
            if not self._has(uuid) or "read" not in self._properties(uuid):
                return b""
            async with asyncio.timeout(self._limits.call):
                return bytes(await self._bleak.read_gatt_char(full_uuid(uuid)))
        except Exception as error:
            log.debug("%s not read: %s", uuid, type(error).__name__)
            return b""

    async def _watch_bluez(self) -> None:
        """Notice that bluetoothd has died or was started anew; nobody else tells us."""
        owner = await bluez_owner()
        while owner == await bluez_owner():
            await asyncio.sleep(self._limits.look)
        self._inbox.put_nowait(LinkLost("bluetooth_missing"))

    @property
    def _bleak(self) -> "BleakClient":
        if self._client is None:
            raise LinkLost("closed")
        return self._client

    def _has(self, uuid: str) -> bool:
        return self._bleak.services.get_characteristic(full_uuid(uuid)) is not None

    def _properties(self, uuid: str) -> list[str]:
        found = self._bleak.services.get_characteristic(full_uuid(uuid))
        return list(found.properties) if found else []


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__

"""Listening for Bluetooth LE devices: one ear for everybody who waits for one.

Only one scan can run at a time, and a connection is made more surely while none runs; so all who
wait share one scanner, which holds its breath while a connection is being made.
"""

import asyncio
import contextlib
import logging
import re
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from devices.catalogue import match_advertisement
from devices.transports.ble_errors import READY, trouble_code
from kapmonitor.errors import DeviceError
from kapmonitor.vitals import PRESSURES, Vital

if TYPE_CHECKING:
    from bleak import BleakScanner
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

log = logging.getLogger(__name__)

CALL_TIMEOUT = 10.0
"""Seconds within which the system has to answer a request to scan."""

DEAF_AFTER = 15.0
"""Seconds without any advertisement after which the scan is started anew.

A scan does not survive the adapter being switched off and on, and nobody tells.
"""

_ADDRESS = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")

Heard = Callable[["BLEDevice", "AdvertisementData"], None]


class Radio(NamedTuple):
    """Which of bleak's backends to use; the system's own where None. Others are for tests."""

    scanner: type[Any] | None = None
    client: type[Any] | None = None


SYSTEM = Radio()


class Found(Struct, frozen=True):
    """A device that advertises, and what it seems to be.

    ``address`` is a MAC, on macOS a UUID. ``kind`` is ``cuff``, ``oximeter``, ``strap`` or empty;
    ``protocol`` is empty for a device that the catalogue does not know. ``rssi`` is in dBm;
    ``services`` are those advertised so far; ``experimental`` ones are used only when switched on.
    """

    address: str
    name: str
    rssi: int
    kind: str = ""
    protocol: str = ""
    measures: tuple[Vital, ...] = ()
    services: tuple[str, ...] = ()
    experimental: bool = False


def is_address(text: str) -> bool:
    """Whether it is a Bluetooth address (or macOS' UUID) and not a name."""
    return _ADDRESS.fullmatch(text.upper()) is not None


def is_meant(
    wanted: str, address: str, name: str, avoid: Callable[[str], bool] | None = None
) -> bool:
    """Whether a device is the one that a person named.

    By its address; by its full name; or by the front of its name, as vendors put a serial number
    behind it (``A&D_UA-651BLE`` for ``A&D_UA-651BLE_A1B2C3``). One whose address is to be avoided
    (it belongs to another room) is meant only when its address was named.
    """
    if is_address(wanted):
        return wanted.upper() == address.upper()
    if avoid is not None and avoid(address):
        return False
    rest = name.removeprefix(wanted)
    return name.startswith(wanted) and not rest[:1].isalnum()


def kind_of(measures: tuple[Vital, ...]) -> str:
    """What a person would call a device that measures this."""
    if PRESSURES & set(measures):
        return "cuff"
    if Vital.SPO2 in measures:
        return "oximeter"
    return "strap" if Vital.HEART_RATE in measures else ""


class Ear:
    """The one scanner of an event loop. Start and stop are a matter of who listens."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._listeners: list[Heard] = []
        self._scanner: BleakScanner | None = None
        self._held = 0
        self._starting = asyncio.Lock()
        self._connecting = asyncio.Lock()
        self._heard = asyncio.Event()

    @contextlib.asynccontextmanager
    async def listening(self, heard: Heard) -> AsyncIterator[None]:
        """Have every advertisement told. Raises DeviceError when there is no Bluetooth."""
        self._listeners.append(heard)
        try:
            await self.refresh()
            yield
        finally:
            self._listeners.remove(heard)
            if not self._listeners:
                await self._settle()

    @contextlib.asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """No scan and no other connection being made, for as long as this lasts."""
        async with self._connecting:
            self._held += 1
            await self._settle()
            try:
                yield
            finally:
                self._held -= 1
                # Who waits finds out by itself (`refresh`) when this could not start again.
                with contextlib.suppress(DeviceError):
                    await self.refresh()

    async def refresh(self, anew: bool = False) -> None:
        """Scan if somebody listens; ``anew`` starts over. Raises DeviceError as `listening`."""
        async with self._starting:
            if anew:
                await self._stop()
            if self._listeners and not self._held and self._scanner is None:
                await self._start()

    async def wait_for(self, wanted: Heard | Callable[..., bool], seconds: float | None) -> Any:
        """The first device for which ``wanted(device, advertisement)`` is true.

        Raises DeviceError, ``device_not_found`` when there is none within so many seconds
        (None: wait for ever).
        """
        found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

        def heard(device: "BLEDevice", advertisement: "AdvertisementData") -> None:
            if not found.done() and wanted(device, advertisement):
                found.set_result(device)

        try:
            async with asyncio.timeout(seconds), self.listening(heard):
                while not found.done():
                    await self._hear_or_restart(found)
                return found.result()
        except TimeoutError:
            raise DeviceError("device_not_found") from None

    async def connected_devices(self) -> "list[BLEDevice]":
        """Devices which the system holds a connection to.

        BlueZ keeps the connections of a program that crashed, and such a device does not advertise.
        Empty where the system cannot tell.
        """
        import bleak

        if self._radio.scanner is not None or not hasattr(bleak, "BleakAdapter"):
            return []
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                adapter = await bleak.BleakAdapter.get()
                return list(await adapter.get_connected_devices())
        except Exception as error:  # what is wrong shows when we scan
            log.debug("connected devices unknown: %s", type(error).__name__)
            return []

    async def _hear_or_restart(self, found: "asyncio.Future[BLEDevice]") -> None:
        """Wait a turn; a scan that hears nothing at all is started anew."""
        self._heard.clear()
        done, _ = await asyncio.wait({found}, timeout=DEAF_AFTER)
        if not done and not self._heard.is_set() and not self._held:
            await self.refresh(anew=True)

    def _on_advertisement(self, device: "BLEDevice", advertisement: "AdvertisementData") -> None:
        self._heard.set()
        for heard in tuple(self._listeners):
            try:
                heard(device, advertisement)
            except Exception:  # bleak would only log it, and the others would not hear
                log.exception("a listener failed")

    async def _settle(self) -> None:
        """Stop the scan unless somebody listens."""
        async with self._starting:
            if self._held or not self._listeners:
                await self._stop()

    async def _start(self) -> None:
        from bleak import BleakScanner

        try:
            scanner = BleakScanner(self._on_advertisement, backend=self._radio.scanner)
            async with asyncio.timeout(CALL_TIMEOUT):
                await scanner.start()
        except Exception as error:
            code = trouble_code(error)
            # The radio itself is the trouble here, whatever it calls it.
            code = code if code.startswith("bluetooth_") else "bluetooth_missing"
            raise DeviceError(code, reason=str(error) or type(error).__name__) from error
        self._scanner = scanner

    async def _stop(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is None:
            return
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                await scanner.stop()
        except Exception as error:  # a scan that cannot be stopped has mostly ended already
            log.info("scan did not stop: %s", type(error).__name__)


_ears: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Radio, Ear]]" = (
    weakref.WeakKeyDictionary()
)


def ear_of(radio: Radio) -> Ear:
    """The ear of the running event loop."""
    ears = _ears.setdefault(asyncio.get_running_loop(), {})
    return ears.setdefault(radio, Ear(radio))


class _Sightings:
    """Gathers what a device says in several packets: its name often comes later."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._services: dict[str, set[str]] = {}

    def add(self, device: "BLEDevice", advertisement: "AdvertisementData") -> Found:
        """What is known of the device now."""
        address = device.address
        name = advertisement.local_name or device.name or self._names.get(address, "")
        services = self._services.setdefault(address, set())
        services.update(advertisement.service_uuids)
        self._names[address] = name
        advertised = tuple(sorted(services))
        match = match_advertisement(name, advertised, experimental=True)
        if match is None:
            return Found(address, name, advertisement.rssi, services=advertised)
        return Found(
            address,
            name,
            advertisement.rssi,
            kind_of(match.measures),
            match.protocol,
            match.measures,
            advertised,
            bool(match.experimental),
        )


async def live_scan(radio: Radio = SYSTEM) -> AsyncGenerator[Found, None]:
    """Every sighting as it comes, for as long as it is iterated. Raises DeviceError."""
    sightings = _Sightings()
    inbox: asyncio.Queue[Found] = asyncio.Queue()
    ear = ear_of(radio)
    async with ear.listening(lambda *seen: inbox.put_nowait(sightings.add(*seen))):
        while True:
            try:
                async with asyncio.timeout(DEAF_AFTER):
                    found = await inbox.get()
            except TimeoutError:
                await ear.refresh(anew=True)
            else:
                yield found


async def scan(seconds: float, radio: Radio = SYSTEM) -> list[Found]:
    """What advertises within so many seconds, the strongest first. Raises DeviceError."""
    sightings = _Sightings()
    seen: dict[str, Found] = {}

    def heard(device: "BLEDevice", advertisement: "AdvertisementData") -> None:
        found = sightings.add(device, advertisement)
        seen[found.address] = found

    async with ear_of(radio).listening(heard):
        await asyncio.sleep(seconds)
    return sorted(seen.values(), key=lambda found: -found.rssi)


async def find(
    address: str,
    seconds: float,
    radio: Radio = SYSTEM,
    avoid: Callable[[str], bool] | None = None,
) -> Found:
    """The device of this address or name, with what it seems to be.

    Raises DeviceError, ``device_not_found`` among others.
    """
    sightings = _Sightings()
    latest: Found | None = None

    def wanted(device: "BLEDevice", advertisement: "AdvertisementData") -> bool:
        nonlocal latest
        found = sightings.add(device, advertisement)
        if not is_meant(address, found.address, found.name, avoid):
            return False
        latest = found
        return bool(found.protocol)

    try:
        await ear_of(radio).wait_for(wanted, seconds)
    except DeviceError as error:
        if error.code != "device_not_found":
            raise
        if latest is None:
            raise DeviceError("device_not_found", address=address) from error
    assert latest is not None
    return latest


async def radio_state(radio: Radio = SYSTEM) -> str:
    """``ready``, or what is wrong: ``bluetooth_missing``, ``_off`` or ``_no_permission``."""
    try:
        async with ear_of(radio).listening(lambda *_seen: None):
            return READY
    except DeviceError as error:
        return error.code

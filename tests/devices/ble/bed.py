"""A bedside without a radio: the air, the sensors, and a source under test, in three ways.

``bluez``: bleak's own BlueZ backend, a real D-Bus daemon, a stand-in for bluetoothd. ``bumble``:
bleak's interface on bumble, for systems without D-Bus. ``guest``: a real bluetoothd and the
kernel's Bluetooth stack, in a guest where both run and /dev/vhci is ours.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from devices.address import parse_address
from devices.transports.ble import BleSource, open_ble
from devices.transports.ble_link import Limits
from devices.transports.ble_scan import Radio, radio_state
from kapmonitor.clock import SessionClock
from kapmonitor.reading import Delivery, Link, Notice, Reading
from kapmonitor.vitals import Vital
from tests.devices.ble.bleak_on_bumble import backends_for
from tests.devices.ble.radio import Air, CentralController, central_host, kernel_central
from tests.devices.ble.sensors import Sensor
from tests.patience import PATIENCE

QUICK = Limits(
    search=1.0,
    connect=5.0,
    call=0.8,
    pair=5.0,
    goodbye=3.0,
    silence=0.8,
    settle=0.3,
    look=0.2,
    first_pause=0.05,
    longest_pause=0.2,
)
PATIENT = Limits(search=10.0, call=5.0, silence=4.0, settle=1.0)  # a real bluetoothd takes its time


SensorKind = TypeVar("SensorKind", bound=Sensor)

BUS_CONFIGURATION = """<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def has_dbus() -> bool:
    """Whether a private D-Bus daemon can be had here."""
    return shutil.which("dbus-daemon") is not None


@contextlib.contextmanager
def private_bus(folder: Path) -> Any:
    """A D-Bus daemon of our own; gives its address."""
    socket = folder / "bus"
    configuration = folder / "bus.conf"
    configuration.write_text(BUS_CONFIGURATION.format(socket=socket))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        try:
            assert daemon.stdout is not None
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()
            daemon.wait(PATIENCE)


class Nurse:
    """Watches what a source delivers."""

    def __init__(self) -> None:
        self.seen: list[Delivery] = []
        self._news = asyncio.Event()

    def deliver(self, items: Sequence[Delivery]) -> None:
        self.seen.extend(items)
        self._news.set()

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for something to be delivered that makes this true."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"never came; seen: {self.seen[-12:]}") from None

    async def until_value(self, vital: Vital, value: float) -> None:
        """Wait for this value."""
        await self.until(lambda: value in self.values(vital))

    @property
    def readings(self) -> list[Reading]:
        return [item for item in self.seen if isinstance(item, Reading)]

    @property
    def links(self) -> list[tuple[str, str, bool]]:
        """State, reason and whether it was expected."""
        return [
            (item.state.value, item.reason, item.expected)
            for item in self.seen
            if isinstance(item, Link)
        ]

    def values(self, vital: Vital) -> list[float | None]:
        return [reading.value for reading in self.readings if reading.vital is vital]

    def notices(self, kind: str) -> list[dict[str, Any]]:
        return [item.detail for item in self.seen if isinstance(item, Notice) and item.kind == kind]

    def forget(self) -> None:
        self.seen.clear()


class Bed:
    """One test's world. Use as an async context manager."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.limits = PATIENT if kind == "guest" else QUICK
        self.radio = Radio()
        self.clock = SessionClock()
        self.air = Air()
        self._folder = folder
        self._stack = contextlib.AsyncExitStack()
        self._central: CentralController
        self.bluez: Any = None
        self.host: Any = None

    async def __aenter__(self) -> "Bed":
        try:
            await self._enter()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()
        await _all_closed()

    async def _enter(self) -> None:
        if self.kind != "bumble":
            self._stack.push_async_callback(_close_bleak)
        if self.kind == "guest":
            await radio_state()  # imports what would hold up the controller's first answers
            self._central, transport = await kernel_central(self.air)
            self._stack.push_async_callback(transport.close)
            await _adapter_powered()
            return
        self._central, self.host = central_host(self.air)
        await self.host.power_on()
        self._stack.push_async_callback(self.host.power_off)
        if self.kind == "bumble":
            self.radio = Radio(*backends_for(self.host))
            return
        from tests.devices.ble.fake_bluez import FakeBluez

        address = self._stack.enter_context(private_bus(self._folder))
        self._stack.enter_context(environment("DBUS_SYSTEM_BUS_ADDRESS", address))
        self.bluez = FakeBluez(self.host)
        await self.bluez.start(address)
        self._stack.push_async_callback(self.bluez.stop)

    async def put_on(self, sensor: SensorKind, advertise: bool = True) -> SensorKind:
        """Switch a sensor on."""
        await sensor.start(self.air, self._central, advertise)
        self._stack.push_async_callback(sensor.stop)
        if self.kind == "guest":
            self._stack.push_async_callback(_forget, sensor.address)
        return sensor

    async def source(self, text: str, **options: Any) -> BleSource:
        """A source under test."""
        options.setdefault("limits", self.limits)
        return await open_ble(parse_address(text), self.clock, radio=self.radio, **options)

    @contextlib.asynccontextmanager
    async def watched(self, source: BleSource) -> AsyncIterator[Nurse]:
        """Run a source for as long as this lasts."""
        nurse = Nurse()
        task = asyncio.create_task(source.run(nurse.deliver))
        try:
            yield nurse
            assert not task.done(), f"the source ended by itself: {task}"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextlib.contextmanager
def environment(name: str, value: str) -> Any:
    """An environment variable for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


async def _adapter_powered() -> None:
    """bluetoothd takes our controller up by itself, after a moment."""
    async with asyncio.timeout(60):
        while await radio_state() != "ready":
            await asyncio.sleep(0.2)


async def _forget(address: str) -> None:
    """A real bluetoothd keeps a bond past the test; the next sensor knows nothing of it."""
    command = await asyncio.create_subprocess_exec("bluetoothctl", "remove", address)
    await command.wait()


async def _all_closed() -> None:
    """bleak takes leave of the bus without waiting; on a slow machine its socket is still open."""
    selector: Any = getattr(asyncio.get_running_loop(), "_selector", None)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while selector is not None and len(selector.get_map()) > 1:  # one is the loop's own
                await asyncio.sleep(0.01)


async def _close_bleak() -> None:
    """bleak keeps one connection to the bus for the life of a loop, and never closes it."""
    from bleak.backends.bluezdbus import manager

    known = manager._global_instances.pop(asyncio.get_running_loop(), None)
    bus: Any = known._bus if known is not None else None
    if bus is not None:
        bus.disconnect()
        with contextlib.suppress(Exception):
            await bus.wait_for_disconnect()

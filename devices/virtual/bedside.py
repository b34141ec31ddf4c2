"""The virtual bedside: one patient, the devices on it, and what they need to run by a clock."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from devices.virtual.contec import VirtualContec
from devices.virtual.cuff import VirtualCuff
from devices.virtual.device import Faults, VirtualDevice
from devices.virtual.lines import VirtualMasimo, VirtualNoninBle
from devices.virtual.nonin import VirtualNonin
from devices.virtual.oximeter import VirtualOximeter
from devices.virtual.patient import VirtualPatient
from devices.virtual.plx import VirtualPlx
from devices.virtual.scenarios import Scenario
from devices.virtual.spoken_cuff import SpokenJamr, SpokenSunTech
from devices.virtual.strap import VirtualStrap
from devices.virtual.vendor_oximeters import VirtualBerry, VirtualEb, VirtualPc60, VirtualRing
from kapmonitor.clock import Clock
from kapmonitor.errors import UsageError
from kapmonitor.events import Dose, DoseWithdrawn, Event, Infusion
from kapmonitor.ports import Deliver, SourceInfo

DEVICES: dict[str, type[VirtualDevice]] = {
    device.protocol: device
    for device in (
        VirtualContec,
        VirtualNonin,
        VirtualCuff,
        SpokenJamr,
        SpokenSunTech,
        VirtualStrap,
        VirtualPlx,
        VirtualPc60,
        VirtualEb,
        VirtualMasimo,
        VirtualNoninBle,
        VirtualRing,
        VirtualBerry,
    )
}
LABELS = tuple(
    kind.label for kind in DEVICES.values() if any(word.islower() for word in kind.label.split())
)
"""What those are called that have more than a maker's name, for the catalogue of texts."""

DEMO_DEVICES = ("virtual:contec-cms50-serial", "virtual:ble-blood-pressure")

STEP = 0.1  # session seconds between two looks at a device that runs by a clock
_SHORTEST_WAIT = 1 / 30  # real seconds: a demonstration at 20 times the speed needs no more


class VirtualBedside:
    """One virtual patient and its devices, given as ``virtual:PROTOCOL`` addresses.

    ``start_at`` is the session time at which the devices are switched on, ``auto_cuff`` the session
    times at which the cuff inflates unasked, ``faults`` misbehaviour by protocol. Raises
    UsageError: ``unknown_virtual_device``.
    """

    def __init__(
        self,
        seed: int,
        route: str,
        scenario: Scenario,
        devices: Sequence[str] = DEMO_DEVICES,
        *,
        start_at: float = 0.0,
        auto_cuff: tuple[float, ...] = (),
        faults: Mapping[str, Faults] | None = None,
    ) -> None:
        self.patient = VirtualPatient(seed, route, scenario)
        self.devices: list[VirtualDevice] = []
        finger = "left_finger" if scenario.has("same_arm") else "right_finger"
        self._moved_until = start_at
        self._given = 0
        for number, address in enumerate(_with_scenario(devices, scenario), 1):
            protocol = address.removeprefix("virtual:")
            kind = known_device(protocol)
            twin = any(device.protocol == protocol for device in self.devices)
            source = f"virtual-{protocol}-{number}" if twin else ""
            misbehaviour = (faults or {}).get(protocol)
            if issubclass(kind, VirtualCuff):
                device: VirtualDevice = kind(
                    self.patient,
                    source=source,
                    faults=misbehaviour,
                    start_at=start_at,
                    auto=auto_cuff,
                )
            else:
                site = finger if issubclass(kind, VirtualOximeter) else "chest"
                device = kind(
                    self.patient, source=source, site=site, faults=misbehaviour, start_at=start_at
                )
            self.devices.append(device)
        if scenario.has("same_arm"):
            self._same_arm()

    @property
    def cuff(self) -> VirtualCuff | None:
        """The first cuff, if there is one."""
        return next((device for device in self.devices if isinstance(device, VirtualCuff)), None)

    def sources(self, clock: Clock) -> list["VirtualSource"]:
        """The devices as sources that run by a clock; the cuff's own clock is set by it."""
        self.set_clocks(clock)
        sources = [VirtualSource(device, clock) for device in self.devices]
        if sources:
            sources[0].also = lambda now: self.move_clock(clock, now)
        return sources

    def move_clock(self, clock: Clock, now: float) -> None:
        """Set the computer's clock as the scenario says, if its time has come."""
        for window in self.patient.wall_clock_moves(self._moved_until, now):
            clock.move_wall(window)
        self._moved_until = max(self._moved_until, now)

    def set_clocks(self, clock: Clock) -> None:
        """Let the devices show the local time, as one does whose clock was set."""
        local = clock.utc(0.0) + 60 * clock.zone_minutes(0.0)
        zero = datetime.fromtimestamp(local, tz=UTC).replace(tzinfo=None)
        for device in self.devices:
            device.device_zero = zero

    def hear(self, event: Event, at: float) -> None:
        """Let the patient feel what happened in the session: ``at`` is when the dose was given."""
        if isinstance(event, Dose) or (isinstance(event, Infusion) and event.action == "start"):
            self.patient.dose(at)
            self._given += 1
        elif isinstance(event, DoseWithdrawn):
            self._given -= 1
            if self._given == 0:
                self.patient.undose()

    def _same_arm(self) -> None:
        for device in self.devices:
            if isinstance(device, VirtualOximeter) and self.cuff is not None:
                device.cuff_on_arm = self.cuff.inflated


def _with_scenario(devices: Sequence[str], scenario: Scenario) -> list[str]:
    """The scenario's cuff in place of the usual one, and the devices that it has besides."""
    usual, own = f"virtual:{VirtualCuff.protocol}", f"virtual:{scenario.cuff}"
    found = [own if scenario.cuff and address == usual else address for address in devices]
    return found + [address for address in scenario.also if address not in found]


def known_device(protocol: str) -> type[VirtualDevice]:
    """The virtual device of a protocol; raises UsageError("unknown_virtual_device")."""
    if protocol not in DEVICES:
        raise UsageError("unknown_virtual_device", protocol=protocol, known=list(DEVICES))
    return DEVICES[protocol]


class VirtualSource:
    """A virtual device that runs by a clock; fits `kapmonitor.ports.Source`."""

    def __init__(self, device: VirtualDevice, clock: Clock) -> None:
        self.device = device
        self.also: Callable[[float], None] | None = None
        self._clock = clock

    @property
    def info(self) -> SourceInfo:
        """Who it is."""
        return self.device.info

    async def probe(self, wait: bool = False) -> None:
        """A virtual device is always there."""

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled."""
        while True:
            now = self._clock.now()
            if self.also is not None:
                self.also(now)
            delivered = self.device.step(now)
            if delivered:
                deliver(delivered)
            await asyncio.sleep(max(_SHORTEST_WAIT, self._clock.real_seconds(STEP)))

    async def ask(self, command: str) -> None:
        """Pass ``start`` or ``stop`` on; raises DeviceError as the device does."""
        self.device.command(command, self._clock.now())

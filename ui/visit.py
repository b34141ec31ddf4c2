"""A visit from the command line or the set-up page: devices found, record begun, engine running."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devices.address import SourceAddress, names_of, parse_address
from devices.catalogue import use_clinic
from devices.source import open_source
from kapmonitor.clock import SessionClock
from kapmonitor.desk import Desk
from kapmonitor.device_lock import DeviceLock, in_use
from kapmonitor.device_words import told_apart
from kapmonitor.errors import DeviceError, KapmonitorError, RecordError
from kapmonitor.events import Event
from kapmonitor.export import export
from kapmonitor.export.clinic import with_clinic
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.passkeys import PasskeyDoor
from kapmonitor.ports import Sounder, Source
from kapmonitor.record.folder import find_record, make_folder, new_session_id, record_path
from kapmonitor.remembered import place_of
from kapmonitor.runner import Runner
from kapmonitor.settings import load as load_settings
from kapmonitor.staff import load_staff, working
from kapmonitor.words import sentence
from ui.exporting import export_beside
from ui.machine import Machine
from ui.own_devices import REAL, OwnDevices, own_devices
from ui.passphrase import given_passphrase
from ui.setup.choice import DEFAULT_STAFF
from ui.sound import make_sounder
from ui.trial_result import Progress
from ui.wiring import (
    PlannedDose,
    Setting,
    load_setting,
    open_visit,
    opened_event,
    read_past,
    resume_visit,
)

if TYPE_CHECKING:
    from devices.virtual.bedside import VirtualBedside


_NOT_YET = ("device_not_found", "port_unknown", "connect_failed", "needs_pairing")
"""What a device is allowed to say that may come later."""


@dataclass(frozen=True)
class VisitChoice:
    """What a person chose before the visit; ``plan`` is a route, a name or a file.

    ``limits`` is a preset by name or file, in place of the plan's. ``guarded``: whoever has a PIN
    gives it before acting, the visit locks by itself, and it is signed at its end. ``from_rooms``
    are the rooms whose devices may be taken although this is another. ``wait_for`` are those of
    the devices that need not be there at the start. ``ask_passkey`` asks at a terminal, on a
    thread of its own; without it the digits come as a command, and before there is a visit from
    ``passkeys``.
    """

    plan: str = "in"
    limits: str = ""
    devices: tuple[str, ...] = ()
    patient_code: str = ""
    staff: tuple[str, ...] = DEFAULT_STAFF
    out: Path | None = None
    wait: bool = False
    silent: bool = False
    scenario: str = "ordinary"
    seed: int = 1
    rate: float = 1.0
    experimental: bool = False
    cuff_start: bool = False
    guarded: bool = False
    from_rooms: tuple[str, ...] = ()
    wait_for: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    age_band: str = ""
    weight_kg: float | None = None
    planned: PlannedDose | None = None
    ask_passkey: Callable[[str], int | None] | None = None
    passkeys: PasskeyDoor | None = None


@dataclass
class Visit:
    """A running visit."""

    runner: Runner
    setting: Setting
    path: Path
    out: Path | None
    sounder: Sounder
    desk: Desk
    data: Path
    key: bytes | None = None
    locks: tuple[DeviceLock, ...] = ()

    def export(self, record: str, progress: Progress) -> list[Path]:
        """PDF and CSV files of this visit, into a folder beside its record."""
        return export_beside(record, progress, self.key, choice=with_clinic(self.data))

    def close(self) -> None:
        """Stop everything; a session that was not ended stays resumable."""
        self.runner.close()
        self.sounder.close()
        for lock in self.locks:
            lock.release()


def begin(choice: VisitChoice, data: Path, keys: Keys | None = None) -> Visit:
    """Find the devices, then begin the record and the session.

    Raises UsageError for a wrong address or plan, DeviceError for a device that is not there
    (unless it is waited for), RecordError when the record cannot be begun, and KapmonitorError when
    there is no key for it. Nothing is left behind in any of these cases.
    """
    own = keys or Keys(data, given_passphrase())
    setting = load_setting(choice.plan, data, choice.limits)
    session = new_session_id()
    # Its folder is made when there is a key, so that a refusal leaves nothing.
    training = is_training(choice.devices)
    out = choice.out
    path = record_path(data, session, training) if out is None else out / "session.kap"

    def open_it(start: _Start) -> None:
        staff = choice.staff
        if staff == DEFAULT_STAFF and start.desk.people:
            staff = tuple(person.name for person in start.desk.people)
        simulated = any(source.info.simulated for source in start.sources)
        # With one real device among them it may be a patient after all.
        start.key = own.for_new(simulated=_all_simulated(start.sources))
        opened = opened_event(
            setting,
            session,
            choice.patient_code,
            staff,
            simulated=simulated,
            scenario=choice.scenario if simulated else "",
            seed=choice.seed if simulated else None,
            roles={n: r for n in staff if (r := start.desk.role(n) or choice.roles.get(n, ""))},
            age_band=choice.age_band,
            weight_kg=choice.weight_kg,
            planned=choice.planned,
        )
        make_folder(path.parent)
        signer = own.signer(start.key == PUBLISHED_KEY)
        open_visit(
            start.runner,
            setting,
            path,
            start.sounder,
            opened,
            signer,
            start.on_event,
            start.desk,
            start.key,
        )

    return _begin(choice, setting, path, data, SessionClock(rate=choice.rate), open_it)


def resume(choice: VisitChoice, data: Path, session: str, keys: Keys | None = None) -> Visit:
    """Go on with an interrupted visit: its plan, limits, clock and, if none are named, devices.

    Devices that are not there are waited for. Raises UsageError for a wrong address, RecordError
    ``record_sealed`` for a visit that was ended, ``record_in_use`` for one that still runs and
    ``demo_with_real_device`` for a patient's devices in a record that anybody can read.
    """
    own = keys or Keys(data, given_passphrase())
    record = find_record(data, session)
    past = read_past(record, data, own.for_record(record))
    last = past.entries[-1]
    # The session clock goes on by UTC, and never runs backwards.
    at = last.at + max(0.0, time.time() - last.utc)
    chosen = replace(
        choice,
        devices=choice.devices or past.addresses,
        plan=past.setting.plan.route,
        scenario=past.opened.scenario or "ordinary",
        seed=past.opened.seed or 1,
        experimental=choice.experimental or past.experimental,
        # Whose they are was settled when the visit began.
        from_rooms=tuple(device.room for device in own_devices(data).kept),
    )

    def resume_it(start: _Start) -> None:
        start.key = past.key
        if past.key == PUBLISHED_KEY and not _all_simulated(start.sources):
            raise RecordError("demo_with_real_device", path=str(past.path))
        signer = own.signer(past.key == PUBLISHED_KEY)
        resume_visit(start.runner, past, start.sounder, signer, start.on_event, start.desk)

    clock = SessionClock(start_at=at, rate=choice.rate)
    # The visit comes first: a device that is not there is waited for by its link, which says so.
    return _begin(chosen, past.setting, past.path, data, clock, resume_it, probe=False)


@dataclass
class _Start:
    """What a visit starts with."""

    runner: Runner
    sounder: Sounder
    sources: list[Source]
    on_event: Callable[[Event, float], None] | None
    desk: Desk
    key: bytes | None = None


def make_desk(data: Path, guarded: bool, lock_minutes: float, names: bool = False) -> Desk:
    """Who may act, from the staff file; without PINs nothing locks by itself.

    Raises KapmonitorError ``staff_damaged``.
    """
    people = working(load_staff(data))
    pins = any(person.pin for person in people)
    return Desk(people, guarded, 60 * lock_minutes if guarded and pins else 0.0, names)


def _begin(
    choice: VisitChoice,
    setting: Setting,
    path: Path,
    data: Path,
    clock: SessionClock,
    open_it: Callable[[_Start], None],
    probe: bool = True,
) -> Visit:
    settings, problem = load_settings(data)
    desk = make_desk(data, choice.guarded, settings.lock_minutes, settings.patient_names)
    use_clinic(data / "clinic")
    own = own_devices(data)
    for trouble in (problem, own.problem):
        if trouble is not None:
            click.echo(f"kapmonitor: {sentence(trouble.code, trouble.facts)}", err=True)
    placed = [own.meant(device, choice.from_rooms) for device in choice.devices]
    addresses = [address for address, _ in placed]
    locks = _locks(addresses)
    runner = Runner(clock, path.parent, machine=Machine(after=1.0, ask=settings.keep_awake))
    experimental = choice.experimental or settings.experimental
    may_start = choice.cuff_start or settings.cuff_start
    sounder = make_sounder(not choice.silent, settings.sound_output, settings.volume_floor)
    try:
        bedside = _bedside(addresses, choice, setting.plan.route, clock.now())
        sources: list[Source] = [] if bedside is None else list(bedside.sources(clock))
        sources += [
            open_source(
                address,
                clock,
                name=name,
                site=site,
                experimental=experimental,
                may_start=may_start,
                avoid=lambda found: own.foreign(found) or in_use(f"ble:{found}"),
                ask_passkey=_asker(runner, choice),
            )
            for (address, site), name in zip(placed, names_of(addresses), strict=True)
            if address.transport != "virtual"
        ]
        late = [own.meant(device, choice.from_rooms)[0] for device in choice.wait_for]
        for source in sources if probe else ():
            _probe(runner, source, choice.wait, may_be_late=source.info.address in map(str, late))
        on_event = None if bedside is None else bedside.hear
        start = _Start(runner, sounder, sources, on_event, desk)
        open_it(start)
        labels = told_apart(
            [source.info.label for source in sources], [source.info.address for source in sources]
        )
        for source, label in zip(sources, labels, strict=True):
            runner.add_source(source, label)
    except BaseException:
        runner.close()
        sounder.close()
        for lock in locks:
            lock.release()
        raise
    _remember(own, sources)
    return Visit(runner, setting, path, choice.out, sounder, desk, data, start.key, locks)


def _asker(runner: Runner, choice: VisitChoice) -> Callable[[str], Awaitable[int | None]]:
    """Who is asked for the digits on a device's display: the terminal, else whoever takes part."""
    prompt, before = choice.ask_passkey, choice.passkeys

    async def ask(address: str) -> int | None:
        if prompt is not None:
            return await asyncio.to_thread(prompt, address)
        if runner.engine is None and before is not None:
            return await before.ask(address)
        return await runner.ask_passkey(address)

    return ask


def _probe(runner: Runner, source: Source, wait: bool, *, may_be_late: bool) -> None:
    """Connect, so that what is wrong is said before the visit; what may come later is left to it.

    A cuff over Bluetooth sleeps until it has measured, and would only cost the time of a search.
    """
    if may_be_late and not source.info.continuous:
        return
    try:
        runner.probe(source, wait)
    except DeviceError as error:
        if not may_be_late or error.code not in _NOT_YET:
            raise


def _locks(addresses: Sequence[SourceAddress]) -> tuple[DeviceLock, ...]:
    """Take the devices for this visit; raises DeviceError ``device_in_use``."""
    locks: list[DeviceLock] = []
    try:
        for address in addresses:
            if address.transport in REAL:
                locks.append(DeviceLock(place_of(str(address))))
    except DeviceError:
        for lock in locks:
            lock.release()
        raise
    return tuple(locks)


def _remember(own: OwnDevices, sources: Sequence[Source]) -> None:
    """For the next visit in this room; that this cannot be kept is no reason not to begin."""
    try:
        own.used([source.info for source in sources if not source.info.simulated], time.time())
    except KapmonitorError as error:
        click.echo(f"kapmonitor: {sentence(error.code, error.facts)}", err=True)


def is_training(devices: Sequence[str]) -> bool:
    """Whether nothing but virtual devices is used: there is no patient then."""
    virtual = [parse_address(device).transport == "virtual" for device in devices]
    return bool(virtual) and all(virtual)


def finish(visit: Visit) -> list[Path]:
    """Leave the CSV files beside the record, where a folder was asked for.

    Where only an emergency copy could be sealed, they lie beside the copy.
    """
    if visit.out is None:
        return []
    engine = visit.runner.engine
    record = visit.path if engine is None else Path(engine.recording)
    out = visit.out if record == visit.path else record.parent
    return export(record, out, ("csv",), key=visit.key)


def _all_simulated(sources: list[Source]) -> bool:
    return bool(sources) and all(source.info.simulated for source in sources)


def _bedside(
    addresses: list[SourceAddress], choice: VisitChoice, route: str, start_at: float
) -> "VirtualBedside | None":
    """The virtual patient with the virtual devices among the addresses, if there are any."""
    virtual = [address.address for address in addresses if address.transport == "virtual"]
    if not virtual:
        return None
    from devices.virtual import scenarios
    from devices.virtual.bedside import VirtualBedside

    scenario = scenarios.load(choice.scenario)
    return VirtualBedside(choice.seed, route, scenario, virtual, start_at=start_at)

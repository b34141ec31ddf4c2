"""Puts the parts together, once, for the window, the command line and the tests alike.

Free of Qt, so that a visit can run on a machine where Qt cannot even load.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from alarms import presets
from alarms.board import Board
from kapmonitor import __version__
from kapmonitor.before_dose import ReadinessList, load_readiness, parse_readiness, read_readiness
from kapmonitor.checklist import Checklist, load_checklist, parse_checklist, read_checklist
from kapmonitor.clock import Clock
from kapmonitor.commands import AskCuff
from kapmonitor.desk import Desk
from kapmonitor.engine import Engine
from kapmonitor.errors import RecordError
from kapmonitor.events import Entry, Event, Opened, SourceAdded
from kapmonitor.messages import Message
from kapmonitor.plan import Plan, load_plan, parse_plan
from kapmonitor.ports import RecordPort, Sounder
from kapmonitor.reading import Reading
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey
from kapmonitor.remembered import place_of
from kapmonitor.runner import Runner
from ui.setup.choice import DEFAULT_STAFF


@dataclass(frozen=True)
class Setting:
    """The clinical data files of a visit, with their texts for the record."""

    plan: Plan
    plan_text: str
    checklist: Checklist
    checklist_text: str
    preset: presets.Preset
    readiness: ReadinessList = field(default_factory=load_readiness)
    readiness_text: str = ""
    instruments: tuple[tuple[Checklist, str], ...] = ()


def load_setting(plan: str, data: Path | None = None, limits: str = "") -> Setting:
    """The plan (by route, name or path) and the checklist and limits that it names.

    ``limits`` is another preset, by name or path. A clinic's own files in the data folder win.
    Raises PlanError naming file, place and reason.
    """
    folder = None if data is None else data / "clinic"
    loaded, text = load_plan(plan, folder)
    checklist, checklist_text = read_checklist(loaded.checklist, folder)
    preset = presets.load(limits or loaded.limits, folder)
    readiness, readiness_text = read_readiness(folder)
    instruments = tuple(read_checklist(name, folder) for name in loaded.instrument_names)
    return Setting(
        loaded,
        text,
        checklist,
        checklist_text,
        preset,
        readiness,
        readiness_text,
        instruments,
    )


@dataclass(frozen=True)
class PlannedDose:
    """What is set up to be given, in the plan's unit; nothing is given by that."""

    drug: str = ""
    amount: float | None = None
    lot: str = ""


def pseudonym() -> str:
    """A patient code where the clinic gives none, of letters that are hard to mix up."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "P-" + "".join(secrets.choice(letters) for _ in range(6))


def opened_event(
    setting: Setting,
    session: str,
    patient_code: str = "",
    staff: tuple[str, ...] = DEFAULT_STAFF,
    simulated: bool = False,
    scenario: str = "",
    seed: int | None = None,
    roles: dict[str, str] | None = None,
    age_band: str = "",
    weight_kg: float | None = None,
    planned: PlannedDose | None = None,
) -> Opened:
    """The first event of a session. ``roles`` by name, of those whose role is known."""
    planned = planned or PlannedDose()
    return Opened(
        session=session,
        program=f"kapmonitor {__version__}",
        patient_code=patient_code or pseudonym(),
        plan=setting.plan.name,
        plan_text=setting.plan_text,
        limits_text=setting.preset.text,
        checklist_text=setting.checklist_text,
        instrument_texts={form.name: text for form, text in setting.instruments},
        route=setting.plan.route,
        simulated=simulated,
        scenario=scenario,
        seed=seed,
        staff=staff,
        zone=time.tzname[0],
        roles=roles or {},
        age_band=age_band,
        weight_kg=weight_kg,
        t0_rule=setting.plan.t0,
        readiness_text=setting.readiness_text,
        planned_drug=planned.drug,
        planned_dose=planned.amount,
        lot=planned.lot,
    )


def make_engine(
    setting: Setting,
    clock: Clock,
    record: RecordPort,
    sounder: Sounder,
    emit: Callable[[Message], None],
    ask_source: Callable[[str, AskCuff], None],
    recording: Path,
    desk: Desk | None = None,
) -> Engine:
    """An engine with its alarm board; without a ``desk`` nobody is asked for a PIN."""
    board = Board(setting.preset, 60 * setting.plan.minimum_observation_min)
    engine = Engine(
        setting.plan,
        setting.checklist,
        board,
        clock,
        record,
        sounder,
        emit,
        ask_source,
        averaging=setting.preset.averaging,
        desk=desk,
        readiness=setting.readiness,
        cuff_repeats=setting.preset.cuff_repeats,
    )
    engine.instruments = {form.name: form for form, _ in setting.instruments}
    engine.recording = str(recording)
    return engine


@dataclass(frozen=True)
class Past:
    """An interrupted visit as its record tells it."""

    path: Path
    entries: list[Entry]
    readings: list[Reading]
    setting: Setting
    opened: Opened
    key: bytes | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The devices that were in use, as they are named on the command line."""
        added = {e.event.source: e.event for e in self.entries if isinstance(e.event, SourceAdded)}
        return tuple(
            source.address if source.simulated else _named(source) for source in added.values()
        )

    @property
    def experimental(self) -> bool:
        """Whether the visit already used a device that nobody had tried."""
        return any(isinstance(e.event, SourceAdded) and e.event.experimental for e in self.entries)


def _named(source: SourceAdded) -> str:
    """A device as it is named on the command line, with its protocol and where it sat."""
    protocol = f"{source.protocol}@" if source.protocol else ""
    return protocol + place_of(source.address) + (f"#{source.site}" if source.site else "")


def read_past(path: Path, data: Path | None = None, key: bytes | None = None) -> Past:
    """Read an interrupted visit; raises RecordError ``record_sealed`` when it was ended."""
    record = Record.open(path, key)
    if record.sealed:
        raise RecordError("record_sealed", path=str(path))
    opened = record.opened
    plan = parse_plan(opened.plan_text, opened.plan)
    if opened.checklist_text:
        checklist = parse_checklist(opened.checklist_text, plan.checklist)
    else:
        checklist = load_checklist(plan.checklist, None if data is None else data / "clinic")
    preset = presets.parse(opened.limits_text)
    instruments = tuple(
        (parse_checklist(text, name), text) for name, text in opened.instrument_texts.items()
    )
    readiness = parse_readiness(opened.readiness_text)
    setting = Setting(
        plan,
        opened.plan_text,
        checklist,
        opened.checklist_text,
        preset,
        readiness,
        opened.readiness_text,
        instruments,
    )
    return Past(path, record.entries(), list(record.readings()), setting, opened, key)


OnEvent = Callable[[Event, float], None]


def open_visit(
    runner: Runner,
    setting: Setting,
    path: Path,
    sounder: Sounder,
    opened: Opened,
    signer: InstallationKey,
    on_event: OnEvent | None = None,
    desk: Desk | None = None,
    key: bytes | None = None,
) -> None:
    """Begin a visit on a runner, recording at ``path`` from the first second.

    ``on_event`` hears every event on the engine's thread: the virtual patient must feel the dose.
    ``key`` encrypts the record.
    Raises RecordError when the record cannot be begun.
    """
    recorder = Recorder(
        path,
        on_saved=runner.saved,
        on_trouble=runner.record_trouble,
        on_copy=runner.record_copied,
        key=key,
        signer=signer,
    )
    runner.open(_engine_of(runner, setting, path, recorder, sounder, on_event, desk), opened)


def resume_visit(
    runner: Runner,
    past: Past,
    sounder: Sounder,
    signer: InstallationKey,
    on_event: OnEvent | None = None,
    desk: Desk | None = None,
) -> None:
    """Go on with an interrupted visit in its own record.

    Raises RecordError when another program has it or it cannot be written.
    """
    recorder = Recorder.resume(
        past.path,
        on_saved=runner.saved,
        on_trouble=runner.record_trouble,
        on_copy=runner.record_copied,
        key=past.key,
        signer=signer,
    )
    engine = _engine_of(runner, past.setting, past.path, recorder, sounder, on_event, desk)
    runner.resume(engine, past.entries, past.readings)


def _engine_of(
    runner: Runner,
    setting: Setting,
    path: Path,
    recorder: Recorder,
    sounder: Sounder,
    on_event: OnEvent | None,
    desk: Desk | None,
) -> Engine:
    def emit(message: Message) -> None:
        if on_event is not None and isinstance(message, Entry):
            on_event(message.event, message.at)
        runner.emit(message)

    ask = runner.ask_source
    return make_engine(setting, runner.clock, recorder, sounder, emit, ask, path, desk)

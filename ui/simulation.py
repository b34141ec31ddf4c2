"""A whole visit without a window and without waiting: `kapmonitor simulate`.

The same engine, board, record and decoders as at a bedside; only the clock is stepped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devices.virtual import scenarios
from devices.virtual.bedside import VirtualBedside
from devices.virtual.truth import write_truth_csv
from kapmonitor.clock import SteppedClock, local_offset_minutes
from kapmonitor.commands import AskCuff
from kapmonitor.engine import Engine
from kapmonitor.events import Entry
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.messages import Message, Pulse
from kapmonitor.ports import BoardView
from kapmonitor.reading import Delivery
from kapmonitor.record.folder import make_folder, new_session_id
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey
from kapmonitor.session import Session
from ui.clinician import ScriptedClinician
from ui.sound import NullSounder
from ui.wiring import Setting, make_engine, opened_event

# A visit that never gets its dose or its end would run for ever; no plan lasts a day.
LONGEST_SECONDS = 86_400.0
STEP = 1.0


@dataclass
class Simulated:
    """What a simulated visit left."""

    record: Path
    truth: Path
    session: Session
    sealed: bool
    seconds: float = 0.0
    entries: list[Entry] = field(default_factory=list)


def simulate(
    setting: Setting,
    out: Path,
    scenario: str = "ordinary",
    seed: int = 1,
    minutes: float | None = None,
    utc: float | None = None,
    signer: InstallationKey | None = None,
    listen: Callable[[Message], None] | None = None,
) -> Simulated:
    """Run a visit into ``out``: ``session.kap`` and ``truth.csv``. ``minutes`` count from the dose.

    The same seed gives the same session times and values. ``listen`` hears every message that a
    window would get. Raises UsageError for an unknown
    scenario, RecordError when the folder cannot be written or has a record already.
    """
    begun = time.perf_counter()
    start_utc = time.time() if utc is None else utc
    clock = SteppedClock(start_utc, local_offset_minutes(start_utc))
    lasting = setting.plan.minimum_observation_min + 5 if minutes is None else minutes
    played = scenarios.load(scenario)
    bedside = VirtualBedside(seed, setting.plan.route, played)
    bedside.set_clocks(clock)
    clinician = ScriptedClinician(
        setting.plan,
        lambda at: (
            bedside.patient.state(at)
            | {"respiratory_rate": bedside.patient.at(at).respiratory_rate}
        ),
        lasting,
        seed,
        repeats_high=not played.has("no_repeat"),
        readiness=setting.readiness,
    )
    stage = _Stage(clock, bedside, listen)
    make_folder(out)
    path = out / "session.kap"
    recorder = Recorder(path, key=PUBLISHED_KEY, signer=signer)
    engine = make_engine(
        setting, clock, recorder, NullSounder(), stage.emit, stage.ask_source, recording=path
    )
    opened = opened_event(
        setting,
        new_session_id(),
        patient_code="SIMULATED",
        simulated=True,
        scenario=scenario,
        seed=seed,
    )
    engine.open(opened, 0.0)
    for device in bedside.devices:
        engine.add_source(device.info, 0.0)
    stage.play(engine, clinician)
    truth = out / "truth.csv"
    cuffs = [entry.at for entry in engine.session.cuffs]
    write_truth_csv(truth, bedside.patient, until=clock.now(), measured=cuffs)
    seconds = time.perf_counter() - begun
    return Simulated(path, truth, engine.session, stage.sealed, seconds, stage.entries)


class _Stage:
    """Steps the clock, the devices, the engine and the clinician in turn."""

    def __init__(
        self,
        clock: SteppedClock,
        bedside: VirtualBedside,
        listen: Callable[[Message], None] | None,
    ) -> None:
        self._listen = listen
        self.entries: list[Entry] = []
        self.sealed = False
        self._clock = clock
        self._bedside = bedside
        self._board = BoardView(0.0)
        self._pulse = Pulse(0.0, 0.0)

    def emit(self, message: Message) -> None:
        """What the window would get."""
        if self._listen is not None:
            self._listen(message)
        match message:
            case Entry():
                self.entries.append(message)
                self._bedside.hear(message.event, message.at)
            case BoardView():
                self._board = message
            case Pulse():
                self._pulse = message
            case _:
                self.sealed = self.sealed or getattr(message, "sealed", False)

    def ask_source(self, source: str, command: AskCuff) -> None:
        """Pass a cuff's start or stop to the virtual device."""
        for device in self._bedside.devices:
            if device.info.id == source:
                device.command(command.action, self._clock.now())

    def play(self, engine: Engine, clinician: ScriptedClinician) -> None:
        """Run until the clinician ends the session."""
        now = second = 0.0
        while not engine.finished and now < LONGEST_SECONDS:
            second_next = second + STEP
            now = min(second_next, max(engine.deadline(), now + 0.001))
            self._clock.at = now
            self._bedside.move_clock(self._clock, now)
            items: list[Delivery] = []
            for device in self._bedside.devices:
                items += device.step(now)
            items.sort(key=lambda item: item.at)
            engine.deliver(items, now)
            engine.tick(now)
            if now >= second_next:
                second = second_next
                commands = clinician.act(now, engine.session, self._board, self._pulse.checks)
                for command in commands:
                    engine.ask(command, now)

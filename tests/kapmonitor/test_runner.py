"""The engine on its thread: only bytes cross the line, whatever a source does."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor import runner as runner_module
from kapmonitor.clock import SessionClock, boot_seconds
from kapmonitor.engine import Engine
from kapmonitor.errors import DeviceError, KapmonitorError
from kapmonitor.messages import Answered, Finished, Message, Observed, Saved
from kapmonitor.ports import Deliver, MachineState, MachineWatch, SourceInfo
from kapmonitor.reading import Link, LinkState, Notice
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.runner import Runner
from tests.kapmonitor.bedside import CUFF, OXIMETER, Bedside, ListeningBoard, RememberingSounder
from tests.kapmonitor.bedside import oximetry as readings
from tests.patience import PATIENCE, wait_until
from ui.headless import run_headless


class ScriptedSource:
    """Delivers what the test hands it; fails where it is told to."""

    def __init__(self, info: SourceInfo, failure: Exception | None = None) -> None:
        self.info = info
        self.failure = failure
        self.asked: list[str] = []
        self.running = asyncio.Event()
        self.deliver: Deliver | None = None

    async def probe(self, wait: bool = False) -> None:
        if isinstance(self.failure, DeviceError):
            raise self.failure

    async def run(self, deliver: Deliver) -> None:
        if self.failure is not None:
            raise self.failure
        deliver([Link(self.info.id, LinkState.UP, 0.0)])
        deliver(readings(0.5, 97.0))
        await asyncio.Event().wait()

    async def ask(self, command: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.asked.append(command)


class Visit:
    """A runner with a real record, and everything it has told so far."""

    def __init__(self, path: Path, machine: MachineWatch | None = None) -> None:
        self.path = path
        self.seen: list[Message] = []
        parts = Bedside()
        self.sounder = RememberingSounder()
        self.runner = Runner(SessionClock(), path.parent, as_bytes=True, machine=machine)
        recorder = Recorder(path, on_saved=self.runner.saved, on_trouble=self.runner.record_trouble)
        self.engine = Engine(
            parts.engine.plan,
            parts.engine.checklist,
            ListeningBoard(),
            self.runner.clock,
            recorder,
            self.sounder,
            self.runner.emit,
            self.runner.ask_source,
        )
        self.runner.open(self.engine, parts.opened)

    def engine_writes(self, event: e.Event) -> None:
        """Wait until the engine has written this, without emptying the inbox."""
        wait_until(
            lambda: any(entry.event == event for entry in list(self.engine.session.entries)),
            str(event),
        )

    def sounds(self, asked: tuple[e.Priority | None, bool]) -> None:
        """Wait until this is what the sounder was asked last."""
        wait_until(lambda: self.sounder.played[-1:] == [asked], f"the sound {asked}")

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """Wait for a message, and fail when it does not come."""
        for message in self.seen:
            if wanted(message):
                return message
        for _ in range(int(PATIENCE / 0.1)):
            self.runner.wait(0.1)
            fresh = self.runner.take()
            self.seen += fresh
            for message in fresh:
                if wanted(message):
                    return message
        raise AssertionError(f"never came; seen: {self.seen[-5:]}")


@pytest.fixture
def visit(tmp_path: Path):
    visit = Visit(tmp_path / "session.kap")
    yield visit
    visit.runner.close()


def test_a_reading_arrives_and_an_event_is_saved(visit: Visit):
    visit.runner.add_source(ScriptedSource(OXIMETER))

    observed = visit.until(lambda m: isinstance(m, Observed))
    assert observed.reading.value == 97.0

    visit.runner.ask(c.AddNote(id="n", text="calm", by="Ana"))
    answer = visit.until(lambda m: isinstance(m, Answered))
    visit.until(lambda m: isinstance(m, Saved) and m.up_to >= answer.entry)
    note = Record.open(visit.path).entries()[answer.entry - 1]
    assert (note.event, note.by) == (e.Note("calm"), "Ana")


def test_the_end_seals_the_record(visit: Visit):
    visit.runner.ask(c.EndSession(id=1, by="Ana"))

    finished = visit.until(lambda m: isinstance(m, Finished))

    assert finished.sealed
    assert Record.open(visit.path).sealed


def test_a_source_that_fails_is_a_link_that_is_down_and_the_visit_goes_on(
    visit: Visit, caplog: pytest.LogCaptureFixture
):
    visit.runner.add_source(ScriptedSource(OXIMETER, ZeroDivisionError("a fault of ours")))
    visit.runner.add_source(ScriptedSource(CUFF, DeviceError("port_gone", port="COM3")))

    broken = visit.until(lambda m: isinstance(m, Link) and m.source == OXIMETER.id)
    gone = visit.until(lambda m: isinstance(m, Link) and m.source == CUFF.id)

    assert (broken.state, broken.reason) == (LinkState.DOWN, "source_failed")
    assert (gone.state, gone.reason) == (LinkState.DOWN, "port_gone")
    visit.runner.ask(c.AddNote(id="still here", text="x", by="Ana"))
    assert visit.until(lambda m: isinstance(m, Answered)).id == "still here"


def test_a_cuff_is_asked_on_the_engines_thread(visit: Visit):
    cuff = ScriptedSource(CUFF)
    visit.runner.add_source(cuff)

    visit.runner.ask(c.AskCuff(id=1, action="start", by="Ana"))
    visit.until(lambda m: isinstance(m, Answered) and m.id == 1)
    visit.runner.ask(c.AddNote(id=2, text="x", by="Ana"))
    visit.until(lambda m: isinstance(m, Answered) and m.id == 2)

    assert cuff.asked == ["start"]


def test_a_cuff_that_refuses_is_told_to_who_asked_and_on_the_record(visit: Visit):
    cuff = ScriptedSource(CUFF)
    visit.runner.add_source(cuff)
    visit.until(lambda m: isinstance(m, Observed))
    cuff.failure = DeviceError("cuff_busy", source=CUFF.id)

    visit.runner.ask(c.AskCuff(id=9, action="start", by="Ana"))

    refused = visit.until(lambda m: isinstance(m, Answered) and m.refused != "")
    assert (refused.id, refused.refused) == (9, "cuff_busy")
    told = visit.until(
        lambda m: (
            isinstance(m, e.Entry)
            and m.event.__class__ is e.CuffCycle
            and m.event.action == "refused"
        )
    )
    assert (told.event.reason, told.by) == ("cuff_busy", "Ana")


def test_a_device_that_is_not_there_is_told_before_the_visit(visit: Visit):
    absent = ScriptedSource(OXIMETER, DeviceError("port_unknown", port="COM9"))

    with pytest.raises(DeviceError, match="port_unknown"):
        visit.runner.probe(absent)


def test_a_window_that_stops_looking_is_told(visit: Visit, monkeypatch: pytest.MonkeyPatch):
    clock = {"now": boot_seconds()}
    monkeypatch.setattr(runner_module, "boot_seconds", lambda: clock["now"])
    visit.runner.watch_window()
    visit.runner.take()

    clock["now"] += 6.0
    visit.engine_writes(e.Trouble("window_hung"))
    visit.runner.take()
    visit.engine_writes(e.Trouble("window_hung_over"))


def test_an_engine_that_dies_sounds_and_keeps_the_record(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    visit.runner.ask(c.AddNote(id="n", text="before", by="Ana"))
    visit.until(lambda m: isinstance(m, Answered))

    def broken(now: float) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(visit.engine, "tick", broken)
    visit.runner._thread.join(PATIENCE)

    assert not visit.runner.alive
    assert visit.sounder.played[-1] == (e.Priority.HIGH, False)
    kinds = [e.event_kind(entry.event) for entry in Record.open(visit.path).entries()]
    assert "note" in kinds
    with pytest.raises(KapmonitorError, match="engine_lost"):
        run_headless(visit.runner, True, None, read_commands=False)


def test_an_engine_that_hangs_is_heard_and_is_on_the_record_when_it_is_back(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
):
    ticking, hanging = visit.engine.tick, threading.Event()

    def stuck(now: float) -> None:
        hanging.wait(PATIENCE)
        ticking(now)

    visit.runner._watchdog._silent_seconds = 0.3
    monkeypatch.setattr(visit.engine, "tick", stuck)
    visit.sounds((e.Priority.HIGH, False))

    hanging.set()

    visit.engine_writes(e.Trouble("engine_lost", None, "stalled"))
    visit.engine_writes(e.Trouble("engine_lost_over"))
    visit.sounds((None, False))


def test_a_command_that_fails_by_a_fault_of_ours_is_answered(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(command: c.AnyCommand, now: float) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(visit.engine, "ask", broken)
    visit.runner.ask(c.AddNote(id="n", text="x", by="Ana"))

    answer = visit.until(lambda m: isinstance(m, Answered))
    assert (answer.id, answer.refused) == ("n", "fault")


class Laptop:
    """A computer whose state a test sets."""

    def __init__(self) -> None:
        self.now = MachineState()
        self.closed = False

    def state(self) -> MachineState:
        return self.now

    def close(self) -> None:
        self.closed = True


def test_a_laptop_that_may_sleep_or_runs_dry_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(runner_module, "CHECK_SECONDS", 0.05)
    laptop = Laptop()
    visit = Visit(tmp_path / "session.kap", laptop)

    laptop.now = MachineState(may_sleep=True, battery_percent=9, charging=False)
    visit.engine_writes(e.Trouble("sleep_risk"))
    notice = visit.until(lambda m: isinstance(m, Notice))
    assert (notice.kind, notice.detail, notice.source) == ("battery", {"percent": 9}, "computer")
    laptop.now = MachineState(may_sleep=False, battery_percent=10, charging=True)
    visit.engine_writes(e.Trouble("sleep_risk_over"))
    visit.engine_writes(e.Trouble("battery_low_over"))
    visit.runner.close()

    assert laptop.closed


def test_a_visit_that_is_only_closed_stays_resumable(tmp_path: Path):
    visit = Visit(tmp_path / "session.kap")
    visit.runner.ask(c.RecordDose(id="d", by="Ana"))
    answer = visit.until(lambda m: isinstance(m, Answered))
    visit.until(lambda m: isinstance(m, Saved) and m.up_to >= answer.entry)

    visit.runner.close()

    record = Record.open(visit.path)
    assert not record.sealed
    assert [e.event_kind(entry.event) for entry in record.entries()][:2] == ["opened", "dose"]

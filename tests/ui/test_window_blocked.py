"""Alarms do not need the window: they are judged, written and heard while its thread is blocked."""

import threading
from pathlib import Path

import pytest

from kapmonitor import commands as c
from kapmonitor import runner as runner_module
from kapmonitor.clock import SessionClock
from kapmonitor.events import Priority
from kapmonitor.record.reading import Record
from kapmonitor.record.signing import InstallationKey
from kapmonitor.runner import Runner
from tests.patience import PATIENCE
from ui.sound import NullSounder
from ui.wiring import load_setting, open_visit, opened_event


class Listener(NullSounder):
    """Tells the moment in which each priority is asked for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = {priority: threading.Event() for priority in Priority}

    def play(self, priority: Priority | None, quiet: bool) -> None:
        super().play(priority, quiet)
        if priority is not None:
            self.heard[priority].set()


def test_a_blocked_window_is_an_alarm_and_a_high_is_heard_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """From the opening on nobody empties the inbox: this thread, the window's, only waits."""
    monkeypatch.setattr(runner_module, "WINDOW_SILENT_SECONDS", 0.3)
    setting, sounder, path = load_setting("in"), Listener(), tmp_path / "session.kap"
    runner = Runner(SessionClock(), tmp_path, as_bytes=True)
    try:
        signer = InstallationKey.generate()
        open_visit(runner, setting, path, sounder, opened_event(setting, "blocked"), signer)
        runner.watch_window()
        assert sounder.heard[Priority.MEDIUM].wait(PATIENCE), "nobody told that the window hangs"

        runner.ask(c.AskCuff(action="enter", systolic=205, diastolic=95, by="Nurse"))
        assert sounder.heard[Priority.HIGH].wait(PATIENCE), "the HIGH waits for the window"
        runner.interrupt()
    finally:
        runner.close()
    raised = [getattr(entry.event, "alarm", "") for entry in Record.open(path).entries()]
    assert {"WINDOW_HUNG", "SBP_EXTREME"} <= set(raised)

"""The window: from process start to the first frame, and from a reading's arrival to its paint."""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from kapmonitor.ports import Deliver, SourceInfo
from kapmonitor.reading import Link, LinkState, Reading
from kapmonitor.vitals import Vital

_BARE = """
import numpy, time
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        print(time.time(), flush=True)
        QApplication.exit(0)
app = QApplication([])
window = Window()
window.show()
app.exec()
"""

# The window's class is replaced at the moment when the program would import it itself.
_DEMO = """
import os, sys, time
import ui.visit
begin = ui.visit.begin
def hooked(*given):
    visit = begin(*given)
    import ui.live.window as live
    class Timed(live.LiveWindow):
        def paintEvent(self, event):
            print(time.time(), flush=True)
            os._exit(0)
    live.LiveWindow = Timed
    return visit
ui.visit.begin = hooked
sys.argv = ["kapmonitor", "--data", sys.argv[1], "demo", "--silent"]
from ui.cli import main
main()
"""

_HOME = """
import os, sys, time
import ui.cli
def hooked():
    import ui.main_window as front
    class Timed(front.MainWindow):
        def paintEvent(self, event):
            print(time.time(), flush=True)
            os._exit(0)
    front.MainWindow = Timed
ui.cli.require_display = hooked
sys.argv = ["kapmonitor", "--data", sys.argv[1]]
ui.cli.main()
"""

OXIMETER = SourceInfo("bench", "contec-cms50-serial", "-", "Bench", (Vital.PULSE_RATE,), True)


def run(short: bool) -> list[dict[str, object]]:
    """Start-up in turn with a bare Qt window; then readings through engine, inbox and tile."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return [*_start_up(2 if short else 7), *_latency(40 if short else 300)]


def _start_up(rounds: int) -> list[dict[str, object]]:
    programs = {"bare": _BARE, "home": _HOME, "demo": _DEMO}
    took: dict[str, list[float]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):
            for name, program in programs.items():
                frame = _first_frame(program, folder)
                if turn:  # the first turn compiles, as an installation has done long before
                    took[name].append(frame)
    bare = took["bare"]
    rows: list[dict[str, object]] = [
        {"name": "a bare Qt and numpy window, to its first frame", "value": median(bare),
         "unit": "ms"}
    ]  # fmt: skip
    for name, words in (("home", "the start page"), ("demo", "the demo")):
        ratio = median(our / its for our, its in zip(took[name], bare, strict=True))
        rows.append({"name": f"{words}, to its first frame", "value": median(took[name]),
                     "unit": "ms", "ratio": ratio})  # fmt: skip
    return rows


def _first_frame(program: str, folder: str) -> float:
    compiled = {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": ""}
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program, f"{folder}/data"],
        capture_output=True, text=True, check=True, env=os.environ | compiled,
    )  # fmt: skip
    return 1000 * (float(done.stdout.splitlines()[0]) - begun)


class _Source:
    """Hands the benchmark the way into the engine."""

    info = OXIMETER

    def __init__(self) -> None:
        self.deliver: Deliver | None = None

    async def probe(self, wait: bool = False) -> None:
        """Always there."""

    async def run(self, deliver: Deliver) -> None:
        import asyncio

        deliver([Link(OXIMETER.id, LinkState.UP, 0.0)])
        self.deliver = deliver
        await asyncio.Event().wait()

    async def ask(self, command: str) -> None:
        """Knows no command."""


def _latency(times: int) -> list[dict[str, object]]:
    from PySide6.QtCore import QEvent, QObject

    from kapmonitor.clock import SessionClock
    from kapmonitor.record.signing import InstallationKey
    from kapmonitor.runner import Runner
    from ui.app import make_application
    from ui.live.window import LiveWindow, WindowOptions
    from ui.sound import NullSounder
    from ui.wiring import load_setting, open_visit, opened_event

    painted: dict[str, float] = {}

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint and pulse.view is not None:
                painted.setdefault(pulse.view.value, time.perf_counter())
            return False

    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        setting = load_setting("in")
        runner = Runner(SessionClock())
        key = InstallationKey.generate()
        opened = opened_event(setting, "bench", simulated=True)
        open_visit(runner, setting, Path(folder) / "bench.kap", NullSounder(), opened, key)
        source = _Source()
        runner.add_source(source)
        window = LiveWindow(runner, WindowOptions(setting.checklist, ("Bench",)))
        window.resize(1366, 768)
        window.show()
        pulse = window.parts.tiles.tiles["pulse"]
        watch = Watch()
        pulse.numeral.installEventFilter(watch)
        dice, waits = random.Random(1), []
        while source.deliver is None:
            app.processEvents()
        for number in range(times):
            value = 60 + number % 40
            painted.pop(str(value), None)
            arrived = time.perf_counter()
            runner._call(source.deliver, [_reading(value, runner.clock.now())])
            give_up = arrived + 2.0
            while str(value) not in painted and time.perf_counter() < give_up:
                app.processEvents()
                time.sleep(0.0002)
            waits.append(1000 * (painted.get(str(value), give_up) - arrived))
            pause = time.perf_counter() + dice.uniform(0.02, 0.06)
            while time.perf_counter() < pause:
                app.processEvents()
                time.sleep(0.001)
        runner.close()
        window.dismiss()
    cuts = quantiles(waits, n=100)
    name = "a reading's arrival at the engine to the paint of its tile"
    return [
        {"name": f"{name}, p50 of {times}", "value": median(waits), "unit": "ms"},
        {"name": f"{name}, p99", "value": cuts[98], "unit": "ms"},
    ]


def _reading(value: int, at: float) -> Reading:
    return Reading(Vital.PULSE_RATE, float(value), at, source=OXIMETER.id)

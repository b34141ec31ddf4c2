"""A shortened visit in the real window, on a virtual bedside, driven by the keyboard alone.

The record, the report and the CSV it leaves are held against what the virtual patient really had.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from devices.virtual import scenarios
from devices.virtual.patient import VirtualPatient
from kapmonitor import events as e
from kapmonitor.export import export
from kapmonitor.record.reading import Record
from kapmonitor.record.verify import verify
from kapmonitor.session import Session, fold
from ui.live.window import LiveWindow, WindowOptions
from ui.verbs.demo import DEMO_DEVICES
from ui.visit import Visit, VisitChoice, begin

# Sixty session seconds in one of ours: the peak of an injection comes after a quarter of a minute.
SPEED = 60.0
SEED, ROUTE, SCENARIO = 3, "im", "hypertension"

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """A demonstration with the cuff and the oximeter of the demo."""
    choice = VisitChoice(
        plan=ROUTE,
        devices=DEMO_DEVICES,
        patient_code="P-WINDOW",
        out=tmp_path / "out",
        silent=True,
        scenario=SCENARIO,
        seed=SEED,
        rate=SPEED,
    )
    visit = begin(choice, tmp_path / "data")
    yield visit
    visit.close()


class Nurse:
    """Presses keys and waits until the window shows what it should."""

    def __init__(self, qtbot, window: LiveWindow) -> None:
        self._qtbot = qtbot
        self.window = window
        self.presses = 0

    @property
    def session(self) -> Session:
        return self.window.model.session

    def press(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.presses += 1
        self._qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        self.presses += len(text)
        self._qtbot.keyClicks(QApplication.focusWidget() or self.window, text)

    def until(self, shown: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(shown)

    def measure(self) -> e.Cuff:
        """Start the cuff and wait for its reading; between two it deflates."""
        before = len(self.session.cuffs)
        if before:
            # Before the dose the plan wants two minutes between two readings.
            rested = self.session.cuffs[-1].at + (120 if self.session.t0 is None else 20)
            self.until(lambda: self.session_time() > rested)
        self.press(Qt.Key.Key_C)
        self.until(lambda: len(self.session.cuffs) > before)
        cuff = self.session.cuffs[-1].event
        assert isinstance(cuff, e.Cuff)
        return cuff

    def ask_before_the_dose(self) -> None:
        """Answer every question of the readiness, a key each, and name who takes the patient."""
        items = self.window.model.readiness.item
        self.press(Qt.Key.Key_V)
        for item in items:
            self.press(Qt.Key.Key_1 if item.wanted == "yes" else Qt.Key.Key_2)
        self.type("M. Sato")
        self.press(Qt.Key.Key_Return)
        self.press(Qt.Key.Key_Return, CONTROL)
        self.until(lambda: len(self.session.readiness) == len(items))

    def end_early(self, why: str) -> None:
        """End before the minimum observation: the panel asks why, and is told."""
        self.press(Qt.Key.Key_E)
        self.press(Qt.Key.Key_Space)
        self.press(Qt.Key.Key_Return, CONTROL)
        early = self.window.panels.end.early
        self.until(lambda: early.isVisible() and bool(self.window.panels.end.problem))
        early.setFocus()
        self.type(why)
        self.press(Qt.Key.Key_Return, CONTROL)

    def session_time(self) -> float:
        """The session time of the engine's last heartbeat."""
        beat = self.window.model.beat
        return 0.0 if beat is None else beat.at


@pytest.fixture
def nurse(qtbot, visit: Visit) -> Nurse:
    """The window of the visit, and somebody at its keyboard."""
    options = WindowOptions(visit.setting.checklist, ("Ana", "Ben"), curves=False)
    window = LiveWindow(visit.runner, options)
    qtbot.addWidget(window, before_close_func=lambda w: w.dismiss())
    window.resize(1366, 768)
    window.show()
    return Nurse(qtbot, window)


def test_a_visit_by_keyboard_from_the_first_reading_to_the_report(nurse: Nurse, visit: Visit):
    nurse.until(lambda: nurse.session.phase is e.Phase.BASELINE)
    nurse.measure()
    nurse.measure()

    nurse.ask_before_the_dose()
    nurse.press(Qt.Key.Key_D)
    nurse.press(Qt.Key.Key_Return, CONTROL)
    nurse.until(lambda: nurse.session.baseline is not None)
    t0 = nurse.session.t0
    assert t0 is not None

    nurse.until(lambda: nurse.session_time() > t0 + 16 * 60)
    nurse.measure()
    nurse.until(lambda: any(a.alarm == "SBP_VHIGH" for a in nurse.session.alarms))
    nurse.press(Qt.Key.Key_P)
    nurse.until(lambda: nurse.session.audio_paused)
    nurse.press(Qt.Key.Key_A)
    nurse.until(lambda: any(a.acknowledged_by == "Ana" for a in nurse.session.alarms))

    nurse.press(Qt.Key.Key_R)
    nurse.press(Qt.Key.Key_5)
    nurse.press(Qt.Key.Key_Return, CONTROL)
    nurse.until(lambda: len(nurse.session.rounds) == 1)
    nurse.press(Qt.Key.Key_N)
    nurse.type("opened her eyes, =1+1")
    nurse.press(Qt.Key.Key_Return, CONTROL)
    nurse.until(lambda: len(nurse.session.notes) == 1)

    nurse.end_early("drill")
    nurse.until(lambda: nurse.window.panel is nurse.window.panels.finished)

    check_record(visit)
    files = export(visit.path, visit.path.parent, ("pdf", "csv"), key=visit.key)
    assert [path.name for path in files][:3] == ["report.pdf", "readings.csv", "events.csv"]
    check_report(files[0], nurse.session)
    check_values(files[1], t0)
    with files[2].open(encoding="utf-8") as file:
        assert "'opened her eyes" in file.read() or "opened her eyes" in files[2].read_text("utf-8")


def check_record(visit: Visit) -> None:
    """Whole, sealed, and the same as what the window showed."""
    assert verify(visit.path, visit.key).whole
    session = fold(Record.open(visit.path, visit.key).entries())
    assert session.opened.simulated
    assert [type(entry.event) for entry in session.doses] == [e.Dose]
    assert session.baseline.cuff_readings == 2
    assert session.rounds[0].event.answers["moaas"] == 5
    assert {entry.by for entry in (*session.doses, *session.rounds, *session.notes)} == {"Ana"}


def check_report(path: Path, session: Session) -> None:
    """The report carries every cuff reading, and says on each page that it is a demonstration."""
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    for text in pages:
        assert "P-WINDOW" in text
        assert "DEMONSTRATION" in text
    whole = "\n".join(pages)
    assert "opened her eyes" in whole
    for entry in session.cuffs:
        assert f"{entry.event.systolic:.0f}" in whole
        assert f"{entry.event.diastolic:.0f}" in whole


def check_values(path: Path, t0: float) -> None:
    """Every live value lies within the device's error of what the patient really had."""
    patient = VirtualPatient(SEED, ROUTE, scenarios.load(SCENARIO))
    patient.dose(t0)
    allowed = {"pulse_rate": 12, "spo2": 3, "systolic": 15, "diastolic": 15}
    true = {"pulse_rate": "pulse", "spo2": "spo2", "systolic": "systolic", "diastolic": "diastolic"}
    checked = dict.fromkeys(allowed, 0)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["vital"]
            if name in allowed and row["quality"] == "good":
                at = float(row["at [s]"])
                # A dose known only now: before it the patient was at rest.
                had = getattr(patient.at(at), true[name])
                assert abs(float(row["value"]) - had) <= allowed[name], row
                checked[name] += 1
    assert checked["pulse_rate"] > 500
    assert checked["systolic"] == 3


RIDE_NAME = 7  # "M. Sato"
EARLY = len("drill") + 1  # a visit that lasts its two hours is not asked


def give_spray(nurse: Nurse) -> None:
    nurse.press(Qt.Key.Key_D)
    nurse.press(Qt.Key.Key_Return, CONTROL)


def start_pump(nurse: Nurse) -> None:
    nurse.press(Qt.Key.Key_I)
    nurse.type("0.9")
    nurse.press(Qt.Key.Key_Tab)
    nurse.press(Qt.Key.Key_Space)


@pytest.mark.parametrize(
    ("route", "give", "presses_to_give"), [("in", give_spray, 2), ("iv", start_pump, 6)]
)
def test_the_main_path_takes_few_presses(qtbot, tmp_path, route, give, presses_to_give):
    """The bound is what a person must say and nothing more.

    A key each: to open the readiness, its answers, the name of the ride, to file it and to close;
    two cuffs; what is given; a first round of one answer (3), an unchanged one (2), an event (1)
    and the end in two steps (3).
    """
    devices = tuple(DEMO_DEVICES)
    choice = VisitChoice(
        plan=route, devices=devices, patient_code="P-KEYS", out=tmp_path / "out", silent=True,
        scenario="ordinary", seed=SEED, rate=SPEED,
    )  # fmt: skip
    visit = begin(choice, tmp_path / "data")
    window = LiveWindow(
        visit.runner, WindowOptions(visit.setting.checklist, ("Ana", "Ben"), curves=False)
    )
    qtbot.addWidget(window, before_close_func=lambda w: w.dismiss())
    window.show()
    nurse = Nurse(qtbot, window)
    try:
        nurse.until(lambda: nurse.session.phase is e.Phase.BASELINE)
        nurse.measure()
        nurse.measure()
        nurse.ask_before_the_dose()
        give(nurse)
        nurse.until(lambda: nurse.session.t0 is not None and window.panel is None)
        nurse.press(Qt.Key.Key_R)
        nurse.press(Qt.Key.Key_5)
        nurse.press(Qt.Key.Key_Return, CONTROL)
        nurse.until(lambda: len(nurse.session.rounds) == 1 and window.panel is None)
        nurse.press(Qt.Key.Key_F3)
        nurse.press(Qt.Key.Key_Return, CONTROL)
        nurse.until(lambda: len(nurse.session.rounds) == 2 and window.panel is None)
        nurse.press(Qt.Key.Key_2)
        nurse.until(lambda: len(nurse.session.notes) == 1)
        nurse.end_early("drill")
        nurse.until(lambda: window.model.finished is not None)
    finally:
        visit.close()

    items = len(visit.setting.readiness.item)
    assert nurse.session.notes[0].event == e.Note("", "toilet")
    assert nurse.presses <= 1 + items + RIDE_NAME + 2 + 2 + presses_to_give + 3 + 2 + 1 + 3 + EARLY

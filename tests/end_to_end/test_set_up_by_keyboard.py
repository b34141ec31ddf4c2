"""A returning patient is set up by keyboard in under a minute, a round as before within 15 s.

Counted are the presses; how long they take a person is the keystroke-level model's, with its worst
typist. What the program itself takes between the presses is measured and told (`pytest -s`), and is
no part of the bound: it is the machine's and not the page's.
"""

import dataclasses
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import events as e
from kapmonitor import settings, staff
from kapmonitor.keys.keys import Keys
from kapmonitor.keys.published import PUBLISHED_KEY
from kapmonitor.plan import load_plan
from kapmonitor.record.folder import make_folder, record_path
from kapmonitor.record.recorder import Recorder
from kapmonitor.settings import LastVisit
from tests.end_to_end.program import PASSPHRASE
from tests.kapmonitor.record.stories import entry
from tests.keystrokes import AVERAGE, WORST, seconds
from ui.main_window import MainWindow
from ui.services import services
from ui.setup.choice import DEMO, Offer

CODE, RIDE, PIN = "P-17", "M. Sato", "4711"
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A clinic with two people, one with a PIN, and one earlier visit of the code.

    The bedside is a virtual one, and so the earlier visit is a training's too.
    """
    staff.add_person(tmp_path, "Ana", "nurse", PIN)
    staff.add_person(tmp_path, "Dr. Ben", "prescriber", "")
    settings.change(tmp_path, last_visit=LastVisit("in", ("Ana", "Dr. Ben"), {}, "Ana"))
    plan, text = load_plan("in")
    opened = e.Opened(
        "k3x9", "kapmonitor", CODE, plan.name, text, "in", True, age_band="40-64", weight_kg=70.5
    )
    keys = Keys(tmp_path, PASSPHRASE)
    keys.for_new()  # a clinic that has had visits has its key, and its recovery key on paper
    keys.recovery_is_kept()
    path = record_path(tmp_path, "k3x9", training=True)
    make_folder(path.parent)
    recorder = Recorder(path, key=PUBLISHED_KEY)
    for one in (
        entry(1, 0.0, opened),
        entry(2, 60.0, e.Dose("in", 56.0, "mg", plan.drug), by="Ana"),
        entry(3, 7300.0, e.Left("sister"), by="Ana"),
        entry(4, 7301.0, e.Ended(), by="Ana"),
    ):
        recorder.put(one)
    assert recorder.flush()
    recorder.close()
    return tmp_path


class Hands:
    """Presses keys where the focus is, and counts them and the decisions before them."""

    def __init__(self, qtbot, window: MainWindow) -> None:
        self._qtbot, self.window = qtbot, window
        self.presses = self.decisions = 0
        self.waited = 0.0

    def press(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.presses += 1
        self.decisions += 1
        self._qtbot.keyClick(self._place, key, modifier)

    def type(self, text: str) -> None:
        """A code, a name, a PIN: one decision, and then a press a letter."""
        self.presses += len(text)
        self.decisions += 1
        self._qtbot.keyClicks(self._place, text)

    def until(self, shown) -> None:
        begun = time.monotonic()
        self._qtbot.waitUntil(shown)
        self.waited += time.monotonic() - begun

    @property
    def _place(self):
        return QApplication.focusWidget() or self.window


@pytest.fixture
def hands(qtbot, data: Path):
    """The window of a clinic whose devices, virtual ones, are known from last time."""
    chosen = [Offer(source, source, remembered=True, chosen=True) for source in DEMO.devices]
    world = dataclasses.replace(
        services(data), remembered=lambda: chosen, scan=list, ports=list, try_sound=lambda: "ok"
    )
    window = MainWindow(world)
    qtbot.addWidget(window, before_close_func=_let_go)
    window.show()
    made = Hands(qtbot, window)
    made.until(window.home._visit.isEnabled)
    window.home.begin()
    yield made
    _let_go(window)


def _let_go(window: MainWindow) -> None:
    if window.live is not None:
        window.live.dismiss()
    window.jobs.close()
    if window._visit is not None:
        window._visit.close()
        window._visit = None


def test_a_returning_patient_is_set_up_in_under_a_minute(hands: Hands):
    window = hands.window
    hands.press(Qt.Key.Key_Space)
    setup = window.setup
    hands.until(lambda: setup.devices.chosen == DEMO.devices and setup.visit.people != {})

    hands.type(CODE)
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: setup.visit.weight.text() == "70.5")
    assert not setup._last_time.isHidden(), "what happened last time is in view"
    hands.press(Qt.Key.Key_Return)
    for item in setup.readiness._form.item:
        hands.press(Qt.Key.Key_1 if item.wanted == "yes" else Qt.Key.Key_2)
    hands.type(RIDE)
    hands.press(Qt.Key.Key_Return, CONTROL)
    hands.until(lambda: window.live is not None and window.live.model.session.locked)
    hands.type(PIN)
    hands.press(Qt.Key.Key_Return)
    live = window.live
    assert live is not None
    items = len(setup.readiness._form.item)
    hands.until(lambda: len(live.model.session.readiness) == items)

    opened = live.model.session.opened
    assert opened is not None
    assert (opened.patient_code, opened.age_band, opened.weight_kg) == (CODE, "40-64", 70.5)
    assert opened.roles == {"Ana": "nurse", "Dr. Ben": "prescriber"}
    assert live.model.session.acting == "Ana"
    ride = live.model.session.readiness["ride"].event
    assert isinstance(ride, e.ReadinessAnswer)
    assert (ride.answer, ride.note) == ("yes", RIDE)
    assert len(live.model.sources) == len(DEMO.devices)

    # Home, code, weight, a key a question, the ride's name, start, PIN: nothing else.
    assert hands.presses == 1 + len(CODE) + 1 + 1 + items + len(RIDE) + 1 + len(PIN) + 1
    took = seconds(hands.presses, hands.decisions, WORST)
    print(
        f"\nset-up of a returning patient: {hands.presses} presses, {hands.decisions} decisions, "
        f"{took:.0f} s for the worst typist, "
        f"{seconds(hands.presses, hands.decisions, AVERAGE):.0f} s for an average one, "
        f"and {hands.waited:.1f} s of the program's own"
    )
    assert took < 60

    live.actions_of_keys.do("dose")
    assert "56 mg" in live.panels.dose._last_time.text(), "and again before the dose"
    assert live.panels.dose._last_time.isVisible()

"""The window on a clock that stands where a test puts it."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.patient_bot import PatientBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@dataclass
class Clock:
    """The window's own clock, in seconds."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def qtbot(qapp, request) -> PatientBot:
    """Takes the place of pytest-qt's own."""
    return PatientBot(request)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_window(qtbot, clock) -> Iterator[Callable]:
    """Opens a live window on messages; it ticks when the test says so."""
    from kapmonitor.checklist import load_checklist
    from kapmonitor.messages import Message
    from ui.live.sample import StillLink
    from ui.live.window import LiveWindow, WindowOptions

    opened: list[LiveWindow] = []

    def make(
        messages: Sequence[Message],
        size=(1366, 768),
        theme="dark",
        staff=("A. Lindqvist, RN",),
        curves=False,
    ) -> LiveWindow:
        link = StillLink(messages)
        options = WindowOptions(
            load_checklist("standard"),
            staff,
            theme=theme,
            clock=clock,
            ticking=False,
            curves=curves,
        )
        window = LiveWindow(link, options)
        qtbot.addWidget(window, before_close_func=lambda w: w.dismiss())
        window.resize(*size)
        window.show()
        window.settle()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.dismiss()
        window.model.finished = window.model.finished or _finished()


def _finished():
    from kapmonitor.messages import Finished

    return Finished("", sealed=True)

"""Work on another thread: what comes of it is told to a widget that is still there."""

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from kapmonitor.errors import KapmonitorError
from kapmonitor.words import sentence
from tests.patience import PATIENCE
from ui.widgets.jobs import Jobs


@pytest.fixture
def jobs(qapp):
    made = Jobs()
    yield made
    made.close()


def test_what_came_of_the_work_is_told_in_order(jobs, qtbot):
    owner = QObject()
    told: list[object] = []

    def refused():
        raise KapmonitorError("no_font")

    def broken():
        raise ValueError("seven")

    jobs.run(owner, lambda: 1, told.append, told.append)
    jobs.run(owner, refused, told.append, told.append)
    jobs.run(owner, broken, told.append, told.append)
    qtbot.waitUntil(lambda: len(told) == 3)

    assert told[:2] == [1, sentence("no_font", {})]
    assert "seven" in str(told[2])


@pytest.mark.parametrize("fails", [False, True])
def test_a_widget_that_is_gone_is_told_nothing(jobs, qtbot, fails):
    """The page was left and deleted while its job ran; the next job is told as ever."""
    page, left = QObject(), threading.Event()
    told: list[str] = []

    def work():
        left.wait(PATIENCE)
        if fails:
            raise ValueError("seven")

    jobs.run(page, work, lambda _done: told.append("gone"), lambda _text: told.append("gone"))
    shiboken6.delete(page)
    left.set()
    jobs.run(jobs, lambda: "there", told.append, told.append)
    qtbot.waitUntil(lambda: bool(told))

    assert told == ["there"]


def test_a_fault_while_telling_one_does_not_lose_the_next(jobs, qtbot):
    go = threading.Event()
    told: list[str] = []

    def fault(_done):
        raise RuntimeError("while telling")

    jobs.run(jobs, lambda: go.wait(PATIENCE), fault, told.append)
    jobs.run(jobs, lambda: "there", told.append, told.append)
    with qtbot.captureExceptions() as raised:
        go.set()
        qtbot.waitUntil(lambda: bool(told))

    assert told == ["there"]
    assert [str(error) for _, error, _ in raised] == ["while telling"]

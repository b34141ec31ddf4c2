"""The visits on the start page: in groups, training apart; and how far a first visit is away."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui.home.visits import EARLIER, RESUMABLE, TODAY, VisitList, grouped
from ui.main_window import MainWindow
from ui.past_visits import _day
from ui.sample_services import sample_services
from ui.services import services
from ui.setup.choice import PastVisit

PATIENCE = 60_000


def visit(path: str, **how) -> PastVisit:
    return PastVisit(path, "2026-11-20 14:02", "sealed", "131 min", **how)


def texts(shown: VisitList) -> list[str]:
    lines = (shown.topLevelItem(place) for place in range(shown.topLevelItemCount()))
    return [line.text(0) if line.text(1) == "" else line.text(1) for line in lines]


def test_what_can_be_resumed_stands_on_top_then_today_then_earlier(qtbot):
    shown = VisitList()
    qtbot.addWidget(shown)
    shown.show_visits([
        visit("a", today=True, patient="P-A"),
        visit("b", today=True, patient="P-B", resumable=True),
        visit("c", patient="P-C"),
        visit("d", patient="P-D", resumable=True),
    ])  # fmt: skip

    assert texts(shown) == [RESUMABLE, "P-B", "P-D", TODAY, "P-A", EARLIER, "P-C"]
    assert (shown.record, shown.resumable) == ("b", True)


def test_a_group_without_visits_has_no_heading():
    assert [heading for heading, _ in grouped([visit("a")])] == [EARLIER]


def test_the_arrow_keys_pass_over_the_headings(qtbot):
    shown = VisitList()
    qtbot.addWidget(shown)
    shown.show_visits([visit("a", resumable=True), visit("b", today=True), visit("c")])
    shown.show()
    reached = [shown.record]
    for _ in range(2):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
        reached.append(shown.record)

    assert reached == ["a", "b", "c"]


def test_no_visit_yet_is_said_and_cannot_be_chosen(qtbot):
    shown = VisitList()
    qtbot.addWidget(shown)
    shown.show_visits([])

    assert (shown.count, shown.record, shown.resumable) == (0, "", False)
    assert texts(shown) == ["No visit has been recorded yet."]


@pytest.fixture
def open_main(qtbot):
    opened = []

    def make(world) -> MainWindow:
        window = MainWindow(world)
        qtbot.addWidget(window, before_close_func=_let_go)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.close_jobs()
        window.errands.trials.close()


def _let_go(window: MainWindow) -> None:
    """End a visit as a closed window would leave it: interrupted."""
    if window.live is not None:
        window.live.dismiss()
        window.live.link.close()
        window.live = None
    if window._visit is not None:
        window._visit.close()
        window._visit = None


def test_training_is_apart_and_marked(open_main, qtbot):
    window = open_main(sample_services())
    home = window.home
    qtbot.waitUntil(lambda: home._past.count == 5, timeout=PATIENCE)
    assert "DEMO" not in texts(home._past)

    home._training.click()
    qtbot.waitUntil(lambda: home._past.count == 2, timeout=PATIENCE)

    assert texts(home._past) == [RESUMABLE, "DEMO", TODAY, "DEMO"]
    assert home._past_title.property("role") == "demo"


def test_a_visit_of_this_day_is_one_of_today():
    """Whatever the computer's zone is."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()

    assert _day(noon, 60) == _day(noon + 3600, 60)
    assert _day(noon, 60) != _day(noon + 11.5 * 3600, 60)
    assert _day(noon, 60) == _day(noon + 11.5 * 3600, 0)
    assert _day(None, 60) is None


def test_the_first_run_leads_to_a_simulated_visit_in_three_clicks(
    open_main, qtbot, tmp_path, monkeypatch
):
    """A fresh data folder and the real services: what asks for a key first asks nothing of it."""
    monkeypatch.setattr("ui.visit.make_sounder", _silent)
    window = open_main(replace(services(tmp_path), scan=list, ports=list))
    qtbot.waitUntil(lambda: not window.jobs.busy, timeout=PATIENCE)
    clicks = 0
    for wanted in (window.home._demo,):
        assert wanted.isVisible()
        qtbot.mouseClick(wanted, Qt.MouseButton.LeftButton)
        clicks += 1
    qtbot.waitUntil(lambda: window.live is not None, timeout=PATIENCE)
    live = window.live
    qtbot.waitUntil(lambda: live.model.session.opened is not None, timeout=PATIENCE)
    QApplication.processEvents()

    assert live.model.session.opened.simulated
    assert clicks <= 3


def _silent(*_given):
    from ui.sound import NullSounder

    return NullSounder()

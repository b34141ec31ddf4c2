"""A commanded cuff in the real window, by keyboard alone: started, seen inflating, stopped."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor import events as e
from ui.live.window import LiveWindow, WindowOptions
from ui.visit import VisitChoice, begin


@pytest.mark.parametrize("name", ["jamr-bpm188", "suntech-nibp"])
def test_a_cuff_is_started_seen_and_stopped_by_keyboard(qtbot, tmp_path, name):
    choice = VisitChoice(plan="im", devices=(f"virtual:{name}",), silent=True, rate=4.0)
    visit = begin(choice, tmp_path / "data")
    try:
        window = LiveWindow(visit.runner, WindowOptions(staff=("Ana",), curves=False))
        qtbot.addWidget(window, before_close_func=lambda w: w.dismiss())
        window.show()
        model = window.model
        qtbot.waitUntil(lambda: model.beat is not None and model.beat.at > 4.0)

        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_C)
        tile = window.parts.tiles.tiles["systolic"]
        qtbot.waitUntil(lambda: tile.view is not None and tile.view.note.startswith("cuff "))
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F4)

        def cycles() -> list[tuple[str, str]]:
            found = [entry.event for entry in model.session.entries]
            return [(c.action, c.reason) for c in found if isinstance(c, e.CuffCycle)]

        qtbot.waitUntil(lambda: "ended" in [action for action, _ in cycles()])
        assert [action for action, _ in cycles()][:2] == ["asked_start", "started"]
        assert "asked_stop" in [action for action, _ in cycles()]
        assert not model.session.cuffs
    finally:
        visit.close()

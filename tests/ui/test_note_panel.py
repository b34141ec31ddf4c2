"""The note panel: what was begun and not filed is there again, what was filed is not."""

import pytest

from kapmonitor.messages import Answered
from ui.live import sample


@pytest.fixture
def writing(open_window, qtbot):
    """A note half written."""
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("note")
    qtbot.keyClicks(window.panels.note._text, "she says that")
    return window


def test_a_note_that_was_closed_half_written_is_there_again(writing):
    writing.close_panel()
    writing.actions_of_keys.do("note")

    assert writing.panels.note._text.toPlainText() == "she says that"
    assert not writing.panels.note._begun.isHidden()


def test_a_filed_note_is_not_offered_again(writing):
    writing.panels.note.submit()
    writing.link.waiting.append(Answered(writing.link.asked[-1].id, 99))
    writing.tick()
    assert writing.panel is None
    writing.actions_of_keys.do("note")

    assert writing.panels.note._text.toPlainText() == ""
    assert writing.panels.note._begun.isHidden()


def test_a_refused_note_stays(writing):
    writing.panels.note.submit()
    refused = Answered(writing.link.asked[-1].id, 0, "in_the_future", {"seconds": 30})
    writing.link.waiting.append(refused)
    writing.tick()

    assert writing.panels.note._text.toPlainText() == "she says that"

"""A device that is being paired asks for its digits in the window, and nothing else stops."""

import pytest

from kapmonitor.commands import GivePasskey
from kapmonitor.messages import Answered, PasskeyWanted
from ui.live import sample

CUFF = "C0:00:00:00:00:11"


@pytest.fixture
def visit(open_window):
    return open_window(sample.typical()[0])


def tell(window, *messages) -> None:
    window.link.waiting.extend(messages)
    window.tick()


def given(window) -> list[int | None]:
    return [c.passkey for c in window.link.asked if isinstance(c, GivePasskey)]


def test_the_panel_opens_by_itself_and_the_digits_go_to_the_device(visit):
    tell(visit, PasskeyWanted(CUFF))
    panel = visit.panels.passkey
    assert visit.panel is panel
    assert CUFF in panel._device.text()

    panel.digits.setText("0718")
    panel.submit()
    assert "six digits" in panel.problem
    panel.digits.setText("027182")
    panel.submit()
    assert given(visit) == [27182]

    tell(visit, Answered(visit.link.asked[-1].id), PasskeyWanted(CUFF, wanted=False))
    assert visit.panel is None
    assert given(visit) == [27182]


def test_a_panel_that_is_closed_refuses_once(visit):
    tell(visit, PasskeyWanted(CUFF))
    visit.close_panel()
    visit.show_texts(0.0)

    assert visit.panel is None
    assert given(visit) == [None]


def test_what_is_being_written_is_not_pushed_aside(visit):
    visit.actions_of_keys.do("note")
    tell(visit, PasskeyWanted(CUFF))
    assert visit.panel is visit.panels.note

    visit.close_panel()
    visit.show_texts(0.0)
    assert visit.panel is visit.panels.passkey


def test_a_question_that_is_over_closes_its_panel(visit):
    tell(visit, PasskeyWanted(CUFF), PasskeyWanted(CUFF, wanted=False))
    assert visit.panel is None
    tell(visit, PasskeyWanted(CUFF))
    tell(visit, PasskeyWanted(CUFF, wanted=False))

    assert visit.panel is None
    assert given(visit) == []

"""The top bar: names that are too long lose their middle; nothing of them is lost to the reader."""

import pytest

from ui.live import sample
from ui.live.top_bar import shortened

LONG = "Maximiliane Hohenstein-Oberdörffer, RN"


@pytest.mark.parametrize("most", [8, 12, 16, 20])
def test_a_short_form_keeps_both_ends(most):
    short = shortened(LONG, most)

    assert len(short) <= most
    assert short.startswith("Max")
    assert short.endswith("RN")
    assert short.count("…") == 1


def test_a_name_that_fits_is_left_alone():
    assert shortened("A. Lindqvist, RN", 16) == "A. Lindqvist, RN"


def test_the_whole_name_is_in_the_tool_tip_and_spoken(open_window):
    window = open_window(sample.worst()[0], staff=(LONG,))
    top = window.parts.top

    assert top._patient.text() == "P-HOHENS…31-0007"
    for part, whole in ((top._patient, "P-HOHENSTEIN-2031-0007"), (top._person, LONG)):
        assert "…" in part.text()
        assert whole in part.toolTip()
        assert whole in part.accessibleName()


def test_a_person_with_a_name_alike_is_told(open_window):
    """Two names with the same short form: the tool tip goes with the person."""
    from msgspec import structs

    window = open_window(sample.typical()[0])
    top = window.parts.top
    first, second = "Maximiliane A. Hohenstein, RN", "Maximiliane B. Hohenstein, RN"
    assert shortened(first, 20) == shortened(second, 20)
    view = top._view
    for name in (first, second):
        top.show_view(structs.replace(view, person=name))

        assert name in top._person.toolTip()
        assert name in top._person.accessibleName()

"""Oxygen, medicine and pump in the window."""

import msgspec
import pytest
from PySide6.QtCore import Qt

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.plan import plan_for_route
from ui.live import sample


@pytest.fixture
def visit(open_window):
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("given")
    return window


def test_oxygen_is_asked_for_and_then_stands_beside_the_saturation(visit):
    visit.panels.given.litres.setText("2")
    visit.panels.given.submit()

    (asked,) = visit.link.asked
    assert isinstance(asked, c.GiveOxygen)
    assert asked.litres == 2
    visit.link.waiting.append(e.Entry(99, 3350.0, 0, 0, e.Oxygen(2.0)))
    visit.tick()
    assert visit.model.session.oxygen == 2


def test_oxygen_without_a_number_is_refused_at_its_field(visit):
    visit.panels.given.give_oxygen()

    assert visit.link.asked == []
    assert visit.panels.given.problem


def test_a_medicine_is_asked_for_with_dose_and_route(visit):
    given = visit.panels.given
    given.drug.setText("ondansetron")
    given.amount.setText("4 mg")
    given.route.setText("po")
    given.submit()
    assert (visit.link.asked[0].drug, visit.link.asked[0].dose) == ("ondansetron", "4 mg")


def test_enter_files_the_oxygen(visit, qtbot):
    """A nurse types 2, presses Enter and goes back to the patient: it must stand in the record."""
    qtbot.keyClicks(visit.panels.given.litres, "2")
    qtbot.keyClick(visit.panels.given.litres, Qt.Key.Key_Return)

    assert [(type(asked), asked.litres) for asked in visit.link.asked] == [(c.GiveOxygen, 2)]


def test_enter_goes_through_the_fields_of_a_medicine_and_files_it(visit, qtbot):
    given = visit.panels.given
    for field, text in ((given.drug, "ondansetron"), (given.amount, "4 mg"), (given.route, "iv")):
        assert visit.link.asked == []
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)

    (asked,) = visit.link.asked
    assert (asked.drug, asked.dose, asked.route) == ("ondansetron", "4 mg", "iv")


@pytest.mark.parametrize(("route", "offered"), [("in", False), ("sl", False), ("iv", True)])
def test_the_pump_is_offered_where_the_route_has_one_and_by_its_key(open_window, route, offered):
    """The fields of a pump stood beside a nasal spray."""
    plan, text = plan_for_route(route)
    scribe = sample.Scribe()
    scribe.write(msgspec.structs.replace(sample.opened(), plan=plan.name, plan_text=text), 0.0)
    window = open_window([*sample.links(), *scribe.entries, sample.beat(400.0)])
    window.actions_of_keys.do("given")
    window.settle()
    given = window.panels.given
    assert (not given.rate.isHidden()) is offered

    window.actions_of_keys.do("pump")
    window.settle()
    assert not given.rate.isHidden()


def test_enter_where_there_are_several_buttons_says_that_nothing_was_filed(visit, qtbot):
    visit.actions_of_keys.do("pump")
    given = visit.panels.given
    qtbot.keyClicks(given.rate, "0.5")
    qtbot.keyClick(given.rate, Qt.Key.Key_Return)

    assert visit.link.asked == []
    assert given.problem == "Not filed yet: press one of Start / Change the rate / Stop."
    given.submit()
    assert visit.link.asked == [], "a rate is no medicine"
    assert given.problem.startswith("Not filed yet")

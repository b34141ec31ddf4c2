"""A clinic that reads pressures in kPa: every screen, what is typed in, and what is kept."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from kapmonitor import regional, words
from kapmonitor.commands import AskCuff, SetLimit
from kapmonitor.plan import load_plan
from tests.ui.said import every_screen
from ui.live import sample
from ui.live.panels.fields import NumberField
from ui.live.trend_views import CURVES, axis_lines
from ui.output import as_text
from ui.settings.language import LanguageSection
from ui.settings.plans import PlansSection

# 120/80 or 162 kPa: pressures that nobody converted. A number's source keeps its own unit.
UNCONVERTED = re.compile(r"mmHg|\b\d{2,3}/\d{2,3}\b|\b\d{2,3} kPa")
SOURCE = re.compile(r"Source: .*|SPRAVATO US.*")


@pytest.fixture(autouse=True)
def in_kilopascals() -> Iterator[None]:
    words.use_language("en", regional.KPA)
    yield
    words.use_language("en", regional.MMHG)


@pytest.fixture
def field(qtbot) -> NumberField:
    made = NumberField("Systolic", regional.MMHG, 50, 270, required=True)
    qtbot.addWidget(made)
    return made


def test_no_screen_shows_a_pressure_in_mmhg(qapp: QApplication) -> None:
    wrong, in_kpa = set(), 0
    for name, window, said in every_screen():
        # Where the unit is chosen, both are named.
        choice = {text for w in window.findChildren(LanguageSection) for text in _all(w)}
        for text in set(said) - choice:
            in_kpa += "kPa" in text
            if UNCONVERTED.search(SOURCE.sub("", text)):
                wrong.add(f"{name}: {text}")

    assert in_kpa > 50
    assert sorted(wrong) == []


def _all(section: LanguageSection) -> Iterator[str]:
    from tests.ui.said import texts_of

    yield from texts_of(section)


def test_a_pressure_typed_in_kilopascals_is_kept_in_whole_mmhg(field: NumberField) -> None:
    # By hand: 16.3 / 0.133322 = 122.26.
    field.type("16.3")
    assert field.checked() == (True, 122.0)

    field.type("16,3")
    assert field.checked() == (True, 122.0)


def test_a_pressure_beyond_what_can_be_is_refused_in_kilopascals(field: NumberField) -> None:
    field.type("122")

    assert field.checked() == (False, None)
    # 50 and 270 mmHg are 6.67 and 36.0 kPa.
    assert field.wrong == "6.7 to 36.0"
    # What stands there as the edge may be typed.
    field.type("36.0")
    assert field.checked() == (True, 270.0)


def test_a_cuff_reading_by_hand_is_asked_for_in_mmhg(open_window) -> None:
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("enter_cuff")
    panel = window.panels.cuff
    panel.fields["systolic"].type("18.7")
    panel.fields["diastolic"].type("12.0")
    panel.submit()

    asked = [command for command in window.link.asked if isinstance(command, AskCuff)]
    # By hand: 18.7 kPa is 140.26 mmHg, 12.0 kPa is 90.01.
    assert [(command.systolic, command.diastolic) for command in asked] == [(140.0, 90.0)]


def test_a_limit_is_set_in_mmhg(open_window) -> None:
    window = open_window(sample.typical()[0])
    window.actions_of_keys.do("limits")
    card = window.panels.limits.cards["SBP_HIGH"]
    card.change.click()
    card.editor.number.type("22.7")
    card.editor.reason.setText("watched")
    card.editor.submit()

    asked = [command for command in window.link.asked if isinstance(command, SetLimit)]
    # By hand: 22.7 kPa is 170.26 mmHg.
    assert [command.limit for command in asked] == [170.0]


def test_the_axis_has_lines_at_whole_kilopascals() -> None:
    pressure = next(spec for spec in CURVES if spec.key == "pressure")

    found = axis_lines(pressure, 40.0, 200.0)

    # 200 mmHg are 26.7 kPa and 40 are 5.3.
    assert [name for _, name in found] == ["10", "15", "20", "25"]
    assert found[0][0] == pytest.approx(75.0, abs=0.01)


def test_a_line_of_text_is_in_kilopascals_and_what_machines_read_is_not() -> None:
    line = {"at": 3.0, "vital": "systolic", "value": 120.0, "unit": "mmHg"}

    assert as_text(line) == "      3.0 s  systolic  16.0  kPa"
    assert as_text({"at": 3.0, "alarm": "SBP_HIGH", "value": 162.0, "limit": 160.0}) == (
        "      3.0 s  SBP_HIGH  21.6  limit=21.3"
    )
    assert line["value"] == 120.0


def test_the_gate_of_a_plan_is_edited_in_kilopascals_and_kept_in_mmhg(qtbot) -> None:
    from ui.sample_services import sample_services
    from ui.widgets.jobs import Jobs

    section = PlansSection(sample_services(), Jobs())
    qtbot.addWidget(section)
    plan, _ = load_plan("in")
    section.show_plan(plan)

    # The SPRAVATO gate of 140 mmHg is 18.67 kPa.
    assert section.fields["predose.systolic"].text() == "18.7"
    assert section.typed()["predose.systolic"] == "140"

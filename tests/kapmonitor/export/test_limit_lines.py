"""The limits that the report draws are those that were in force."""

import math

import pytest

from alarms import presets
from kapmonitor.events import Baseline, Dose, LimitChanged, Priority
from kapmonitor.export.limit_lines import averaging, limit_lines, names_all, preset_name
from kapmonitor.session import fold
from tests.kapmonitor.export.pdf_visits import LIMITS, entries, opened


def steps(text, *told):
    session = fold(entries((0.0, opened()), *told))
    return {(line.alarm, line.quantity): line.steps for line in limit_lines(text, session)}


def test_an_absolute_limit_holds_from_the_beginning():
    assert steps(LIMITS)["SPO2_LOW", "spo2"] == ((0.0, math.inf, 90.0),)


def test_a_rise_begins_with_the_dose_and_counts_from_the_baseline():
    found = steps(LIMITS, (60.0, Dose("in", 56.0, "mg")), (60.0, Baseline(120.0, 80.0, 70, 97, 2)))

    assert found["BP_RISE", "systolic"] == ((60.0, math.inf, 160.0),)
    assert found["BP_RISE", "diastolic"] == ((60.0, math.inf, 105.0),)


def test_without_a_baseline_there_is_no_rise():
    found = steps(LIMITS, (60.0, Dose("in", 56.0, "mg")), (60.0, Baseline(None, None, 70, 97, 0)))

    assert ("BP_RISE", "systolic") not in found
    assert ("SBP_VHIGH", "systolic") in found


def test_a_changed_limit_steps_and_one_switched_off_ends():
    found = steps(
        LIMITS,
        (100.0, LimitChanged("SPO2_LOW", 90.0, 92.0)),
        (200.0, LimitChanged("SPO2_LOW", 92.0, None)),
        (300.0, LimitChanged("SPO2_LOW", None, 88.0)),
    )

    assert found["SPO2_LOW", "spo2"] == (
        (0.0, 100.0, 90.0),
        (100.0, 200.0, 92.0),
        (300.0, math.inf, 88.0),
    )


def test_the_programs_own_preset_is_understood():
    """As the record keeps it: every physiological row that is on, and none that is off."""
    text = alarms_default()
    found = {line.alarm: line for line in limit_lines(text, fold(entries((0.0, opened()))))}

    assert found["SBP_VHIGH"].priority is Priority.MEDIUM
    assert found["SPO2_DESAT"].value == 85
    assert "RPP_HIGH" not in found
    assert preset_name(text) == "default 1"


def test_a_record_keeps_a_clinics_preset_whole():
    """The clinic's file names one limit; the record's text names all, and is read alike."""
    session = fold(entries((0.0, opened())))
    preset = presets.parse('name = "ours"\naveraging = 8\n[[limit]]\nid = "PR_HIGH"\nvalue = 130\n')
    ours = {line.alarm: line for line in limit_lines(preset.text, session)}
    default = {line.alarm: line for line in limit_lines(alarms_default(), session)}

    assert ours.keys() == default.keys()
    assert [name for name in ours if ours[name] != default[name]] == ["PR_HIGH"]
    assert ours["PR_HIGH"].value == 130
    assert (preset_name(preset.text), averaging(preset.text)) == ("ours 1", 8)
    assert names_all(preset.text)
    assert not names_all(alarms_default())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        "limit = 5",
        "limit = [1, 2]",
        '[[limit]]\nid = "SPO2_LOW"\nvalue = 90',
        '[[limit]]\nid = 5\nvital = "spo2"\ncondition = "<"\nvalue = 90\npriority = "medium"',
        '[[limit]]\nid = "A"\nvital = "spo2"\ncondition = "<"\nvalue = "90"\npriority = "low"',
        '[[limit]]\nid = "A"\nvital = "spo2"\ncondition = "<"\nvalue = 90\npriority = "urgent"',
    ],
)
def test_what_is_not_understood_is_left_out(text):
    assert steps(text) == {}


def alarms_default() -> str:
    from importlib import resources

    return (resources.files("alarms.presets") / "default.toml").read_text(encoding="utf-8")

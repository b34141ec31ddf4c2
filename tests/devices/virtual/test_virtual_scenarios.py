"""The scenarios: every effect shows in the truth or on the devices, and wrong data is refused."""

import re
from collections.abc import Callable

import pytest

from devices.virtual import scenarios
from devices.virtual.haemodynamics import EFFECTS, ROUTES
from devices.virtual.patient import VirtualPatient
from kapmonitor.errors import PlanError, UsageError

Truth = Callable[[str, float], float]


def truth_of(name: str, route: str = "in") -> Truth:
    """Asks the truth of a scenario by vital and minute after the dose."""
    patient = VirtualPatient(11, route, scenarios.load(name))
    patient.dose(0.0)
    return lambda vital, minute: float(getattr(patient.at(minute * 60), vital))


def seconds_with(name: str, vital: str, below: float) -> list[float]:
    """For how long at a time the truth of a scenario is below a limit, in seconds."""
    truth, runs, inside = truth_of(name), [0.0], False
    for second in range(7200):
        low = truth(vital, second / 60) < below
        if low and not inside:
            runs.append(0.0)
        runs[-1] += low
        inside = low
    return runs[1:]


@pytest.mark.parametrize("route", ROUTES)
def test_hypertension_is_there_on_every_route_at_its_peak(route: str) -> None:
    """Above 180 for long enough that two readings in a row find it, then back."""
    truth, peak = truth_of("hypertension", route), EFFECTS[route].peak_min.mean

    assert all(truth("systolic", peak + m) > 180 for m in range(-10, 16))
    assert truth("systolic", peak + 30) < 150
    assert truth("systolic", 0) < 130


def test_threshold_rises_past_the_label_without_absolute_danger() -> None:
    """More than 40/25 over the baseline, yet below 160/100."""
    truth = truth_of("threshold")

    assert truth("systolic", 40) - truth("systolic", 0) > 40
    assert truth("diastolic", 40) - truth("diastolic", 0) > 25
    assert truth("systolic", 40) < 160
    assert truth("diastolic", 40) < 100


def test_brief_dips_end_within_fifteen_seconds() -> None:
    """Below 90 % for less than the alarm's delay, six times."""
    dips = seconds_with("desaturation_brief", "spo2", 90)

    assert len(dips) == 6
    assert all(4 < dip < 15 for dip in dips)


def test_desaturations_last_over_a_minute() -> None:
    """One below 88 but not below 85 %, one below 85 %."""
    assert seconds_with("desaturation", "spo2", 88)[0] >= 60
    assert seconds_with("desaturation", "spo2", 85) == []
    assert seconds_with("deep_desaturation", "spo2", 85)[0] >= 60


def test_the_pulse_leaves_its_limits_and_returns() -> None:
    """Bradycardia below 50 but not 40, tachycardia above 120 but not 140."""
    slow, fast = truth_of("bradycardia"), truth_of("tachycardia")

    assert all(40 < slow("pulse", m) < 50 for m in (30, 31, 32, 33))
    assert all(120 < fast("pulse", m) < 140 for m in (20, 22, 24, 25))
    assert slow("pulse", 40) > 55
    assert fast("pulse", 40) < 100


def test_a_high_pressure_is_still_high_at_the_next_scheduled_reading() -> None:
    """With nasal spray the readings at 40 and 60 minutes are high, the one at 90 is not."""
    truth = truth_of("high_then_later")

    assert truth("systolic", 40) > 180
    assert truth("systolic", 60) > 180
    assert truth("systolic", 92) < 150
    assert scenarios.load("high_then_later").has("no_repeat")


def test_sedation_shows_in_the_state() -> None:
    """Answers only to prodding at 40 minutes, breathes slowly, and is awake again at 60."""
    patient = VirtualPatient(11, "in", scenarios.load("sedation"))
    patient.dose(0.0)

    deep, later = patient.state(40 * 60), patient.state(60 * 60)
    assert (deep["moaas"], deep["respiratory_rate"]) == (2, 10)
    assert later["moaas"] >= 4


@pytest.mark.parametrize(
    ("name", "kind", "inside", "outside"),
    [
        ("motion", "motion", 16, 14),
        ("dropout", "dropout", 30, 32),
        ("frozen", "frozen", 34, 36),
        ("link_loss", "link_loss", 27, 29),
        ("cuff_errors", "cuff_error", 5, 0.5),
        ("cuff_clock", "clock_offset", 5, -1),
        ("clock_jump", "wall_clock", 30.5, 29),
        ("sources_disagree", "miscount", 44, 46),
    ],
)
def test_what_happens_to_the_devices_has_its_time(
    name: str, kind: scenarios.Kind, inside: float, outside: float
) -> None:
    """In force at one minute after the dose, not at another."""
    patient = VirtualPatient(11, "in", scenarios.load(name))
    patient.dose(600.0)

    assert patient.active(kind, 600 + 60 * inside)
    assert not patient.active(kind, 600 + 60 * outside)


def test_no_scenario_but_the_ordinary_depends_on_luck() -> None:
    """Two seeds give the same pressures in all scripted scenarios, but for the slow wandering."""
    for name in scenarios.names():
        peaks = {VirtualPatient(seed, "in", scenarios.load(name)).peak_systolic for seed in (1, 2)}
        assert (len(peaks) == 1) is (name != "ordinary"), name


def test_every_scenario_tells_what_it_is_and_what_to_expect() -> None:
    """One line of description; alarms by the names of the default table, in a possible span."""
    for name in scenarios.names():
        scenario = scenarios.load(name)
        assert scenario.name == name
        assert len(scenario.description) > 20
        for event in scenarios.true_events(scenario, 40.0):
            assert re.fullmatch(r"[A-Z0-9_]+", event.alarm)
            assert 0 <= event.from_min < event.to_min <= 120


def test_expected_alarms_move_with_the_peak() -> None:
    """What hangs on the peak is expected earlier after an injection."""
    hypertension = scenarios.load("hypertension")

    assert scenarios.true_events(hypertension, 40.0)[0].from_min == 30
    assert scenarios.true_events(hypertension, 17.0)[0].from_min == 7


def test_a_wrong_name_lists_the_names() -> None:
    """So that the command line can say what there is."""
    with pytest.raises(UsageError) as error:
        scenarios.load("hypertnesion")
    assert error.value.code == "unknown_scenario"
    assert error.value.facts["name"] == "hypertnesion"
    known = error.value.facts["known"]
    assert isinstance(known, list)
    assert {"ordinary", "hypertension", "clock_jump"} <= set(known)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[a]\ndescription = 3', "$[...].description"),
        ('[a]\ndescription = "x"\ncolour = "red"', "colour"),
        ('[a]\ndescription = "x"\neffects = [{kind="flood", start_min=1, duration_min=1}]', "kind"),
        ('[a]\ndescription="x"\neffects = [{kind="level", start_min=1, duration_min=1}]', "vital"),
        ('[a]\ndescription="x"\neffects=[{kind="cuff_error",start_min=1,duration_min=1}]', "seq"),
        ("[a\n", "line 1"),
    ],
)  # fmt: skip
def test_wrong_data_is_refused_with_its_place(text: str, place: str) -> None:
    """A scenario file that is wrong says where."""
    with pytest.raises(PlanError) as error:
        scenarios.parse(text)
    assert place in str(error.value.facts["reason"])

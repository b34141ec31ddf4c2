"""The virtual patient: drawn by the seed, after published distributions, changed by scenarios."""

import pytest

from devices.virtual import scenarios
from devices.virtual.haemodynamics import ROUTES
from devices.virtual.patient import VirtualPatient
from kapmonitor.errors import UsageError

DOSE = 600.0


def dosed(seed: int, route: str = "in", scenario: str = "ordinary") -> VirtualPatient:
    """A patient who was given the dose ten minutes into the session."""
    patient = VirtualPatient(seed, route, scenarios.load(scenario))
    patient.dose(DOSE)
    return patient


def minute(value: float) -> float:
    """Session time of a minute after the dose."""
    return DOSE + 60 * value


def test_the_same_seed_is_the_same_person_whenever_asked() -> None:
    """Looking at the patient more often, or in another order, changes nothing."""
    one, other = dosed(7), dosed(7)
    for second in range(3000):
        one.at(second)

    times = [minute(m) for m in (90, 0, 40, 20)]
    assert [one.at(t) for t in times] == [other.at(t) for t in times]
    assert [one.state(t) for t in times] == [other.state(t) for t in times]
    assert one.at(minute(40)) != dosed(8).at(minute(40))


def test_values_of_a_seed_do_not_change_between_versions() -> None:
    """A seed in a bug report gives the same patient on every platform and in a later version."""
    truth = dosed(1).at(minute(40))

    assert (round(truth.systolic, 1), round(truth.diastolic, 1)) == (150.8, 85.7)
    assert (round(truth.pulse, 1), round(truth.spo2, 1)) == (83.3, 95.9)


def test_without_a_dose_nothing_rises() -> None:
    """An hour of rest stays within the slow wandering of a resting person."""
    patient = VirtualPatient(4, "im", scenarios.load("hypertension"))

    for second in range(0, 3600, 10):
        truth = patient.at(second)
        assert abs(truth.systolic - patient.baseline.systolic) < 4
        assert abs(truth.pulse - patient.baseline.pulse) < 4
        assert patient.state(second)["moaas"] == 5


def test_the_first_dose_starts_the_course() -> None:
    """A second spray device five minutes later does not start it anew; a withdrawn dose ends it."""
    patient = VirtualPatient(2, "in")
    patient.dose(100.0)
    patient.dose(400.0)
    assert patient.dosed_at == 100.0

    patient.undose()
    assert patient.since_dose(1000.0) is None


@pytest.mark.parametrize(
    ("route", "earliest", "latest"),
    [("in", 28, 55), ("iv", 26, 50), ("im", 10, 28), ("sl", 30, 72), ("sc", 24, 52)],
)
def test_a_route_has_its_own_time_of_peak(route: str, earliest: float, latest: float) -> None:
    """IM peaks within half an hour, the others around 40 minutes: one schedule does not fit all."""
    peaks = []
    for seed in range(30):
        patient = dosed(seed, route)
        rises = {m: patient.at(minute(m)).systolic for m in range(0, 120, 2)}
        if patient.peak_systolic > 12:
            peaks.append(max(rises, key=lambda m: rises[m]))

    assert len(peaks) >= 5
    assert earliest < sum(peaks) / len(peaks) < latest


@pytest.mark.parametrize("route", ROUTES)
def test_the_effect_is_nearly_gone_at_the_end(route: str) -> None:
    """Published: back in the range before the dose after one and a half to three hours."""
    for seed in range(20):
        patient = dosed(seed, route)
        rise = patient.at(minute(185)).systolic - patient.baseline.systolic
        assert rise < 3 + 0.25 * patient.peak_systolic


def test_large_rises_are_as_frequent_as_published() -> None:
    """Esketamine spray, 18-64 years, eight sessions: 8 % reach +40 systolic, 13 % +25 diastolic.

    Those are the US label's figures for "at least once"; the distribution alone gives 7 and 11 %.
    """
    patients, sessions = 300, 8
    systolic = diastolic = 0
    rises = []
    for patient in range(patients):
        visits = [VirtualPatient(1000 * patient + visit, "in") for visit in range(sessions)]
        systolic += any(visit.peak_systolic >= 40 for visit in visits)
        diastolic += any(visit.peak_diastolic >= 25 for visit in visits)
        rises += [visit.peak_systolic for visit in visits]

    assert 0.04 <= systolic / patients <= 0.11
    assert 0.07 <= diastolic / patients <= 0.17
    # Doherty 2020: mean of individual maxima 13.3 mmHg.
    assert sum(rises) / len(rises) == pytest.approx(13.3, abs=0.6)


def test_the_truth_reaches_the_peak_that_was_drawn() -> None:
    """The rise at the time of peak is the session's peak, but for the slow wandering."""
    for seed in range(20):
        patient = dosed(seed)
        top = patient.at(minute(patient.peak_min)).systolic - patient.baseline.systolic
        assert top == pytest.approx(patient.peak_systolic, abs=2.5)


def test_an_eligible_patient_may_be_dosed() -> None:
    """Before the dose pressures are below 140/90; the gate needs patients who are not."""
    eligible = [VirtualPatient(seed, "in").baseline for seed in range(200)]
    assert all(b.systolic < 140 and b.diastolic < 90 for b in eligible)

    anyone = [VirtualPatient(seed, "in", eligible=False).baseline for seed in range(200)]
    assert any(b.systolic >= 140 or b.diastolic >= 90 for b in anyone)


def test_dissociation_comes_and_goes() -> None:
    """Two thirds dissociate; it is there by 40 minutes, gone after two hours, and adds up."""
    noticed = 0
    for seed in range(100):
        patient = dosed(seed)
        middle, late = patient.state(minute(40)), patient.state(minute(170))
        noticed += middle["dissociation"] >= 3
        assert 0 <= middle["dissociation"] <= 24
        assert middle["dissociation"] == sum(v for k, v in middle.items() if k.startswith("probe_"))
        assert late["dissociation"] == 0
        assert late["moaas"] == 5
    assert 45 <= noticed <= 80


def test_an_unknown_route_is_refused_with_the_known_ones() -> None:
    """A typing mistake names what would have been right."""
    with pytest.raises(UsageError) as error:
        VirtualPatient(1, "oral")
    assert error.value.code == "unknown_route"
    assert error.value.facts["known"] == "in, iv, im, sl, sc"

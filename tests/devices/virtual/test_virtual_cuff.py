"""The virtual cuff: one cycle at a time, real packets, and errors as real cuffs make them."""

from datetime import datetime, timedelta

import pytest

from devices.virtual import scenarios
from devices.virtual.contec import VirtualContec
from devices.virtual.cuff import VirtualCuff
from devices.virtual.device import DEVICE_ZERO, Faults
from devices.virtual.patient import VirtualPatient
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Delivery, Notice, Quality, Reading
from kapmonitor.vitals import Vital


def patient_in(name: str = "ordinary", dose: float = 0.0) -> VirtualPatient:
    """A patient who was dosed at this session time."""
    patient = VirtualPatient(5, "in", scenarios.load(name))
    patient.dose(dose)
    return patient


def values(delivered: list[Delivery], vital: Vital) -> list[float | None]:
    """What was delivered of one vital."""
    return [i.value for i in delivered if isinstance(i, Reading) and i.vital is vital]


def kinds(delivered: list[Delivery]) -> list[tuple[str, object]]:
    """The starts and ends of cycles, with their reason."""
    return [
        (item.kind, item.detail.get("reason", ""))
        for item in delivered
        if isinstance(item, Notice) and item.kind.startswith("cuff")
    ]


def test_a_cycle_shows_its_pressure_and_ends_in_one_measurement() -> None:
    """About 35 s of pressures, up and down again, then systolic, diastolic, mean and pulse."""
    patient = patient_in()
    cuff = VirtualCuff(patient)
    cuff.command("start", 10.0)
    delivered = list(cuff.step(60.0))

    pressures = [value or 0 for value in values(delivered, Vital.CUFF_PRESSURE)]
    top = pressures.index(max(pressures))
    assert 30 <= len(pressures) <= 40
    assert pressures[: top + 1] == sorted(pressures[: top + 1])
    assert pressures[top:] == sorted(pressures[top:], reverse=True)

    truth = patient.at(cuff.measured_at()[0])
    assert kinds(delivered) == [("cuff_started", ""), ("cuff_ended", "")]
    for vital, true, within in (
        (Vital.SYSTOLIC, truth.systolic, 9.6),
        (Vital.DIASTOLIC, truth.diastolic, 7.8),
        (Vital.PULSE_RATE, truth.pulse, 4.6),
    ):
        (value,) = values(delivered, vital)
        assert value == pytest.approx(true, abs=within)


def test_noise_is_as_large_as_a_cuffs() -> None:
    """SD about 5 mmHg systolic and 4 diastolic around the truth, by the number of the cycle."""
    patient = VirtualPatient(5, "in", scenarios.load("dropout"))
    cuff = VirtualCuff(patient, auto=tuple(range(0, 60_000, 60)))
    delivered = list(cuff.step(60_000.0))

    errors = [
        (value or 0) - patient.at(at).systolic
        for value, at in zip(values(delivered, Vital.SYSTOLIC), cuff.measured_at(), strict=True)
    ]
    assert len(errors) > 900
    assert abs(sum(errors) / len(errors)) < 0.6
    assert 4.0 < (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 5.3


def test_the_step_size_changes_nothing() -> None:
    """Pressures, starts and measurements come at the same times with the same values."""
    auto = (30.0, 200.0, 215.0, 1000.0)
    fine = VirtualCuff(patient_in("cuff_errors"), auto=auto)
    coarse = VirtualCuff(patient_in("cuff_errors"), auto=auto)

    one = [item for n in range(1, 2401) for item in fine.step(n * 0.5)]
    assert one == [item for n in range(1, 5) for item in coarse.step(n * 300.0)]


def test_it_never_starts_twice() -> None:
    """Asked while it inflates or is not yet empty it refuses; a plan's time is left out."""
    cuff = VirtualCuff(patient_in(), auto=(20.0, 30.0, 100.0))
    cuff.step(25.0)
    for now in (25.0, 50.0, cuff.cycles[0].end + 1):
        with pytest.raises(DeviceError) as error:
            cuff.command("start", now)
        assert error.value.code == "cuff_busy"
    cuff.command("start", cuff.cycles[0].end + 5)
    cuff.step(300.0)

    starts = [cycle.start for cycle in cuff.cycles]
    assert len(starts) == 3
    assert all(
        later.start >= earlier.end + 4
        for earlier, later in zip(cuff.cycles, cuff.cycles[1:], strict=False)
    )
    assert 30.0 not in starts


def test_stop_lets_the_air_out_at_once() -> None:
    """No measurement follows, the end is told, and a new start is possible after deflating."""
    cuff = VirtualCuff(patient_in())
    cuff.command("start", 10.0)
    cuff.step(20.0)
    cuff.command("stop", 20.0)
    delivered = list(cuff.step(60.0))

    assert kinds(delivered) == [("cuff_ended", "stopped")]
    assert values(delivered, Vital.SYSTOLIC) == []
    assert cuff.measured_at() == []
    cuff.command("start", 60.0)
    cuff.command("stop", 300.0)
    assert values(list(cuff.step(300.0)), Vital.SYSTOLIC) != []


def test_an_unknown_command_is_refused() -> None:
    """Only start and stop are known."""
    with pytest.raises(DeviceError) as error:
        VirtualCuff(patient_in()).command("explode", 1.0)
    assert error.value.code == "command_unknown"


def test_errors_come_as_real_cuffs_send_them() -> None:
    """0/0 and NaN give no value, an implausible pair gives numbers, silence gives nothing."""
    cuff = VirtualCuff(patient_in("cuff_errors"), auto=(100.0, 200.0, 300.0, 400.0, 500.0))
    delivered = list(cuff.step(600.0))

    found = [i for i in delivered if isinstance(i, Reading) and i.vital is Vital.SYSTOLIC]
    assert [reading.value for reading in found[:2]] == [None, None]
    assert all(reading.quality is Quality.INVALID for reading in found[:2])
    systolic, diastolic = values(delivered, Vital.SYSTOLIC), values(delivered, Vital.DIASTOLIC)
    assert (systolic[2], diastolic[2]) == (196, 41)
    assert len(systolic) == 4
    assert kinds(delivered)[7] == ("cuff_ended", "failed")
    assert cuff.measured_at() == [cuff.cycles[4].end]


def test_a_sentinel_cycle_is_a_failed_measurement() -> None:
    """All fields NaN never become 2047 mmHg."""
    cuff = VirtualCuff(patient_in(), faults=Faults(sentinel=((0.0, 50.0),)), auto=(10.0,))
    delivered = list(cuff.step(100.0))

    assert values(delivered, Vital.SYSTOLIC) == [None]
    assert values(delivered, Vital.DIASTOLIC) == [None]


def test_its_clock_is_its_own() -> None:
    """Right as long as nothing happens, three hours off in the scenario; arrival stays ours."""
    for name, hours in (("ordinary", 0), ("cuff_clock", 3)):
        cuff = VirtualCuff(patient_in(name), auto=(60.0,))
        reading = next(
            item
            for item in cuff.step(120.0)
            if isinstance(item, Reading) and item.vital is Vital.SYSTOLIC
        )
        shown = datetime.fromisoformat(reading.device_time)
        off = shown - (DEVICE_ZERO + timedelta(seconds=reading.at))
        assert abs(off - timedelta(hours=hours)) < timedelta(seconds=1.5)
        assert 90 < reading.at < 105


@pytest.mark.parametrize("step", [0.5, 7.0, 60.0])
def test_on_the_same_arm_the_oximeter_loses_the_pulse(step: float) -> None:
    """SpO2 is gone for 30 to 60 s of each cycle, at the same times whatever the step."""
    patient = patient_in("cuff_same_arm")
    cuff, oximeter = VirtualCuff(patient, auto=(100.0,)), VirtualContec(patient)
    oximeter.cuff_on_arm = cuff.inflated
    lost, now = [], 0.0
    while now < 240:
        now += step
        items = [*oximeter.step(now), *cuff.step(now)]
        lost += [
            i.at
            for i in items
            if isinstance(i, Reading) and i.vital is Vital.SPO2 and i.value is None
        ]

    assert 102 < lost[0] < 105
    assert 30 <= lost[-1] - lost[0] <= 60
    assert len(lost) == pytest.approx(lost[-1] - lost[0], abs=3)

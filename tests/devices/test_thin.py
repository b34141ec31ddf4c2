"""Sixty equal readings a second become one; whatever is news passes at once."""

from devices.thin import Thinner
from kapmonitor.reading import Decoded, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import Vital


def spo2(value: float | None, at: float, reason: str = "") -> Reading:
    quality = Quality.INVALID if value is None else Quality.GOOD
    return Reading(Vital.SPO2, value, at, quality, reason)


def passed(thinner: Thinner, *items: Decoded) -> list[Decoded]:
    """What passes when every item is a delivery of its own."""
    return [item for given in items for item in thinner.thin([given])]


def test_an_unchanged_value_passes_once_a_second():
    frames = [spo2(97, number / 60) for number in range(181)]

    kept = passed(Thinner(), *frames)

    assert [item.at for item in kept] == [0.0, 1.0, 2.0, 3.0]


def test_a_change_of_value_quality_or_reason_passes_at_once():
    kept = passed(
        Thinner(),
        spo2(97, 0.0),
        spo2(97, 0.1),
        spo2(96, 0.2),
        spo2(None, 0.3, "searching"),
        spo2(None, 0.4, "sensor_off"),
        spo2(None, 0.5, "sensor_off"),
        Reading(Vital.SPO2, 96, 0.6, Quality.QUESTIONABLE, "artifact"),
        spo2(96, 0.7),
    )

    assert [item.at for item in kept] == [0.0, 0.2, 0.3, 0.4, 0.6, 0.7]


def test_vitals_are_thinned_apart():
    pulse = [Reading(Vital.PULSE_RATE, 97, at) for at in (0.05, 0.15)]

    kept = passed(Thinner(), spo2(97, 0.0), pulse[0], spo2(97, 0.1), pulse[1])

    assert kept == [spo2(97, 0.0), pulse[0]]


def test_cuffs_spot_checks_beats_and_history_always_pass():
    pressures: list[Decoded] = [
        Reading(Vital.SYSTOLIC, 120, 5.0, packet=4),
        Reading(Vital.PULSE_RATE, 70, 5.0, packet=4),
    ]
    beat = Reading(Vital.RR_INTERVAL, 0.8, 5.0)
    stored = Reading(Vital.SPO2, 97, 5.0, origin=Origin.STORED)
    cuff, strap = Thinner(), Thinner()

    assert cuff.thin(pressures) + cuff.thin(pressures) == [*pressures, *pressures]
    assert passed(strap, beat, beat, stored, stored) == [beat, beat, stored, stored]
    assert passed(Thinner(continuous=False), spo2(97, 0), spo2(97, 0.1)) == [
        spo2(97, 0),
        spo2(97, 0.1),
    ]


def test_after_a_reconnect_everything_is_news():
    thinner = Thinner()
    thinner.thin([spo2(97, 0.0)])

    thinner.forget()

    assert thinner.thin([spo2(97, 0.1)]) == [spo2(97, 0.1)]


def test_the_samples_of_one_delivery_become_one_run_that_ends_with_its_arrival():
    """Six frames that arrived together were taken one after the other."""
    frames: list[Decoded] = []
    for value in range(6):
        frames += [spo2(97, 10.0), PlethRun(10.0, 0.02, (value,), 127)]

    kept = Thinner().thin(frames)

    (run,) = [item for item in kept if isinstance(item, PlethRun)]
    assert run.values == (0, 1, 2, 3, 4, 5)
    assert abs(run.at - 9.9) < 1e-9
    assert [item for item in kept if isinstance(item, Reading)] == [spo2(97, 10.0)]


def test_a_damaged_packet_or_another_pace_begins_a_new_run():
    refused = Notice("refused", 1.0)
    items: list[Decoded] = [
        PlethRun(1.0, 0.02, (1,), 127),
        refused,
        PlethRun(1.0, 0.02, (2,), 127),
        PlethRun(1.0, 0.01, (3,), 127),
        Notice("status", 1.0),
        PlethRun(1.0, 0.01, (None,), 127),
    ]

    runs = [item.values for item in Thinner().thin(items) if isinstance(item, PlethRun)]

    assert runs == [(1,), (2,), (3, None)]


def test_runs_are_laid_end_to_end_while_bytes_arrive_in_bursts():
    """A USB bridge hands over six samples now 20 ms late, now early: the curve must not stutter."""
    thinner = Thinner()
    ends: list[float] = []
    for burst in range(50):
        at = burst * 0.12 + (0.02 if burst % 2 else 0.0)
        (run,) = thinner.thin([PlethRun(at, 0.02, (1,) * 6, 127)])
        assert isinstance(run, PlethRun)
        if ends:
            assert abs(run.at - ends[-1]) < 0.005
        ends.append(run.at + 0.12)
        assert abs(run.at - at) < 0.03


def test_a_gap_in_the_samples_stays_a_gap():
    thinner = Thinner()
    thinner.thin([PlethRun(0.0, 0.02, (1,) * 6, 127)])

    (run,) = thinner.thin([PlethRun(3.0, 0.02, (1,) * 6, 127)])

    assert run.at == 3.0

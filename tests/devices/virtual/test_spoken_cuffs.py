"""Virtual cuffs commanded in their real bytes: start, stop, and everything that is refused."""

import pytest

from devices.virtual.bedside import known_device
from devices.virtual.device import Faults
from devices.virtual.patient import VirtualPatient
from devices.virtual.spoken_cuff import SpokenCuff
from kapmonitor.errors import DeviceError
from kapmonitor.reading import Notice, Quality, Reading
from kapmonitor.vitals import Vital

BOTH = pytest.mark.parametrize("name", ["jamr-bpm188", "suntech-nibp"])


def cuff(name: str, faults: Faults | None = None) -> SpokenCuff:
    made = known_device(name)(VirtualPatient(3, "in"), faults=faults)
    assert isinstance(made, SpokenCuff)
    made.step(5.0)
    return made


def kinds(items) -> list[str]:
    return [
        item.kind for item in items if isinstance(item, Notice) and item.kind.startswith("cuff")
    ]


@BOTH
def test_a_start_inflates_shows_live_pressure_and_ends_with_a_result(name):
    device = cuff(name)

    device.command("start", 5.0)
    items = device.step(60.0)

    readings = [item for item in items if isinstance(item, Reading)]
    pressures = [reading.value for reading in readings if reading.vital is Vital.CUFF_PRESSURE]
    results = [reading for reading in readings if reading.vital is Vital.SYSTOLIC]
    assert max(p for p in pressures if p is not None) >= 150
    assert [r.quality for r in results] == [Quality.GOOD]
    assert kinds(items) == ["cuff_started", "cuff_ended"]


@BOTH
def test_stop_works_in_the_middle_and_leaves_no_number(name):
    device = cuff(name)
    device.command("start", 5.0)
    device.step(12.0)

    device.command("stop", 12.0)
    items = device.step(60.0)

    assert not device.inflated(13.0)
    assert "cuff_ended" in kinds(items)
    assert not any(isinstance(i, Reading) and i.vital is Vital.SYSTOLIC and i.value for i in items)


@BOTH
def test_no_start_while_a_cycle_runs_or_just_after_it_or_just_after_connecting(name):
    fresh = known_device(name)(VirtualPatient(3, "in"))
    fresh.step(0.5)
    with pytest.raises(DeviceError, match="cuff_resting"):
        fresh.command("start", 0.5)

    device = cuff(name)
    device.command("start", 5.0)
    device.step(20.0)
    with pytest.raises(DeviceError, match="cuff_busy"):
        device.command("start", 20.0)
    device.step(50.0)
    with pytest.raises(DeviceError, match="cuff_resting"):
        device.command("start", 50.0)
    device.step(90.0)
    device.command("start", 90.0)
    assert len(device.cycles) == 2


@BOTH
def test_no_start_while_it_is_unplugged(name):
    device = cuff(name, Faults(unplugged_at=10.0))
    device.step(12.0)

    with pytest.raises(DeviceError, match="not_connected"):
        device.command("start", 12.0)

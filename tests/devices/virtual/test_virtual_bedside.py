"""The virtual bedside: one patient for all devices, by steps, by a clock, and on a port."""

import asyncio
import contextlib
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import serial

from devices.address import parse_address
from devices.decoders import protocol
from devices.source import open_source
from devices.virtual import scenarios
from devices.virtual.bedside import DEVICES, VirtualBedside, VirtualSource
from devices.virtual.contec import VirtualContec
from devices.virtual.lines import VirtualMasimo
from devices.virtual.patient import VirtualPatient
from devices.virtual.pty_twin import serve_on_pty
from devices.virtual.truth import write_truth_csv
from kapmonitor.clock import SessionClock, SteppedClock
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.events import Dose, DoseWithdrawn, Note
from kapmonitor.reading import Delivery, Notice, Reading
from kapmonitor.vitals import Vital
from tests.patience import PATIENCE, until


def bedside(name: str = "ordinary", **more: object) -> VirtualBedside:
    """The demo's bedside, seed 3."""
    return VirtualBedside(3, "in", scenarios.load(name), **more)  # type: ignore[arg-type]


def test_the_demo_has_an_oximeter_and_a_cuff() -> None:
    """They fit the engine's protocol, are marked as simulated, and say what they can do."""
    oximeter, cuff = bedside().devices

    assert oximeter.info.id == "virtual-contec-cms50-serial"
    assert oximeter.info.continuous
    assert cuff.info.commands == ("start", "stop")
    assert all(device.info.simulated for device in (oximeter, cuff))
    assert oximeter.info.site.split("_")[0] != cuff.info.site.split("_")[0]


def test_all_devices_share_one_patient() -> None:
    """Every supported address is there, and two of a kind are told apart."""
    addresses = [f"virtual:{name}" for name in DEVICES]
    whole = bedside(devices=[*addresses, "virtual:nonin-serial"])

    assert {device.info.address for device in whole.devices} == set(addresses)
    assert len({device.info.id for device in whole.devices}) == len(addresses) + 1
    assert all(device.patient is whole.patient for device in whole.devices)


def test_an_unknown_virtual_device_is_refused() -> None:
    """With the known ones."""
    with pytest.raises(UsageError) as error:
        bedside(devices=["virtual:toaster"])
    assert error.value.code == "unknown_virtual_device"
    assert error.value.facts["protocol"] == "toaster"


def test_the_patient_hears_of_the_dose() -> None:
    """By the event's own time, and of its withdrawal; nothing else matters."""
    whole = bedside()
    whole.hear(Note("ketamine is on its way"), 10.0)
    assert whole.patient.dosed_at is None
    whole.hear(Dose("in", 84, "mg"), 480.0)
    assert whole.patient.dosed_at == 480.0
    whole.hear(DoseWithdrawn(of=4, reason="mistake"), 500.0)
    assert whole.patient.dosed_at is None


def test_cuff_and_sensor_share_an_arm_only_in_their_scenario() -> None:
    """Then the pulse is lost while the cuff inflates."""
    for name, same in (("ordinary", False), ("cuff_same_arm", True)):
        whole = bedside(name, auto_cuff=(50.0,))
        sides = {device.info.site.split("_")[0] for device in whole.devices}
        assert (len(sides) == 1) is same
        lost = [
            item
            for item in whole.devices[0].step(120.0)
            if isinstance(item, Reading) and item.vital is Vital.SPO2 and item.value is None
        ]
        assert bool(lost) is same


def test_a_source_runs_by_the_clock_and_takes_commands() -> None:
    """At a hundred times the speed a cuff that was asked measures within a second."""
    whole = bedside()
    clock = SessionClock(rate=100.0)
    got: list[Delivery] = []

    async def visit() -> None:
        sources = whole.sources(clock)
        tasks = [asyncio.create_task(source.run(got.extend)) for source in sources]
        await sources[1].ask("start")
        with pytest.raises(DeviceError):
            await sources[1].ask("start")
        await until(lambda: any(isinstance(i, Notice) and i.kind == "cuff_ended" for i in got))
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(visit())
    vitals = {item.vital for item in got if isinstance(item, Reading)}
    assert {Vital.SPO2, Vital.PULSE_RATE, Vital.SYSTOLIC, Vital.CUFF_PRESSURE} <= vitals


def test_a_source_starts_where_the_session_stands() -> None:
    """Devices of a resumed session send nothing of the past."""
    whole = bedside(start_at=3600.0)
    source = VirtualSource(whole.devices[0], SteppedClock(0.0, at=3601.0))

    items = source.device.step(3601.0)
    assert items
    assert min(item.at for item in items) >= 3599.9


def test_the_cuff_shows_the_local_time_of_the_clock() -> None:
    """What a cuff with a clock that was set would say."""
    whole = bedside(auto_cuff=(30.0,))
    whole.set_clocks(SteppedClock(utc_at_zero=1_800_000_000.0, zone_minutes=120))
    reading = next(
        item
        for item in whole.devices[1].step(90.0)
        if isinstance(item, Reading) and item.vital is Vital.SYSTOLIC
    )

    shown = datetime.fromisoformat(reading.device_time).replace(tzinfo=UTC).timestamp()
    assert shown == pytest.approx(1_800_000_000 + 7200 + reading.at, abs=1)


def test_truth_is_written_as_a_table(tmp_path: Path) -> None:
    """A row a second for pulse and SpO2; pressures each minute and at each measurement."""
    whole = bedside(auto_cuff=(70.0,))
    whole.devices[1].step(180.0)
    assert whole.cuff is not None
    (measured,) = whole.cuff.measured_at()

    write_truth_csv(tmp_path / "truth.csv", whole.patient, 180.0, [measured])

    with (tmp_path / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["at [s]", "vital", "value", "unit"]
    times = [float(row["at [s]"]) for row in rows]
    assert times == sorted(times)
    assert sum(row["vital"] == "spo2" for row in rows) == 181
    systolic = [float(row["at [s]"]) for row in rows if row["vital"] == "systolic"]
    assert systolic == [0, 60, round(measured, 3), 120, 180]
    assert {row["unit"] for row in rows} == {"/min", "%", "mm[Hg]"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_virtual_contec_is_heard_through_a_port() -> None:
    """pyserial opens the port and the real decoder finds SpO2 and pulse in the bytes."""
    patient = VirtualPatient(3, "in")
    decoder = protocol("contec-cms50-serial").make("v7")
    got: list[object] = []
    with (
        serve_on_pty(VirtualContec(patient), SessionClock(rate=5.0)) as twin,
        serial.Serial(twin.port, 115200, timeout=PATIENCE) as port,
    ):
        while len(got) < 200:
            data = port.read(90)
            assert data, "nothing came through the port"
            got += decoder.feed(data, 0.0)

    values = [i.value for i in got if isinstance(i, Reading) and i.vital is Vital.SPO2]
    assert values[0] == pytest.approx(patient.baseline.spo2, abs=2)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_virtual_masimo_is_found_on_its_port_by_its_lines() -> None:
    """The source opens the port, as for a real one, and its numbers are the patient's."""
    patient = VirtualPatient(3, "in")
    clock = SessionClock(rate=5.0)
    got: list[Delivery] = []

    async def visit(port: str) -> None:
        source = open_source(parse_address(f"masimo-ascii@serial:{port}"), clock)
        task = asyncio.create_task(source.run(got.extend))
        await until(lambda: any(isinstance(i, Reading) and i.vital is Vital.SPO2 for i in got))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    with serve_on_pty(VirtualMasimo(patient), clock) as twin:
        asyncio.run(visit(twin.port))
    values = [i.value for i in got if isinstance(i, Reading) and i.vital is Vital.SPO2]
    assert values[0] == pytest.approx(patient.baseline.spo2, abs=2)

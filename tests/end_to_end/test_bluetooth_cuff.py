"""A Bluetooth cuff that is started and stopped by the program, from the command to the record.

The cuff is the virtual one behind a virtual radio; BlueZ is a stand-in on a private D-Bus, so that
the program itself, bleak and its BlueZ backend are the real ones, in a process of their own.
"""

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from bumble.gatt import Characteristic

from devices.virtual.patient import VirtualPatient
from devices.virtual.spoken_cuff import SpokenJamr
from kapmonitor.clock import SessionClock
from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.sensors import NOTIFY, WRITE, WRITEABLE, Sensor
from tests.devices.decoders.helping import jamr_pressure
from tests.end_to_end.program import Line, RunningVisit

pytestmark = pytest.mark.skipif(
    not has_dbus(), reason="BlueZ is Linux's, and its stand-in needs dbus-daemon"
)


class LivingCuff(Sensor):
    """A BPM-188 on an arm: it hears its start and its stop, and tells its pressure at rest."""

    name, address, service = "BPM-188", "C0:00:00:00:00:32", 0x18F0

    def __init__(self, rate: float) -> None:
        """``rate``: how many times faster than life it measures."""
        super().__init__()
        self.clock = SessionClock(rate=rate)
        self.twin = SpokenJamr(VirtualPatient(3, "in"))
        self._waiting: list[bytes] = []

    def characteristics(self) -> list[Characteristic]:
        self.heard = self.characteristic(0x2AF1, WRITE, WRITEABLE, self.remember_writes(0x2AF1))
        self.sent = self.characteristic(0x2AF0, NOTIFY)
        return [self.heard, self.sent]

    def next_value(self) -> tuple[Characteristic, bytes] | None:
        now = self.clock.now()
        for _, data in self.written:
            self.twin.write(data, now)
        self.written.clear()
        self._waiting += [chunk.data for chunk in self.twin.bytes_until(now)]
        if self._waiting:
            return self.sent, self._waiting.pop(0)
        at_rest = not self.twin.inflated(now, after_end=1.0)
        return (self.sent, jamr_pressure(0)) if at_rest else None

    @property
    def outcomes(self) -> list[str]:
        """How each of its cycles ended; empty is a result."""
        return [cycle.outcome for cycle in self.twin.cycles]


Story = Callable[[RunningVisit, Callable[[], None]], None]


def visit_with(cuff: LivingCuff, folder: Path, story: Story) -> None:
    """Run a visit with this cuff; the story gets it, and a way to lose the cuff's link."""

    async def visit() -> None:
        (folder / "bus").mkdir()
        async with Bed("bluez", folder / "bus") as bed:
            await bed.put_on(cuff)
            words = ("--device", f"jamr-bpm188@ble:{cuff.address}#left_arm", "--allow-cuff-start")
            loop = asyncio.get_running_loop()

            def drop() -> None:
                asyncio.run_coroutine_threadsafe(cuff.drop(), loop).result()

            with RunningVisit(folder, *words, "--out", str(folder / "out")) as running:
                await asyncio.to_thread(story, running, drop)

    asyncio.run(visit())


def start(visit: RunningVisit) -> None:
    """Start the cuff; in its first seconds it refuses, for a cycle may be running since before."""
    for attempt in range(100, 130):
        visit.until(is_pressure)
        visit.ask(id=attempt, command="cuff", action="start", by="Ana")
        # Not by the answer: what was asked may be on record before the cuff has refused.
        told = visit.until(
            lambda line: (
                line.get("event") == "cuff_cycle" and line["action"] in ("started", "refused")
            )
        )
        if told["action"] == "started":
            return
        assert told["reason"] == "cuff_resting"
        for _ in range(10):
            visit.until(is_pressure)
    raise AssertionError("it was never started")


def is_pressure(line: Line) -> bool:
    return line.get("vital") == "cuff_pressure"


def cuff_actions(visit: RunningVisit) -> list[str]:
    return [line["action"] for line in visit.seen if line.get("event") == "cuff_cycle"]


def test_a_bluetooth_cuff_is_started_measures_and_its_result_is_in_the_record(tmp_path: Path):
    """Then the link is lost: the arm rests for half a minute all the same."""
    cuff = LivingCuff(rate=10.0)

    def story(visit: RunningVisit, drop: Callable[[], None]) -> None:
        start(visit)
        visit.until(lambda line: is_pressure(line) and line["value"] > 60)
        found = visit.until(lambda line: line.get("event") == "cuff")
        assert (found["quality"], found["site"]) == ("good", "left_arm")
        assert cuff_actions(visit)[-3:] == ["asked_start", "started", "ended"]

        drop()
        visit.until(lambda line: line.get("event") == "link" and line.get("state") == "up")
        visit.ask(id=2, command="cuff", action="start", by="Ana")
        answer = visit.until(lambda line: line.get("id") == 2 and "refused" in line)
        assert "the arm rests" in answer["refused"]

        visit.ask(id=3, command="end", by="Ana")
        assert visit.end() == 0
        with (tmp_path / "out" / "readings.csv").open(encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if "systolic" in row]
        assert [str(found["systolic"]) in row for row in rows] == [True]
        assert all("live" in row for row in rows)

    visit_with(cuff, tmp_path, story)
    assert cuff.outcomes == [""]


def test_a_bluetooth_cuff_is_stopped_in_the_middle_of_its_cycle(tmp_path: Path):
    cuff = LivingCuff(rate=1.0)

    def story(visit: RunningVisit, _drop: Callable[[], None]) -> None:
        start(visit)
        visit.until(lambda line: is_pressure(line) and line["value"] > 40)

        visit.ask(id=2, command="cuff", action="stop", by="Ana")

        visit.until(lambda line: line.get("event") == "cuff_cycle" and line["action"] == "ended")
        assert cuff_actions(visit)[-3:] == ["started", "asked_stop", "ended"]
        assert not [line for line in visit.seen if line.get("event") == "cuff"]

    visit_with(cuff, tmp_path, story)
    assert cuff.outcomes == ["stopped"]

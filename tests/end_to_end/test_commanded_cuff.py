"""A cuff that is started and stopped by the program: from the command to the record, on real bytes.

A SunTech module sits behind a pseudo-terminal, so that the port, the protocol's list and the switch
are the real ones.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.virtual.patient import VirtualPatient
from devices.virtual.pty_twin import PtyTwin, serve_on_pty
from devices.virtual.spoken_cuff import SpokenSunTech
from kapmonitor.clock import SessionClock
from tests.end_to_end.program import RunningVisit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


@pytest.fixture
def module() -> Iterator[tuple[SpokenSunTech, PtyTwin]]:
    """A SunTech module on an arm, and the port that it is plugged into."""
    device = SpokenSunTech(VirtualPatient(3, "in"))
    with serve_on_pty(device, SessionClock()) as twin:
        yield device, twin


def source(twin: PtyTwin) -> str:
    return f"suntech-nibp@serial:{twin.port}#left_arm"


def settled(visit: RunningVisit) -> None:
    """Wait until the module has been heard for longer than a cycle of before could hide."""
    first = visit.until(lambda line: line.get("vital") == "cuff_pressure")["at"]
    visit.until(lambda line: line.get("vital") == "cuff_pressure" and line["at"] > first + 2.5)


def test_a_cuff_inflates_in_sight_and_is_stopped_at_once(tmp_path: Path, module):
    device, twin = module
    with RunningVisit(tmp_path, "--device", source(twin), "--allow-cuff-start") as visit:
        settled(visit)
        visit.ask(id=1, command="cuff", action="start", by="Ana")
        visit.until(lambda line: line.get("vital") == "cuff_pressure" and line["value"] > 20)
        visit.ask(id=2, command="cuff", action="start", by="Ana")
        assert (
            "measuring already"
            in visit.until(lambda line: line.get("id") == 2 and "refused" in line)["refused"]
        )

        visit.ask(id=3, command="cuff", action="stop", by="Ana")
        ended = visit.until(
            lambda line: line.get("event") == "cuff_cycle" and line["action"] == "ended"
        )

    assert ended["reason"] == "stopped"
    assert [cycle.outcome for cycle in device.cycles] == ["stopped"]
    actions = [line["action"] for line in visit.seen if line.get("event") == "cuff_cycle"]
    assert actions[:2] == ["asked_start", "started"]


def test_without_the_switch_nothing_is_started(tmp_path: Path, module):
    device, twin = module
    with RunningVisit(tmp_path, "--device", source(twin)) as visit:
        settled(visit)
        visit.ask(id=1, command="cuff", action="start", by="Ana")
        answer = visit.until(lambda line: line.get("id") == 1 and "refused" in line)

    assert "refused" in answer
    assert device.cycles == []

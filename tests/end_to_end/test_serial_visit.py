"""Bytes of a real protocol over a serial line become readings, alarms and a sealed record."""

import csv
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.virtual import scenarios
from devices.virtual.contec import VirtualContec
from devices.virtual.nonin import VirtualNonin
from devices.virtual.patient import VirtualPatient
from devices.virtual.pty_twin import PtyTwin, serve_on_pty
from kapmonitor.clock import SessionClock
from tests.end_to_end.program import RunningVisit, kapmonitor, lines_of
from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals to stand in for a serial port"
)

PATIENT = VirtualPatient(7, "in", scenarios.load("ordinary"))


@pytest.fixture
def contec() -> Iterator[PtyTwin]:
    """A CMS50 on a serial port, its finger on the virtual patient."""
    with serve_on_pty(VirtualContec(PATIENT), SessionClock()) as twin:
        yield twin


def test_a_whole_visit_over_a_serial_line(tmp_path: Path, contec: PtyTwin):
    out = tmp_path / "out"
    device = f"contec-cms50-serial@serial:{contec.port}"
    with RunningVisit(tmp_path, "--device", device, "--out", str(out), "--patient", "P-7") as visit:
        spo2 = visit.until(lambda line: line.get("vital") == "spo2" and line["value"] is not None)
        assert abs(spo2["value"] - PATIENT.at(1.0).spo2) <= 3
        visit.ask(id=1, command="cuff", action="enter", systolic=124, diastolic=78, by="Ana")
        visit.ask(id=2, command="dose", route="in", amount=56, unit="mg", by="Ben")
        saved = visit.answer(2)["saved"]
        visit.ask(id=3, command="round", answers={"moaas": 5, "nausea": "mild"}, by="Ben")
        visit.ask(id=4, command="note", text="music on", by="Cleo")
        visit.answer(4)
        visit.ask(id=5, command="end", by="Ben")
        assert visit.end() == 0

    events = {line["number"]: line for line in visit.seen if "event" in line}
    assert (events[saved]["event"], events[saved]["amount"]) == ("dose", 56.0)
    baseline = next(line for line in events.values() if line["event"] == "baseline")
    assert baseline["systolic"] == 124.0

    (verdict,) = lines_of(kapmonitor(tmp_path, "verify", str(out / "session.kap"), "--json"))
    assert (verdict["whole"], verdict["sealed"], verdict["signer"]) == (True, True, "own")
    with (out / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    printed = [line for line in visit.seen if line.get("vital") in ("spo2", "pulse_rate")]
    kept = [row for row in rows if row["vital"] in ("spo2", "pulse_rate") and row["source"]]
    oximeter = [row for row in kept if row["origin"] == "live"]
    assert [float(row["value"]) for row in oximeter] == [line["value"] for line in printed]
    assert [row["value"] for row in rows if row["origin"] == "manual"][:2] == ["124", "78"]


def test_an_unplugged_oximeter_is_told_at_once(tmp_path: Path, contec: PtyTwin):
    device = f"contec-cms50-serial@serial:{contec.port}"
    with RunningVisit(tmp_path, "--device", device) as visit:
        visit.until(lambda line: line.get("vital") == "spo2")

        contec.close()

        down = visit.until(lambda line: line.get("event") == "link" and line["state"] == "down")
        assert down["source"]
        alarm = visit.until(lambda line: line.get("alarm") == "LINK_LOST")
        assert (alarm["priority"], alarm["state"]) == ("low", "raised")
        assert alarm["at"] - down["at"] == pytest.approx(10, abs=1)


def test_a_nonin_is_found_by_listening(tmp_path: Path):
    with (
        serve_on_pty(VirtualNonin(PATIENT), SessionClock()) as nonin,
        RunningVisit(tmp_path, "--device", f"serial:{nonin.port}") as visit,
    ):
        reading = visit.until(lambda line: line.get("vital") == "spo2")

        assert reading["value"] is not None


def test_wrong_commands_are_refused_and_the_visit_goes_on(tmp_path: Path):
    with RunningVisit(tmp_path) as visit:
        visit.say("this is no JSON")
        refused = visit.until(lambda line: "refused" in line)
        assert refused["id"] is None
        visit.ask(id=1, command="dance")
        assert "dance" in visit.answer(1)["refused"]
        visit.ask(id=2, command="round", answers={"moaas": 12})
        assert "moaas" in visit.answer(2)["refused"]
        visit.ask(id=3, command="note", text="still here", by="Ana")
        assert visit.answer(3)["saved"] > 0
        visit.ask(id=4, command="end", by="Ana")
        assert visit.end() == 0


def test_ctrl_c_seals_the_record(tmp_path: Path):
    out = tmp_path / "out"
    with RunningVisit(tmp_path, "--out", str(out)) as visit:
        visit.until(lambda line: line.get("event") == "opened")
        visit.process.send_signal(signal.SIGINT)
        assert visit.end() == 0

    (verdict,) = lines_of(kapmonitor(tmp_path, "verify", str(out / "session.kap"), "--json"))
    assert verdict["whole"]


def test_a_killed_visit_leaves_a_readable_record_that_is_not_sealed(tmp_path: Path):
    out = tmp_path / "out"
    with RunningVisit(tmp_path, "--out", str(out)) as visit:
        visit.ask(id=1, command="note", text="kept", by="Ana")
        visit.answer(1)
        visit.process.kill()
        visit.process.wait(PATIENCE)

    checked = kapmonitor(tmp_path, "verify", str(out / "session.kap"))
    assert checked.returncode == 1
    assert b"Not sealed" in checked.stdout
    with RunningVisit(tmp_path, "--resume", str(out / "session.kap")) as again:
        resumed = again.until(lambda line: line.get("event") == "resumed")
        assert 0 < resumed["gap"] < 10 * PATIENCE
        again.ask(id=2, command="note", text="going on", by="Ana")
        again.answer(2)
        again.process.kill()
        again.process.wait(PATIENCE)
    exported = kapmonitor(tmp_path, "export", str(out / "session.kap"), "--to", str(out / "again"))
    assert exported.returncode == 0, exported.stderr
    events = (out / "again" / "events.csv").read_text(encoding="utf-8")
    assert "kept" in events
    assert "going on" in events

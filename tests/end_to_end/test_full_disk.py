"""A disk that fills up during a visit: the visit goes on, an alarm tells, nothing is lost."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.program import RunningVisit, kapmonitor, lines_of

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a test limit the files of another process"
)

FULL = 90_000


def test_a_full_disk_is_an_alarm_and_everything_is_written_when_there_is_room(tmp_path: Path):
    out = tmp_path / "out"
    device = "virtual:contec-cms50-serial"
    with RunningVisit(tmp_path, "--out", str(out), "--device", device, largest_file=FULL) as visit:
        alarm = visit.until(lambda line: line.get("alarm") == "WRITE_FAILED")
        assert (alarm["priority"], alarm["state"]) == ("medium", "raised")

        visit.ask(id=1, command="note", text="written while the disk was full", by="Ana")
        visit.until(lambda line: line.get("vital") == "spo2")
        assert not [line for line in visit.seen if line.get("id") == 1]

        visit.limit_files(-1)
        assert visit.answer(1)["saved"] > 0
        visit.until(lambda line: line.get("alarm") == "WRITE_FAILED" and line["state"] == "ended")
        visit.ask(id=2, command="end", by="Ana")
        assert visit.end() == 0

    (verdict,) = lines_of(kapmonitor(tmp_path, "verify", str(out / "session.kap"), "--json"))
    assert verdict["whole"]
    assert "disk was full" in (out / "events.csv").read_text(encoding="utf-8")


def test_a_visit_that_cannot_be_sealed_says_so(tmp_path: Path):
    out = tmp_path / "out"
    device = "virtual:contec-cms50-serial"
    with RunningVisit(tmp_path, "--out", str(out), "--device", device, largest_file=FULL) as visit:
        visit.until(lambda line: line.get("alarm") == "WRITE_FAILED")
        visit.ask(id=1, command="note", text="too late", by="Ana")
        visit.ask(id=2, command="end", by="Ana")

        finished = visit.until(lambda line: "finished" in line)

        assert finished["sealed"] is False
        assert visit.end() == 1
    answers = {line["id"]: line for line in visit.seen if "id" in line}
    assert "refused" in answers[1]
    assert "refused" in answers[2]
    assert not [line for line in visit.seen if line.get("text") == "too late"]


def test_a_stick_that_is_gone_for_good_costs_nothing_when_a_copy_was_made(tmp_path: Path):
    """The whole visit, from its first second, ends sealed on the laptop."""
    stick, laptop = tmp_path / "stick", tmp_path / "laptop"
    laptop.mkdir()
    device = "virtual:contec-cms50-serial"
    with RunningVisit(tmp_path, "--out", str(stick), "--device", device) as visit:
        visit.ask(id=1, command="note", text="on the stick", by="Ana")
        assert visit.answer(1)["saved"] > 0
        stick.rename(tmp_path / "pulled")
        visit.until(lambda line: line.get("alarm") == "WRITE_FAILED")

        visit.ask(id=2, command="emergency_copy", folder=str(laptop), by="Ana")
        assert visit.answer(2)["saved"] > 0
        visit.until(
            lambda line: line.get("event") == "trouble" and line["kind"] == "emergency_copy"
        )
        visit.ask(id=3, command="note", text="without the stick", by="Ana")
        assert visit.answer(3)["saved"] > 0
        visit.ask(id=4, command="end", by="Ana")

        finished = visit.until(lambda line: "finished" in line)
        assert (finished["sealed"], Path(finished["finished"]).parent) == (True, laptop)
        assert visit.end() == 0

    copy = laptop / "session.kap"
    (verdict,) = lines_of(kapmonitor(tmp_path, "verify", str(copy), "--json"))
    assert verdict["whole"]
    files = tmp_path / "files"
    done = kapmonitor(tmp_path, "export", str(copy), "--to", str(files), "--format", "csv")
    assert done.returncode == 0
    events = (files / "events.csv").read_text(encoding="utf-8")
    assert "on the stick" in events
    assert "without the stick" in events
    assert len((files / "readings.csv").read_text(encoding="utf-8").splitlines()) > 3

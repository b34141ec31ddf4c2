"""Lines on stdin that are no commands: each is refused, and the visit goes on hearing commands.

Without that, one line in another encoding left a visit in which nobody could stop a cuff.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.program import LONGEST, RunningVisit, environment, kapmonitor

DEEP = b"[" * 20_000
LATIN = '{"id": 1, "command": "note", "by": "Müller", "text": "ruhig"}'.encode("latin-1")


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("strange")
    with RunningVisit(folder, "--device", "virtual:ble-heart-rate") as running:
        yield running


@pytest.mark.parametrize(
    ("line", "identifier"),
    [
        pytest.param(LATIN, 1, id="another encoding"),
        pytest.param(b"\xff\xfe\x00", None, id="bytes that are no text"),
        pytest.param(b'{"id": "\\ud800", "command": "note"}', None, id="half a character"),
        pytest.param(b'{"a":' * 20_000, None, id="brackets without an end"),
        pytest.param(b'{"id": 2, "command": "note", "more": ' + DEEP, None, id="deep in a field"),
    ],
)
def test_a_line_that_is_no_json_is_refused_and_the_next_command_is_heard(
    visit: RunningVisit, line: bytes, identifier: int | None
):
    visit.send(line)
    refused = visit.until(lambda told: "refused" in told)
    visit.ask(id=9, command="note", by="Nurse", text="still heard")

    assert refused["id"] == identifier
    assert "JSON" in refused["refused"]
    assert "saved" in visit.answer(9)


@pytest.mark.parametrize("number", ["NaN", "1e400", "-Infinity"])
def test_who_sends_an_impossible_number_gets_the_answer_under_the_own_id(
    visit: RunningVisit, number: str
):
    """A script waits for the answer to its id; an answer to nobody would leave it waiting."""
    enter = '"command": "cuff", "action": "enter", "by": "Nurse", "diastolic": 80'
    visit.say(f'{{"id": 12, {enter}, "systolic": {number}}}')

    assert "refused" in visit.answer(12)


@pytest.mark.parametrize("verb", ["run", "simulate", "capture", "devices"])
def test_minutes_that_are_no_number_are_a_wrong_call(tmp_path: Path, verb: str):
    """A visit of nan minutes would never end."""
    words = {
        "run": ("run", "--headless", "--device", "virtual:ble-heart-rate", "--minutes", "nan"),
        "simulate": ("simulate", "--out", str(tmp_path / "out"), "--minutes", "nan"),
        "capture": ("capture", "virtual:ble-heart-rate", str(tmp_path / "x"), "--minutes", "inf"),
        "devices": ("devices", "--scan", "nan"),
    }[verb]
    done = kapmonitor(tmp_path, *words)

    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_visit_whose_lines_nobody_reads_any_more_ends_sealed(tmp_path: Path):
    """As with ``| head``: without this its record was left as if the program had crashed."""
    out = tmp_path / "out"
    words = ("run", "--headless", "--silent", "--device", "virtual:ble-heart-rate")
    with subprocess.Popen(
        [sys.executable, "-m", "kapmonitor", *words, "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()

        assert process.wait(LONGEST) == 0

    assert kapmonitor(tmp_path, "verify", str(out / "session.kap")).returncode == 0

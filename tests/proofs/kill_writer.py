"""Kills the program that writes a record at random moments, and looks at what is left."""

import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kapmonitor.events import Amended, Entry, Event, Note
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import OPENED, block

NAME = "kill_writer"
ABOUT = (
    "The writer of a record is killed at random moments, while it writes, seals and amends: no "
    "event that it called saved is lost, no file is damaged, and reading changes nothing."
)
EVENTS_PER_BLOCK = 5
EVENTS_PER_SEAL = 700


def run(long: bool) -> dict[str, str | int]:
    """Kill the writer 500 times (short: 15 times); it goes on with the same record after each."""
    rng = random.Random(41)
    kills = 500 if long else 15
    events = at_work = seals = 0
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(kills):
            path = Path(folder) / f"{turn // 10}.kap"
            saved = kill_once(path, rng.random() * 0.25)
            found = look_at(path, saved)
            events += found
            at_work += saved > 0
            seals += len(Record.open(path, key_of(path)).statements()) if turn % 10 == 9 else 0
    # Otherwise the writer was killed before it did anything, and nothing was shown.
    assert at_work > kills * 0.9, f"only {at_work} of {kills} writers had begun"
    return {
        "kills": kills,
        "saved events lost": 0,
        "damaged records": 0,
        "seals": seals,
        "events looked at": events,
    }


def key_of(path: Path) -> bytes | None:
    """Every other record is encrypted."""
    return None if int(path.stem) % 2 else bytes(range(32))


def kill_once(path: Path, seconds: float) -> int:
    """Let a writer work for so long after its first commit; returns what it called saved last."""
    command = (sys.executable, "-m", "tests.proofs.kill_writer", str(path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as writer:
        assert writer.stdout is not None
        first = writer.stdout.read(8)
        try:
            writer.wait(seconds)
        except subprocess.TimeoutExpired:
            # SIGKILL where there is one; Windows ends a process as abruptly.
            writer.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        rest = writer.stdout.read()
    told = first + rest
    whole = len(told) // 8
    return max(struct.unpack(f"<{whole}q", told[: whole * 8]), default=0)


def look_at(path: Path, saved: int) -> int:
    """Everything that was called saved must be there, in order; returns how many events are."""
    record = Record.open(path, key_of(path))
    before = {file.name: file.read_bytes() for file in _files(path)}
    numbers = [entry.number for entry in record.entries()]
    blocks = [block.start for block in record.blocks()]
    verdict = verify(path, key_of(path))
    after = {file.name: file.read_bytes() for file in _files(path)}

    assert len(numbers) >= saved, f"{saved - len(numbers)} saved events are lost"
    assert numbers == list(range(1, len(numbers) + 1)), "events are out of order"
    # A block that was put before an event is saved with it, or before.
    assert blocks[: saved // EVENTS_PER_BLOCK] == list(range(saved // EVENTS_PER_BLOCK))
    assert verdict.first_wrong is None, f"verify finds {verdict.first_wrong}"
    assert verdict.whole == verdict.sealed == record.sealed
    assert before == after, "looking at the record has changed it"
    return len(numbers)


def _files(path: Path) -> Sequence[Path]:
    return [file for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]


def write_for_ever(path: Path) -> None:
    """Be the writer to be killed: say on stdout which event is saved; seal and amend at times."""

    def say(number: int) -> None:
        os.write(1, struct.pack("<q", number))

    def event(number: int) -> Event:
        return OPENED if number == 1 else Amended(1, f"more {number}", "") if sealed else Note("x")

    sealed = False
    number = blocks = 0
    key = key_of(path)
    recorder: Recorder
    if path.exists():
        record = Record(path, key)
        number, sealed = record.last_entry().number, record.sealed
        blocks = sum(1 for _ in record.blocks())
        recorder = Recorder.resume(path, on_saved=say, key=key, after_seal=True)
    else:
        recorder = Recorder(path, on_saved=say, key=key)
    while True:
        number += 1
        if number // EVENTS_PER_BLOCK > blocks:
            recorder.put_block(block(blocks))
            blocks += 1
        recorder.put(Entry(number, number * 0.2, 1.74e9 + number * 0.2, 60, event(number)))
        if recorder.pending > 20:
            recorder.flush()
        if number % EVENTS_PER_SEAL == 0:
            recorder.seal(1.74e9 + number)
            recorder = Recorder.resume(path, on_saved=say, key=key, after_seal=True)


if __name__ == "__main__":
    write_for_ever(Path(sys.argv[1]))

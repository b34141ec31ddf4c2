"""Fills the disk at every single write of a short visit, and gives room again a little later."""

import ctypes
import errno
import json
import queue
import sys
import tempfile
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.events import Amended, Entry, Event, Note
from kapmonitor.record.amend import add_later
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from tests.kapmonitor.record.stories import OPENED, block
from tests.patience import PATIENCE
from tests.proofs._shim import built, run_under

NAME = "disk_full"
ABOUT = (
    "At every write of a short visit in turn the disk is full or does not take it, for one write "
    "or for a dozen. The visit goes on, the trouble is told, nothing is called saved before it is; "
    "when there is room again everything is written, in order, and sealed. A visit that cannot "
    "even begin leaves nothing behind, and an amendment goes in whole or not at all."
)
KEY = bytes(range(32))
SECONDS = 8
UTC = 1.74e9
FAULTS = ((errno.ENOSPC, 1), (errno.ENOSPC, 12), (errno.EIO, 1), (errno.EIO, 12))


def run(long: bool) -> dict[str, str | int]:
    """Every write with each fault (short: every seventh write)."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder = work / "visits"
        folder.mkdir()
        told = run_under(built(work), NAME, folder, None, "1" if long else "7")
    figures: dict[str, int] = json.loads(told.splitlines()[-1])
    assert figures["visits"] > 20
    assert figures["troubles told"] > figures["visits"] // 2
    return {**figures}


def break_every_write(folder: Path, step: int) -> dict[str, int]:
    """Be the program whose writes fail."""
    shim = ctypes.CDLL(None)
    writes = _writes_of_a_visit(shim, folder / "whole.kap")
    counted = {"writes of a visit": writes, "visits": 0, "could not begin": 0, "troubles told": 0,
               "amendments refused": 0, "saved events lost": 0, "damaged records": 0}  # fmt: skip
    for after in range(0, writes, step):
        for number, (error, count) in enumerate(FAULTS):
            path = folder / f"{after}-{number}.kap"
            shim.shim_fail(ctypes.c_long(after), ctypes.c_long(count), error)
            visit(path, counted)
            shim.shim_fail(ctypes.c_long(-1), ctypes.c_long(0), 0)
            for file in folder.glob(f"{path.name}*"):
                file.unlink()
    return counted


def _writes_of_a_visit(shim: ctypes.CDLL, path: Path) -> int:
    shim.shim_writes.restype = ctypes.c_long
    visit(path, {"visits": 0, "could not begin": 0, "troubles told": 0, "amendments refused": 0})
    return int(shim.shim_writes())


def visit(path: Path, counted: dict[str, int]) -> None:
    """Record, seal and amend; raises AssertionError when a promise is broken."""
    counted["visits"] += 1
    told, troubles = queue.SimpleQueue[int](), list[str | None]()
    try:
        recorder = Recorder(
            path, key=KEY, on_saved=told.put, on_trouble=troubles.append, retry_seconds=0.001
        )
    except RecordError:
        counted["could not begin"] += 1
        assert not path.exists(), "a visit that could not begin has left a file"
        return
    put = saved = 0
    for second in range(SECONDS):
        for put in range(3 * second + 1, 3 * second + 4):
            event: Event = OPENED if put == 1 else Note("calm " * (60 * (put % 7)))
            recorder.put(Entry(put, put / 3, UTC + put / 3, 60, event))
        recorder.put_block(block(second))
        assert recorder.flush(), "what could be written again was not written"
        while saved < put:
            saved = told.get(timeout=PATIENCE)
        assert saved == put, "something was called saved that never was"
    assert recorder.seal(UTC + SECONDS, timeout=PATIENCE), (
        f"{path.stem}: {troubles[-3:]} not sealed though there is room again"
    )
    if troubles:
        counted["troubles told"] += 1
        assert troubles[-1] is None, "the end of the trouble was not told"
    _check(path, put)
    try:
        add_later(path, [Amended(2, "more", "why")], "me", UTC + 99, 60, key=KEY)
        put += 1
    except RecordError:
        counted["amendments refused"] += 1
    _check(path, put)


def _check(path: Path, events: int) -> None:
    """Look at what is there, on a disk that is well again for so long."""
    shim = ctypes.CDLL(None)
    shim.shim_pause(1)
    verdict = verify(path, KEY)
    assert verdict.whole, f"not whole: {verdict.first_wrong}"
    numbers = [entry.number for entry in Record.open(path, KEY).entries()]
    assert numbers == [*range(1, events + 1)], f"{len(numbers)} of {events} events"
    assert len(list(Record.open(path, KEY).blocks())) == SECONDS
    shim.shim_pause(0)


if __name__ == "__main__":
    print(json.dumps(break_every_write(Path(sys.argv[1]), int(sys.argv[2]))))

"""Cuts the power at any write of a record: replays parts of what was not synced yet."""

import os
import random
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.events import Amended, Entry, Event, Note
from kapmonitor.record.amend import add_later
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from kapmonitor.record.writing import ChainWriter
from tests.kapmonitor.record.stories import OPENED, block
from tests.proofs._disk import MODELS, Disk
from tests.proofs._shim import ACKS, Operation, built, operations, run_under

NAME = "power_loss"
ABOUT = (
    "Each write and sync of a visit that is recorded, interrupted, gone on with, sealed and "
    "amended was noted; then the power is cut between any two of them, with nothing, all or a "
    "random, torn part of what was not synced yet on the disk. What was called saved is there, the "
    "file opens and verifies. As a control the same with weaker syncing, which must lose something."
)
SECONDS = 40
AMENDMENTS = 3
UTC = 1.74e9
# What the program says in its file of acknowledgements.
EVENT, BLOCK, SEAL, PUT = 1, 2, 3, 4


def run(long: bool) -> dict[str, str | int]:
    """Cut the power 4,000 times (short: 150), half of it with an encrypted record."""
    figures = {"power cuts": 0, "operations": 0, "most seconds of samples lost": 0}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shim = built(work)
        for mode in ("locked", "plain"):
            noted = record(shim, work / mode, mode)
            cuts = cuts_of(noted, 2000 if long else 75, key_of(mode))
            lost = [one for one in cuts if one.problem]
            assert not lost, f"{mode}: {len(lost)} of {len(cuts)} cuts: {lost[0].problem}"
            figures["power cuts"] += len(cuts)
            figures["operations"] += len(noted)
            worst = max(one.samples for one in cuts)
            figures["most seconds of samples lost"] = max(
                worst, figures["most seconds of samples lost"]
            )
        weak = cuts_of(record(shim, work / "weak", "weak"), 400 if long else 40, None)
    found = sum(bool(one.problem) for one in weak)
    assert found, "the control lost nothing: the experiment sees no loss"
    assert figures["most seconds of samples lost"] <= 1
    saved = {"saved events, blocks or seals lost": 0, "records that do not open or verify": 0}
    return {**figures, **saved, "control: cuts with a loss": f"{found} of {len(weak)}"}


class Cut:
    """What one cut left; ``problem`` is empty when all is as promised."""

    def __init__(self, problem: str, samples: int) -> None:
        self.problem = problem
        self.samples = samples


def key_of(mode: str) -> bytes | None:
    """The key of the record of a mode."""
    return bytes(range(32)) if mode == "locked" else None


def record(shim: Path, folder: Path, mode: str) -> list[Operation]:
    """Let a program write a visit; returns every operation."""
    folder.mkdir()
    log = folder.with_suffix(".log")
    run_under(shim, NAME, folder, log, mode)
    return list(operations(log, folder))


def cuts_of(noted: list[Operation], count: int, key: bytes | None) -> list[Cut]:
    """Cut at random moments after the first event was called saved."""
    rng = random.Random(77)
    first = next(at for at, one in enumerate(noted) if EVENT in dict(acknowledged(one)))
    moments = Counter(rng.randrange(first + 1, len(noted) + 1) for _ in range(count))
    disk, said = Disk(), Counter[int]()
    found: list[Cut] = []
    for place, operation in enumerate(noted, 1):
        disk.take(operation)
        said |= Counter(dict(acknowledged(operation)))
        for _ in range(moments[place]):
            with tempfile.TemporaryDirectory() as name:
                disk.cut(Path(name), MODELS[len(found) % len(MODELS)], rng)
                found.append(look(Path(name) / "s.kap", key, said, f"cut after {place}"))
    return found


def acknowledged(operation: Operation) -> Iterator[tuple[int, int]]:
    """What an operation on the file of acknowledgements says; each kind only rises."""
    if operation.name == ACKS and operation.kind == "w":
        yield from struct.iter_unpack("<BQ", operation.data)


def look(path: Path, key: bytes | None, said: Counter[int], where: str) -> Cut:
    """Open what a cut has left, as the program would at its next start."""
    try:
        entries = Record.open(path, key).entries()
        blocks = list(Record.open(path, key).blocks())
        verdict = verify(path, key)
    except RecordError as error:
        return Cut(f"{where}: {error}", 0)
    missing = said[PUT] - len(blocks)
    wrong = [
        len(entries) < said[EVENT] and f"{said[EVENT] - len(entries)} saved events lost",
        len(blocks) < said[BLOCK] and f"{said[BLOCK] - len(blocks)} saved blocks lost",
        len(verdict.seals) < said[SEAL] and "a seal is lost",
        verdict.first_wrong is not None and f"verify: {verdict.first_wrong}",
        [one.number for one in entries] != [*range(1, len(entries) + 1)] and "events out of order",
    ]
    problem = "; ".join(str(one) for one in wrong if one)
    return Cut(f"{where}: {problem}" if problem else "", missing)


def write_a_visit(folder: Path, mode: str) -> None:
    """Be the program whose writes are watched; in the mode ``weak`` commits wait for no disk."""
    if mode == "weak":
        _weaken()
    acks = os.open(folder / ACKS, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def say(kind: int, number: int) -> None:
        os.write(acks, struct.pack("<BQ", kind, number))

    path, key = folder / "s.kap", key_of(mode)
    saved = lambda number: say(EVENT, number)  # noqa: E731
    recorder = Recorder(path, on_saved=saved, key=key)
    for second in range(SECONDS):
        if second == SECONDS // 2:
            # The visit is interrupted and gone on with, as after a crash of the program.
            recorder.close()
            recorder = Recorder.resume(path, on_saved=saved, key=key)
        for number in range(3 * second + 1, 3 * second + 4):
            event: Event = OPENED if number == 1 else Note("calm " * (number % 40))
            recorder.put(Entry(number, number / 3, UTC + number / 3, 60, event))
        say(PUT, second + 1)
        recorder.put_block(block(second))
        assert recorder.flush()
        say(BLOCK, second + 1)
    assert recorder.seal(UTC + SECONDS)
    say(SEAL, 1)
    for turn in range(AMENDMENTS):
        added = add_later(path, [Amended(2, f"more {turn}", "why")], "me", UTC + 99, 60, key=key)
        say(EVENT, added[-1].number)
        say(SEAL, turn + 2)


def _weaken() -> None:
    connect = ChainWriter._connect

    def weaker(writer: ChainWriter, *given: object) -> None:
        connect(writer, *given)  # type: ignore[arg-type]
        assert writer._connection is not None
        writer._connection.execute("PRAGMA synchronous = NORMAL")

    ChainWriter._connect = weaker  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    write_a_visit(Path(sys.argv[1]), sys.argv[2])

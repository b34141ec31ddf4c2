"""A disk as a power cut leaves it: what was synced is there, of the rest nothing, all or some.

The model is the one of the tests of SQLite: a file's content is safe up to its last sync, its name
and its deletion up to the last sync of its folder. Of the later writes any subset may have reached
the disk, the last of them torn at a sector; of later changes to the folder any first part, as
journalling file systems keep them in order. What was synced is kept: a disk that lies about that
is beyond every program.
"""

import random
from pathlib import Path

from tests.proofs._shim import ACKS, Operation

SECTOR = 512
MODELS = ("none", "all", "some")


class _File:
    """One file's content: what is safe, and the writes since."""

    def __init__(self) -> None:
        self.safe = bytearray()
        self.later: list[Operation] = []

    def sync(self) -> None:
        for operation in self.later:
            _do(self.safe, operation)
        self.later.clear()

    def after_a_cut(self, model: str, rng: random.Random) -> bytes:
        content = bytearray(self.safe)
        kept = self.later if model == "all" else []
        if model == "some":
            kept = [one for one in self.later if rng.random() < 0.5]
        for place, operation in enumerate(kept):
            last = place == len(kept) - 1
            _do(content, _torn(operation, rng) if model == "some" and last else operation)
        return bytes(content)


class Disk:
    """Takes in operations one by one; can be cut at any moment."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._safe_names: dict[str, _File] = {}
        self._later: list[tuple[str, _File | None]] = []

    def take(self, operation: Operation) -> None:
        """One more operation reaches the operating system."""
        name = operation.name
        if name == ACKS:
            return
        if not name:
            if operation.kind == "s":
                self._safe_names, self._later = dict(self._names), []
        elif operation.kind == "d":
            self._names.pop(name, None)
            self._later.append((name, None))
        else:
            if name not in self._names:
                self._names[name] = _File()
                self._later.append((name, self._names[name]))
            file = self._names[name]
            if operation.kind == "s":
                file.sync()
            else:
                file.later.append(operation)

    def cut(self, folder: Path, model: str, rng: random.Random) -> None:
        """Write what a power cut now would leave into an empty folder."""
        names = dict(self._safe_names)
        kept = {"none": 0, "all": len(self._later)}.get(model, rng.randint(0, len(self._later)))
        for name, file in self._later[:kept]:
            names.pop(name, None)
            if file is not None:
                names[name] = file
        for name, file in names.items():
            (folder / name).write_bytes(file.after_a_cut(model, rng))


def _do(content: bytearray, operation: Operation) -> None:
    place, data = operation.place, operation.data
    content.extend(bytes(max(0, place - len(content))))
    if operation.kind == "t":
        del content[place:]
    else:
        content[place : place + len(data)] = data


def _torn(operation: Operation, rng: random.Random) -> Operation:
    sectors = len(operation.data) // SECTOR
    if operation.kind != "w" or sectors < 2:
        return operation
    kept = operation.data[: SECTOR * rng.randint(1, sectors)]
    return Operation("w", operation.name, operation.place, kept)

"""What the record costs: commits against a bare loop of write and sync, size, reading, export.

Absolute times differ tenfold between machines and disks; the ratios were taken in alternating
rounds of one run and can be compared.
"""

import math
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from kapmonitor.events import Entry, Note, Opened, encode_entry
from kapmonitor.export import FORMATS, export
from kapmonitor.export.errand import run_errand
from kapmonitor.export.job import ExportJob
from kapmonitor.reading import PlethRun, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.chain import Kind
from kapmonitor.record.folder import list_sessions
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.verify import verify
from kapmonitor.record.writing import ChainWriter
from kapmonitor.session import fold
from kapmonitor.vitals import Vital

KEY = bytes(range(32))


def run(short: bool) -> list[dict[str, Any]]:
    """Measure; returns lines with ``name``, ``value``, ``unit`` and, where there is one, ``ratio``.

    A ratio is commits per second against the bare loop of the same run.
    """
    with tempfile.TemporaryDirectory() as folder:
        return commits(Path(folder), 0.3 if short else 2.0) + whole_record(
            Path(folder), 0.25 if short else 8.0
        )


def commits(folder: Path, seconds: float, rounds: int = 3) -> list[dict[str, Any]]:
    """Events per second, each committed by itself, in alternating rounds."""
    body = encode_entry(entry(2))
    plain = ChainWriter(folder / "plain.kap", new=True)
    locked = ChainWriter(folder / "locked.kap", KEY, new=True)
    with (folder / "bare").open("ab", buffering=0) as bare:

        def bare_loop() -> None:
            bare.write(body)
            _sync(bare.fileno())

        loops: dict[str, Callable[[], None]] = {
            "record: write and sync alone": bare_loop,
            "record: commits": lambda: plain.append([(Kind.EVENT, body)]),
            "record: commits, encrypted": lambda: locked.append([(Kind.EVENT, body)]),
        }
        rates: dict[str, list[float]] = {name: [] for name in loops}
        for _ in range(rounds):
            for name, loop in loops.items():
                rates[name].append(_rate(loop, seconds))
    plain.close()
    locked.close()
    bare_rates = rates["record: write and sync alone"]
    return [
        {
            "name": name,
            "value": round(median(found)),
            "unit": "/s",
            "ratio": round(median(a / b for a, b in zip(found, bare_rates, strict=True)), 2),
        }
        for name, found in rates.items()
    ]


def whole_record(folder: Path, hours: float) -> list[dict[str, Any]]:
    """Record a visit of so many hours with three numerics and pleth at 60 Hz, and use it.

    Once in the clear and once encrypted, reading in alternating rounds; a ratio is encrypted
    against not.
    """
    paths = {"": folder / "visit.kap", ", encrypted": folder / "visit-locked.kap"}
    keys: dict[str, bytes | None] = {"": None, ", encrypted": KEY}
    wrote = {name: _written(path, keys[name], hours) for name, path in paths.items()}
    acts: dict[str, Callable[[Path, bytes | None], object]] = {
        f"record: open {hours:g} h": lambda path, key: Record.open(path, key).entries(),
        f"record: open and read {hours:g} h": lambda path, key: list(
            Record.open(path, key).readings()
        ),
        f"record: all samples of {hours:g} h": lambda path, key: list(
            Record.open(path, key).blocks()
        ),
        f"record: verify {hours:g} h": verify,
    }
    lines = [
        _line(f"record: size{name}", path.stat().st_size / 1e6 / hours, "MB/h")
        for name, path in paths.items()
    ]
    for name, (seconds, longest_put) in wrote.items():
        lines.append(_line(f"record: write {hours:g} h{name}", seconds, "s"))
        lines.append(_line(f"record: longest put{name}", longest_put * 1000, "ms"))
    lines += alternating(acts, paths, keys)
    lines += going_on(folder, hours)
    return [*lines, *exports(paths, keys, folder, hours)]


def going_on(folder: Path, hours: float) -> list[dict[str, Any]]:
    """Offering an interrupted, encrypted visit at the next start, and going on with it."""
    data = folder / "data"
    (data / "records").mkdir(parents=True)
    path = data / "records" / "s.kap"
    _written(path, KEY, hours, seal=False)
    offered = _seconds(lambda: list_sessions(data, lambda _path: KEY))

    def take_up() -> None:
        record = Record.open(path, KEY)
        fold(record.entries())
        list(record.readings())
        Recorder.resume(path, key=KEY).close()

    return [
        _line(f"record: list with an interrupted {hours:g} h, encrypted", offered, "s"),
        _line(f"record: take up an interrupted {hours:g} h, encrypted", _seconds(take_up), "s"),
    ]


def _written(path: Path, key: bytes | None, hours: float, seal: bool = True) -> tuple[float, float]:
    """Seconds to write a visit, and the longest time that the caller of ``put_block`` waited."""
    seconds = round(hours * 3600)
    recorder = Recorder(path, key=key)
    began = time.perf_counter()
    recorder.put(entry(1))
    for second in range(seconds):
        recorder.put_block(block(second))
        if second % 60 == 0:
            recorder.put(entry(second // 60 + 2))
    longest_put = max(_seconds(lambda: recorder.put_block(block(seconds))) for _ in range(100))
    assert recorder.seal(0.0) if seal else recorder.flush(60)
    recorder.close()
    return time.perf_counter() - began, longest_put


def exports(
    paths: dict[str, Path], keys: dict[str, bytes | None], folder: Path, hours: float
) -> list[dict[str, Any]]:
    """Each export, and CSV in the worker with its start, in alternating rounds.

    A ratio is encrypted against not.
    """

    def here(wanted: str, path: Path, key: bytes | None) -> object:
        return export(path, folder / "out", (wanted,), key=key)

    def there(path: Path, key: bytes | None) -> object:
        return run_errand(ExportJob(str(path), str(folder / "there"), ("csv",), key=key))

    acts: dict[str, Callable[[Path, bytes | None], object]] = {
        f"export: {wanted.upper()} of {hours:g} h": partial(here, wanted) for wanted in FORMATS
    }
    acts[f"export: CSV of {hours:g} h in the worker"] = there
    # Libraries are loaded once; the worker's own start is part of what it costs.
    here("pdf", paths[""], keys[""])
    return alternating(acts, paths, keys)


def alternating(
    acts: Mapping[str, Callable[[Path, bytes | None], object]],
    paths: dict[str, Path],
    keys: dict[str, bytes | None],
) -> list[dict[str, Any]]:
    """Each act on the plain and the encrypted record by turns, three times; the medians."""
    lines = []
    for what, act in acts.items():
        times: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(3):
            for name, path in paths.items():
                times[name].append(_seconds(partial(act, path, keys[name])))
        lines += [_line(f"{what}{name}", median(found), "s") for name, found in times.items()]
        pairs = zip(times[", encrypted"], times[""], strict=True)
        lines[-1]["ratio"] = round(median(locked / plain for locked, plain in pairs), 2)
    return lines


def entry(number: int) -> Entry:
    """An event of ordinary length, or (number 1) the opening."""
    at = (number - 2) * 60.0
    event = Opened("bench", "", "", "") if number == 1 else Note("eyes closed, breathing calmly")
    return Entry(number, at, 1.74e9 + at, 60, event, "Dr. Weiß")


def block(second: int) -> SampleBlock:
    """A second of an oximeter."""
    at = second + 0.2137
    vitals = (Vital.SPO2, Vital.PULSE_RATE, Vital.PERFUSION_INDEX)
    values = (97.0, 60.0 + second % 20, 4.2)
    readings = tuple(
        Reading(vital, value, at, packet=second + 1, source="oximeter")
        for vital, value in zip(vitals, values, strict=True)
    )
    wave = tuple(round(60 + 50 * math.sin((second * 60 + place) / 9)) for place in range(60))
    return SampleBlock(second, readings, (PlethRun(at, 1 / 60, wave, 127, source="oximeter"),))


def _sync(handle: int) -> None:
    getattr(os, "fdatasync", os.fsync)(handle)


def _rate(loop: Callable[[], None], seconds: float) -> float:
    began = time.perf_counter()
    times = 0
    while time.perf_counter() - began < seconds:
        loop()
        times += 1
    return times / (time.perf_counter() - began)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 4), "unit": unit}

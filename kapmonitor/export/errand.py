"""Sending for an export: starts the worker process, hears how far it is, can call it back."""

import os
import queue
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from kapmonitor import regional, words
from kapmonitor.errors import KapmonitorError
from kapmonitor.export.job import ExportJob, Told, decode_told, encode
from kapmonitor.export.worker import WORD
from kapmonitor.export.writing import remove_unfinished

# How often it is looked whether somebody has cancelled [s].
_LOOK_EVERY = 0.1
# A worker that was told to leave and has not [s].
_PATIENCE = 2.0
# The worker gets the record's own key; a passphrase in its environment would open all.
_SECRETS = ("KAPMONITOR_PASSPHRASE",)


def run_errand(
    job: ExportJob,
    heard: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Path]:
    """Export in a process of its own; returns the files. ``heard`` gets the share done (0..1).

    Raises what the export itself would, KapmonitorError ``export_cancelled`` when ``cancelled``
    says so, and ``export_failed`` when the process dies. No unfinished file is left in any case.
    """
    job = msgspec.structs.replace(
        job,
        record=str(Path(job.record).absolute()),
        folder=str(Path(job.folder).absolute()),
        mark=secrets.token_hex(4),
        language=words.language(),
        pressure_unit=regional.pressure_unit(),
    )
    worker = _start()
    assert worker.stdin is not None
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(worker, lines), daemon=True)
    reader.start()
    try:
        worker.stdin.write(encode(job))
        worker.stdin.flush()
        last = _listen(lines, heard, cancelled)
    except BrokenPipeError:
        last = Told()
    finally:
        _end(worker)
        reader.join()
        remove_unfinished(Path(job.folder), job.mark)
    if last.error:
        raise KapmonitorError(last.error, **last.facts)
    if not last.finished:
        raise KapmonitorError("export_failed", reason=f"exit {worker.returncode}")
    return [Path(name) for name in last.files]


def _start() -> subprocess.Popen[bytes]:
    # A program in one piece is its own Python.
    own = [] if getattr(sys, "frozen", False) else ["-m", "kapmonitor"]
    environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    return subprocess.Popen(
        [sys.executable, *own, WORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A traceback could tell what is in the record.
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _listen(
    lines: "queue.SimpleQueue[bytes]",
    heard: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Told:
    """The worker's last word; an unfinished one when it died before."""
    last = Told()
    while True:
        if cancelled():
            return Told(error="export_cancelled")
        try:
            line = lines.get(timeout=_LOOK_EVERY)
        except queue.Empty:
            continue
        if not line:
            return last
        try:
            last = decode_told(line)
        except msgspec.DecodeError:
            return Told()
        heard(last.share)
        if last.finished or last.error:
            return last


def _read(worker: subprocess.Popen[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    assert worker.stdout is not None
    with worker.stdout:
        for line in worker.stdout:
            lines.put(line)
    lines.put(b"")


def _end(worker: subprocess.Popen[bytes]) -> None:
    assert worker.stdin is not None
    with suppress(OSError):  # it may be gone already
        worker.stdin.close()
    try:
        worker.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()

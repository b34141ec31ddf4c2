"""Runs the program as a user does: its own process, its own data folder, lines in and out."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

Line = dict[str, Any]
LONGEST = 3 * PATIENCE
"""Seconds to what is waited for, while other lines go on coming."""
PASSPHRASE = os.environ["KAPMONITOR_PASSPHRASE"]
"""Opens the records that these visits leave (tests/conftest.py)."""


def environment(data: Path) -> dict[str, str]:
    """This environment with a data folder of the test's own."""
    return {**os.environ, "KAPMONITOR_DATA": str(data), "PYTHONUNBUFFERED": "1"}


def kapmonitor(data: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a verb to its end."""
    return subprocess.run(
        [sys.executable, "-m", "kapmonitor", *words],
        input=stdin,
        capture_output=True,
        env=environment(data),
        timeout=2 * PATIENCE,
        check=False,
    )


def lines_of(done: subprocess.CompletedProcess[bytes]) -> list[Line]:
    """The JSON lines of a verb that succeeded."""
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


class RunningVisit:
    """`kapmonitor run --headless`, its lines as they come and its stdin."""

    def __init__(self, data: Path, *words: str, largest_file: int | None = None) -> None:
        """``largest_file`` in bytes stands in for a disk that is full (Linux)."""
        self.seen: list[Line] = []
        self._lines: queue.Queue[Line | None] = queue.Queue()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "kapmonitor", "run", "--headless", "--silent"),
                *("--json", "--commands", "-", *words),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(data),
        )
        if largest_file is not None:
            self.limit_files(largest_file)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def limit_files(self, largest: int) -> None:
        """Let no file of the program grow beyond so many bytes; -1 lifts the limit."""
        import resource

        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (largest, -1))

    def __enter__(self) -> "RunningVisit":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def ask(self, **command: object) -> None:
        """Send one command."""
        self.say(json.dumps(command))

    def say(self, line: str) -> None:
        """Send one line as it is."""
        self.send(line.encode())

    def send(self, line: bytes) -> None:
        """Send the bytes of one line as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def until(self, wanted: Callable[[Line], bool]) -> Line:
        """The first line from now on that is wanted; fails when it does not come."""
        last = time.monotonic() + LONGEST
        for line in self._following():
            if wanted(line):
                return line
            if time.monotonic() > last:
                break
        raise AssertionError(f"never came; last lines: {self.seen[-6:]}; {self._error()}")

    def answer(self, identifier: object) -> Line:
        """The answer to a command."""
        return self.until(lambda line: line.get("id") == identifier and "event" not in line)

    def end(self) -> int:
        """Read the rest; the exit code."""
        for _ in self._following():
            pass
        return self.process.wait(PATIENCE)

    def _following(self) -> Iterator[Line]:
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except queue.Empty:
                return
            if line is None:
                return
            self.seen.append(line)
            yield line

    def _error(self) -> str:
        if self.process.poll() is None or self.process.stderr is None:
            return ""
        return self.process.stderr.read().decode()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

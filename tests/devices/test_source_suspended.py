"""A whole process that is stopped for three seconds, as a laptop's lid or a debugger does it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.devices.fake_port import FakePort, counting
from tests.patience import PATIENCE, wait_until

LISTENER = """
import asyncio, sys
from devices.address import parse_address
from devices.source import open_source
from kapmonitor.clock import SessionClock
from kapmonitor.reading import Link, Notice, PlethRun

def deliver(items):
    for item in items:
        if isinstance(item, PlethRun):
            print("samples", len(item.values), flush=True)
        elif isinstance(item, Notice) and item.kind == "backlog_dropped":
            print("dropped", item.detail["bytes"], flush=True)
        elif isinstance(item, Link):
            print(item.state.value, 0, flush=True)

source = open_source(parse_address("contec-cms50-serial@serial:" + sys.argv[1]), SessionClock())
asyncio.run(source.run(deliver))
"""
FRAME = 9  # bytes


class Listener:
    """The process that listens, and what it has told so far."""

    def __init__(self, port: FakePort) -> None:
        self.got: Counter[str] = Counter()
        self._port = port
        self._sent = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", LISTENER, str(port.path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            kind, number = line.split()
            self.got[kind] += int(number)

    def send(self) -> int:
        """A tenth of a second of sixty frames a second, as the device does."""
        with contextlib.suppress(BlockingIOError):  # nobody fetched for seconds: it forgets
            self._port.write(counting(self._sent, 6))
            self._sent += 6
        time.sleep(0.1)  # the device's own pace is what is tried here
        return 6

    def send_until(self, holds) -> int:
        """Go on until this holds; how many frames were sent."""
        end, sent = time.monotonic() + PATIENCE, 0
        while not holds():
            assert time.monotonic() < end, self.got
            sent += self.send()
        return sent

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process from outside")
def test_what_came_while_the_process_was_stopped_is_never_delivered_as_live(fake_port: FakePort):
    listener = Listener(fake_port)
    got = listener.got
    try:
        wait_until(fake_port.heard, "its greeting")
        fresh = listener.send_until(lambda: got["samples"] >= 30)
        listener.process.send_signal(signal.SIGSTOP)
        before = got["samples"]
        stale = sum(listener.send() for _ in range(30))
        listener.process.send_signal(signal.SIGCONT)
        fresh += listener.send_until(lambda: got["dropped"])
        again = got["samples"]
        fresh += listener.send_until(lambda: got["samples"] >= again + 30)
    finally:
        listener.close()

    assert got["dropped"] >= (stale - 6) * FRAME
    assert before <= got["samples"] <= fresh + 12

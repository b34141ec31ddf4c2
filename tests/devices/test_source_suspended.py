"""A whole process that is stopped for three seconds, as a laptop's lid or a debugger does it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.devices.fake_port import FakePort, counting

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


def send_for(seconds: float, port: FakePort) -> int:
    """Sixty frames a second, as the device does; returns how many were sent."""
    end, sent = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        assert port.write(counting(sent, 6)) == 6 * FRAME
        sent += 6
        time.sleep(0.1)  # the device's own pace is what is tried here
    return sent


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process from outside")
def test_what_came_while_the_process_was_stopped_is_never_delivered_as_live(
    fake_port: FakePort, tmp_path: Path
):
    root = str(Path(__file__).parents[2])
    listener = subprocess.Popen(
        [sys.executable, "-c", LISTENER, str(fake_port.path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert listener.stdout is not None
    try:
        while not fake_port.heard():  # its greeting: it is connected
            send_for(0.1, fake_port)
        time.sleep(0.3)
        fresh = send_for(0.5, fake_port)
        listener.send_signal(signal.SIGSTOP)
        stale = send_for(3.0, fake_port)
        listener.send_signal(signal.SIGCONT)
        fresh += send_for(1.0, fake_port)
    finally:
        listener.kill()
        lines = [line.split() for line in listener.communicate(timeout=10)[0].splitlines()]
    got = {kind: sum(int(n) for k, n in lines if k == kind) for kind in ("samples", "dropped")}

    assert got["dropped"] >= (stale - 6) * FRAME
    assert got["samples"] <= fresh + 12
    assert got["samples"] >= fresh / 2

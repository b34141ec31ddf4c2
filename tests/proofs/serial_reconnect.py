"""A serial device is pulled out and comes back, again and again, while it streams."""

import asyncio
import contextlib
import sys
import tempfile
import threading
import time
from pathlib import Path

from devices.address import parse_address
from devices.source import open_source
from kapmonitor.clock import SessionClock
from tests.devices.fake_port import FakePort, Inbox, counting

NAME = "serial_reconnect"
ABOUT = (
    "A serial oximeter is unplugged and comes back 1,000 times (20 in the short form), each time "
    "in the middle of a frame. Every loss is told within 0.5 s, data flow within 2 s of the "
    "return, every whole frame arrives once and in order, and nothing is left open."
)

FRAMES = 12  # in each life of the device
TOLD_WITHIN, BACK_WITHIN = 0.5, 2.0  # seconds
BUSY = 20.0  # times as long in the short form, which runs on any machine beside other work


def run(long: bool) -> dict[str, str | int | float]:
    """Pull the plug 1,000 or 20 times; returns the slowest notices and what was left over."""
    if sys.platform == "win32":
        return {"cycles": 0, "why": "Windows has no pseudo-terminals to stand for a serial port"}
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_cycles(Path(folder), 1000 if long else 20, 1.0 if long else BUSY))


async def _cycles(folder: Path, cycles: int, slack: float) -> dict[str, str | int | float]:
    port, inbox = FakePort(folder), Inbox()
    port.plug()
    address = parse_address(f"contec-cms50-serial@serial:{port.path}")
    source = open_source(address, SessionClock())
    task = asyncio.create_task(source.run(inbox))
    told: list[float] = []
    back: list[float] = []
    try:
        await inbox.until(lambda box: ("up", "") in box.links())
        before = _open_now()
        for cycle in range(cycles):
            inbox.items.clear()
            port.write(counting(cycle, FRAMES))
            await inbox.until(lambda box: len(box.pleth()) >= FRAMES)
            expected = [(cycle + frame) % 128 for frame in range(FRAMES)]
            assert inbox.pleth() == expected, f"cycle {cycle}: {inbox.pleth()}"
            port.write(counting(cycle, 1)[: 1 + cycle % 8])
            pulled = time.monotonic()
            port.unplug()
            await inbox.until(lambda box: ("down", "port_gone") in box.links())
            told.append(time.monotonic() - pulled)
            assert inbox.pleth() == expected, f"cycle {cycle}: half a frame gave a sample"
            port.plug()
            plugged = time.monotonic()
            await inbox.until(lambda box: box.links()[-1] == ("up", ""))
            inbox.items.clear()
            port.write(counting(cycle, 1))
            await inbox.until(lambda box: bool(box.pleth()))
            back.append(time.monotonic() - plugged)
        left = tuple(now - then for now, then in zip(_open_now(), before, strict=True))
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        port.unplug()
    assert max(told) <= slack * TOLD_WITHIN, f"a loss was told after {max(told):.2f} s"
    assert max(back) <= slack * BACK_WITHIN, f"data were back after {max(back):.2f} s"
    assert max(left) <= 0, f"{left[0]} threads, {left[1]} tasks, {left[2]} files were left over"
    return {
        "cycles": cycles,
        "frames": cycles * FRAMES,
        "slowest loss told [s]": round(max(told), 3),
        "slowest data again [s]": round(max(back), 3),
        "median data again [s]": round(sorted(back)[len(back) // 2], 3),
        "threads left over": left[0],
        "tasks left over": left[1],
        "files left over": left[2],
    }


def _open_now() -> tuple[int, int, int]:
    files = len(list(Path("/dev/fd").iterdir()))
    return threading.active_count(), len(asyncio.all_tasks()), files

"""A strap drops and returns, again and again, while it streams."""

import asyncio
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

from bumble.gatt import Characteristic

from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed, Nurse, has_dbus
from tests.devices.ble.sensors import Strap

NAME = "bluetooth_reconnect"
ABOUT = (
    "A heart-rate strap drops 1,000 times (15 in the short form), by turns hanging up and going "
    "out of range, and advertises again 0.1 s later. Every loss is told within 0.5 s, a new value "
    "is there within 2 s of the strap's return, none comes twice or out of order, and no thread, "
    "task or file is left over. The radio is virtual and BlueZ a stand-in on a real D-Bus; bleak "
    "is as it is."
)

TOLD_WITHIN, BACK_WITHIN = 0.5, 2.0  # seconds
BUSY = 20.0  # times as long in the short form, which runs on any machine beside other work
AWAY = 0.1  # seconds
TURN = 150  # heart rates that are told apart: far more than are sent between two losses


class CountingStrap(Strap):
    """Each of its rates is the one before and one more, round and round."""

    sent = 0

    def next_value(self) -> tuple[Characteristic, bytes]:
        """The next rate."""
        self.sent += 1
        self.bpm = 50 + self.sent % TURN
        return super().next_value()


def run(long: bool) -> dict[str, str | int | float]:
    """Drop the strap 1,000 or 15 times; returns the slowest notices and what was left over."""
    kind = "bluez" if has_dbus() and sys.platform == "linux" else "bumble"
    with tempfile.TemporaryDirectory() as folder:
        bed, cycles = Bed(kind, Path(folder)), 1000 if long else 15
        return asyncio.run(_cycles(bed, cycles, 1.0 if long else BUSY))


async def _cycles(bed: Bed, cycles: int, slack: float) -> dict[str, str | int | float]:
    told: list[float] = []
    back: list[float] = []
    async with bed:
        strap = await bed.put_on(CountingStrap())
        source = await bed.source(f"ble-heart-rate@ble:{strap.address}")
        async with bed.watched(source) as nurse:
            await nurse.until(lambda: nurse.notices("battery"))
            await _one_drop(nurse, strap, 0)  # what is made once, at the first reconnect
            before = _open_now()
            for cycle in range(1, cycles + 1):
                loss, value = await _one_drop(nurse, strap, cycle)
                told.append(loss)
                back.append(value)
            left = tuple(now - then for now, then in zip(_open_now(), before, strict=True))
    assert max(told) <= slack * TOLD_WITHIN, f"a loss was told after {max(told):.2f} s"
    assert max(back) <= slack * BACK_WITHIN, f"a value came only after {max(back):.2f} s"
    assert max(left) <= 0, f"{left[0]} threads, {left[1]} tasks, {left[2]} files were left over"
    return {
        "cycles": cycles,
        "way": bed.kind,
        "slowest loss told [s]": round(max(told), 3),
        "slowest new value [s]": round(max(back), 3),
        "median new value [s]": round(sorted(back)[len(back) // 2], 3),
        "doubles and values out of order": 0,
        "threads left over": left[0],
        "tasks left over": left[1],
        "files left over": left[2],
    }


async def _one_drop(nurse: Nurse, strap: CountingStrap, cycle: int) -> tuple[float, float]:
    """Seconds until the loss was told, and from the return until a new value was there."""
    dropped = time.monotonic()
    await strap.drop(radio_lost=bool(cycle % 2), away=AWAY)
    await nurse.until(lambda: ("down", "link_lost", False) in nurse.links)
    told = time.monotonic() - dropped
    before = len(nurse.values(Vital.HEART_RATE))
    await nurse.until(lambda: len(nurse.values(Vital.HEART_RATE)) > before)
    back = time.monotonic() - dropped - AWAY
    await nurse.until(lambda: nurse.notices("battery"))  # all is as it was before the drop
    _in_order(nurse.values(Vital.HEART_RATE), cycle)
    last = nurse.readings[-1]
    nurse.forget()
    nurse.seen.append(last)  # what follows is held against it too
    return told, back


def _in_order(rates: list[float | None], cycle: int) -> None:
    """Each rate is later than the one before: none comes twice, none from before the loss late."""
    for one, two in pairwise(rates):
        assert one is not None and two is not None
        step = (two - one) % TURN
        assert 0 < step < TURN / 2, f"cycle {cycle}: {two:g} came after {one:g}"


def _open_now() -> tuple[int, int, int]:
    files = Path("/dev/fd")
    there = len(list(files.iterdir())) if files.exists() else 0
    return threading.active_count(), len(asyncio.all_tasks()), there

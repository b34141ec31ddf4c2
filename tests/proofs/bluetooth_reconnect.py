"""A strap drops and returns, again and again, while it streams."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from kapmonitor.vitals import Vital
from tests.devices.ble.bed import Bed, Nurse, has_dbus
from tests.devices.ble.sensors import Strap

NAME = "bluetooth_reconnect"
ABOUT = (
    "A heart-rate strap drops 1,000 times (15 in the short form), by turns hanging up and going "
    "out of range, and advertises again 0.1 s later. Every loss is told within 0.5 s, a new value "
    "is there within 3 s of the loss, and no task and no file is left over. The radio is virtual "
    "and BlueZ a stand-in on a real D-Bus; bleak is as it is."
)

TOLD_WITHIN, BACK_WITHIN = 0.5, 3.0  # seconds


def run(long: bool) -> dict[str, str | int | float]:
    """Drop the strap 1,000 or 15 times; returns the slowest notices and what was left over."""
    kind = "bluez" if has_dbus() and sys.platform == "linux" else "bumble"
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_cycles(Bed(kind, Path(folder)), 1000 if long else 15))


async def _cycles(bed: Bed, cycles: int) -> dict[str, str | int | float]:
    told: list[float] = []
    back: list[float] = []
    async with bed:
        strap = await bed.put_on(Strap())
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
    assert max(told) <= TOLD_WITHIN, f"a loss was told after {max(told):.2f} s"
    assert max(back) <= BACK_WITHIN, f"values were back after {max(back):.2f} s"
    assert max(left) <= 0, f"{left[0]} tasks and {left[1]} files were left over"
    return {
        "cycles": cycles,
        "way": bed.kind,
        "slowest loss told [s]": round(max(told), 3),
        "slowest new value [s]": round(max(back), 3),
        "median new value [s]": round(sorted(back)[len(back) // 2], 3),
        "tasks left over": left[0],
        "files left over": left[1],
    }


async def _one_drop(nurse: Nurse, strap: Strap, cycle: int) -> tuple[float, float]:
    """Seconds until the loss was told, and until a new value was there."""
    nurse.forget()
    strap.bpm = 60 + cycle % 100
    dropped = time.monotonic()
    await strap.drop(radio_lost=bool(cycle % 2))
    await nurse.until(lambda: ("down", "link_lost", False) in nurse.links)
    told = time.monotonic() - dropped
    nurse.forget()
    await nurse.until_value(Vital.HEART_RATE, strap.bpm)
    back = time.monotonic() - dropped
    await nurse.until(lambda: nurse.notices("battery"))  # all is as it was before the drop
    return told, back


def _open_now() -> tuple[int, int]:
    files = Path("/dev/fd")
    return len(asyncio.all_tasks()), len(list(files.iterdir())) if files.exists() else 0

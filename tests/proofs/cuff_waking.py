"""A remembered cuff wakes after it has measured: how long until its reading is in the record."""

import asyncio
import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.packets import blood_pressure
from tests.devices.ble.sensors import BloodPressureCuff, local_stamp

NAME = "cuff_waking"
ABOUT = (
    "A Bluetooth cuff that the running program waits for wakes 30 times (3 in the short form), "
    "sends one measurement and is gone again. From its first advertisement to the committed event "
    "takes at most 5 s. The program runs in a process of its own; the radio is virtual and BlueZ a "
    "stand-in on a real D-Bus, so that a real radio's searching comes on top."
)

WITHIN = 5.0  # seconds


def run(long: bool) -> dict[str, str | int | float]:
    """Wake the cuff 30 or 3 times; returns the figures."""
    if sys.platform != "linux" or not has_dbus():
        return {"wakings": 0, "why": "the stand-in for BlueZ needs Linux and dbus-daemon"}
    os.environ.setdefault("KAPMONITOR_PASSPHRASE", "only for this proof")
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_wakings(Path(folder), 30 if long else 3))


def _says(key: str, value: object, line: dict[str, Any]) -> bool:
    return bool(line.get(key) == value)


async def _wakings(folder: Path, count: int) -> dict[str, str | int | float]:
    from tests.end_to_end.program import RunningVisit

    took: list[float] = []
    (folder / "bus").mkdir()
    async with Bed("bluez", folder / "bus") as bed:
        cuff = await bed.put_on(BloodPressureCuff(), advertise=False)
        address = f"ble-blood-pressure@ble:{cuff.address}"
        with await asyncio.to_thread(RunningVisit, folder, "--device", address) as visit:
            await asyncio.to_thread(visit.until, partial(_says, "event", "source"))
            for number in range(count):
                systolic, now = 100 + number, bed.clock.now()
                local = local_stamp(bed.clock.utc(now), bed.clock.zone_minutes(now))
                woke = time.monotonic()
                await cuff.advertise(True)
                sending = asyncio.create_task(
                    cuff.measured(blood_pressure(systolic, 80, 95, 70, local))
                )
                await asyncio.to_thread(visit.until, partial(_says, "systolic", systolic))
                took.append(time.monotonic() - woke)
                await sending
                await cuff.drop(away=None)
                await asyncio.to_thread(visit.until, partial(_says, "state", "down"))
    assert max(took) <= WITHIN, f"a reading was in the record after {max(took):.2f} s"
    return {
        "wakings": count,
        "slowest [s]": round(max(took), 3),
        "median [s]": round(sorted(took)[count // 2], 3),
    }

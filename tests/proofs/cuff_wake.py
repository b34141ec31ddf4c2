"""A remembered cuff wakes after its measurement, sends it and leaves: how soon is it on record?"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from kapmonitor.remembered import Remembered, remember
from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.packets import blood_pressure
from tests.devices.ble.sensors import BloodPressureCuff, local_stamp
from tests.patience import PATIENCE

NAME = "cuff_wake"
ABOUT = (
    "A visit of its own process waits for a remembered cuff, named by its address alone. The cuff "
    "wakes 100 times (3 in the short form), sends one measurement to whoever listens and leaves "
    "the air. Timed from its first advertisement until the reading is committed to the record; "
    "each reading is there once, within 3 s. The radio is virtual and BlueZ a stand-in on a real "
    "D-Bus; bleak is as it is."
)

WITHIN = 3.0  # seconds
BUSY = 10.0  # times as long in the short form, which runs on any machine beside other work


def run(long: bool) -> dict[str, str | int | float]:
    """Wake the cuff 100 or 3 times; returns the times to the record."""
    if not (has_dbus() and sys.platform == "linux"):
        return {"wakes": 0, "way": "needs Linux and dbus-daemon"}
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(_wakes(Path(folder), 100 if long else 3))
    within = WITHIN if long else BUSY * WITHIN
    assert max(took) <= within, f"a reading was on record only after {max(took):.2f} s"
    return {
        "wakes": len(took),
        "way": "bluez",
        "slowest [s]": round(max(took), 3),
        "median [s]": round(sorted(took)[len(took) // 2], 3),
        "lost or doubled": 0,
    }


async def _wakes(folder: Path, wakes: int) -> list[float]:
    took = []
    async with Bed("bluez", folder) as bed:
        cuff = await bed.put_on(BloodPressureCuff(), advertise=False)
        data = folder / "data"
        remember(data, [Remembered(f"ble-blood-pressure@ble:{cuff.address}", room="")])
        visit = await _begin(data, f"ble:{cuff.address}")
        try:
            await _line(visit, lambda line: line.get("state") == "connecting" or "event" in line)
            for wake in range(wakes):
                now = bed.clock.now()
                stamp = local_stamp(bed.clock.utc(now), bed.clock.zone_minutes(now))
                systolic = 100 + wake % 60
                began = time.monotonic()
                await cuff.advertise(True)
                await cuff.measured(blood_pressure(systolic, 70, 85, 66, stamp))
                read = await _line(visit, lambda line: line.get("event") == "cuff")
                took.append(time.monotonic() - began)
                assert read["systolic"] == systolic, read
                await cuff.drop(away=None)
                await _line(visit, lambda line: line.get("event") == "link")
        finally:
            visit.terminate()
            rest, _ = await visit.communicate()
        again = [line for line in rest.splitlines() if json.loads(line).get("event") == "cuff"]
        assert not again, "a reading came twice"
    return took


async def _begin(data: Path, source: str) -> asyncio.subprocess.Process:
    words = ("run", "--headless", "--silent", "--json", "--device", source)
    secret = {"KAPMONITOR_DATA": str(data), "KAPMONITOR_PASSPHRASE": "of a proof"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "kapmonitor", *words),
        env={**os.environ, **secret, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        stdout=asyncio.subprocess.PIPE,
    )


async def _line(visit: asyncio.subprocess.Process, wanted: object) -> dict[str, object]:
    """The next line of the visit that is wanted."""
    assert visit.stdout is not None and callable(wanted)
    async with asyncio.timeout(PATIENCE):
        while text := await visit.stdout.readline():
            line: dict[str, object] = json.loads(text)
            if wanted(line):
                return line
    raise AssertionError("the visit ended")

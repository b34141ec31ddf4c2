"""A cuff with a display is paired on the set-up page: its digits are typed before any visit.

The cuff is a virtual one behind a virtual radio, BlueZ a stand-in on a private D-Bus; bleak, the
pairing agent and what the page asks for are the real ones.
"""

import asyncio
from pathlib import Path

import pytest

from kapmonitor.passkeys import PasskeyDoor
from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.sensors import BloodPressureCuff
from ui.offers import preview

pytestmark = pytest.mark.skipif(
    not has_dbus(), reason="BlueZ is Linux's, and its stand-in needs dbus-daemon"
)
SHOWN, WRONG = 271828, 111111


@pytest.mark.parametrize(
    ("typed", "said"), [(SHOWN, "Connected"), (WRONG, "pairing"), (None, "pairing")]
)
def test_the_digits_are_asked_for_and_typed_before_the_visit(
    tmp_path: Path, typed: int | None, said: str
):
    words, asked = asyncio.run(_paired(tmp_path, typed))

    assert said in words
    assert set(asked) == {BloodPressureCuff.address}
    assert len(asked) == 1 or typed == WRONG, "who refused is not asked again"


async def _paired(folder: Path, typed: int | None) -> tuple[str, list[str]]:
    """What the page says at the end, and which devices asked."""
    door, asked = PasskeyDoor(), []
    (folder / "bus").mkdir()
    async with Bed("bluez", folder / "bus") as bed:
        cuff = await bed.put_on(BloodPressureCuff(passkey=SHOWN))
        source = f"ble-blood-pressure@ble:{cuff.address}"
        looking = asyncio.create_task(asyncio.to_thread(preview, folder, source, door.ask))
        while not looking.done():
            if door.wanted:
                asked.append(door.wanted)
                door.give(typed)
                while door.wanted and not looking.done():
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.01)
        words = await looking
        if typed == SHOWN:
            again = await asyncio.to_thread(preview, folder, source, _must_not_ask)
            assert again == words, "it is paired for good"
        return words, asked


async def _must_not_ask(_address: str) -> int | None:
    raise AssertionError("asked although it is paired")


def test_a_cuff_that_sleeps_is_not_called_connected(tmp_path: Path):
    async def look() -> str:
        (tmp_path / "bus").mkdir()
        async with Bed("bluez", tmp_path / "bus") as bed:
            cuff = await bed.put_on(BloodPressureCuff(), advertise=False)
            source = f"ble-blood-pressure@ble:{cuff.address}"
            return await asyncio.to_thread(preview, tmp_path, source)

    assert "pairing mode" in asyncio.run(look())

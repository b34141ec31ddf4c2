"""A cuff with a display is paired on the set-up page: its digits are typed before any visit.

The cuff is a virtual one behind a virtual radio, BlueZ a stand-in on a private D-Bus; bleak, the
pairing agent and what the page asks for are the real ones.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from kapmonitor.keys.keys import Keys
from kapmonitor.passkeys import PasskeyDoor
from tests.devices.ble.bed import Bed, has_dbus
from tests.devices.ble.sensors import BloodPressureCuff
from ui.offers import preview
from ui.services import services
from ui.setup.devices import DeviceBox
from ui.setup.looking import Looking

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


@contextlib.contextmanager
def cuff_in_the_air(folder: Path) -> Iterator[BloodPressureCuff]:
    """A cuff in pairing mode, on a loop of its own: the page has the test's thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    (folder / "bus").mkdir()
    bed = Bed("bluez", folder / "bus")

    async def begin() -> BloodPressureCuff:
        await bed.__aenter__()
        return await bed.put_on(BloodPressureCuff(passkey=SHOWN))

    async def end() -> None:
        await bed.__aexit__(None, None, None)

    try:
        yield asyncio.run_coroutine_threadsafe(begin(), loop).result(60)
        asyncio.run_coroutine_threadsafe(end(), loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_on_the_page_itself_from_the_list_to_connected(qtbot, tmp_path: Path):
    """Seen in the list, told to pair, the digits typed where they are asked for."""
    with cuff_in_the_air(tmp_path) as cuff:
        box = DeviceBox()
        qtbot.addWidget(box)
        looking = Looking(box, services(tmp_path, Keys(tmp_path)))
        box.show()

        def heard() -> list[QListWidgetItem]:
            return box.list.findItems(cuff.name, Qt.MatchFlag.MatchContains)

        qtbot.waitUntil(lambda: bool(heard()), timeout=60_000)
        box.list.setCurrentItem(heard()[0])
        qtbot.mouseClick(box._look, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not box.passkey.isHidden(), timeout=60_000)
        assert cuff.name in box.passkey._question.text()

        box.passkey.digits.setText(str(SHOWN))
        box.passkey.digits.returnPressed.emit()

        qtbot.waitUntil(lambda: "Connected" in box.said.text(), timeout=60_000)
        assert box.passkey.isHidden()
        box.hide()
        qtbot.waitUntil(lambda: not box._scanning, timeout=60_000)
        looking.close()

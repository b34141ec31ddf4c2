"""The list of remembered devices: kept whole, read with care; and the lock of a device in use."""

import subprocess
import sys
from pathlib import Path

import pytest

from kapmonitor.device_lock import DeviceLock, in_use
from kapmonitor.errors import DeviceError, KapmonitorError, UsageError
from kapmonitor.remembered import FILE, Remembered, forget, load, place_of, remember
from kapmonitor.words import sentence
from tests.patience import PATIENCE

CUFF = Remembered(
    "ble-blood-pressure@ble:C0:00:00:00:00:10",
    "A&D_UA-651BLE_9F2D11",
    room="Room 2",
    site="left_arm",
    last_used=1000.0,
)
OXIMETER = Remembered(
    "contec-cms50-serial@serial:/dev/ttyUSB0", "CMS50D+", "A9", last_used=2000.0, port_id="10C4"
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "cache")


def test_what_was_used_last_comes_first(tmp_path: Path):
    remember(tmp_path, [CUFF])
    remember(tmp_path, [OXIMETER])

    assert load(tmp_path) == ((OXIMETER, CUFF), None)


def test_what_is_not_told_anew_stays(tmp_path: Path):
    """A visit by address alone knows neither the room nor the site of last time."""
    remember(tmp_path, [CUFF])
    remember(tmp_path, [Remembered("ble:C0:00:00:00:00:10", last_used=3000.0)])

    (kept,), _ = load(tmp_path)
    assert (kept.source, kept.room, kept.site) == (CUFF.source, "Room 2", "left_arm")
    assert kept.last_used == 3000.0


def test_a_device_is_the_same_whatever_it_speaks_and_wherever_it_sits():
    assert place_of("nonin-serial@serial:COM3#left_finger") == "serial:COM3"
    assert place_of("ble:A&D_UA-651BLE#7") == "ble:A&D_UA-651BLE#7"


def test_a_forgotten_device_is_gone_and_the_others_stay(tmp_path: Path):
    remember(tmp_path, [CUFF, OXIMETER])

    assert forget(tmp_path, "00:10") == CUFF
    assert load(tmp_path)[0] == (OXIMETER,)
    with pytest.raises(UsageError) as error:
        forget(tmp_path, "00:10")
    assert error.value.code == "device_not_remembered"


def test_what_fits_two_devices_forgets_none(tmp_path: Path):
    remember(tmp_path, [CUFF, OXIMETER])

    with pytest.raises(UsageError) as error:
        forget(tmp_path, "e")
    assert error.value.facts == {"device": "e", "count": 2}
    assert len(load(tmp_path)[0]) == 2


@pytest.mark.parametrize(
    "content", [b'{"version": 1, "dev', b"\xff", b"[]", b'{"devices": [{"label": "x"}]}']
)
def test_a_damaged_list_is_one_sentence_and_put_aside(tmp_path: Path, content: bytes):
    (tmp_path / FILE).write_bytes(content)

    kept, problem = load(tmp_path)

    assert kept == ()
    assert problem is not None
    assert FILE in sentence(problem.code, problem.facts)
    remember(tmp_path, [CUFF])
    assert load(tmp_path) == ((CUFF,), None)
    assert (tmp_path / "devices.damaged").read_bytes() == content


def test_the_list_of_a_newer_program_is_left_alone(tmp_path: Path):
    content = b'{"version": 2, "devices": [], "beacons": []}'
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(KapmonitorError) as error:
        remember(tmp_path, [CUFF])
    assert error.value.code == "devices_newer"
    assert (tmp_path / FILE).read_bytes() == content


def test_a_device_of_another_room_is_told_and_one_without_a_room_is_everybodys():
    assert CUFF.elsewhere("Room 3")
    assert CUFF.elsewhere("")
    assert not CUFF.elsewhere("room 2")
    assert not OXIMETER.elsewhere("Room 3")


def test_a_device_in_use_is_refused_to_a_second_visit(tmp_path: Path):
    lock = DeviceLock("ble:C0:00:00:00:00:10")

    with pytest.raises(DeviceError) as error:
        DeviceLock("ble:c0:00:00:00:00:10")
    assert error.value.code == "device_in_use"
    assert in_use("ble:C0:00:00:00:00:10")
    assert not in_use("ble:C0:00:00:00:00:11")

    lock.release()
    lock.release()
    assert not in_use("ble:C0:00:00:00:00:10")


@pytest.mark.skipif(sys.platform == "win32", reason="the cache folder is set as Linux and macOS do")
def test_the_lock_of_a_killed_program_ends_with_it(tmp_path: Path):
    child = (
        "import platformdirs, pathlib, sys\n"
        f"platformdirs.user_cache_path = lambda *_: pathlib.Path({str(tmp_path / 'cache')!r})\n"
        "from kapmonitor.device_lock import DeviceLock\n"
        "lock = DeviceLock('ble:X'); print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert in_use("ble:X")
        other.kill()
        other.wait(PATIENCE)

    DeviceLock("ble:X").release()

"""Remembered devices meet a visit: whose they are, where they are now, what is kept of them."""

from pathlib import Path

import pytest

from devices.detect import PortInfo
from kapmonitor.errors import DeviceError
from kapmonitor.ports import SourceInfo
from kapmonitor.remembered import Remembered, load, remember
from kapmonitor.settings import change
from kapmonitor.vitals import Vital
from tests.end_to_end.program import kapmonitor, lines_of
from ui import own_devices as module
from ui.own_devices import own_devices

CUFF = "ble-blood-pressure@ble:C0:00:00:00:00:10"
HERE = PortInfo("/dev/ttyUSB0", "CP2102", "10C4:EA60", (), "A9001")


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[PortInfo]:
    found: list[PortInfo] = []
    monkeypatch.setattr(module, "list_ports", lambda: found)
    return found


def oximeter(port: str, site: str = "") -> SourceInfo:
    address = f"contec-cms50-serial@serial:{port}"
    return SourceInfo(
        "serial-x", "contec-cms50-serial", address, "CMS50D+", (Vital.SPO2,), True, site=site
    )


def test_a_visit_remembers_what_it_used_and_where(tmp_path: Path, ports: list[PortInfo]):
    change(tmp_path, room="Room 2")
    ports.append(HERE)

    own_devices(tmp_path).used([oximeter("/dev/ttyUSB0", "left_finger")], 1000.0)

    assert load(tmp_path)[0] == (
        Remembered(
            "contec-cms50-serial@serial:/dev/ttyUSB0",
            "CMS50D+",
            "A9001",
            "Room 2",
            "left_finger",
            1000.0,
            "10C4:EA60",
        ),
    )


def test_a_device_is_found_at_another_port_by_its_serial_number(
    tmp_path: Path, ports: list[PortInfo]
):
    """The cable sits in another socket today; the list then names one device, not two."""
    ports.append(HERE)
    own_devices(tmp_path).used([oximeter("/dev/ttyUSB0", "left_finger")], 1000.0)
    ports[:] = [PortInfo("/dev/ttyUSB3", "CP2102", "10C4:EA60", (), "A9001")]

    address, _ = own_devices(tmp_path).meant("serial:/dev/ttyUSB0")
    assert str(address) == "contec-cms50-serial@serial:/dev/ttyUSB3"

    own_devices(tmp_path).used([oximeter("/dev/ttyUSB3")], 2000.0)
    assert [device.place for device in load(tmp_path)[0]] == ["serial:/dev/ttyUSB3"]


def test_a_port_whose_chip_has_no_number_is_listened_to_anew(tmp_path: Path, ports: list[PortInfo]):
    """Another device may be at the same name today; what is remembered says nothing of it."""
    ports.append(PortInfo("/dev/ttyUSB0", "CH340", "1A86:7523", (), ""))
    own_devices(tmp_path).used([oximeter("/dev/ttyUSB0")], 1000.0)

    address, _ = own_devices(tmp_path).meant("serial:/dev/ttyUSB0")
    assert str(address) == "serial:/dev/ttyUSB0"

    named, _ = own_devices(tmp_path).meant("contec-cms50-serial@serial:/dev/ttyUSB0")
    assert str(named) == "contec-cms50-serial@serial:/dev/ttyUSB0"


def test_chips_that_share_a_serial_number_are_not_mixed_up(tmp_path: Path, ports: list[PortInfo]):
    ports.append(HERE)
    own_devices(tmp_path).used([oximeter("/dev/ttyUSB0")], 1000.0)
    ports[:] = [PortInfo(f"/dev/ttyUSB{n}", "CP2102", "10C4:EA60", (), "A9001") for n in (3, 4)]

    address, _ = own_devices(tmp_path).meant("serial:/dev/ttyUSB0")

    assert address.address == "/dev/ttyUSB0"


def test_a_device_of_another_room_is_not_taken_unless_its_room_is_named(
    tmp_path: Path, ports: list[PortInfo]
):
    change(tmp_path, room="Room 3")
    remember(tmp_path, [Remembered(CUFF, "A&D", room="Room 2")])
    own = own_devices(tmp_path)

    with pytest.raises(DeviceError) as error:
        own.meant("ble:C0:00:00:00:00:10#left_arm")
    assert error.value.code == "device_other_room"
    assert error.value.facts["room"] == "Room 2"

    address, site = own.meant("ble:c0:00:00:00:00:10#left_arm", ("room 2",))
    assert (str(address), site) == (CUFF, "left_arm")
    assert own.foreign("C0:00:00:00:00:10")
    assert not own.foreign("C0:00:00:00:00:11")


def test_a_borrowed_device_keeps_the_room_that_it_belongs_to(tmp_path: Path, ports: list[PortInfo]):
    change(tmp_path, room="Room 3")
    remember(tmp_path, [Remembered(CUFF, "A&D", room="Room 2")])
    info = SourceInfo("ble-0010", "ble-blood-pressure", CUFF, "A&D", (), False)

    own_devices(tmp_path).used([info], 1000.0)

    (kept,), _ = load(tmp_path)
    assert (kept.room, kept.last_used) == ("Room 2", 1000.0)


def test_devices_are_remembered_listed_and_forgotten_on_the_command_line(tmp_path: Path):
    lines_of(kapmonitor(tmp_path, "devices", "--this-room", "Room 3"))
    lines_of(
        kapmonitor(
            tmp_path,
            *("devices", "--remember", CUFF, "--room", "Room 2", "--site", "left_arm", "--json"),
        )
    )

    (first, *_) = lines_of(kapmonitor(tmp_path, "devices", "--json"))
    assert first["source"] == CUFF
    assert (first["room"], first["site"], first["other_room"]) == ("Room 2", "left_arm", True)
    assert (first["remembered"], first["in_use"]) == (True, False)

    refused = kapmonitor(tmp_path, "run", "--headless", "--device", "ble:C0:00:00:00:00:10")
    assert refused.returncode == 1
    assert b"--from-room 'Room 2'" in refused.stderr
    assert refused.stderr.count(b"\n") == 1

    lines_of(kapmonitor(tmp_path, "devices", "--forget", CUFF, "--json"))
    assert not load(tmp_path)[0]

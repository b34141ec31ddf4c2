"""Services of an invented clinic with unusual devices, for the gallery and for tests. No Qt."""

from dataclasses import replace

from kapmonitor.errors import DeviceError
from kapmonitor.settings import Settings
from kapmonitor.words import tr
from ui.devices.services import Amiss
from ui.sample_services import sample_services
from ui.services import Services
from ui.setup.choice import Offer

_ROOMS = ("Room 2", "Room 3", "Room 4")
LONG_NAME = "A&D_UA-651BLE_9F2D11_HOHENSTEIN-OBERDOERFFER"


def many_devices() -> Services:
    """More of everything than a clinic has: three rooms, long names, a house full of radios."""
    kept = [
        Offer(
            f"ble-blood-pressure@ble:C0:00:00:00:01:{number:02X}",
            f"{LONG_NAME}  …01{number:02X}",
            "pressure, pulse",
            "left_arm",
            room="" if number < 3 else _ROOMS[number % 3],
            remembered=True,
            there=False,
            may_wait=True,
            pairs=True,
            belongs=_ROOMS[0] if number < 3 else _ROOMS[number % 3],
            serial=f"5000{number:06d}",
            last_used=1_795_000_000.0,
            name=LONG_NAME,
        )
        for number in range(9)
        if number < 3 or number % 3
    ]
    heard = [
        Offer(
            f"ble:C0:00:00:00:02:{number:02X}", f"Nonin3230_50278445{number}", "SpO₂, pulse",
            signal=1 + number % 4, taken=number == 2, name=f"Nonin3230_50278445{number}",
        )
        for number in range(8)
    ]  # fmt: skip
    return replace(
        sample_services(),
        settings=lambda: Settings(room=_ROOMS[0]),
        remembered=lambda: kept,
        scan=lambda: heard,
    )


def no_bluetooth() -> Services:
    """No adapter, and a port that belongs to a group in which the user is not."""

    def scan() -> list[Offer]:
        raise DeviceError("bluetooth_missing")

    def amiss() -> list[Amiss]:
        return [
            Amiss(
                "Bluetooth",
                tr("no adapter or no Bluetooth service"),
                tr("install and start BlueZ (bluez), or use a serial device"),
            ),
            Amiss(
                "Serial",
                tr("no right to use {ports}", ports="/dev/ttyUSB0"),
                tr("sudo usermod -aG {group} $USER, then log in again", group="dialout"),
            ),
        ]

    world = sample_services()
    return replace(
        world,
        settings=lambda: Settings(room=_ROOMS[0]),
        scan=scan,
        devices=replace(world.devices, amiss=amiss),
    )

"""A cable that comes back under another name is found by its chip's serial number."""

import asyncio

import pytest

from devices.detect import PortInfo
from devices.transports.following import FollowingTransport
from kapmonitor.errors import DeviceError

CHIP = ("CP2102", "10C4:EA60", (), "A9001")
OTHER = ("CP2102", "10C4:EA60", (), "B7777")
NAMELESS = ("CH340", "1A86:7523", (), "")


class Opened:
    """Stands for a transport: remembers which port was opened."""

    def __init__(self) -> None:
        self.ports: list[str] = []

    def make(self, port: str):
        ports = self.ports

        class Transport:
            async def open(self):
                ports.append(port)
                return port

        return Transport()


def opened_at(*lists: list[PortInfo]) -> list[str]:
    """The ports that are opened one after the other while the system lists these."""
    opened, there = Opened(), list(lists)
    transport = FollowingTransport("/dev/ttyUSB0", opened.make, lambda: there.pop(0))

    async def open_each_time() -> None:
        for _ in lists:
            await transport.open()

    asyncio.run(open_each_time())
    return opened.ports


def test_the_same_chip_at_another_port_is_followed_and_followed_again():
    first, second, third = (PortInfo(f"/dev/ttyUSB{n}", *CHIP) for n in (0, 1, 2))

    assert opened_at([first], [second], [third], [first]) == [
        "/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyUSB2", "/dev/ttyUSB0"
    ]  # fmt: skip


def test_a_stranger_that_has_got_the_name_is_not_taken_for_it():
    ours, stranger = PortInfo("/dev/ttyUSB0", *CHIP), PortInfo("/dev/ttyUSB0", *OTHER)
    moved = PortInfo("/dev/ttyUSB1", *CHIP)

    assert opened_at([ours], [stranger, moved]) == ["/dev/ttyUSB0", "/dev/ttyUSB1"]
    with pytest.raises(DeviceError) as error:
        opened_at([ours], [stranger])
    assert error.value.code == "port_unknown"


def test_two_chips_with_one_number_are_not_guessed_between():
    ours = PortInfo("/dev/ttyUSB0", *CHIP)
    twins = [PortInfo("/dev/ttyUSB1", *CHIP), PortInfo("/dev/ttyUSB2", *CHIP)]

    assert opened_at([ours], twins) == ["/dev/ttyUSB0", "/dev/ttyUSB0"]


def test_without_a_number_the_name_decides():
    nameless = PortInfo("/dev/ttyUSB0", *NAMELESS)

    assert opened_at([nameless], [PortInfo("/dev/ttyUSB1", *NAMELESS)], []) == ["/dev/ttyUSB0"] * 3

"""Which protocol some bytes are: found from real frames, and never from noise."""

import asyncio
import contextlib
import random
import threading

import pytest
from serial.tools import list_ports as system_ports
from serial.tools.list_ports_common import ListPortInfo

from devices.detect import SETTINGS, Guess, find_channel, find_protocol, guess, list_ports
from devices.virtual.encode import nonin_frame
from kapmonitor.clock import SessionClock
from kapmonitor.errors import DeviceError
from tests.devices.fake_port import FakePort, counting
from tests.patience import PATIENCE, until

# Real bytes of a CMS50 (headrotor/contec_data, MIT), a PI that is not supported.
REAL_CONTEC = bytes.fromhex(
    "01e085b396c1e1ffff 01e085b096c1e1ffff 01e085ae95c1e1ffff 01e085ac95c1e1ffff 01e085ab95c1e1ffff"
)
# Composed after atbrask/CMS50Dplus: a finger, a beat, no finger.
OLD_CONTEC = bytes.fromhex("8532044161") * 6 + bytes.fromhex("c75a4a0260 9000100000")
# A line as a Masimo Rad-8 prints it (operator's manual), with its values and without.
MASIMO = (
    b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% "
    b"DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000800\r\n"
)
MASIMO_EMPTY = b"11/21/26 10:00:00 SN=0000012345 SPO2=---% BPM=--- PI=--.--% EXC=000020\r\n"
NONIN_PRINTER = b"00:03:27 SPO2=097 HR=072\r\n"


def nonin(wide: bool, packets: int = 2) -> bytes:
    slots = (72 >> 7, 72 & 0x7F, 97) + 22 * (0,)
    frames = [
        nonin_frame(0x81 if number == 0 else 0x80, 60 + number, slot, wide)
        for _ in range(packets)
        for number, slot in enumerate(slots)
    ]
    return b"".join(frames)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (REAL_CONTEC, Guess("contec-cms50-serial", "v7")),
        (b"\xe1\xff\xff" + REAL_CONTEC + b"\x01\xe0\x85", Guess("contec-cms50-serial", "v7")),
        (b"\x0c\x80\x0e\x80\x81" + REAL_CONTEC, Guess("contec-cms50-serial", "v7")),
        (OLD_CONTEC, Guess("contec-cms50-serial", "v5")),
        (b"\x41\x61" + OLD_CONTEC + b"\x85\x32", Guess("contec-cms50-serial", "v5")),
        (nonin(wide=False), Guess("nonin-serial", "df2")),
        (nonin(wide=False)[3:-2], Guess("nonin-serial", "df2")),
        (nonin(wide=True), Guess("nonin-serial", "df7")),
        (MASIMO, Guess("masimo-ascii", "line")),
        (MASIMO_EMPTY, Guess("masimo-ascii", "line")),
        (NONIN_PRINTER, Guess("nonin-serial", "ascii")),
    ],
)
def test_each_protocol_is_known_by_its_bytes(data: bytes, expected: Guess):
    assert guess(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        REAL_CONTEC[:30],
        OLD_CONTEC[:20],
        b"\x00" * 500,
        b"\xff" * 500,
        b"login: " * 40,
    ],
)
def test_too_little_or_something_else_is_nothing(data: bytes):
    assert guess(data) is None


def test_noise_is_never_a_protocol():
    """Ten megabytes of a device read at a wrong speed would be no protocol either."""
    dice = random.Random(7)
    for _ in range(300):
        assert guess(dice.randbytes(600)) is None


def test_some_damage_is_still_known_and_a_quarter_is_not():
    data = bytearray(counting(0, 100))
    for place in range(4, len(data), 120):
        data[place] &= 0x7F
    assert guess(bytes(data)) == Guess("contec-cms50-serial", "v7")
    for place in range(4, len(data), 36):
        data[place] &= 0x7F
    assert guess(bytes(data)) is None


def test_only_what_is_spoken_at_the_settings_is_considered():
    fast, old, slow = SETTINGS

    assert guess(REAL_CONTEC, fast) == Guess("contec-cms50-serial", "v7")
    assert guess(REAL_CONTEC, slow) is None
    assert guess(OLD_CONTEC, fast) is None
    assert guess(OLD_CONTEC, old) == Guess("contec-cms50-serial", "v5")


def test_a_port_is_listened_at_with_each_setting(fake_port: FakePort):
    async def story() -> None:
        async def stream() -> None:
            while True:
                with contextlib.suppress(BlockingIOError):
                    fake_port.write(nonin(wide=False, packets=1))
                await asyncio.sleep(0.01)

        task = asyncio.create_task(stream())
        found = await find_protocol(str(fake_port.path), SessionClock(rate=5.0))
        assert (found.protocol, found.channel) == ("nonin-serial", "df2")
        assert str(found.settings) == "9600 8N1"
        channel = await find_channel(str(fake_port.path), "nonin-serial", SessionClock())
        assert channel == "df2"
        none = await find_channel(
            str(fake_port.path), "contec-cms50-serial", SessionClock(rate=10.0)
        )
        assert none == ""
        task.cancel()
        assert fake_port.heard() == b""

    asyncio.run(story())


def test_pulling_the_plug_while_listening_is_told(fake_port: FakePort):
    async def story() -> None:
        before = threading.active_count()
        listening = asyncio.create_task(find_protocol(str(fake_port.path), SessionClock()))
        await until(lambda: threading.active_count() > before)  # the port's reader
        fake_port.unplug()
        with pytest.raises(DeviceError) as refusal:
            await asyncio.wait_for(listening, PATIENCE)
        assert refusal.value.code in ("port_gone", "port_unknown")

    asyncio.run(story())


def test_ports_are_listed_with_what_their_chip_hints_at(monkeypatch: pytest.MonkeyPatch):
    contec = ListPortInfo("/dev/ttyUSB10")
    contec.vid, contec.pid, contec.product = 0x10C4, 0xEA60, "CP2102 USB to UART Bridge"
    contec.apply_usb_info()
    other = ListPortInfo("/dev/ttyUSB2")
    other.vid, other.pid, other.product = 0x0403, 0x6001, "FT232R"
    other.apply_usb_info()
    empty = ListPortInfo("/dev/ttyS3")
    monkeypatch.setattr(system_ports, "comports", lambda: [contec, empty, other])

    ports = list_ports()

    assert [port.port for port in ports] == ["/dev/ttyUSB2", "/dev/ttyUSB10"]
    assert ports[1].likely == ("contec-cms50-serial",)
    assert ports[1].usb == "10C4:EA60"
    assert ports[1].label == "CP2102 USB to UART Bridge"
    assert ports[0].likely == ()

"""Captures: written as bytes arrive, read back, cut, damaged, and played again."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from devices.address import parse_address
from devices.capture import CaptureWriter, LinkLine, read_capture
from devices.source import open_source
from devices.transports import Chunk
from devices.transports.file import file_player, file_source
from kapmonitor.clock import SessionClock
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.reading import Delivery, Link, LinkState, Reading
from kapmonitor.vitals import Vital
from tests.devices.fake_port import FakePort, Inbox, contec, counting
from tests.patience import PATIENCE, until


@pytest.fixture
def bedside(tmp_path: Path) -> Path:
    """Two seconds of a Contec with its cable pulled for a second in between."""
    file = tmp_path / "bedside.kapcap"
    writer = CaptureWriter(file)
    writer.begin("contec-cms50-serial", "serial", 1_800_000_000.0, "115200 8N1")
    writer.link(100.0, LinkState.UP)
    for tenth in range(10):
        writer.chunk(100.0 + tenth / 10, contec(tenth, pulse=70) * 6, "v7")
    writer.link(101.0, LinkState.DOWN)
    writer.link(102.0, LinkState.UP)
    for tenth in range(10):
        writer.chunk(102.0 + tenth / 10, contec(tenth, pulse=80) * 6, "v7")
    writer.close()
    return file


def pulses(items: list[Delivery]) -> list[tuple[float, float | None]]:
    return [
        (item.at, item.value)
        for item in items
        if isinstance(item, Reading) and item.vital is Vital.PULSE_RATE
    ]


def test_what_was_written_is_read_back(tmp_path: Path):
    file = tmp_path / "a.kapcap"
    writer = CaptureWriter(file)
    writer.begin("nonin-serial", "serial", 1_800_000_000.1234)
    writer.begin("nonin-serial", "serial", 1_800_000_099.0)
    writer.chunk(1.23456789, b"\x01\x81", "df2")
    writer.link(2.5, LinkState.DOWN)

    # Nothing waits in the program: what a kill leaves behind is whole.
    capture = read_capture(file)
    writer.close()
    writer.close()

    assert capture.header.kapcap == 1
    assert capture.header.protocol == "nonin-serial"
    assert capture.header.started_utc == 1_800_000_000.123
    assert capture.lines == (Chunk(1.234568, b"\x01\x81", "df2"), LinkLine(2.5, LinkState.DOWN))
    assert not capture.cut


def test_a_cut_last_line_is_left_out_and_told(bedside: Path):
    whole = bedside.read_bytes()

    for length in (len(whole) - 2, len(whole) - 20, len(whole) - 40):
        bedside.write_bytes(whole[:length])
        capture = read_capture(bedside)
        assert capture.cut
        assert len(list(capture.chunks())) == 19


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"at": 1.0, "hex": "0g"}', "hex"),
        ('{"at": "soon", "hex": "00"}', "float"),
        ('{"at": 1.0}', "neither"),
        ("[1, 2]", "object"),
        ('{"at": 1.0, "hex', "truncated"),
        ('{"at": -5.0, "hex": "00"}', "backwards"),
    ],
)
def test_damage_in_the_middle_names_its_line(tmp_path: Path, line: str, reason: str):
    file = tmp_path / "a.kapcap"
    good = '{"at": 0.5, "channel": "", "hex": "00"}'
    file.write_text("\n".join(('{"kapcap": 1}', good, line, good.replace("0.5", "9"), "")))

    with pytest.raises(UsageError) as refusal:
        read_capture(file)

    assert refusal.value.code == "capture_broken"
    assert refusal.value.facts["line"] == 3
    assert reason in str(refusal.value.facts["reason"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "capture_not_a_capture"),
        (b"at,vital,value\n", "capture_not_a_capture"),
        (b"\xff\xfe\x00{", "capture_not_a_capture"),
        (b'{"kapcap": 9, "colour": "blue"}\n', "capture_too_new"),
    ],
)
def test_a_file_that_is_no_capture_is_refused(tmp_path: Path, content: bytes, code: str):
    file = tmp_path / "a.kapcap"
    file.write_bytes(content)

    with pytest.raises(UsageError) as refusal:
        read_capture(file)

    assert refusal.value.code == code


def test_no_other_file_is_overwritten_but_an_older_capture_is(tmp_path: Path, bedside: Path):
    record = tmp_path / "session.kap"
    record.write_bytes(b"a patient's record")

    with pytest.raises(UsageError) as refusal:
        CaptureWriter(record)

    assert refusal.value.code == "capture_not_ours"
    assert record.read_bytes() == b"a patient's record"
    CaptureWriter(bedside).close()
    assert bedside.read_bytes() == b""
    with pytest.raises(DeviceError) as unwritable:
        CaptureWriter(tmp_path / "no-folder" / "a.kapcap")
    assert unwritable.value.code == "capture_unwritable"


def test_a_full_disk_ends_the_capture_and_not_the_visit(tmp_path: Path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has a device that is always full")
    writer = CaptureWriter(full)

    writer.begin("nonin-serial", "serial", 0.0)
    writer.chunk(1.0, b"\x00")
    writer.close()

    assert writer.failed == "No space left on device"


def test_a_capture_is_played_at_its_own_pace_with_its_gap(bedside: Path):
    player = file_player(parse_address(f"file:{bedside}"), start_at=5.0)

    assert player.step(4.9) == []
    first = list(player.step(5.95))
    gap = list(player.step(6.99))
    second = [*player.step(7.05), *player.step(8.0)]

    assert first[0] == Link("file-bedside.kapcap", LinkState.UP, 5.0)
    assert pulses(first) == [(5.0, 70)]
    assert [item for item in gap if isinstance(item, Link)] == [
        Link("file-bedside.kapcap", LinkState.DOWN, 6.0, "recorded")
    ]
    assert pulses(second) == [(7.0, 80)]
    assert isinstance(second[-1], Link)
    assert second[-1].state is LinkState.CLOSED
    assert second[-1].expected
    assert {item.source for item in second} == {"file-bedside.kapcap"}
    assert player.info.simulated
    assert player.step(99.0) == []


def test_steps_of_any_size_give_the_same(bedside: Path):
    address = parse_address(f"file:{bedside}")
    whole, small = file_player(address), file_player(address)

    at_once = list(whole.step(10.0))
    bit_by_bit = [item for n in range(1001) for item in small.step(n / 100)]

    assert bit_by_bit[:-1] == at_once[:-1]


def test_on_a_running_clock_it_plays_as_fast_as_the_clock(bedside: Path):
    async def story() -> None:
        inbox = Inbox()
        source = file_source(parse_address(f"file:{bedside}"), SessionClock(rate=20.0))
        await source.probe()
        task = asyncio.create_task(source.run(inbox))
        await inbox.until(lambda box: ("closed", "capture_ended") in box.links())
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        times = [at for at, _ in pulses(inbox.items)]
        assert len(times) == 2
        assert abs(times[1] - times[0] - 2.0) < 1e-6

    asyncio.run(story())


def test_a_capture_without_a_protocol_needs_one_to_be_played(tmp_path: Path):
    file = tmp_path / "a.kapcap"
    writer = CaptureWriter(file)
    writer.begin("", "serial", 0.0)
    writer.chunk(0.0, contec(1))
    writer.close()

    with pytest.raises(UsageError) as refusal:
        open_source(parse_address(f"file:{file}"), SessionClock())
    named = file_player(parse_address(f"contec-cms50-serial@file:{file}"))

    assert refusal.value.code == "protocol_needed"
    assert pulses(list(named.step(1.0))) == [(0.0, 72)]


def test_a_port_that_speaks_no_known_protocol_is_captured_all_the_same(
    fake_port: FakePort, tmp_path: Path
):
    async def story() -> None:
        file = tmp_path / "unknown.kapcap"
        writer = CaptureWriter(file)
        address = parse_address(f"serial:{fake_port.path}")
        source = open_source(address, SessionClock(rate=20.0), writer)
        await source.probe()
        task = asyncio.create_task(source.run(Inbox()))
        async with asyncio.timeout(PATIENCE):
            while writer.bytes_written < 30:
                fake_port.write(b"mumble")
                await asyncio.sleep(0.01)  # the device's pace
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        writer.close()
        capture = read_capture(file)
        assert capture.header.protocol == ""
        assert capture.header.settings == "115200 8N1"
        assert b"mumblemumble" in b"".join(chunk.data for chunk in capture.chunks())
        assert fake_port.heard() == b""

    asyncio.run(story())


def test_a_virtual_device_can_be_captured_and_played(tmp_path: Path):
    async def story() -> None:
        file = tmp_path / "virtual.kapcap"
        writer = CaptureWriter(file)
        address = parse_address("virtual:contec-cms50-serial")
        source = open_source(address, SessionClock(rate=20.0), writer)
        task = asyncio.create_task(source.run(Inbox()))
        await until(lambda: writer.bytes_written >= 60 * 9 * 2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        writer.close()
        played = list(file_player(parse_address(f"file:{file}")).step(100.0))
        assert len(pulses(played)) >= 1

    asyncio.run(story())


def test_half_a_frame_before_a_gap_is_never_completed_by_what_comes_after(tmp_path: Path):
    """Joined over the gap, the halves would be a frame that nobody sent."""
    file = tmp_path / "a.kapcap"
    writer = CaptureWriter(file)
    writer.begin("contec-cms50-serial", "serial", 0.0)
    writer.chunk(0.0, counting(0, 3) + contec(3, pulse=44)[:6], "v7")
    writer.link(1.0, LinkState.DOWN)
    writer.link(2.0, LinkState.UP)
    writer.chunk(2.0, contec(3, pulse=44)[6:] + counting(0, 3), "v7")
    writer.close()

    played = list(file_player(parse_address(f"file:{file}")).step(9.0))

    assert pulses(played) == [(0.0, 72), (2.0, 72)]

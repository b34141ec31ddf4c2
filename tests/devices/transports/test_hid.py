"""USB oximeters without a serial port: reports in, reports out, and what is said when they fail."""

import asyncio
import queue
from types import SimpleNamespace

import pytest

from devices.address import parse_address
from devices.detect import list_hid
from devices.source import open_source
from devices.transports import hid
from kapmonitor.clock import SessionClock
from kapmonitor.errors import DeviceError, UsageError
from kapmonitor.reading import Delivery, Link, LinkState, Reading
from kapmonitor.vitals import Vital
from tests.devices.decoders.helping import eb_pleth, eb_values
from tests.patience import PATIENCE

SOURCE = "contec-eb@hid:28E9:028A"


class Oximeter:
    """A unit that streams once it was greeted, in reports of 64 bytes."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self._reports: queue.Queue[bytes] = queue.Queue()
        self.gone = False

    def enumerate(self, vendor: int, product: int) -> list[dict[str, object]]:
        known = (vendor, product) == (0x28E9, 0x028A) and not self.gone
        return [{"path": b"1-1:1.0", "product_string": "SpO2"}] if known else []

    def device(self) -> "Oximeter":
        return self

    def open_path(self, path: bytes) -> None:
        assert path == b"1-1:1.0"

    def read(self, size: int, timeout_ms: int) -> list[int]:
        if self.gone:
            raise OSError("read error")
        try:
            return list(self._reports.get(timeout=timeout_ms / 1000))
        except queue.Empty:
            return []

    def write(self, report: bytes) -> int:
        self.written.append(report)
        if report[1:4] == b"\x9b\x01\x1c":
            self.send(eb_pleth(50) * 3 + eb_values(97, 131))
        return len(report)

    def send(self, data: bytes) -> None:
        self._reports.put(data.ljust(64, b"\0"))

    def close(self) -> None:
        self.written.append(b"closed")


@pytest.fixture
def oximeter(monkeypatch) -> Oximeter:
    """One that is plugged in."""
    unit = Oximeter()
    monkeypatch.setattr(hid, "load_hidapi", lambda: unit)
    return unit


async def until(source, enough) -> list[Delivery]:
    """Run a source until what it delivered is enough."""
    heard: list[Delivery] = []
    done = asyncio.Event()

    def deliver(items) -> None:
        heard.extend(items)
        if enough(heard):
            done.set()

    task = asyncio.create_task(source.run(deliver))
    try:
        await asyncio.wait_for(done.wait(), PATIENCE)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return heard


def pulses(heard: list[Delivery]) -> list[float | None]:
    return [r.value for r in heard if isinstance(r, Reading) and r.vital is Vital.PULSE_RATE]


def test_the_unit_is_greeted_in_whole_reports_and_its_numbers_arrive(oximeter):
    source = open_source(parse_address(SOURCE), SessionClock())

    heard = asyncio.run(until(source, pulses))

    assert pulses(heard) == [131]
    reports = [data for data in oximeter.written if data != b"closed"]
    assert {len(data) for data in reports} == {65}
    assert {data[0] for data in reports} == {0}
    assert [data[1:4].hex() for data in reports[:2]] == ["7d81a7", "7d81a2"]
    assert oximeter.written[-1] == b"closed"


def test_an_unplugged_unit_is_a_lost_link_and_comes_back(oximeter):
    source = open_source(parse_address(SOURCE), SessionClock())
    downs: list[str] = []

    def enough(heard: list[Delivery]) -> bool:
        links = [item for item in heard if isinstance(item, Link)]
        if pulses(heard) and not downs:
            downs.append("pulled")
            oximeter.gone = True
        lost = any(link.state is LinkState.DOWN for link in links)
        if lost:
            oximeter.gone = False
        return lost and len(pulses(heard)) > 1

    heard = asyncio.run(until(source, enough))

    states = [item.state for item in heard if isinstance(item, Link)]
    assert states[:3] == [LinkState.CONNECTING, LinkState.UP, LinkState.DOWN]
    assert states[-1] is LinkState.UP


def failed(address: str) -> DeviceError:
    with pytest.raises(DeviceError) as error:
        asyncio.run(open_source(parse_address(address), SessionClock()).probe())
    return error.value


def test_what_is_wrong_is_said(oximeter, monkeypatch):
    assert failed("contec-eb@hid:28E9").code == "hid_address"
    assert failed("contec-eb@hid:1234:5678").code == "hid_unknown"
    monkeypatch.setattr(oximeter, "open_path", _refuse)
    assert failed(SOURCE).facts["reason"] == "open failed"


def _refuse(path: bytes) -> None:
    raise OSError("open failed")


def test_two_units_are_not_told_apart_by_guessing(monkeypatch):
    two = SimpleNamespace(enumerate=lambda *_: [{"path": b"1"}, {"path": b"2"}])
    monkeypatch.setattr(hid, "load_hidapi", lambda: two)

    assert failed(SOURCE).code == "hid_several"


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch):
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(hid, "import_module", missing)

    assert failed(SOURCE).code == "hid_missing"
    assert list_hid() == []


@pytest.mark.parametrize("address", ["hid:28E9:028A", "nonin-serial@hid:28E9:028A"])
def test_a_protocol_must_be_named_for_it_is_written_to(address):
    with pytest.raises(UsageError) as error:
        open_source(parse_address(address), SessionClock())

    assert error.value.code == "hid_protocol"


def test_units_that_are_plugged_in_are_listed(oximeter):
    assert [(unit.port, unit.label, unit.likely) for unit in list_hid()] == [
        ("28E9:028A", "SpO2", ("contec-eb",))
    ]

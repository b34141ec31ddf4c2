"""The page of the devices: what is in reach, what is remembered, and what is amiss."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication

from devices.catalogue import catalogue
from devices.detect import PortInfo
from devices.supported import supported
from devices.virtual import scenarios
from devices.virtual.contec import VirtualContec
from devices.virtual.patient import VirtualPatient
from devices.virtual.pty_twin import serve_on_pty
from kapmonitor.clock import SessionClock
from kapmonitor.device_words import COMMAND_WORDS, LIMIT_WORDS
from kapmonitor.errors import DeviceError
from kapmonitor.keys.keys import Keys
from kapmonitor.ports import Deliver
from kapmonitor.reading import Reading
from kapmonitor.remembered import Remembered, load, remember
from kapmonitor.settings import change
from kapmonitor.vitals import Vital
from tests.patience import PATIENCE, until
from ui import offers, own_devices
from ui.devices.groups import grouped
from ui.devices.services import Amiss, Watch
from ui.devices.shelf import DeviceShelf
from ui.main_window import MainWindow
from ui.own_devices import place_device
from ui.sample_services import sample_services
from ui.services import Services, services
from ui.setup.choice import Offer

CUFF = "ble-blood-pressure@ble:C0:00:00:00:00:11"
LONG = round(1000 * PATIENCE)


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[PortInfo]:
    """No radio, no port and no lock of this machine; the ports of the clinic are returned."""
    ports: list[PortInfo] = []

    async def scan(_seconds: float) -> list[object]:
        raise DeviceError("bluetooth_missing")

    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "cache")
    monkeypatch.setattr("devices.transports.ble_scan.scan", scan)
    monkeypatch.setattr("devices.transports.ble.bluetooth_state", lambda: "bluetooth_missing")
    monkeypatch.setattr("devices.detect.list_ports", lambda: ports)
    monkeypatch.setattr(offers, "list_ports", lambda: ports)
    monkeypatch.setattr(offers, "list_hid", list)
    monkeypatch.setattr(own_devices, "list_ports", lambda: ports)
    return ports


@pytest.fixture
def open_main(qtbot) -> Iterator[Callable[[Services], MainWindow]]:
    opened: list[MainWindow] = []

    def make(world: Services) -> MainWindow:
        window = MainWindow(world)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.close_jobs()
        window.errands.trials.close()


def lines(shelf: DeviceShelf) -> list[str]:
    return [shelf.list.item(place).text() for place in range(shelf.list.count())]


def wait(qtbot, holds: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(holds()), timeout=LONG)


# The way there and back ---------------------------------------------------------------------------


def test_a_key_leads_there_and_esc_back_and_nothing_is_looked_for_behind_the_back(open_main, qtbot):
    window = open_main(sample_services())
    keys = [made for made in window.home.findChildren(QShortcut) if made.key() == "Ctrl+D"]
    keys[0].activated.emit()
    shelf = window.devices.shelf
    wait(qtbot, lambda: shelf.seeking and shelf.list.current_source)

    qtbot.keyClick(shelf.list, Qt.Key.Key_Escape)

    assert window.at_home
    assert not shelf.seeking
    assert not shelf._scan_timer.isActive()


def test_what_is_supported_is_read_without_looking_for_devices(open_main, qtbot):
    window = open_main(sample_services())
    window.show_devices()
    page = window.devices
    page.show_tab("supported")
    wait(qtbot, lambda: page.supported.list.count)

    assert page.supported.list.count == len(supported())
    assert not page.shelf.seeking


def test_the_switch_for_untried_devices_is_one_press_away(open_main, qtbot):
    window = open_main(sample_services())
    window.show_devices()

    window.devices.supported.untried_requested.emit()

    assert window._pages.currentWidget() is window.settings
    assert window.settings.section("untried").isVisible()


# With real services and a virtual bedside ---------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_an_oximeter_at_a_port_is_looked_at_remembered_forgotten_and_taken_back(
    open_main, qtbot, tmp_path: Path, clinic: list[PortInfo]
):
    """It is said what it is; then the whole way by the buttons of the page."""
    change(tmp_path, room="Room 2")
    patient = VirtualPatient(7, "in", scenarios.load("ordinary"))
    with serve_on_pty(VirtualContec(patient), SessionClock()) as twin:
        clinic.append(PortInfo(twin.port, "CP2102", "10C4:EA60", ("contec-cms50-serial",), "A9"))
        window = open_main(services(tmp_path, Keys(tmp_path)))
        window.show_devices()
        shelf, card = window.devices.shelf, window.devices.shelf.card
        wait(qtbot, lambda: card.keep.isVisible() and card.keep.isEnabled())
        assert card.kind.currentData() == "contec-cms50-serial", "the chip tells what is likely"
        assert card.room.currentData() == "Room 2"

        qtbot.mouseClick(card.look, Qt.MouseButton.LeftButton)
        wait(qtbot, lambda: "SpO₂" in card.values.text())
        qtbot.mouseClick(card.look, Qt.MouseButton.LeftButton)
        wait(qtbot, lambda: not card.looking)
        assert card.values.text() == "", "what was seen is not what is now"

        card.site.setCurrentIndex(card.site.findData("left_finger"))
        qtbot.mouseClick(card.keep, Qt.MouseButton.LeftButton)
        wait(qtbot, card.forget.isVisible)
        (kept,) = load(tmp_path)[0]
        assert (kept.source, kept.room) == (f"contec-cms50-serial@serial:{twin.port}", "Room 2")
        assert (kept.site, kept.serial) == ("left_finger", "A9")
        assert sum("CP2102" in line or "Contec" in line for line in lines(shelf)) == 1

        qtbot.mouseClick(card.forget, Qt.MouseButton.LeftButton)
        wait(qtbot, lambda: shelf.undo.isVisible() and card.keep.isVisible())
        assert load(tmp_path)[0] == ()

        qtbot.mouseClick(shelf.undo, Qt.MouseButton.LeftButton)
        wait(qtbot, card.forget.isVisible)
        assert load(tmp_path)[0] == (kept,)
        assert not shelf.undo.isVisible()


def test_room_and_place_of_a_remembered_device_are_changed_at_once(
    open_main, qtbot, tmp_path: Path, clinic: list[PortInfo]
):
    change(tmp_path, room="Room 2")
    remember(tmp_path, [Remembered(CUFF, "A&D", room="Room 2", site="left_arm", last_used=5.0)])
    window = open_main(services(tmp_path, Keys(tmp_path)))
    window.show_devices()
    card = window.devices.shelf.card
    wait(qtbot, lambda: card.forget.isVisible() and card.room.findData("Room 2") >= 0)
    assert card.room.currentData() == "Room 2"

    card.room.setCurrentIndex(card.room.findData(""))
    card.room.activated.emit(card.room.currentIndex())

    wait(qtbot, lambda: load(tmp_path)[0][0].room == "")
    (kept,) = load(tmp_path)[0]
    assert (kept.site, kept.last_used) == ("left_arm", 5.0)


def test_what_keeps_bluetooth_from_working_stands_at_the_top_with_its_remedy(
    open_main, qtbot, tmp_path: Path, clinic: list[PortInfo], monkeypatch
):
    window = open_main(services(tmp_path, Keys(tmp_path)))
    window.show_devices()
    shelf = window.devices.shelf
    wait(qtbot, lambda: "BlueZ" in shelf.amiss.text() and shelf.amiss.isVisible())

    monkeypatch.setattr("devices.transports.ble.bluetooth_state", lambda: "ready")
    shelf.show_seen("bluetooth", [Offer("ble:C0:00:00:00:00:10", "Polar", signal=3)])

    wait(qtbot, lambda: not shelf.amiss.isVisible())
    assert any("Polar" in line for line in lines(shelf))


# The shelf alone ----------------------------------------------------------------------------------


@pytest.fixture
def shelf(qtbot) -> DeviceShelf:
    made = DeviceShelf()
    qtbot.addWidget(made)
    return made


def test_a_cuff_that_sleeps_again_stays_while_it_is_looked_at(shelf: DeviceShelf):
    shelf.show_seen("bluetooth", [Offer(CUFF, "A&D", signal=3, pairs=True)])
    assert shelf.card.look.text() == "Connect and pair"

    shelf.show_seen("bluetooth", [])

    assert shelf.list.current_source == CUFF
    assert "not seen now" in shelf.card._facts["is"].text()


def test_values_of_another_device_than_the_chosen_one_are_not_shown_as_its_own(shelf: DeviceShelf):
    strap = Offer("ble-heart-rate@ble:C0:00:00:00:00:10", "Polar", signal=3)
    shelf.show_seen("bluetooth", [strap, Offer(CUFF, "A&D", signal=3)])
    shelf.card.look_requested.emit()
    shelf.list.choose(CUFF)

    shelf.show_values("HR 71 /min")

    assert shelf.card.values.text() == ""
    assert shelf.said.text() == "Polar: HR 71 /min"


def test_a_device_that_another_visit_has_is_told_and_cannot_be_looked_at(shelf: DeviceShelf):
    shelf.show_seen("bluetooth", [Offer(CUFF, "A&D", signal=3, taken=True)])

    assert "in use by another visit" in shelf.card._facts["is"].text()
    assert not shelf.card.look.isEnabled()


def test_our_own_look_at_a_port_does_not_make_it_look_taken(shelf: DeviceShelf):
    port = Offer("serial:/dev/ttyUSB0", "/dev/ttyUSB0", likely=("nonin-serial",))
    shelf.show_seen("ports", [port])
    shelf.card.look_requested.emit()

    shelf.show_seen("ports", [Offer(port.source, port.label, taken=True)])

    assert not any("in use" in line for line in lines(shelf))


def test_a_port_of_which_nothing_is_known_is_not_remembered_before_it_is_said_what_it_is(
    shelf: DeviceShelf,
):
    shelf.card.show_kinds(services(Path("no-clinic-here")).devices.supported())
    shelf.show_seen("ports", [Offer("serial:/dev/ttyS0", "/dev/ttyS0")])
    assert not shelf.card.keep.isEnabled()
    asked: list[tuple[str, ...]] = []
    shelf.place_requested.connect(lambda *told: asked.append(told))

    shelf.card.kind.setCurrentIndex(shelf.card.kind.findData("nonin-serial"))
    shelf.card.kind.activated.emit(shelf.card.kind.currentIndex())
    shelf.card.keep.click()

    assert asked == [("nonin-serial@serial:/dev/ttyS0", "", "", "")]


def test_other_rooms_stand_last_each_under_its_name():
    own = Offer(CUFF, "A&D", remembered=True, belongs="Room 2")
    other = Offer("ble:C0:00:00:00:00:21", "A&D", room="Room 3", remembered=True, belongs="Room 3")
    strap = Offer("ble:C0:00:00:00:00:10", "Polar", signal=4)

    groups = grouped([other, own], [strap], None)

    assert groups == [
        ("Remembered here", [own]),
        ("In reach, not remembered", [strap]),
        ("Remembered in Room 3", [other]),
    ]


def test_what_is_amiss_is_shown_with_its_remedy(shelf: DeviceShelf):
    shelf.show_amiss([Amiss("Bluetooth", "switched off", "switch it on")])
    assert shelf.amiss.text() == "Bluetooth: switched off. → switch it on"
    assert not shelf.amiss.isHidden()

    shelf.show_amiss([])
    assert shelf.amiss.isHidden()


# What is kept, and what is said -------------------------------------------------------------------


def test_what_was_said_of_a_device_can_be_taken_back(tmp_path: Path, clinic: list[PortInfo]):
    remember(tmp_path, [Remembered(CUFF, "A&D", room="Room 2", site="left_arm", last_used=5.0)])

    place_device(tmp_path, CUFF, "", "")

    assert load(tmp_path)[0] == (Remembered(CUFF, "A&D", last_used=5.0),)


def test_a_device_is_remembered_by_the_name_that_it_tells(tmp_path: Path, clinic: list[PortInfo]):
    place_device(tmp_path, CUFF, "Room 2", "left_arm", "A&D_UA-651BLE_9F2D11")

    (kept,) = load(tmp_path)[0]
    assert (kept.label, kept.room, kept.site) == ("A&D_UA-651BLE_9F2D11", "Room 2", "left_arm")


def test_each_limit_and_command_of_the_catalogue_has_words():
    book = catalogue()
    limits = {x for entry in book.protocol for x in entry.limits}
    limits |= {x for entry in book.device for x in entry.limits}
    commands = {x for entry in book.protocol for x in entry.commands}

    assert limits - LIMIT_WORDS.keys() == set()
    assert commands - COMMAND_WORDS.keys() == set()


def test_a_window_that_is_closed_during_a_look_is_told_nothing(open_main, qtbot):
    """The look ends by itself, after its window."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def look(_source: str, watch: Watch) -> str:
        begun.set()
        watch.text = "SpO₂ 97 %"
        go_on.wait(PATIENCE)
        assert watch.over.is_set()
        ended.set()
        return ""

    world = sample_services()
    window = open_main(replace(world, devices=replace(world.devices, watch=look)))
    window.show_devices()
    card = window.devices.shelf.card
    wait(qtbot, card.forget.isVisible)
    card.look_requested.emit()
    wait(qtbot, lambda: begun.is_set() and card.values.text())

    window.close()
    window.close_jobs()
    go_on.set()

    wait(qtbot, ended.is_set)
    QApplication.processEvents()


def test_a_value_that_is_not_followed_by_another_goes(monkeypatch):
    """A finger that was pulled out does not leave its last value standing as one of now."""
    monkeypatch.setattr(offers, "FRESH_SECONDS", PATIENCE)
    seen = Watch()

    class OnceHeard:
        async def run(self, deliver: Deliver) -> None:
            deliver([Reading(Vital.SPO2, 97.0, 0.0)])
            await asyncio.sleep(PATIENCE)

    async def look() -> None:
        looking = asyncio.create_task(offers._watched(OnceHeard(), seen))  # type: ignore[arg-type]
        await until(lambda: "97 %" in seen.text)
        monkeypatch.setattr(offers, "FRESH_SECONDS", 0.0)
        monkeypatch.setattr(offers, "PREVIEW_SECONDS", 0.0)
        await until(lambda: "no value now" in seen.text)
        seen.over.set()
        await looking

    asyncio.run(look())

    assert "97" not in seen.text


def test_to_leave_the_page_lets_go_of_the_device(open_main, qtbot):
    """A visit that begins now must have it."""
    watched: list[Watch] = []

    def look(_source: str, watch: Watch) -> str:
        watched.append(watch)
        watch.over.wait(PATIENCE)
        return ""

    world = sample_services()
    window = open_main(replace(world, devices=replace(world.devices, watch=look)))
    window.show_devices()
    shelf = window.devices.shelf
    wait(qtbot, shelf.card.forget.isVisible)
    shelf.card.look_requested.emit()
    wait(qtbot, lambda: watched)

    window.show_home()

    assert watched[0].over.is_set()
    wait(qtbot, lambda: not shelf.card.looking)

"""The devices on the set-up page: what stands in the list, what is chosen, and what is never."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from devices.detect import PortInfo
from devices.transports.ble_scan import Found
from kapmonitor.device_lock import DeviceLock
from kapmonitor.device_words import label_words, told_apart
from kapmonitor.errors import Refused
from kapmonitor.passkeys import PasskeyDoor
from kapmonitor.remembered import Remembered, remember
from kapmonitor.settings import change
from kapmonitor.vitals import Vital
from ui import offers, own_devices
from ui.live.top_bar import shortened
from ui.sample_services import sample_services
from ui.setup.choice import VIRTUAL, Offer, merged
from ui.setup.devices import DeviceBox
from ui.setup.looking import Looking
from ui.setup.seeking import BLUETOOTH, PORTS

CUFF = "ble-blood-pressure@ble:C0:00:00:00:00:11"


@pytest.fixture(autouse=True)
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[PortInfo]:
    """No port of this machine and no lock of its user; the ports of the clinic are returned."""
    ports: list[PortInfo] = []
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_: tmp_path / "cache")
    monkeypatch.setattr(offers, "list_ports", lambda: ports)
    monkeypatch.setattr(offers, "list_hid", list)
    monkeypatch.setattr(own_devices, "list_ports", lambda: ports)
    return ports


@pytest.fixture
def box(qtbot) -> DeviceBox:
    made = DeviceBox()
    qtbot.addWidget(made)
    return made


def rows(box: DeviceBox) -> list[str]:
    return [box.list.item(place).text() for place in range(box.list.count())]


def test_last_times_devices_of_this_room_are_chosen_with_where_they_sat(
    tmp_path: Path, box: DeviceBox
):
    """The strap was used the week before, the second cuff belongs to another room."""
    change(tmp_path, room="Room 2")
    strap = Remembered("ble-heart-rate@ble:C0:00:00:00:00:10", "Polar", room="Room 2", last_used=1)
    other = Remembered("ble-blood-pressure@ble:C0:00:00:00:00:21", "A&D", room="Room 3")
    other_later = Remembered(other.source, "A&D", room="Room 3", last_used=9)
    ours = Remembered(CUFF, "A&D", room="Room 2", site="left_arm", last_used=5)
    remember(tmp_path, [strap, other_later, ours])

    box.show_remembered(offers.remembered_offers(tmp_path))

    assert box.chosen == (f"{CUFF}#left_arm",)
    assert box.wait_for == (CUFF,)
    assert box.from_rooms == ()
    assert rows(box)[0].startswith("A&D  …0011\npressure, pulse  ·  left arm")
    assert "BELONGS TO Room 3" in rows(box)[2]


def test_a_device_of_another_room_is_chosen_by_hand_and_its_room_goes_along(
    tmp_path: Path, box: DeviceBox
):
    remember(tmp_path, [Remembered(CUFF, "A&D", room="Room 3", last_used=9)])
    box.show_remembered(offers.remembered_offers(tmp_path))
    assert box.chosen == ()

    box.list.item(0).setCheckState(box.list.item(0).checkState().Checked)

    assert (box.chosen, box.from_rooms) == ((CUFF,), ("Room 3",))


def test_a_device_that_another_visit_has_cannot_be_chosen(tmp_path: Path, box: DeviceBox):
    remember(tmp_path, [Remembered(CUFF, "A&D", last_used=9)])
    lock = DeviceLock("ble:C0:00:00:00:00:11")

    box.show_remembered(offers.remembered_offers(tmp_path))
    lock.release()

    assert box.chosen == ()
    assert "in use by another visit" in rows(box)[0]
    assert not box.list.item(0).flags() & box.list.item(0).flags().ItemIsEnabled


def test_a_cable_that_is_plugged_in_appears_and_one_pulled_out_goes(
    box: DeviceBox, clinic: list[PortInfo]
):
    clinic.append(PortInfo("/dev/ttyUSB0", "CP2102", "10C4:EA60", ("contec-cms50-serial",), "A9"))
    box.show_seen(PORTS, offers.port_offers())
    assert rows(box)[0].startswith("/dev/ttyUSB0  CP2102  …A9\nprobably ")

    clinic.clear()
    box.show_seen(PORTS, offers.port_offers())
    assert rows(box) == ["Nothing seen yet: plug it in, or wake it."]
    assert not box.list.item(0).flags()


def test_what_is_ticked_stays_when_it_is_not_heard_for_a_moment(box: DeviceBox):
    strap = Offer("ble-heart-rate@ble:C0:00:00:00:00:10", "Polar", signal=3)
    box.show_seen(BLUETOOTH, [strap])
    box.list.item(0).setCheckState(box.list.item(0).checkState().Checked)

    box.show_seen(BLUETOOTH, [])

    assert box.chosen == (strap.source,)


def test_the_place_is_chosen_for_the_device_under_the_mark(box: DeviceBox):
    box.show_seen(BLUETOOTH, [Offer(CUFF, "A&D", sites=("left_arm", "right_arm"))])
    box.list.setCurrentRow(0)
    box.list.item(0).setCheckState(box.list.item(0).checkState().Checked)
    assert [box.site.itemData(n) for n in range(box.site.count())] == ["", "left_arm", "right_arm"]

    box.site.setCurrentIndex(2)
    box.site.activated.emit(2)

    assert box.chosen == (f"{CUFF}#right_arm",)
    assert "right arm" in rows(box)[0]


def test_a_capture_is_a_device(box: DeviceBox):
    box.add_file("/tmp/bedside.kapcap")

    assert box.chosen == ("file:/tmp/bedside.kapcap",)
    assert "bedside.kapcap   a capture, played" in rows(box)


def test_what_advertises_is_told_with_what_it_measures_and_how_strong(monkeypatch):
    found = [
        Found("C0:00:00:00:00:11", "A&D_UA-651BLE_9F2D11", -62, "cuff", "ble-blood-pressure",
              (Vital.SYSTOLIC, Vital.DIASTOLIC, Vital.PULSE_RATE)),
        Found("C0:00:00:00:00:77", "", -40),
        Found("C0:00:00:00:00:78", "Fridge", -90),
    ]  # fmt: skip

    async def scan(_seconds: float) -> list[Found]:
        return found

    monkeypatch.setattr("devices.transports.ble_scan.scan", scan)
    cuff, fridge = offers.scan_offers(Path("nowhere"))

    assert (cuff.source, cuff.detail, cuff.signal) == (CUFF, "pressure, pulse", 3)
    assert cuff.may_wait
    assert (fridge.detail, fridge.signal) == ("not known", 1)


def test_a_remembered_device_that_is_heard_stands_once():
    known = Offer(CUFF, "A&D", site="left_arm", remembered=True, there=False)
    heard = Offer("ble:c0:00:00:00:00:11", "A&D_UA-651BLE", signal=2)

    assert merged([known], [heard]) == [
        Offer(CUFF, "A&D", site="left_arm", remembered=True, there=True, signal=2)
    ]


def test_two_of_one_model_are_told_apart_by_their_ends():
    labels = ["A&D UA-651BLE", "CMS50D+", "A&D UA-651BLE"]
    ends = ["ble:C0:00:00:00:00:11", "serial:COM3", "ble:C0:00:00:00:00:21"]

    assert told_apart(labels, ends) == ["A&D UA-651BLE …0011", "CMS50D+", "A&D UA-651BLE …0021"]
    assert told_apart(["Nonin", "Strap", "Nonin"], ["virtual:n", "virtual:s", "virtual:n"]) == [
        "Nonin …1",
        "Strap",
        "Nonin …2",
    ]
    assert shortened("A&D UA-651BLE …0011", 12) == "A&D UA…0011"
    assert shortened("A&D UA-651BLE_9F2D11", 12) == "A&D UA…F2D11"
    assert shortened("A&D UA-651BLE_9F2D11", 20) == "A&D UA-651BLE_9F2D11"


def test_a_device_that_asks_for_its_digits_gets_them_on_this_page(box: DeviceBox):
    """Shown under its name; six digits, no fewer, and the question goes when it is over."""
    given: list[int | None] = []
    box.passkey.given.connect(given.append)
    box.show_seen(BLUETOOTH, [Offer(CUFF, "A&D_UA-651BLE  …0011", signal=3, pairs=True)])
    assert box.passkey.isHidden()

    box.show_question("C0:00:00:00:00:11")
    assert not box.passkey.isHidden()
    assert "A&D_UA-651BLE  …0011" in box.passkey._question.text()
    box.passkey.digits.setText("12345")
    box.passkey.digits.returnPressed.emit()
    assert given == []
    box.passkey.digits.setText("027182")
    box.passkey.digits.returnPressed.emit()
    assert given == [27182]

    box.show_question("C0:00:00:00:00:11")  # the answer is still on its way
    assert box.passkey.isHidden()
    box.show_question("")
    box.show_question("C0:00:00:00:00:11")
    assert not box.passkey.isHidden()
    assert box.passkey.digits.text() == ""


def test_a_cuff_is_paired_where_others_show_their_values(box: DeviceBox):
    strap = Offer("ble-heart-rate@ble:C0:00:00:00:00:10", "Polar", signal=3)
    box.show_seen(BLUETOOTH, [strap, Offer(CUFF, "A&D", signal=3, pairs=True)])

    box.list.setCurrentRow(0)
    assert box._look.text() == "Show its values"
    box.list.setCurrentRow(1)
    assert box._look.text() == "Connect and pair"


def test_virtual_devices_are_offered_when_asked_for_and_stay_when_chosen(box: DeviceBox):
    box.show_seen(BLUETOOTH, [Offer(CUFF, "A&D", signal=3)])
    assert len(rows(box)) == 1

    box.virtual.setChecked(True)
    assert rows(box)[0].startswith("A&D")
    assert len(rows(box)) == 1 + len(VIRTUAL)
    box.list.item(1).setCheckState(Qt.CheckState.Checked)
    box.virtual.setChecked(False)

    assert len(rows(box)) == 2
    assert box.chosen == (VIRTUAL[0].source,)


def test_the_page_looks_for_a_question_and_hands_the_answer_over(qtbot):
    asked: list[str] = []

    class Door(PasskeyDoor):
        wanted = "C0:00:00:00:00:11"

        def give(self, passkey: int | None) -> None:
            asked.append(f"given {passkey}")
            self.wanted = ""
            if passkey is None:
                raise Refused("no_passkey_wanted")

    box = DeviceBox()
    qtbot.addWidget(box)
    looking = Looking(box, replace(sample_services(), passkeys=Door()))
    box.question_requested.emit()
    assert not box.passkey.isHidden()

    box.passkey._on_refused()

    assert asked == ["given None"]
    assert "No device waits" in box.said.text()
    looking.close()


def test_a_kind_of_device_is_told_in_the_users_language(monkeypatch):
    """What tells it from its twin, and a maker's name, stay as they are."""
    german = {"Bluetooth heart rate strap": "Bluetooth-Herzfrequenzgurt"}
    monkeypatch.setattr("kapmonitor.device_words.tr", lambda text: german.get(text, text))

    said = [label_words(label) for label in ("Bluetooth heart rate strap  …0010", "Polar H10", "")]

    assert said == ["Bluetooth-Herzfrequenzgurt  …0010", "Polar H10", ""]

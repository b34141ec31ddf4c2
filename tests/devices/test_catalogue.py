"""The catalogue of devices: recognising them, and refusing a file that is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.catalogue import (
    any_device,
    catalogue,
    full_uuid,
    match_advertisement,
    read_catalogue,
    serial_settings,
    short_uuid,
    use_clinic,
)
from devices.decoders import PROTOCOLS
from devices.decoders.blood_pressure import BEURER_BE_TAIL
from devices.supported import markdown_table, supported, unproven
from kapmonitor.errors import PlanError, UsageError
from kapmonitor.vitals import Vital

FULL = "0000{}-0000-1000-8000-00805f9b34fb"


def test_every_decoder_is_in_the_catalogue_and_every_entry_has_a_decoder():
    assert [entry.name for entry in catalogue().protocol] == list(PROTOCOLS)


def test_supported_names_what_scripts_rely_on():
    by_name = {entry["protocol"]: entry for entry in supported()}

    contec = by_name["contec-cms50-serial"]
    assert contec["channels"] == ["v7", "v5", "command"]
    assert contec["measures"] == ["spo2", "pulse_rate", "perfusion_index", "pleth"]
    assert contec["commands"] == []
    assert contec["confidence"] == "A"
    assert set(by_name) == set(PROTOCOLS)


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("A&D_UA-651BLE_A1B2C3", "and-ua651ble"),
        ("BLESmart_0000011FD0B60C0DFF33", "omron-blesmart"),
        ("BLEsmart_00000151B0495C1AAE11", "omron-blesmart"),
        ("Beurer BM85", "beurer-bm85"),
        ("SBM69", "silvercrest-sbm69"),
    ],
)
def test_cuffs_are_known_by_their_names(name, device):
    """The name alone is enough: not every cuff advertises its service."""
    found = match_advertisement(name)

    assert found is not None
    assert (found.id, found.protocol, found.continuous) == (device, "ble-blood-pressure", False)
    assert Vital.SYSTOLIC in found.measures


@pytest.mark.parametrize(
    ("service", "protocol"),
    [
        ("180d", "ble-heart-rate"),
        ("1810", "ble-blood-pressure"),
        ("1822", "ble-pulse-oximeter-plx"),
    ],
)
def test_unknown_names_are_known_by_their_service(service, protocol):
    for uuid in (service, service.upper(), FULL.format(service), FULL.format(service).upper()):
        found = match_advertisement("Somebody's device", [FULL.format("180a"), uuid])
        assert found is not None
        assert found.protocol == protocol


def test_other_devices_are_not_known():
    assert match_advertisement("JBL Charge 5", [FULL.format("110b")]) is None
    assert match_advertisement("", []) is None
    # The last digits of a vendor's own UUID are not those of the standard.
    assert match_advertisement("x", ["00001810-0000-1000-8000-00805f9b34fc"]) is None


def test_quirks_come_from_the_name():
    beurer, omron = match_advertisement("Beurer BM85"), match_advertisement("BLESmart_1")
    and_cuff = match_advertisement("A&D_UA-651BLE_1")
    assert beurer is not None
    assert omron is not None
    assert and_cuff is not None

    assert beurer.quirk == BEURER_BE_TAIL
    assert omron.clock is not None
    assert (omron.clock.when, omron.clock.uuid, omron.clock.off_by_s) == (
        "first_indication",
        "2A2B",
        600,
    )
    assert and_cuff.bonding
    assert and_cuff.clock is not None
    assert (and_cuff.clock.uuid, and_cuff.clock.wait_ms) == ("2A08", 100)


def test_a_protocol_stands_for_any_device_of_it():
    strap = any_device("ble-heart-rate")

    assert strap.continuous
    assert [(c.uuid, c.how) for c in strap.characteristics if c.required] == [("2A37", "notify")]


def test_ports_are_set_as_the_protocol_says():
    newer, older = (
        serial_settings("contec-cms50-serial"),
        serial_settings("contec-cms50-serial", "v5"),
    )
    nonin = serial_settings("nonin-serial", "df2-packet")

    assert (newer.baud, newer.bytesize, newer.parity, newer.stopbits) == (115200, 8, "N", 1)
    assert (older.baud, older.parity) == (19200, "O")
    assert nonin.baud == 9600
    assert serial_settings("nonin-serial", "ascii").stopbits == 2


def test_asking_for_what_is_not_there_names_what_is():
    with pytest.raises(UsageError) as unknown:
        any_device("nonin")
    assert unknown.value.code == "unknown_protocol"
    assert "nonin-serial" in str(unknown.value.facts["known"])
    with pytest.raises(UsageError) as not_serial:
        serial_settings("ble-heart-rate")
    assert not_serial.value.code == "not_serial"
    with pytest.raises(UsageError) as channel:
        serial_settings("contec-cms50-serial", "v9")
    assert channel.value.code == "unknown_channel"


GOOD = """
[[protocol]]
name = "ble-heart-rate"
label = "Strap"
transport = "ble"
measures = ["heart_rate"]
continuous = true
confidence = "A"
characteristics = [{ channel = "2A37", uuid = "2A37", how = "notify" }]

[[device]]
id = "mine"
label = "Mine"
protocol = "ble-heart-rate"
names = ["Mine*"]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "place", "reason"),
    [
        ('transport = "ble"', 'transport = "bel"', "protocol[0].transport", "Invalid enum value"),
        ('["heart_rate"]', '["hart_rate"]', "protocol[0].measures", "hart_rate"),
        ("continuous = true", "continuous = 1", "line 7, protocol[0].continuous", "bool"),
        ("continuous = true", "continuous = treu", "line 7", "Invalid value"),
        ('id = "mine"', 'id = "mine"\nnmaes = ["x"]', "device[0]", "nmaes"),
        ('protocol = "ble-heart-rate"', 'protocol = "strap"', "device mine", "strap"),
        ('name = "ble-heart-rate"', 'name = "ble-hart"', "protocol ble-hart", "no decoder"),
        ('channel = "2A37"', 'channel = "2A99"', "protocol ble-heart-rate", "2A99"),
    ],
)
def test_wrong_line_is_named(right, wrong, place, reason):
    assert read_catalogue(GOOD).device[0].measures == (Vital.HEART_RATE,)

    with pytest.raises(PlanError) as error:
        read_catalogue(GOOD.replace(right, wrong, 1), "clinic.toml")

    assert error.value.facts["file"] == "clinic.toml"
    assert place in str(error.value.facts["place"])
    assert reason in str(error.value.facts["reason"])


def test_uuids_have_a_short_and_a_full_form():
    assert short_uuid(FULL.format("2a35")) == "2A35"
    assert full_uuid("2A35") == FULL.format("2a35")
    own = "233BF000-5A34-1B6D-975C-000D5690ABE4"
    assert short_uuid(own.lower()) == own
    assert full_uuid(own) == own.lower()


CLINIC = """
[[device]]
id = "room-2"
label = "Cuff of room 2"
protocol = "ble-blood-pressure"
names = ["BP-ROOM2*", "A&D_UA-651BLE_R2*"]

[[device]]
id = "beurer-bm85"
label = "Our Beurer"
protocol = "ble-blood-pressure"
names = ["Beurer BM85*"]
"""


@pytest.fixture
def clinic(tmp_path) -> Iterator[Path]:
    """A clinic's folder; what is read from it is forgotten afterwards."""
    yield tmp_path
    use_clinic(tmp_path / "nowhere")


def test_a_clinics_own_devices_come_first_and_replace_ours(clinic):
    (clinic / "devices.toml").write_text(CLINIC, encoding="utf-8")
    assert match_advertisement("BP-ROOM2 7") is None

    use_clinic(clinic)

    theirs, beurer = match_advertisement("BP-ROOM2 7"), match_advertisement("Beurer BM85 x")
    assert theirs is not None
    assert beurer is not None
    assert (theirs.label, theirs.measures[0]) == ("Cuff of room 2", Vital.SYSTOLIC)
    assert match_advertisement("A&D_UA-651BLE_R2") == theirs
    # They said nothing of the quirk, so it is gone: the file means what it says.
    assert (beurer.label, beurer.quirk) == ("Our Beurer", "")


def test_a_clinics_entry_is_no_way_around_the_switch(clinic):
    entry = """
    [[device]]
    id = "our-pc300"
    label = "PC-300 of room 3"
    protocol = "pc60fw-creative"
    names = ["ROOM3*"]
    characteristics = [{ channel = "pc100-pc300", uuid = "6E400003-B5A3-F393-E0A9-E50E24DCCA9E", how = "notify" }]
    """  # noqa: E501 - a table stands on one line
    (clinic / "devices.toml").write_text(entry, encoding="utf-8")

    use_clinic(clinic)

    assert match_advertisement("ROOM3") is None
    assert match_advertisement("ROOM3", experimental=True) is not None


@pytest.mark.parametrize(
    ("right", "wrong", "place", "reason"),
    [
        ('protocol = "ble-blood-pressure"', 'protocol = "strap"', "line 3, device room-2", "strap"),
        (
            'names = ["BP-ROOM2*", "A&D_UA-651BLE_R2*"]',
            'quirk = "odd"',
            "line 3, device room-2",
            "odd",
        ),
        ('names = ["BP-ROOM2*", "A&D_UA-651BLE_R2*"]', 'name = "BP"', "device[0]", "name"),
        ('label = "Cuff of room 2"', "label = 2", "line 4, device[0].label", "str"),
        ('label = "Cuff of room 2"', "label =", "line 4", "Invalid value"),
    ],
)
def test_a_wrong_line_of_the_clinic_is_named_and_ours_stay(clinic, right, wrong, place, reason):
    (clinic / "devices.toml").write_text(CLINIC.replace(right, wrong, 1), encoding="utf-8")

    with pytest.raises(PlanError) as error:
        use_clinic(clinic)

    assert "devices.toml" in str(error.value.facts["file"])
    assert place in str(error.value.facts["place"])
    assert reason in str(error.value.facts["reason"])
    assert match_advertisement("Beurer BM85") is not None


def test_the_page_of_supported_devices_is_printed_from_the_catalogue():
    page = Path(__file__).resolve().parents[2] / "docs" / "devices" / "supported.md"
    table = page.read_text(encoding="utf-8").split("<!-- table -->\n")[1]

    assert table.split("<!-- end of table -->")[0].strip() == markdown_table().strip()


def test_what_is_unproven_is_told_for_a_protocol_and_for_the_channel_of_a_device():
    assert "firmware" in unproven("masimo-mightysat")
    assert unproven("pc60fw-creative") == unproven("pc60fw-creative", "stream") == ""
    assert "error codes" in unproven("pc60fw-creative", "pc100-pc300")
    assert unproven("viatom-o2ring", "oxyii") != unproven("viatom-o2ring", "frame") == ""


def test_every_experimental_device_says_what_is_unproven_and_how_sure_it_is():
    book = catalogue()
    marked = [(p.experimental, p.confidence) for p in book.protocol if p.experimental]
    marked += [(d.experimental, d.confidence) for d in book.device if d.experimental]

    assert len(marked) >= 8
    assert all(len(doubts) > 20 and letter for doubts, letter in marked)

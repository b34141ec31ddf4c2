"""What is called ready for daily use has everything: decoder, tests, a page, and a twin that fails.

The rows are those protocols that are offered without the switch for experimental devices.
"""

from pathlib import Path

import pytest

from devices.address import parse_address
from devices.catalogue import catalogue
from devices.decoders import PROTOCOLS
from devices.virtual.bedside import DEVICES, VirtualBedside
from devices.virtual.scenarios import load
from tests.devices.decoders.helping import vectors
from tests.devices.virtual.test_misbehaving_twins import (
    CASES,
    CLOCK,
    MEMORY,
    MISBEHAVIOURS,
    NO_CHECK,
)

ROOT = Path(__file__).resolve().parents[2]

DAILY = {
    "ble-blood-pressure": "blood_pressure",
    "ble-pulse-oximeter-plx": "pulse_oximeter",
    "ble-heart-rate": "heart_rate",
    "pc60fw-creative": "pc60fw_creative",
    "contec-eb": "contec_eb",
    "contec-cms50-serial": "contec_serial",
    "nonin-serial": "nonin_serial",
    "nonin-ble": "nonin_ble",
    "masimo-ascii": "masimo_ascii",
    "jamr-bpm188": "jamr_bpm188",
    "suntech-nibp": "suntech_nibp",
    "viatom-o2ring": "viatom_o2ring",
    "berry-bci": "berry_bci",
}
"""Each protocol with its decoder's file."""


def test_the_rows_are_what_the_catalogue_offers_without_a_switch():
    offered = {entry.name for entry in catalogue().protocol if not entry.experimental}

    assert offered == set(DAILY)


@pytest.mark.parametrize(("name", "module"), DAILY.items(), ids=list(DAILY))
def test_it_has_a_decoder_a_test_and_a_page(name: str, module: str):
    page = (ROOT / "docs" / "devices" / f"{name}.md").read_text(encoding="utf-8")

    assert PROTOCOLS[name].makers
    assert (ROOT / "devices" / "decoders" / f"{module}.py").is_file()
    assert (ROOT / "tests" / "devices" / "decoders" / f"test_{module}.py").is_file()
    assert vectors(name)
    assert page.startswith("# ")
    assert name in page
    assert f"virtual:{name}" in page, "a reader can try it without one"


@pytest.mark.parametrize("name", DAILY)
def test_its_twin_is_reached_by_its_name_and_speaks(name: str):
    address = parse_address(f"virtual:{name}")

    bedside = VirtualBedside(1, "in", load("ordinary"), [address.address])

    (device,) = bedside.devices
    assert (device.info.protocol, device.info.simulated) == (name, True)
    known = {
        item.vital for at in range(1, 11) for item in device.step(at) if hasattr(item, "vital")
    }
    assert known or not device.info.continuous


@pytest.mark.parametrize("way", MISBEHAVIOURS)
def test_every_twin_misbehaves_in_every_way_that_its_protocol_knows(way: str):
    """What is left out cannot happen: the frames have no check, the device no memory or clock."""
    impossible = {
        "wrong checksums": NO_CHECK,
        "memory dump": set(DAILY) - MEMORY,
        "clock off by a year": set(DAILY) - CLOCK,
    }.get(way, set())

    assert {name for name, played in CASES if played == way} == set(DAILY) - impossible
    assert set(DEVICES) == set(DAILY)

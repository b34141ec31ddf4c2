"""Which switch lets a cuff be started: one of its own, on every way to a device."""

import pytest

from devices.address import parse_address
from devices.source import open_source
from kapmonitor.clock import SessionClock

CUFFS = (
    "jamr-bpm188@ble:C0:00:00:00:00:10",
    "qardioarm@ble:C0:00:00:00:00:11",
    "suntech-nibp@ble:C0:00:00:00:00:12",
    # Before its port is open: a resumed visit waits for no device.
    "suntech-nibp@serial:/dev/ttyUSB7",
)


@pytest.mark.parametrize("address", CUFFS)
def test_only_the_switch_for_starting_cuffs_lets_one_be_started(address):
    def commands(may_start: bool) -> tuple[str, ...]:
        source = open_source(
            parse_address(address), SessionClock(), experimental=True, may_start=may_start
        )
        return source.info.commands

    assert commands(may_start=False) == ("stop",)
    assert commands(may_start=True) == ("start", "stop")

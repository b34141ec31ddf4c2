"""Services of an invented clinic, for the gallery and for tests. No Qt."""

from kapmonitor.checklist import load_checklist
from ui.live.sample import STAFF, StillLink, typical
from ui.services import Begun, Services
from ui.setup.choice import Offer, PastVisit, SetupChoice


def sample_services() -> Services:
    """Three earlier visits, two ports, three Bluetooth devices; a visit is a still life."""
    return Services(
        begin=_begin,
        ports=lambda: [
            Offer("serial:/dev/ttyUSB0", "/dev/ttyUSB0  CP2102 USB to UART", "contec-cms50-serial"),
            Offer("serial:/dev/ttyS0", "/dev/ttyS0  ttyS0"),
        ],
        scan=lambda: [
            Offer("ble:C0:00:00:00:00:10", "Polar H10 1A2B3C", "ble-heart-rate"),
            Offer("ble:C0:00:00:00:00:11", "A&D_UA-651BLE_9F2D11", "ble-blood-pressure"),
            Offer("ble:C0:00:00:00:00:12", "Nonin3230_502784455", "ble-pulse-oximeter-plx"),
        ],
        past=lambda: [
            PastVisit("a.kap", "2026-11-20 14:02", "sealed", "131 min"),
            PastVisit("b.kap", "2026-11-20 09:31", "interrupted", "47 min"),
            PastVisit("c.kap", "2026-11-18 10:15", "sealed", "128 min   simulated"),
        ],
        export=lambda _record: [],
        staff=STAFF,
        scenarios=("ordinary", "hypertension", "desaturation"),
    )


def _begin(_choice: SetupChoice) -> Begun:
    messages, _ = typical()
    return Begun(StillLink(messages), load_checklist("standard"), lambda: None)

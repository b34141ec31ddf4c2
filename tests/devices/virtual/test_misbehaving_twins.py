"""Each virtual device misbehaves in each way that it can: nothing is invented, it comes back, it is
told. The misbehaviour is one row of a table, the device one class; a new one is one more line."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from alarms import presets
from alarms.board import Board
from devices.virtual.bedside import DEVICES
from devices.virtual.cuff import VirtualCuff
from devices.virtual.device import Faults, VirtualDevice
from devices.virtual.oximeter import VirtualOximeter
from devices.virtual.patient import VirtualPatient
from devices.virtual.strap import VirtualStrap
from kapmonitor.cuffs import cuff_event, cuff_packets
from kapmonitor.events import AlarmState, LinkChanged
from kapmonitor.plausibility import Plausibility
from kapmonitor.reading import Delivery, Link, Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.vitals import PRESSURES, Vital

YEAR = 365 * 86400.0
BEGINS, ENDS, UNTIL = 60.0, 130.0, 260.0
WRONG = ((BEGINS, ENDS),)

MISBEHAVIOURS = {
    "cut frames": Faults(cut_frames=7),
    "wrong checksums": Faults(wrong_checksums=7),
    "sentinel values": Faults(sentinel=WRONG),
    "errors": Faults(errors=WRONG),
    "silence": Faults(silence=WRONG),
    "unplugged and back": Faults(unplugged_at=BEGINS, back_at=ENDS),
    "memory dump": Faults(memory_dump=3, unplugged_at=BEGINS, back_at=ENDS),
    "clock off by a year": Faults(clock_off=-YEAR),
}
# What cannot happen to a device at all: it has no check, no memory, no clock.
NO_CHECK = {"ble-blood-pressure", "ble-heart-rate", "ble-pulse-oximeter-plx", "masimo-ascii",
            "nonin-ble", "berry-bci"}  # fmt: skip
MEMORY = {"ble-blood-pressure", "masimo-ascii", "pc60fw-creative", "viatom-o2ring"}
CLOCK = {"ble-blood-pressure", "masimo-ascii"}

CASES = [
    (name, way)
    for name in DEVICES
    for way in MISBEHAVIOURS
    if not (way == "wrong checksums" and name in NO_CHECK)
    and not (way == "memory dump" and name not in MEMORY)
    and not (way == "clock off by a year" and name not in CLOCK)
]
TOLERANCE = {Vital.SPO2: 2.1, Vital.PULSE_RATE: 9.0, Vital.HEART_RATE: 9.0, Vital.SYSTOLIC: 10.0,
             Vital.DIASTOLIC: 8.0}  # fmt: skip


def make(name: str, faults: Faults) -> VirtualDevice:
    """The device on a patient at rest; a cuff measures now and then."""
    kind, patient = DEVICES[name], VirtualPatient(5, "in")
    if issubclass(kind, VirtualCuff):
        return kind(patient, faults=faults, auto=(5.0, 70.0, 140.0, 200.0))
    return kind(patient, site="right_finger", faults=faults)


def play(device: VirtualDevice) -> tuple[list[Delivery], list[tuple[str, AlarmState]]]:
    """What is delivered second by second, and what the alarm board says about it."""
    board, plausibility = Board(presets.load()), Plausibility()
    board.hear(device.info, 0.0)
    delivered: list[Delivery] = []
    told: list[tuple[str, AlarmState]] = []
    for second in range(1, int(UNTIL) + 1):
        items = device.step(float(second))
        delivered += items
        changes = []
        judged = plausibility.judge([i for i in items if isinstance(i, Reading)])
        for item in items:
            if isinstance(item, Link):
                changes += board.hear(LinkChanged(item.source, item.state, item.reason), item.at)
            elif isinstance(item, Notice | PlethRun):
                changes += board.hear(item, item.at)
        for reading in judged:
            changes += board.observe(reading)
        for packet in cuff_packets(judged).values():
            changes += board.hear(cuff_event(packet, {device.info.id: device.info}), second)
        changes += board.tick(float(second))
        told += [(c.alarm, c.state) for c in changes]
    return delivered, told


def live(delivered: Sequence[Delivery]) -> list[Reading]:
    """The numbers that would be shown as live."""
    return [
        item
        for item in delivered
        if isinstance(item, Reading)
        and item.value is not None
        and item.origin is Origin.LIVE
        and item.vital in TOLERANCE
    ]


@pytest.mark.parametrize(("name", "way"), CASES, ids=[f"{n}-{w}" for n, w in CASES])
def test_nothing_is_invented_it_comes_back_and_it_is_told(name, way):
    faults = MISBEHAVIOURS[way]
    often = how_often(name)
    faults = replace(
        faults,
        cut_frames=often if faults.cut_frames else 0,
        wrong_checksums=often if faults.wrong_checksums else 0,
    )
    device = make(name, faults)
    delivered, alarms = play(device)
    shown = live(delivered)

    for reading in shown:
        truth = device.patient.at(reading.at)
        true = {
            Vital.SPO2: truth.spo2,
            Vital.SYSTOLIC: truth.systolic,
            Vital.DIASTOLIC: truth.diastolic,
        }.get(reading.vital, truth.pulse)
        doubted = reading.quality is not Quality.GOOD
        assert doubted or abs((reading.value or 0) - true) <= TOLERANCE[reading.vital], reading
    during = [r for r in shown if BEGINS + 3 < r.at < ENDS and r.quality is Quality.GOOD]
    if way in ("sentinel values", "errors", "silence", "unplugged and back", "memory dump"):
        assert during == []
    elif device.info.continuous:
        assert during
    vital = main_vital(device)
    assert [r for r in shown if r.at > ENDS + 5 and r.vital is vital], "it came back"
    check_told(device, way, delivered, alarms)


def how_often(name: str) -> int:
    """Every which frame is damaged: often enough to meet a result, not so often as to meet all."""
    if issubclass(DEVICES[name], VirtualCuff):
        return 2 if name == "ble-blood-pressure" else 3
    return 71 if DEVICES[name].chunks_per_second > 1 else 7


def main_vital(device: VirtualDevice) -> Vital:
    if isinstance(device, VirtualCuff):
        return Vital.SYSTOLIC
    return Vital.HEART_RATE if isinstance(device, VirtualStrap) else Vital.SPO2


def check_told(
    device: VirtualDevice,
    way: str,
    delivered: Sequence[Delivery],
    alarms: list[tuple[str, AlarmState]],
) -> None:
    """The notice, the link or the alarm that belongs to this misbehaviour."""
    refusals = [i for i in delivered if isinstance(i, Notice) and i.kind == "refused"]
    invalid = [
        i
        for i in delivered
        if isinstance(i, Reading) and i.quality is Quality.INVALID and BEGINS < i.at < ENDS
    ]
    raised = {alarm for alarm, state in alarms if state is AlarmState.RAISED}
    links = [(i.state.value, i.at) for i in delivered if isinstance(i, Link)]
    continuous = device.info.continuous
    # A strap's notification that loses its last interval is a shorter one, and as true.
    if way in ("cut frames", "wrong checksums") and not isinstance(device, VirtualStrap):
        assert refusals
    if way in ("sentinel values", "errors"):
        assert invalid or not continuous
        lost = "SPO2_SIGNAL_LOST" if isinstance(device, VirtualOximeter) else "PULSE_SIGNAL_LOST"
        assert lost in raised or not continuous
    if way == "silence":
        assert "DATA_STALE" in raised or not continuous
        assert links == [("up", 0.0)]
    if way in ("unplugged and back", "memory dump"):
        assert links == [("up", 0.0), ("down", BEGINS), ("up", ENDS)]
        assert "DATA_STALE" in raised or "LINK_LOST" in raised or not continuous
    if way == "memory dump":
        stored = [i for i in delivered if isinstance(i, Reading) and i.origin is Origin.STORED]
        other = [i for i in delivered if isinstance(i, Notice) and i.kind in ("reply", "refused")]
        assert stored if isinstance(device, VirtualCuff) else other
    if way == "clock off by a year":
        times = {i.device_time[:4] for i in delivered if isinstance(i, Reading) and i.device_time}
        assert times == {"2025"}, "told as it came, and not believed"


def test_a_cuff_that_has_failed_by_its_own_word_gives_no_pressure():
    for name in ("ble-blood-pressure", "jamr-bpm188", "suntech-nibp"):
        delivered, _ = play(make(name, Faults(errors=((0.0, UNTIL),))))
        values = [i for i in delivered if isinstance(i, Reading) and i.vital in PRESSURES]
        assert not [r for r in values if r.quality is Quality.GOOD], name

"""Which of a cuff's readings are of now, which are history, and which come twice."""

from datetime import datetime

import pytest

from devices.decoders import protocol
from devices.transports.ble_cuff import CuffInbox, cuff_origin, is_near_now, local_time
from kapmonitor.reading import Decoded, Origin, Reading
from kapmonitor.vitals import Vital
from tests.devices.ble import packets

NOW = datetime.fromisoformat("2026-03-14T10:30:00")  # a cuff's clock knows no zone
LONG_AGO = NOW.replace(year=2017)


def measured(systolic: float, when: datetime | None, at: float = 0.0) -> list[Decoded]:
    """What the decoder makes of one indication."""
    packet = packets.blood_pressure(systolic, 80, 95, 70, when)
    return protocol("ble-blood-pressure").make("2A35").feed(packet, at)


def told(items: list[Decoded]) -> list[tuple[float | None, Origin]]:
    """The systolic values and where they are from."""
    return [
        (item.value, item.origin)
        for item in items
        if isinstance(item, Reading) and item.vital is Vital.SYSTOLIC
    ]


@pytest.mark.parametrize(
    ("device_time", "near"),
    [
        ("2026-03-14T10:30:00", True),
        ("2026-03-14T10:27:00", True),
        ("2026-03-14T10:33:00", True),
        ("2026-03-14T10:26:59", False),
        ("2026-03-13T10:30:00", False),
        ("2017-01-01T00:00:00", False),
        ("", False),
        ("yesterday", False),
        ("2026-03-14T10:30:00+00:00", False),
    ],
)
def test_near_now_is_three_minutes(device_time: str, near: bool):
    assert is_near_now(device_time, NOW) is near


@pytest.mark.parametrize(
    ("near_now", "alone", "origin"),
    [
        (True, True, Origin.LIVE),
        (True, False, Origin.LIVE),
        (False, True, Origin.LIVE),
        (False, False, Origin.STORED),
    ],
)
def test_only_what_is_old_and_comes_with_others_is_history(
    near_now: bool, alone: bool, origin: Origin
):
    assert cuff_origin(near_now, alone) is origin


def test_local_time_is_utc_and_the_zone():
    """A cuff's clock knows no zone; 08:00 UTC is 10:00 on a summer's wall in Berlin."""
    assert local_time(1_780_387_200.0, 120) == datetime.fromisoformat("2026-06-02T10:00:00")


def test_a_measurement_of_now_passes_at_once():
    inbox = CuffInbox()

    assert told(inbox.feed(measured(121, NOW), NOW)) == [(121, Origin.LIVE)]
    assert not inbox.holding
    assert inbox.settle() == []


def test_a_cuff_with_a_wrong_clock_and_one_reading_is_believed():
    """Alone it can only be the one that was just taken."""
    inbox = CuffInbox()

    assert inbox.feed(measured(121, LONG_AGO), NOW) == []
    assert inbox.holding
    assert told(inbox.settle()) == [(121, Origin.LIVE)]
    assert not inbox.holding


def test_a_cuff_that_empties_its_memory_sends_history():
    """Three old readings, then the one that was just taken."""
    inbox = CuffInbox()

    told_so_far = []
    for day, systolic in ((11, 111), (12, 112), (13, 113)):
        told_so_far += told(inbox.feed(measured(systolic, NOW.replace(day=day)), NOW))
    told_so_far += told(inbox.feed(measured(124, NOW), NOW))

    assert told_so_far == [
        (111, Origin.STORED),
        (112, Origin.STORED),
        (113, Origin.STORED),
        (124, Origin.LIVE),
    ]
    assert inbox.settle() == []


def test_the_newest_may_come_first():
    inbox = CuffInbox()

    first = told(inbox.feed(measured(124, NOW), NOW))
    second = told(inbox.feed(measured(111, NOW.replace(day=11)), NOW))

    assert first == [(124, Origin.LIVE)]
    assert second == [(111, Origin.STORED)]


def test_a_burst_without_times_is_history_and_the_next_one_alone_is_not():
    inbox = CuffInbox()

    burst = told(inbox.feed(measured(111, None, at=0.0), NOW))
    burst += told(inbox.feed(measured(112, None, at=0.1), NOW))
    assert burst == [(111, Origin.STORED), (112, Origin.STORED)]
    assert inbox.settle() == []

    assert inbox.feed(measured(125, None, at=60.0), NOW) == []
    assert told(inbox.settle()) == [(125, Origin.LIVE)]


def test_an_indication_repeated_after_a_reconnect_counts_once():
    inbox = CuffInbox()

    assert told(inbox.feed(measured(121, NOW, at=0.0), NOW)) == [(121, Origin.LIVE)]
    inbox.settle()
    assert inbox.feed(measured(121, NOW, at=300.0), NOW) == []
    assert inbox.settle() == []


def test_the_same_numbers_a_quarter_of_an_hour_later_are_a_new_measurement():
    """Without a device time only what comes within seconds is a repetition."""
    inbox = CuffInbox()

    inbox.feed(measured(121, None, at=0.0), NOW)
    assert inbox.feed(measured(121, None, at=1.0), NOW) == []
    assert told(inbox.settle()) == [(121, Origin.LIVE)]
    inbox.feed(measured(121, None, at=900.0), NOW)
    assert told(inbox.settle()) == [(121, Origin.LIVE)]


def test_a_failed_measurement_keeps_its_reason_and_is_of_now():
    """A boso cuff's error is a packet without numbers; the nurse must see that it failed."""
    inbox = CuffInbox()
    packet = packets.blood_pressure(None, None, None, None, NOW)
    failed = protocol("ble-blood-pressure").make("2A35").feed(packet, 0.0)

    items = inbox.feed(failed, NOW)

    systolic = next(i for i in items if isinstance(i, Reading) and i.vital is Vital.SYSTOLIC)
    assert (systolic.value, systolic.reason, systolic.origin) == (
        None,
        "measurement_failed",
        Origin.LIVE,
    )


def test_a_refused_packet_passes_and_counts_for_nothing():
    inbox = CuffInbox()
    broken = protocol("ble-blood-pressure").make("2A35").feed(b"\x00\x01", 0.0)

    assert inbox.feed(broken, NOW) == broken
    assert inbox.feed(measured(121, None), NOW) == []
    assert told(inbox.settle()) == [(121, Origin.LIVE)]

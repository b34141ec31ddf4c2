"""A device's own packet counter that stands still is told; one that never counted says nothing."""

import pytest

from tests.devices.decoders.helping import (
    berry_v15,
    decode,
    df2_frame,
    nonin_ble,
    nonin_frames,
    notices,
)


def nonin_serial(timer: int) -> bytes:
    """One packet of data format 2 with this timer in its slots 6 and 7."""
    frames = nonin_frames()
    frames[5] = df2_frame(0, 106, timer >> 7)
    frames[6] = df2_frame(0, 107, timer & 0x7F)
    return b"".join(frames)


COUNTED = pytest.mark.parametrize(
    ("protocol", "channel", "packet"),
    [
        ("nonin-ble", "0aad7ea0", lambda count: nonin_ble(counter=count)),
        ("nonin-serial", "df2", nonin_serial),
        ("berry-bci", "v15", lambda count: berry_v15(97, 72, number=count)),
    ],
)


def told(protocol, channel, packet, counts) -> list[tuple[str, object]]:
    items = decode(protocol, channel, *(packet(count) for count in counts))
    return [
        (kind, detail["counter"])
        for kind in ("counter_stands", "counter_moves")
        for detail in notices(items, kind)
    ]


@COUNTED
def test_packet_that_comes_again_is_told_each_time_and_a_new_one_once(protocol, channel, packet):
    """Also across the low seven bits, 127 to 128, where the timer of a Nonin is cut in two."""
    found = told(protocol, channel, packet, [126, 127, 128, 128, 128, 129, 130])

    assert found == [("counter_stands", 128), ("counter_stands", 128), ("counter_moves", 129)]


@COUNTED
def test_counter_that_goes_on_or_begins_anew_says_nothing(protocol, channel, packet):
    assert told(protocol, channel, packet, [253, 254, 255, 0, 1, 200]) == []


@COUNTED
def test_counter_that_never_counted_is_none(protocol, channel, packet):
    """Some units leave the field at 0."""
    assert told(protocol, channel, packet, [0] * 9) == []


def test_hundred_packets_a_second_are_told_once_a_second():
    items = decode(
        "berry-bci", "v15", berry_v15(97, 72, number=1), berry_v15(97, 72, number=2) * 250
    )

    assert len(notices(items, "counter_stands")) == 1

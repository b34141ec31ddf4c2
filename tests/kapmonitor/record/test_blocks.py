"""Samples go into one-second blocks and come out as they were."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.reading import Notice, Origin, PlethRun, Quality, Reading
from kapmonitor.record.blocks import Blocker, SampleBlock, decode_block, encode_block, join_pleth
from kapmonitor.vitals import Vital
from tests.kapmonitor.record.stories import block

texts = st.text(max_size=8)
numbers = st.floats(allow_nan=False)
readings = st.builds(
    Reading,
    vital=st.sampled_from(Vital),
    value=st.none() | numbers | st.integers(-300, 300),
    at=numbers,
    quality=st.sampled_from(Quality),
    reason=texts,
    packet=st.integers(0, 2**40),
    origin=st.sampled_from(Origin),
    device_time=texts,
    source=texts,
)
runs = st.builds(
    PlethRun,
    at=numbers,
    interval=numbers,
    values=st.lists(st.none() | st.integers(0, 2**17), max_size=70).map(tuple),
    full_scale=st.integers(1, 2**17),
    packet=st.integers(0, 2**40),
    source=texts,
)
notices = st.builds(
    Notice,
    kind=texts,
    at=numbers,
    detail=st.dictionaries(texts, st.none() | st.booleans() | st.integers(0, 2**40) | texts),
    packet=st.integers(0, 2**40),
    source=texts,
)
blocks = st.builds(
    SampleBlock,
    start=st.integers(0, 10**6),
    readings=st.lists(readings, max_size=6).map(tuple),
    pleth=st.lists(runs, max_size=3).map(tuple),
    notices=st.lists(notices, max_size=2).map(tuple),
)


@given(blocks)
def test_a_block_comes_back_as_it_was(told):
    """Value, time, quality, reason, source, origin, device time and packet of every reading."""
    assert decode_block(encode_block(told)) == told


@given(st.binary(max_size=200))
def test_noise_is_no_block(noise):
    """Bytes that are no block give an error that verify knows, never another one."""
    try:
        read = decode_block(noise)
    except (msgspec.DecodeError, ValueError):
        return
    assert isinstance(read, SampleBlock)


def test_a_second_fits_into_360_bytes():
    """Three numerics and 60 Hz pleth: 1.3 MB an hour leave 361 bytes for each second."""
    assert len(encode_block(block(7))) < 200


def spo2(at, value=97.0):
    return Reading(Vital.SPO2, value, at, source="oximeter")


def test_a_block_is_finished_by_the_first_item_of_a_later_second():
    blocker = Blocker()

    assert blocker.add(spo2(5.1)) == []
    assert blocker.add(spo2(5.9)) == []
    assert blocker.add(spo2(6.0)) == [SampleBlock(5, (spo2(5.1), spo2(5.9)))]


def test_a_block_is_finished_by_time_when_nothing_more_comes():
    blocker = Blocker()
    blocker.add(spo2(5.1))

    assert blocker.tick(5.99) == []
    assert blocker.tick(6.0) == [SampleBlock(5, (spo2(5.1),))]
    assert blocker.tick(7.0) == []


def test_a_reading_that_comes_late_keeps_its_own_time():
    """The second source's reading of 4.98 arrives when second 5 has begun; it is not lost."""
    blocker = Blocker()
    blocker.add(spo2(5.01))

    assert blocker.add(spo2(4.98)) == []
    assert blocker.flush() == [SampleBlock(5, (spo2(5.01), spo2(4.98)))]


def test_single_pleth_samples_become_one_run():
    """A CMS50 sends sixty packets of one sample; their times would be ten times their values."""
    blocker = Blocker()
    for place in range(60):
        jitter = 0.004 * (place % 5)
        blocker.add(PlethRun(3.0 + place / 60 + jitter, 1 / 60, (place,), 127, place, "cms50"))

    (only,) = blocker.flush()

    assert only.pleth == (PlethRun(3.0, 1 / 60, tuple(range(60)), 127, 0, "cms50"),)


def test_pleth_of_two_sources_stays_apart():
    blocker = Blocker()
    for at in (3.0, 3.1):
        blocker.add(PlethRun(at, 0.1, (1,), 127, source="left"))
        blocker.add(PlethRun(at, 0.1, (2,), 127, source="right"))

    (only,) = blocker.flush()

    assert [run.values for run in only.pleth] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("late", [0.3, -0.3])
def test_a_gap_in_the_pleth_stays_a_gap(late):
    first = PlethRun(1.0, 0.01, (1, 2, 3), 127)

    assert join_pleth(first, PlethRun(1.03 + late, 0.01, (4,), 127)) is None
    assert join_pleth(first, PlethRun(1.03, 0.01, (4,), 255)) is None
    assert join_pleth(first, PlethRun(1.03, 0.02, (4,), 127)) is None

"""Time stamps: every way in which programs write them, and clocks that jump."""

import pytest

from kapmonitor.pastdata.stamps import parse_stamps


def steps(*cells: str) -> list[float | None]:
    """The times, counted from the first one."""
    times, _ = parse_stamps(cells)
    zero = next(at for at in times if at is not None)
    return [None if at is None else round(at - zero, 3) for at in times]


@pytest.mark.parametrize(
    "cells",
    [
        ("23:59:58 Feb 29 2024", "00:00:02 Mar 01 2024"),
        ("11:59:58PM Feb 29, 2024", "12:00:02AM Mar 1, 2024"),
        ("2024-02-29 23:59:58", "2024-03-01 00:00:02"),
        ("2024-02-29T23:59:58.000+01:00", "2024-03-01T00:00:02.000+01:00"),
        ("29.02.2024 23:59:58", "01.03.2024 00:00:02"),
        ("02/29/2024 11:59:58 PM", "03/01/2024 12:00:02 AM"),
        ("2024/02/29 23:59:58", "2024/03/01 00:00:02"),
        ("23:59:58", "00:00:02"),
        ("86398", "86402"),
        ("86398,0", "86402,0"),
        ("1709251198000", "1709251202000"),
    ],
)
def test_four_seconds_across_midnight(cells: tuple[str, str]):
    assert steps(*cells) == [0, 4]


def test_day_and_month_are_told_apart_by_what_comes_next():
    """3 April 23:59 to 4 April, not 4 March to 4 April."""
    assert steps("03/04/2024 23:59:59", "04/04/2024 00:00:01") == [0, 2]
    assert steps("04/03/2024 23:59:59", "04/04/2024 00:00:01") == [0, 2]


def test_a_time_of_the_day_may_pass_midnight_twice():
    assert steps("20:00", "04:00", "12:00", "20:00", "04:00") == [0, 28800, 57600, 86400, 115200]


def test_a_clock_that_is_set_back_goes_on_one_step_later():
    """The end of summer time: 02:59:56, then 02:00:00 once more."""
    cells = [f"{clock} Oct 27 2024" for clock in ("02:59:52", "02:59:56", "02:00:00", "02:00:04")]

    assert steps(*cells) == [0, 4, 8, 12]
    assert parse_stamps(cells)[1] == 1


def test_what_is_no_time_is_none():
    assert steps("10:00:00", "", "--", "10:00:03") == [0, None, None, 3]
    assert parse_stamps(["soon", "31.02.2024 10:00", "20241105"]) == ([None, None, 20241105.0], 0)

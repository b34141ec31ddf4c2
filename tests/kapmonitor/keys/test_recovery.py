"""The recovery key is copied by hand from paper, with the slips that people make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.recovery import LETTERS, read, written

KEY = bytes(range(7, 39))


def refused(text: str) -> str:
    with pytest.raises(KapmonitorError) as error:
        read(text)
    return error.value.code


@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back_from_paper(key):
    assert read(written(key)) == key


def test_it_is_thirteen_groups_of_five_without_letters_that_are_mixed_up():
    groups = written(KEY).split("-")

    assert [len(group) for group in groups] == [5] * 13
    assert not set("".join(groups)) & set("IO01")


def test_case_spaces_and_hyphens_do_not_matter():
    assert read(written(KEY).lower().replace("-", "  ") + "\n") == KEY


@pytest.mark.parametrize("place", range(65))
def test_a_slip_by_one_letter_is_found_in_its_group(place):
    letters = list(written(KEY).replace("-", ""))
    for other in LETTERS:
        # A and 9 are one number to the check; the key's own id finds that slip.
        if other == letters[place] or {other, letters[place]} == {"A", "9"}:
            continue
        slip = "".join([*letters[:place], other, *letters[place + 1 :]])
        with pytest.raises(KapmonitorError) as error:
            read(slip)
        assert error.value.code == "recovery_group"
        assert error.value.facts["group"] == place // 5 + 1


def test_two_groups_that_changed_places_are_found():
    groups = written(KEY).split("-")
    groups[3], groups[4] = groups[4], groups[3]

    assert refused("-".join(groups)) == "recovery_group"


def test_a_missing_group_and_a_wrong_letter_are_named():
    assert refused(written(KEY)[:-6]) == "recovery_length"
    assert refused("O" + written(KEY)[1:]) == "recovery_letter"
    assert refused("") == "recovery_length"

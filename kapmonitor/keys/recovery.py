"""The recovery key: an installation's key in thirteen groups of letters that a person can type.

It opens records without any other file, on any machine: a copy of a record and this paper are a
whole backup. Each group is four letters (20 bits) and a check letter that also knows its place, so
that a slip or two swapped groups are found, and named, before the key is used.
"""

from kapmonitor.errors import KapmonitorError
from kapmonitor.keys.wrapping import KEY_BYTES

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which are read for one another."""

GROUPS = 13
_BITS = 5
_SHORT = 4  # letters of a group before its check letter
_SPARE = GROUPS * _SHORT * _BITS - 8 * KEY_BYTES


def written(key: bytes) -> str:
    """The key as it is shown: ``K3VX2-…``, thirteen groups of five."""
    number = int.from_bytes(key) << _SPARE
    places = range(GROUPS * _SHORT - 1, -1, -1)
    values = [number >> (_BITS * place) & 31 for place in places]
    groups = [values[start : start + _SHORT] for start in range(0, len(values), _SHORT)]
    return "-".join(
        "".join(LETTERS[value] for value in (*group, _check(group, place)))
        for place, group in enumerate(groups)
    )


def read(text: str) -> bytes:
    """The key that was typed; case, spaces and hyphens do not matter.

    Raises KapmonitorError ``recovery_length``, ``recovery_letter`` (which is no such letter) and
    ``recovery_group`` (which group has a slip).
    """
    typed = [letter for letter in text.upper() if not letter.isspace() and letter != "-"]
    for letter in typed:
        if letter not in LETTERS:
            raise KapmonitorError("recovery_letter", letter=letter)
    whole = GROUPS * (_SHORT + 1)
    if len(typed) != whole:
        raise KapmonitorError("recovery_length", letters=len(typed), whole=whole)
    number = 0
    for place in range(GROUPS):
        values = [LETTERS.index(letter) for letter in typed[place * 5 : place * 5 + 5]]
        if values[_SHORT] != _check(values[:_SHORT], place):
            raise KapmonitorError("recovery_group", group=place + 1)
        for value in values[:_SHORT]:
            number = number << _BITS | value
    if number & (1 << _SPARE) - 1:
        raise KapmonitorError("recovery_group", group=GROUPS)
    return (number >> _SPARE).to_bytes(KEY_BYTES)


def _check(values: list[int], place: int) -> int:
    # A prime below the number of letters: any slip by one letter and any two neighbours that
    # changed places give another letter (but for A taken for 9).
    return (sum((at + 2) * value for at, value in enumerate(values)) + 7 * place) % 31

"""The emergency list: the clinic's own steps and telephone numbers, from ``emergency.toml``.

What comes with the program has headings and blanks and gives no advice on treatment. A clinic's own
copy lies in ``clinic`` of the data folder and wins.
"""

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from kapmonitor import datafiles

NAME = "emergency"
Line = Annotated[str, Meta(min_length=1, max_length=200)]


class Number(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to call: ``who`` and the telephone number, empty while it is still to be filled in."""

    who: Line
    number: str = ""


class EmergencyList(Struct, frozen=True, forbid_unknown_fields=True):
    """Telephone numbers and steps, in the clinic's words and order."""

    title: Line
    number: tuple[Number, ...]
    steps: tuple[Line, ...]

    @property
    def blanks(self) -> bool:
        """Whether a telephone number is still to be filled in."""
        return any(not number.number.strip() for number in self.number)


def load_emergency(folder: Path | None = None) -> EmergencyList:
    """The clinic's list, or the one that comes with the program. Raises PlanError."""
    return datafiles.read(NAME, EmergencyList, "kapmonitor.emergency", folder)[0]

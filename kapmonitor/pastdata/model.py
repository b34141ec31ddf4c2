"""What every reader of past data gives: moments in order of time, and where they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from kapmonitor.events import Event
from kapmonitor.ports import Schedule, SourceInfo
from kapmonitor.reading import Notice, PlethRun, Reading
from kapmonitor.vitals import Vital

# How a person names the columns; a strap's or monitor's heart rate and an oximeter's pulse differ.
COLUMNS = (
    "time",
    Vital.HEART_RATE,
    Vital.PULSE_RATE,
    Vital.SPO2,
    Vital.SYSTOLIC,
    Vital.DIASTOLIC,
    Vital.MEAN_PRESSURE,
)

Row = tuple[float, Mapping[Vital, float | None]]
"""Seconds and what a row says: a vital that is missing says nothing, None says "no value"."""


class Moment(Struct, frozen=True):
    """Something that the alarms are told at a time: a reading, or a fact.

    ``in_use`` belongs to a reading (`kapmonitor.preference`). ``happened`` is the earlier time of
    what a person entered late.
    """

    at: float
    message: Reading | PlethRun | Event | Notice | SourceInfo | Schedule
    in_use: bool = True
    happened: float | None = None


@dataclass(frozen=True)
class Rows:
    """The rows of a text file. ``columns`` maps ``time`` and vitals to what the file calls them.

    ``skipped`` rows could not be understood, ``set_back`` is how often the file's clock went back.
    """

    layout: str
    rows: Sequence[Row]
    columns: Mapping[str, str]
    skipped: int = 0
    set_back: int = 0


@dataclass(frozen=True)
class PastData:
    """A file, ready to be replayed. Times are seconds from its first row (of a record: its clock).

    ``sparse`` is True where the rows lie so far apart that what lies between them is a gap.
    ``observation`` is the plan's minimum observation in seconds; ``limits_text`` the alarm preset
    that a record was made with. Both are empty for a text file.
    """

    layout: str
    moments: Sequence[Moment]
    end: float
    sparse: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    skipped: int = 0
    set_back: int = 0
    observation: float = 7200.0
    limits_text: str = ""

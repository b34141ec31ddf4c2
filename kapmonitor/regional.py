"""How a region writes numbers, dates and pressures; what is stored never changes.

Values are kept in the units of the table of vitals and as plain numbers in every file for machines
(JSON lines, CSV, FHIR). Here they become what a person reads: a decimal comma, a local date,
kilopascals where a clinic chose them.
"""

import math
from datetime import date, datetime

from msgspec import Struct

MMHG, KPA = "mmHg", "kPa"
# 1 mmHg = 133.322387415 Pa: BIPM, The International System of Units, 8th edition, table 9.
KPA_PER_MMHG = 0.133322387415


class Region(Struct, frozen=True):
    """``decimal`` is the decimal mark, ``day`` a date as for strftime."""

    decimal: str = "."
    day: str = "%Y-%m-%d"


REGIONS = {
    "en": Region(),
    "de": Region(decimal=",", day="%d.%m.%Y"),
    "es": Region(decimal=",", day="%d/%m/%Y"),
}


class _Chosen:
    """What is in use in this process: set once at the start, read everywhere."""

    region = REGIONS["en"]
    pressure_unit = MMHG


def use_region(language: str, pressure_unit: str = "") -> None:
    """Write as a language does (English where it is unknown); a unit of pressure only if given."""
    _Chosen.region = REGIONS.get(language, REGIONS["en"])
    if pressure_unit:
        _Chosen.pressure_unit = pressure_unit


def pressure_unit() -> str:
    """The unit in which pressures are shown, ``mmHg`` or ``kPa``."""
    return _Chosen.pressure_unit


def number(value: float, spec: str = "g") -> str:
    """A number as people read it, formatted as ``spec`` says."""
    return format(float(value), spec).replace(".", _Chosen.region.decimal)


def day(when: date) -> str:
    """A date as people read it."""
    return when.strftime(_Chosen.region.day)


def day_and_time(when: datetime) -> str:
    """A date with hours and minutes."""
    return f"{day(when)} {when:%H:%M}"


def unit(kept: str) -> str:
    """The unit in which values kept in this one are shown: the clinic's for ``mmHg``."""
    return _Chosen.pressure_unit if kept == MMHG else kept


def shown(value: float, kept: str = "", spec: str = "g") -> str:
    """A value kept in a unit as people read it, without the unit; ``spec`` as for `number`."""
    return pressure(value, spec) if kept == MMHG else number(value, spec)


def change(difference: float, kept: str = "", decimals: int = 0) -> str:
    """A difference with its sign, a true minus and no -0; ``decimals`` at most (of kPa one)."""
    in_kpa = kept == MMHG and _Chosen.pressure_unit == KPA
    rounded = round(difference * KPA_PER_MMHG, 1) if in_kpa else round(difference, decimals)
    text = number(rounded, "+.1f" if in_kpa else "+g")
    return "±0" if rounded == 0 else text.replace("-", "−")


def baseline(value: float, kept: str = "") -> str:
    """A baseline as people read it: whole, a half upwards; of kPa one decimal.

    The median of two readings may end in a half; what is measured never does.
    """
    return shown(_whole(value), kept, ".0f") if _is_whole(kept) else shown(value, kept)


def over_baseline(value: float, base: float, kept: str = "") -> str:
    """How far a value is over the baseline, as both are shown: ``+41``, ``±0``, ``−3``."""
    if _is_whole(kept):
        return change(_whole(value) - _whole(base), kept)
    tenths = [round(one * KPA_PER_MMHG, 1) for one in (_whole(value), base)]
    return change(tenths[0] - tenths[1], decimals=1)


def _whole(value: float) -> float:
    return float(math.floor(value + 0.5))


def _is_whole(kept: str) -> bool:
    return not (kept == MMHG and _Chosen.pressure_unit == KPA)


def pressure(mmhg: float, spec: str = "") -> str:
    """A pressure in mmHg in the unit in which it is shown, without the unit: ``162``, ``21.6``.

    ``spec`` is for whole mmHg alone; kilopascals always have one decimal, which is finer than the
    devices measure (1 mmHg is 0.13 kPa).
    """
    if _Chosen.pressure_unit == KPA:
        return number(mmhg * KPA_PER_MMHG, f"{'+' if spec.startswith('+') else ''}.1f")
    return number(mmhg, spec or ".0f")


def pressure_entered(typed: float) -> float:
    """A pressure that a person typed in the unit shown, in mmHg.

    Of kilopascals it is the nearest whole mmHg, as devices measure; so each whole mmHg that is
    shown with one decimal comes back as it was.
    """
    return float(round(typed / KPA_PER_MMHG)) if _Chosen.pressure_unit == KPA else typed


def pressure_ticks(low: float, high: float, step: float, kpa_step: float) -> list[float]:
    """Where an axis from ``low`` to ``high`` [mmHg] has its lines: at whole steps as shown.

    ``step`` is in mmHg, ``kpa_step`` in kPa; the places are in mmHg in either case.
    """
    each = kpa_step / KPA_PER_MMHG if _Chosen.pressure_unit == KPA else step
    first, last = math.ceil(low / each - 1e-9), math.floor(high / each + 1e-9)
    return [place * each for place in range(first, last + 1)]


def tick(mmhg: float) -> str:
    """A line of an axis of pressures, without decimals: ``160``, ``20``."""
    return number(mmhg * KPA_PER_MMHG if _Chosen.pressure_unit == KPA else mmhg, ".0f")


class LocalFloat(float):
    """A number that a sentence formats by the region's habit."""

    def __format__(self, spec: str) -> str:
        text = format(float(self), spec) if spec else str(float(self))
        return text.replace(".", _Chosen.region.decimal)

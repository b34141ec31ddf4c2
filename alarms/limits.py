"""What an alarm preset says: the rows of the default table, and what a clinic may not choose."""

import operator
from collections.abc import Callable
from enum import StrEnum
from math import isfinite

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from kapmonitor.events import AlarmKind, Priority


class Quantity(StrEnum):
    """What a limit is set on. ``pulse`` is the rate in use: strap, else oximeter, else cuff."""

    PULSE = "pulse"
    SPO2 = "spo2"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    RESPIRATORY_RATE = "respiratory_rate"
    RATE_PRESSURE_PRODUCT = "rate_pressure_product"


class Condition(StrEnum):
    """How a value is compared with its limit."""

    BELOW = "<"
    AT_OR_BELOW = "<="
    ABOVE = ">"
    AT_OR_ABOVE = ">="

    @property
    def low(self) -> bool:
        """True when small values are the bad ones."""
        return self in (Condition.BELOW, Condition.AT_OR_BELOW)


COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

PRESSURE_QUANTITIES = frozenset({Quantity.SYSTOLIC, Quantity.DIASTOLIC})
PER_READING = PRESSURE_QUANTITIES | {Quantity.RESPIRATORY_RATE, Quantity.RATE_PRESSURE_PRODUCT}

# An alarm comes again at once, and an acknowledged one sounds again, when it is deeper by this.
STEP, PRESSURE_STEP = 2.0, 10.0


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One comparison: ``vital condition value``, over when ``clear`` (``">= 92"``) is true.

    ``allowed`` is the range of the second one of two; without it that one cannot be changed in a
    visit.
    """

    vital: Quantity
    condition: Condition
    value: float
    clear: str
    allowed: tuple[float, float] | None = None

    @property
    def clear_test(self) -> tuple[str, float]:
        """``">= 92"`` as a comparison and a number; raises ValueError when it is neither."""
        sign, _, text = self.clear.strip().partition(" ")
        number = float(text)
        if sign not in COMPARE or not isfinite(number):
            raise ValueError(self.clear)
        return sign, number

    @property
    def step(self) -> float:
        """By how much a value must get worse to count as deeper."""
        return PRESSURE_STEP if self.vital in PRESSURE_QUANTITIES else STEP


class LimitSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A limit on a vital.

    ``value`` is in the vital's unit; with ``over_baseline`` it is a rise over the frozen baseline,
    with ``percent`` a rise in percent of it. ``delay`` is in seconds; ``area`` (unit x seconds
    beyond the limit) takes its place where it is not 0. ``confirm`` is the priority from the
    second cuff reading on. ``allowed`` is the range a clinic may choose ``value`` from. ``source``
    says where the number comes from.
    """

    id: str
    vital: Quantity
    condition: Condition
    value: float
    clear: str
    priority: Priority
    source: str
    allowed: tuple[float, float]
    delay: float = 0.0
    area: float = 0.0
    clear_after: float = 5.0
    confirm: Priority | None = None
    over_baseline: bool = False
    percent: bool = False
    latching: bool = False
    on: bool = True
    other: Part | None = field(default=None, name="or")

    kind = AlarmKind.PHYSIOLOGICAL

    @property
    def parts(self) -> tuple[Part, ...]:
        """The comparison, and the second one of "systolic or diastolic" alarms."""
        first = Part(self.vital, self.condition, self.value, self.clear, self.allowed)
        return (first,) if self.other is None else (first, self.other)

    @property
    def highest(self) -> Priority:
        """The highest priority that this alarm can reach."""
        return self.priority if self.confirm is None else self.confirm


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A priority that is reached ``after`` seconds, or at a ``value``."""

    priority: Priority
    after: float = 0.0
    value: float = 0.0


class TechnicalSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm about the equipment; what is watched goes by its id.

    ``clear_after`` is how many good seconds end it. ``cuff_after`` replaces the first step while a
    cuff inflates on the sensor's arm. ``silent`` alarms are seen only. ``value`` and
    ``clear_value`` are numbers that only some of them have.
    """

    id: str
    steps: tuple[Step, ...]
    source: str
    clear_after: float = 0.0
    cuff_after: float = 0.0
    value: float = 0.0
    clear_value: float = 0.0
    silent: bool = False
    until_seen: bool = False
    latching: bool = False
    on: bool = True

    kind = AlarmKind.TECHNICAL

    @property
    def highest(self) -> Priority:
        """The highest priority that this alarm can reach."""
        reached = (step.priority for step in self.steps)
        return max(reached, key=lambda priority: priority.rank, default=Priority.LOW)


class EnteredSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm raised by what a person enters in a round.

    ``answer`` is the item of the checklist; ``value`` and ``high`` are the levels at or below
    which it is MEDIUM and HIGH, ``clear`` the level from which it is over.
    """

    id: str
    answer: str
    source: str
    value: float = 0.0
    high: float = 0.0
    clear: float = 0.0
    latching: bool = False
    on: bool = True

    kind = AlarmKind.PHYSIOLOGICAL
    highest = Priority.HIGH


AnySpec = LimitSpec | TechnicalSpec | EnteredSpec

# Ranges of the HIGH limits, in code and not in a file, so that no edit amounts to switching a HIGH
# off ("Ranges a clinic may choose from" of the project's clinical notes).
HIGH_RANGES: dict[str, tuple[float, float]] = {
    "SPO2_DESAT": (80, 90),
    "PR_VHIGH": (120, 180),
    "PR_VLOW": (30, 50),
    "SBP_VHIGH": (160, 200),
    "SBP_EXTREME": (180, 220),
    "DBP_VHIGH": (100, 120),
    "DBP_EXTREME": (110, 130),
    "RESP_LOW": (6, 10),
}
LONGEST_HIGH_DELAY = 15.0
# The largest depth-times-duration of a HIGH, in unit x seconds: 15 s at one unit beyond.
LARGEST_HIGH_AREA = 15.0
LONGEST_DELAYS = {"DATA_STALE": 90.0, "ENGINE_LOST": 2.0}


def can_be_off(spec: AnySpec) -> bool:
    """Whether a clinic may switch this alarm off: nothing that can be HIGH."""
    return spec.highest is not Priority.HIGH


def limit_refusal(spec: LimitSpec, limit: float | None) -> str:
    """Why this limit may not be chosen, as an identifier; empty when it may."""
    if limit is None:
        return "" if can_be_off(spec) else "high_cannot_be_off"
    low, high = HIGH_RANGES.get(spec.id, spec.allowed)
    return "" if low <= limit <= high else "limit_out_of_range"


def other_refusal(spec: LimitSpec, limit: float) -> str:
    """Why the second of two numbers may not be this one, as an identifier; empty when it may."""
    if spec.other is None or spec.other.allowed is None:
        return "alarm_has_one_limit"
    low, high = spec.other.allowed
    return "" if low <= limit <= high else "limit_out_of_range"


def faults(spec: AnySpec) -> list[tuple[str, str]]:
    """What is wrong with a row, as (field, reason); empty when fine."""
    found = [(key, "not a number") for key in _endless(spec)]
    if not spec.on and not can_be_off(spec):
        found.append(("on", "high_cannot_be_off"))
    if not spec.source.strip():
        found.append(("source", "no_source_of_the_number"))
    if not isinstance(spec, EnteredSpec) and spec.clear_after < 0:
        found.append(("clear_after", "below 0"))
    if isinstance(spec, LimitSpec):
        found += _limit_faults(spec)
    if isinstance(spec, TechnicalSpec):
        found += _technical_faults(spec)
    return found


def _endless(spec: AnySpec) -> list[str]:
    """Fields of ``nan`` or ``inf``, which TOML knows and no comparison refuses by itself."""
    fields = asdict(spec).items()
    found = [key for key, value in fields if isinstance(value, float) and not isfinite(value)]
    if isinstance(spec, TechnicalSpec) and not all(isfinite(step.after) for step in spec.steps):
        found.append("steps")
    return found


def _limit_faults(spec: LimitSpec) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    low, high = spec.allowed
    fixed = HIGH_RANGES.get(spec.id)
    if fixed is not None and not fixed[0] <= low <= high <= fixed[1]:
        found.append(("allowed", f"outside {fixed[0]:g}..{fixed[1]:g}"))
    if not low <= spec.value <= high:
        found.append(("value", f"outside {low:g}..{high:g}"))
    is_high = spec.highest is Priority.HIGH
    if spec.delay < 0 or (is_high and spec.delay > LONGEST_HIGH_DELAY):
        found.append(("delay", f"outside 0..{LONGEST_HIGH_DELAY:g}" if is_high else "below 0"))
    if spec.area < 0 or (is_high and spec.area > LARGEST_HIGH_AREA):
        found.append(("area", f"outside 0..{LARGEST_HIGH_AREA:g}" if is_high else "below 0"))
    if spec.percent and not spec.over_baseline:
        found.append(("percent", "needs_over_baseline"))
    for part in spec.parts:
        found += _part_faults(part)
    if spec.other is not None and spec.other.allowed is not None:
        low, high = spec.other.allowed
        if not low <= spec.other.value <= high:
            found.append(("or", f"outside {low:g}..{high:g}"))
    return found


def _part_faults(part: Part) -> list[tuple[str, str]]:
    try:
        sign, number = part.clear_test
    except ValueError:
        return [("clear", f"not a comparison and a number: {part.clear!r}")]
    if Condition(sign).low == part.condition.low:
        return [("clear", "same_direction_as_the_condition")]
    if (number < part.value) if part.condition.low else (number > part.value):
        return [("clear", "beyond_the_limit")]
    return []


def _technical_faults(spec: TechnicalSpec) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not spec.steps:
        return [("steps", "empty")]
    if any(step.after < 0 for step in spec.steps):
        found.append(("steps", "after less than 0 s"))
    longest = LONGEST_DELAYS.get(spec.id)
    if longest is not None and max(step.after for step in spec.steps) > longest:
        found.append(("steps", f"after more than {longest:g} s"))
    if spec.silent and spec.highest is Priority.HIGH:
        found.append(("silent", "high_cannot_be_silent"))
    return found


def with_limit(spec: LimitSpec, limit: float) -> LimitSpec:
    """The same row with another limit; what clears it moves along."""
    return replace(spec, value=limit, clear=_moved(spec.parts[0], limit))


def with_other(spec: LimitSpec, limit: float) -> LimitSpec:
    """The same row with another second number; what clears it moves along."""
    if spec.other is None:
        return spec
    moved = replace(spec.other, value=limit, clear=_moved(spec.other, limit))
    return replace(spec, other=moved)


def _moved(part: Part, limit: float) -> str:
    sign, number = part.clear_test
    return f"{sign} {number + limit - part.value:g}"

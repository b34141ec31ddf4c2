"""The scenarios: what happens to the virtual patient and the virtual devices, as data.

``scenarios.toml`` holds them; this module reads it, checks it, and tells what is going on at a
minute after the dose.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

from kapmonitor.errors import PlanError, UsageError

Kind = Literal[
    "level",
    "rise",
    "moaas",
    "motion",
    "dropout",
    "frozen",
    "link_loss",
    "same_arm",
    "cuff_error",
    "clock_offset",
    "wall_clock",
    "miscount",
    "no_repeat",
]
Anchor = Literal["dose", "peak"]
TrueVital = Literal["systolic", "diastolic", "pulse", "spo2", "respiratory_rate"]
CuffError = Literal[
    "zero", "nan", "infinite", "implausible", "moved", "loose", "position", "failed"
]


class Effect(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that happens.

    It is fully there from ``start_min`` for ``duration_min`` (minutes after the dose, or after the
    route's usual time of peak with ``anchor`` peak), fades in and out over ``ramp_s`` seconds
    outside of that, and comes ``times`` times, ``every_min`` apart.

    - ``level``: the vital goes to ``value``; ``rise``: to ``value`` above the patient's baseline
    - ``moaas``: the sedation level falls to ``value``
    - ``motion``, ``dropout``, ``frozen``, ``link_loss``: the oximeter's sensor and link
    - ``same_arm``: the oximeter sits on the cuff's arm and loses the pulse while it inflates
    - ``cuff_error``: successive cuff cycles end as ``sequence`` says; a number is a maker's code
    - ``clock_offset``: the cuff's own clock is off by ``value`` seconds
    - ``wall_clock``: the computer's clock is set forward by ``value`` seconds, at the start
    - ``miscount``: the strap counts ``value`` beats a minute too many
    - ``no_repeat``: the scripted clinician does not repeat a high pressure before the next check
    """

    kind: Kind
    start_min: float
    duration_min: float
    anchor: Anchor = "dose"
    vital: TrueVital | None = None
    value: float = 0.0
    ramp_s: float = 0.0
    every_min: float = 0.0
    times: int = 1
    sequence: tuple[CuffError | int, ...] = ()

    def __post_init__(self) -> None:
        if (self.vital is None) == (self.kind in ("level", "rise")):
            raise ValueError(f"`vital` belongs to level and rise, not to {self.kind}")
        if (not self.sequence) == (self.kind == "cuff_error"):
            raise ValueError(f"`sequence` belongs to cuff_error, not to {self.kind}")
        if self.times > 1 and self.every_min <= 0:
            raise ValueError("`times` needs `every_min`")


class TrueEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm that a careful person expects to be in force at some time between two minutes."""

    alarm: str
    from_min: float
    to_min: float
    anchor: Anchor = "dose"


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """What a scenario says about the patient; None is drawn by the seed.

    Pressures in mmHg, pulse in /min, SpO2 in %, age in years; ``peak_...`` are the session's
    largest rises over the baseline.
    """

    age: int | None = None
    hypertensive: bool | None = None
    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    spo2: float | None = None
    peak_systolic: float | None = None
    peak_diastolic: float | None = None
    peak_pulse: float | None = None
    peak_dissociation: float | None = None


# A typical patient with a typical rise, in whom nothing alarms but what the scenario adds.
_CALM = Person(
    age=42,
    hypertensive=False,
    systolic=118.0,
    diastolic=74.0,
    pulse=70.0,
    spo2=97.5,
    peak_systolic=10.0,
    peak_diastolic=6.0,
    peak_pulse=5.0,
    peak_dissociation=8.0,
)


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario. ``calm`` takes the patient's numbers from a typical one instead of the seed.

    ``true_events`` must be found by the alarms; ``may`` lists what may fire besides. ``cuff`` is
    the protocol of a virtual cuff in place of the usual one, ``also`` are devices besides.
    """

    description: str
    name: str = ""
    calm: bool = False
    patient: Person = Person()
    effects: tuple[Effect, ...] = ()
    true_events: tuple[TrueEvent, ...] = ()
    may: tuple[str, ...] = ()
    cuff: str = ""
    also: tuple[str, ...] = ()

    def has(self, kind: Kind) -> bool:
        """Whether such an effect is part of it."""
        return any(effect.kind == kind for effect in self.effects)

    def person(self) -> Person:
        """The patient's fixed numbers, with the typical ones filled in when ``calm``."""
        given = {k: v for k, v in msgspec.structs.asdict(self.patient).items() if v is not None}
        return msgspec.structs.replace(_CALM if self.calm else Person(), **given)


class Window(Struct, frozen=True):
    """One occurrence of an effect, in seconds after the dose."""

    effect: Effect
    start: float
    end: float

    def weight(self, seconds: float) -> float:
        """How much of the effect is there: 0 before and after, 1 inside, a slope between."""
        if self.start <= seconds <= self.end:
            return 1.0
        distance = self.start - seconds if seconds < self.start else seconds - self.end
        if distance >= self.effect.ramp_s:
            return 0.0
        return 1.0 - distance / self.effect.ramp_s


def windows(scenario: Scenario, peak_min: float) -> tuple[Window, ...]:
    """Every occurrence of every effect, for a route whose usual peak is at ``peak_min``."""
    found = []
    for effect in scenario.effects:
        zero = peak_min if effect.anchor == "peak" else 0.0
        for number in range(effect.times):
            start = (zero + effect.start_min + number * effect.every_min) * 60
            found.append(Window(effect, start, start + effect.duration_min * 60))
    return tuple(found)


def true_events(scenario: Scenario, peak_min: float) -> tuple[TrueEvent, ...]:
    """The expected alarms with their minutes counted from the dose."""
    return tuple(
        TrueEvent(event.alarm, event.from_min + peak_min, event.to_min + peak_min)
        if event.anchor == "peak"
        else event
        for event in scenario.true_events
    )


def parse(text: str) -> dict[str, Scenario]:
    """Read scenarios from TOML; raises PlanError naming the place of a wrong value."""
    try:
        found = msgspec.convert(tomllib.loads(text), dict[str, Scenario])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PlanError("bad_scenarios", file="scenarios.toml", reason=str(error)) from error
    return {name: msgspec.structs.replace(s, name=name) for name, s in found.items()}


@cache
def _library() -> dict[str, Scenario]:
    return parse(resources.files(__package__).joinpath("scenarios.toml").read_text("utf-8"))


def names() -> list[str]:
    """The scenarios that there are, in the file's order."""
    return list(_library())


def load(name: str) -> Scenario:
    """One scenario; raises UsageError("unknown_scenario") with the known names."""
    try:
        return _library()[name]
    except KeyError:
        raise UsageError("unknown_scenario", name=name, known=names()) from None

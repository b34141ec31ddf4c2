"""The clinical plan of a route: schedule of checks, phases, baseline, minimum observation.

Plans are TOML files in ``kapmonitor/plans``; a clinic's own lie in its data folder and win. All
times in a plan are minutes from the dose (t0).
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kapmonitor import datafiles
from kapmonitor.errors import PlanError, UsageError
from kapmonitor.events import Phase

Minutes = Annotated[float, Meta(ge=0, le=1440)]

AGE_BANDS = ("<18", "18-39", "40-64", "65+")
OLDER = "65+"

ROUTES = {
    "in": "intranasal",
    "iv": "intravenous",
    "im": "intramuscular",
    "sl": "sublingual",
    "sc": "subcutaneous",
}


class CheckKind(StrEnum):
    """What is due: a cuff reading or an observation round."""

    CUFF = "cuff"
    ROUND = "round"


class PlannedCheck(Struct, frozen=True, forbid_unknown_fields=True):
    """One check: due at ``at_min``, in time between ``opens_min`` and ``closes_min``.

    Without a window it opens 2 min before and closes 2 (cuff) or 5 (round) min after.
    """

    kind: CheckKind
    at_min: Minutes
    opens_min: Minutes | None = None
    closes_min: Minutes | None = None
    source: str = ""

    @property
    def opens(self) -> float:
        """Seconds from t0 from which a reading counts for this check."""
        return 60.0 * (max(0.0, self.at_min - 2.0) if self.opens_min is None else self.opens_min)

    @property
    def due(self) -> float:
        """Seconds from t0."""
        return 60.0 * self.at_min

    @property
    def closes(self) -> float:
        """Seconds from t0 after which it is overdue."""
        slack = 2.0 if self.kind is CheckKind.CUFF else 5.0
        return 60.0 * (self.at_min + slack if self.closes_min is None else self.closes_min)


class PlannedPhase(Struct, frozen=True, forbid_unknown_fields=True):
    """A phase and the minute at which it is expected; ``automatic`` ones begin by themselves."""

    phase: Phase
    at_min: Minutes
    automatic: bool = False


class BaselineRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a baseline needs: so many cuff readings, so far apart, and minutes of oximetry."""

    cuff_readings: Annotated[int, Meta(ge=1, le=10)]
    apart_min: Minutes
    oximetry_min: Minutes
    source: str = ""


class PredoseGate(Struct, frozen=True, forbid_unknown_fields=True):
    """Pressures in mmHg above which the dose asks for a reason.

    ``older_systolic`` holds for the age band ``65+`` where a clinic chooses so.
    """

    systolic: Annotated[float, Meta(ge=90, le=220)]
    diastolic: Annotated[float, Meta(ge=50, le=140)]
    source: str = ""
    older_systolic: Annotated[float, Meta(ge=90, le=220)] | None = None

    def systolic_for(self, age_band: str) -> float:
        """The systolic gate in mmHg for an age band."""
        if self.older_systolic is not None and age_band == OLDER:
            return self.older_systolic
        return self.systolic


class AdaptRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Shorter intervals between cuff readings while they stay high.

    In force after ``readings`` good ones in a row at or above a pressure, or a rise over the
    baseline, in mmHg, from ``from_min`` on; until one lies below both.
    """

    name: str
    every_min: Annotated[float, Meta(ge=1, le=60)]
    readings: Annotated[int, Meta(ge=1, le=5)] = 2
    from_min: Minutes = 0
    systolic: float | None = None
    diastolic: float | None = None
    rise_systolic: float | None = None
    rise_diastolic: float | None = None
    source: str = ""


class LeavingRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What readiness to leave asks for: the plan's tolerance around the baseline."""

    pressure_percent: Annotated[float, Meta(ge=0, le=100)] = 20
    pulse_percent: Annotated[float, Meta(ge=0, le=100)] = 20
    spo2_least: Annotated[float, Meta(ge=80, le=100)] = 92
    dissociation_above: Annotated[float, Meta(ge=0, le=24)] = 2
    after_infusion_min: Minutes = 0
    source: str = ""


class PlannedInstrument(Struct, frozen=True, forbid_unknown_fields=True):
    """When a clinic's own scale is wanted: before the dose as the reference, and at minutes."""

    name: str
    before_dose: bool = False
    at_min: tuple[Minutes, ...] = ()
    source: str = ""


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """What is usually felt when: shown as expectation, never as measurement."""

    what: str
    from_min: Minutes
    to_min: Minutes
    source: str = ""


class Plan(Struct, frozen=True, forbid_unknown_fields=True):
    """A clinical plan. ``limits`` names an alarm preset, ``checklist`` the form of a round.

    ``signatures`` is by how many people a visit is signed at its end. ``instruments`` names files
    of the clinic: scales of its own, or published ones that it is entitled to use; ``instrument``
    says of some of them when they are due.
    ``devices_apart_min`` is how long after one spray or lozenge of ``device_dose`` (in ``unit``)
    the next may follow, 0 where all is given at once. ``reference_round`` asks for a round before
    the dose, ``discharge_round`` for one at the discharge check.
    """

    name: str
    version: str
    title: str
    route: str
    drug: str
    unit: str
    usual_dose: Annotated[float, Meta(gt=0)]
    minimum_observation_min: Annotated[float, Meta(ge=0, le=1440)]
    limits: str
    checklist: str
    baseline: BaselineRule
    predose: PredoseGate
    source: str
    check: tuple[PlannedCheck, ...]
    phase: tuple[PlannedPhase, ...] = ()
    doses: tuple[float, ...] = ()
    t0: Literal["first_dose", "infusion_start", "last_dose"] = "first_dose"
    adapt: tuple[AdaptRule, ...] = ()
    leaving: LeavingRule = LeavingRule()
    expect: tuple[Expected, ...] = ()
    signatures: Annotated[int, Meta(ge=1, le=4)] = 1
    instruments: tuple[str, ...] = ()
    devices_apart_min: Minutes = 0
    device_dose: Annotated[float, Meta(gt=0)] | None = None
    reference_round: bool = False
    discharge_round: bool = False
    instrument: tuple[PlannedInstrument, ...] = ()

    @property
    def instrument_names(self) -> tuple[str, ...]:
        """The files of the clinic's scales, each once."""
        planned = (one.name for one in self.instrument)
        return tuple(dict.fromkeys((*self.instruments, *planned)))

    @property
    def one_device(self) -> float | None:
        """What one spray or lozenge holds, where several are given apart; else None."""
        if not self.devices_apart_min:
            return None
        return self.device_dose or (min(self.doses) if self.doses else None)

    def checks(self, kind: CheckKind) -> list[PlannedCheck]:
        """The planned checks of one kind, in order of time."""
        return sorted((c for c in self.check if c.kind is kind), key=lambda c: c.at_min)


def _checked(plan: Plan, name: str) -> Plan:
    if plan.route not in ROUTES:
        raise PlanError(
            "data_file_value",
            file=name,
            place="route",
            reason=f"{plan.route!r}: one of {', '.join(ROUTES)}",
        )
    for number, check in enumerate(plan.check):
        if not check.opens <= check.due <= check.closes:
            raise PlanError(
                "data_file_value",
                file=name,
                place=f"check[{number}]",
                reason=f"window {check.opens / 60:g}-{check.closes / 60:g} min "
                f"does not contain {check.at_min:g} min",
            )
    return plan


def load_plan(name_or_path: str, folder: Path | None = None) -> tuple[Plan, str]:
    """Read a plan by name, route (``in``) or path; returns it with its text. Raises PlanError."""
    name = ROUTES.get(name_or_path, name_or_path)
    plan, text = datafiles.read(name, Plan, "kapmonitor.plans", folder)
    return _checked(plan, name), text


def parse_plan(text: str, name: str) -> Plan:
    """Read a plan from the text that a record keeps. Raises PlanError."""
    return _checked(datafiles.parse(text, Plan, name), name)


def plan_for_route(route: str, folder: Path | None = None) -> tuple[Plan, str]:
    """The plan of a route; raises UsageError for an unknown one, naming those that there are."""
    if route not in ROUTES:
        raise UsageError("unknown_route", name=route, known=", ".join(ROUTES))
    return load_plan(route, folder)

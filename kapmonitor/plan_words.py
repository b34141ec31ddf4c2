"""A plan in plain words: what is due when, what a dose and leaving ask for, and the sources."""

from collections.abc import Iterator

from kapmonitor import plan_form
from kapmonitor.alarm_words import phase_words
from kapmonitor.given_words import RULE_WORDS
from kapmonitor.plan import ROUTES, CheckKind, Plan, PlannedCheck
from kapmonitor.regional import number, pressure, pressure_unit
from kapmonitor.words import tr

T0_WORDS = {
    "first_dose": "Minutes count from the first dose.",
    "infusion_start": "Minutes count from the start of the infusion.",
    "last_dose": "Minutes count from the last dose.",
}
EXPECT_WORDS = {"felt_onset": "felt onset", "therapy": "therapy up to"}
UNPROMPTED_WORDS = {
    "reference_round": "It prompts no round before the dose.",
    "discharge_round": "It prompts no round at the discharge check.",
    "devices": "It prompts no next spray or lozenge: the whole dose counts as given at once.",
}


def unprompted_words(plan: Plan) -> list[str]:
    """What this plan does not prompt and newer ones can, one sentence each."""
    return [_unprompted(what) for what in plan_form.unprompted(plan)]


def _unprompted(what: str) -> str:
    words = UNPROMPTED_WORDS.get(what)
    if words is not None:
        return tr(words)
    return tr("It offers the scale {name} and never prompts it.", name=what.partition(" ")[2])


def plan_lines(plan: Plan) -> Iterator[str]:
    """A plan as lines for people."""
    yield tr("{title} ({name}, version {version})", title=tr(plan.title), name=plan.name,
             version=plan.version)  # fmt: skip
    yield tr("Route: {route}. Usual dose: {dose} {unit} {drug}.", route=tr(ROUTES[plan.route]),
             dose=number(plan.usual_dose), unit=plan.unit, drug=plan.drug)  # fmt: skip
    yield tr(T0_WORDS[plan.t0])
    yield tr("Cuff readings at {minutes} min.", minutes=_minutes(plan.checks(CheckKind.CUFF)))
    yield tr("Rounds at {minutes} min.", minutes=_minutes(plan.checks(CheckKind.ROUND)))
    for rule in plan.adapt:
        yield tr("Cuff every {n} min: {why}", n=number(rule.every_min),
                 why=tr(RULE_WORDS.get(rule.name, rule.name)))  # fmt: skip
    base = plan.baseline
    yield tr("Baseline: {n} cuff readings at least {apart} min apart, {oximetry} min of oximetry.",
             n=base.cuff_readings, apart=number(base.apart_min),
             oximetry=number(base.oximetry_min))  # fmt: skip
    gate = plan.predose
    yield tr("Before the dose: above {systolic}/{diastolic} {unit} a reason is asked for.",
             systolic=pressure(gate.systolic), diastolic=pressure(gate.diastolic),
             unit=pressure_unit())  # fmt: skip
    for phase in plan.phase:
        yield tr("{phase} from {minute} min", phase=phase_words(phase.phase),
                 minute=number(phase.at_min))  # fmt: skip
    for expected in plan.expect:
        yield tr("Expected, not measured: {what} {minute} min",
                 what=tr(EXPECT_WORDS.get(expected.what, expected.what)),
                 minute=number(expected.to_min))  # fmt: skip
    leaving = plan.leaving
    yield tr("Stays at least {minutes} min; leaves with pressure within {percent} % of the "
             "baseline and SpO₂ of {spo2} % or more.",
             minutes=number(plan.minimum_observation_min),
             percent=number(leaving.pressure_percent), spo2=number(leaving.spo2_least))  # fmt: skip
    yield tr("Alarm limits: preset {preset}. Form of a round: {form}.", preset=plan.limits,
             form=plan.checklist)  # fmt: skip
    yield from _beside(plan)
    yield from unprompted_words(plan)
    sources = dict.fromkeys(plan_form.source(plan, field.id) for field in plan_form.FIELDS)
    for source in filter(None, sources):
        yield tr("Source: {source}", source=source)


def _beside(plan: Plan) -> Iterator[str]:
    """Rounds without a minute, sprays or lozenges, the clinic's scales."""
    if plan.reference_round:
        yield tr("A round before the dose is prompted.")
    if plan.discharge_round:
        yield tr("A round at the discharge check is prompted.")
    if plan.one_device is not None:
        yield tr("Sprays or lozenges of {dose} {unit}, {n} min apart, each prompted.",
                 dose=number(plan.one_device), unit=plan.unit,
                 n=number(plan.devices_apart_min))  # fmt: skip
    for one in plan.instrument:
        when = [number(minute) for minute in one.at_min]
        if one.before_dose:
            when.insert(0, tr("before the dose"))
        if when:
            yield tr("Scale {name} at {minutes} min.", name=one.name, minutes=", ".join(when))


def _minutes(checks: list[PlannedCheck]) -> str:
    return ", ".join(_minute(check) for check in checks)


def _minute(check: PlannedCheck) -> str:
    if check.opens_min is None or check.closes_min is None:
        return number(check.at_min)
    return f"{number(check.at_min)} ({number(check.opens_min)}–{number(check.closes_min)})"

"""What a clinic's file may not make of a row of the default: another alarm, or a softer HIGH."""

from alarms.limits import AnySpec, EnteredSpec, LimitSpec, TechnicalSpec
from kapmonitor.events import Priority

Faults = list[tuple[str, str]]


def redefined(spec: AnySpec, before: AnySpec | None) -> Faults:
    """What is wrong with a row beside the default's own, as (field, reason)."""
    if before is None:
        return []
    if type(before) is not type(spec):
        return [("id", f"in the wrong table: {spec.id}")]
    fixed = [
        key
        for key in ("vital", "condition", "over_baseline", "answer")
        if getattr(spec, key, None) != getattr(before, key, None)
    ]
    found = [(key, "cannot_be_redefined") for key in fixed]
    if isinstance(before, LimitSpec) and isinstance(spec, LimitSpec):
        found += [("or", "cannot_be_redefined")] * (_compared(before) != _compared(spec))
    return found + (_softened(spec, before) if before.highest is Priority.HIGH else [])


def _compared(spec: LimitSpec) -> list[tuple[str, str]]:
    """What each comparison of a row compares."""
    return [(part.vital.value, part.condition.value) for part in spec.parts]


def _softened(spec: AnySpec, before: AnySpec) -> Faults:
    """In what an alarm that can be HIGH would come later, lower, or not at all.

    The loss of all data is told before the dose too, by the step below HIGH: that one stays.
    """
    if spec.highest is not Priority.HIGH:
        return [("priority", "high_cannot_be_lowered")]
    found: Faults = []
    if isinstance(spec, LimitSpec) and isinstance(before, LimitSpec):
        if spec.priority.rank < before.priority.rank:
            found.append(("priority", "high_cannot_be_lowered"))
    elif isinstance(spec, TechnicalSpec) and isinstance(before, TechnicalSpec):
        if spec.until_seen:
            found.append(("until_seen", "high_ends_with_its_condition"))
        for step in before.steps:
            higher = [one for one in spec.steps if one.priority.rank >= step.priority.rank]
            if not any(one.after <= step.after for one in higher):
                found.append(("steps", f"nothing {step.priority.value} by {step.after:g} s"))
    elif isinstance(spec, EnteredSpec) and isinstance(before, EnteredSpec):
        levels = ("value", "high", "clear")
        lower = [key for key in levels if getattr(spec, key) < getattr(before, key)]
        found += [(key, f"below {getattr(before, key):g}") for key in lower]
    return found

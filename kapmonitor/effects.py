"""What the rounds observed over time: when each item began, was worst, and was gone. Pure.

The last round before the dose is the reference: what was there already is no effect of the dose
until it grows. Times are those of the rounds, so an effect began at most one round earlier.
"""

from msgspec import Struct

from kapmonitor.checklist import SEVERITIES, Checklist, Item, ItemKind
from kapmonitor.events import Answer, Round
from kapmonitor.session import Session

# Choices of a level that say nothing about how deep it is: nobody roused the patient.
NOT_JUDGED = frozenset({"resting", "not_tried"})


class Effect(Struct, frozen=True):
    """One item's course, in whole minutes from the dose.

    ``before`` is the answer of the last round before the dose, empty without one; ``peak`` the
    worst answer and ``peak_min`` when it was first given. ``resolved_min`` is None while it is not
    back to ``before``.
    """

    item: str
    before: str
    onset_min: int
    peak: str
    peak_min: int
    resolved_min: int | None


def effects(checklist: Checklist, session: Session) -> tuple[Effect, ...]:
    """Every item that rose above its answer before the dose, in the order of the form."""
    if session.t0 is None:
        return ()
    found = (_effect(item, session, session.t0) for item in checklist.item)
    return tuple(effect for effect in found if effect is not None)


def rank(item: Item, answer: Answer) -> int | None:
    """How far an answer is from well: 0 is well. None where it does not tell.

    Levels count downwards from the highest (5 is awake), choices in the order of the form.
    """
    if answer is None or answer == "" or answer in NOT_JUDGED:
        return None
    text = str(answer)
    match item.kind:
        case ItemKind.SCALE:
            return int(text) if text.isdigit() else None
        case ItemKind.SEVERITY:
            return SEVERITIES.index(text) if text in SEVERITIES else None
        case ItemKind.LEVEL | ItemKind.CHOICE:
            judged = [value for value in item.values if value not in NOT_JUDGED]
            return judged.index(text) if text in judged else None
        case ItemKind.FLAGS:
            return 0 if text == "none" else len(text.split(","))
        case _:
            return None


def _effect(item: Item, session: Session, t0: float) -> Effect | None:
    before, well = "", 0
    onset: float | None = None
    worst, peak, peak_at = 0, "", 0.0
    resolved: float | None = None
    for entry in session.rounds:
        if not isinstance(entry.event, Round):
            continue
        answer = entry.event.answers.get(item.id)
        far = rank(item, answer)
        if far is None:
            continue
        if entry.at < t0:
            before, well = str(answer), far
        elif far > well:
            onset = entry.at if onset is None else onset
            resolved = None
            if far > worst:
                worst, peak, peak_at = far, str(answer), entry.at
        elif onset is not None and resolved is None:
            resolved = entry.at
    if onset is None:
        return None
    return Effect(
        item.id,
        before,
        _minutes(onset - t0),
        peak,
        _minutes(peak_at - t0),
        None if resolved is None else _minutes(resolved - t0),
    )


def _minutes(seconds: float) -> int:
    return round(seconds / 60)

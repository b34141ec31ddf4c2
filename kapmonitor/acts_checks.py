"""What is asked and told: readiness before the dose, notes and their details, leaving.

Each function carries out one command and returns the number of its event, or raises Refused.
"""

from collections.abc import Callable

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.before_dose import ANSWERS
from kapmonitor.errors import Refused
from kapmonitor.leaving import missing_minutes, not_met
from kapmonitor.running import Running

# What a note may be: free text, the quick events, and what the program files beside an act.
NOTE_KINDS = (
    *("note", "nausea", "vomiting", "anxiety", "crying", "talking", "moved", "toilet"),
    *("therapist", "blanket", "music", "distress"),
    *("acknowledged", "sound_test"),
)


def note(engine: Running, command: c.AddNote, now: float) -> int:
    """Free text, or a quick event with or without text."""
    if command.kind not in NOTE_KINDS:
        raise Refused("unknown_note_kind", kind=command.kind, known=", ".join(NOTE_KINDS))
    if not command.text.strip() and command.kind == "note":
        raise Refused("note_empty")
    written = e.Note(command.text, command.kind)
    return engine.write(written, now, command.by, command.happened).number


def detail(engine: Running, command: c.AddDetail, now: float) -> int:
    """More about an earlier note, medicine or oxygen."""
    if not command.text.strip():
        raise Refused("note_empty")
    kinds = (e.Note, e.Medicine, e.Oxygen, e.Dose, e.Infusion)
    entry = next((x for x in engine.session.entries if x.number == command.of), None)
    if entry is None or not isinstance(entry.event, kinds):
        raise Refused("no_such_event", number=command.of)
    return engine.write(e.Detail(command.of, command.text), now, command.by).number


def readiness(engine: Running, command: c.AnswerReadiness, now: float) -> int:
    """An answer before the dose, by who asked."""
    known = [item.id for item in engine.readiness.item]
    if command.item not in known:
        raise Refused("unknown_readiness_item", item=command.item, known=", ".join(known))
    if command.answer not in ANSWERS:
        allowed = ", ".join(ANSWERS)
        raise Refused("bad_answer", item=command.item, value=command.answer, allowed=allowed)
    answer = e.ReadinessAnswer(command.item, command.answer, command.note)
    return engine.write(answer, now, command.by, command.happened).number


def ready(engine: Running, command: c.MarkReady, now: float) -> int:
    """Judged ready; what of the plan's criteria is not met stands beside it."""
    at = now if command.happened is None else command.happened
    event = e.Ready(command.note, not_met(engine.plan, engine.session, engine.vitals(now), at))
    return engine.write(event, now, command.by, command.happened).number


def left(engine: Running, command: c.MarkLeft, now: float) -> int:
    """The patient left; before the plan's minimum only with a reason and a name."""
    at = now if command.happened is None else command.happened
    minutes = missing_minutes(engine.plan, engine.session, at)
    if minutes and not command.early_reason.strip():
        raise Refused("leaving_early", minutes=minutes)
    if minutes and command.by == "unnamed":
        raise Refused("leaving_early_name")
    missing = not_met(engine.plan, engine.session, engine.vitals(now), at, command.with_whom)
    event = e.Left(command.with_whom, command.early_reason, missing)
    return engine.write(event, now, command.by, command.happened).number


ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.AddNote: note,
    c.AddDetail: detail,
    c.AnswerReadiness: readiness,
    c.MarkReady: ready,
    c.MarkLeft: left,
}

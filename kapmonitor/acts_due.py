"""What is due: rounds, a clinic's own scales, and checks that are left out or were done early.

Each function carries out one command and returns the number of its event, or raises Refused.
"""

from collections.abc import Callable

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor import prompts
from kapmonitor.checklist import Checklist
from kapmonitor.errors import Refused
from kapmonitor.plan import CheckKind
from kapmonitor.running import Running
from kapmonitor.schedule import answered_check, near, next_unopened


def file_round(engine: Running, command: c.FileRound, now: float) -> int:
    """A round, with what it answers: the check that is due, or by a person's word the next one."""
    plan, session, form = engine.plan, engine.session, engine.checklist
    answers = form.checked(command.answers)
    at = now if command.happened is None else command.happened
    due = answered_check(plan, session, CheckKind.ROUND, at)
    if command.early:
        due = _next_check(engine, CheckKind.ROUND, at)
    filed = e.Round(
        checklist=form.name,
        checklist_version=form.version,
        answers=answers,
        scores=form.scores(answers),
        due=due,
        note=command.note,
        part=prompts.round_part(plan, session, at, due),
        early=command.early,
    )
    return engine.write(filed, now, command.by, command.happened).number


def count_early(engine: Running, command: c.CountEarly, now: float) -> int:
    """The last reading or round counts for the next check; only one that is nearer to it."""
    if command.check not in tuple(CheckKind):
        raise Refused("nothing_due", check=command.check)
    kind, session = CheckKind(command.check), engine.session
    done = session.good_cuffs() if kind is CheckKind.CUFF else session.rounds
    last = done[-1].at if done else None
    due = _next_check(engine, kind, now if last is None else last)
    if last is None or session.t0 is None or last < session.t0:
        raise Refused("nothing_done", check=command.check)
    return engine.write(e.CheckEarly(kind, due, last), now, command.by).number


def _next_check(engine: Running, kind: CheckKind, at: float) -> float:
    """The next check of a kind, for what was done at a time nearer to it than to the one before."""
    due = next_unopened(engine.plan, engine.session, kind, at)
    if due is None:
        raise Refused("nothing_due", check=kind.value)
    before = answered_check(engine.plan, engine.session, kind, at)
    if before is not None and at - before < due - at:
        raise Refused("not_early", minutes=round((due - at) / 60))
    return due


def skip(engine: Running, command: c.SkipCheck, now: float) -> int:
    """What is due is left out, with a reason."""
    views = prompts.due_now(engine.plan, engine.session, now)
    due = next(
        (
            view
            for view in views
            if view.check == command.check and command.instrument in ("", view.instrument)
        ),
        None,
    )
    if due is None:
        raise Refused("nothing_due", check=command.check)
    if not command.reason.strip():
        raise Refused("reason_missing")
    # A planned round that is also the one at the discharge check stays the plan's.
    t0 = engine.session.t0
    planned = t0 is not None and any(
        near(t0 + check.due, due.due) for check in engine.plan.checks(CheckKind.ROUND)
    )
    part = "" if planned else due.part
    skipped = e.CheckSkipped(command.check, due.due, command.reason, due.instrument, part)
    return engine.write(skipped, now, command.by).number


def draft(engine: Running, command: c.KeepDraft, now: float) -> int:
    """A form begun and not filed; its answers are kept as they stand."""
    form = engine.checklist
    if command.instrument:
        form = _instrument(engine, command.instrument)
    known = {item.id for item in form.item}
    answers = {name: value for name, value in command.answers.items() if name in known}
    kept = e.RoundDraft(form.name, answers, command.note, command.instrument)
    return engine.write(kept, now, command.by).number


def instrument(engine: Running, command: c.FileInstrument, now: float) -> int:
    """A clinic's own scale, checked and summed as its file says."""
    form = _instrument(engine, command.instrument)
    answers = form.checked(command.answers)
    at = now if command.happened is None else command.happened
    t0 = engine.session.t0
    filed = e.Instrument(
        form.name,
        form.version,
        form.title,
        answers,
        form.scores(answers),
        command.note,
        prompts.answered_instrument(engine.plan, engine.session, form.name, at),
        prompts.REFERENCE if t0 is None or at < t0 else "",
    )
    return engine.write(filed, now, command.by, command.happened).number


def _instrument(engine: Running, name: str) -> Checklist:
    form = engine.instruments.get(name)
    if form is None:
        known = ", ".join(engine.instruments) or "-"
        raise Refused("unknown_instrument", name=name, known=known)
    return form


ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.FileRound: file_round,
    c.CountEarly: count_early,
    c.SkipCheck: skip,
    c.KeepDraft: draft,
    c.FileInstrument: instrument,
}

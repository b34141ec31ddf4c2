"""What panels need to know of what is due: rounds, scales, what may be left out. Pure."""

from kapmonitor import events as e
from kapmonitor.event_words import check_words
from kapmonitor.events import Entry
from kapmonitor.messages import CheckView
from kapmonitor.plan import CheckKind
from kapmonitor.prompts import INSTRUMENT, REFERENCE
from kapmonitor.regional import number
from kapmonitor.schedule import answered_check, next_unopened
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.due_words import due_words, when_words
from ui.live.model import LiveModel
from ui.live.panels.due import DueChoice
from ui.live.panels.rounds import Earlier
from ui.live.panels.scales import ScaleView


def earlier_rounds(model: LiveModel, now: float) -> Earlier:
    """The last round, the one before the dose, what was begun, and what a round now is for."""
    session = model.session
    rounds = [x for x in session.rounds if isinstance(x.event, e.Round)]
    before = [x for x in rounds if session.t0 is None or x.at < session.t0]
    draft, age = None, 0.0
    if session.draft is not None and (session.draft.answers or session.draft.note):
        entry = next(x for x in reversed(session.entries) if x.event is session.draft)
        draft, age = session.draft, max(0.0, now - entry.at)
    said = [_answers(x).get("moaas") for x in rounds[-2:]]
    wanted = next((v for v in _checks(model) if v.check == "round" and v.opens <= now), None)
    return Earlier(
        last=_answers(rounds[-1]) if rounds else {},
        before=_answers(before[-1]) if before and session.t0 is not None else {},
        draft=draft,
        draft_age=age,
        unroused=said == ["resting", "resting"],
        wanted="" if wanted is None else _wanted(model, wanted, now),
        early="" if wanted is not None else _early(model, now),
    )


def _wanted(model: LiveModel, check: CheckView, now: float) -> str:
    return f"{due_words(model, check)}: {when_words(check, now)[0]}"


def _early(model: LiveModel, now: float) -> str:
    """Offers a round to count for the next one, once it is nearer to that than to the last."""
    due = _next_due(model, CheckKind.ROUND, now)
    if due is None:
        return ""
    when, minutes = session_time(due, model.session.t0), round((due - now) / 60)
    return tr("Counts for the round {time}: {minutes} min early", time=when, minutes=minutes)


def _next_due(model: LiveModel, kind: CheckKind, at: float) -> float | None:
    plan, session = model.plan, model.session
    if plan is None:
        return None
    due = next_unopened(plan, session, kind, at)
    before = answered_check(plan, session, kind, at)
    near_enough = due is not None and (before is None or at - before >= due - at)
    return due if near_enough else None


def _answers(entry: Entry) -> dict[str, e.Answer]:
    return dict(entry.event.answers) if isinstance(entry.event, e.Round | e.Instrument) else {}


def _checks(model: LiveModel) -> tuple[CheckView, ...]:
    return () if model.beat is None else model.beat.checks


def due_choices(model: LiveModel, now: float) -> tuple[DueChoice, ...]:
    """Of each kind the first that is due; a cuff that is wanted again is not left out."""
    found: dict[tuple[str, str], DueChoice] = {}
    for view in _checks(model):
        key = (view.check, view.instrument)
        if view.repeat or key in found:
            continue
        when, words = when_words(view, now)[0], due_words(model, view)
        early = _may_count(model, view, now)
        found[key] = DueChoice(view.check, view.instrument, words, f"{words}: {when}", early)
    return tuple(found.values())


def _may_count(model: LiveModel, view: CheckView, now: float) -> str:
    """What was done last and is near enough to a check that is still to come."""
    session = model.session
    if view.opens <= now or view.check not in tuple(CheckKind) or session.t0 is None:
        return ""
    kind = CheckKind(view.check)
    done = session.good_cuffs() if kind is CheckKind.CUFF else session.rounds
    last = done[-1].at if done else None
    if last is None or last < session.t0:
        return ""
    due = _next_due(model, kind, last)
    if due is None or abs(due - view.due) >= 1.0:
        return ""
    words = tr("Done {minutes} min early: {check}", minutes=round((due - last) / 60),
               check=check_words(view.check))  # fmt: skip
    return f"{words}, {session_time(last, session.t0)}"


def scale_views(model: LiveModel) -> tuple[ScaleView, ...]:
    """The plan's scales with what they gave before and what was begun."""
    session = model.session
    now = 0.0 if model.beat is None else model.beat.at
    due = {v.instrument: v for v in reversed(_checks(model)) if v.check == INSTRUMENT}
    views = []
    for name, form in model.instruments.items():
        filed = [
            x
            for x in session.instruments
            if isinstance(x.event, e.Instrument) and x.event.instrument == name
        ]
        before = [x for x in filed if _part(x) == REFERENCE]
        draft = session.drafts.get(name)
        view = due.get(name)
        views.append(
            ScaleView(
                form=form,
                wanted="" if view is None else when_words(view, now)[0],
                earlier=tuple(_score_line(model, x) for x in filed[-3:]),
                last=_answers(filed[-1]) if filed else {},
                before=_answers(before[-1]) if before and before[-1] is not filed[-1] else {},
                draft=draft if draft is not None and (draft.answers or draft.note) else None,
            )
        )
    return tuple(views)


def _part(entry: Entry) -> str:
    return entry.event.part if isinstance(entry.event, e.Instrument) else ""


def _score_line(model: LiveModel, entry: Entry) -> str:
    """``Before the dose, t-05:00: 12``."""
    event = entry.event
    assert isinstance(event, e.Instrument)
    when = session_time(entry.at, model.session.t0)
    if model.session.t0 is None:
        when = tr("earlier")
    elif event.part == REFERENCE:
        when = tr("before the dose {time}", time=when)
    sums = ", ".join(number(value) for value in event.scores.values())
    return f"{when}: {sums or tr('filed')}"

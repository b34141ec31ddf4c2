"""What became of the checks that the plan asks for, in words: for the timeline, review, report."""

from msgspec import Struct

from kapmonitor.checklist import Checklist, parse_checklist
from kapmonitor.errors import KapmonitorError
from kapmonitor.event_words import check_words
from kapmonitor.events import CheckSkipped, Entry
from kapmonitor.plan import Plan, parse_plan
from kapmonitor.prompts import REFERENCE, every_outcome
from kapmonitor.schedule import Outcome
from kapmonitor.session import Session, session_time
from kapmonitor.words import tr

# Less than this from its time a check was done on time [s].
ON_TIME = 60.0


class CheckRow(Struct, frozen=True):
    """A line of the table: ``state`` is that of an `Outcome`, or ``left``: nobody was there.

    The rest is in words.
    """

    what: str
    due: str
    done: str
    how: str
    by: str
    state: str


def plan_of(session: Session) -> Plan | None:
    """The plan as this visit used it; None for a text of another version."""
    opened = session.opened
    try:
        return parse_plan(opened.plan_text, opened.plan) if opened and opened.plan_text else None
    except KapmonitorError:
        return None


def scales_of(session: Session) -> dict[str, Checklist]:
    """The clinic's scales of this visit by name; one that cannot be read is left out."""
    found = {}
    for name, text in (session.opened.instrument_texts if session.opened else {}).items():
        try:
            found[name] = parse_checklist(text, name)
        except KapmonitorError:
            continue
    return found


def timing(plan: Plan | None, session: Session) -> dict[int, str]:
    """``done 6 min early`` by the number of the entry that did a check not in its time.

    One that came late for a check and in time for the next is told of as the next one's.
    """
    if plan is None:
        return {}
    last = {one.number: one for one in every_outcome(plan, session) if one.at is not None}
    return {number: words for number, one in last.items() if (words := _apart(one))}


def check_rows(session: Session) -> list[CheckRow]:
    """Every check of the plan with what became of it; empty before the dose or without a plan."""
    plan = plan_of(session)
    if plan is None:
        return []
    entries = {entry.number: entry for entry in session.entries}
    titles = {name: form.title for name, form in scales_of(session).items()}
    return [
        _row(session, one, entries.get(one.number), titles) for one in every_outcome(plan, session)
    ]


def _row(session: Session, one: Outcome, entry: Entry | None, titles: dict[str, str]) -> CheckRow:
    title = titles.get(one.instrument, one.instrument)
    before = one.part == REFERENCE
    gone = "" if one.state != "open" else _over(session, one.due)
    what = check_words(one.check, one.part, title)
    return CheckRow(
        what=what[:1].upper() + what[1:],
        due=tr("before the dose") if before else session_time(one.due, session.t0),
        done="" if one.at is None else session_time(one.at, session.t0),
        how=gone or _how(one, entry),
        by="" if entry is None else entry.by,
        state="left" if gone else one.state,
    )


def _over(session: Session, due: float) -> str:
    """Why nobody could do it any more: the patient had left, the visit or its record had ended."""
    if session.left_at is not None and due > session.left_at:
        return tr("the patient had left")
    if session.ended_at is not None:
        return tr("the visit had ended") if due > session.ended_at else ""
    breaks_off = session.entries[-1].at if session.entries else 0.0
    return tr("its time came after the end of the record") if due > breaks_off else ""


def _how(one: Outcome, entry: Entry | None) -> str:
    if one.state == "skipped":
        skip = None if entry is None else entry.event
        reason = skip.reason if isinstance(skip, CheckSkipped) else ""
        return tr("left out: {reason}", reason=reason)
    if one.state == "open":
        return tr("not done")
    return _apart(one) or tr("in time")


def _apart(one: Outcome) -> str:
    """How far from its time it was done; empty when it was done in time."""
    if one.at is None or one.part == REFERENCE:
        return ""
    minutes = round(abs(one.at - one.due) / 60)
    if one.state == "early" and one.due - one.at >= ON_TIME:
        return tr("done {minutes} min early", minutes=minutes)
    return tr("done {minutes} min late", minutes=minutes) if one.state == "late" else ""

"""A patient's course: what happened in each earlier visit, as a pure fold over their records."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.errors import KapmonitorError
from kapmonitor.extremes import cuff_values
from kapmonitor.record.folder import KeyFor, list_sessions
from kapmonitor.record.reading import Record
from kapmonitor.session import Session, fold

RETURN_WITHIN_MMHG = 10.0
"""A pressure counts as back when it is no more than this above the baseline (our own rule)."""

SEVERITIES = ("mild", "moderate", "severe")
# Notes that tell of harm, and those written after the patient had left.
ADVERSE = ("nausea", "vomiting", "anxiety", "distress", "rescue", "adverse")


class FeltWorse(Struct, frozen=True):
    """What was told after a visit: in words, how many hours after the dose it was felt, by whom."""

    text: str
    hours: float | None
    by: str


class PastVisitSummary(Struct, frozen=True):
    """One visit of a course.

    ``dose`` counts what a pump gave, too.
    Pressures in mmHg and times in minutes from the first dose; None for what was not measured or
    did not happen. ``opened`` is UTC in seconds since 1970. ``side_effects`` holds the worst
    severity of each.
    """

    session: str
    opened: float
    zone_minutes: int
    plan: str
    route: str = ""
    drug: str = ""
    dose: float | None = None
    unit: str = ""
    doses: int = 0
    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    spo2: float | None = None
    peak_rise: float | None = None
    peak_min: float | None = None
    returned_min: float | None = None
    dissociation: float | None = None
    side_effects: dict[str, str] = {}
    left_min: float | None = None
    adverse: tuple[str, ...] = ()
    worse: tuple[FeltWorse, ...] = ()


def course(data: Path, code: str, key_for: KeyFor, training: bool = False) -> list[Session]:
    """The visits of a patient code, the oldest first; training only when asked, never both.

    A record that cannot be read is left out: `kapmonitor sessions` names it.
    """
    found = []
    for summary in list_sessions(data, key_for, training):
        try:
            record = Record.open(summary.path, key_for(summary.path))
            if same_code(record.opened.patient_code, code):
                found.append(fold(record.entries()))
        except KapmonitorError:
            continue
    return sorted(found, key=lambda session: session.entries[0].utc)


class LastTime(Struct, frozen=True):
    """What the set-up page offers from a patient's last visit: to be looked at, not to be trusted.

    ``opened`` is UTC in seconds since 1970. ``weight_kg`` and ``age_band`` are the last that were
    given, which may be older than the last visit. ``name`` only where the clinic keeps names.
    """

    opened: float
    zone_minutes: int
    age_band: str = ""
    weight_kg: float | None = None
    name: str = ""


def last_facts(sessions: Iterable[Session]) -> LastTime | None:
    """What the visits of one patient, the oldest first, tell for the next; None without one."""
    found: LastTime | None = None
    for session in sessions:
        opened, first = session.opened, session.entries[0]
        if opened is None:
            continue
        before = found or LastTime(first.utc, first.zone_minutes)
        found = LastTime(
            first.utc,
            first.zone_minutes,
            opened.age_band or before.age_band,
            opened.weight_kg or before.weight_kg,
            session.patient_name or before.name,
        )
    return found


# A clinic's lot of a drug is looked for in so many of its latest visits.
LOTS_FROM = 30


def last_lots(data: Path, key_for: KeyFor) -> dict[str, str]:
    """The lot that each drug was given from last in this clinic, by the drug's name folded.

    Only patients' visits that can be read count, the newest first. What was only set up and never
    given does not.
    """
    lots: dict[str, str] = {}
    for summary in list_sessions(data, key_for)[:LOTS_FROM]:
        try:
            session = fold(Record.open(summary.path, key_for(summary.path)).entries())
        except KapmonitorError:
            continue
        for entry in reversed(session.given):
            given = entry.event
            if isinstance(given, e.Dose | e.Infusion) and given.lot:
                lots.setdefault(drug_key(given.drug), given.lot)
    return lots


def drug_key(drug: str) -> str:
    """A drug's name as it is compared."""
    return drug.strip().casefold()


def same_code(one: str, other: str) -> bool:
    """Whether two patient codes are the same, whatever their case and blanks at the ends."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def summaries(sessions: Iterable[Session]) -> list[PastVisitSummary]:
    """One summary for each visit, in the order given."""
    return [summary(session) for session in sessions if session.opened is not None]


def summary(session: Session) -> PastVisitSummary:
    """What a visit tells about the next one. The session was opened."""
    opened, base, first = session.opened, session.baseline, session.entries[0]
    assert opened is not None
    given = _given(session)
    peak, peak_min, returned = _rise(session)
    return PastVisitSummary(
        session=opened.session,
        opened=first.utc,
        zone_minutes=first.zone_minutes,
        plan=opened.plan,
        route=opened.route,
        drug=given[0].drug if given else "",
        dose=round(sum(one.amount for one in given), 1) if given else None,
        unit=given[0].unit if given else "",
        doses=len(given),
        systolic=None if base is None else base.systolic,
        diastolic=None if base is None else base.diastolic,
        pulse=None if base is None else base.pulse,
        spo2=None if base is None else base.spo2,
        peak_rise=peak,
        peak_min=peak_min,
        returned_min=returned,
        dissociation=_highest(session),
        side_effects=_side_effects(session),
        left_min=_minutes(session, session.left_at),
        adverse=tuple(_adverse(session)),
        worse=tuple(_worse(session)),
    )


class _Given(Struct, frozen=True):
    """What was given at once, or by a pump from its start to its stop."""

    drug: str
    amount: float
    unit: str


def _given(session: Session) -> list[_Given]:
    """Every dose and every run of a pump that was not taken back, in their order."""
    found = []
    for entry in session.given:
        match entry.event:
            case e.Dose(drug=drug, amount=amount, unit=unit):
                found.append(_Given(drug, amount, unit))
            case e.Infusion(drug=drug, unit=unit):
                amount = _pumped(session, entry)
                found.append(_Given(drug, amount, unit.partition("/")[0]))
    return found


def _pumped(session: Session, start: e.Entry) -> float:
    """What the pump gave from this start: each rate until the next, the last until the end."""
    run = [entry for entry in session.infusions if entry.number >= start.number]
    amount = 0.0
    for entry, following in zip(run, (*run[1:], None), strict=True):
        pump = entry.event
        if not isinstance(pump, e.Infusion) or pump.action == "stop":
            break
        until = session.entries[-1].at if following is None else following.at
        amount += (pump.rate or 0.0) * (until - entry.at) / 60
    return amount


def _minutes(session: Session, at: float | None) -> float | None:
    t0 = session.t0
    return None if at is None or t0 is None else round((at - t0) / 60, 1)


def _rise(session: Session) -> tuple[float | None, float | None, float | None]:
    """The highest systolic rise, its minute, and the minute from which it was back."""
    t0, base = session.t0, session.baseline
    if t0 is None or base is None or base.systolic is None:
        return None, None, None
    readings = [
        (one.at, one.value - base.systolic)
        for one in cuff_values(session.cuffs, "systolic")
        if not one.doubted and one.at >= t0
    ]
    if not readings:
        return None, None, None
    top_at, top = max(readings, key=lambda pair: (pair[1], pair[0]))
    if top <= RETURN_WITHIN_MMHG:
        return top, _minutes(session, top_at), None
    after = (at for at, rise in readings if at > top_at and rise <= RETURN_WITHIN_MMHG)
    return top, _minutes(session, top_at), _minutes(session, next(after, None))


def _rounds(session: Session) -> Iterator[e.Round]:
    t0 = session.t0
    for entry in session.rounds:
        if isinstance(entry.event, e.Round) and t0 is not None and entry.at >= t0:
            yield entry.event


def _highest(session: Session) -> float | None:
    scores = [done.scores["dissociation"] for done in _rounds(session)
              if "dissociation" in done.scores]  # fmt: skip
    return max(scores) if scores else None


def _side_effects(session: Session) -> dict[str, str]:
    worst: dict[str, str] = {}
    for done in _rounds(session):
        for item, answer in done.answers.items():
            if isinstance(answer, str) and answer in SEVERITIES:
                before = worst.get(item, SEVERITIES[0])
                worst[item] = max(before, answer, key=SEVERITIES.index)
    return worst


def _adverse(session: Session) -> Iterator[str]:
    left = session.left_at
    for entry in session.notes:
        note = entry.event
        if not isinstance(note, e.Note):
            continue
        if note.kind in ADVERSE or (left is not None and entry.at > left and note.kind == "note"):
            yield note.text.strip() or note.kind
    for entry in session.amendments:
        later = left is not None and entry.at > left
        if not later or _felt_worse(entry.event):
            continue
        if isinstance(entry.event, e.Amended | e.Note):
            yield entry.event.text


def _felt_worse(event: e.Event) -> bool:
    return isinstance(event, e.Note) and event.kind == "felt_worse"


def _worse(session: Session) -> Iterator[FeltWorse]:
    """What was felt after the visit, in the order of when it was felt."""
    t0 = session.t0
    for entry in sorted((*session.notes, *session.amendments), key=lambda entry: entry.at):
        if isinstance(entry.event, e.Note) and _felt_worse(entry.event):
            hours = None if t0 is None else round((entry.at - t0) / 3600, 1)
            yield FeltWorse(entry.event.text, hours, entry.by)

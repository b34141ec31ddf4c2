"""What panels need to know before they are filled in, made from the model. Pure."""

from msgspec import Struct

from kapmonitor import events as e
from kapmonitor.baseline import too_short
from kapmonitor.before_dose import open_items
from kapmonitor.engine import FRESH_SECONDS
from kapmonitor.event_words import alarm_name
from kapmonitor.given_words import READINESS_WORDS, device_words, missing_words
from kapmonitor.leaving import Criterion, criteria, missing_minutes
from kapmonitor.plan import Plan
from kapmonitor.prompts import DEVICE, devices
from kapmonitor.reading import Origin, Quality
from kapmonitor.regional import MMHG, number, pressure, pressure_unit
from kapmonitor.session import Session, session_time
from kapmonitor.words import tr
from ui.live.due_words import baseline_readings, oximetry_words
from ui.live.entry_words import TimelineRow
from ui.live.model import LiveModel
from ui.live.recovery import by_minute, cuff_values, recovery, return_words
from ui.live.tile_views import last_cuff
from ui.live.views import timeline
from ui.widgets.readiness_rows import Given

# Two doses within so many seconds are one that was pressed twice, whatever the plan gives.
TWICE_SECONDS = 60.0


class DoseFacts(Struct, frozen=True):
    """``gate`` says what speaks against the dose, ``baseline`` what it freezes.

    ``few`` is True where fewer cuff readings were taken, or oximetry was shorter, than the plan's
    baseline asks for.
    ``unready`` names what of the readiness is missing or speaks against the dose. ``total`` is what
    was given so far, in the plan's unit.
    ``device`` is which spray or lozenge is the next, and ``each`` what it holds; empty and None
    where the plan gives all at once, or all is given. ``early`` are the seconds until a further
    dose may follow the last one.
    """

    now: float = 0.0
    gate: str = ""
    baseline: str = ""
    given: str = ""
    few: bool = False
    unready: tuple[str, ...] = ()
    total: float = 0.0
    device: str = ""
    each: float | None = None
    early: float = 0.0


def dose_facts(model: LiveModel, real: float) -> DoseFacts:
    """What the dose panel tells at this moment."""
    session, plan, now = model.session, model.plan, model.now(real)
    gate = baseline = given = ""
    cuff = last_cuff(model)
    first, few = session.t0 is None, False
    if plan is not None and first:
        wanted, found = plan.baseline.cuff_readings, baseline_readings(model)
        few = found < wanted
        baseline = tr(
            "The dose freezes the baseline: {found} of {wanted} cuff readings, {apart} min apart.",
            found=found,
            wanted=wanted,
            apart=number(plan.baseline.apart_min),
        )
        oximetry = oximetry_words(model)
        if oximetry and model.beat is not None:
            few = few or too_short(plan.baseline, model.beat.oximetry)
            baseline += "\n" + tr("Good oximetry: {found}.", found=oximetry)
        if plan.reference_round and not session.rounds:
            baseline += "\n" + tr("No round before the dose yet: key R.")
        if cuff is not None:
            band = session.opened.age_band if session.opened is not None else ""
            gate = _gate(cuff[1], plan.predose.systolic_for(band), plan.predose.diastolic)
    if session.doses:
        last = session.doses[-1]
        dose = last.event
        assert isinstance(dose, e.Dose)
        given = tr(
            "Given: dose {index}, {amount} {unit}, {time}",
            index=dose.index,
            amount=number(dose.amount),
            unit=dose.unit,
            time=session_time(last.at, session.t0),
        )
    unready = unready_lines(model) if first else ()
    device, each = _next_device(model, plan, now)
    total, early = _total(session), _too_early(session, plan, now)
    return DoseFacts(now, gate, baseline, given, few, unready, total, device, each, early)


def _too_early(session: Session, plan: Plan | None, now: float) -> float:
    """Seconds until the next dose may follow: the plan's time, and never right after another."""
    if plan is None or not session.doses:
        return 0.0
    apart = max(60.0 * plan.devices_apart_min, TWICE_SECONDS)
    return max(0.0, session.doses[-1].at + apart - now)


def _total(session: Session) -> float:
    """What was given so far in doses; those taken back are none."""
    return sum(x.event.amount for x in session.doses if isinstance(x.event, e.Dose))


def _next_device(model: LiveModel, plan: Plan | None, now: float) -> tuple[str, float | None]:
    """Which spray or lozenge is the next one and when it may follow; nothing once all is given."""
    session = model.session
    if plan is None or plan.one_device is None:
        return "", None
    one, of = devices(plan, session)
    if one > of:
        return "", plan.one_device
    words = device_words(plan.route, one, of)
    if session.doses:
        due = session.doses[-1].at + 60 * plan.devices_apart_min
        when = session_time(due, session.t0)
        left = max(1, round((due - now) / 60))
        more = (
            tr("may follow since {time}", time=when)
            if now >= due
            else tr("may follow at {time}, in {minutes} min", time=when, minutes=left)
        )
        words = f"{words}: {more}"
    return words, plan.one_device


def readiness_given(model: LiveModel) -> dict[str, Given]:
    """The answers before the dose, by item."""
    return {
        item: Given(entry.event.answer, entry.event.note, entry.by)
        for item, entry in model.session.readiness.items()
        if isinstance(entry.event, e.ReadinessAnswer)
    }


def unready_lines(model: LiveModel) -> tuple[str, ...]:
    """``Consent is signed: not asked``: what of the readiness speaks against the dose."""
    form, given = model.readiness, readiness_given(model)
    wanting = set(open_items(form, model.session.readiness))
    lines = []
    for item in form.item:
        if item.id in wanting:
            answer = given.get(item.id, Given()).answer or "not_asked"
            lines.append(f"{tr(item.text)}: {tr(READINESS_WORDS[answer])}")
    return tuple(lines)


def _gate(cuff: e.Cuff, systolic: float, diastolic: float) -> str:
    if cuff.systolic is None or cuff.diastolic is None or cuff.quality is Quality.INVALID:
        return ""
    if cuff.systolic <= systolic and cuff.diastolic <= diastolic:
        return ""
    return tr(
        "The last pressure, {value}, is above the plan's {limit} before a dose.",
        value=f"{pressure(cuff.systolic)}/{pressure(cuff.diastolic)} {pressure_unit()}",
        limit=f"{pressure(systolic, 'g')}/{pressure(diastolic, 'g')}",
    )


class GiveFacts(Struct, frozen=True):
    """``running`` tells of pump and oxygen; ``unready`` what speaks against a first drug.

    ``pump``: one belongs to the route, or has run.
    """

    running: str = ""
    unready: tuple[str, ...] = ()
    pump: bool = False


class LeaveFacts(Struct, frozen=True):
    """For the phase panel: ``missing`` minutes to the plan's minimum, 0 when it is reached.

    ``open`` names the criteria of leaving that are not met; ``criteria`` are all of them, in words
    and whether they are met (None: nothing is known).
    ``back`` tells of each vital that rose how far it has come back to its baseline.
    """

    missing: int = 0
    ready: str = ""
    left: str = ""
    back: tuple[str, ...] = ()
    open: str = ""
    criteria: tuple[tuple[str, bool | None], ...] = ()


def leave_facts(model: LiveModel, real: float) -> LeaveFacts:
    """What the phase panel tells about leaving."""
    session, plan = model.session, model.plan
    missing = 0
    open_ones: tuple[str, ...] = ()
    every: tuple[Criterion, ...] = ()
    if plan is not None and session.t0 is not None:
        now = model.now(real)
        missing = missing_minutes(plan, session, now)
        every = criteria(plan, session, _vitals(model, real), now)
        open_ones = tuple(one.id for one in every if not one.met)
    ready, left = session.ready_at, session.left_at
    return LeaveFacts(
        missing,
        "" if ready is None else tr("Ready {time}", time=session_time(ready, session.t0)),
        "" if left is None else tr("Left {time}", time=session_time(left, session.t0)),
        back_words(model, real),
        missing_words(open_ones),
        tuple((missing_words((one.id,)), one.met) for one in every),
    )


def _vitals(model: LiveModel, real: float) -> dict[str, float]:
    """The fresh good pulse and SpO2."""
    found = {}
    for key in ("pulse", "spo2"):
        reading = model.shown.get(key)
        if reading is None or reading.value is None or reading.quality is not Quality.GOOD:
            continue
        if model.age(reading.at, real) <= FRESH_SECONDS:
            found[key] = reading.value
    return found


def back_words(model: LiveModel, real: float) -> tuple[str, ...]:
    """``Systolic: peak +63, 22 min ago; now +12``, a line for each vital that rose."""
    session, now = model.session, model.now(real)
    if session.t0 is None:
        return ()
    if session.baseline is None:
        return (tr("Without a baseline no return to it can be shown."),)
    curves = {
        "systolic": (tr("Systolic"), cuff_values(session, "systolic")),
        "diastolic": (tr("Diastolic"), cuff_values(session, "diastolic")),
        "pulse": (tr("Pulse"), by_minute(model.trends.get("pulse"), session.t0)),
    }
    lines = []
    for key, (name, curve) in curves.items():
        found = recovery(*curve, getattr(session.baseline, key), session.t0, now)
        if found is not None:
            lines.append(return_words(name, found, "" if key == "pulse" else MMHG))
    return tuple(lines)


class EndFacts(Struct, frozen=True):
    """What is still open when somebody wants to end the visit, as lines.

    ``early`` are the minutes that the plan's minimum lacks, 0 once the patient left.
    """

    open: tuple[str, ...] = ()
    early: int = 0


def end_facts(model: LiveModel, real: float) -> EndFacts:
    """What speaks against ending now."""
    lines = []
    leave = leave_facts(model, real)
    if model.session.t0 is not None and leave.missing:
        lines.append(
            tr("{minutes} min of the plan's observation are missing", minutes=leave.missing)
        )
    if model.session.t0 is not None and model.session.left_at is None:
        lines.append(tr("The patient is not marked as having left"))
    lines += [
        tr("In force: {alarm}", alarm=alarm_name(view.change.alarm))
        for view in model.board.alarms
        if not view.over and view.change.priority is e.Priority.HIGH
    ]
    alarms = [view for view in model.board.alarms if not view.over and not view.acknowledged_by]
    if alarms:
        lines.append(tr("Alarms not acknowledged: {number}", number=len(alarms)))
    overdue = model.beat is not None and any(
        check.overdue and check.check != DEVICE for check in model.beat.checks
    )
    if overdue:
        lines.append(tr("A check is overdue"))
    early = leave.missing if model.session.left_at is None else 0
    return EndFacts(tuple(lines), early)


# So many events are offered to be added to.
_OFFERED = 30
_DETAILED = (e.Note, e.Medicine, e.Oxygen, e.Dose, e.Infusion)


def detailed(model: LiveModel) -> tuple[TimelineRow, ...]:
    """The events that more can be said about, the newest first."""
    wanted = {x.number for x in model.session.entries if isinstance(x.event, _DETAILED)}
    return tuple(line for line in timeline(model) if line.number in wanted)[:_OFFERED]


def give_facts(model: LiveModel) -> GiveFacts:
    """What the panel of what is given tells: the pump, the oxygen, the checks that are due."""
    session = model.session
    rate, oxygen = session.infusing, session.oxygen
    lines = []
    if rate is not None:
        lines.append(tr("Pump runs: {rate} mg/min", rate=number(rate)))
    elif session.infusion_end is not None:
        lines.append(tr("Pump stopped {time}", time=session_time(session.infusion_end, session.t0)))
    if oxygen is not None:
        lines.append(tr("On O2, {litres} l/min", litres=number(oxygen)))
    unready = unready_lines(model) if session.t0 is None else ()
    plan = model.plan
    pump = plan is not None and (plan.route == "iv" or plan.t0 == "infusion_start")
    return GiveFacts("\n".join(lines), unready, pump or bool(session.infusions))


def last_site(model: LiveModel) -> str:
    """Where the last cuff reading was taken by hand."""
    for entry in reversed(model.session.cuffs):
        if isinstance(entry.event, e.Cuff) and entry.event.origin is Origin.MANUAL:
            return entry.event.site
    return ""

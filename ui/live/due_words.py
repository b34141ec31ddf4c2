"""What is due, in words: the same in the clock of what is due and in the panels. Pure."""

from kapmonitor.baseline import readings_apart, too_short
from kapmonitor.given_words import device_words
from kapmonitor.messages import CheckView
from kapmonitor.prompts import DEVICE, DISCHARGE, INSTRUMENT, REFERENCE
from kapmonitor.session import session_time
from kapmonitor.words import tr
from ui.live.model import LiveModel

LONGEST_TITLE = 18


def due_words(model: LiveModel, check: CheckView) -> str:
    """``Cuff t+40:00``, ``Spray 2 of 3 t+05:00``, ``Round before the dose``."""
    words = _what(model, check)
    if check.part == REFERENCE:
        return words
    return f"{words} {session_time(check.due, model.session.t0)}"


def _what(model: LiveModel, check: CheckView) -> str:
    if check.check == INSTRUMENT:
        form = model.instruments.get(check.instrument)
        title = _short(check.instrument if form is None else tr(form.title))
        return title
    if check.check == DEVICE:
        route = "" if model.plan is None else model.plan.route
        return device_words(route, check.number, check.of)
    if check.check == "cuff":
        if check.adapted:
            return tr("Cuff, extra")
        return tr("Repeat the cuff") if check.repeat else tr("Cuff")
    if check.part == REFERENCE:
        return tr("Round before the dose")
    return tr("Last round") if check.part == DISCHARGE else tr("Round")


def _short(title: str) -> str:
    """As much of a scale's title as fits into the clock of what is due."""
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip(' ,')}…"


def minutes(seconds: float) -> str:
    """``m:ss``."""
    whole, rest = divmod(max(0, round(seconds)), 60)
    return f"{whole}:{rest:02d}"


def when_words(check: CheckView, now: float) -> tuple[str, str]:
    """When it is due, in words, and the tone: overdue, now, soon or none.

    The next spray may wait: it is calm, and tells since when it may be given.
    """
    left = check.due - now
    if check.part == REFERENCE:
        scale = check.check == INSTRUMENT
        return (tr("before the dose") if scale else tr("now")), "now"
    if check.check == DEVICE and left <= 0:
        return tr("possible since {time}", time=minutes(-left)), "now"
    if now > check.closes:
        return tr("overdue {time}", time=minutes(-left)), "overdue"
    if left <= 0:
        return tr("now"), "now"
    return tr("in {time}", time=minutes(left)), "soon" if left < 120 else ""


def baseline_readings(model: LiveModel) -> int:
    """How many cuff readings count for the baseline, by the plan's time between two."""
    apart = 60.0 * model.plan.baseline.apart_min if model.plan is not None else 0.0
    return readings_apart(model.session.good_cuffs(), apart)


def oximetry_words(model: LiveModel) -> str:
    """``0:40 of 2:00 min``: good oximetry so far; empty where the plan asks for none."""
    beat, plan = model.beat, model.plan
    if beat is None or plan is None or not plan.baseline.oximetry_min:
        return ""
    wanted = 60.0 * plan.baseline.oximetry_min
    whole = beat.oximetry if too_short(plan.baseline, beat.oximetry) else wanted
    return tr("{found} of {wanted} min", found=minutes(whole), wanted=minutes(wanted))


def due_heading(model: LiveModel) -> str:
    """What stands above the checks: the baseline before the dose, afterwards that nothing is due.

    Empty while there are checks, or while the engine has not yet told what follows the dose.
    """
    session, plan, beat = model.session, model.plan, model.beat
    if session.opened is None or beat is None or session.ended_at is not None:
        return ""
    if session.t0 is None:
        words = tr("Checks begin with the dose")
        if plan is None:
            return words
        wanted, found = plan.baseline.cuff_readings, baseline_readings(model)
        so_far = tr("Baseline: cuff {found} of {wanted}", found=found, wanted=wanted)
        oximetry = oximetry_words(model)
        if oximetry:
            so_far = tr("{baseline}, oximetry {found}", baseline=so_far, found=oximetry)
        return f"{so_far}. {words}"
    told = not session.entries or beat.at >= session.entries[-1].at
    return tr("Nothing more is due") if told and not beat.checks else ""

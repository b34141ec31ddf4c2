"""What was given and asked, in words: infusion, oxygen, medicine, readiness, leaving."""

from kapmonitor import events as e
from kapmonitor.regional import number
from kapmonitor.words import tr

READINESS_WORDS = {"yes": "yes", "no": "no", "not_asked": "not asked"}
INFUSION_WORDS = {
    "start": "Infusion of {drug} started, {rate} {unit}",
    "rate": "Infusion of {drug} now {rate} {unit}",
}
# One of several that make a dose; other routes than these speak of doses.
DEVICE_WORDS = {"in": "Spray {number} of {of}", "sl": "Lozenge {number} of {of}"}
RULE_WORDS = {"high": "pressure stays high", "until_decline": "pressure has not come down yet"}
CRITERION_WORDS = {
    "minimum_time": "minimum observation",
    "pressure": "pressure near the baseline",
    "pulse": "pulse near the baseline",
    "spo2": "SpO₂",
    "oxygen": "without oxygen",
    "sedation": "awake",
    "orientation": "oriented",
    "gait": "steady gait",
    "dissociation": "dissociation over",
    "nausea": "no nausea",
    "red_flags": "no red flag",
    "ride": "somebody takes the patient home (name)",
}


def given_sentence(event: e.Infusion | e.Oxygen | e.Medicine | e.Detail) -> str:
    """An infusion, oxygen, a medicine, or a detail."""
    match event:
        case e.Infusion(action="stop"):
            words = tr("Infusion stopped")
        case e.Infusion(action=action, rate=rate, unit=unit, drug=drug):
            words = tr(
                INFUSION_WORDS.get(action, action), drug=drug, rate=number(rate or 0), unit=unit
            )
        case e.Oxygen(litres=0):
            words = tr("Oxygen off")
        case e.Oxygen(litres=litres):
            words = tr("On O2, {litres} l/min", litres=number(litres))
        case e.Medicine(drug=drug, dose=dose, route=route, reason=reason):
            words = tr("Medicine: {drug} {dose}, {route}", drug=drug, dose=dose, route=route)
            return f"{words}. {reason}".strip(" .")
        case e.Detail(of=of, text=text):
            return tr("Detail of entry {of}: {words}", of=of, words=text)
    said = f"{words}. {event.detail}".strip(" .")
    if isinstance(event, e.Infusion):
        return with_reason(said, event.gate_reason, event.unready)
    return said


def asked_sentence(
    event: e.ReadinessAnswer | e.RoundDraft | e.ScheduleAdapted | e.Instrument,
) -> str:
    """An answer before the dose, a draft, or a changed schedule."""
    match event:
        case e.Instrument(title=title, instrument=name, scores=scores):
            sums = ", ".join(number(value) for value in scores.values())
            return f"{tr(title or name)}: {sums}" if sums else tr(title or name)
        case e.ReadinessAnswer(item=item, answer=answer, note=note):
            said = tr(READINESS_WORDS.get(answer, answer))
            words = f"{item.replace('_', ' ').capitalize()}: {said}"
            return f"{words}, {note}" if note else words
        case e.RoundDraft():
            return tr("Round begun, kept as a draft")
        case e.ScheduleAdapted(rule=rule, on=on, every_min=every):
            why = tr(RULE_WORDS.get(rule, rule.replace("_", " ")))
            if on:
                return tr("Cuff every {n} min: {why}", n=number(every), why=why)
            return tr("Cuff as planned again, no longer: {why}", why=why)


def with_reason(words: str, reason: str, unready: tuple[str, ...] = ()) -> str:
    """What was given, why it was given all the same, and what of the readiness was open then."""
    if reason:
        words = tr("{words}. Given all the same: {reason}", words=words, reason=reason)
    if not unready or not reason:
        # Without a reason a note of the program's own stands beside it.
        return words
    names = ", ".join(name.replace("_", " ") for name in unready)
    return tr("{words}. Not confirmed before: {names}", words=words, names=names)


def device_words(route: str, number: int, of: int) -> str:
    """``Spray 2 of 3``."""
    words = DEVICE_WORDS.get(route, "Dose {number} of {of}")
    return tr(words, number=number, of=max(number, of))


def missing_words(missing: tuple[str, ...]) -> str:
    """The criteria of leaving that were not met, by name."""
    return ", ".join(tr(CRITERION_WORDS.get(name, name.replace("_", " "))) for name in missing)


def short_words(base: e.Baseline) -> str:
    """What a baseline was frozen with, where that is less than the plan asks for; else empty."""
    parts = []
    if "cuff" in base.short:
        parts.append(tr("cuff readings: {count}", count=base.cuff_readings))
    if "oximetry" in base.short:
        seconds = int(base.oximetry_seconds or 0)
        parts.append(tr("oximetry {time} min", time=f"{seconds // 60}:{seconds % 60:02d}"))
    return tr("Less than the plan asks ({what})", what=", ".join(parts)) if parts else ""

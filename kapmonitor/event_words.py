"""An event in words: one short line for people, the same in the timeline and in the report."""

from collections.abc import Mapping

from kapmonitor import events as e
from kapmonitor.alarm_words import (
    ALARM_WORDS,
    MARKS,
    alarm_sentence,
    phase_words,
    reason_words,
)
from kapmonitor.answer_words import answer_words, find_item, score_words
from kapmonitor.device_words import label_words
from kapmonitor.events import AlarmState
from kapmonitor.given_words import (
    asked_sentence,
    given_sentence,
    missing_words,
    short_words,
    with_reason,
)
from kapmonitor.people_words import people_sentence
from kapmonitor.reading import LinkState, Origin, Quality
from kapmonitor.regional import MMHG, baseline, number, pressure, pressure_unit, shown
from kapmonitor.words import sentence, tr

_ALARM_STATES = {
    AlarmState.RAISED: "{alarm}",
    AlarmState.ESCALATED: "Escalated: {alarm}",
    AlarmState.ACKNOWLEDGED: "Acknowledged: {alarm}",
    AlarmState.ENDED: "Ended: {alarm}",
}
_LINKS = {
    LinkState.CONNECTING: "{source}: connecting",
    LinkState.UP: "{source}: connected",
    LinkState.DOWN: "{source}: connection lost",
    LinkState.CLOSED: "{source}: closed",
}

_BACK = {
    "values": "{source}: back on",
    "time": "{source}: still off after the time was over, watched again",
    "person": "{source}: watched again",
}
PREFERRED_WORDS = {"pulse": "Pulse", "spo2": "SpO₂"}

_CYCLES = {
    "asked_start": "{source}: start asked for",
    "asked_stop": "{source}: stop asked for",
    "started": "{source}: measuring",
    "ended": "{source}: finished",
    "refused": "{source}: refused",
}

_SCHEDULED = {
    True: "{source}: started at the plan's times from now on",
    False: "{source}: not started at the plan's times any more",
}

# What a `Trouble` tells beside its kind: the state of the sound, or why nothing can be written.
_COPIES = {
    "emergency_copy_asked": "Emergency copy of the record asked for",
    "emergency_copy": "Emergency copy of the record: everything is there",
    "emergency_copy_failed": "No emergency copy of the record",
}
_TROUBLE_DETAILS = {
    "folder_unwritable": "the folder cannot be written",
    "record_exists": "the folder has this record already",
    "silent": "switched off",
    "starting": "not started yet",
    "no_output": "no output",
    "stalled": "the output is dead",
    "muted": "muted",
    "volume_low": "too low",
    "headset": "goes to a headset",
    "output_missing": "the chosen output is missing",
    "disk_full": "the disk is full",
    "read_only": "the folder cannot be written",
    "write_failed": "writing failed",
}

QUICK_NOTES = {
    "nausea": "Nausea",
    "vomiting": "Vomiting",
    "anxiety": "Anxiety",
    "crying": "Crying",
    "talking": "Talking",
    "moved": "Patient moved",
    "toilet": "Toilet",
    "therapist": "Therapist spoke",
    "blanket": "Blanket",
    "music": "Music changed",
    "distress": "Distress",
}
CHECK_WORDS = {
    "cuff": "blood pressure",
    "round": "observation round",
    "instrument": "clinic's scale",
    "device": "next device",
}
# What a round is, beside one of the plan's.
PART_WORDS = {"reference": "round before the dose", "discharge": "round at the discharge check"}
_ROUND_WORDS = {
    "reference": "Round before the dose",
    "discharge": "Round at the discharge check",
}
# Notes that the program makes of what a person gave as a reason elsewhere.
_NOTE_WORDS = {
    "signature_missing": "Ended without a signature",
    "readiness_not_asked": "The readiness before the dose was not asked, or not confirmed",
    "felt_worse": "Felt worse afterwards",
}


def event_sentence(event: e.Event, labels: Mapping[str, str]) -> str:
    """An event in words. ``labels`` gives the names of sources."""
    match event:
        case e.Dose(amount=amount, unit=unit, drug=drug, index=index):
            words = tr(
                "Dose {index}: {amount} {unit} {drug}",
                index=index,
                amount=number(amount),
                unit=unit,
                drug=drug,
            ).strip()
            return with_reason(words, event.gate_reason, event.unready)
        case e.DoseWithdrawn(reason=reason):
            return tr("Dose taken back: {reason}", reason=reason)
        case e.Baseline() as base:
            words = tr("Baseline: {values}", values=baseline_words(base))
            return ". ".join(filter(None, (words, short_words(base))))
        case e.Cuff() as cuff:
            return _cuff(cuff)
        case e.Round() as filed:
            return _round(filed)
        case e.AlarmChange() as change:
            label = labels.get(change.source, change.source)
            words = tr(_ALARM_STATES[change.state], alarm=alarm_sentence(change, label))
            return f"{MARKS[change.priority]} {words}"
        case e.PhaseChanged(phase=phase):
            return tr("Phase: {phase}", phase=phase_words(phase))
        case e.Note(text=text, kind=kind):
            return text if kind == "note" else f"{quick_words(kind)}. {text}".strip(" .")
        case e.LinkChanged() as link:
            return tr(_LINKS[link.state], source=labels.get(link.source, link.source))
        case _:
            return _other(event, labels)


def _other(event: e.Event, labels: Mapping[str, str]) -> str:
    match event:
        case e.Infusion() | e.Oxygen() | e.Medicine() | e.Detail():
            return given_sentence(event)
        case e.ReadinessAnswer() | e.RoundDraft() | e.ScheduleAdapted() | e.Instrument():
            return asked_sentence(event)
        case e.Opened(patient_code=code):
            return tr("Visit opened for {code}", code=code)
        case e.PatientNamed():
            # Lists stand open, and lines go to files: the name is in neither.
            return tr("The patient's name was entered")
        case e.SourceAdded(label=label, source=source, experimental=True):
            return tr("Experimental device in use: {label}", label=label_words(label or source))
        case e.SourceAdded(label=label, source=source):
            return tr("Device in use: {label}", label=label_words(label or source))
        case e.Gap(start=start, end=end, source=source):
            name = labels.get(source, source) or tr("all devices")
            return tr("Gap of {seconds} s: {source}", seconds=round(end - start), source=name)
        case e.TakenOff(source=source, seconds=seconds, reason=reason):
            name = labels.get(source, source)
            minutes = round(seconds / 60)
            words = tr("{source}: taken off for up to {n} min", source=name, n=minutes)
            return f"{words}. {reason}".strip(" .")
        case e.PutBack(source=source, reason=reason):
            name = labels.get(source, source)
            return tr(_BACK.get(reason, "{source}: watched again"), source=name)
        case e.CuffCycle(source=source, action=action, reason=reason):
            name = labels.get(source, source)
            words = tr(_CYCLES[action], source=name) if action in _CYCLES else name
            return f"{words}. {reason_words(reason)}".strip(" .") if reason else words
        case e.CuffScheduled(source=source, on=on, reason=reason):
            words = tr(_SCHEDULED[on], source=labels.get(source, source))
            return f"{words}. {reason_words(reason)}".strip(" .") if reason else words
        case e.CheckSkipped(check=check, reason=reason):
            what = check_words(check, event.part, event.instrument)
            return tr("Left out: {check}, {reason}", check=what, reason=reason)
        case e.CheckEarly(check=check, due=due, done=done):
            minutes = round((due - done) / 60)
            return tr("Done {minutes} min early: {check}", minutes=minutes,
                      check=check_words(check))  # fmt: skip
        case e.AudioPaused(seconds=seconds):
            return tr("Alarm sound paused for {seconds} s", seconds=round(seconds))
        case e.AudioResumed():
            return tr("Alarm sound is on again")
        case e.QuietMode(on=on):
            return tr("Quiet mode on") if on else tr("Quiet mode off")
        case e.LimitChanged() as limit:
            return _limit_words(limit)
        case e.SourcePreferred(vital=vital, source=source, reason=reason):
            words = tr("{vital} from {source}", vital=tr(PREFERRED_WORDS.get(vital, vital)),
                       source=labels.get(source, source))  # fmt: skip
            return f"{words}. {reason}" if reason else words
        case e.Ready(note=note, missing=missing):
            words = tr("Judged ready to leave") + (f". {note}" if note else "")
            if not missing:
                return words
            return tr("{words}. Not confirmed: {names}", words=words, names=missing_words(missing))
        case e.Left(with_whom=whom, early_reason=early):
            words = tr("Left with {whom}", whom=whom) if whom else tr("Left")
            return f"{words}. {tr('Early: {reason}', reason=early)}" if early else words
        case e.Trouble() as trouble:
            return _trouble(trouble)
        case e.Resumed(gap=gap):
            return tr("Resumed after a gap of {seconds} s", seconds=round(gap))
        case e.Amended(of=of, text=text):
            return tr("Correction of entry {of}: {words}", of=of, words=text)
        case e.Acting() | e.Locked() | e.Unlocked() | e.Signed() | e.SignedOff() | e.Emergency():
            return people_sentence(event)
        case e.Ended(missing_min=missing, early_reason=early):
            return early_end_words(missing, early) if missing else tr("Visit ended")
        case _:
            return e.event_kind(event).replace("_", " ").capitalize()


def early_end_words(missing: int, reason: str) -> str:
    """That a visit ended before the plan's minimum without the patient having left, and why."""
    words = tr("Visit ended {minutes} min before the minimum observation", minutes=missing)
    return f"{words}: {reason or tr('no reason given')}"


def alarm_name(alarm: str) -> str:
    """An alarm's words without its value and limit."""
    words = ALARM_WORDS.get(alarm, alarm.replace("_", " ").capitalize())
    return tr(words).partition(":")[0].partition("{")[0].strip()


def refusal_words(code: str, facts: Mapping[str, object]) -> str:
    """Why something was refused, for people at the screen: an alarm by its words, not its name."""
    alarm = facts.get("alarm")
    named = {"alarm": alarm_name(alarm)} if isinstance(alarm, str) and alarm in ALARM_WORDS else {}
    return sentence(code, {**facts, **named})


def _trouble(trouble: e.Trouble) -> str:
    """Most kinds are named like their alarm; ``_over`` ends one."""
    if trouble.kind in _COPIES:
        words = tr(_COPIES[trouble.kind])
        if not trouble.detail:
            return words
        known = _TROUBLE_DETAILS.get(trouble.detail)
        return f"{words}: {reason_words(trouble.detail) if known is None else tr(known)}"
    over = trouble.kind.endswith("_over")
    words = alarm_name(trouble.kind.removesuffix("_over").upper())
    if trouble.seconds:
        words += (
            f", {trouble.seconds:+.0f} s"
            if trouble.kind == "clock_jump"
            else (f", {trouble.seconds:.0f} s")
        )
    if trouble.detail:
        detail = _TROUBLE_DETAILS.get(trouble.detail)
        words += f": {reason_words(trouble.detail) if detail is None else tr(detail)}"
    return tr("Ended: {alarm}", alarm=words) if over else words


def _limit_words(limit: e.LimitChanged) -> str:
    name = alarm_name(limit.alarm)
    if limit.on:
        return tr("Limit “{alarm}”: on again", alarm=name)
    if limit.old is None and limit.new is None:
        return tr("Limit “{alarm}”: off", alarm=name)
    words = tr(
        "Limit “{alarm}”: {old} → {new}",
        alarm=name,
        old=_limit_value(limit.old, limit.unit),
        new=_limit_value(limit.new, limit.unit),
    )
    if limit.other_new is None:
        return words
    second = tr(
        "{old} → {new}",
        old=_limit_value(limit.other_old, limit.unit),
        new=_limit_value(limit.other_new, limit.unit),
    )
    return f"{words}, {second}"


def _limit_value(value: float | None, kept: str) -> str:
    return tr("off") if value is None else shown(value, kept, "g")


def baseline_words(base: e.Baseline) -> str:
    """The values of a baseline, each with its unit."""
    parts = []
    if base.systolic is not None and base.diastolic is not None:
        both = f"{baseline(base.systolic, MMHG)}/{baseline(base.diastolic, MMHG)}"
        parts.append(f"{both} {pressure_unit()}")
    if base.pulse is not None:
        parts.append(f"{baseline(base.pulse)} /min")
    if base.spo2 is not None:
        parts.append(f"{baseline(base.spo2)} %")
    return ", ".join(parts) or tr("none measured")


def _cuff(cuff: e.Cuff) -> str:
    if cuff.systolic is None or cuff.diastolic is None or cuff.quality is Quality.INVALID:
        return tr("Cuff without a value: {reason}", reason=reason_words(cuff.reason))
    words = f"{pressure(cuff.systolic)}/{pressure(cuff.diastolic)} {pressure_unit()}"
    if cuff.pulse is not None:
        words += f", {cuff.pulse:.0f} /min"
    if cuff.origin is Origin.MANUAL:
        words = tr("{reading}, by hand", reading=words)
    elif cuff.origin is Origin.STORED:
        words = tr("{reading}, from the device's memory", reading=words)
    if cuff.quality is Quality.QUESTIONABLE:
        words = tr("{reading}, doubtful: {reason}", reading=words, reason=reason_words(cuff.reason))
    return words


def _round(filed: e.Round) -> str:
    parts = []
    if "moaas" in filed.answers:
        parts.append(tr("responds {level}", level=_level(filed.answers["moaas"])))
    parts += [f"{score_words(name)} {number(value)}" for name, value in filed.scores.items()]
    words = tr(_ROUND_WORDS[filed.part]) if filed.part in _ROUND_WORDS else tr("Round filed")
    return f"{words}: {', '.join(parts)}" if parts else words


def _level(answer: e.Answer) -> str:
    return tr("resting") if answer == "resting" else answer_words(find_item("moaas"), answer)


def quick_words(kind: str) -> str:
    """The name of a quick event."""
    known = {**QUICK_NOTES, **_NOTE_WORDS}
    return tr(known[kind]) if kind in known else kind.replace("_", " ").capitalize()


def check_words(check: str, part: str = "", instrument: str = "") -> str:
    """What is due, in words; a clinic's scale by its title or name."""
    if instrument:
        return tr(instrument)
    if check == "round" and part in PART_WORDS:
        return tr(PART_WORDS[part])
    return tr(CHECK_WORDS.get(check, check))

"""The words of alarms, reasons and phases: an identifier becomes a short sentence.

Window, command line and report use the same ones. A sentence names the vital, the worst value and
the limit; the priority is said by its mark.
"""

from kapmonitor.events import AlarmChange, Phase, Priority
from kapmonitor.regional import number, shown, unit
from kapmonitor.vitals import VITALS
from kapmonitor.words import tr

MARKS = {Priority.HIGH: "***", Priority.MEDIUM: "**", Priority.LOW: "*"}

PRIORITY_WORDS = {Priority.HIGH: "high", Priority.MEDIUM: "medium", Priority.LOW: "low"}

# Gaps: {value} worst value with unit, {limit} limit with unit, {source} the device.
ALARM_WORDS: dict[str, str] = {
    "SPO2_LOW": "SpO₂ low: {value} (limit {limit})",
    "SPO2_DESAT": "SpO₂ very low: {value} (limit {limit})",
    "PR_HIGH": "Pulse high: {value} (limit {limit})",
    "PR_VHIGH": "Pulse very high: {value} (limit {limit})",
    "PR_LOW": "Pulse low: {value} (limit {limit})",
    "PR_VLOW": "Pulse very low: {value} (limit {limit})",
    "PR_RISE": "Pulse far above baseline: {value} (limit {limit})",
    "SBP_HIGH": "Systolic pressure raised: {value} (limit {limit})",
    "SBP_VHIGH": "Systolic pressure high: {value} (limit {limit})",
    "SBP_EXTREME": "Systolic pressure extreme: {value} (limit {limit})",
    "DBP_HIGH": "Diastolic pressure raised: {value} (limit {limit})",
    "DBP_VHIGH": "Diastolic pressure high: {value} (limit {limit})",
    "DBP_EXTREME": "Diastolic pressure extreme: {value} (limit {limit})",
    "SBP_RISE_EARLY": "Blood pressure rising from baseline: {value} (limit {limit})",
    "BP_RISE": "Blood pressure far above baseline: {value} (limit {limit})",
    "SBP_LOW": "Systolic pressure low: {value} (limit {limit})",
    "RPP_HIGH": "Systolic pressure × pulse high: {value} (limit {limit})",
    "RESP_LOW": "Breathing slow: {value} (limit {limit})",
    "CUFF_OVERDUE": "Blood pressure reading is overdue",
    "CUFF_FAILED": "Cuff failed twice: check the cuff, measure again",
    "SPO2_SIGNAL_LOST": "No SpO₂ signal: check the finger sensor",
    "PULSE_SIGNAL_LOST": "No pulse: check {source}",
    "DATA_STALE": "No data from {source}",
    "LINK_LOST": "Connection lost: {source}",
    "SIGNAL_POOR": "Weak signal: {source}",
    "VALUE_FROZEN": "Values stand still: {source}",
    "SOURCES_DISAGREE": "Two devices disagree on the pulse by {value}",
    "BATTERY_LOW": "Battery low: {source} {value}",
    "CHECK_OVERDUE": "Observation round is overdue",
    "SEDATION": "Deep sedation: responsiveness level {value}",
    "NOT_BREATHING": "Not breathing normally",
    "REDFLAG": "Red-flag symptom reported",
    "CLOCK_JUMP": "The computer's clock was moved",
    "DISK_LOW": "The disk is nearly full",
    "WRITE_FAILED": "The record cannot be written",
    "SOUND_FAILED": "Alarm sound is not working: watch the screen",
    "SLEEP_RISK": "The computer may fall asleep",
    "WINDOW_HUNG": "The window did not answer",
    "ENGINE_LOST": "Monitoring stopped",
}

# Why a value is questionable or missing, as a short phrase beside the dashes.
REASON_WORDS: dict[str, str] = {
    "sensor_off": "sensor off",
    "no_finger": "no finger in the sensor",
    "finger_out": "no finger in the sensor",
    "searching": "searching for a pulse",
    "no_pulse": "no pulse found",
    "no_contact": "no skin contact",
    "no_skin_contact": "no skin contact",
    "low_perfusion": "weak pulse at the finger",
    "weak_signal": "weak signal",
    "poor_signal": "weak signal",
    "artifact": "movement",
    "motion": "movement",
    "probe_error": "sensor error",
    "sensor_error": "sensor error",
    "sentinel": "the device has no value",
    "no_value": "the device has no value",
    "out_of_range": "impossible value",
    "not_finite": "impossible value",
    "pair_incomplete": "only half a reading",
    "pair_impossible": "impossible pressures",
    "pulse_pressure": "implausible pressures",
    "narrow_pulse_pressure": "implausible pressures",
    "mean_outside": "mean does not fit",
    "fell_too_fast": "fell too fast to be true",
    "jumped": "jumped while the signal is poor",
    "body_movement": "patient moved",
    "cuff_loose": "cuff too loose",
    "cuff_too_loose": "cuff too loose",
    "irregular_pulse": "irregular pulse",
    "improper_position": "arm in a wrong position",
    "position": "sensor or cuff out of place",
    "device_fault": "device fault",
    "demo_value": "demonstration value",
    "fast_fall": "fell too fast to be true",
    "pulse_jump": "jumped while the signal is poor",
    "measurement_failed": "cuff cycle failed",
    "cuff_inflating": "cuff inflating on this arm",
    "link": "connection lost",
    "wrong_protocol": "what it sends cannot be read",
    "timeout": "no answer",
    "port_gone": "cable unplugged",
    "interrupted": "interrupted",
    "stopped": "stopped",
    "failed_again": "failed again: look at the cuff",
    "left": "the patient left",
    "stalled": "the program stood still",
    "cuff_failed": "cuff cycle failed",
    "diastolic_not_below_systolic": "impossible pressures",
    "mean_pressure": "mean does not fit",
    "pleth": "flat pulse wave",
    "counter": "old packets again",
    "values": "exactly the same for minutes",
}

PHASE_WORDS: dict[Phase, str] = {
    Phase.PREPARATION: "Preparation",
    Phase.BASELINE: "Baseline",
    Phase.ADMINISTRATION: "Administration",
    Phase.EXPERIENCE: "Experience",
    Phase.RECOVERY: "Recovery",
    Phase.DISCHARGE: "Discharge check",
    Phase.ENDED: "Ended",
}


# Where a cuff or a sensor sits.
SITE_WORDS = {
    "left_arm": "left arm",
    "right_arm": "right arm",
    "wrist": "wrist",
    "left_finger": "left finger",
    "right_finger": "right finger",
    "chest": "chest",
}


def site_words(site: str) -> str:
    """Where something sits; an unknown place is shown as it is called."""
    return tr(SITE_WORDS[site]) if site in SITE_WORDS else site.replace("_", " ")


def reason_words(reason: str) -> str:
    """A reason in words; an unknown one is shown as it is rather than hidden."""
    return tr(REASON_WORDS[reason]) if reason in REASON_WORDS else reason.replace("_", " ")


def phase_words(phase: Phase) -> str:
    """The name of a phase."""
    return tr(PHASE_WORDS[phase])


_WITH_REASON = frozenset({"REDFLAG", "CUFF_FAILED", "DATA_STALE", "VALUE_FROZEN"})


def alarm_sentence(change: AlarmChange, source_label: str = "") -> str:
    """What an alarm says, with its worst value and its limit in the vital's unit."""
    words = ALARM_WORDS.get(change.alarm)
    if words is None:
        return change.alarm.replace("_", " ").capitalize()
    text = tr(
        words,
        value=_with_unit(change, change.value),
        limit=_with_unit(change, change.limit),
        source=source_label or change.source,
    ).strip()
    if change.reason and change.alarm in _WITH_REASON:
        reasons = ", ".join(reason_words(part) for part in change.reason.split(",") if part)
        text = f"{text}: {reasons}"
    return text.rstrip(": ")


def _with_unit(change: AlarmChange, value: float | None) -> str:
    if value is None:
        return "–"
    if change.vital is None:
        return f"{number(value)} %" if change.alarm == "BATTERY_LOW" else number(value)
    codes = VITALS[change.vital]
    kept = codes.shown_unit
    return f"{shown(value, kept, f'.{codes.decimals}f')} {unit(kept)}".strip()

"""What is said of a device: what it is called, where it sits, whose it is."""

import re
from collections.abc import Iterable, Sequence

from kapmonitor.alarm_words import site_words
from kapmonitor.remembered import SITES, Remembered
from kapmonitor.vitals import PRESSURES, Vital
from kapmonitor.words import tr

MEASURE_WORDS = {
    "systolic": "pressure",
    "spo2": "SpO₂",
    "heart_rate": "heart rate",
    "pulse_rate": "pulse",
    "pleth": "pleth",
    "respiratory_rate": "breathing",
}

LIMIT_WORDS = {
    "awake_after_measurement_only": "It can be reached for a short time after a measurement only.",
    "bonding_needed": "It must be paired once with this computer.",
    "clock_never_set": "Its own clock is not set and not trusted.",
    "common_usb_bridge": "Its USB chip is a common one: the port alone does not tell what it is.",
    "error_codes_unknown": "What its error codes mean is not known.",
    "leaves_after_sending": "It goes away as soon as it has sent.",
    "maker_closed": "Its maker has closed.",
    "must_be_named": "It is not recognised by itself: say which device it is.",
    "no_checksum": "Its bytes have no checksum: not every fault of the cable can be noticed.",
    "no_mean_pressure": "It tells no mean pressure.",
    "no_pleth": "It sends no pleth curve.",
    "no_real_bytes": "No recording of a real one was found to check it with.",
    "no_status_bits": "It does not say how good a measurement was.",
    "not_commandable": "It is started by hand: the computer can only receive.",
    "not_o2ring_s": "The O2Ring-S speaks another protocol.",
    "null_modem_cable": "It needs a crossed (null-modem) cable.",
    "own_alarms_stay": "Its own alarms must stay switched on.",
    "passkey_on_display": "Pairing asks for the six digits on its display.",
    "pi_not_on_every_model": "Not every model tells the perfusion index.",
    "pleth_of_3150_only": "Only the model 3150 sends the pleth curve.",
    "recordings_only": "Only recordings of it can be read.",
    "sends_whole_memory": "It sends its whole memory first: those readings are history.",
    "spot_check_only": "It gives single readings, no continuous ones.",
    "start_unproven": "Starting it is built, and nobody has tried it on a real one.",
}
"""What a user should know of a kind of device, by the identifiers of the catalogue."""

COMMAND_WORDS = {"start": "start", "stop": "stop", "interval": "interval"}


def limits_words(limits: Iterable[str]) -> str:
    """What is known to be amiss with a kind of device, in sentences."""
    return " ".join(tr(LIMIT_WORDS[limit]) for limit in limits if limit in LIMIT_WORDS)


def commands_words(commands: Iterable[str]) -> str:
    """What a device can be told; a dash for one that is only listened to."""
    return ", ".join(tr(COMMAND_WORDS.get(each, each)) for each in commands) or "–"


def measures_words(measures: Iterable[Vital]) -> str:
    """What a device measures, as far as a nurse looks for it."""
    there = {vital.value for vital in measures}
    return ", ".join(tr(words) for name, words in MEASURE_WORDS.items() if name in there)


def sites_for(measures: Iterable[Vital]) -> tuple[str, ...]:
    """Where a device that measures this can sit; everywhere where that is not known."""
    there = set(measures)
    if there & PRESSURES:
        return ("left_arm", "right_arm")
    if Vital.SPO2 in there:
        return ("left_finger", "right_finger")
    return ("chest",) if Vital.HEART_RATE in there else SITES


def label_words(label: str) -> str:
    """A device's label in the language of the user.

    What the catalogue calls its kind is translated; a name and what tells it from its twin is not.
    """
    name, mark, end = label.partition("…")
    return tr(name.rstrip()) + name[len(name.rstrip()) :] + mark + end if name.strip() else label


def told_apart(labels: Sequence[str], ends: Sequence[str]) -> list[str]:
    """The labels of a visit's devices; those that are alike are told by the end of an address.

    ``ends`` are addresses or serial numbers, one for each label. Whose ends are alike too (two
    virtual ones) are numbered.
    """
    made = []
    for label, end in zip(labels, ends, strict=True):
        tail = re.sub(r"[^0-9A-Za-z]", "", end)[-4:]
        alike = labels.count(label) > 1
        made.append(f"{label} …{tail}" if alike and tail and not label.endswith(tail) else label)
    if len(set(made)) == len(made):
        return made
    return [
        f"{labels[place]} …{made[: place + 1].count(name)}" if made.count(name) > 1 else name
        for place, name in enumerate(made)
    ]


def remembered_words(device: Remembered, room: str, now_in_use: bool = False) -> str:
    """A remembered device in a line, for a computer in ``room``."""
    parts = [device.source, device.label, tr("remembered")]
    if device.elsewhere(room):
        parts.append(tr("belongs to {room}", room=device.room))
    else:
        parts.append(device.room)
    if device.site:
        parts.append(site_words(device.site))
    if now_in_use:
        parts.append(tr("in use by a visit"))
    return "  ".join(part for part in parts if part)

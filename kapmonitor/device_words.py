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

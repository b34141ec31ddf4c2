"""Visits whose report is looked at, and what a reader finds in a PDF."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

import pypdf

from kapmonitor.events import (
    AlarmChange,
    AlarmKind,
    AlarmState,
    Amended,
    Answer,
    Baseline,
    Cuff,
    Dose,
    Ended,
    Entry,
    Gap,
    Left,
    LimitChanged,
    Note,
    Opened,
    Phase,
    PhaseChanged,
    Priority,
    Ready,
    Round,
    SourceAdded,
)
from kapmonitor.plan import load_plan
from kapmonitor.reading import Origin, Quality, Reading
from kapmonitor.record.blocks import SampleBlock
from kapmonitor.record.reading import Record
from kapmonitor.record.recorder import Recorder
from kapmonitor.record.signing import InstallationKey
from kapmonitor.vitals import Vital
from tests.kapmonitor.record.stories import UTC_AT_ZERO

DOSE_AT = 600.0
MINUTES = 60.0

# As a clinic's preset would be; the rows are ours, shortened.
LIMITS = """
name = "default"
version = "1"

[[limit]]
id = "SPO2_LOW"
vital = "spo2"
condition = "<"
value = 90
priority = "medium"

[[limit]]
id = "SBP_VHIGH"
vital = "systolic"
condition = ">="
value = 180
priority = "medium"

[[limit]]
id = "BP_RISE"
vital = "systolic"
over_baseline = true
condition = ">="
value = 40
or = { vital = "diastolic", condition = ">=", value = 25 }
priority = "medium"
"""


def opened(**more: object) -> Opened:
    """An ordinary intranasal visit of a patient in Berlin."""
    _, text = load_plan("in")
    given: dict = {
        "session": "k3x9v2",
        "program": "kapmonitor 0.1.0",
        "patient_code": "P-017",
        "plan": "intranasal",
        "plan_text": text,
        "route": "in",
        "staff": ("Dr. Weiß", "N. Yıldız"),
        "zone": "CET",
        "limits_text": LIMITS,
    }
    return Opened(**given | more)


def entries(*told: tuple) -> list[Entry]:
    """Entries in order from (at, event) or (at, event, by)."""
    return [
        Entry(number, one[0], UTC_AT_ZERO + one[0], 60, one[1], *one[2:])
        for number, one in enumerate(told, 1)
    ]


def cuff(systolic: float | None, diastolic: float | None, **more: object) -> Cuff:
    """A cuff reading, good unless said otherwise."""
    given: dict = {"quality": Quality.GOOD, "source": "cuff", "site": "left_arm"} | more
    mean = None if systolic is None or diastolic is None else (systolic + 2 * diastolic) // 3
    return Cuff(systolic, diastolic, mean, None if systolic is None else 71.0, **given)


def alarm(name: str, state: AlarmState, raised: float, **more: object) -> AlarmChange:
    """A change of an alarm of the patient's, medium unless said otherwise."""
    given: dict = {"priority": Priority.MEDIUM, "kind": AlarmKind.PHYSIOLOGICAL} | more
    return AlarmChange(alarm=name, state=state, raised=raised, **given)


ANSWERS: dict[str, Answer] = {
    "moaas": 4,
    "respiratory_rate": 14.0,
    "d_time": 2,
    "nausea": "mild",
    "red_flags": "none",
}

RISE = {"vital": Vital.SYSTOLIC, "value": 187.0, "limit": 180.0}


def ordinary(**more: object) -> list[Entry]:
    """Two hours with a rise at 40 min, two rounds, a typed and a doubtful reading, and leaving."""
    at = {minute: DOSE_AT + minute * MINUTES for minute in (10, 20, 40, 41, 45, 60, 120, 123, 125)}
    return entries(
        (0.0, opened(**more)),
        (0.0, SourceAdded("ox", "nonin-serial", "COM3", "Nonin", (Vital.SPO2, Vital.PULSE_RATE))),
        (0.0, SourceAdded("cuff", "ble-blood-pressure", "C0", "Cuff", (Vital.SYSTOLIC,))),
        (1.0, PhaseChanged(Phase.BASELINE)),
        (100.0, cuff(121.0, 77.0)),
        (300.0, cuff(118.0, 76.0)),
        (DOSE_AT, Dose("in", 56.0, "mg", "esketamine"), "Dr. Weiß"),
        (DOSE_AT, Baseline(119.5, 76.5, 66.0, 97.0, 2)),
        (DOSE_AT, PhaseChanged(Phase.ADMINISTRATION)),
        (at[10], PhaseChanged(Phase.EXPERIENCE)),
        (at[10], Note("ruhig, „alles gut“; atmet <tief> & gleichmäßig"), "N. Yıldız"),
        (at[20], LimitChanged("SPO2_LOW", 90.0, 92.0, "asked for"), "Dr. Weiß"),
        (at[20], Round("standard", "2", ANSWERS, {"dissociation": 7.0}), "N. Yıldız"),
        (at[40], cuff(187.0, 104.0)),
        (at[40], alarm("SBP_VHIGH", AlarmState.RAISED, at[40], **RISE)),
        (at[41], alarm("SBP_VHIGH", AlarmState.ACKNOWLEDGED, at[40], **RISE), "N. Yıldız"),
        (at[45], cuff(203.0, 101.0, quality=Quality.QUESTIONABLE, reason="body_movement")),
        (at[45], Gap(at[41], at[45], "ox", "link")),
        (at[60], cuff(133.0, 84.0, source="manual", site="", origin=Origin.MANUAL), "N. Yıldız"),
        (at[60], alarm("SBP_VHIGH", AlarmState.ENDED, at[40], **RISE)),
        (at[60], PhaseChanged(Phase.RECOVERY)),
        (at[60], Round("standard", "2", ANSWERS | {"d_time": 1}, note="sleepy"), "N. Yıldız"),
        (at[120], cuff(124.0, 79.0)),
        (at[120], cuff(None, None, quality=Quality.INVALID, reason="cuff_loose")),
        (at[120], Ready("steady gait"), "Dr. Weiß"),
        (at[123], Left("her sister"), "N. Yıldız"),
        (at[125], Ended(), "Dr. Weiß"),
        (at[125] + 900, Amended(7, "56 mg in two sprays", "unclear"), "Dr. Weiß"),
    )


def second(at: int, **more: object) -> SampleBlock:
    """One second of an oximeter."""
    readings = (
        Reading(Vital.SPO2, 97.0, float(at), source="ox"),
        Reading(Vital.PULSE_RATE, 68.0 + 4 * math.sin(at / 60), float(at), source="ox"),
    )
    return SampleBlock(at, readings)


def write(
    path: Path,
    told: list[Entry],
    seconds: range = range(0),
    key: InstallationKey | None = None,
    seal: bool = True,
    readings: Sequence[Reading] = (),
) -> Record:
    """Record a visit with so many seconds of an oximeter, or with these readings."""
    recorder = Recorder(path, signer=key)
    for one in told:
        recorder.put(one)
    for at in seconds:
        recorder.put_block(second(at))
    for reading in readings:
        recorder.put_block(SampleBlock(int(reading.at), (reading,)))
    if seal:
        assert recorder.seal(UTC_AT_ZERO + 9000)
    recorder.close()
    assert recorder.pending == 0
    return Record.open(path)


def saturations(*values: float) -> list[Reading]:
    """SpO2, one a second from the dose; a negative one is in doubt."""
    return [
        Reading(
            Vital.SPO2,
            abs(value),
            DOSE_AT + at,
            Quality.QUESTIONABLE if value < 0 else Quality.GOOD,
            "fast_fall" if value < 0 else "",
            source="ox",
        )
        for at, value in enumerate(values)
    ]


def pages(content: bytes) -> list[str]:
    """The text of each page, every run of spaces as one."""
    found = pypdf.PdfReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in found]

"""Everything that can happen in a session, as frozen, tagged, versioned structs.

A session is a list of entries. Live state, review, PDF, CSV and a resumed session are the same
fold (`kapmonitor.session`) over that list. A struct here never loses or renames a field; a new one
gets a default, so that an older record still reads.
"""

from enum import StrEnum

import msgspec
from msgspec import Struct

from kapmonitor.reading import LinkState, Origin, Quality
from kapmonitor.vitals import Vital


class Phase(StrEnum):
    """Where the visit stands."""

    PREPARATION = "preparation"
    BASELINE = "baseline"
    ADMINISTRATION = "administration"
    EXPERIENCE = "experience"
    RECOVERY = "recovery"
    DISCHARGE = "discharge_check"
    ENDED = "ended"


class Priority(StrEnum):
    """Alarm priority, after IEC 60601-1-8."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """1 for low, 2 for medium, 3 for high."""
        return _RANKS[self]


_RANKS = {Priority.LOW: 1, Priority.MEDIUM: 2, Priority.HIGH: 3}


class AlarmKind(StrEnum):
    """Whether the patient or the equipment is the cause."""

    PHYSIOLOGICAL = "physiological"
    TECHNICAL = "technical"


class AlarmState(StrEnum):
    """What became of an alarm at this change."""

    RAISED = "raised"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


class Opened(Struct, frozen=True, tag="opened"):
    """The session was opened.

    ``plan_text``, ``limits_text``, ``checklist_text`` and ``instrument_texts`` are the files as
    used, so that the record stands alone. ``roles`` gives the role of those among the staff whose
    role is known.
    ``t0_rule`` is the plan's: what the session's clock counts from (`Session.t0`).
    ``planned_drug``, ``planned_dose`` (in the plan's unit) and ``lot`` are what was set up to be
    given; nothing was given by that.
    """

    session: str
    program: str
    patient_code: str
    plan: str
    plan_text: str = ""
    route: str = ""
    simulated: bool = False
    scenario: str = ""
    seed: int | None = None
    staff: tuple[str, ...] = ()
    zone: str = ""
    limits_text: str = ""
    checklist_text: str = ""
    instrument_texts: dict[str, str] = {}
    roles: dict[str, str] = {}
    age_band: str = ""
    weight_kg: float | None = None
    t0_rule: str = "first_dose"
    readiness_text: str = ""
    planned_drug: str = ""
    planned_dose: float | None = None
    lot: str = ""


# More is no name of a patient.
LONGEST_NAME = 120


class PatientNamed(Struct, frozen=True, tag="patient_name"):
    """The patient's name, where the clinic chose to keep names; the last one counts.

    It is shown in an unlocked window and in a report that tells whose it is, and nowhere else: no
    line, list, file of values or other export has it. ``reason`` is why it was corrected, empty the
    first time.
    """

    name: str = ""
    reason: str = ""


class SourceAdded(Struct, frozen=True, tag="source"):
    """A device is in use; ``site`` is where it sits (``left_arm``, ``right_finger``), if known.

    ``continuous`` is False for cuffs and spot checks, None in records from before it was kept.
    ``experimental``: nobody had tried its protocol on a real device.
    """

    source: str
    protocol: str
    address: str
    label: str
    measures: tuple[Vital, ...]
    site: str = ""
    simulated: bool = False
    continuous: bool | None = None
    experimental: bool = False


class LinkChanged(Struct, frozen=True, tag="link"):
    """The way to a device came up or went down."""

    source: str
    state: LinkState
    reason: str = ""
    expected: bool = False


class Gap(Struct, frozen=True, tag="gap"):
    """No data between two session times, from a source or (empty) from everything."""

    start: float
    end: float
    source: str = ""
    reason: str = ""


class PhaseChanged(Struct, frozen=True, tag="phase"):
    """A new phase began."""

    phase: Phase


class Baseline(Struct, frozen=True, tag="baseline"):
    """Medians of the pre-dose readings, frozen with the dose; None where there was no reading.

    ``oximetry_seconds`` is how long good SpO2 was measured in the last ten minutes before, None in
    older records. ``short`` names what was less than the plan asks for: ``cuff``, ``oximetry``.
    """

    systolic: float | None
    diastolic: float | None
    pulse: float | None
    spo2: float | None
    cuff_readings: int
    reason: str = ""
    oximetry_seconds: float | None = None
    short: tuple[str, ...] = ()


class Dose(Struct, frozen=True, tag="dose"):
    """A dose was given. ``amount`` in ``unit`` (UCUM: mg); ``index`` counts the doses from 1.

    ``gate_reason`` is why it was given all the same: above the plan's pressure before a dose, or
    with ``unready``, the items of the readiness that were open at the first drug.
    """

    route: str
    amount: float
    unit: str
    drug: str = ""
    index: int = 1
    detail: str = ""
    lot: str = ""
    gate_reason: str = ""
    unready: tuple[str, ...] = ()


class DoseWithdrawn(Struct, frozen=True, tag="dose_withdrawn"):
    """A dose entered by mistake was taken back; the baseline thaws. ``of`` is its event number."""

    of: int
    reason: str


class Cuff(Struct, frozen=True, tag="cuff"):
    """A cuff cycle that ended: pressures in mmHg, pulse in /min, None where not measured.

    Invalid and questionable cycles are kept with their reason and judged by no limit.
    """

    systolic: float | None
    diastolic: float | None
    mean_pressure: float | None
    pulse: float | None
    quality: Quality
    reason: str = ""
    source: str = ""
    site: str = ""
    origin: Origin = Origin.LIVE
    device_time: str = ""


class CuffCycle(Struct, frozen=True, tag="cuff_cycle"):
    """A cuff started or stopped inflating, as far as the device tells."""

    source: str
    action: str
    reason: str = ""


Answer = str | int | float | bool | None


class Round(Struct, frozen=True, tag="round"):
    """A filled-in checklist. ``due`` is the planned session time that it answers, if any.

    ``part`` is ``reference`` for a round before the dose, ``discharge`` for one at the discharge
    check, empty for any other and in older records. ``early`` is True where somebody said that it
    counts for a check whose window had not opened yet.
    """

    checklist: str
    checklist_version: str
    answers: dict[str, Answer]
    scores: dict[str, float] = {}
    due: float | None = None
    note: str = ""
    part: str = ""
    early: bool = False


class CheckSkipped(Struct, frozen=True, tag="skipped"):
    """A check was left out on purpose.

    ``check`` is ``cuff``, ``round``, ``instrument`` (which: ``instrument``) or ``device``, the next
    spray or lozenge. ``part`` is ``reference`` or ``discharge``, as of a round.
    """

    check: str
    due: float
    reason: str
    instrument: str = ""
    part: str = ""


class CheckEarly(Struct, frozen=True, tag="early"):
    """What was done at ``done`` counts for the check that is due later: it was done early."""

    check: str
    due: float
    done: float


class Note(Struct, frozen=True, tag="note"):
    """Free text, or a quick event (``kind``) with text.

    ``felt_worse`` is told after the visit: the entry's time is then when it was felt.
    ``readiness_not_asked`` is the program's own: a first dose before the readiness was answered.
    """

    text: str
    kind: str = "note"


class AlarmChange(Struct, frozen=True, tag="alarm"):
    """One change of one alarm.

    ``alarm`` is the identifier of the default table (``SPO2_LOW``); ``raised`` the session time of
    its raising; ``value`` the worst value so far and ``limit`` the limit in force, in the unit of
    ``vital``; ``delay`` in seconds.
    """

    alarm: str
    priority: Priority
    kind: AlarmKind
    state: AlarmState
    raised: float
    value: float | None = None
    limit: float | None = None
    vital: Vital | None = None
    delay: float = 0.0
    source: str = ""
    reason: str = ""


class AudioPaused(Struct, frozen=True, tag="audio_paused"):
    """The alarm sound was paused for so many seconds."""

    seconds: float


class AudioResumed(Struct, frozen=True, tag="audio_resumed"):
    """The alarm sound is back; ``reason`` is ``over``, ``broken_by`` an alarm, or ``ended``."""

    reason: str
    broken_by: str = ""


class QuietMode(Struct, frozen=True, tag="quiet"):
    """Quiet therapy mode was switched on or off."""

    on: bool


class LimitChanged(Struct, frozen=True, tag="limit"):
    """A limit of this session was changed, or an alarm switched off (``new`` None).

    ``other_new`` is the second number of "systolic or diastolic" alarms, None where that stayed as
    it was. ``on`` switches an alarm on again at the preset's own numbers; ``new`` is None then.
    ``unit`` is that of the numbers (``mmHg``, ``/min``, ``%``), empty in older records.
    """

    alarm: str
    old: float | None
    new: float | None
    reason: str = ""
    other_old: float | None = None
    other_new: float | None = None
    on: bool = False
    unit: str = ""


class TakenOff(Struct, frozen=True, tag="taken_off"):
    """A sensor was taken off on purpose (toilet, repositioning), for at most so many seconds."""

    source: str
    seconds: float
    reason: str = ""


class PutBack(Struct, frozen=True, tag="put_back"):
    """A sensor that was taken off is watched again: ``values``, ``time`` or ``person``."""

    source: str
    reason: str


class SourcePreferred(Struct, frozen=True, tag="preferred"):
    """Of several sources of ``vital`` (``pulse``, ``spo2``) this one counts, while it is fresh.

    ``before`` is the one that was chosen before, empty where the usual order held.
    """

    vital: str
    source: str
    before: str = ""
    reason: str = ""


class Ready(Struct, frozen=True, tag="ready"):
    """Judged ready to leave, kept apart from when the patient left.

    ``missing`` are the criteria that were not met then (`kapmonitor.leaving`).
    """

    note: str = ""
    missing: tuple[str, ...] = ()


class Left(Struct, frozen=True, tag="left"):
    """The patient left; ``early_reason`` when before the plan's minimum."""

    with_whom: str = ""
    early_reason: str = ""
    missing: tuple[str, ...] = ()


class Trouble(Struct, frozen=True, tag="trouble"):
    """Something technical that the record should tell (``clock_jump``, ``write_failed``, ...)."""

    kind: str
    seconds: float | None = None
    detail: str = ""


class Resumed(Struct, frozen=True, tag="resumed"):
    """An interrupted session goes on; ``gap`` is the seconds without a program."""

    gap: float


class Amended(Struct, frozen=True, tag="amended"):
    """A correction of an earlier event, which stays as it is. ``of`` is its number."""

    of: int
    text: str
    reason: str


class Acting(Struct, frozen=True, tag="acting"):
    """Another person acts from now on. ``checked`` is True when the PIN was given."""

    person: str
    role: str = ""
    checked: bool = False


class Locked(Struct, frozen=True, tag="locked"):
    """The desk was locked: by ``key``, or because nobody touched it (``idle``).

    ``opened`` and ``resumed``: the visit began so, as nobody had said yet who it is.
    """

    reason: str


class Unlocked(Struct, frozen=True, tag="unlocked"):
    """The desk was unlocked. ``checked`` is True when the PIN was given."""

    person: str
    checked: bool = False


class Signed(Struct, frozen=True, tag="signed"):
    """Somebody stands by what was done under the lock. ``of`` are the numbers of the events."""

    of: tuple[int, ...]
    role: str = ""
    checked: bool = False


class SignedOff(Struct, frozen=True, tag="signed_off"):
    """The visit was signed. ``checked`` is False for a signature by name alone, without a PIN."""

    person: str
    role: str = ""
    checked: bool = False


class Emergency(Struct, frozen=True, tag="emergency"):
    """The clinic's emergency list: ``called``, or a ``step`` that was done, in the clinic's words.

    ``done`` is False when a tick was taken back.
    """

    action: str
    text: str = ""
    done: bool = True


class Infusion(Struct, frozen=True, tag="infusion"):
    """A pump was started, its rate changed, or stopped (``action`` start, rate, stop).

    ``rate`` in ``unit`` (UCUM: mg/min), None at a stop.
    """

    action: str
    rate: float | None = None
    unit: str = "mg/min"
    drug: str = ""
    detail: str = ""
    lot: str = ""
    gate_reason: str = ""
    unready: tuple[str, ...] = ()


class Oxygen(Struct, frozen=True, tag="oxygen"):
    """Oxygen was given, changed, or taken off (0), in litres a minute."""

    litres: float
    detail: str = ""


class Medicine(Struct, frozen=True, tag="medicine"):
    """A medicine beside the session's own was given: a rescue medicine."""

    drug: str
    dose: str
    route: str
    reason: str = ""


class Detail(Struct, frozen=True, tag="detail"):
    """More about an earlier quick event; ``of`` is its number."""

    of: int
    text: str


class ReadinessAnswer(Struct, frozen=True, tag="readiness"):
    """An item of the readiness before the dose: ``yes``, ``no`` or ``not_asked``."""

    item: str
    answer: str
    note: str = ""


class Instrument(Struct, frozen=True, tag="instrument"):
    """A clinic's own scale, filled in: as a round is, but judged by no alarm.

    ``instrument`` and ``version`` are those of the file, whose text is in `Opened`. ``due`` is the
    planned session time that it answers, if any; ``part`` as of a round.
    """

    instrument: str
    version: str
    title: str
    answers: dict[str, Answer]
    scores: dict[str, float] = {}
    note: str = ""
    due: float | None = None
    part: str = ""


class RoundDraft(Struct, frozen=True, tag="round_draft"):
    """A round that was begun and not filed; judged by nothing.

    ``instrument`` names the clinic's scale where it is one of those.
    """

    checklist: str
    answers: dict[str, Answer]
    note: str = ""
    instrument: str = ""


class ScheduleAdapted(Struct, frozen=True, tag="schedule_adapted"):
    """A rule of the plan shortens the interval of cuff readings (``on``), or does so no longer."""

    rule: str
    on: bool
    every_min: float = 0.0


class CuffScheduled(Struct, frozen=True, tag="cuff_schedule"):
    """From now on a cuff is started at the plan's times (``on``), or no longer.

    ``reason`` of the end: ``stopped``, ``failed_again``, ``interrupted``, ``left``, or empty.
    """

    source: str
    on: bool
    reason: str = ""


class Ended(Struct, frozen=True, tag="ended"):
    """The session was ended; nothing but amendments follows.

    ``missing_min`` are the whole minutes that the plan's minimum observation lacked while nobody
    had said that the patient left, 0 otherwise and in older records; ``early_reason`` why it was
    ended all the same, empty where nobody said.
    """

    reason: str = "ended"
    missing_min: int = 0
    early_reason: str = ""


Event = (
    Opened
    | PatientNamed
    | SourceAdded
    | LinkChanged
    | Gap
    | PhaseChanged
    | Baseline
    | Dose
    | DoseWithdrawn
    | Cuff
    | CuffCycle
    | Round
    | CheckSkipped
    | CheckEarly
    | Note
    | AlarmChange
    | AudioPaused
    | AudioResumed
    | QuietMode
    | LimitChanged
    | TakenOff
    | SourcePreferred
    | PutBack
    | Ready
    | Left
    | Trouble
    | Resumed
    | Amended
    | Acting
    | Locked
    | Unlocked
    | Signed
    | SignedOff
    | Emergency
    | Infusion
    | Oxygen
    | Medicine
    | Detail
    | ReadinessAnswer
    | RoundDraft
    | Instrument
    | ScheduleAdapted
    | CuffScheduled
    | Ended
)

EVENT_VERSION = 1


class Entry(Struct, frozen=True, tag="entry"):
    """An event with its place and times.

    ``number`` counts from 1 within the session. ``at`` is when it happened and ``entered`` when it
    was entered, both on the session clock (they differ when a person sets a time back). ``utc`` is
    UTC of ``at`` in seconds since 1970 and ``zone_minutes`` the offset of local time. ``by`` is the
    acting person, empty when the program acted. ``unsigned`` marks an act under the lock, for which
    nobody stands until a `Signed` names it.
    """

    number: int
    at: float
    utc: float
    zone_minutes: int
    event: Event
    by: str = ""
    entered: float | None = None
    version: int = EVENT_VERSION
    unsigned: bool = False


def event_kind(event: Event) -> str:
    """The tag of an event, as it stands in JSON lines and CSV."""
    kind = type(event).__struct_config__.tag
    assert isinstance(kind, str)
    return kind


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


def encode_entry(entry: Entry) -> bytes:
    """The bytes of an entry as they are stored and hashed."""
    return _encoder.encode(entry)


def decode_entry(data: bytes) -> Entry:
    """Read an entry back; raises ``msgspec.ValidationError`` naming the path of a wrong value."""
    return _decoder.decode(data)

"""What people ask of the engine: frozen structs, each with an id and the acting person.

The same structs come from the window's buttons and from JSON lines on stdin. Each is answered by
the number of the event it led to, or by a refusal.
"""

import msgspec
from msgspec import Struct

from kapmonitor.events import Answer, Phase


class Command(Struct, frozen=True, tag_field="command", kw_only=True, forbid_unknown_fields=True):
    """``happened`` is the session time when it happened, when a person sets it back.

    A field that no command has is refused: a misspelt amount must not become the usual one.
    """

    id: str | int = ""
    by: str = ""
    happened: float | None = None


class RecordDose(Command, frozen=True, tag="dose"):
    """Record a dose; freezes the baseline. Empty fields mean the plan's defaults.

    A pressure above the plan's gate before the first dose needs a ``gate_reason``.
    """

    route: str = ""
    amount: float | None = None
    unit: str = "mg"
    drug: str = ""
    detail: str = ""
    lot: str = ""
    gate_reason: str = ""


class NamePatient(Command, frozen=True, tag="patient_name"):
    """Keep the patient's name in the record, where the clinic chose to keep names."""

    name: str


class WithdrawDose(Command, frozen=True, tag="withdraw_dose"):
    """Take back the last dose, entered by mistake."""

    reason: str


class Acknowledge(Command, frozen=True, tag="acknowledge"):
    """Acknowledge one alarm by its identifier, or (empty) the highest one in force."""

    alarm: str = ""
    reason: str = ""


class PauseAudio(Command, frozen=True, tag="pause"):
    """Pause the alarm sound for 120 s; a second one while paused ends the pause."""


class FileRound(Command, frozen=True, tag="round"):
    """File a checklist round; with ``early`` it counts for the next one, not due yet."""

    answers: dict[str, Answer]
    note: str = ""
    early: bool = False


class AddNote(Command, frozen=True, tag="note"):
    """Add a note or a quick event."""

    text: str
    kind: str = "note"


class AskCuff(Command, frozen=True, tag="cuff"):
    """Start or stop a cuff that can be commanded, or enter a reading by hand.

    ``action`` is ``start``, ``stop``, ``schedule`` (start it at the plan's times from now on, or
    with ``on`` false no longer) or ``enter``; pressures in mmHg for ``enter``.
    """

    action: str
    source: str = ""
    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    site: str = ""
    on: bool = True


class SetPhase(Command, frozen=True, tag="phase"):
    """Go to a phase."""

    phase: Phase


class SkipCheck(Command, frozen=True, tag="skip"):
    """Leave out the check that is due, with a reason.

    ``check`` is ``cuff``, ``round``, ``device`` (the next spray or lozenge) or ``instrument``,
    of which the first one that is due is meant where ``instrument`` does not name it.
    """

    check: str
    reason: str
    instrument: str = ""


class CountEarly(Command, frozen=True, tag="early"):
    """The last reading or round (``check``: ``cuff``, ``round``) counts for the next check too."""

    check: str


class SetQuiet(Command, frozen=True, tag="quiet"):
    """Switch quiet therapy mode on or off."""

    on: bool


class SetLimit(Command, frozen=True, tag="limit"):
    """Change a limit for this session; None switches the alarm off where that is allowed.

    ``other`` is the second number of "systolic or diastolic" alarms, None leaves it as it is.
    ``on`` with no ``limit`` switches the alarm on again, at the preset's own numbers.
    """

    alarm: str
    limit: float | None
    reason: str = ""
    other: float | None = None
    on: bool = False


class TakeOff(Command, frozen=True, tag="take_off"):
    """A sensor is taken off on purpose; ``source`` may be empty where there is only one.

    A second one for the same sensor ends it.
    """

    source: str = ""
    reason: str = ""


class PreferSource(Command, frozen=True, tag="prefer"):
    """Of several sources of ``vital`` (``pulse``, ``spo2``) this one counts, while it is fresh."""

    vital: str
    source: str
    reason: str = ""


class MarkReady(Command, frozen=True, tag="ready"):
    """The patient is judged ready to leave."""

    note: str = ""


class MarkLeft(Command, frozen=True, tag="left"):
    """The patient left."""

    with_whom: str = ""
    early_reason: str = ""


class ActAs(Command, frozen=True, tag="act_as"):
    """``by`` acts from now on, and a lock is opened; ``pin`` for whoever has one."""

    pin: str = ""


class Lock(Command, frozen=True, tag="lock"):
    """Lock the desk: no entries until somebody unlocks it with ``act_as``."""


class Present(Command, frozen=True, tag="present"):
    """Somebody touched the keyboard or the mouse; leads to no event."""


class Sign(Command, frozen=True, tag="sign"):
    """Stand by acts under the lock: by their event numbers, or (empty) all that are unsigned."""

    of: tuple[int, ...] = ()


class SignOff(Command, frozen=True, tag="sign_off"):
    """Sign the visit; ``pin`` for whoever has one."""

    pin: str = ""


class Amend(Command, frozen=True, tag="amend"):
    """Correct an earlier event, which stays as it is. ``of`` is its number."""

    of: int
    text: str
    reason: str


class MarkEmergency(Command, frozen=True, tag="emergency"):
    """Emergency was ``called``, or a ``step`` of the clinic's list was done or taken back."""

    action: str
    text: str = ""
    done: bool = True


class Infuse(Command, frozen=True, tag="infusion"):
    """``start`` a pump, change its ``rate``, or ``stop`` it; ``rate`` in mg/min."""

    action: str
    rate: float | None = None
    drug: str = ""
    detail: str = ""
    lot: str = ""
    gate_reason: str = ""


class GiveOxygen(Command, frozen=True, tag="oxygen"):
    """Oxygen from now on, in litres a minute; 0 takes it off."""

    litres: float
    detail: str = ""


class GiveMedicine(Command, frozen=True, tag="medicine"):
    """A rescue medicine was given; ``dose`` with its unit, as written."""

    drug: str
    dose: str
    route: str
    reason: str = ""


class AddDetail(Command, frozen=True, tag="detail"):
    """More about an earlier quick event; ``of`` is its number."""

    of: int
    text: str


class AnswerReadiness(Command, frozen=True, tag="readiness"):
    """Answer an item of the readiness before the dose: ``yes``, ``no`` or ``not_asked``."""

    item: str
    answer: str
    note: str = ""


class FileInstrument(Command, frozen=True, tag="instrument"):
    """File one of the plan's instruments: a clinic's own scale."""

    instrument: str
    answers: dict[str, Answer]
    note: str = ""


class KeepDraft(Command, frozen=True, tag="round_draft"):
    """Keep a round that was begun and not filed, or one of the plan's instruments."""

    answers: dict[str, Answer]
    note: str = ""
    instrument: str = ""


class ChangeBaseline(Command, frozen=True, tag="baseline"):
    """Change the frozen baseline, with a reason; what is not given stays."""

    reason: str
    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    spo2: float | None = None


class EmergencyCopy(Command, frozen=True, tag="emergency_copy"):
    """Write the whole record to another folder too, from now on: its own disk fails."""

    folder: str


class GivePasskey(Command, frozen=True, tag="passkey"):
    """The six digits on the display of a device that is being paired; None refuses to pair.

    Leads to no event: digits that open a device have no place in a record.
    """

    passkey: int | None = None


class EndSession(Command, frozen=True, tag="end"):
    """End and seal the session.

    In a window it needs the plan's signatures, or in ``reason`` why one of them is missing.
    ``early_reason`` is why it ends before the plan's minimum observation while nobody said that
    the patient left; the window asks for it, and without one the record says that none was given.
    """

    reason: str = ""
    early_reason: str = ""


AnyCommand = (
    RecordDose
    | NamePatient
    | WithdrawDose
    | Acknowledge
    | PauseAudio
    | FileRound
    | AddNote
    | AskCuff
    | SetPhase
    | SkipCheck
    | CountEarly
    | SetQuiet
    | SetLimit
    | TakeOff
    | PreferSource
    | MarkReady
    | MarkLeft
    | ActAs
    | Lock
    | Present
    | Sign
    | SignOff
    | Amend
    | MarkEmergency
    | Infuse
    | GiveOxygen
    | GiveMedicine
    | AddDetail
    | AnswerReadiness
    | KeepDraft
    | FileInstrument
    | ChangeBaseline
    | EmergencyCopy
    | GivePasskey
    | EndSession
)

_decoder = msgspec.json.Decoder(AnyCommand)


def decode_command(line: bytes | str) -> AnyCommand:
    """Read one command from a JSON line.

    Raises ``msgspec.DecodeError`` (of which ``ValidationError`` is a kind) naming what is wrong.
    """
    try:
        command: AnyCommand = _decoder.decode(line)
    except (UnicodeError, RecursionError) as error:
        # Text in another encoding than UTF-8, or brackets without an end, are no JSON either.
        raise msgspec.DecodeError(str(error)) from error
    return command

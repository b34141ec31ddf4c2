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
    """Record a dose; freezes the baseline. Empty fields mean the plan's defaults."""

    route: str = ""
    amount: float | None = None
    unit: str = "mg"
    drug: str = ""
    detail: str = ""


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
    """File a checklist round."""

    answers: dict[str, Answer]
    note: str = ""


class AddNote(Command, frozen=True, tag="note"):
    """Add a note or a quick event."""

    text: str
    kind: str = "note"


class AskCuff(Command, frozen=True, tag="cuff"):
    """Start or stop a cuff that can be commanded, or enter a reading by hand.

    ``action`` is ``start``, ``stop`` or ``enter``; pressures in mmHg for ``enter``.
    """

    action: str
    source: str = ""
    systolic: float | None = None
    diastolic: float | None = None
    pulse: float | None = None
    site: str = ""


class SetPhase(Command, frozen=True, tag="phase"):
    """Go to a phase."""

    phase: Phase


class SkipCheck(Command, frozen=True, tag="skip"):
    """Leave out the check that is due (``cuff`` or ``round``), with a reason."""

    check: str
    reason: str


class SetQuiet(Command, frozen=True, tag="quiet"):
    """Switch quiet therapy mode on or off."""

    on: bool


class SetLimit(Command, frozen=True, tag="limit"):
    """Change a limit for this session; None switches the alarm off where that is allowed."""

    alarm: str
    limit: float | None
    reason: str = ""


class TakeOff(Command, frozen=True, tag="take_off"):
    """A sensor is taken off on purpose; ``source`` may be empty where there is only one.

    A second one for the same sensor ends it.
    """

    source: str = ""
    reason: str = ""


class MarkReady(Command, frozen=True, tag="ready"):
    """The patient is judged ready to leave."""

    note: str = ""


class MarkLeft(Command, frozen=True, tag="left"):
    """The patient left."""

    with_whom: str = ""
    early_reason: str = ""


class EndSession(Command, frozen=True, tag="end"):
    """End and seal the session."""


AnyCommand = (
    RecordDose
    | WithdrawDose
    | Acknowledge
    | PauseAudio
    | FileRound
    | AddNote
    | AskCuff
    | SetPhase
    | SkipCheck
    | SetQuiet
    | SetLimit
    | TakeOff
    | MarkReady
    | MarkLeft
    | EndSession
)

_decoder = msgspec.json.Decoder(AnyCommand)


def decode_command(line: bytes | str) -> AnyCommand:
    """Read one command from a JSON line.

    Raises ``msgspec.DecodeError`` (of which ``ValidationError`` is a kind) naming what is wrong.
    """
    command: AnyCommand = _decoder.decode(line)
    return command

"""Who acts: changing the person, the lock, signatures, corrections, the emergency list.

Acknowledging an alarm, pausing its sound, stopping a cuff and the emergency list work under the
lock and never ask for a PIN; what is done there is kept as unsigned.
"""

from collections.abc import Callable

import msgspec

from kapmonitor import commands as c
from kapmonitor import events as e
from kapmonitor.errors import Refused
from kapmonitor.running import Running

UNNAMED = "unnamed"
EMERGENCY_ACTIONS = ("called", "step")

# They say themselves who it is, or need nobody.
_NEEDS_NOBODY = (c.ActAs, c.Lock, c.Present)


def allowed(engine: Running, command: c.AnyCommand) -> c.AnyCommand:
    """The command as it may be carried out; under the lock the name of who acts is not known.

    Raises Refused: ``locked``, ``not_acting`` for a name that has a PIN and did not give it.
    """
    if isinstance(command, _NEEDS_NOBODY):
        return command
    session, desk = engine.session, engine.desk
    if session.locked:
        if not _works_locked(command):
            raise Refused("locked")
        return msgspec.structs.replace(command, by=UNNAMED)
    if not (desk.guarded and desk.has_pins) or isinstance(command, c.SignOff):
        return command
    if _works_locked(command):
        # Never refused; it carries the name of who said who it is.
        return msgspec.structs.replace(command, by=session.acting or UNNAMED)
    person = desk.person(command.by)
    if person is not None and person.pin:
        if session.acting != command.by or not session.acting_checked:
            raise Refused("not_acting", name=command.by)
    elif session.acting != command.by:
        raise Refused("who_acts")
    return command


def _works_locked(command: c.AnyCommand) -> bool:
    if isinstance(command, c.AskCuff):
        return command.action == "stop"
    return isinstance(command, c.Acknowledge | c.PauseAudio | c.MarkEmergency)


def _act_as(engine: Running, command: c.ActAs, now: float) -> int:
    session, desk = engine.session, engine.desk
    if command.by == UNNAMED:
        raise Refused("who_acts")
    checked = desk.check(command.by, command.pin, now)
    role = desk.role(command.by)
    number = 0
    if session.locked:
        if desk.has_pins and not checked:
            raise Refused("pin_to_unlock")
        number = engine.write(e.Unlocked(command.by, checked), now, command.by).number
    if (session.acting, session.acting_checked) != (command.by, checked):
        number = engine.write(e.Acting(command.by, role, checked), now, command.by).number
    return number


def _lock(engine: Running, command: c.Lock, now: float) -> int:
    if engine.session.locked:
        raise Refused("locked")
    return engine.write(e.Locked("key"), now, command.by).number


def _present(_engine: Running, _command: c.Present, _now: float) -> int:
    return 0  # that it came is all (`acts.carry_out`)


def _sign(engine: Running, command: c.Sign, now: float) -> int:
    waiting = engine.session.unsigned
    numbers = command.of or tuple(waiting)
    wrong = next((number for number in numbers if number not in waiting), None)
    if not numbers or wrong is not None:
        raise Refused("nothing_to_sign", number=wrong or 0)
    if command.by == UNNAMED:
        raise Refused("who_acts")
    session = engine.session
    checked = session.acting == command.by and session.acting_checked
    signed = e.Signed(numbers, engine.desk.role(command.by), checked)
    return engine.write(signed, now, command.by).number


def _sign_off(engine: Running, command: c.SignOff, now: float) -> int:
    if command.by == UNNAMED:
        raise Refused("who_acts")
    if any(entry.by == command.by for entry in engine.session.signatures):
        raise Refused("signed_already", name=command.by)
    if engine.session.unsigned:
        raise Refused("unsigned_acts", count=len(engine.session.unsigned))
    checked = engine.desk.check(command.by, command.pin, now)
    signed = e.SignedOff(command.by, engine.desk.role(command.by), checked)
    return engine.write(signed, now, command.by).number


def may_end(engine: Running, command: c.EndSession) -> None:
    """Refuse the end of a visit that lacks a signature, unless the reason is given."""
    missing = engine.plan.signatures - len(engine.session.signatures)
    if engine.desk.guarded and missing > 0 and not command.reason.strip():
        raise Refused("signature_missing", missing=missing)


def _amend(engine: Running, command: c.Amend, now: float) -> int:
    last = len(engine.session.entries)
    if not 1 <= command.of <= last:
        raise Refused("no_such_entry", number=command.of, last=last)
    if not command.text.strip():
        raise Refused("note_empty")
    if not command.reason.strip():
        raise Refused("reason_missing")
    if isinstance(engine.session.entries[command.of - 1].event, e.PatientNamed):
        # The right name stands where names stand: a correction's text goes into lists and files.
        named = c.NamePatient(id=command.id, by=command.by, name=command.text)
        return _name_patient(engine, named, now, command.reason.strip())
    amended = e.Amended(command.of, command.text.strip(), command.reason.strip())
    return engine.write(amended, now, command.by).number


def _name_patient(engine: Running, command: c.NamePatient, now: float, reason: str = "") -> int:
    """Never in a record that anybody can open: training and simulations hold no patient."""
    opened = engine.session.opened
    if opened is None or opened.simulated:
        raise Refused("name_in_training")
    if not engine.desk.names:
        raise Refused("names_not_kept")
    name = " ".join(command.name.split())
    if not name:
        raise Refused("patient_name_missing")
    if len(name) > e.LONGEST_NAME:
        raise Refused("patient_name_long", longest=e.LONGEST_NAME)
    return engine.write(e.PatientNamed(name, reason), now, command.by).number


def _emergency(engine: Running, command: c.MarkEmergency, now: float) -> int:
    if command.action not in EMERGENCY_ACTIONS:
        known = ", ".join(EMERGENCY_ACTIONS)
        raise Refused("unknown_emergency", action=command.action, known=known)
    marked = e.Emergency(command.action, command.text.strip(), command.done)
    return engine.write(marked, now, command.by, command.happened).number


ACTS: dict[type[c.Command], Callable[..., int]] = {
    c.ActAs: _act_as,
    c.Lock: _lock,
    c.Present: _present,
    c.Sign: _sign,
    c.SignOff: _sign_off,
    c.Amend: _amend,
    c.MarkEmergency: _emergency,
    c.NamePatient: _name_patient,
}

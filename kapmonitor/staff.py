"""Who works here: names, roles and PINs, in ``staff.json`` of the data folder.

A person is retired and never deleted, because earlier records name them. Without the file nobody
needs a PIN. A PIN guards against a wrong name and a passing hand, not against who can read the
disk: four digits are soon tried out, whatever hash keeps them.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import argon2
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kapmonitor.errors import KapmonitorError, UsageError
from kapmonitor.whole_files import write_whole

FILE = "staff.json"
SHORTEST_PIN, LONGEST_PIN = 4, 12
LONGEST_NAME = 80

# Argon2id with what OWASP's Password Storage Cheat Sheet asks at least (19 MiB, two passes): some
# 30 ms, which the engine's thread can spare while somebody types.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Role(StrEnum):
    """What somebody is in the room for."""

    PRESCRIBER = "prescriber"
    ANAESTHESIOLOGIST = "anaesthesiologist"
    NURSE = "nurse"
    THERAPIST = "therapist"
    OBSERVER = "observer"


class Person(Struct, frozen=True):
    """Somebody who may act. ``pin`` is the argon2 hash, empty for a person without a PIN."""

    name: str
    role: Role
    pin: str = ""
    retired: bool = False


class _File(Struct, frozen=True):
    people: tuple[Person, ...] = ()


def load_staff(data: Path) -> tuple[Person, ...]:
    """Everybody in the staff file, retired ones too; empty where there is none.

    Raises KapmonitorError ``staff_damaged``: PINs are not forgotten because a file is broken.
    """
    path = data / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File).people
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KapmonitorError("staff_damaged", file=str(path), reason=reason) from None


def working(people: Sequence[Person]) -> tuple[Person, ...]:
    """Those who are not retired."""
    return tuple(person for person in people if not person.retired)


def find_person(data: Path, name: str) -> Person | None:
    """Somebody who works here; None where there is no staff list and a name is just a name.

    Raises UsageError ``staff_unknown``, and as `load_staff`.
    """
    people = working(load_staff(data))
    found = next((person for person in people if person.name == name.strip()), None)
    if people and found is None:
        known = ", ".join(person.name for person in people)
        raise UsageError("staff_unknown", name=name, known=known)
    return found


def add_person(data: Path, name: str, role: str, pin: str = "") -> None:
    """Add somebody. Raises UsageError for an empty or known name, an unknown role, a bad PIN."""
    people = load_staff(data)
    name = _checked_name(name)
    if any(person.name.casefold() == name.casefold() for person in people):
        raise UsageError("staff_known", name=name)
    _save(data, (*people, Person(name, _checked_role(role), hashed(pin) if pin else "")))


def change_role(data: Path, name: str, role: str) -> None:
    """Give somebody another role; raises UsageError."""
    _change(data, name, role=_checked_role(role))


def change_pin(data: Path, name: str, pin: str) -> None:
    """Give somebody another PIN, or (empty) none; raises UsageError."""
    _change(data, name, pin=hashed(pin) if pin else "")


def retire(data: Path, name: str, retired: bool = True) -> None:
    """Somebody works here no more, or again; the name stays. Raises UsageError."""
    _change(data, name, retired=retired)


def hashed(pin: str) -> str:
    """The argon2 hash of a PIN; raises UsageError ``pin_malformed``."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise UsageError("pin_malformed", shortest=SHORTEST_PIN, longest=LONGEST_PIN)
    return _HASHER.hash(pin)


def fits(person: Person, pin: str) -> bool:
    """Whether this is the person's PIN; never true for a person without one."""
    if not person.pin or not pin:
        return False
    try:
        return _HASHER.verify(person.pin, pin)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _change(data: Path, name: str, **fields: object) -> None:
    people = load_staff(data)
    known = [person.name for person in people]
    wanted = _checked_name(name)
    if wanted not in known:
        raise UsageError("staff_unknown", name=wanted, known=", ".join(known) or "-")
    _save(data, tuple(replace(p, **fields) if p.name == wanted else p for p in people))


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or ";" in name:
        raise UsageError("staff_name", longest=LONGEST_NAME)
    return name


def _checked_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise UsageError("staff_role", role=role, known=", ".join(Role)) from None


def _save(data: Path, people: tuple[Person, ...]) -> None:
    content = msgspec.json.format(msgspec.json.encode(_File(people)), indent=2) + b"\n"
    write_whole(data / FILE, content, private=True)

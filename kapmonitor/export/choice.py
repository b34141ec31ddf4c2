"""What a person chooses for an export."""

import hashlib
import hmac
import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from kapmonitor.errors import KapmonitorError


class Format(StrEnum):
    """What a record can be exported as."""

    PDF = "pdf"
    CSV = "csv"
    FHIR = "fhir"
    WORKSHEET = "worksheet"


class ExportChoice(Struct, frozen=True):
    """How an export is made.

    ``page`` is the paper of what is printed, ``a4`` or ``letter``. ``pseudonym`` stands for the
    patient's code; with one, people and devices get numbers and the seal is left out.
    ``shift_days`` moves every date (a multiple of 7 keeps the day of the week), without
    ``free_text`` what people wrote is left out. ``form`` is the text of a clinic's own worksheet,
    empty for the program's; ``clinic`` the clinic's name.
    """

    page: str = "a4"
    pseudonym: str = ""
    shift_days: Annotated[int, Meta(ge=-36500, le=36500)] = 0
    free_text: bool = True
    form: str = ""
    clinic: str = ""

    @property
    def identity(self) -> str:
        """The marks on each output, with spaces between; the first says whom it tells of."""
        marks = ["pseudonymous" if self.pseudonym else "identified"]
        marks += ["dates_shifted"] if self.shift_days else []
        marks += [] if self.free_text else ["no_free_text"]
        return " ".join(marks)

    @property
    def masks(self) -> bool:
        """Whether anything is told otherwise than the record has it."""
        return self.identity != "identified"


ORDINARY = ExportChoice()

_KEY_FILE = "research.key"


def pseudonym(patient_code: str, data: Path) -> str:
    """The pseudonym of a patient: the same for all visits, different in every installation.

    Made with a random key that stays in the data folder; without it nobody can try out codes.
    Raises KapmonitorError ``folder_unwritable``.
    """
    digest = hmac.new(_key(data), patient_code.encode("utf-8", "replace"), hashlib.sha256)
    return f"S-{digest.hexdigest()[:10].upper()}"


def _key(data: Path) -> bytes:
    path = data / _KEY_FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return path.read_bytes()
        key = secrets.token_bytes(32)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        return key
    except OSError as problem:
        raise KapmonitorError(
            "folder_unwritable", path=str(data), reason=problem.strerror
        ) from problem
